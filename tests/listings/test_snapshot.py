"""A snapshot file as a source: days, broken lines, and an index that is whole or not there."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
import zstandard

from assets.categories import followed, parse_given
from assets.errors import InputError, StorageError
from assets.listings import snapshot_build
from assets.listings.snapshot import SnapshotSource
from assets.listings.source import DayListing
from tests.listings.corpus import NO_REAL_DATA, REAL_DATA, lines, record, submitted

TUESDAY, WEDNESDAY, THURSDAY = dt.date(2025, 3, 4), dt.date(2025, 3, 5), dt.date(2025, 3, 6)
"""Announcement days of what was submitted up to 3, 4 and 5 March 2025, 19:00 UTC."""


def source_of(folder: Path, text: str | bytes, name: str = "listing.jsonl") -> SnapshotSource:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return SnapshotSource(path, folder / "index")


def ids(listing: DayListing) -> list[str | None]:
    return [one.paper_id for one in listing.records]


def how(listing: DayListing) -> list[str]:
    return [one.announced_by for one in listing.records]


def three_days() -> list[dict[str, object]]:
    return [
        record("2503.00001", submitted(3, 10)),
        record("2503.00002", submitted(3, 12), categories="hep-th"),
        record("2503.00003", submitted(4, 10)),
        record("2503.00004", submitted(4, 12)),
        record("2503.00005", submitted(5, 10)),
    ]


def test_each_record_is_on_the_day_of_its_submission_window(tmp_path: Path) -> None:
    source = source_of(tmp_path, lines(*three_days()))
    assert source.days() == [TUESDAY, WEDNESDAY, THURSDAY]
    assert ids(source.listing(TUESDAY, None)) == ["2503.00001", "2503.00002"]
    assert ids(source.listing(WEDNESDAY, None)) == ["2503.00003", "2503.00004"]
    assert ids(source.listing(THURSDAY, None)) == ["2503.00005"]
    assert how(source.listing(TUESDAY, None)) == ["submission", "submission"]


def test_a_record_is_kept_as_its_line_was_given(tmp_path: Path) -> None:
    odd = ' {"title": "Fran\\u00e7ais  $x$", "id":"2503.00001v2", "announced" : "2025-03-04", "x": 1e400, "x": 2}\t'
    source = source_of(tmp_path, lines(odd))
    (one,) = source.listing(TUESDAY, None).records
    assert one.record == odd
    assert one.paper_id == "2503.00001"
    assert one.listing == "new"
    assert one.announced_by == "listed"
    assert one.source_ref == f"{source.path}:1"


def test_only_followed_categories_and_what_cannot_be_judged_go_on(tmp_path: Path) -> None:
    source = source_of(tmp_path, lines(*three_days(), record("2503.00006", submitted(5, 11), categories="68T50")))
    assert ids(source.listing(TUESDAY, frozenset({"cs.LG"}))) == ["2503.00001"]
    assert ids(source.listing(THURSDAY, frozenset({"hep-th"}))) == ["2503.00006"]


def test_a_held_paper_gets_its_neighbours_day(tmp_path: Path) -> None:
    held = record("2503.00003", submitted(2, 3, month=2))
    others = [
        record("2503.00001", submitted(3, 10)),
        record("2503.00002", submitted(3, 12)),
        record("2503.00004", submitted(4, 10)),
        record("2503.00005", submitted(4, 12)),
    ]
    listing = source_of(tmp_path, lines(*others, held)).listing(WEDNESDAY, None)
    assert ids(listing) == ["2503.00004", "2503.00005", "2503.00003"]
    assert how(listing) == ["submission", "submission", "id order"]


def test_a_day_that_the_file_gives_goes_before_what_could_be_inferred(tmp_path: Path) -> None:
    source = source_of(tmp_path, lines(record("2503.00001", submitted(3), announced="2025-03-06")))
    assert source.days() == [THURSDAY]
    assert how(source.listing(THURSDAY, None)) == ["listed"]


def test_papers_mailed_on_the_first_of_a_month_carry_the_month_before(tmp_path: Path) -> None:
    first = dt.date(2025, 4, 1)
    source = source_of(
        tmp_path,
        lines(
            record("2504.00001", dt.datetime(2025, 4, 1, 12, tzinfo=dt.UTC)),
            record("2503.20001", dt.datetime(2025, 3, 31, 12, tzinfo=dt.UTC)),
            record("2503.20002", announced="2025-04-01"),
        ),
    )
    assert ids(source.listing(first, None)) == ["2503.20001", "2503.20002"]
    assert ids(source.listing(dt.date(2025, 4, 2), None)) == ["2504.00001"]


def test_a_record_of_which_nothing_is_known_goes_to_the_first_day_of_its_ids_month(tmp_path: Path) -> None:
    source = source_of(tmp_path, lines(record("2503.00001"), record("hep-th/9901001")))
    assert [day.isoformat() for day in source.days()] == ["1999-01-04", "2025-03-04"]
    assert how(source.listing(dt.date(1999, 1, 4), None)) == ["id order"]


def test_a_date_without_announcement_is_not_taken_for_a_day_and_the_reader_is_told(tmp_path: Path) -> None:
    saturday = [record(f"2503.0000{n}", submitted(5, 10 + n), announced="2025-03-08") for n in (6, 7)]
    listing = source_of(tmp_path, lines(*three_days(), *saturday)).listing(THURSDAY, None)
    assert ids(listing) == ["2503.00005", "2503.00006", "2503.00007"]
    (fault,) = listing.faults
    assert "lists 2 records (first on line 6) for 2025-03-08, which is no announcement day" in fault


@pytest.mark.parametrize("identifier", [None, "", "not an id", 2503.00001, ["2503.00001"], "2503.0001"])
def test_a_record_without_usable_id_is_placed_by_its_submission(tmp_path: Path, identifier: object) -> None:
    nameless = record("x", submitted(4, 11)) | {"id": identifier}
    listing = source_of(tmp_path, lines(*three_days(), nameless)).listing(WEDNESDAY, frozenset({"cs.LG"}))
    assert ids(listing) == ["2503.00003", "2503.00004", None]
    assert how(listing)[-1] == "submission"
    assert json.loads(listing.records[-1].record) == nameless
    assert not listing.faults


def test_a_record_without_id_and_dates_is_on_the_day_of_the_line_before(tmp_path: Path) -> None:
    records = three_days()
    records.insert(3, {"title": "Nothing is known of this"})
    listing = source_of(tmp_path, lines(*records)).listing(WEDNESDAY, frozenset({"cs.LG"}))
    assert ids(listing) == ["2503.00003", None, "2503.00004"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ('{"title": "no end', "not valid JSON (column 18: "),
        ('{"title": "tab\there"}', "not valid JSON (column 15: "),
        ('{"title": NaN}', "not valid JSON (column 11: "),
        ('{"id": 7, "title": }', "not valid JSON (column 20: "),
        ("never was JSON", "not valid JSON (column "),
        ('["an", "array"]', "valid JSON, but not an object"),
        ("null", "valid JSON, but not an object"),
    ],
)
def test_a_broken_line_is_named_and_kept_on_the_day_of_the_line_before(
    tmp_path: Path, broken: str, reason: str
) -> None:
    good = three_days()
    source = source_of(tmp_path, lines(*good[:4], broken, good[4]))
    listing = source.listing(WEDNESDAY, frozenset({"hep-th"}))
    (kept,) = listing.records
    assert kept.record == broken
    assert kept.paper_id is None
    assert kept.source_ref == f"{source.path}:5"
    (fault,) = listing.faults
    assert fault.startswith(f"line 5 of {source.path} is {reason}")
    assert fault.endswith(": mend or remove the line and run again.")
    (line,) = source.broken_lines()
    assert (line.line, line.day) == (5, WEDNESDAY)
    assert line.reason.startswith(reason)
    assert not source.listing(TUESDAY, None).faults


def test_a_broken_lines_own_id_and_day_place_it(tmp_path: Path) -> None:
    by_day = '{"id": "2503.00009", "announced": "2025-03-07", "title": torn}'
    by_id = '{"id":"2503.00004v3", "title": torn}'
    good = three_days()
    del good[3]
    source = source_of(tmp_path, lines(*good, by_day, by_id))
    assert ids(source.listing(dt.date(2025, 3, 7), None)) == ["2503.00009"]
    assert ids(source.listing(THURSDAY, None)) == ["2503.00005", "2503.00004"]
    assert [line.line for line in source.broken_lines()] == [5, 6]


def test_broken_lines_before_any_record_are_on_the_first_records_day(tmp_path: Path) -> None:
    listing = source_of(tmp_path, lines("oh", "", "{", *three_days())).listing(TUESDAY, None)
    assert [one.record for one in listing.records[:2]] == ["oh", "{"]
    assert len(listing.faults) == 2


def test_a_line_that_is_not_utf_8_is_broken_and_shows_its_bytes(tmp_path: Path) -> None:
    torn = json.dumps(record("2503.00003", announced="2025-03-05")).encode().replace(b"matter", b"mat\xe9re", 1)
    source = source_of(tmp_path, lines(*three_days()).encode() + torn + b"\n")
    kept = source.listing(WEDNESDAY, None).records[-1]
    assert "mat\\xe9re" in kept.record
    assert kept.announced_by == "listed"
    (line,) = source.broken_lines()
    assert line.reason == f"not valid UTF-8 (column {torn.index(0xE9) + 1}: byte 0xe9)"


def test_a_long_broken_line_is_clipped(tmp_path: Path) -> None:
    source = source_of(tmp_path, lines(*three_days(), "é" * 300_000))
    assert source.listing(THURSDAY, None).records[-1].record == "é" * 100_000


def test_a_day_outside_of_the_file_is_an_error_and_so_is_one_missing_inside(tmp_path: Path) -> None:
    records = three_days()
    source = source_of(tmp_path, lines(records[0], records[4]))
    with pytest.raises(InputError, match="holds 2025-03-04 to 2025-03-06, not 2025-03-07"):
        source.listing(dt.date(2025, 3, 7), None)
    with pytest.raises(InputError, match="not 2024-03-05"):
        source.listing(dt.date(2024, 3, 5), None)
    with pytest.raises(InputError, match="holds no paper of 2025-03-05, though arXiv announced papers"):
        source.listing(WEDNESDAY, None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "looks like a PDF document"),
        (b"PK\x03\x04\x14\0\0\0rest", "looks like a ZIP archive"),
        (b'[\n{"id": "2503.00001"}\n]\n', "looks like a JSON array"),
        (b'[{"id": "2503.00001"}]', "looks like a JSON array"),
        ("\ufeff{}".encode("utf-16"), "looks like UTF-16"),
        (b"<html>\n<body>\n", "looks like HTML"),
        (b"id,title\n2503.00001,x\n", "begins with 'id,title'"),
        (b'{\n  "id": "2503.00001"\n}\n', "is not JSON Lines"),
        (b"\n \n\n", "holds no text"),
        (
            b'{"name": "x"}\n{"name": "y"}\n',
            "not in the layout of arXiv's metadata snapshot: none of its first 2 records",
        ),
    ],
)
def test_another_kind_of_file_is_refused_with_what_was_found(tmp_path: Path, content: bytes, said: str) -> None:
    source = source_of(tmp_path, content)
    with pytest.raises(InputError, match=said) as error:
        source.days()
    assert str(source.path) in str(error.value)
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == [".lock"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress])
def test_a_last_line_that_is_cut_off_refuses_the_file(tmp_path: Path, pack: type[bytes]) -> None:
    whole = lines(*three_days()).encode()
    source = source_of(tmp_path, pack(whole[:-40]))
    with pytest.raises(InputError, match="ends in the middle of line 5: download it again"):
        source.listing(TUESDAY, None)
    assert source_of(tmp_path, pack(whole[:-1])).listing(THURSDAY, None).records


def test_a_truncated_download_leaves_nothing_half_written(tmp_path: Path) -> None:
    whole = zstandard.compress(lines(*three_days() * 400).encode())
    source = source_of(tmp_path, whole[:-9])
    with pytest.raises(InputError, match="ends in the middle of compressed data"):
        source.days()
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == [".lock"]


def test_a_changed_file_is_indexed_again_and_its_old_index_removed(tmp_path: Path) -> None:
    source = source_of(tmp_path, lines(*three_days()))
    other = source_of(tmp_path, lines(*three_days()), "other.jsonl")
    assert len(source.days()) == len(other.days()) == 3
    source_of(tmp_path, lines(*three_days(), record("2503.00006", submitted(6, 10))))
    assert len(source.days()) == 4
    folders = [path for path in (tmp_path / "index").iterdir() if path.is_dir()]
    assert len(folders) == 2
    assert len(other.days()) == 3


def test_an_index_is_made_once(tmp_path: Path) -> None:
    path = source_of(tmp_path, lines(*three_days())).path
    calls: list[int] = []
    for _ in range(3):
        source = SnapshotSource(path, tmp_path / "index", lambda done, _of: calls.append(done))
        assert ids(source.listing(THURSDAY, None)) == ["2503.00005"]
    assert calls == [path.stat().st_size]


def test_processes_that_index_the_same_file_at_once_read_the_same(tmp_path: Path) -> None:
    source = source_of(tmp_path, lines(*three_days() * 2000))
    running = [_run_beside("on_progress = None", source) for _ in range(2)]
    counts = [process.communicate(timeout=60)[0].split() for process in running]
    assert counts == [["4000", "4000", "2000"]] * 2
    assert len([path for path in (tmp_path / "index").iterdir() if path.is_dir()]) == 1


def _run_beside(progress: str, source: SnapshotSource) -> subprocess.Popen[str]:
    """Another process that reads all days of the file and prints how many records each has."""
    program = f"""
