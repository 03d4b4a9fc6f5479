"""What every source of listings is: a day and categories in, raw records out.

Belongs here: the interface, the rule by which all sources keep or leave a record, and the table
that a listing becomes. Does not belong here: how any one source gets its records.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import msgspec

from assets.categories import parse_given
from assets.listings.schema import RAW_LISTINGS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    import polars as pl


@dataclass(frozen=True, slots=True)
class RawRecord:
    """What a source said about one paper.

    `record` is JSON in the layout of arXiv's metadata snapshot, or the text as it was found where
    that is not JSON; `paper_id` is the id without version, None where the record has none.
    """

    paper_id: str | None
    listing: str
    record: str
    announced_by: str
    source_ref: str


@dataclass(frozen=True)
class DayListing:
    """What a source said of one announcement day.

    `announced_total` is the source's own count of the day, where it gives one. `faults` are
    sentences about bad input, for the reader of the run.
    """

    day: dt.date
    records: Sequence[RawRecord]
    announced_total: int | None = None
    faults: Sequence[str] = ()


class ListingSource(Protocol):
    """A way in to what arXiv announced."""

    @property
    def name(self) -> str:
        """The source's name in settings and tables."""

    def listing(self, day: dt.date, categories: frozenset[str] | None) -> DayListing:
        """The records of an announcement day that belong to `categories` (None: all), in order.

        Raises InputError where the source's data cannot be read or does not hold the day, and
        SourceUnavailableError where it does not answer.
        """

    def days(self) -> list[dt.date] | None:
        """The days that the source holds, in order; None where it has no bounds."""


class _Categories(msgspec.Struct):
    categories: str | list[str] | None = None


_categories_of = msgspec.json.Decoder(_Categories)


@lru_cache(maxsize=1 << 16)
def _canonical(given: str) -> frozenset[str]:
    return frozenset(parse_given(given))


def is_followed(record: str, followed: frozenset[str] | None) -> bool:
    """Whether a record goes on: a category of it is followed, or it cannot be judged.

    A record that is unreadable, or that has no category known to arXiv, goes on whatever is
    followed: a later room rejects it with a reason, so that nothing is lost in silence.
    """
    if followed is None:
        return True
    try:
        given = _categories_of.decode(record).categories
    except msgspec.DecodeError:
        return True
    known = _canonical(given if isinstance(given, str) else " ".join(given or ()))
    return not known or not known.isdisjoint(followed)


def kept(records: Iterable[RawRecord], followed: frozenset[str] | None) -> list[RawRecord]:
    """The records that `is_followed` lets on, in their order."""
    return [record for record in records if is_followed(record.record, followed)]


def frame(listing: DayListing, source: str, fetched_at: dt.datetime) -> pl.DataFrame:
    """The listing as rows of `raw_listings`; `fetched_at` is aware."""
    return RAW_LISTINGS.frame(
        [
            {
                "day": listing.day,
                "position": position,
                "paper_id": record.paper_id,
                "listing": record.listing,
                "record": record.record,
                "announced_by": record.announced_by,
                "source": source,
                "source_ref": record.source_ref,
                "fetched_at": fetched_at,
            }
            for position, record in enumerate(listing.records)
        ]
    )
