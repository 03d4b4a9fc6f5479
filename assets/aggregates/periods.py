"""Which partitions of an upstream table a partition of a model needs to see.

Plain arithmetic on the calendar: no table is listed, so the answer costs the same whether the lake
holds a year or thirty-five.
"""

from __future__ import annotations

import datetime as dt

from assets.calendar.days import FIRST_DAY, previous_announcement_day
from assets.warehouse.table import Period


def upstream_keys(upstream: Period, period: Period, key: str, history: int = 0) -> list[str]:
    """Keys of an upstream table that lie in the periods `key - history` … `key`, or that hold them.

    For a month and an upstream table by day these are all dates of the month: partitions that do
    not exist are for the lake to leave out. For a day and an upstream table by year it is the year
    of that day. `history` counts the model's own periods; a day's are announcement days. Raises
    ValueError for a key that is none of the period.
    """
    first, last = _span(period, key, history)
    if upstream == "day":
        return [(first + dt.timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    if upstream == "month":
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in months]
    return [str(year) for year in range(first.year, last.year + 1)]


def _span(period: Period, key: str, history: int) -> tuple[dt.date, dt.date]:
    """First and last date of the periods `key - history` … `key`."""
    if period == "day":
        first = last = dt.date.fromisoformat(key)
        for _ in range(history):
            if first > FIRST_DAY:
                first = previous_announcement_day(first)
        return first, last
    if period == "month":
        start = dt.date.fromisoformat(f"{key}-01")
        before = max(start.year * 12 + start.month - 1 - history, 12)
        return dt.date(before // 12, before % 12 + 1, 1), _month_end(start)
    year = int(key)
    return dt.date(max(year - history, 1), 1, 1), dt.date(year, 12, 31)


def _month_end(start: dt.date) -> dt.date:
    return (start + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
