"""Months as calendars: which days have a digest, which have no announcement and why, and which are missing."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assets.calendar.days import why_no_announcement
from assets.digests.wording import long_date
from assets.site import addresses
from assets.site.shell import month_name

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

State = Literal["made", "none", "missing", "open"]


@dataclass(frozen=True)
class Cell:
    """A day of a calendar."""

    number: int
    state: State
    label: str
    page: str | None = None
    mark: str = ""


@dataclass(frozen=True)
class Month:
    """A month of a calendar: weeks from Monday to Sunday; None where a week reaches into another month."""

    month: str
    title: str
    page: str
    weeks: tuple[tuple[Cell | None, ...], ...]


def month_calendar(month: str, made: Collection[str], first: str, last: str) -> Month:
    """The calendar of a month. `made` are the days with a digest; between `first` and `last` one can be missing."""
    year, number = int(month[:4]), int(month[5:7])
    weeks = calendar.Calendar().monthdatescalendar(year, number)
    return Month(
        month,
        month_name(month),
        addresses.month_page(month),
        tuple(tuple(_cell(day, number, made, first, last) for day in week) for week in weeks),
    )


def months_of(days: Sequence[str]) -> list[str]:
    """The months that hold the days, in order."""
    return sorted({day[:7] for day in days})


def missing_days(days: Sequence[str]) -> list[dt.date]:
    """The announcement days between the first and the last of the days that are not among them."""
    if not days:
        return []
    made = set(days)
    first, last = dt.date.fromisoformat(days[0]), dt.date.fromisoformat(days[-1])
    between = (first + dt.timedelta(days=count) for count in range((last - first).days + 1))
    return [day for day in between if day.isoformat() not in made and not why_no_announcement(day)]


def _cell(day: dt.date, month: int, made: Collection[str], first: str, last: str) -> Cell | None:
    if day.month != month:
        return None
    key = day.isoformat()
    if key in made:
        return Cell(day.day, "made", long_date(day), addresses.day_page(key))
    if reason := why_no_announcement(day):
        return Cell(day.day, "none", f"no announcement: {reason}")
    if first <= key <= last:
        return Cell(day.day, "missing", f"{long_date(day)}: announced, but not made here", mark="!")
    return Cell(day.day, "open", "")
