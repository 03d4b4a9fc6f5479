"""Looking again: what the source says now about days that were made before.

Papers appear late, and a held paper may turn out to belong to another day. The days are asked for
again, compared with `raw_listings`, and judged; nothing is changed here. A day that would lose
papers which the source gives nowhere else is left as it is, and the papers are named: a day never
shrinks because a source has a gap.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl

from assets.calendar.days import announcement_days
from assets.errors import InputError
from assets.listings.changes import DayChange, compare, settle
from assets.listings.rss import RssSource
from assets.listings.schema import RAW_LISTINGS
from assets.listings.source import AsksTogether

if TYPE_CHECKING:
    from assets.listings.source import ListingSource
    from assets.warehouse.lake import Lake

Judgement = Literal["unchanged", "changed", "missing", "left", "not asked"]
"""`changed` and `missing` days (holes between days that are there) are to be made again; `left` ones
lack papers that they had; days that were made with other settings are `not asked` for."""


@dataclass(frozen=True)
class Looked:
    """What looking again at a day came to; `sentences` say why, for the reader."""

    day: dt.date
    judgement: Judgement
    sentences: Sequence[str] = ()
    change: DayChange | None = None

    @property
    def is_to_be_made(self) -> bool:
        """Whether the day must be made again."""
        return self.judgement in ("changed", "missing")


def in_making_order(looked: Sequence[Looked]) -> tuple[list[dt.date], list[dt.date]]:
    """The days to be made: those that papers come to, then those that only lose some.

    In this order a paper that moves is never nowhere, but for a moment on two days: see `moving`.
    """
    to_make = [one for one in looked if one.is_to_be_made]
    losing = [one.day for one in to_make if one.change is not None and one.change.moved and not one.change.added]
    return [one.day for one in to_make if one.day not in losing], losing


def moving(looked: Sequence[Looked]) -> list[str]:
    """The papers that move from one of the days to be made to another day."""
    changes = [one.change for one in looked if one.is_to_be_made and one.change is not None]
    return sorted(paper for change in changes for paper in change.moved)


def recent_days(lake: Lake, number: int) -> list[dt.date]:
    """The last `number` announcement days up to the latest one that the lake holds, not before its first one."""
    made = [dt.date.fromisoformat(key) for key in lake.keys(RAW_LISTINGS)]
    return announcement_days(made[-number:][0], made[-1])[-number:] if made else []


def look_again(
    source: ListingSource, lake: Lake, days: Sequence[dt.date], followed: frozenset[str] | None, followed_text: str
) -> list[Looked]:
    """Asks for the days again and judges each; the days are announcement days in order.

    `followed_text` is what a day notes of the categories that it was made with. Days outside of `days` to
    which a paper moved are among the result. Raises SourceUnavailableError where the source does
    not answer for one of the days, whatever the others said, and InputError for a source that
    cannot be asked again.
    """
    if isinstance(source, RssSource):
        raise InputError(
            "the source rss holds today's announcement only and cannot be asked again for earlier days: set "
            "ALMANAC_SOURCE to oai or api to look again."
        )
    looked = {day: _unasked(source, lake, day, followed_text) for day in days}
    asked = [day for day, found in looked.items() if found is None]
    if asked and isinstance(source, AsksTogether):
        source.prepare(asked, followed)
    refused: dict[dt.date, str] = {}
    changes = []
    for day in asked:
        try:
            listing = source.listing(day, followed)
        except InputError as error:
            refused[day] = str(error)
            continue
        changes.append(compare(_before(lake, day), listing))
    judged = {change.day: _judge(change, _stood_in(lake, change.day)) for change in settle(changes)}
    judged |= {day: Looked(day, "left", [f"{day} stays as it is: {error}"]) for day, error in refused.items()}
    found = {day: unasked or judged[day] for day, unasked in looked.items()}
    return _with_destinations(found, lake)


def _unasked(source: ListingSource, lake: Lake, day: dt.date, followed_text: str) -> Looked | None:
    """The judgement of a day that need not be asked for; None for all others."""
    if not lake.has(RAW_LISTINGS, f"{day}"):
        return Looked(day, "missing", [f"{day} is not made yet, though days before and after it are."])
    notes = lake.notes(RAW_LISTINGS, f"{day}")
    if source.name not in (notes.get("source"), notes.get("fallback_for")):
        made = f"the source {notes.get('source', 'unknown')}"
    elif notes.get("categories") != followed_text:
        made = f"the categories {notes.get('categories', 'unknown')}"
    else:
        return None
    return Looked(day, "not asked", [f"{day} was made with {made}: `almanac backfill {day} {day}` makes it again."])


def _before(lake: Lake, day: dt.date) -> pl.DataFrame:
    """What the day holds. Of a day that another source made, only the new papers: not all sources list the rest."""
    rows = lake.read(RAW_LISTINGS, [f"{day}"])
    return rows.filter(pl.col("listing") == "new") if _stood_in(lake, day) else rows


def _stood_in(lake: Lake, day: dt.date) -> str | None:
    """The source that made a day in the place of the first one."""
    notes = lake.notes(RAW_LISTINGS, f"{day}")
    return notes.get("source") if "fallback_for" in notes else None


def _judge(change: DayChange, stood_in: str | None) -> Looked:
    if change.vanished:
        left = f"{change.day} stays as it is; `almanac run {change.day}` makes it again without them."
        return Looked(change.day, "left", [*change.sentences, left], change)
    if stood_in:
        why = f"{change.day} was made by {stood_in} while the source did not answer; it answers again."
        return Looked(change.day, "changed", [why, *change.sentences], change)
    return Looked(change.day, "changed" if change.is_change else "unchanged", change.sentences, change)


def _with_destinations(found: dict[dt.date, Looked], lake: Lake) -> list[Looked]:
    """A paper that leaves a day must be on the day that it moved to: both are made again, or neither is."""
    for day, one in sorted(found.items()):
        if one.judgement != "changed" or one.change is None:
            continue
        for paper, other in one.change.moved.items():
            if other is None or not lake.has(RAW_LISTINGS, f"{other}"):
                continue
            if other not in found:
                found[other] = Looked(other, "changed", [f"{other}: {paper} moved here from {day}."])
            elif not found[other].is_to_be_made and not _holds(lake, other, paper):
                why = f"{day} stays as it is: {paper} moved to {other}, which cannot be made again now."
                found[day] = Looked(day, "left", [*one.sentences, why], one.change)
    return [found[day] for day in sorted(found)]


def _holds(lake: Lake, day: dt.date, paper: str) -> bool:
    return paper in lake.read(RAW_LISTINGS, [f"{day}"])["paper_id"]
