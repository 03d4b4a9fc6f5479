"""How many papers the days in the lake announced, by category: read from the receipts, each day once."""

from __future__ import annotations

import datetime as dt

import polars as pl

from assets.listings.schema import LISTING_RECEIPTS, RAW_LISTINGS
from assets.listings.volume import WHOLE
from assets.warehouse.lake import Lake


class DayCounts:
    """The counts of the days that were made with the same followed categories."""

    def __init__(self, lake: Lake, categories: str) -> None:
        self._lake = lake
        self._categories = categories
        self._days = [dt.date.fromisoformat(key) for key in lake.keys(LISTING_RECEIPTS)]
        self._known: dict[dt.date, dict[str, int] | None] = {}

    def between(self, first: dt.date, last: dt.date, and_also: dt.date) -> dict[dt.date, dict[str, int]]:
        """Day → category (and WHOLE) → papers announced in it, new ones and cross-lists."""
        wanted = [day for day in self._days if first <= day <= last or day == and_also]
        found = {day: self._of(day) for day in wanted}
        return {day: counts for day, counts in found.items() if counts is not None}

    def _of(self, day: dt.date) -> dict[str, int] | None:
        """None for a day that was made with other categories, whose counts say nothing here."""
        if day not in self._known:
            key = day.isoformat()
            if self._lake.notes(RAW_LISTINGS, key).get("categories") == self._categories:
                self._known[day] = self._count(key)
            else:
                self._known[day] = None
        return self._known[day]

    def _count(self, key: str) -> dict[str, int]:
        rows = self._lake.columns(LISTING_RECEIPTS, key, ["listing", "fate", "categories"]).filter(
            (pl.col("fate") == "listed") & pl.col("listing").is_in(["new", "cross"])
        )
        by_category = rows.explode("categories", empty_as_null=True).group_by("categories").len().drop_nulls()
        return {**dict(by_category.iter_rows()), WHOLE: rows.height}
