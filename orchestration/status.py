"""The state of each day: complete, partial, pending or without announcement, and why."""

from __future__ import annotations

import collections
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assets.calendar.days import why_no_announcement
from assets.digests.schema import DIGESTS
from assets.listings.schema import RAW_LISTINGS
from assets.papers.schema import LISTING_LEDGER, PAPERS, REJECTED_PAPERS
from assets.summaries.schema import SUMMARIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assets.warehouse.lake import Lake

State = Literal["complete", "partial", "pending", "no announcement"]


@dataclass(frozen=True)
class DayStatus:
    """A day's state, the reason for it, and its rows from listing to summaries."""

    day: dt.date
    state: State
    reason: str
    listed: int = 0
    papers: int = 0
    rejected: int = 0
    summaries: str = ""


def day_status(lake: Lake, day: dt.date, wanted: Mapping[str, str]) -> DayStatus:
    """The state of one day, read from the lake; `wanted` is what it should have been made with."""
    if reason := why_no_announcement(day):
        return DayStatus(day, "no announcement", reason)
    key = day.isoformat()
    if not lake.has(RAW_LISTINGS, key):
        return DayStatus(day, "pending", "not made yet")
    listed, papers, rejected = (lake.row_count(table, key) for table in (RAW_LISTINGS, PAPERS, REJECTED_PAPERS))
    statuses: collections.Counter[str] = collections.Counter()
    if lake.has(SUMMARIES, key):
        statuses.update(lake.columns(SUMMARIES, key, ["status"]).get_column("status"))
    told = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
    state, reason = _state(lake, key, papers, statuses)
    made_with = lake.notes(RAW_LISTINGS, key)
    for name, value in wanted.items():
        if state == "complete" and made_with.get(name) != value:
            state, reason = "partial", f"made with {name} {made_with.get(name, 'unknown')}, not {value}"
    return DayStatus(day, state, reason, listed, papers, rejected, told)


def _state(lake: Lake, key: str, papers: int, statuses: collections.Counter[str]) -> tuple[State, str]:
    if not lake.has(PAPERS, key):
        return "partial", "listed, but not cleaned"
    if not lake.has(LISTING_LEDGER, key):
        return "partial", "no ledger yet"
    unexplained = lake.columns(LISTING_LEDGER, key, ["unexplained"]).get_column("unexplained")
    if lacking := (unexplained != 0).sum():
        return "partial", f"{lacking} rows of the ledger do not add up: see the check every_difference_is_explained"
    if not lake.has(SUMMARIES, key):
        return "partial", "no summaries yet"
    if waiting := statuses["pending"]:
        return "partial", f"{waiting} summaries pending"
    if not lake.has(DIGESTS, key):
        return "partial", "no digest: a check kept it back, or its run did not end"
    made_from = lake.notes(DIGESTS, key)
    changed = [table.name for table in (PAPERS, SUMMARIES) if made_from.get(table.name) != lake.fingerprint(table, key)]
    if changed:
        return "partial", f"{' and '.join(changed)} changed after the digest was made"
    if not papers:
        return "complete", "no paper of the followed categories"
    return "complete", ""


def default_range(lake: Lake, today: dt.date, days: int = 31) -> tuple[dt.date, dt.date]:
    """The last `days` days up to the last one made, or up to today where none is."""
    keys = lake.keys(RAW_LISTINGS)
    last = dt.date.fromisoformat(keys[-1]) if keys else today
    first = last - dt.timedelta(days=days - 1)
    return max(first, dt.date.fromisoformat(keys[0])) if keys else first, last


def every_date(first: dt.date, last: dt.date) -> list[dt.date]:
    """The dates from one to another, both included."""
    return [first + dt.timedelta(days=count) for count in range((last - first).days + 1)]
