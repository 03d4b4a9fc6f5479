"""The ledger of a day: it adds up over every source, and what got lost is told by number and by name."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from assets.listings.api import ApiSource
from assets.listings.assets import listing_notes
from assets.listings.rss import RssSource
from assets.listings.sample import SampleSource
from assets.listings.source import DayListing, Given, ListingSource, RawRecord, frame, receipts_frame, sort_out
from assets.papers.clean import clean_day
from assets.papers.ledger import DayTables, ledger_rows, unexplained
from assets.papers.schema import LISTING_LEDGER
from assets.preferences import Preferences
from tests.emulators.arxiv.papers import papers_of
from tests.emulators.arxiv.server import Emulator
from tests.listings.corpus import record
from tests.listings.emulated import FOLLOWED, WORLD, noon_of, oai_source, quick_pace
from tests.listings.test_receipts import FRIDAY, HELD, WEDNESDAY

DAY = WORLD.days[12]
SUMS = ("fetched", "from_other_days", "to_other_days", "repeated", "not_followed", "rejected", "kept")


def tables_of(listing: DayListing, source: str, categories: frozenset[str] | None = FOLLOWED) -> DayTables:
    """What the rooms make of a listing."""
    raw = frame(listing, source, dt.datetime(2025, 5, 1, tzinfo=dt.UTC))
    papers, rejected = clean_day(raw)
    notes = listing_notes(listing, source, Preferences(categories), None)
    return DayTables(listing.day, receipts_frame(listing), raw, papers, rejected, notes)


def whole(rows: pl.DataFrame) -> dict[str, object]:
    """The row of the whole listing."""
    return rows.filter(category="all").row(0, named=True)


def problems(tables: DayTables, categories: frozenset[str] | None = FOLLOWED) -> list[str]:
    """What the check would tell."""
    return unexplained(ledger_rows(tables, categories), tables)


def source_of(name: str, served: Emulator, folder: Path) -> ListingSource:
    """A live source of the emulated services."""
    if name == "api":
        return ApiSource(served.api_url, quick_pace(folder))
    if name == "rss":
        return RssSource(served.rss_url, None, quick_pace(folder))
    return oai_source(served, folder)


@pytest.mark.parametrize("categories", [FOLLOWED, None], ids=["followed", "all"])
@pytest.mark.parametrize("name", ["api", "oai", "rss"])
def test_a_healthy_day_of_every_live_source_adds_up(
    emulator: Emulator,
    tmp_path: Path,
    name: str,
    categories: frozenset[str] | None,
) -> None:
    emulator.world.moment = noon_of(DAY)
    tables = tables_of(source_of(name, emulator, tmp_path).listing(DAY, categories), name, categories)
    rows = ledger_rows(tables, categories)
    assert rows.schema == LISTING_LEDGER.polars_schema
    assert (rows["unexplained"] == 0).all()
    assert not problems(tables, categories)
    assert rows.select((pl.col("kept") == pl.col("new") + pl.col("cross_listed") + pl.col("replaced")).all()).item()
    found = whole(rows)
    followed = categories or frozenset[str]()
    assert int(str(found["new"])) + int(str(found["cross_listed"])) == len(WORLD.new_on(DAY, *followed))
    assert found["replaced"] == (0 if name == "api" else len(WORLD.replaced_on(DAY, *followed)))
    assert (found["announced"] is None) == (name == "oai")


def test_each_followed_category_has_its_own_accounts() -> None:
    for day in SampleSource().days():
        tables = tables_of(SampleSource().listing(day, FOLLOWED), "sample")
        rows = ledger_rows(tables, FOLLOWED)
        assert rows["category"].to_list() == ["all", "cs.LG", "stat.ML"]
        for category in FOLLOWED:
            row = rows.filter(category=category).row(0, named=True)
            assert row["kept"] == tables.papers.filter(pl.col("categories").list.contains(category)).height
            assert row["new"] == tables.papers.filter(primary_category=category).height
        assert whole(rows)["rejected"] == tables.rejected["position"].n_unique()
        assert not problems(tables)


@pytest.mark.parametrize("name", ["api", "oai"])
def test_a_held_paper_explains_a_difference_on_both_of_its_days(tmp_path: Path, name: str) -> None:
    with Emulator(papers_of(HELD), noon_of(dt.date(2025, 3, 11))) as served:
        source = source_of(name, served, tmp_path)
        rows = [ledger_rows(tables_of(source.listing(day, FOLLOWED), name), FOLLOWED) for day in (WEDNESDAY, FRIDAY)]
    wednesday, friday = map(whole, rows)
    assert wednesday["to_other_days"] == 1
    assert "1 belong to other days: 2503.00008 (2025-03-07)" in str(wednesday["explanation"])
    assert friday["from_other_days"] == 1
    assert "1 held over from earlier days: 2503.00008" in str(friday["explanation"])
    if name == "api":
        assert (wednesday["announced"], wednesday["kept"], wednesday["difference"]) == (3, 2, 1)
        assert (friday["announced"], friday["kept"], friday["difference"]) == (2, 3, -1)
    assert wednesday["unexplained"] == friday["unexplained"] == 0


class Losing:
    """A source that loses the second record of a day after it has fetched it."""

    def __init__(self, source: ListingSource) -> None:
        self.source, self.name = source, source.name

    def days(self) -> list[dt.date] | None:
        return self.source.days()

    def listing(self, day: dt.date, categories: frozenset[str] | None) -> DayListing:
        listing = self.source.listing(day, categories)
        return replace(listing, records=[*listing.records[:1], *listing.records[2:]])


@pytest.mark.parametrize("name", ["api", "oai", "rss"])
def test_a_record_that_a_source_drops_after_fetching_it_is_named(
    emulator: Emulator,
    tmp_path: Path,
    name: str,
) -> None:
    emulator.world.moment = noon_of(DAY)
    source = Losing(source_of(name, emulator, tmp_path))
    lost = source.source.listing(DAY, FOLLOWED).records[1].paper_id
    tables = tables_of(source.listing(DAY, FOLLOWED), name)
    assert whole(ledger_rows(tables, FOLLOWED))["unexplained"] == 1
    told = problems(tables)
    assert told[0].startswith(f"{DAY}, all: ")
    assert f"{lost} (fetched, but not in raw_listings)" in told[0]


@pytest.mark.parametrize("wrong", [1, -1, 7])
def test_a_total_of_the_source_that_is_wrong_is_told_with_the_numbers(
    emulator: Emulator,
    tmp_path: Path,
    wrong: int,
) -> None:
    listing = source_of("api", emulator, tmp_path).listing(DAY, FOLLOWED)
    assert listing.announced_total
    tables = tables_of(replace(listing, announced_total=listing.announced_total + wrong), "api")
    row = whole(ledger_rows(tables, FOLLOWED))
    assert (row["announced"], row["unexplained"]) == (listing.announced_total + wrong, wrong)
    assert f"{wrong} unexplained" in problems(tables)[0]


def test_a_paper_that_cleaning_loses_is_named_even_where_another_takes_its_place() -> None:
    day = SampleSource().days()[0]
    tables = tables_of(SampleSource().listing(day, FOLLOWED), "sample")
    stranger = tables.papers.tail(1).with_columns(paper_id=pl.lit("2508.99999"))
    swapped = replace(tables, papers=pl.concat([tables.papers.head(tables.papers.height - 1), stranger]))
    assert whole(ledger_rows(swapped, FOLLOWED))["unexplained"] == 0
    told = " ".join(problems(swapped))
    assert f"{tables.papers['paper_id'][-1]} (in raw_listings, but in neither papers nor rejected_papers)" in told
    assert "2508.99999 (in papers, but not in raw_listings)" in told


def test_a_merged_duplicate_adds_up_in_the_category_that_only_one_of_the_records_names() -> None:
    texts = [
        written("2503.00001", "cs.LG", 1),
        written("2503.00001", "cs.CV", 2),
        written("2503.00002", "stat.ML", 1),
    ]
    given = [Given(RawRecord(paper, "new", text, "listed", f"f:{line}")) for line, (paper, text) in enumerate(texts)]
    followed = frozenset({"cs.LG", "cs.CV", "stat.ML"})
    tables = tables_of(sort_out(WEDNESDAY, given, followed), "snapshot", followed)
    rows = ledger_rows(tables, followed)
    assert rows["unexplained"].to_list() == [0, 0, 0, 0]
    assert dict(rows.select("category", "kept").iter_rows()) == {"all": 2, "cs.CV": 1, "cs.LG": 1, "stat.ML": 1}
    assert "rejected (duplicate 1)" in str(whole(rows)["explanation"])


def test_a_day_that_another_source_made_says_so() -> None:
    day = SampleSource().days()[0]
    listing = replace(SampleSource().listing(day, FOLLOWED), source="api")
    rows = ledger_rows(tables_of(listing, "oai"), FOLLOWED)
    assert set(rows.select("source", "fallback_for").iter_rows()) == {("api", "oai")}
    assert str(whole(rows)["explanation"]).startswith("api stood in for oai, which did not answer")


def written(paper_id: str, categories: str, version: int) -> tuple[str, str]:
    versions = [{"version": f"v{version}", "created": "Tue, 4 Mar 2025 10:00:00 GMT"}]
    return paper_id, json.dumps(record(paper_id, categories=categories, versions=versions))
