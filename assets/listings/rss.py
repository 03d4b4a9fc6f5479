"""The source `rss`: arXiv's feed of today's announcement, with the type of each listing.

A feed holds one day, and gives it away only by its date; one that was not made anew looks like a quiet
day. So its date is compared with the day asked for, and its papers with those of the last batches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from assets.calendar.days import why_no_announcement
from assets.calendar.ids import parse_id
from assets.categories import all_categories, archive
from assets.errors import DayMissingError, InputError, SourceRefusedError, SourceUnavailableError
from assets.listings.api_session import TIMEOUT_SECONDS, Pace
from assets.listings.feed_batches import Batches
from assets.listings.feed_items import Feed, Item, check_feed, read_feed
from assets.listings.polite_transport import polite_client
from assets.listings.schema import LISTING_KINDS
from assets.listings.source import DayListing, Given, RawRecord, count_by_category, is_followed, sort_out

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

RSS_URL = "https://rss.arxiv.org/rss"

REPEATS = 6
"""How often a feed is asked for again before the source counts as unavailable."""

MOST_ITEMS = 2000
"""What arXiv cuts a feed off at; a feed of that length is asked for in parts."""

STALE_SHARE = 0.5
"""Share of a feed's new papers that were new on another day, from which on the feed counts as old."""

_BUSY = "cs"
"""An archive that announces something on every announcement day."""


