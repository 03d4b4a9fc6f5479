"""Making the site again: what changed and nothing else, the same bytes from the same inputs, nothing left behind."""

from __future__ import annotations

import functools
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from assets.digests.schema import DIGESTS
from assets.overviews.schema import TOPIC_PAGES
from assets.site import addresses, search
from assets.site.manifest import PRIVATE, Manifest, Writer, fingerprint_of
from assets.site.publish import files_of
from assets.site.verify import check_site
from assets.warehouse.files import TEMPORARY_PREFIX
from assets.warehouse.lake import Lake
from assets.warehouse.storage import LocalFolder, Stored
from tests.site.conftest import URL, Made
from tests.site.corpus import DAYS, OLD_ID, REPLACED, build, make_corpus, papers, the_models, write_day


def contents(site: Path) -> dict[str, bytes]:
    """The bytes of every file of a site; those of the search index, whose names are hashes, by themselves."""
    return {path: (site / path).read_bytes() for path in files_of(site) if not path.startswith("pagefind/")}


@pytest.fixture
def copied(made: Made, tmp_path: Path) -> Made:
    """A copy of the corpus and its site that a test may change."""
    shutil.copytree(made.folder, tmp_path / "lake")
    shutil.copytree(made.site, tmp_path / "site")
    return Made(tmp_path / "lake", tmp_path / "site")


def test_nothing_is_made_where_nothing_changed(copied: Made) -> None:
    again = build(copied.site, copied.lake, URL)
    assert (again.written, again.removed, again.units) == (0, 0, 0)


def test_a_site_made_day_by_day_is_the_one_made_at_once(made: Made, tmp_path: Path) -> None:
    """A new day changes its own pages, the page of the day before it, the indexes and the feeds."""
    lake = make_corpus(tmp_path / "lake", DAYS[:-1])
    build(tmp_path / "site", lake, URL)
    before = contents(tmp_path / "site")
    write_day(lake, the_models(), DAYS[-1], [row for row in papers() if row["day"].isoformat() == DAYS[-1]])
    build(tmp_path / "site", lake, URL)
    after = contents(tmp_path / "site")
    assert after == contents(made.site)
    changed = {path for path in after if before.get(path) != after[path]}
    neighbours = [DAYS[-1], DAYS[-2]]
    own = {addresses.day_page(day) for day in neighbours}
    own |= {addresses.paper_page(row["paper_id"]) for row in papers() if row["day"].isoformat() == DAYS[-1]}
    places = {path.split("/")[0] for path in changed - own}
    assert {"days", "papers"} & places <= {"days"}  # the list of all days
    assert {path for path in changed - own if path.startswith("days/")} <= {
        addresses.DAYS,
        addresses.day_file(DAYS[-1], "bib"),
    }
    assert "months/2026-01/index.html" not in changed - own


def test_a_repaired_day_makes_its_own_pages_again(copied: Made) -> None:
    rows = [row for row in papers() if row["day"].isoformat() == DAYS[1]]
    rows[0] = {**rows[0], "title": "Another title altogether"}
    before = contents(copied.site)
    write_day(copied.lake, the_models(), DAYS[1], rows)
    build(copied.site, copied.lake, URL)
    after = contents(copied.site)
    assert "Another title altogether" in copied.page(addresses.day_page(DAYS[1]))
    assert "Another title altogether" in copied.page(addresses.paper_page(rows[0]["paper_id"]))
    assert before[addresses.day_page(DAYS[0])] == after[addresses.day_page(DAYS[0])]
    assert before[addresses.day_page(DAYS[3])] == after[addresses.day_page(DAYS[3])]


def test_what_no_longer_belongs_is_removed_and_what_moved_stays(copied: Made) -> None:
    copied.lake.remove(DIGESTS, DAYS[1])
    copied.lake.remove(DIGESTS, DAYS[2])
    build(copied.site, copied.lake, URL)
    assert not (copied.site / addresses.day_page(DAYS[1])).exists()
    assert not (copied.site / addresses.paper_page(OLD_ID)).exists()
    assert not (copied.site / "papers/math").exists()
    # The latest listing of this paper is that of its first day again.
    assert "Bees that count to seven" in copied.page(addresses.paper_page(REPLACED))
    at_once = copied.site.parent / "at-once"
    build(at_once, copied.lake, URL)
    assert contents(at_once) == contents(copied.site)


