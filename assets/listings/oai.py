"""The source `oai`: arXiv's OAI-PMH service, harvested into a folder.

The harvest is kept: a killed one goes on where it stopped, days that follow each other share it, and
only what changed since is asked for. The service knows neither announcement days nor submissions to
select by; days are told from submission times, ids and datestamps.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from assets.calendar.days import AnnouncementDayError, announced_at, day_of_submission, id_month
from assets.calendar.ids import parse_id
from assets.calendar.infer import infer_days
from assets.errors import InputError, SourceUnavailableError
from assets.listings.api_session import TIMEOUT_SECONDS, Pace
from assets.listings.harvest import Clock, Harvester, OaiClient, first_datestamp, is_of_day
from assets.listings.harvest_store import HarvestStore, StoredPaper
from assets.listings.oai_records import IDENTIFIER_PREFIX, sets_of
from assets.listings.source import DayListing, RawRecord, kept
from assets.warehouse.table import UTC_TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

OAI_URL = "https://oaipmh.arxiv.org/oai"

LAST_MAILED_VERSION = 5
"""arXiv does not announce replacements after the fifth version."""


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
        self._placed: tuple[int, str, dict[str, tuple[dt.date, str]]] | None = None

    def days(self) -> None:
        """None: the service has no bounds."""

    def listing(self, day: dt.date, categories: frozenset[str] | None) -> DayListing:
        """The papers announced on a day, then those replaced on it, each in order of their ids.

        `new` are papers whose first version is of the day, `replace` those of which a later one is,
        up to the fifth. Raises SourceUnavailableError where the service does not answer or knows
        nothing yet of an announcement day, InputError for a day that is not announced yet, and
        StorageError where the folder cannot be written.
        """
        if announced_at(day) > self._now():
            raise InputError(f"{day} is not announced yet: ask for a day whose mailing has left.")
        store = HarvestStore(self._path)
        Harvester(self._client, store, self._now).ensure(sets_of(categories), first_datestamp(day))
        placed = self._places(store, day)
        new = [(paper_id, "new", announced_by) for paper_id, (own, announced_by) in placed.items() if own == day]
        replaced = [
            (paper_id, "replace", "submission")
            for paper_id in store.replaced_on(day, LAST_MAILED_VERSION)
            if _was_announced_before(paper_id, day, placed)
        ]
        records = kept(self._raw_records(store, [*_by_id(new), *_by_id(replaced)]), categories)
        if not any(record.listing == "new" for record in records) and (
            categories is None or not self._announced_any(store, day)
        ):
            # The update was late, so what was answered meanwhile says nothing about these days.
            store.forget_days(first_datestamp(day))
            raise SourceUnavailableError(
                f"OAI-PMH knows of no paper of {day}, an announcement day: it may lag behind or be out of order; run "
                "the day again later."
            )
        return DayListing(day, records, None, _faults(records))

    def _announced_any(self, store: HarvestStore, day: dt.date) -> bool:
        """Whether the service knows of papers of a day, in whatever category; asked for where the harvest has none."""
        return any(is_of_day(time, day) for time in store.submitted_of(day)) or self._client.announced_any(day)

    def _raw_records(self, store: HarvestStore, found: Sequence[tuple[str, str, str]]) -> list[RawRecord]:
        texts = store.records([paper_id for paper_id, _, _ in found])
        return [
            RawRecord(paper_id, listing, texts[paper_id], announced_by, self._reference(paper_id))
            for paper_id, listing, announced_by in found
            if paper_id in texts
        ]

    def _reference(self, paper_id: str) -> str:
        """The request that answers with a paper's record."""
        return f"{self.url}?verb=GetRecord&metadataPrefix=arXivRaw&identifier={IDENTIFIER_PREFIX}{paper_id}"

    def _places(self, store: HarvestStore, day: dt.date) -> dict[str, tuple[dt.date, str]]:
        """The announcement day, and how it is known, of each paper whose id is of the day's month or unreadable."""
        generation, month = store.generation(), "{:04}-{:02}".format(*id_month(day))
        if self._placed is None or self._placed[:2] != (generation, month):
            papers = [*store.of_month(month), *store.of_month("")]
            self._placed = (generation, month, places(papers))
        return self._placed[2]


def places(papers: Sequence[StoredPaper]) -> dict[str, tuple[dt.date, str]]:
    """Paper → its announcement day and how it is known; those that nothing places are left out.

    A paper of one version that is stamped with the day of its submission's window was announced on
    that day for certain, since it can be neither earlier nor later than both. These pin down their
    neighbours, among which are the held ones.
    """
    windows = [_window_day(paper) for paper in papers]
    certain = [
        paper.datestamp if paper.versions == 1 and window == paper.datestamp else None
        for paper, window in zip(papers, windows, strict=True)
    ]
    frame = pl.DataFrame(
        {
            "paper_id": [paper.paper_id for paper in papers],
            "submitted_at": [paper.submitted for paper in papers],
            "announced": certain,
        },
        schema={"paper_id": pl.String(), "submitted_at": UTC_TIME, "announced": pl.Date()},
    )
    return {
        paper_id: (day, "submission" if announced is not None else announced_by)
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


def _was_announced_before(paper_id: str, day: dt.date, placed: dict[str, tuple[dt.date, str]]) -> bool:
    """Whether a version of a day's window is a replacement: a held paper may get one before it is announced."""
    if paper_id in placed:
        return placed[paper_id][0] < day
    identifier = parse_id(paper_id)
    return identifier is None or (identifier.year, identifier.month) < id_month(day)


def _by_id(found: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    def order(entry: tuple[str, str, str]) -> tuple[int, int, str, int, str]:
        identifier = parse_id(entry[0])
        return (*identifier.order, "") if identifier else (9999, 0, "", 0, entry[0])

    return sorted(found, key=order)


def _faults(records: Sequence[RawRecord]) -> list[str]:
    return [
        f"the record of {record.paper_id} is no arXivRaw ({record.source_ref}): it is kept as it was found."
        for record in records
        if record.record.startswith("<")
    ]