class RssSource:
    """The listings of arXiv's feeds, or of a mirror at `url` (without the categories).

    `folder` keeps the ids of the last batches; without one, an old feed is recognised by its date only.
    """

    name = "rss"

    def __init__(
        self,
        url: str = RSS_URL,
        folder: Path | None = None,
        pace: Pace | None = None,
        timeout: tuple[float, float] = TIMEOUT_SECONDS,
        most_items: int = MOST_ITEMS,
    ) -> None:
        self.url = url.rstrip("/")
        self._folder = folder
        self._most_items = most_items
        self._client = polite_client(pace or Pace(), check_feed, timeout)

    def days(self) -> None:
        """None: the feed's only day changes every night."""

    def listing(self, day: dt.date, categories: frozenset[str] | None) -> DayListing:
        """The papers of the feed, with their types, new ones first; `announced_total` counts its items.

        Raises InputError for a day that the feed no longer holds, SourceUnavailableError where it does
        not answer, and DayMissingError where it is not made yet or not made anew, or holds nothing on an
        announcement day.
        """
        topics = _topics(categories)
        feeds = self._feeds(topics)
        built = min(feed.day for _, feed in feeds)
        if built > day:
            raise InputError(
                f"the feed holds {built} only, not {day}: ask for {built}, or set ALMANAC_SOURCE to another source."
            )
        if built < day:
            raise DayMissingError(
                f"the feed is still that of {built} and not yet of {day}: it is made at midnight US Eastern; run later."
            )
        every = [item for _, feed in feeds for item in feed.items]
        items = _merged(every)
        no_announcement = why_no_announcement(day)
        if not items and no_announcement is None and not self._is_quiet(day, categories):
            raise DayMissingError(
                f"the feed of {day} is empty, though arXiv announces papers on that day: run the day again later."
            )
        faults = self._faults(day, topics, feeds, items)
        if items and no_announcement is not None:
            faults.append(
                f"the feed holds {len(items)} papers for {day}, on which arXiv announces nothing ({no_announcement}): "
                "correct the list of holidays if that is wrong."
            )
        once = {id(item) for item in items}
        given = [
            Given(
                RawRecord(item.paper_id, item.listing, item.record, "listed", item.link or self.url),
                "listed" if id(item) in once else "repeated",
            )
            for item in [*items, *(item for item in every if id(item) not in once)]
        ]
        return sort_out(
            day,
            given,
            categories,
            announced_total=len(every),
            announced_by_category=count_by_category(item.record for item in every),
            faults=faults,
        )

    def _faults(
        self, day: dt.date, topics: Sequence[str], feeds: Sequence[tuple[str, Feed]], items: Sequence[Item]
    ) -> list[str]:
        """What the reader must know. Raises DayMissingError for a feed that repeats another day's."""
        faults = [
            f"the feed of {topic} has {len(feed.items)} items, at which arXiv cuts it off: papers of {day} may be "
            "missing; compare with the source oai or api."
            for topic, feed in feeds
            if len(feed.items) >= self._most_items
        ]
        if self._folder is None:
            return faults
        batches = Batches(self._folder, f"{self.url}/{'+'.join(topics)}")
        new = {item.paper_id for item in items if item.paper_id and item.listing == "new"}
        if repeated := batches.repeated(day, new):
            other, count = repeated
            if count >= STALE_SHARE * len(new):
                raise DayMissingError(
                    f"the feed says {day}, but {count} of its {len(new)} new papers were those of {other}: it was not "
                    "made anew; run the day again later."
                )
            faults.append(f"{count} of the {len(new)} new papers of {day} were announced as new on {other} already.")
        if new:
            batches.keep(day, new)
        return faults

    def _feeds(self, topics: Sequence[str]) -> list[tuple[str, Feed]]:
        """The feeds that hold a list of topics together; one that is cut off is asked for again in parts."""
        feed = self._feed("+".join(topics))
        if len(feed.items) < self._most_items:
            return [("+".join(topics), feed)]
        parts = [topics[: len(topics) // 2], topics[len(topics) // 2 :]] if len(topics) > 1 else _parts(topics[0])
        if not parts:
            return [(topics[0], feed)]
        return [found for part in parts for found in self._feeds(part)]

    def _feed(self, topics: str) -> Feed:
        address = f"{self.url}/{topics}"
        reason = ""
        for _ in range(REPEATS + 1):
            try:
                answer = self._client.get(address)
            except httpx2.TransportError as error:
                reason = str(error) or type(error).__name__
                continue
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                raise SourceRefusedError(f"{address} cannot be asked ({error}): check ALMANAC_RSS_URL.") from error
            if answer.status_code == 200:
                return read_feed(answer.content)
            reason = f"HTTP {answer.status_code}"
            if answer.status_code != 429 and answer.status_code < 500:
                raise SourceRefusedError(
                    f"the feed refused {address} ({reason}): check ALMANAC_RSS_URL and ALMANAC_CATEGORIES."
                )
        raise SourceUnavailableError(
            f"the feed did not answer after {REPEATS + 1} tries ({reason[:160]}): run again later, or set "
            "ALMANAC_SOURCE to another source."
        )

    def _is_quiet(self, day: dt.date, categories: frozenset[str] | None) -> bool:
        """Whether an empty feed is right: the feed of the whole archives holds papers, but none of these categories."""
        if categories is None:
            return False
        feed = self._feed("+".join(sorted({_BUSY, *map(archive, categories)})))
        elsewhere = [not is_followed(item.record, categories) for item in feed.items]
        return feed.day == day and bool(elsewhere) and all(elsewhere)


def _topics(categories: frozenset[str] | None) -> list[str]:
    """What stands in the address: the followed categories, or every archive for all of them."""
    if categories is not None:
        return sorted(categories)
    return sorted({archive(category) for category in all_categories()})


def _parts(topic: str) -> list[list[str]]:
    """The halves of an archive's categories; none for a category, which cannot be divided."""
    inside = [category for category in all_categories() if archive(category) == topic]
    if len(inside) < 2:
        return []
    return [inside[: len(inside) // 2], inside[len(inside) // 2 :]]


def _merged(items: Sequence[Item]) -> list[Item]:
    """Each paper once, new ones first, then in order of their ids.

    Of a paper that several feeds list, the first type counts: it is new where its primary category
    was asked for, and a cross-list elsewhere.
    """
    by_paper: dict[str, Item] = {}
    for item in items:
        key = item.paper_id or item.record
        if key not in by_paper or _rank(item) < _rank(by_paper[key]):
            by_paper[key] = item
    return sorted(by_paper.values(), key=lambda item: (_rank(item), _order(item)))


def _rank(item: Item) -> int:
    return LISTING_KINDS.index(item.listing)


def _order(item: Item) -> tuple[int, int, str, int, str]:
    identifier = parse_id(item.paper_id) if item.paper_id else None
    return (*identifier.order, "") if identifier else (9999, 0, "", 0, item.record)
