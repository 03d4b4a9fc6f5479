"""The source `api`: arXiv's search API, through the `arxiv` package.

The API knows when papers were submitted, not when they were announced. So a day's papers are asked
for by the submission windows around it, and their days are told from submission times and ids; a
paper that moderation held is found as long as it was submitted within `WINDOWS_BEFORE`.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass, field
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
from assets.errors import DayMissingError, SourceUnavailableError
from assets.listings.api_records import Found, found_of, search_query
from assets.listings.api_session import Pace, PoliteAdapter
from assets.listings.source import DayListing, Given, RawRecord, sort_out
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

WINDOWS_A_SEARCH = 20
"""Windows of one search at most: with all categories some 20,000 papers, well below what the API pages through."""

TRUSTED_SECONDS = 600.0
"""How long the papers of a day that was announced within the last 24 hours are not asked for again."""


@dataclass
class _Window:
    """What the API gave of a submission window. `counted` is its own count; `at` is of the monotonic clock."""

    at: float
    found: list[Found] = field(default_factory=list)
    counted: int = 0


class ApiSource:
    """The listings of arXiv's API, or of a mirror at `url`.

    The windows that are fetched for one day are kept for the next, so that days asked for in order cost
    about one request each, and those of `prepare` for all of its days. `pace` is shared with the other
    processes of the machine.
    """

    name = "api"

    def __init__(self, url: str = API_URL, pace: Pace | None = None, page_size: int = PAGE_SIZE) -> None:
        self._adapter = PoliteAdapter(pace or Pace())
        self._client = self._client_of(url, page_size)
        self._probe = self._client_of(url, 1)
        self._windows: dict[dt.date, _Window] = {}
        self._prepared: frozenset[dt.date] = frozenset()
        self._categories: frozenset[str] | None = None

    def days(self) -> None:
        """None: the API has no bounds."""

    def prepare(self, days: Sequence[dt.date], categories: frozenset[str] | None) -> None:
        """Fetches the windows around all of the days in as few searches as possible. Raises SourceUnavailableError."""
        windows = sorted({window for day in days for window in _windows_around(day)})
        self._fetch(windows, categories)
        self._prepared = frozenset(windows)

    def listing(self, day: dt.date, categories: frozenset[str] | None) -> DayListing:
        """The papers of an announcement day, in order of their ids; `announced_total` is of the day's own window.

        Raises SourceUnavailableError where the API does not answer, DayMissingError where it knows of no
        paper at all of an announcement day, and AnnouncementDayError for any other day; one without papers
        of the followed categories alone is an empty listing.
        """
        submission_window(day)  # told before anybody is asked: a day without announcement has none
        windows = _windows_around(day)
        self._fetch(windows, categories)
        listing = sort_out(
            day,
            _around(day, [one for window in windows for one in self._windows[window].found]),
            categories,
            announced_total=self._windows[day].counted,
        )
        if not listing.records and not self._announced_any(day, categories):
            self._windows, self._prepared = {}, frozenset()
            raise DayMissingError(
                f"the API answered no paper for {day}, an announcement day: it may lag behind or be out of order; "
                "run the day again later."
            )
        return listing

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
        """Fetches those of the windows that are not kept, with one search for each run of missing ones."""
        if categories != self._categories:
            self._windows, self._categories, self._prepared = {}, categories, frozenset()
        self._windows = {
            day: found
            for day, found in self._windows.items()
            if (day in windows or day in self._prepared) and _holds(day, found)
        }
        run: list[dt.date] = []
        for window in [*windows, None]:
            missing = window is not None and window not in self._windows
            if run and (not missing or len(run) == WINDOWS_A_SEARCH):
                self._fetch_run(run, categories)
                run = []
            if window is not None and missing:
                run.append(window)

    def _fetch_run(self, run: Sequence[dt.date], categories: frozenset[str] | None) -> None:
        """One search over neighbouring windows, of which all papers that the API counts arrive, or none is kept."""
        opens, closes = submission_window(run[0]).opens, submission_window(run[-1]).closes
        by_window = {window: _Window(time.monotonic()) for window in run}
        papers: dict[dt.date, set[str]] = {window: set() for window in run}
        seen: set[str] = set()
        for found in self._search(self._client, search_query(opens, closes, categories)):
            seen.add(found.key)
            if opens <= found.submitted_at < closes:
                window = day_of_submission(found.submitted_at)
                by_window[window].found.append(found)
                papers[window].add(found.key)
        total = self._adapter.last_total
        if len(seen) < total:
            raise SourceUnavailableError(
                f"the API gave {len(seen)} of the {total} papers that it counts from {opens:%F %R} "
                f"to {closes:%F %R} UTC: run the day again later."
            )
        for window, one in by_window.items():
            # Its count of the whole search, less what it gave of other windows.
            one.counted = total - (len(seen) - len(papers[window]))
        self._windows |= by_window

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


def _around(day: dt.date, found: Sequence[Found]) -> list[Given]:
    """What was fetched of a day, in order of the ids: what was announced on it, and what was submitted for it.

    Of a paper that came twice, the last one counts.
    """
    last = {one.key: one for one in found}
    frame = pl.DataFrame(
        {
            "paper_id": [one.paper_id for one in last.values()],
            "submitted_at": [one.submitted_at for one in last.values()],
            "announced": [None] * len(last),
        },
        schema={"paper_id": pl.String(), "submitted_at": UTC_TIME, "announced": pl.Date()},
    )
    days = infer_days(frame)
    placed = dict(zip(last, days.select("day", "announced_by").iter_rows(), strict=True))
    chosen: list[tuple[Found, Given]] = []
    for one in found:
        own_day, announced_by = placed[one.key]
        window = day_of_submission(one.submitted_at)
        if day not in (own_day, window):
            continue
        record = RawRecord(one.paper_id, "new", one.record, announced_by or "submission", one.address)
        if last[one.key] is not one:
            chosen.append((one, Given(record, "repeated")))
        elif own_day == day:
            chosen.append((one, Given(record, "listed", window if window != day else None)))
        else:
            chosen.append((one, Given(record, "other day", own_day)))
    return [given for _, given in sorted(chosen, key=lambda pair: pair[0].order)]


def _holds(day: dt.date, window: _Window) -> bool:
    """Whether what was fetched of a day's window still is all that there is; papers appear late."""
    settled = announced_at(day) < dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    return settled or time.monotonic() - window.at < TRUSTED_SECONDS


def _in_short(error: Any) -> str:
    """The cause without the address, which is long and stands in the log."""
    message = getattr(error, "message", None) or str(error)
    return str(message)[:200]
