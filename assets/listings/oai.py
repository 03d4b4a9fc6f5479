"""The source `oai`: arXiv's OAI-PMH service, harvested into a folder.

The harvest is kept: a killed one goes on where it stopped, days that follow each other share it, and
only what changed since is asked for. The service knows neither announcement days nor submissions to
select by; days are told from submission times, ids and datestamps.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from assets.calendar.days import AnnouncementDayError, announced_at, day_of_submission, id_month
from assets.calendar.ids import parse_id
from assets.calendar.infer import infer_days
from assets.errors import DayMissingError, InputError
from assets.listings.api_session import TIMEOUT_SECONDS, Pace
from assets.listings.harvest import Clock, Harvester, OaiClient, first_datestamp, is_of_day
from assets.listings.harvest_store import HarvestStore, StoredPaper
from assets.listings.oai_records import IDENTIFIER_PREFIX, sets_of
from assets.listings.source import DayListing, Given, RawRecord, sort_out
from assets.warehouse.table import UTC_TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.listings.schema import Fate

OAI_URL = "https://oaipmh.arxiv.org/oai"

LAST_MAILED_VERSION = 5
"""arXiv does not announce replacements after the fifth version."""


class Place(NamedTuple):
    """The announcement day of a paper, how it is known, and the day whose submission window holds version 1."""

    day: dt.date
    announced_by: str
    window: dt.date | None


class _Chosen(NamedTuple):
    """A paper of a day's listing, or one that belongs to another day though it was submitted for this one."""

    paper_id: str
    listing: str
    announced_by: str
    fate: Fate = "listed"
    other_day: dt.date | None = None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class OaiSource:
    """The listings of arXiv's OAI-PMH service, or of a mirror at `url`, harvested into `folder`.

    `pace` is shared with all requests of this machine to arXiv; `now` tells the time, aware.
    """

    name = "oai"

    def __init__(
        self,
        folder: Path,
        url: str = OAI_URL,
        pace: Pace | None = None,
        now: Clock = _now,
        timeout: tuple[float, float] = TIMEOUT_SECONDS,
    ) -> None:
        self.url = url
        self._now = now
        self._client = OaiClient(url, pace or Pace(), timeout)
        # What another server says must never be taken for this one's.
        self._path = folder / f"harvest-{hashlib.sha256(url.encode()).hexdigest()[:8]}.sqlite"
        self._placed: tuple[int, str, dict[str, Place]] | None = None

    def days(self) -> None:
        """None: the service has no bounds."""

    def listing(self, day: dt.date, categories: frozenset[str] | None) -> DayListing:
        """The papers announced on a day, then those replaced on it, each in order of their ids.

        `new` are papers whose first version is of the day, `replace` those of which a later one is,
        up to the fifth. Raises SourceUnavailableError where the service does not answer, DayMissingError
        where it knows nothing yet of an announcement day, InputError for a day that is not announced
        yet, and StorageError where the folder cannot be written.
        """
        if announced_at(day) > self._now():
            raise InputError(f"{day} is not announced yet: ask for a day whose mailing has left.")
        store = HarvestStore(self._path)
        Harvester(self._client, store, self._now).ensure(sets_of(categories), first_datestamp(day))
        listing = sort_out(day, self._given(store, day), categories)
        if not any(record.listing == "new" for record in listing.records) and (
            categories is None or not self._announced_any(store, day)
        ):
            # The update was late, so what was answered meanwhile says nothing about these days.
            store.forget_days(first_datestamp(day))
            raise DayMissingError(
                f"OAI-PMH knows of no paper of {day}, an announcement day: it may lag behind or be out of order; run "
                "the day again later."
            )
        return replace(listing, faults=_faults(listing.records))

    def _given(self, store: HarvestStore, day: dt.date) -> list[Given]:
        """What the harvest has of a day: its new papers, its replacements, and what was submitted for it but held."""
        placed = self._places(store, day)
        new = [
            _Chosen(paper_id, "new", place.announced_by, "listed", place.window if place.window != day else None)
            if place.day == day
            else _Chosen(paper_id, "new", place.announced_by, "other day", place.day)
            for paper_id, place in placed.items()
            if day in (place.day, place.window)
        ]
        replaced = [
            _Chosen(paper_id, "replace", "submission")
            if _was_announced_before(paper_id, day, placed)
            else _Chosen(paper_id, "replace", "submission", "other day", _day_of(placed, paper_id))
            for paper_id in store.replaced_on(day, LAST_MAILED_VERSION)
            if _day_of(placed, paper_id) != day
        ]
        chosen = [*_by_id(new), *_by_id(replaced)]
        texts = store.records([one.paper_id for one in chosen])
        return [
            Given(
                RawRecord(
                    one.paper_id, one.listing, texts[one.paper_id], one.announced_by, self._reference(one.paper_id)
                ),
                one.fate,
                one.other_day,
            )
            for one in chosen
        ]

    def _announced_any(self, store: HarvestStore, day: dt.date) -> bool:
        """Whether the service knows of papers of a day, in whatever category; asked for where the harvest has none."""
        return any(is_of_day(time, day) for time in store.submitted_of(day)) or self._client.announced_any(day)

    def _reference(self, paper_id: str) -> str:
        """The request that answers with a paper's record."""
        return f"{self.url}?verb=GetRecord&metadataPrefix=arXivRaw&identifier={IDENTIFIER_PREFIX}{paper_id}"

    def _places(self, store: HarvestStore, day: dt.date) -> dict[str, Place]:
        """The place of each paper whose id is of the day's month or unreadable."""
        generation, month = store.generation(), "{:04}-{:02}".format(*id_month(day))
        if self._placed is None or self._placed[:2] != (generation, month):
            papers = [*store.of_month(month), *store.of_month("")]
            self._placed = (generation, month, places(papers))
        return self._placed[2]