def test_what_an_earlier_version_kept_beside_the_site_is_made_anew(copied: Made) -> None:
    facts = copied.site / PRIVATE / "facts"
    for path in facts.glob("*.parquet"):
        frame = pl.read_parquet(path)
        frame.drop("language").with_columns(other=pl.lit(1)).write_parquet(path)
        notes = path.with_suffix(".json")
        notes.write_text(json.dumps({**json.loads(notes.read_text()), "layout": "an earlier one"}))
    (copied.site / PRIVATE / "units/front.json").write_text(
        '{"fingerprint": "of a record without inputs", "files": {}}'
    )
    before = contents(copied.site)
    build(copied.site, copied.lake, URL)
    assert contents(copied.site) == before
    assert all("language" in pl.read_parquet_schema(path) for path in facts.glob("*.parquet"))


def test_a_file_that_someone_deleted_comes_back(copied: Made) -> None:
    page = copied.site / addresses.day_page(DAYS[0])
    text = page.read_bytes()
    page.unlink()
    build(copied.site, copied.lake, URL)
    assert page.read_bytes() == text


def test_the_address_of_the_site_is_on_its_pages(copied: Made) -> None:
    build(copied.site, copied.lake)
    assert URL not in copied.page("index.html")
    assert 'rel="canonical"' not in copied.page("index.html")


def test_a_lake_without_a_day_gives_a_site_that_says_so(tmp_path: Path) -> None:
    built = build(tmp_path / "site", Lake(tmp_path / "lake"))
    assert built.days == 0
    assert "No day has been made yet" in (tmp_path / "site/index.html").read_text()


def test_a_unit_that_was_killed_is_made_again(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)

    def killed(writer: object) -> None:
        writer.write("a/index.html", "half")  # type: ignore[attr-defined]
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        manifest.make("a", fingerprint_of(1), killed)
    assert manifest.record("a") is None
    assert manifest.make("a", fingerprint_of(1), lambda writer: writer.write("a/index.html", "whole"))
    assert (tmp_path / "a/index.html").read_text() == "whole"


