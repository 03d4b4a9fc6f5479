"""Keeping a harvest of OAI-PMH complete: which days of datestamps are missing, and fetching them.

A record's datestamp is the day of its last change. So all papers of an announcement day have, now,
datestamps between the day on which its submission window opened and today, and exactly these days
must have been harvested. A day is final once nothing can be stamped with it any more; until then it
is asked for again after each of the service's daily updates.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
from oaipmh_scythe import Scythe
from oaipmh_scythe.config import HTTPConfig, RetryConfig
from oaipmh_scythe.exceptions import BadResumptionToken, NoRecordsMatch, OAIPMHException

from assets.calendar.days import announced_at, day_of_submission, latest_announced_day, submission_window
from assets.errors import SourceRefusedError, SourceUnavailableError
from assets.listings.api_session import TIMEOUT_SECONDS, Pace, user_agent
from assets.listings.harvest_store import HarvestStore, Resumption, Slice
from assets.listings.oai_records import Page, check_answer, read_page
from assets.listings.polite_transport import polite_client
from assets.listings.safe_xml import BrokenXmlError

Clock = Callable[[], dt.datetime]

EARLIEST_DATESTAMP = dt.date(2005, 9, 16)
"""arXiv refuses requests for days before its first datestamp."""

REPEATS = 6
"""How often a page is asked for again before the source counts as unavailable."""

RESTARTS = 5
"""How often a slice begins anew because its token expired."""

MOST_PROBES = 5
"""Pages of a day that are looked through for any new paper."""

SLICE_DAYS = 31
"""Days that are harvested as one list, and so what an expired token makes to be fetched again."""

UPDATED_AFTER = dt.timedelta(hours=2, minutes=30)
"""From a mailing to its appearance in OAI-PMH: 20:00 to 22:30 US Eastern."""

UPDATE_TAKES = dt.timedelta(hours=2)
"""How long the daily update may still be running, as far as trust in an answer goes."""

CLOCKS_DIFFER = dt.timedelta(minutes=10)
"""By how much two machines' clocks may differ that share a harvest."""

TRUSTED_FOR = dt.timedelta(minutes=10)
"""How long an answer that was given during the update is not asked for again."""


class OaiClient(Scythe):
    """OAI-PMH by the library oaipmh-scythe, on the polite transport.

    The library makes the requests, repeats them and knows the protocol's errors. By itself it keeps no
    pace, mends a cut-off page into a whole one and stumbles over a Retry-After that is a date: all of
    these the transport keeps from it. It also waits before a repetition; the library's own waits are
    made as short as it allows.
    """

    def __init__(self, url: str, pace: Pace, timeout: tuple[float, float] = TIMEOUT_SECONDS) -> None:
        # It logs each repetition as a warning, with its own waits, which are not the true ones.
        logging.getLogger("oaipmh_scythe").setLevel(logging.ERROR)
        moment = 1e-6
        super().__init__(
            url,
            http_config=HTTPConfig(timeout=timeout[1], user_agent=user_agent()),
            retry_config=RetryConfig(
                max_retries=REPEATS,
                retry_status_codes=(429, 500, 502, 503, 504),
                default_retry_after=moment,
                retry_on_transport_error=True,
                initial_backoff=moment,
            ),
        )
        self._client = polite_client(pace, check_answer, timeout)

    @property
    def client(self) -> httpx2.Client:
        """The polite client."""
        if self._client is None:
            raise RuntimeError("the client is closed")
        return self._client

    def page(self, query: dict[str, str]) -> Page:
        """One page of a list; an empty one where no record matches.

        Raises BadResumptionToken for an expired token, SourceRefusedError for a request that the service
        does not serve, and SourceUnavailableError for everything else that keeps a page away.
        """
        try:
            return read_page(self.harvest(query).http_response.content)
        except NoRecordsMatch:
            return Page([], None)
        except BadResumptionToken:
            raise
        except OAIPMHException as error:
            raise SourceRefusedError(
                f"OAI-PMH refused {_shown(query)} ({type(error).__name__}: {str(error)[:120]}): check ALMANAC_OAI_URL "
                "and ALMANAC_CATEGORIES."
            ) from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise _no_answer(error) from error
        except BrokenXmlError as error:
            raise SourceUnavailableError(
                f"the answer of OAI-PMH to {_shown(query)} cannot be read ({error}): run again later."
            ) from error

    def announced_any(self, day: dt.date) -> bool:
        """Whether a paper of whatever category was announced on a day, as far as it did not change since.

        Raises SourceUnavailableError.
        """
        query = _query(Slice(None, day, day))
        try:
            for _ in range(MOST_PROBES):
                page = self.page(query)
                if any(is_of_day(dict(one.versions).get(1), day) for one in page.records):
                    return True
                if page.token is None:
                    return False
                query = _resume(page.token)
        except BadResumptionToken as error:
            raise _no_answer(error) from error
        return False


