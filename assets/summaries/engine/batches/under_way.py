"""The batches that an endpoint works on: found again, waited for, collected, and what their ends mean."""

from __future__ import annotations

import asyncio
import collections
import time
from typing import TYPE_CHECKING

from assets.summaries.engine.batches.client import BatchClient, Unknown
from assets.summaries.engine.batches.results import Collected, Collector
from assets.summaries.engine.dialect import Dialect
from assets.summaries.engine.faults import Fault, Kind
from assets.summaries.engine.progress import Progress
from assets.summaries.engine.turnstile import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable

    from assets.summaries.engine.batches.client import State
    from assets.summaries.engine.batches.memory import Memory
    from assets.summaries.engine.batches.store import BatchStore, Submission
    from assets.summaries.engine.endpoint import Endpoint
    from assets.summaries.engine.learned import Learned
    from assets.summaries.engine.settings import EngineSettings

LONGEST_BATCH = 26 * 3_600.0
"""Seconds after which a batch is not waited for any more; endpoints end each within 24 hours."""
SILENCE = 3_600.0
"""Seconds without any word from the endpoint after which a wait ends; the batches go on."""
UNKNOWN_TIMES = 3
"""Times that an endpoint says that it does not know a batch until that is believed."""


class UnderWay:
    """The batches of one run, those of earlier runs that had not ended among them."""

    def __init__(
        self, settings: EngineSettings, store: BatchStore, endpoint: Endpoint, learned: Learned, memory: Memory
    ) -> None:
        self.settings = settings
        self.store = store
        self.learned = learned
        self.memory = memory
        self.client = BatchClient(endpoint.client, settings)
        self.asked = 0
        """Requests that this run submitted."""
        self.awaited: set[str] = set()
        """Tokens of the batches that are waited for."""
        self.given_up: set[str] = set()
        """Tokens of those that took too long; they go on without this run."""
        self.most_tokens: int | None = None
        """What the endpoint takes at once, where it said so."""
        self._collector = Collector(settings, store, self.client, settings.journal)
        self._total = Collected()
        self._started = time.monotonic()
        self._unknown: collections.Counter[str] = collections.Counter()

    def submitted(self, token: str, batch_id: str, requests: int) -> None:
        """A batch was begun, and is waited for."""
        self.store.submitted(token, batch_id)
        self.awaited.add(token)
        self.asked += requests

    def expect(self, token: str) -> None:
        """An answer is in a batch: it is waited for, unless it took too long already."""
        if token not in self.given_up:
            self.awaited.add(token)

    async def collect_ended(self) -> None:
        """Collects what has ended, and waits for nothing."""
        for batch in self.store.open():
            if batch.batch_id is not None and (state := await self.client.state(batch.batch_id)) and state.ended:
                await self.collect(batch, state)

    async def adopt(self) -> None:
        """Finds the batches of which a process that ended never learned the number, or that they never came to be."""
        for batch in self.store.open():
            if batch.batch_id is not None:
                continue
            try:
                state = await self.client.find(batch.token, batch.planned_at)
            except Unknown:
                if time.time() - batch.planned_at < LONGEST_BATCH:
                    raise Stopped(
                        "the endpoint does not list its batches, so that nobody can tell whether one was begun before"
                        " the last run was killed; it is asked again a day after that"
                    ) from None
                state = None
            if state is not None:
                self.store.submitted(batch.token, state.id)
            else:
                self.store.drop(batch.token)
                await self.client.discard(batch.token, batch.file_id)

    async def wait(self, tell: Callable[[Progress], None] | None) -> None:
        """Until the awaited batches have ended and are collected. Raises Stopped where the endpoint falls silent."""
        pause, longest = self.settings.batch_polls
        heard = time.monotonic()
        while True:
            under_way = {batch.token: batch for batch in self.store.open()}
            self.awaited &= under_way.keys()
            answered = 0
            ended = False
            for token in sorted(self.awaited):
                batch = under_way[token]
                if batch.batch_id is None:
                    # Another process is about to begin it; the next round knows.
                    self.awaited.discard(token)
                    continue
                try:
                    state = await self.client.state(batch.batch_id)
                    heard = time.monotonic()
                    if state is not None and state.ended:
                        await self.collect(batch, state)
                        ended = True
                except Fault as fault:
                    if fault.kind is not Kind.TRANSIENT:
                        raise
                    if time.monotonic() - heard > max(SILENCE, self.settings.outage_seconds):
                        raise Stopped(f"the endpoint has not answered for an hour: {fault.reason}") from None
                    continue
                answered += self._judge(batch, state)
            if tell is not None:
                tell(self._progress(answered, under_way))
            if not self.awaited:
                return
            if ended:
                pause = self.settings.batch_polls[0]
            await asyncio.sleep(pause)
            pause = min(1.5 * pause, longest)

    def _judge(self, batch: Submission, state: State | None) -> int:
        """Whether a batch is still waited for; the requests that it has done."""
        if state is None:
            self._unknown[batch.token] += 1
            if self._unknown[batch.token] >= UNKNOWN_TIMES:
                self.store.end(batch.token, "unknown")
                self.awaited.discard(batch.token)
            return 0
        if state.ended:
            self.awaited.discard(batch.token)
            return 0
        if time.time() - (batch.submitted_at or batch.planned_at) > LONGEST_BATCH:
            self.given_up.add(batch.token)
            self.awaited.discard(batch.token)
        return state.answered

    async def collect(self, batch: Submission, state: State) -> None:
        if state.fault is not None:
            self.store.end(batch.token, state.status)
            await self.client.discard(batch.token, batch.file_id)
            self._failed(batch, state, state.fault)
            return
        dialect = self.learned.dialects.setdefault(batch.model, Dialect())
        collected = await self._collector.collect(batch, state, dialect)
        await self.client.discard(batch.token, batch.file_id)
        total = self._total
        total.answers += collected.answers
        total.input_tokens += collected.input_tokens
        total.output_tokens += collected.output_tokens
        if collected.cost_usd is None or total.cost_usd is None:
            total.cost_usd = None
        else:
            total.cost_usd += collected.cost_usd
        if collected.permanent is not None:
            raise Stopped(collected.permanent)
        self._note(batch, f"the batch {state.id}, which is {state.status}, left it unanswered")

    def _failed(self, batch: Submission, state: State, fault: Fault) -> None:
        """What a batch means that was not even begun."""
        if fault.kind is Kind.PERMANENT:
            raise Stopped(fault.reason)
        self._note(batch, f"the endpoint rejected the batch {state.id} ({fault.reason})")
        if not state.too_much_at_once:
            return
        if batch.requests == 1:
            raise Stopped(fault.reason)
        limit = state.token_limit if state.token_limit and state.token_limit < batch.tokens else batch.tokens // 2
        self.most_tokens = max(1, int(0.9 * limit))
        self.memory.tries.subtract(self.store.keys(batch.token))

    def _note(self, batch: Submission, reason: str) -> None:
        for key in self.store.keys(batch.token):
            self.memory.reasons[key] = reason

    def _progress(self, answered: int, under_way: dict[str, Submission]) -> Progress:
        in_flight = sum(under_way[token].requests for token in self.awaited) - answered
        done = self._total.answers + answered
        return Progress(
            done, max(self.asked, done + in_flight), in_flight, self._total.input_tokens, self._total.output_tokens,
            self._total.cost_usd, time.monotonic() - self._started, None, 0, 0,
        )  # fmt: skip