def places(papers: Sequence[StoredPaper]) -> dict[str, Place]:
    """Paper → its place; those that nothing places are left out.

    A paper that was stamped, while it had one version, with the day of its submission's window was
    announced on that day for certain, since it can be neither earlier nor later than both. These pin
    down their neighbours, among which are the held ones.
    """
    windows = [_window_day(paper) for paper in papers]
    certain = [window if window == paper.stamped else None for paper, window in zip(papers, windows, strict=True)]
    frame = pl.DataFrame(
        {
            "paper_id": [paper.paper_id for paper in papers],
            "submitted_at": [paper.submitted for paper in papers],
            "announced": certain,
            "stamped": [paper.stamped for paper in papers],
        },
        schema={"paper_id": pl.String(), "submitted_at": UTC_TIME, "announced": pl.Date(), "stamped": pl.Date()},
    )
    window_of = {paper.paper_id: window for paper, window in zip(papers, windows, strict=True)}
    return {
        paper_id: Place(day, "submission" if announced is not None else announced_by, window_of[paper_id])
        for paper_id, announced, day, announced_by in infer_days(frame)
        .select("paper_id", "announced", "day", "announced_by")
        .iter_rows()
        if day is not None
    }


def _window_day(paper: StoredPaper) -> dt.date | None:
    try:
        return day_of_submission(paper.submitted) if paper.submitted else None
    except AnnouncementDayError:
        return None


def _day_of(placed: dict[str, Place], paper_id: str) -> dt.date | None:
    return placed[paper_id].day if paper_id in placed else None


def _was_announced_before(paper_id: str, day: dt.date, placed: dict[str, Place]) -> bool:
    """Whether a version of a day's window is a replacement: a held paper may get one before it is announced."""
    if paper_id in placed:
        return placed[paper_id].day < day
    identifier = parse_id(paper_id)
    return identifier is None or (identifier.year, identifier.month) < id_month(day)


def _by_id(chosen: Sequence[_Chosen]) -> list[_Chosen]:
    def order(one: _Chosen) -> tuple[int, int, str, int, str]:
        identifier = parse_id(one.paper_id)
        return (*identifier.order, "") if identifier else (9999, 0, "", 0, one.paper_id)

    return sorted(chosen, key=order)


def _faults(records: Sequence[RawRecord]) -> list[str]:
    return [
        f"the record of {record.paper_id} is no arXivRaw ({record.source_ref}): it is kept as it was found."
        for record in records
        if record.record.startswith("<")
    ]
