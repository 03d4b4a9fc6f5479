"""History: months of a snapshot from their records to their ledgers, at once.

What the assets `raw_listings`, `listing_receipts`, `papers`, `rejected_papers` and `listing_ledger` make day by day is
made here for months, with the same rows, by functions over whole columns, and written as whole months. What the
checks of these assets would find is told beside it, day by day, for whoever keeps the records.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from assets.listings.schema import LISTING_RECEIPTS, RAW_LISTINGS
from assets.listings.snapshot_months import listed_days
from assets.listings.volume import WHOLE
from assets.papers.clean import clean_day
from assets.papers.ledger_months import ledgers
from assets.papers.schema import EVERYTHING, LISTING_LEDGER, PAPERS, REJECTED_PAPERS
from assets.warehouse.whole_months import write_month

if TYPE_CHECKING:
    from assets.listings.snapshot_index import StoredDays
    from assets.warehouse.lake import Lake

HISTORY = (RAW_LISTINGS, LISTING_RECEIPTS, PAPERS, REJECTED_PAPERS, LISTING_LEDGER)
"""The tables that are made of a snapshot alone, in the order in which they stand on each other."""


@dataclass(frozen=True)
class DayTold:
    """What there is to tell of a day that was made."""

    rows: Mapping[str, int]
    """Table → its rows."""
    withdrawn: int
    by_fate: Mapping[str, int]
    by_rule: Mapping[str, int]
    ledger: Mapping[str, int]
    """The counts of the whole listing."""
    by_category: Mapping[str, int]
    """Category (and WHOLE) → papers announced in it, as `volume.Counts` has them."""
    unexplained: Sequence[str] = ()
    """What does not add up, in sentences."""
    twice: Sequence[str] = ()
    """Papers that stand in the day more than once."""
    repeated: Sequence[str] = ()
    """New papers of the day that the snapshot holds on other days, too."""
    faults: Sequence[str] = ()
    """Sentences about bad input."""


@dataclass(frozen=True)
class History:
    """How a snapshot is imported: into which lake, with which settings."""

    lake: Lake
    file: str
    """The snapshot, as people call it."""
    followed: frozenset[str] | None
    notes: Mapping[str, str]
    """What each day of raw_listings notes."""
    fetched_at: dt.datetime
    counted: Sequence[str] = field(default=())
    """Categories of which the papers are counted for the check of volumes."""

    def make(self, stored: StoredDays, repeated: frozenset[str]) -> dict[str, DayTold]:
        """Makes days in all tables of HISTORY, month by month; what there is to tell of each, in order.

        `repeated` are papers that the snapshot holds on more than one day. Raises StorageError where the lake cannot
        be written or the index not be read.
        """
        listed = listed_days(stored.read(), self.followed, file=self.file, fetched_at=self.fetched_at)
        papers, rejected = clean_day(listed.raw)
        tables = {
            RAW_LISTINGS.name: listed.raw,
            LISTING_RECEIPTS.name: listed.receipts,
            PAPERS.name: papers,
            REJECTED_PAPERS.name: rejected,
        }
        tables[LISTING_LEDGER.name], problems = ledgers(tables, stored.days, self.notes, self.followed)
        for month, dates in groupby(stored.days, lambda day: f"{day:%Y-%m}"):
            self._write(month, list(dates), tables)
        return self._told(stored.days, tables, problems, repeated, listed.faults)

    def _write(self, month: str, dates: Sequence[dt.date], tables: Mapping[str, pl.DataFrame]) -> None:
        days, own = [date.isoformat() for date in dates], pl.col("day").is_between(dates[0], dates[-1])
        for table in (LISTING_RECEIPTS, RAW_LISTINGS, REJECTED_PAPERS, PAPERS, LISTING_LEDGER):
            notes = self.notes if table is RAW_LISTINGS else None
            write_month(self.lake, table, month, days, tables[table.name].filter(own), notes)

    def _told(
        self,
        days: Sequence[dt.date],
        tables: Mapping[str, pl.DataFrame],
        problems: Mapping[dt.date, Sequence[str]],
        repeated: frozenset[str],
        faults: Mapping[str, Sequence[str]],
    ) -> dict[str, DayTold]:
        papers, receipts = tables[PAPERS.name], tables[LISTING_RECEIPTS.name]
        rows = {name: dict(frame.group_by("day").len().iter_rows()) for name, frame in tables.items()}
        withdrawn = dict(papers.group_by("day").agg(pl.col("is_withdrawn").sum()).iter_rows())
        by_fate = _nested(receipts, "fate")
        by_rule = _nested(tables[REJECTED_PAPERS.name], "rule")
        whole = tables[LISTING_LEDGER.name].filter(pl.col("category") == EVERYTHING)
        ledger = {row.pop("day"): row for row in whole.select("day", *_SHOWN).to_dicts()}
        twice = _lists(papers.filter(pl.struct("day", "paper_id").is_duplicated()).unique(["day", "paper_id"]))
        again = _lists(papers.filter((pl.col("listing") == "new") & pl.col("paper_id").is_in(list(repeated))))
        counts = self._counts(receipts)
        return {
            day.isoformat(): DayTold(
                {name: found.get(day, 0) for name, found in rows.items()},
                withdrawn.get(day, 0),
                by_fate.get(day, {}),
                by_rule.get(day, {}),
                ledger[day],
                {WHOLE: 0, **counts.get(day, {})},
                problems.get(day, ()),
                twice.get(day, ()),
                again.get(day, ()),
                faults.get(day.isoformat(), ()),
            )
            for day in days
        }

    def _counts(self, receipts: pl.DataFrame) -> dict[dt.date, dict[str, int]]:
        announced = receipts.filter(pl.col("fate") == "listed", pl.col("listing").is_in(["new", "cross"]))
        found = {day: {WHOLE: count} for day, count in announced.group_by("day").len().iter_rows()}
        if self.counted:
            each = announced.select("day", pl.col("categories").list.set_intersection(list(self.counted))).explode(
                "categories"
            )
            for day, category, count in each.drop_nulls().group_by("day", "categories").len().iter_rows():
                found[day][category] = count
        return found


_SHOWN = ("fetched", "kept", "rejected", "new", "cross_listed", "replaced", "unexplained")


def _nested(rows: pl.DataFrame, name: str) -> dict[dt.date, dict[str, int]]:
    found: dict[dt.date, dict[str, int]] = {}
    for day, value, count in rows.group_by("day", name).len().sort("day", name).iter_rows():
        found.setdefault(day, {})[value] = count
    return found


def _lists(papers: pl.DataFrame) -> dict[dt.date, list[str]]:
    return dict(papers.sort("day", "paper_id").group_by("day", maintain_order=True).agg("paper_id").iter_rows())
