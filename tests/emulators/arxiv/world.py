"""What the emulated arXiv shows at a moment: a clock that can be set, and what was released by then.

The three services learn of a mailing at different times: the API with the mailing itself (20:00 US
Eastern), OAI-PMH with its daily update (22:30), the feeds at midnight. `lag` moves all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from assets.calendar.days import EASTERN, announced_at, is_announcement_day, previous_announcement_day
from tests.emulators.arxiv.papers import Paper, Version

Service = Literal["api", "oai", "feed"]
FeedMode = Literal["fresh", "old", "old contents"]
"""Feeds as they should be; as they were built the last time; or built today with the last time's contents."""

_AFTER_MAILING: dict[Service, dt.timedelta] = {
    "api": dt.timedelta(0),
    "oai": dt.timedelta(hours=2, minutes=30),
    "feed": dt.timedelta(hours=4),
}
LAST_MAILED_VERSION = 5
"""arXiv does not mail replacements after the fifth version."""


class Seen(NamedTuple):
    """A paper as a service shows it: its versions and categories so far, and the day of its last change."""

    paper: Paper
    versions: tuple[Version, ...]
    datestamp: dt.date
    categories: tuple[str, ...]

    @property
    def latest(self) -> Version:
        """The current version."""
        return self.versions[-1]


class Listed(NamedTuple):
    """A paper in a mailing: the version, and whether the paper is "new", a "cross" or a "replace"."""

    seen: Seen
    version: Version
    action: Literal["new", "cross", "replace"]


@dataclass
class World:
    """The papers and the state of the services.

    Without `moment` the clock is the machine's own; with it, it stands still until it is set again.
    """

    papers: Sequence[Paper]
    moment: dt.datetime | None = None
    lag: dt.timedelta = dt.timedelta(0)
    feed_mode: FeedMode = "fresh"
    _by_id: dict[str, Paper] = field(init=False)

    def __post_init__(self) -> None:
        self._by_id = {paper.paper_id: paper for paper in self.papers}

    def now(self) -> dt.datetime:
        """The emulator's time, in UTC."""
        return (self.moment or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)

    def visible(self, service: Service) -> Iterator[Seen]:
        """The papers that a service shows now, by id."""
        released: dict[dt.date, bool] = {}
        for paper in self.papers:
            if seen := self._seen(paper, service, released):
                yield seen

    def find(self, paper_id: str, service: Service) -> Seen | None:
        """A paper as a service shows it now; None where it does not."""
        paper = self._by_id.get(paper_id)
        return self._seen(paper, service, {}) if paper else None

    def feed_day(self) -> tuple[dt.date, dt.date]:
        """The day (US Eastern) on which the feeds say they were built, and the one whose mailing they hold."""
        today = self.now().astimezone(EASTERN).date()
        before = previous_announcement_day(today)
        if self.feed_mode == "old":
            return before, before
        return today, before if self.feed_mode == "old contents" else today

    def mailing(self, day: dt.date) -> list[Listed]:
        """What the mailing of a day lists, by id; nothing on a day without one, or not yet released."""
        if not is_announcement_day(day) or not self._is_released(day, "feed", {}):
            return []
        found: list[Listed] = []
        for seen in self.visible("feed"):
            mailed = [version for version in seen.versions if version.announced == day]
            if mailed and mailed[0].number == 1:
                found.append(Listed(seen, mailed[-1], "new"))
            elif mailed and mailed[-1].number <= LAST_MAILED_VERSION:
                found.append(Listed(seen, mailed[-1], "replace"))
            elif day in seen.paper.crossed.values():
                found.append(Listed(seen, seen.latest, "cross"))
        return found

    def _seen(self, paper: Paper, service: Service, released: dict[dt.date, bool]) -> Seen | None:
        versions = tuple(one for one in paper.versions if self._is_released(one.announced, service, released))
        if not versions:
            return None
        # A new paper's record is stamped with its mailing; a replacement's, with its submission, which
        # is earlier, although it shows only after its mailing. Both as recorded in data/raw/oai_pmh.
        stamps = [one.announced if one.announced == versions[0].announced else one.created.date() for one in versions]
        later = [paper.changed, paper.deleted, *paper.crossed.values()]
        stamps += [day for day in later if day and stamps[-1] < day and self._has_begun(day, service)]
        categories = paper.categories
        if paper.crossed:
            begun = {code: self._has_begun(day, service) for code, day in paper.crossed.items()}
            categories = tuple(code for code in categories if begun.get(code, True))
        return Seen(paper, versions, max(stamps), categories)

    def _has_begun(self, day: dt.date, service: Service) -> bool:
        """Whether what changed on a day, without a new version, shows by now."""
        return dt.datetime.combine(day, dt.time(), dt.UTC) + _AFTER_MAILING[service] + self.lag <= self.now()

    def _is_released(self, day: dt.date, service: Service, known: dict[dt.date, bool]) -> bool:
        if day not in known:
            known[day] = announced_at(day) + _AFTER_MAILING[service] + self.lag <= self.now()
        return known[day]
