"""Which announcement days of a period the almanac holds, and how a page says so.

A period is over when every announcement day of it is held. One whose last day is not held goes "so far"; one with a
gap is incomplete, however late its last day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from assets.calendar.days import announcement_days


@dataclass(frozen=True)
class Held:
    """The announcement days of a period, and those among them that are held; both in order."""

    of: tuple[date, ...]
    days: tuple[date, ...]

    @staticmethod
    def between(first: date, last: date, has: Callable[[date], bool]) -> Held:
        """Of the announcement days from `first` to `last`, those for which `has` is true are held."""
        days = tuple(announcement_days(first, last))
        return Held(days, tuple(day for day in days if has(day)))

    @staticmethod
    def of_year(year: int, days: Sequence[date] | None = None) -> Held:
        """A year of which these days are held; all of them where None is given."""
        held = None if days is None else frozenset(days)
        return Held.between(date(year, 1, 1), date(year, 12, 31), lambda day: held is None or day in held)

    @property
    def as_of(self) -> date:
        """The last day held; the first of the period where none is."""
        return self.days[-1] if self.days else self.of[0]

    @property
    def is_over(self) -> bool:
        """Whether every announcement day is held."""
        return self.days == self.of

    @property
    def mark(self) -> str:
        """What a title adds to the name of the period: nothing, " so far" or " (incomplete)"."""
        if self.is_over:
            return ""
        return " (incomplete)" if self.days and self.days[-1] == self.of[-1] else " so far"

    @property
    def whole_months(self) -> frozenset[str]:
        """The months ('YYYY-MM') of which every announcement day is held."""
        held = frozenset(self.days)
        return frozenset(f"{day:%Y-%m}" for day in self.of) - {f"{day:%Y-%m}" for day in self.of if day not in held}