class Harvester:
    """Fetches what is missing in a store."""

    def __init__(self, client: OaiClient, store: HarvestStore, now: Clock) -> None:
        self._client = client
        self._store = store
        self._now = now

    def ensure(self, sets: list[str | None], first: dt.date) -> None:
        """Harvests the datestamps from `first` to today of all `sets`, as far as they are not there.

        Raises SourceUnavailableError; what was fetched before it stays, and the next call goes on there.
        """
        with self._store.alone():
            now = self._now()
            for set_name in sets:
                for piece in self._missing(set_name, max(first, EARLIEST_DATESTAMP), now):
                    self._fetch(piece)

    def _missing(self, set_name: str | None, first: dt.date, now: dt.datetime) -> Iterator[Slice]:
        """The days to fetch, in runs of at most SLICE_DAYS."""
        today = now.astimezone(dt.UTC).date()
        asked_at = self._store.asked_at(set_name, first, today)
        run: list[dt.date] = []
        for offset in range((today - first).days + 1):
            day = first + dt.timedelta(days=offset)
            if day in asked_at and _holds(day, asked_at[day], now):
                if run:
                    yield Slice(set_name, run[0], run[-1])
                run = []
                continue
            run.append(day)
            if len(run) == SLICE_DAYS:
                yield Slice(set_name, run[0], run[-1])
                run = []
        if run:
            yield Slice(set_name, run[0], run[-1])

    def _fetch(self, piece: Slice) -> None:
        for _ in range(RESTARTS + 1):
            try:
                self._fetch_pages(piece)
                return
            except BadResumptionToken:
                self._store.forget_resumption(piece)
        raise SourceUnavailableError(
            f"OAI-PMH let its token expire {RESTARTS + 1} times between {piece.first} and {piece.last}: "
            "run again later."
        )

    def _fetch_pages(self, piece: Slice) -> None:
        state = self._store.resumption(piece)
        if state is not None and not _still_good(state, self._now()):
            state = None
        token, began = state or (None, self._now())
        seen = set()
        while True:
            page = self._client.page(_resume(token) if token else _query(piece))
            if page.token is not None and page.token in seen:
                raise SourceUnavailableError(
                    f"OAI-PMH goes round in circles between {piece.first} and {piece.last}: run again later."
                )
            self._store.save_page(piece, page.records, page.token, began, _days(piece))
            if page.token is None:
                return
            seen.add(page.token)
            token = page.token


def is_of_day(submitted: dt.datetime | None, day: dt.date) -> bool:
    """Whether the submission window of an announcement day holds a submission."""
    window = submission_window(day)
    return submitted is not None and window.opens <= submitted < window.closes


def first_datestamp(day: dt.date) -> dt.date:
    """The earliest datestamp that a paper of an announcement day, new or replaced, may have.

    A new paper is stamped with its announcement, but a replacement with its submission.
    """
    return submission_window(day).opens.date()


def last_update(now: dt.datetime) -> dt.datetime:
    """When the service's last daily update began."""
    return announced_at(latest_announced_day(now - UPDATED_AFTER)) + UPDATED_AFTER


def _holds(day: dt.date, asked_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether what was answered about a day still is all that there is.

    An answer that is yet to come was asked for by a clock that ran ahead: nobody knows what it could hold.
    """
    if asked_at > now + CLOCKS_DIFFER:
        return False
    if asked_at >= _final_at(day):
        return True
    return asked_at >= last_update(now) + UPDATE_TAKES or dt.timedelta(0) <= now - asked_at < TRUSTED_FOR


def _final_at(day: dt.date) -> dt.datetime:
    """When a day's datestamps are final: after the update that shows what was submitted at the day's end."""
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)
    return announced_at(day_of_submission(end)) + UPDATED_AFTER + UPDATE_TAKES


def _still_good(state: Resumption, now: dt.datetime) -> bool:
    """Whether a token may be used: it is a position in a list that every update changes, and it lives for a day."""
    return state.began.date() == now.astimezone(dt.UTC).date() and last_update(state.began) == last_update(now)


def _query(piece: Slice) -> dict[str, str]:
    query = {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "from": f"{piece.first}", "until": f"{piece.last}"}
    return query if piece.set_name is None else {**query, "set": piece.set_name}


def _resume(token: str) -> dict[str, str]:
    return {"verb": "ListRecords", "resumptionToken": token}


def _days(piece: Slice) -> list[dt.date]:
    return [piece.first + dt.timedelta(days=offset) for offset in range((piece.last - piece.first).days + 1)]


def _shown(query: dict[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in query.items())[:200]


def _no_answer(error: Any) -> SourceUnavailableError:
    status = getattr(getattr(error, "response", None), "status_code", None)
    reason = f"HTTP {status}" if status else (str(error) or type(error).__name__)[:160]
    return SourceUnavailableError(
        f"OAI-PMH did not answer after {REPEATS + 1} tries ({reason}): run again later, or set ALMANAC_SOURCE to "
        "another source."
    )
