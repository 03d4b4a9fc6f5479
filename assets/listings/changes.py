"""What is different when a day is asked for again: papers that came, that moved, and that are gone.

A record whose text changed is no change of its day: arXiv rewrites the records of old papers all the
time, and a new version is listed as a replacement on a day of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from assets.calendar.infer import days_of_ids
from assets.listings.schema import RAW_LISTINGS

if TYPE_CHECKING:
    from assets.listings.source import DayListing
    from assets.warehouse.lake import Lake

NEAR_DAYS = 14
"""Calendar days around a day that are looked through for papers that left it."""

Key = tuple[str, str]
"""A listed record: the paper's id (the record itself where it has none), and the kind of listing."""


@dataclass(frozen=True)
class DayChange:
    """The differences between a day as it is in the lake and as the source gives it now; papers by id."""

    day: dt.date
    added: tuple[str, ...] = ()
    relisted: tuple[str, ...] = ()
    """Papers that are listed as another kind now."""
    moved: Mapping[str, dt.date | None] = field(default_factory=dict)
    """Papers that belong to another day now (None where the source does not tell which)."""
    unfollowed: tuple[str, ...] = ()
    """Papers that are in no followed category any more."""
    vanished: tuple[str, ...] = ()
    """Papers that the source does not give any more, on whatever day."""

    @property
    def is_change(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.relisted or self.moved or self.unfollowed or self.vanished)

    @property
    def sentences(self) -> list[str]:
        """What differs, for the reader."""
        moved = [f"{paper} (on {day or 'another day'} now)" for paper, day in self.moved.items()]
        told = {
            "came": self.added,
            "are listed as another kind": self.relisted,
            "moved": moved,
            "are in no followed category any more": self.unfollowed,
            "are no longer given by the source": self.vanished,
        }
        return [f"{self.day}: {len(papers)} {what}: {_named(papers)}." for what, papers in told.items() if papers]


def as_json(change: DayChange) -> dict[str, Any]:
    """A change in the form in which notes and events keep it."""
    return {
        "day": f"{change.day}",
        "added": list(change.added),
        "relisted": list(change.relisted),
        "moved": {paper: other and f"{other}" for paper, other in change.moved.items()},
        "unfollowed": list(change.unfollowed),
        "vanished": list(change.vanished),
    }


def from_json(kept: Mapping[str, Any]) -> DayChange:
    """The change that `as_json` wrote."""
    moved = {paper: dt.date.fromisoformat(other) if other else None for paper, other in kept["moved"].items()}
    lists = {name: tuple(kept[name]) for name in ("added", "relisted", "unfollowed", "vanished")}
    return DayChange(dt.date.fromisoformat(kept["day"]), moved=moved, **lists)


def compare(before: pl.DataFrame, listing: DayListing) -> DayChange:
    """How a day's rows of `raw_listings` differ from a new listing of the same day."""
    had = _keys(before.select("paper_id", "listing", "record").iter_rows())
    has = _keys((record.paper_id, record.listing, record.record) for record in listing.records)
    papers_now = {name for name, _ in has}
    papers_before = {name for name, _ in had}
    gone = sorted(papers_before - papers_now)
    elsewhere = {one.paper_id: one.other_day for one in listing.receipts if one.fate == "other day"}
    unfollowed = {one.paper_id for one in listing.receipts if one.fate == "not followed"}
    return DayChange(
        listing.day,
        added=tuple(sorted(papers_now - papers_before)),
        relisted=tuple(sorted({name for name, _ in has ^ had} & papers_now & papers_before)),
        moved={name: elsewhere[name] for name in gone if name in elsewhere},
        unfollowed=tuple(name for name in gone if name in unfollowed and name not in elsewhere),
        vanished=tuple(name for name in gone if name not in elsewhere and name not in unfollowed),
    )


def settle(changes: Iterable[DayChange]) -> list[DayChange]:
    """The changes of several days, where what vanished from one and came on another counts as moved."""
    changes = list(changes)
    came = {paper: change.day for change in changes for paper in change.added}
    return [with_places(change, came) for change in changes]


def with_places(change: DayChange, places: Mapping[str, dt.date]) -> DayChange:
    """The change, where those of its vanished papers that have a place are moved ones."""
    moved = {paper: places[paper] for paper in change.vanished if paper in places}
    return replace(
        change,
        moved={**change.moved, **moved},
        vanished=tuple(paper for paper in change.vanished if paper not in moved),
    )


def found_elsewhere(lake: Lake, day: dt.date, papers: Sequence[str]) -> dict[str, dt.date]:
    """The other days of the lake that list papers as new; read are the days that their ids allow, and near ones."""
    if not papers:
        return {}
    near = {day + dt.timedelta(days=offset) for offset in range(-NEAR_DAYS, NEAR_DAYS + 1)}
    found: dict[str, dt.date] = {}
    for other in sorted((days_of_ids(papers) | near) - {day}):
        if lake.has(RAW_LISTINGS, f"{other}"):
            rows = lake.columns(RAW_LISTINGS, f"{other}", ["paper_id", "listing"]).filter(listing="new")
            found |= dict.fromkeys(set(rows["paper_id"]).intersection(papers), other)
    return found


def _keys(rows: Iterable[tuple[str | None, str, str]]) -> set[Key]:
    return {(paper_id or record[:200], listing) for paper_id, listing, record in rows}


def _named(papers: Iterable[str], at_most: int = 20) -> str:
    papers = list(papers)
    rest = len(papers) - at_most
    return ", ".join(papers[:at_most]) + (f" and {rest} more" if rest > 0 else "")