import os
from pathlib import Path
from assets.listings.snapshot import SnapshotSource
{progress}
source = SnapshotSource(Path({str(source.path)!r}), Path({str(source.path.parent / "index")!r}), on_progress)
print(*[len(source.listing(day, None).records) for day in source.days()])
"""
    return subprocess.Popen(
        [sys.executable, "-c", program], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True
    )


def test_an_index_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="cannot write"):
        source_of(tmp_path, lines(*three_days())).days()


def test_a_damaged_index_says_what_to_remove(tmp_path: Path) -> None:
    source = source_of(tmp_path, lines(*three_days()))
    source.days()
    (part,) = (tmp_path / "index").glob("*/*.parquet")
    part.write_bytes(b"not Parquet")
    with pytest.raises(StorageError, match=f"remove {part.parent} and run again"):
        source.listing(TUESDAY, None)


def test_days_do_not_depend_on_how_much_is_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = lines(*(record(f"25{month:02}.{n:05}") for n in range(1, 40) for month in (5, 3, 4)), "torn", *three_days())
    whole = source_of(tmp_path, text)
    expected = [whole.listing(day, None) for day in whole.days()]
    for name, value in {"BLOCK_BYTES": 2000, "ROWS_AT_ONCE": 9, "ROWS_PER_FILE": 7}.items():
        monkeypatch.setattr(snapshot_build, name, value)
    pieces = SnapshotSource(whole.path, tmp_path / "pieces")
    assert [pieces.listing(day, None) for day in pieces.days()] == expected
    assert sum(len(listing.records) for listing in expected) == 3 * 39 + 1 + 5


@pytest.fixture(scope="module")
def january(tmp_path_factory: pytest.TempPathFactory) -> SnapshotSource:
    path = REAL_DATA / "listings" / "2026-01-all.jsonl.zst"
    if not path.exists():
        pytest.skip(NO_REAL_DATA)
    return SnapshotSource(path, tmp_path_factory.mktemp("index"))


def test_the_real_january_has_all_its_rows_on_its_20_days(january: SnapshotSource) -> None:
    counts = {day.isoformat(): len(january.listing(day, None).records) for day in january.days()}
    assert len(counts) == 20
    assert sum(counts.values()) == 17_022
    assert counts["2026-01-30"] == 1013
    assert not january.broken_lines()


def test_the_real_30_january_has_its_primaries_and_cross_lists(january: SnapshotSource) -> None:
    listing = january.listing(dt.date(2026, 1, 30), followed("cs.LG,stat.ML"))
    given = [parse_given(json.loads(one.record)["categories"] or "") for one in listing.records]
    primaries = [categories[0] for categories in given if categories]
    assert primaries.count("cs.LG") == 207
    assert primaries.count("stat.ML") == 20
    assert sum(primary not in ("cs.LG", "stat.ML") for primary in primaries) == 82
    everything = january.listing(dt.date(2026, 1, 30), None)
    uncategorised = [one for one in everything.records if not parse_given(json.loads(one.record)["categories"] or "")]
    assert len(listing.records) == 207 + 20 + 82 + len(uncategorised)


def test_lines_of_the_real_snapshot_are_placed_in_the_months_of_their_ids(tmp_path: Path) -> None:
    path = REAL_DATA / "raw" / "kaggle_snapshot" / "first_200_lines.jsonl"
    if not path.exists():
        pytest.skip(NO_REAL_DATA)
    source = SnapshotSource(path, tmp_path)
    days = source.days()
    assert days[0] >= dt.date(2007, 4, 2)
    assert days[-1] <= dt.date(2007, 5, 1)
    assert sum(len(source.listing(day, None).records) for day in days) == 200
