"""The emulator as a server on the loopback: routes, faults, the log of requests, and remote control.

`GET /_emulator` tells the state, `POST /_emulator` changes it (a JSON object with any of `now`,
`lag_minutes`, `feed_mode`, `faults` and `forget_requests`).
"""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, get_args
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.emulators.arxiv import api, feeds
from tests.emulators.arxiv.faults import Faults
from tests.emulators.arxiv.oai import RECORDS_A_PAGE, OaiService
from tests.emulators.arxiv.papers import Paper
from tests.emulators.arxiv.world import FeedMode, World

_TRANSPORT = frozenset({"too_many_requests", "unavailable", "truncated", "slow", "dropped"})


@dataclass(frozen=True)
class LoggedRequest:
    """A request: the service, path and query, the status of the answer, its fault, and when it came (monotonic s)."""

    service: str
    address: str
    status: int
    fault: str | None
    at: float
    agent: str


class Emulator:
    """The three services of arXiv over the papers of a snapshot; a context manager that serves while it is open.

    `moment` sets the clock (aware; None: the machine's own), `feed_items` the length at which feeds
    are cut off, `page_size` the records on a page of OAI-PMH. The state may be changed at any time by
    assigning to `faults` and to the attributes of `world`.
    """

    def __init__(
        self,
        papers: Sequence[Paper],
        moment: dt.datetime | None = None,
        faults: Faults | None = None,
        *,
        page_size: int = RECORDS_A_PAGE,
        feed_items: int = feeds.MOST_ITEMS,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.world = World(papers, moment)
        self.faults = faults or Faults()
        self.requests: list[LoggedRequest] = []
        self.feed_items = feed_items
        self.oai = OaiService(self.world, page_size)
        self.app = Starlette(
            routes=[
                Route("/api/query", self._api, methods=["GET", "POST"]),
                Route("/oai", self._oai, methods=["GET", "POST"]),
                Route("/rss/{topics}", self._rss),
                Route("/atom/{topics}", self._atom),
                Route("/_emulator", self._state, methods=["GET"]),
                Route("/_emulator", self._change, methods=["POST"]),
            ]
        )
        self._address = (host, port)
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address of the server, without a slash at its end; only while it serves."""
        if self._socket is None:
            raise RuntimeError("the emulator is not serving: use it in a with statement or call start()")
        host, port = self._socket.getsockname()[:2]
        return f"http://{host}:{port}"

    @property
    def api_url(self) -> str:
        """The value of ALMANAC_ARXIV_API_URL."""
        return f"{self.url}/api/query"

    @property
    def oai_url(self) -> str:
        """The value of ALMANAC_OAI_URL."""
        return f"{self.url}/oai"

    @property
    def rss_url(self) -> str:
        """The value of ALMANAC_RSS_URL."""
        return f"{self.url}/rss"

    def start(self) -> None:
        """Serves from a thread. Raises OSError where the port is taken."""
        # The socket listens before the server runs, so that nobody has to wait for it.
        self._socket = socket.create_server(self._address, backlog=128)
        self._server = uvicorn.Server(uvicorn.Config(self.app, log_level="critical", lifespan="off", ws="none"))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the server and waits for its thread."""
        if self._server is not None and self._thread is not None and self._socket is not None:
            self._server.should_exit = self._server.force_exit = True
            self._thread.join()
            self._socket.close()
        self._server = self._thread = self._socket = None

    def wait(self) -> None:
        """Blocks for as long as the emulator serves."""
        # By short waits: a signal that another thread was given shows only when this one wakes.
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(0.2)

    def __enter__(self) -> Emulator:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _api(self, request: Request) -> Response:
        at = time.monotonic()
        parameters = dict(await _parameters(request))
        fault = self.faults.befalling(_TRANSPORT | {"empty_page", "wrong_total"})
        status, body = await asyncio.to_thread(api.answer, self.world, parameters, fault)
        return self._answer(request, at, "api", status, body, fault, "application/atom+xml")

    async def _oai(self, request: Request) -> Response:
        at = time.monotonic()
        parameters = await _parameters(request)
        names = {name for name, _ in parameters}
        possible = _TRANSPORT | ({"expired_token"} if "resumptionToken" in names else set())
        fault = self.faults.befalling(possible | {"empty_page"})
        body = await asyncio.to_thread(self.oai.answer, parameters, f"{self.url}/oai", fault)
        return self._answer(request, at, "oai", 200, body, fault, "application/xml")

    async def _rss(self, request: Request) -> Response:
        return await self._feed(request, "rss")

    async def _atom(self, request: Request) -> Response:
        return await self._feed(request, "atom")

    async def _feed(self, request: Request, kind: str) -> Response:
        at = time.monotonic()
        fault = self.faults.befalling(_TRANSPORT | {"empty_page"})
        topics = request.path_params["topics"]
        status, body = await asyncio.to_thread(feeds.answer, self.world, kind, topics, fault, self.feed_items)
        return self._answer(request, at, kind, status, body, fault, f"application/{kind}+xml")

    def _answer(
        self, request: Request, at: float, service: str, status: int, body: bytes, fault: str | None, kind: str
    ) -> Response:
        status = {"too_many_requests": 429, "unavailable": 503}.get(fault or "", status)
        address = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        agent = request.headers.get("user-agent", "")
        self.requests.append(LoggedRequest(service, address, status, fault, at, agent))
        if fault == "too_many_requests":
            return Response("Rate exceeded.", 429, media_type="text/plain")
        if fault == "unavailable":
            page = f"<html><body>\n<h1>Retry after {self.faults.retry_after} seconds</h1>\n</body></html>\n"
            return Response(page, 503, {"Retry-After": self.faults.retry_after}, media_type="text/html")
        if fault == "truncated":
            body = body[: max(1, len(body) * 3 // 5)]
        if fault in ("slow", "dropped"):
            pieces = self._in_halves(body, fault == "dropped")
            return StreamingResponse(pieces, status, {"Content-Length": str(len(body))}, media_type=kind)
        return Response(body, status, media_type=kind)

    async def _in_halves(self, body: bytes, dropped: bool) -> AsyncIterator[bytes]:
        half = len(body) // 2
        yield body[:half]
        # A body that ends before its Content-Length makes the server close the connection.
        if not dropped:
            await asyncio.sleep(self.faults.slow_seconds)
            yield body[half:]

    async def _state(self, _: Request) -> Response:
        return JSONResponse(
            {
                "now": self.world.now().isoformat(),
                "lag_minutes": self.world.lag / dt.timedelta(minutes=1),
                "feed_mode": self.world.feed_mode,
                "papers": len(self.world.papers),
                "requests": len(self.requests),
                "by_service": Counter(one.service for one in self.requests),
                "by_status": Counter(str(one.status) for one in self.requests),
                "by_fault": Counter(one.fault for one in self.requests if one.fault),
            }
        )

    async def _change(self, request: Request) -> Response:
        try:
            self.change(await request.json())
        except (TypeError, ValueError, KeyError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return await self._state(request)

    def change(self, wishes: dict[str, Any]) -> None:
        """Changes the state as a POST to /_emulator does. Raises ValueError for a wish that cannot be read."""
        unknown = set(wishes) - {"now", "lag_minutes", "feed_mode", "faults", "forget_requests"}
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        if "now" in wishes:
            moment = dt.datetime.fromisoformat(wishes["now"]) if wishes["now"] else None
            if moment is not None and moment.tzinfo is None:
                raise ValueError("now needs a time zone, like 2026-01-30T06:00:00Z")
            self.world.moment = moment
        if "lag_minutes" in wishes:
            self.world.lag = dt.timedelta(minutes=float(wishes["lag_minutes"]))
        if "feed_mode" in wishes:
            if wishes["feed_mode"] not in get_args(FeedMode):
                raise ValueError(f"feed_mode is one of {', '.join(get_args(FeedMode))}")
            self.world.feed_mode = wishes["feed_mode"]
        if "faults" in wishes:
            options = dict(wishes["faults"])
            share = options.pop("mixed", None)
            self.faults = Faults(**options) if share is None else Faults.mixed(float(share), **options)
        if wishes.get("forget_requests"):
            self.requests.clear()


async def _parameters(request: Request) -> list[tuple[str, str]]:
    if request.method == "POST":
        return parse_qsl((await request.body()).decode(), keep_blank_values=True)
    return request.query_params.multi_items()
