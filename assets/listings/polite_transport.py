"""Requests by httpx2 with the manners that arXiv asks for: the transport under OAI-PMH and the feeds.

It does for httpx2 what `api_session.PoliteAdapter` does for the `arxiv` package: one pace for all
processes of the machine, pauses after refusals, and only whole answers.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from functools import cache

import httpx2

from assets.listings.api_session import TIMEOUT_SECONDS, Pace, user_agent
from assets.listings.safe_xml import BrokenXmlError

LONGEST_ANSWER_SECONDS = 600.0
"""From the request to the end of its answer; a page of OAI-PMH takes a minute or two."""

LARGEST_ANSWER = 1 << 28
"""Bytes. A page of 3,500 records has about 10 MB."""

Check = Callable[[bytes], None]
"""Raises BrokenXmlError for the body of an answer that is not whole."""


class PoliteTransport(httpx2.BaseTransport):
    """Sends requests at the pace and gives back whole answers, whatever their status.

    Raises httpx2.TransportError for what is worth asking again: no connection, an answer that ends
    early or lasts too long, or one that `check` refuses. After each of these, and after a status of 429
    or 5xx, nobody asks for a while: as long as Retry-After says, or twice as long as the last time.
    The header is taken out of the answer, since it has been heeded.
    """

    def __init__(self, pace: Pace, check: Check, longest_seconds: float = LONGEST_ANSWER_SECONDS) -> None:
        self._pace = pace
        self._check = check
        self._longest_seconds = longest_seconds
        # A client, not a bare transport: it takes the proxies that the environment names.
        self._inner = httpx2.Client(verify=_certificates(), follow_redirects=False)
        self._failures = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends one request in its turn and reads the answer to its end. Raises as the class says."""
        with self._pace.turn():
            try:
                response = self._whole(request)
            except httpx2.TransportError:
                self._hold_back(None)
                raise
            if response.status_code == 429 or response.status_code >= 500:
                self._hold_back(retry_after_seconds(response.headers))
                response.headers.pop("Retry-After", None)
                return response
        self._failures = 0
        return response

    def close(self) -> None:
        """Closes the connections."""
        self._inner.close()

    def _whole(self, request: httpx2.Request) -> httpx2.Response:
        began = time.monotonic()
        answer = self._inner.send(request, stream=True)
        pieces: list[bytes] = []
        size = 0
        try:
            for piece in answer.iter_bytes():
                pieces.append(piece)
                size += len(piece)
                if time.monotonic() - began > self._longest_seconds:
                    raise httpx2.ReadTimeout(f"the answer took more than {self._longest_seconds:.0f} seconds")
                if size > LARGEST_ANSWER:
                    raise httpx2.RemoteProtocolError(f"the answer has more than {LARGEST_ANSWER >> 20} MiB")
        except httpx2.DecodingError as error:
            raise httpx2.RemoteProtocolError(f"the answer cannot be decompressed ({error})") from error
        finally:
            answer.close()
        body = b"".join(pieces)
        try:
            self._check(body)
        except BrokenXmlError as error:
            if answer.status_code == 200:
                raise httpx2.RemoteProtocolError(f"the answer is not whole: {error}") from error
            # The page that a proxy shows with a refusal says nothing, and oaipmh-scythe stumbles over it.
            body = b""
        kept = [(name, value) for name, value in answer.headers.multi_items() if name.lower() not in _OF_THE_WIRE]
        return httpx2.Response(answer.status_code, headers=kept, content=body, request=request)

    def _hold_back(self, named: float | None) -> None:
        self._pace.hold_back(self._pace.first_pause * 2**self._failures if named is None else named)
        self._failures += 1


_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def polite_client(pace: Pace, check: Check, timeout: tuple[float, float] = TIMEOUT_SECONDS) -> httpx2.Client:
    """A client with the product's User-Agent on that transport; `timeout` is for the connection and for each read."""
    connect, read = timeout
    return httpx2.Client(
        transport=PoliteTransport(pace, check),
        headers={"User-Agent": user_agent(), "Accept": "application/xml, text/xml, */*;q=0.1"},
        timeout=httpx2.Timeout(read, connect=connect),
        follow_redirects=True,
        # Proxies of the environment would go past the transport; it takes them itself.
        trust_env=False,
    )


@cache
def _certificates() -> ssl.SSLContext:
    """Read once: it takes longer than most requests."""
    return httpx2.create_ssl_context()


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """What Retry-After asks for, in seconds, given as a number or as a date; None where it is absent or unreadable."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
