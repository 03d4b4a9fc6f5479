"""Months and years that are older than the days they stand on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from assets.overviews.schema import OVERVIEWS, TOPIC_PAGES, TREND_ARTICLES
from assets.papers.schema import PAPERS
from assets.partitions import month_of, year_of
from assets.summaries.schema import SUMMARIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.aggregates.models import Models
    from assets.warehouse.lake import Lake
    from assets.warehouse.table import Period, Table


CLOCKS_DIFFER = 900.0
"""Seconds by which the clocks of machines and store may differ."""

PAGES: dict[Period, list[Table]] = {"month": [TOPIC_PAGES, TREND_ARTICLES], "year": [OVERVIEWS]}
"""The tables of pages, beside those of the models."""


def stale(lake: Lake, models: Models, period: Period, days: Sequence[str]) -> dict[str, float]:
    """The months or years of some days whose tables are missing or older than the days they stand on.

    Each with the time (seconds since 1970) of the newest of these days. Later periods that look back on
    them are among these where they have been made before.
    """
    tables = [model.table for model in models.stored if model.table.period == period]
    tables += PAGES.get(period, [])
    history = max(model.history for model in models.stored if model.table.period == period)
    part = month_of if period == "month" else year_of
    made = lake.keys(PAPERS)
    found = {}
    for key in sorted({later for day in days for later in periods_from(part(day), history)}):
        before = periods_from(key, -history)
        sources = [day for day in made if part(day) in before]
        if not sources or part(sources[-1]) != key:
            continue
        newest = max(lake.written(table, day) for table in (PAPERS, SUMMARIES) for day in sources)
        if not is_up_to_date([lake.written(table, key) for table in tables], newest):
            found[key] = newest
    return found


def pages_behind(lake: Lake, days: Sequence[str]) -> list[str]:
    """The months and years of some days whose pages are missing or older than the days they tell of."""
    made = lake.keys(PAPERS)
    behind = []
    for period, tables in PAGES.items():
        part = month_of if period == "month" else year_of
        for key in sorted({part(day) for day in days}):
            sources = [day for day in made if part(day) == key]
            newest = max((lake.written(table, day) for table in (PAPERS, SUMMARIES) for day in sources), default=0.0)
            if sources and not is_up_to_date([lake.written(table, key) for table in tables], newest):
                behind.append(key)
    return behind


def is_up_to_date(pages: Sequence[float], newest_day: float) -> bool:
    """Whether pages that were written at these times stand on a day that was written then.

    A page of a time that is yet to come was written before the clock was set back: a day that was made since bears an
    earlier time than it, so nothing can be told by the times, and the page is made again.
    """
    latest = time.time() + CLOCKS_DIFFER
    return all(newest_day <= written <= latest for written in pages)


def periods_from(key: str, count: int) -> list[str]:
    """A month ('YYYY-MM') or year ('YYYY') and the `count` after it, or before it for a negative count."""
    steps = range(count + 1) if count >= 0 else range(count, 1)
    if len(key) == 4:
        return [f"{int(key) + step:04}" for step in steps]
    months = [int(key[:4]) * 12 + int(key[5:]) - 1 + step for step in steps]
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in months]
