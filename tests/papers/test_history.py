"""A month that is imported at once has the rows, the notes and the findings that its days have one by one."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from assets.calendar.days import announcement_days, submission_window
from assets.listings.schema import LISTING_RECEIPTS, RAW_LISTINGS
from assets.listings.snapshot import SnapshotSource
from assets.listings.source import frame, receipts_frame
from assets.papers.clean import clean_day
from assets.papers.history import HISTORY, DayTold, History
from assets.papers.ledger import DayTables, ledger_rows, unexplained
from assets.papers.schema import LISTING_LEDGER, PAPERS, REJECTED_PAPERS
from assets.warehouse.lake import Lake
from tests.listings.corpus import lines, record

FETCHED = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
TWICE, TWO_DAYS = "2502.90001", ("2025-02-18", "2025-02-20")
NOTES = {"source": "snapshot", "categories": "as given", "edition": "one"}

ODD: tuple[dict[str, object], ...] = (
    {"categories": ""}, {"categories": "I.2.7 68T50"}, {"categories": "cs.NA math.NA stat.TH"},
    {"categories": "hep-th"},
    {"title": "On $x$ and 5\\% of \\emph{all}"}, {"title": "Caf\\'e"}, {"title": " "}, {"abstract": None},
    {"abstract": "  The two lines\nof $O(n \\log n)$ and \\textbf{more} for \\$5.\n"}, {"abstract": 7},
    {"comments": "This paper has been withdrawn by the authors"}, {"comments": "12 pages"},
    {"authors": "A. M\\\"uller (MIT) and the X Collaboration", "authors_parsed": None}, {"authors": ""},
    {"versions": []}, {"versions": [{"version": "v1"}, {"version": "v3", "created": "2025-02-03T10:00:00Z"}]},
    {"announced": "2025-02-18"}, {"announced": "2025-02-16"}, {"id": "2501.00001v2"}, {"id": "2502.00002"},
    {"id": "no id"}, {"id": None}, {"categories": "cs.LG hep-th", "doi": " 10.1/a ", "journal-ref": "J. {\\bf 3}"},
)  # fmt: skip


def corpus() -> str:
    """Some hundred invented records of three months, every third of them odd, and lines that are none."""
    draw = random.Random(3)
    records: list[dict[str, object] | str] = []
    numbers: dict[str, int] = {}
    for day in announcement_days(dt.date(2025, 1, 24), dt.date(2025, 3, 5)):
        window = submission_window(day)
        for _ in range(draw.randrange(6, 12)):
            month = f"{day:%y%m}"
            numbers[month] = numbers.get(month, 0) + 1
            created = window.opens + (window.closes - window.opens) * draw.random()
            odd = draw.choice(ODD) if draw.random() < 0.33 else {}
            own = {"categories": draw.choice(("cs.LG", "cs.LG stat.ML", "math.CO cs.LG", "q-bio.NC"))}
            records.append(record(f"{month}.{numbers[month]:05}", created, **{**own, **odd}))
            if draw.random() < 0.03:
                records.append(draw.choice(("{broken", "[1, 2]", '{"id": "2502.00009"', json.dumps(records[-1]))))
    for day in TWO_DAYS:
        records.append(record(TWICE, announced=day))
    return lines(*records)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> SnapshotSource:
    folder = tmp_path_factory.mktemp("history")
    (folder / "papers.jsonl").write_text(corpus(), encoding="utf-8")
    return SnapshotSource(folder / "papers.jsonl", folder / "index")


def day_by_day(
    source: SnapshotSource, lake: Lake, followed: frozenset[str] | None, days: Sequence[dt.date]
) -> dict[str, list[str]]:
    """What the assets make of each day, one after the other; what does not add up, by day."""
    problems = {}
    for date in days:
        day = date.isoformat()
        listing = source.listing(date, followed)
        lake.write(LISTING_RECEIPTS, day, receipts_frame(listing))
        lake.write(RAW_LISTINGS, day, frame(listing, source.name, FETCHED), NOTES)
        papers, rejected = clean_day(lake.read(RAW_LISTINGS, [day]))
        lake.write(PAPERS, day, papers)
        lake.write(REJECTED_PAPERS, day, rejected)
        read = (lake.read(table, [day]) for table in (LISTING_RECEIPTS, RAW_LISTINGS, PAPERS, REJECTED_PAPERS))
        tables = DayTables(date, *read, lake.notes(RAW_LISTINGS, day))
        lake.write(LISTING_LEDGER, day, ledger_rows(tables, followed))
        problems[day] = unexplained(lake.read(LISTING_LEDGER, [day]), tables)
    return problems


def by_months(
    source: SnapshotSource, lake: Lake, followed: frozenset[str] | None, days: Sequence[dt.date]
) -> dict[str, DayTold]:
    """The same at once."""
    history = History(lake, str(source.path), followed, NOTES, FETCHED, tuple(sorted(followed or ())))
    repeated = frozenset(source.repeated_papers())
    return history.make(source.stored_days(days), repeated)


@pytest.mark.parametrize(("followed", "first"), [(None, 17), (frozenset({"cs.LG", "math.NA"}), 0)])
def test_a_month_at_once_is_its_days_one_by_one(
    source: SnapshotSource, tmp_path: Path, followed: frozenset[str] | None, first: int
) -> None:
    dates = source.days()[first:]
    singly, whole = Lake(tmp_path / "singly"), Lake(tmp_path / "whole")
    problems, told = day_by_day(source, singly, followed, dates), by_months(source, whole, followed, dates)
    days = [day.isoformat() for day in dates]
    assert len({day[:7] for day in days}) > 1
    for table in HISTORY:
        assert whole.keys(table) == singly.keys(table) == days
        assert whole.read(table, days).equals(singly.read(table, days)), table.name
        for day in days:
            assert whole.notes(table, day) == singly.notes(table, day)
            assert told[day].rows[table.name] == singly.row_count(table, day) == whole.row_count(table, day)
    for day in days:
        assert list(told[day].unexplained) == problems[day]
        listing = source.listing(dt.date.fromisoformat(day), followed)
        assert list(told[day].faults) == list(listing.faults)
        papers = singly.read(PAPERS, [day])
        assert told[day].withdrawn == papers["is_withdrawn"].sum()
        assert sum(told[day].by_rule.values()) == singly.row_count(REJECTED_PAPERS, day)
        receipts = singly.read(LISTING_RECEIPTS, [day])
        assert told[day].by_fate == dict(receipts.group_by("fate").len().iter_rows())
        counted = receipts.filter(pl.col("fate") == "listed")
        assert told[day].by_category["all"] == counted.height
        for category in followed or ():
            holds = counted["categories"].list.contains(category).sum()
            assert told[day].by_category.get(category, 0) == holds
    rejected = singly.read(REJECTED_PAPERS, days)
    if first == 0:  # the whole corpus holds all that is odd
        assert {"not_empty", "known_category", "json", "type", "valid_id", "duplicate"} <= set(rejected["rule"])
        assert singly.read(PAPERS, days)["is_withdrawn"].any()


def test_papers_that_the_file_holds_on_two_days_are_named_on_both(source: SnapshotSource, tmp_path: Path) -> None:
    assert source.repeated_papers() == {TWICE: [dt.date.fromisoformat(day) for day in TWO_DAYS]}
    told = by_months(source, Lake(tmp_path), frozenset({"cs.LG"}), source.days())
    assert {day for day, one in told.items() if one.repeated} == set(TWO_DAYS)
    assert all(list(told[day].repeated) == [TWICE] for day in TWO_DAYS)
