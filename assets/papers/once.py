"""Each paper is new once: papers that two days of the lake announce as new.

An id carries the month of its announcement, so the days that may hold a paper are those whose ids
carry its month, some twenty, and only these are read, and of them only the ids.
"""

from __future__ import annotations

from collections.abc import Iterable

from assets.calendar.infer import days_of_ids
from assets.papers.schema import PAPERS
from assets.warehouse.lake import Lake

MOVING_TAG = "almanac/moving"
"""Tag of a run: papers (ids with commas between) that leave another day, which is made again right after this run."""

NEIGHBOURS = 5
"""Days of the lake before and after a day that are looked at whatever the ids say."""


class NewPapers:
    """The new papers of the lake's days; each day is read once."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._days = lake.keys(PAPERS)
        self._known: dict[str, frozenset[str]] = {}

    def on(self, day: str) -> frozenset[str]:
        """The ids of the papers that are new on a day."""
        if day not in self._known:
            rows = self._lake.columns(PAPERS, day, ["paper_id", "listing"])
            self._known[day] = frozenset(rows.filter(listing="new")["paper_id"])
        return self._known[day]

    def also_new_elsewhere(self, day: str) -> dict[str, list[str]]:
        """The papers of a day that are new on other days, too, with these days."""
        own = self.on(day)
        found: dict[str, list[str]] = {}
        for other in self._possible(day, own):
            for paper in own & self.on(other):
                found.setdefault(paper, []).append(other)
        return dict(sorted(found.items()))

    def _possible(self, day: str, papers: Iterable[str]) -> list[str]:
        days = {f"{other}" for other in days_of_ids(papers)}
        if day in self._days:
            place = self._days.index(day)
            days.update(self._days[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1])
        return [other for other in self._days if other in days and other != day]


def sentence(day: str, paper: str, others: list[str]) -> str:
    """What is told of a paper that is new more than once."""
    return (
        f"{paper} is new on {day} and on {', '.join(others)}: it is counted twice; `almanac reconcile` or "
        "`almanac run DAY` for these days asks the source where it belongs."
    )
