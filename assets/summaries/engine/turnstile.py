"""Where requests wait for their turn: in flight below the limit, the pace kept, the gate open.

Requests that were sent before (retries, hedges) go before new ones. One task lets them through one by one, so that
nothing needs a lock and a hundred waiting requests cost nothing.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assets.summaries.engine.concurrency import Concurrency
    from assets.summaries.engine.learning import Send
    from assets.summaries.engine.pacing import Pacer

AGAIN, NEW = 0, 1
"""Priorities."""


class Stopped(Exception):  # noqa: N818 - a reason, not an error
    """No request goes out any more; the text says why."""


class Capped(Stopped):
    """The day's budget is used up; other days have their own."""


class Turnstile:
    """Made inside a running event loop, for one run."""

    def __init__(self, pacer: Pacer, concurrency: Concurrency) -> None:
        self.pacer = pacer
        self.concurrency = concurrency
        self.in_flight = 0
        self.stopped: str | None = None
        self._waiting: list[tuple[int, int, int, asyncio.Future[Send]]] = []
        self._order = itertools.count()
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._let_through())

    async def enter(self, priority: int, estimate: int) -> Send:
        """Waits for the turn of a request of about so many tokens. Raises Stopped."""
        if self.stopped is not None:
            raise Stopped(self.stopped)
        turn: asyncio.Future[Send] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._order), estimate, turn))
        self._changed.set()
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.leave()
            raise

    def leave(self) -> None:
        """A request that had entered is over."""
        self.in_flight -= 1
        self._changed.set()

    def stop(self, reason: str) -> None:
        """Lets nobody through any more; the first reason stays."""
        if self.stopped is None:
            self.stopped = reason
            self._changed.set()

    async def close(self) -> None:
        """Ends the task; for the end of the run."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _let_through(self) -> None:
        while True:
            self._changed.clear()
            while self._waiting and self._waiting[0][3].done():
                heapq.heappop(self._waiting)
            if self.stopped is not None:
                while self._waiting:
                    turn = heapq.heappop(self._waiting)[3]
                    if not turn.done():
                        turn.set_exception(Stopped(self.stopped))
            elif self._waiting and self.in_flight < self.concurrency.allowed:
                estimate = self._waiting[0][2]
                now = time.monotonic()
                delay = self.pacer.delay(now, estimate)
                if delay <= 0:
                    turn = heapq.heappop(self._waiting)[3]
                    self.in_flight += 1
                    turn.set_result(self.pacer.sent(now, estimate))
                    continue
                try:
                    async with asyncio.timeout(delay):
                        await self._changed.wait()
                except TimeoutError:
                    pass
                continue
            await self._changed.wait()
