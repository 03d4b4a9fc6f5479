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
treated as one. Where two mailings explain a held paper equally well (nothing is known of the papers
of one of them), the datestamp under which the source first gave it decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, pairwise
from operator import add
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Costs are relative to each other and were set on 2025 (benchmarks/announcement_days.py prints what
# they give); halving or doubling any of them changes less than 2 papers in 1,000.
_DROP = 6.0
_HELD = 0.3
_PER_DAY = 0.01
_TOO_EARLY = 8.0
# Less than _HELD: any change of the metadata moves a stamp, so alone it never makes a paper a held one.
_OTHER_STAMP = 0.1
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class _Run:
    """Papers that are in one mailing for certain, as far as their times can tell."""

    size: int
    window: int | None
    listed: int | None
    stamped: int | None
    first: int | None
    last: int | None


def fit(papers: pl.DataFrame) -> pl.Series:
    """The day of each paper, as a place in the days of its month (Int32).

    Takes papers sorted by `sequence` and `number`, with the columns (all integers; days are places in
    the month's list):

    - `sequence`, the same for papers whose ids run through one month of one archive;
    - `days`, how many days the month has;
    - `number`, the paper's number in the sequence; several sightings of a paper may share one;
    - `submitted`, the submission time in any unit; NULL where unknown;
    - `window`, the day whose window holds the submission: -1 for one before the month, `days` for one
      after it; NULL where unknown;
    - `listed`, the day that the source gives; NULL where it gives none;
    - `stamped`, the day of the source's first datestamp for the paper; NULL where unknown or none of the month.

    NULL for all papers of a sequence where nothing is known of any. A listed day is never changed; one
    that contradicts the order of the ids (most of the others agree on another) tells nothing about its
    neighbours.
    """
    trusted = _trusted(papers)
    rows = (
        papers.select("sequence", "days", "submitted", "window", "stamped").with_columns(trusted).with_row_index("row")
    )
    known = rows.filter(
        pl.when(papers["listed"].is_not_null())
        .then(pl.col("listed").is_not_null())
        .otherwise(pl.col("window").is_not_null() & pl.col("submitted").is_not_null())
    )
    before = pl.all().shift(1)
    begins = known.select(before.name.suffix("_before"), pl.all()).select(
        (pl.col("sequence") != pl.col("sequence_before"))
        | pl.when(pl.col("listed").is_not_null())
        .then(pl.col("listed").ne_missing(pl.col("listed_before")))
        .otherwise(
            pl.col("listed_before").is_not_null()
            | (pl.col("window") != pl.col("window_before"))
            | pl.col("stamped").ne_missing(pl.col("stamped_before"))
            | (pl.col("submitted") < pl.col("submitted_before"))
        )
    )
    known = known.with_columns(begins.to_series().fill_null(True).cum_sum().alias("run"))
    runs = known.group_by("run", maintain_order=True).agg(
        pl.col("sequence", "days").first(),
        pl.len().alias("size"),
        pl.col("window", "listed", "stamped").first(),
        pl.col("submitted").drop_nulls().first().alias("first"),
        pl.col("submitted").drop_nulls().last().alias("last"),
    )
    chosen: list[int] = []
    columns = [runs[name].to_list() for name in ("size", "window", "listed", "stamped", "first", "last")]
    every = [_Run(*values) for values in zip(*columns, strict=True)]
    for begin, end, days in _spans(runs):
        chosen += _cheapest(every[begin:end], days)
    placed = known.select("row").with_columns(pl.Series("day", chosen, dtype=pl.Int32()).gather(known["run"] - 1))
    found = rows.select("row").join(placed, on="row", how="left", maintain_order="left")["day"]
    if found.has_nulls():
        found = _filled(papers, found)
    return papers.select(pl.coalesce(pl.col("listed").cast(pl.Int32), found)).to_series()


def _spans(frame: pl.DataFrame) -> Iterator[tuple[int, int, int]]:
    """Begin and end (rows) of each sequence of a frame, and the number of its days."""
    starts = (
        frame.with_row_index("begin")
        .group_by("sequence", maintain_order=True)
        .agg(pl.col("begin").first(), pl.len(), pl.col("days").first())
    )
    for begin, length, days in starts.select("begin", "len", "days").iter_rows():
        yield begin, begin + length, days


def _trusted(papers: pl.DataFrame) -> pl.Series:
    """The listed days without those that contradict the order of the ids."""
    if papers["listed"].null_count() == papers.height:
        return papers["listed"]
    trusted: list[int | None] = []
    listed = papers["listed"].to_list()
    for begin, end, _ in _spans(papers):
        own = listed[begin:end]
        kept = _consistent(own)
        trusted += [day if place in kept else None for place, day in enumerate(own)]
    return pl.Series("listed", trusted, dtype=papers.schema["listed"])


def _filled(papers: pl.DataFrame, found: pl.Series) -> pl.Series:
    """The days with those of the papers of which nothing is known, told from their neighbours."""
    numbers, days = papers["number"].to_list(), found.to_list()
    for begin, end, _ in _spans(papers):
        own = days[begin:end]
        if None in own:
            _fill_between(numbers[begin:end], own)
            days[begin:end] = own
    return pl.Series("day", days, dtype=pl.Int32())


def _cheapest(runs: Sequence[_Run], days: int) -> list[int]:
    """The day of each run, never falling, at the least cost in all."""
    if not runs:
        return []
    costs = _costs(runs[0], days)
    steps: list[tuple[list[float], float]] = []
    """Before each further run: what each day costs so far, and what it costs to stay on it."""
    for before, run in pairwise(runs):
        drops = before.last is not None and run.first is not None and run.first < before.last
        stay = _DROP if drops and run.listed is None else 0.0
        steps.append((costs, stay))
        lowest: Iterable[float] = accumulate(costs, min)
        if stay:
            lowest = map(min, chain((_NEVER,), lowest), [cost + stay for cost in costs])
        costs = list(map(add, lowest, _costs(run, days)))
    day = min(range(days), key=costs.__getitem__)
    path = [day]
    for so_far, stay in reversed(steps):
        if day and (least := min(so_far[:day])) <= so_far[day] + stay:
            day = so_far.index(least)
        path.append(day)
    return path[::-1]


def _costs(run: _Run, days: int) -> list[float]:
    """What it costs to have a run announced on each day."""
    if run.listed is not None:
        return [0.0 if day == run.listed else _NEVER for day in range(days)]
    costs = _costs_of_one(run.window or 0, run.stamped, days)
    return costs if run.size == 1 else [run.size * cost for cost in costs]


@lru_cache(maxsize=1 << 14)
def _costs_of_one(window: int, stamped: int | None, days: int) -> list[float]:
    return [
        ((_TOO_EARLY if day < window else _HELD) + _PER_DAY * abs(day - window) if day != window else 0.0)
        + (0.0 if stamped is None or day == stamped else _OTHER_STAMP)
        for day in range(days)
    ]


def _fill_between(numbers: Sequence[int], found: list[int | None]) -> None:
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
        distance = numbers[high] - numbers[low]
        for place in range(low + 1, high):
            share = (numbers[place] - numbers[low]) / distance if distance else 0.0
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
