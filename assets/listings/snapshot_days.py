"""The announcement day of every entry of a snapshot, and the listing of one day.

Belongs here: what the snapshot file and the embedded sample share once their lines are read.
Days come from `assets.calendar.infer`; this module adds the records that it cannot place.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from assets.calendar.days import announcement_days, id_month, next_announcement_day
from assets.calendar.infer import infer_days
from assets.listings.source import DayListing, Given, RawRecord, sort_out

PLACED = pl.Schema(
    {
        "day": pl.Date(),
        "line": pl.Int64(),
        "paper_id": pl.String(),
        "announced_by": pl.String(),
        "misdated": pl.Date(),
        "reason": pl.String(),
        "text": pl.String(),
    }
)
"""Entries with their announcement day and how it is known."""


def place(entries: pl.DataFrame) -> pl.DataFrame:
    """The entries of whole id months (a frame of `snapshot_columns.ENTRIES`) with their days, in the same order.

    Returns a frame of `PLACED`; all entries of a month must be there, those of any number of months may.

    The day is what the record gives, else the calendar's inference from submission time and id
    order, else that of the line that the entry follows, else the first day of its id's month.
    """
    known = entries.select("line", "follows", "month").with_columns(
        infer_days(entries.select("paper_id", "submitted_at", "announced")).select("day", "announced_by")
    )
    first_days = pl.col("month").replace_strict(_first_days(known["month"]), return_dtype=pl.Date())
    known = known.with_columns(
        pl.when(pl.col("follows").is_null()).then(pl.col("day").fill_null(first_days)).alias("day")
    )
    followed = known.select(pl.col("line").alias("follows"), pl.col("day").alias("neighbour"))
    known = known.join(followed, on="follows", how="left", maintain_order="left").select(
        pl.col("day").fill_null(pl.col("neighbour")), pl.col("announced_by").fill_null("id order")
    )
    return entries.with_columns(known).select(list(PLACED))


def day_listing(
    rows: pl.DataFrame, day: dt.date, followed: frozenset[str] | None, *, file: str, reference: str
) -> DayListing:
    """The listing of one day from its rows (of `PLACED`, in order of their lines).

    `file` names the file in the sentences about faults; a record's `source_ref` is `reference` and
    its line.
    """
    records = [
        RawRecord(paper_id, "new", text, announced_by, f"{reference}:{line}")
        for paper_id, text, announced_by, line in rows.select("paper_id", "text", "announced_by", "line").iter_rows()
    ]
    faults = [
        broken_line_sentence(line, file, reason)
        for line, reason in rows.filter(pl.col("reason").is_not_null()).select("line", "reason").iter_rows()
    ]
    misdated = rows.filter(pl.col("misdated").is_not_null()).group_by("misdated").agg(pl.len(), pl.col("line").min())
    faults += [
        f"{file} lists {count} record{'' if count == 1 else 's'} (first on line {line}) for {stated}, which is no "
        f"announcement day: taken for {day} by submission time and id; correct `announced` or the list of holidays."
        for stated, count, line in misdated.sort("misdated").iter_rows()
    ]
    return sort_out(day, map(Given, records), followed, faults=faults)


def broken_line_sentence(line: int, file: str, reason: str) -> str:
    """What a reader is told of a line that is no record."""
    return f"line {line} of {file} is {reason}: mend or remove the line and run again."


def _first_days(months: pl.Series) -> dict[str, dt.date]:
    """The first announcement day whose ids carry each month ("2026-01")."""
    found = {}
    for month in months.unique():
        first = dt.date.fromisoformat(f"{month}-01")
        days = announcement_days(first, first + dt.timedelta(days=21))
        matching = (day for day in days if id_month(day) == (first.year, first.month))
        found[month] = next(matching, next_announcement_day(first))
    return found
