"""A small table by day for the tests of lake and compaction, and days of it."""

import datetime as dt

import polars as pl

from assets.warehouse.table import Column, Table

COUNTS = Table(
    "counts",
    "day",
    "Counts for the tests.",
    (Column("day", pl.Date(), "the day"), Column("papers", pl.Int64(), "how many", nullable=True)),
)


def counts(day: str, *papers: int) -> pl.DataFrame:
    """A partition of COUNTS: one row a number."""
    return COUNTS.frame([{"day": dt.date.fromisoformat(day), "papers": count} for count in papers])