def test_of_a_unit_only_the_files_whose_inputs_changed_are_made(tmp_path: Path) -> None:
    made: list[str] = []

    def render(inputs: dict[str, str]) -> Callable[[Writer], None]:
        def write(writer: Writer) -> None:
            for path, made_from in inputs.items():
                if not writer.keeps(path, made_from):
                    made.append(path)
                    writer.write(path, f"of {made_from}")

        return write

    first, second = {"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "1"}
    Manifest(tmp_path).make("unit", "1", render(first))
    (tmp_path / "a").unlink()
    manifest = Manifest(tmp_path)
    manifest.make("unit", "2", render(second))
    manifest.finish()
    assert made == ["a", "b", "c", "a", "b", "d"]
    assert {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()} == {
        "a": "of 1", "b": "of 2", "d": "of 1",
    }  # fmt: skip
    made.clear()
    Manifest(tmp_path).make("unit", "3", render(second))
    assert made == []


def test_a_killed_build_leaves_no_half_file_among_the_pages(copied: Made) -> None:
    left = copied.site / PRIVATE / f"{TEMPORARY_PREFIX}of-a-killed-build"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    build(copied.site, copied.lake, URL)
    assert not left.exists()
    assert not list(copied.site.rglob(f"{TEMPORARY_PREFIX}*"))


def test_a_page_that_two_units_had_is_not_removed_with_the_first(tmp_path: Path) -> None:
    first = Manifest(tmp_path)
    first.make("old", fingerprint_of(1), lambda writer: writer.write("p/index.html", "p"))
    first.finish()
    second = Manifest(tmp_path)
    second.make("new", fingerprint_of(1), lambda writer: writer.write("p/index.html", "p"))
    second.finish()
    assert (tmp_path / "p/index.html").is_file()
    third = Manifest(tmp_path)
    third.finish()
    assert not (tmp_path / "p").exists()


def test_a_page_made_twice_is_a_fault(tmp_path: Path) -> None:
    def twice(writer: object) -> None:
        writer.write("p", "1")  # type: ignore[attr-defined]
        writer.write("p", "2")  # type: ignore[attr-defined]

    with pytest.raises(ValueError, match="made twice"):
        Manifest(tmp_path).make("a", "1", twice)


@pytest.mark.skipif(search.program() is None, reason=search.MISSING)
def test_the_search_index_holds_every_paper_in_the_part_of_its_month(made: Made) -> None:
    january = {row["paper_id"] for row in papers() if row["day"].month == 1}
    february = {row["paper_id"] for row in papers() if row["day"].month == 2}
    assert made.page("pagefind/parts.json") == '["2026-01"]'
    assert len([*(made.site / "pagefind/2026-01/fragment").iterdir()]) == len(january)
    assert len([*(made.site / "pagefind/fragment").iterdir()]) == len(february - january)


@pytest.mark.skipif(search.program() is None, reason=search.MISSING)
def test_only_the_part_of_a_changed_month_is_indexed_again(copied: Made) -> None:
    def written(folder: str) -> set[int]:
        return {path.stat().st_mtime_ns for path in (copied.site / "pagefind" / folder).iterdir() if path.is_file()}

    before, latest = written("2026-01"), written("fragment")
    rows = [row for row in papers() if row["day"].isoformat() == DAYS[3]]
    write_day(copied.lake, the_models(), DAYS[3], [{**rows[0], "title": "Quite another title"}, *rows[1:]])
    build(copied.site, copied.lake, URL)
    assert written("2026-01") == before
    assert written("fragment") != latest
    assert len([*(copied.site / "pagefind/fragment").iterdir()]) == len(rows)


def pages_of(day: str, number: int) -> dict[str, str]:
    return {f"papers/{day}-{place}/index.html": "hash" for place in range(number)}


def test_a_part_of_the_index_is_a_month_or_an_earlier_year_and_never_larger_than_memory_bears() -> None:
    days = ("2025-01-30", "2025-02-03", "2025-12-30", "2026-01-05", "2026-01-30", "2026-02-02", "2026-02-03")
    few = search.parts_of({day: pages_of(day, 2) for day in days})
    assert {name: len(pages) for name, pages in few.items()} == {"2025": 6, "2026-01": 4, "2026-02": 4}
    many = search.parts_of({day: pages_of(day, 5_000) for day in days})
    assert {name: len(pages) for name, pages in many.items()} == {
        "2025": 10_000, "2025.02": 5_000, "2026-01": 10_000, "2026-02": 10_000,
    }  # fmt: skip
    # A further day leaves the parts before it as they are, and the latest part sorts last.
    more = search.parts_of({**{day: pages_of(day, 5_000) for day in days}, "2026-02-04": pages_of("2026-02-04", 3_000)})
    assert {name: pages for name, pages in more.items() if name in many} == many
    assert max(more) == "2026-02.02"
    assert search.parts_of({"2026-02-02": {}}) == {}
    assert len(search.parts_of({"2026-02-02": pages_of("2026-02-02", 20_000)})["2026-02"]) == 20_000


class Replaced(LocalFolder):
    """A folder in which, at a certain reading of a month's topic pages, someone else has just replaced them."""

    reading = 0
    replaces_at = 0
    then = staticmethod(lambda: None)

    def _counted(self, name: str) -> None:
        if name.startswith(f"{TOPIC_PAGES.name}/") and "2026-01" in name:
            type(self).reading += 1
            if self.reading == self.replaces_at:
                self.then()

    def get(self, name: str) -> tuple[bytes, Stored] | None:
        self._counted(name)
        return super().get(name)

    def tail(self, name: str, size: int) -> bytes | None:
        self._counted(name)
        return super().tail(name, size)


def test_a_month_that_is_made_again_meanwhile_leaves_no_broken_link_and_is_there_the_next_time(copied: Made) -> None:
    old = copied.lake.read(TOPIC_PAGES, ["2026-01"])
    place, replaced = addresses.topic_page("2026-01", "hour-glasses"), 0
    for at in range(1, 6):
        copied.lake.write(TOPIC_PAGES, "2026-01", old)
        build(copied.site, copied.lake, URL)
        assert not (copied.site / place).exists()
        fresh = old.with_columns(topic=pl.lit("hour-glasses"))

        class Now(Replaced):
            replaces_at = at
            then = staticmethod(functools.partial(copied.lake.write, TOPIC_PAGES, "2026-01", fresh))

        build(copied.site, Lake(Now(Path(copied.lake.url))), URL)
        assert check_site(copied.site, DAYS) == [], at
        if Now.reading < at:
            break
        replaced += 1
        build(copied.site, copied.lake, URL)
        assert (copied.site / place).is_file(), at
        assert place in copied.page(addresses.month_page("2026-01")).replace("../../", ""), at
    assert replaced >= 2
