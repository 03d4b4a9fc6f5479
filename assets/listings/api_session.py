"""Requests to arXiv's API with the manners that arXiv asks for, whoever on this machine makes them.

Belongs here: the pace shared by all processes, the product's User-Agent, and telling an answer that
must be asked for again from one that is whole. Does not belong here: queries and papers.

The `arxiv` package pages and repeats. Its requests go through this adapter, because by itself it
names the package as User-Agent, keeps the pace of one process only, and takes a cut-off page for a
whole one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import tempfile
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter

from assets.errors import SourceRefusedError
from assets.warehouse.files import storage_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECONDS_BETWEEN_REQUESTS = 3.0
"""arXiv's terms of use: one request every three seconds, on one connection."""

FIRST_PAUSE_SECONDS = 6.0
LONGEST_PAUSE_SECONDS = 300.0
"""Pauses after refusals: the first, doubled each time; and what is never exceeded."""

TIMEOUT_SECONDS = (20.0, 120.0)
"""For the connection, and for each wait for data; a page of 2,000 can take a minute to begin."""

_TOTAL = re.compile(rb"<opensearch:totalResults[^>]*>\s*(\d+)\s*<")
_START = re.compile(r"[?&]start=(\d+)")
_ENTRY = re.compile(rb"<entry[\s>]")


def user_agent() -> str:
    """The product's name and version, as requests carry it."""
    try:
        return f"preprint-almanac/{version('preprint-almanac')}"
    except PackageNotFoundError:
        return "preprint-almanac"


def machine_pace_file() -> Path:
    """The file that all processes of this user on this machine keep the pace by."""
    return Path(tempfile.gettempdir()) / f"preprint-almanac-{os.getuid()}.pace"


@dataclass
class Pace:
    """One request at a time and `interval` seconds from one to the next, over all processes.

    `file` holds the time (seconds since 1970) before which nobody may ask, and its lock is held
    while somebody does. `first_pause` seconds follow a refusal that names no time, doubled for each
    further one.
    """

    interval: float = SECONDS_BETWEEN_REQUESTS
    first_pause: float = FIRST_PAUSE_SECONDS
    file: Path = field(default_factory=machine_pace_file)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Waits for its turn and holds it; raises StorageError where the file cannot be written."""
        try:
            handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise storage_error(error, self.file) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            # A clock that was set back must not stop anybody for longer than a refusal could have.
            wait = min(_time_in(handle) - time.time(), max(LONGEST_PAUSE_SECONDS, self.interval))
            if wait > 0:
                time.sleep(wait)
            _write_time(handle, time.time() + self.interval)
            yield
        finally:
            os.close(handle)

    def hold_back(self, seconds: float) -> None:
        """Nobody may ask for the next `seconds`; called within a turn."""
        handle = os.open(self.file, os.O_RDWR | os.O_NOFOLLOW)
        try:
            _write_time(handle, time.time() + min(max(seconds, self.interval), LONGEST_PAUSE_SECONDS))
        finally:
            os.close(handle)


class PoliteAdapter(HTTPAdapter):
    """Carries requests at the pace and lets only whole answers through.

    What is worth asking again is raised as requests.ConnectionError or comes back with its status
    of 429 or 5xx, both of which the `arxiv` package repeats; what is not, as SourceRefusedError.
    `last_url` and `last_total` (the API's own count) are of the last whole answer.
    """

    def __init__(self, pace: Pace) -> None:
        super().__init__()
        self.pace = pace
        self.last_url = ""
        self.last_total = 0
        self._refusals = 0

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Sends one request in its turn and reads the answer to its end. Raises as the class says."""
        request.headers["User-Agent"] = user_agent()
        options["timeout"] = TIMEOUT_SECONDS
        with self.pace.turn():
            try:
                response = super().send(request, *args, **options)
                body = response.content
            except (requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                raise requests.ConnectionError(f"the answer did not arrive whole ({error})") from error
            if response.status_code == requests.codes.too_many_requests or response.status_code >= 500:
                named = _seconds_of(response.headers)
                self.pace.hold_back(self.pace.first_pause * 2**self._refusals if named is None else named)
                self._refusals += 1
                return response
        self._refusals = 0
        if response.status_code == requests.codes.ok:
            self._check(request.url or "", body)
        elif not response.is_redirect:
            raise SourceRefusedError(
                f"the API refused the request with HTTP {response.status_code} ({request.url}): "
                "check ALMANAC_ARXIV_API_URL and ALMANAC_CATEGORIES."
            )
        return response

    def _check(self, url: str, body: bytes) -> None:
        if not body.rstrip().endswith(b"</feed>"):
            raise requests.ConnectionError("the answer is cut off or is no Atom feed")
        found = _TOTAL.search(body)
        total = int(found[1]) if found else 0
        start = _START.search(url)
        if total > (int(start[1]) if start else 0) and not _ENTRY.search(body):
            raise requests.ConnectionError(f"the page is empty though the API counts {total} papers")
        self.last_url, self.last_total = url, total


def _seconds_of(headers: Mapping[str, str]) -> float | None:
    """What Retry-After asks for, in seconds; None where it is absent or unreadable."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return None


def _time_in(handle: int) -> float:
    try:
        return float(os.pread(handle, 64, 0))
    except ValueError:
        return 0.0


def _write_time(handle: int, when: float) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{when:.3f}".encode(), 0)
