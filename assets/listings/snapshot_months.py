"""The listings of many days of a snapshot at once: with the rows that the days have one by one.

`source.sort_out` and `source.frame` make a day's rows record by record; here whole columns are made, for imports of
years. The rules are those of `source`, asked once for each set of categories.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from assets.listings.schema import LISTING_RECEIPTS, RAW_LISTINGS
from assets.listings.snapshot_days import day_listing
from assets.listings.source import categories_of, goes_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class ListedDays:
    """What a snapshot says of some days, as rows of `raw_listings` and of `listing_receipts`, in order of the days."""

    raw: pl.DataFrame
    receipts: pl.DataFrame
    faults: Mapping[str, Sequence[str]]
    """Day → sentences about bad input; days without any are not in it."""


def listed_days(
    rows: pl.DataFrame, followed: frozenset[str] | None, *, file: str, fetched_at: dt.datetime
) -> ListedDays:
    """The listings of days from their rows (of `snapshot_days.PLACED`, in order of day and line).

    `file` names the snapshot, `fetched_at` is aware.
    """
    categories = [categories_of(text) for text in rows["text"]]
    numbers = {one: number for number, one in enumerate(dict.fromkeys(categories))}
    known = pl.Series([list(one) for one in numbers], dtype=pl.List(pl.String()))
    is_listed = pl.Series([goes_on(one, followed) for one in numbers], dtype=pl.Boolean())
    number = pl.Series([numbers[one] for one in categories], dtype=pl.UInt32())
    receipts = rows.select(
        "day",
        "paper_id",
        pl.lit("new").alias("listing"),
        known[number].alias("categories"),
        pl.when(is_listed[number]).then(pl.lit("listed")).otherwise(pl.lit("not followed")).alias("fate"),
        pl.lit(None, pl.Date()).alias("other_day"),
        pl.format(f"{file.replace('{', '{{').replace('}', '}}')}:{{}}", "line").alias("source_ref"),
    )
    raw = rows.with_columns(receipts["source_ref"]).filter(is_listed[number])
    raw = raw.select(
        "day",
        pl.int_range(pl.len()).over("day").cast(pl.Int32()).alias("position"),
        "paper_id",
        pl.lit("new").alias("listing"),
        pl.col("text").alias("record"),
        "announced_by",
        pl.lit("snapshot").alias("source"),
        "source_ref",
        pl.lit(fetched_at).cast(RAW_LISTINGS.polars_schema["fetched_at"]).alias("fetched_at"),
    )
    faults = {}
    for day in rows.filter(pl.col("reason").is_not_null() | pl.col("misdated").is_not_null())["day"].unique():
        own = rows.filter(pl.col("day") == day)
        faults[day.isoformat()] = day_listing(own, day, followed, file=file, reference=file).faults
    return ListedDays(
        raw.match_to_schema(RAW_LISTINGS.polars_schema),
        receipts.match_to_schema(LISTING_RECEIPTS.polars_schema),
        faults,
    )
