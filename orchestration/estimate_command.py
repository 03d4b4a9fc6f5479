"""`almanac backfill --estimate`: what the summaries of a range would take, before a model is called.

Days whose papers are in the lake are counted exactly. Of other days, a source that is a file is read; of a source that
is a service nothing is fetched: such days are taken to be like those that are known.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl
from rich.table import Table

from assets.calendar.days import announcement_days, parse_range
from assets.digests.wording import count
from assets.errors import InputError
from assets.listings.source import frame
from assets.papers.clean import clean_day
from assets.papers.schema import PAPERS
from assets.summaries.engine.estimate import Estimate, estimate
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from orchestration.console import OUT
from orchestration.resources import engine_settings, listing_source
from orchestration.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.listings.source import ListingSource

KNOWN_DAYS = 20
"""Days of the lake, the latest, that tell what an unknown day is like."""
AT_ONCE = 25
"""Days of a file that are cleaned together: cleaning takes a tenth of a second, however few papers there are."""

NOTHING = Estimate(0, 0, 0, 0, 0.0, 0.0, 0.0)


@dataclass
class Part:
    """Days that were counted in one way."""

    how: str
    days: int = 0
    papers: int = 0
    """All papers of the days, those that need no request included."""
    total: Estimate = field(default=NOTHING)

    def add(self, papers: int, found: Estimate, days: int = 1) -> None:
        """Takes in a day, or several."""
        self.days += days
        self.papers += papers
        self.total = self.total + found


def tell_estimate(first: str, last: str) -> int:
    """Prints what the summaries of a range would take; calls no model and changes nothing."""
    settings = load_settings()
    start, end = parse_range(first, last, dt.datetime.now(dt.UTC))
    days = [day.isoformat() for day in announcement_days(start, end)]
    if not settings.uses_model:
        OUT.print(f"{count(len(days), 'day')}: the embedded summarizer asks no model, so nothing is to be paid.")
        return 0
    parts = [part for part in _parts(settings, days) if part.days]
    table = Table("days", "", "papers", "requests", "tokens sent", "received", "US dollars", "by batch", box=None)
    for part in parts:
        table.add_row(str(part.days), part.how, f"{part.papers:,}", *_figures(part.total))
    total = sum((part.total for part in parts), NOTHING)
    if len(parts) > 1:
        papers = sum(part.papers for part in parts)
        table.add_row(str(len(days)), "all", f"{papers:,}", *_figures(total), style="bold")
    OUT.print(table)
    OUT.print()
    OUT.print(_duration(total), markup=False)
    if total.cost_usd is None:
        OUT.print(f"The price of {settings.model} is not known: set ALMANAC_PRICES.", markup=False)
    return 0


def _figures(found: Estimate) -> list[str]:
    return [
        f"{found.requests:,}",
        f"{found.input_tokens:,}",
        f"{found.output_tokens:,}",
        "unknown" if found.cost_usd is None else f"{found.cost_usd:.2f}",
        "unknown" if found.batch_cost_usd is None else f"{found.batch_cost_usd:.2f}",
    ]


def _duration(total: Estimate) -> str:
    if total.seconds is None:
        return (
            "How long it takes is not known: no answer of the model has been timed yet, and neither"
            " ALMANAC_REQUESTS_PER_MINUTE nor ALMANAC_TOKENS_PER_MINUTE is set."
        )
    return f"About {total.seconds / 3600:.1f} hours at the limits that are known; by batch, within a day of each file."


def _parts(settings: Settings, days: Sequence[str]) -> list[Part]:
    lake = Lake(settings.lake_root)
    made = engine_settings(settings)
    known = Part("counted in the lake")
    for day in days:
        if lake.has(PAPERS, day):
            papers = lake.read(PAPERS, [day])
            known.add(papers.height, estimate(papers, settings.languages, lake.read(SUMMARIES, [day]), made))
    left = [day for day in days if not lake.has(PAPERS, day)]
    if not left:
        return [known]
    source = listing_source(settings)
    held = source.days()
    if held is None:
        return [known, _average(settings, lake, len(left))]
    return [known, _counted(settings, source, left)]


def _counted(settings: Settings, source: ListingSource, days: Sequence[str]) -> Part:
    """Days that a file holds, cleaned as they would be; a day that it does not hold has no papers."""
    part = Part(f"counted in the source ({source.name})")
    held = {day.isoformat() for day in source.days() or []}
    made = engine_settings(settings)
    categories = settings.preferences().categories
    now = dt.datetime.now(dt.UTC)
    there = [day for day in days if day in held]
    part.add(0, NOTHING, len(days) - len(there))
    for at in range(0, len(there), AT_ONCE):
        dates = [dt.date.fromisoformat(day) for day in there[at : at + AT_ONCE]]
        listings = [frame(source.listing(date, categories), source.name, now) for date in dates]
        papers, _ = clean_day(pl.concat(listings))
        for date in dates:
            of_day = papers.filter(pl.col("day") == date)
            part.add(of_day.height, estimate(of_day, settings.languages, SUMMARIES.empty(), made))
    return part


def _average(settings: Settings, lake: Lake, days: int) -> Part:
    """So many days, each taken to be like the mean of the latest days of the lake."""
    keys = lake.keys(PAPERS)[-KNOWN_DAYS:]
    if not keys:
        raise InputError(
            f"{count(days, 'day')} of the range cannot be estimated, for no day is known yet and {settings.source} is"
            " no file that could be counted: make one day with `almanac run`, then estimate again."
        )
    papers = lake.read(PAPERS, keys)
    # The answers about these papers may be there; those about the unknown ones are not.
    found = estimate(papers, settings.languages, SUMMARIES.empty(), engine_settings(settings), anew=True)
    share = days / len(keys)
    part = Part(f"by the average of {count(len(keys), 'known day')} (an assumption)")
    part.add(round(papers.height * share), _scaled(found, share), days)
    return part


def _scaled(found: Estimate, share: float) -> Estimate:
    return Estimate(
        papers=round(found.papers * share),
        requests=round(found.requests * share),
        input_tokens=round(found.input_tokens * share),
        output_tokens=round(found.output_tokens * share),
        cost_usd=None if found.cost_usd is None else found.cost_usd * share,
        batch_cost_usd=None if found.batch_cost_usd is None else found.batch_cost_usd * share,
        seconds=None if found.seconds is None else found.seconds * share,
    )
