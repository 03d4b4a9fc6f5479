"""What every source of listings is: a day and categories in, raw records out.

Belongs here: the interface, the rule by which all sources keep or leave a record, the receipt that
is kept of each, and the tables that a listing becomes. Does not belong here: how any one source gets
its records.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec

from assets.categories import parse_given
from assets.listings.schema import LISTING_RECEIPTS, RAW_LISTINGS, Fate

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

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


@dataclass(frozen=True, slots=True)
class Given:
    """A record as a source returned it, and what the source made of it.

    `other_day` is the day that a record of fate "other day" was put on; with fate "listed", the day
    whose submission window holds it, where that is an earlier one.
    """

    record: RawRecord
    fate: Fate = "listed"
    other_day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a record that a source returned; `categories` are its canonical ones, in order."""

    paper_id: str | None
    listing: str
    categories: tuple[str, ...]
    fate: Fate
    other_day: dt.date | None
    source_ref: str


@dataclass(frozen=True)
class DayListing:
    """What a source said of one announcement day.

    `announced_total` is the source's own count of the day, where it gives one, and
    `announced_by_category` the same for canonical categories (one that is not in it counts 0).
    `faults` are sentences about bad input, for the reader of the run. `receipts` has one entry for
    every record that came back, those that are not among `records` included. `source` is the name of
    the source that answered, where it stood in for the one that was asked; `edition` names the state of
    a file, for sources that read one.
    """

    day: dt.date
    records: Sequence[RawRecord]
    announced_total: int | None = None
    faults: Sequence[str] = ()
    receipts: Sequence[Receipt] = ()
    announced_by_category: Mapping[str, int] | None = None
    source: str | None = None
    edition: str | None = None


class ListingSource(Protocol):
    """A way in to what arXiv announced."""

    @property
    def name(self) -> str:
        """The source's name in settings and tables."""

    def listing(self, day: dt.date, categories: frozenset[str] | None) -> DayListing:
        """The records of an announcement day that belong to `categories` (None: all), in order.

        Raises InputError where the source's data cannot be read or does not hold the day, and
        SourceUnavailableError where it does not answer: DayMissingError for this day only, and
        SourceRefusedError where a setting is wrong.
        """

    def days(self) -> list[dt.date] | None:
        """The days that the source holds, in order; None where it has no bounds."""


@runtime_checkable
class AsksTogether(Protocol):
    """A source that needs fewer requests when it knows which days it will be asked for."""

    def prepare(self, days: Sequence[dt.date], categories: frozenset[str] | None) -> None:
        """Fetches at once what the listings of these days need. Raises SourceUnavailableError."""


class _Categories(msgspec.Struct):
    categories: str | list[str] | None = None


_categories_of = msgspec.json.Decoder(_Categories)


@lru_cache(maxsize=1 << 16)
def _canonical(given: str) -> tuple[str, ...]:
    return tuple(parse_given(given))


def categories_of(record: str) -> tuple[str, ...]:
    """The canonical categories of a record, in order; none where it is unreadable or names none of arXiv's."""
    try:
        given = _categories_of.decode(record).categories
    except msgspec.DecodeError:
        return ()
    return _canonical(given if isinstance(given, str) else " ".join(given or ()))


def is_followed(record: str, followed: frozenset[str] | None) -> bool:
    """Whether a record goes on: a category of it is followed, or it cannot be judged.

    A record that is unreadable, or that has no category known to arXiv, goes on whatever is
    followed: a later room rejects it with a reason, so that nothing is lost in silence.
    """
    return goes_on(categories_of(record), followed)


def goes_on(categories: tuple[str, ...], followed: frozenset[str] | None) -> bool:
    """The same for the canonical categories of a record."""
    return followed is None or not categories or not followed.isdisjoint(categories)


def sort_out(
    day: dt.date,
    given: Iterable[Given],
    followed: frozenset[str] | None,
    *,
    announced_total: int | None = None,
    announced_by_category: Mapping[str, int] | None = None,
    faults: Sequence[str] = (),
) -> DayListing:
    """The listing of what a source returned for a day: the records that are listed and followed, and all receipts."""
    records, receipts = [], []
    for one in given:
        record, fate = one.record, one.fate
        categories = categories_of(record.record)
        if fate == "listed" and not goes_on(categories, followed):
            fate = "not followed"
        if fate == "listed":
            records.append(record)
        receipts.append(Receipt(record.paper_id, record.listing, categories, fate, one.other_day, record.source_ref))
    return DayListing(day, records, announced_total, faults, receipts, announced_by_category)


def count_by_category(records: Iterable[str]) -> dict[str, int]:
    """How many of the records name each canonical category."""
    return dict(Counter(category for record in records for category in categories_of(record)))


def frame(listing: DayListing, source: str, fetched_at: dt.datetime) -> pl.DataFrame:
    """The listing as rows of `raw_listings`; `source` is the one that was asked, `fetched_at` is aware."""
    return RAW_LISTINGS.frame(
        [
            {
                "day": listing.day,
                "position": position,
                "paper_id": record.paper_id,
                "listing": record.listing,
                "record": record.record,
                "announced_by": record.announced_by,
                "source": listing.source or source,
                "source_ref": record.source_ref,
                "fetched_at": fetched_at,
            }
            for position, record in enumerate(listing.records)
        ]
    )


def receipts_frame(listing: DayListing) -> pl.DataFrame:
    """The receipts of a listing as rows of `listing_receipts`."""
    return LISTING_RECEIPTS.frame(
        [
            {
                "day": listing.day,
                "paper_id": receipt.paper_id,
                "listing": receipt.listing,
                "categories": list(receipt.categories),
                "fate": receipt.fate,
                "other_day": receipt.other_day,
                "source_ref": receipt.source_ref,
            }
            for receipt in listing.receipts
        ]
    )
