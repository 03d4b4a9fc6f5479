"""Whole months written at once: the file that compaction would make of their days, without files of the days' own.

For tables that are filled for years in one go. A month that is over is written as a sealed month file, and its mark
after it (see `compaction`): a reader that sees no mark finds the month empty, as it was. A day that another writer
puts into the month meanwhile stays: one in a file of its own is taken into the month file, the lock-free way that
`Lake` has for the days of a closed month. Other months, which will change, get a file for each day.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from typing import TYPE_CHECKING

import polars as pl

from assets.warehouse.compaction import is_over
from assets.warehouse.lake import DATA_FILE
from assets.warehouse.months import DayInMonth, Month
from assets.warehouse.storage import ABSENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assets.warehouse.lake import Lake
    from assets.warehouse.table import Table

QUICK = 1
"""The level of compression: two thirds of the usual one's time, for a tenth more bytes."""


def write_month(
    lake: Lake,
    table: Table,
    month: str,
    days: Sequence[str],
    frame: pl.DataFrame,
    notes: Mapping[str, str] | None = None,
    today: dt.date | None = None,
) -> None:
    """Replaces `days` of a month ('YYYY-MM') by the rows of `frame`, and leaves its other days as they are.

    `frame` has exactly the table's columns and types, its rows in the order of the days, and none of another day:
    ValueError otherwise. `notes` are those of each day. Raises StorageError where the month cannot be written; what it
    held before is then still there.
    """
    if frame.schema != table.polars_schema:
        raise ValueError(f"table {table.name}: frame has {frame.schema}, not {table.polars_schema}")
    dates = [dt.date.fromisoformat(day) for day in days]
    counts = dict(frame.group_by("day").len().iter_rows())
    if not counts.keys() <= set(dates) or not frame["day"].is_sorted() or any(day[:7] != month for day in days):
        raise ValueError(f"table {table.name}: the rows of {month} are not those of its days, in order")
    if not is_over(month, today or dt.datetime.now(dt.UTC).date()) or _own_files(lake, table, month):
        for day, date in zip(days, dates, strict=True):
            lake.write(table, day, frame.filter(pl.col("day") == date), notes)
        return
    made = _month(days, dates, counts, frame, notes or {})
    name = lake.month(table, month)
    if not lake.is_closed(table, month):
        found = lake.storage.stat(name)
        if lake.storage.replace(name, made.encoded(sealed=True, level=QUICK), found.version if found else ABSENT):
            lake.storage.replace(lake.mark(table, month), b"", ABSENT)
            if not _own_files(lake, table, month):
                return
            # Another writer put a day there before it could see the mark: its day is the later one. Who packed the
            # month then may have put a copy without these days in the place of this file: they are laid under it.
            lake.change_month(
                table, month, lambda before: _laid_over(_laid_over(made, before), lake.copied(table, month))
            )
            return
        lake.storage.replace(lake.mark(table, month), b"", ABSENT)
    lake.change_month(table, month, lambda before: _laid_over(before, made))


def _month(
    days: Sequence[str],
    dates: Sequence[dt.date],
    counts: Mapping[dt.date, int],
    frame: pl.DataFrame,
    notes: Mapping[str, str],
) -> Month:
    hashes, start, now = frame.hash_rows().to_numpy(), 0, time.time()
    found = {}
    for day, date in zip(days, dates, strict=True):
        rows = counts.get(date, 0)
        fingerprint = hashlib.sha256(hashes[start : start + rows].tobytes()).hexdigest()
        found[day] = DayInMonth(rows, fingerprint, now, dict(notes))
        start += rows
    return Month(found, frame)


def _own_files(lake: Lake, table: Table, month: str) -> list[str]:
    """The days of a month with files of their own, by one listing; a store is asked once, not for each day."""
    return lake.storage.holders(table.name, DATA_FILE, f"day={month}-")


def _laid_over(before: Month, after: Month) -> Month:
    """A month with days of another one in the place of its own."""
    dates = [dt.date.fromisoformat(day) for day in after.days]
    kept = before.rows.filter(pl.col("day").is_in(dates).not_())
    return Month(
        dict(sorted({**before.days, **after.days}.items())),
        pl.concat([kept, after.rows]).sort("day", maintain_order=True),
    )
