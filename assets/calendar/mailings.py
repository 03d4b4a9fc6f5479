"""Which mailing each paper of a month was in, told from the order of the ids.

Ids are handed out mailing by mailing, and within a mailing in order of submission: first the papers
that moderation held, which were submitted earlier, then those of the mailing's own window. Along
the ids of a month, submission times therefore rise through one mailing and drop where the next one
begins. Of the neighbours within a mailing 99.85 % are in that order (24 exceptions in 16,116 pairs
of 2025 and January 2026).

The mailings that explain the times at the least cost are found by dynamic programming. There are
three things to pay for: a time that drops within a mailing, a paper that is announced before its
submission's window, and, dearer the more papers it says of, that a paper was held. Papers that
follow each other with rising times from one window form a run, are never worth dividing, and are
treated as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Costs are relative to each other and were set on 2025 (benchmarks/announcement_days.py prints what
# they give); halving or doubling any of them changes less than 2 papers in 1,000.
_DROP = 6.0
_HELD = 0.3
_PER_DAY = 0.01
_TOO_EARLY = 8.0
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Paper:
    """What is known of a paper, besides its place in the order of the ids; days are places in the month's list."""

    number: int
    """Its number within the month; several sightings of a paper may share one."""
    submitted: int | None = None
    """Submission time in any unit."""
    window: int | None = None
    """The day whose window holds the submission: -1 for one before the month, `days` for one after it."""
    listed: int | None = None
    """The day that the source gives."""


@dataclass(slots=True)
class _Run:
    """Papers that are in one mailing for certain, as far as their times can tell."""

    places: list[int]
    window: int | None
    listed: int | None
    first: int | None
    last: int | None


def fit(papers: Sequence[Paper], days: int) -> list[int | None]:
    """The day (from 0 to `days` - 1) of each paper of one sequence of ids, sorted by number.

    None for all where nothing is known of any. A listed day is never changed; one that contradicts
    the order of the ids (most of the others agree on another) tells nothing about its neighbours.
    """
    runs = _runs(papers, _consistent([paper.listed for paper in papers]))
    found: list[int | None] = [None] * len(papers)
    for run, day in zip(runs, _cheapest(runs, days), strict=True):
        for place in run.places:
            found[place] = day
    _fill_between(papers, found)
    for place, paper in enumerate(papers):
        if paper.listed is not None:
            found[place] = paper.listed
    return found


def _runs(papers: Sequence[Paper], trusted: set[int]) -> list[_Run]:
    """The papers of which something is known, in runs."""
    runs: list[_Run] = []
    for place, paper in enumerate(papers):
        listed = paper.listed if place in trusted else None
        if paper.listed is not None and listed is None:
            continue
        if listed is None and (paper.window is None or paper.submitted is None):
            continue
        run = runs[-1] if runs else None
        if run and listed is not None and listed == run.listed:
            run.places.append(place)
            run.first = paper.submitted if run.first is None else run.first
            run.last = paper.submitted if paper.submitted is not None else run.last
        elif (
            run
            and listed is None
            and run.listed is None
            and paper.window == run.window
            and run.last is not None
            and paper.submitted is not None
            and run.last <= paper.submitted
        ):
            run.places.append(place)
            run.last = paper.submitted
        else:
            runs.append(_Run([place], paper.window, listed, paper.submitted, paper.submitted))
    return runs


def _cheapest(runs: Sequence[_Run], days: int) -> list[int]:
    """The day of each run, never falling, at the least cost in all."""
    if not runs:
        return []
    costs = _costs(runs[0], days)
    came_from: list[list[int]] = []
    for before, run in pairwise(runs):
        drops = before.last is not None and run.first is not None and run.first < before.last
        stay = 0.0 if not drops or run.listed is not None else _DROP
        own = _costs(run, days)
        reached, sources = [], []
        lowest, lowest_at = _NEVER, 0
        for day, cost in enumerate(costs):
            if lowest <= cost + stay:
                reached.append(lowest + own[day])
                sources.append(lowest_at)
            else:
                reached.append(cost + stay + own[day])
                sources.append(day)
            if cost < lowest:
                lowest, lowest_at = cost, day
        costs = reached
        came_from.append(sources)
    day = min(range(days), key=costs.__getitem__)
    path = [day]
    for sources in reversed(came_from):
        day = sources[day]
        path.append(day)
    return path[::-1]


def _costs(run: _Run, days: int) -> list[float]:
    """What it costs to have a run announced on each day."""
    if run.listed is not None:
        return [0.0 if day == run.listed else _NEVER for day in range(days)]
    window, size = run.window or 0, len(run.places)
    return [
        size * ((_TOO_EARLY if day < window else _HELD) + _PER_DAY * abs(day - window)) if day != window else 0.0
        for day in range(days)
    ]


def _fill_between(papers: Sequence[Paper], found: list[int | None]) -> None:
    """Days of the papers of which nothing is known: between neighbours in proportion to the ids.

    Neighbours of one day leave no choice; between two days the boundary is as likely before the
    middle as behind it.
    """
    known = [place for place, day in enumerate(found) if day is not None]
    if not known:
        return
    for place in range(known[0]):
        found[place] = found[known[0]]
    for place in range(known[-1] + 1, len(found)):
        found[place] = found[known[-1]]
    for low, high in pairwise(known):
        first, last = found[low] or 0, found[high] or 0
        distance = papers[high].number - papers[low].number
        for place in range(low + 1, high):
            share = (papers[place].number - papers[low].number) / distance if distance else 0.0
            found[place] = first + int(share * (last - first) + 0.5)


def _consistent(listed: Sequence[int | None]) -> set[int]:
    """Places of the listed days that agree with the order of the ids: a longest chain that never falls."""
    return set(_longest_chain([(place, day) for place, day in enumerate(listed) if day is not None]))


def _longest_chain(days: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Places of a longest subsequence of days that never falls, the last first; few distinct days."""
    best: dict[int, tuple[int, int]] = {}
    """Day → length and end (an index) of the longest chain that ends with it."""
    before: list[int] = []
    for index, (_, day) in enumerate(days):
        length, end = max((best[other] for other in best if other <= day), default=(0, -1))
        before.append(end)
        best[day] = (length + 1, index)
    _, index = max(best.values(), default=(0, -1))
    while index >= 0:
        yield days[index][0]
        index = before[index]
