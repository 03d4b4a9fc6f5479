"""Whether a day has as many papers as days like it: its count against the recent past of its weekday.

A week has a shape (Tuesday holds a weekend's submissions) and a level (before deadlines everything
doubles for weeks). So a day is expected to have what its weekday usually has in proportion to the
five announcement days before it. After cancelled mailings a day may hold their papers too.

The thresholds were set on a year of real listings; `python -m benchmarks.volume_check` prints what
they give.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from assets.calendar.days import AnnouncementDayError, previous_announcement_day

WHOLE = "all"
"""Stands for the whole listing beside the categories."""

SAME_WEEKDAYS = 8
"""Earlier days of the same weekday that a day is compared with."""

FEWEST_WEEKDAYS = 4
"""With fewer of them, nothing is said."""

LEVEL_DAYS = 5
"""Announcement days before a day that tell the level: each weekday once."""

LOOKS_BACK = dt.timedelta(weeks=10)
"""Nothing older counts as recent."""

LOW, HIGH = 0.65, 1.55
"""Shares of the expected count below and above which a count is out of the ordinary …"""

SIGMAS = 4.0
"""… where it is also so many standard deviations away that chance (Poisson) does not explain it."""

CATEGORIES_AT_MOST = 5
"""Followed categories that are judged, the largest ones: of dozens, one is always odd."""

Counts = Mapping[dt.date, Mapping[str, int]]
"""Announcement day → category (or WHOLE) → papers announced in it, replacements left out."""


@dataclass(frozen=True)
class Volume:
    """A count and what was to be expected: at least `low`, at most `high`; None where too little is known."""

    category: str
    count: int
    expected: float | None
    low: float | None
    high: float | None
    weekdays: int
    """Earlier days of the same weekday that were compared."""

    @property
    def is_severe(self) -> bool:
        """Whether the count is out of the ordinary."""
        return (self.low is not None and self.count < self.low) or (self.high is not None and self.count > self.high)


def needed_days(day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last date whose counts `volumes` looks at, the day's own apart."""
    return day - LOOKS_BACK - dt.timedelta(weeks=2), day - dt.timedelta(days=1)


def volumes(day: dt.date, counts: Counts, followed: Collection[str]) -> list[Volume]:
    """The day's counts beside what is expected: the whole listing, then the largest of the followed categories."""
    before = sorted(other for other in counts if other < day)
    found = [_volume(day, category, counts, before) for category in (WHOLE, *sorted(followed))]
    largest = sorted(found[1:], key=lambda one: -(one.expected or one.count))[:CATEGORIES_AT_MOST]
    return [found[0], *largest]


def sentence(day: dt.date, volume: Volume) -> str:
    """A severe deviation, with the numbers."""
    where = "in all" if volume.category == WHOLE else f"in {volume.category}"
    return (
        f"{day} has {volume.count} papers {where}, where {volume.expected:.0f} were to be expected "
        f"({volume.low:.0f} to {volume.high:.0f}) from the last {volume.weekdays} {day:%A}s: compare with arXiv's "
        "own listing, or run the day again."
    )


def _volume(day: dt.date, category: str, counts: Counts, before: Sequence[dt.date]) -> Volume:
    count = counts.get(day, {}).get(category, 0)
    level = _level(category, counts, before)
    shares = [_shares(weekday, day, category, counts, before) for weekday in _weekdays(day)]
    fewest = min(map(len, shares))
    if not level or fewest < FEWEST_WEEKDAYS:
        return Volume(category, count, None, None, None, fewest)
    # What cancelled mailings held may join the day, but in holidays little is submitted: they only raise the limit.
    own = statistics.median(shares[-1]) * level
    most = sum(statistics.median(one) for one in shares) * level
    low = min(own * LOW, own - SIGMAS * math.sqrt(max(own, 1.0)))
    high = max(most * HIGH, most + SIGMAS * math.sqrt(max(most, 1.0)))
    return Volume(category, count, most, max(low, 0.0), high, fewest)


def _shares(weekday: int, day: dt.date, category: str, counts: Counts, before: Sequence[dt.date]) -> list[float]:
    """What earlier days of a weekday had, in proportion to their level; the latest first."""
    found: list[float] = []
    for place in range(len(before) - 1, -1, -1):
        other = before[place]
        if other < day - LOOKS_BACK or len(found) == SAME_WEEKDAYS:
            break
        if other.weekday() != weekday or len(_weekdays(other)) > 1:
            continue
        if level := _level(category, counts, before[:place]):
            found.append(counts[other].get(category, 0) / level)
    return found


def _level(category: str, counts: Counts, before: Sequence[dt.date]) -> float | None:
    latest = before[-LEVEL_DAYS:]
    if len(latest) < LEVEL_DAYS:
        return None
    return statistics.median(counts[other].get(category, 0) for other in latest)


def _weekdays(day: dt.date) -> list[int]:
    """The weekdays whose mailings a day holds: its own, after those that were cancelled just before it."""
    try:
        previous = previous_announcement_day(day)
    except AnnouncementDayError:
        return [day.weekday()]
    dates = (previous + dt.timedelta(days=offset) for offset in range(1, (day - previous).days + 1))
    return [date.weekday() for date in dates if date.weekday() < 5]
