"""The source `api`: arXiv's search API, through the `arxiv` package.

The API knows when papers were submitted, not when they were announced. So a day's papers are asked
for by the submission windows around it, and their days are told from submission times and ids; a
paper that moderation held is found as long as it was submitted within `WINDOWS_BEFORE`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import arxiv  # type: ignore[import-untyped]
import polars as pl
import requests

from assets.calendar.days import (
    AnnouncementDayError,
    announced_at,
    day_of_submission,
    next_announcement_day,
    previous_announcement_day,
    submission_window,
)
from assets.calendar.infer import infer_days
from assets.errors import SourceUnavailableError
from assets.listings.api_records import Found, found_of, search_query
from assets.listings.api_session import Pace, PoliteAdapter
from assets.listings.source import DayListing, RawRecord, kept
from assets.warehouse.table import UTC_TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

API_URL = "https://export.arxiv.org/api/query"

PAGE_SIZE = 2000
"""The largest slice that the API gives."""

REPEATS = 6
"""How often a page is asked for again before the source counts as unavailable."""

WINDOWS_BEFORE = 10
"""Earlier submission windows that are fetched with a day's own, for papers that moderation held."""

WINDOWS_AFTER = 2
"""Later ones: their ids show which papers of the day's own window were held beyond it."""


class ApiSource:
    """The listings of arXiv's API, or of a mirror at `url`.

    The windows that are fetched for one day are kept for the next, recent ones apart, so that days asked
    for in order cost about one request each. `pace` is shared with the other processes of the machine.
    """

    name = "api"

    def __init__(self, url: str = API_URL, pace: Pace | None = None, page_size: int = PAGE_SIZE) -> None:
        self._adapter = PoliteAdapter(pace or Pace())
        self._client = self._client_of(url, page_size)
        self._probe = self._client_of(url, 1)
        self._windows: dict[dt.date, list[Found]] = {}
        self._categories: frozenset[str] | None = None

    def days(self) -> None:
        """None: the API has no bounds."""

    def listing(self, day: dt.date, categories: frozenset[str] | None) -> DayListing:
        """The papers of an announcement day, in order of their ids.

        Raises SourceUnavailableError where the API does not answer, or knows of no paper at all of an
        announcement day; a day without papers of the followed categories alone is an empty listing.
        """
        windows = _windows_around(day)
        self._fetch(windows, categories)
        found = list({one.entry_id: one for window in windows for one in self._windows[window]}.values())
        records = _of_day(found, day)
        if not records and not self._announced_any(day, categories):
            raise SourceUnavailableError(
                f"the API answered no paper for {day}, an announcement day: it may lag behind or be out of order; "
                "run the day again later."
            )
        return DayListing(day, kept(records, categories))

    def _client_of(self, url: str, page_size: int) -> arxiv.Client:
        # The adapter keeps the pace, over all processes; the package's own pause would add to it.
        client = arxiv.Client(page_size=page_size, delay_seconds=0.0, num_retries=REPEATS)
        client.query_url_format = url + ("&{}" if "?" in url else "?{}")
        # The package offers no way to carry its requests otherwise than through its own session.
        session: requests.Session = client._session
        session.mount("http://", self._adapter)
        session.mount("https://", self._adapter)
        return client

    def _fetch(self, windows: Sequence[dt.date], categories: frozenset[str] | None) -> None:
        """Fills `_windows` for all of these, with one search for each run of missing ones."""
        if categories != self._categories:
            self._windows, self._categories = {}, categories
        settled = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
        self._windows = {
            day: found for day, found in self._windows.items() if day in windows and announced_at(day) < settled
        }
        run: list[dt.date] = []
        for window in [*windows, None]:
            if window is not None and window not in self._windows:
                run.append(window)
            elif run:
                self._fetch_run(run, categories)
                run = []

    def _fetch_run(self, run: Sequence[dt.date], categories: frozenset[str] | None) -> None:
        opens, closes = submission_window(run[0]).opens, submission_window(run[-1]).closes
        by_window: dict[dt.date, list[Found]] = {window: [] for window in run}
        seen: set[str] = set()
        for found in self._search(self._client, search_query(opens, closes, categories)):
            seen.add(found.entry_id)
            if opens <= found.submitted_at < closes:
                by_window[day_of_submission(found.submitted_at)].append(found)
        self._windows |= by_window
        if len(seen) < self._adapter.last_total:
            for window in run:
                self._windows.pop(window, None)
            raise SourceUnavailableError(
                f"the API gave {len(seen)} of the {self._adapter.last_total} papers that it counts from {opens:%F %R} "
                f"to {closes:%F %R} UTC: run the day again later."
            )

    def _search(self, client: arxiv.Client, query: str, limit: int | None = None) -> list[Found]:
        search = arxiv.Search(
            query, max_results=limit, sort_by=arxiv.SortCriterion.SubmittedDate, sort_order=arxiv.SortOrder.Ascending
        )
        found = []
        try:
            for result in client.results(search):
                found.append(found_of(result, self._adapter.last_url))
        except (arxiv.ArxivError, requests.RequestException) as error:
            raise SourceUnavailableError(
                f"the API did not answer after {REPEATS + 1} tries ({_in_short(error)}): run again later, or set "
                "ALMANAC_SOURCE to another source."
            ) from error
        except (ValueError, TypeError, AttributeError) as error:
            # The package parses dates and links without guarding them.
            raise SourceUnavailableError(
                f"the API's answer cannot be read ({error}) at {self._adapter.last_url}: run again later."
            ) from error
        return found

    def _announced_any(self, day: dt.date, categories: frozenset[str] | None) -> bool:
        """Whether the API knows of any paper of the day's own window, in any category."""
        if categories is None:
            return False
        window = submission_window(day)
        return bool(self._search(self._probe, search_query(window.opens, window.closes, None), limit=1))


def _windows_around(day: dt.date) -> list[dt.date]:
    """The announcement days whose submission windows are fetched for a day, in order."""
    windows = [day]
    for _ in range(WINDOWS_BEFORE):
        try:
            windows.insert(0, previous_announcement_day(windows[0]))
        except AnnouncementDayError:
            break
    for _ in range(WINDOWS_AFTER):
        windows.append(next_announcement_day(windows[-1]))
    return windows


def _of_day(found: Sequence[Found], day: dt.date) -> list[RawRecord]:
    """Those of the fetched papers that were announced on a day, in order of their ids."""
    frame = pl.DataFrame(
        {
            "paper_id": [one.paper_id for one in found],
            "submitted_at": [one.submitted_at for one in found],
            "announced": [None] * len(found),
        },
        schema={"paper_id": pl.String(), "submitted_at": UTC_TIME, "announced": pl.Date()},
    )
    days = infer_days(frame)
    chosen = [
        (one.order, RawRecord(one.paper_id, "new", one.record, announced_by, one.address))
        for one, own_day, announced_by in zip(found, days["day"], days["announced_by"], strict=True)
        if own_day == day
    ]
    return [record for _, record in sorted(chosen, key=lambda pair: pair[0])]


def _in_short(error: Any) -> str:
    """The cause without the address, which is long and stands in the log."""
    message = getattr(error, "message", None) or str(error)
    return str(message)[:200]
