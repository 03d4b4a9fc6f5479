"""The asks of all days of a run, round by round: submitted, waited for, collected, until nothing is left to ask.

A round goes through the papers as the live run does. An answer of the journal is used; an ask without one goes into a
batch, and its paper waits. When the batches have ended, the next round finds their answers, and asks again, in further
batches, for what is bad or missing. Nothing here has to be finished: a run that ends while a batch is under way leaves
it to the next one, which finds it in the store.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import AlmanacError
from assets.summaries.engine.batches.client import BatchClient, Unknown
from assets.summaries.engine.batches.parts import Part, request_line
from assets.summaries.engine.batches.results import Collected, Collector
from assets.summaries.engine.batches.store import Submission
from assets.summaries.engine.budget import Budget
from assets.summaries.engine.calls import Calls, Learned
from assets.summaries.engine.caps import accounts
from assets.summaries.engine.dialect import Dialect
from assets.summaries.engine.faults import Fault, Kind
from assets.summaries.engine.paper import Paper
from assets.summaries.engine.plan import groups, plan
from assets.summaries.engine.progress import Progress
from assets.summaries.engine.prompt import schema
from assets.summaries.engine.settings import BATCH_PRICE
from assets.summaries.engine.turnstile import Capped, Stopped

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from assets.summaries.engine.batches.client import State
    from assets.summaries.engine.batches.store import BatchStore
    from assets.summaries.engine.calls import Ask
    from assets.summaries.engine.caps import Account
    from assets.summaries.engine.endpoint import Endpoint
    from assets.summaries.engine.journal import Entry, Journal
    from assets.summaries.engine.plan import Task
    from assets.summaries.engine.settings import EngineSettings
    from assets.summaries.summarizer import Read

LONGEST_BATCH = 26 * 3_600.0
"""Seconds after which a batch is not waited for any more; endpoints end each within 24 hours."""
SILENCE = 3_600.0
"""Seconds without any word from the endpoint after which a wait ends; the batches go on."""
UNKNOWN_TIMES = 3
"""Times that an endpoint says that it does not know a batch until that is believed."""
LOCK, SPOOL = "batches.lock", "batch-"


class Waiting(Exception):  # noqa: N818 - no error: the answer is not there yet
    """An ask is under way, or will be."""


@dataclass
class Memory:
    """What the rounds of a process leave to the days' own runs."""

    reasons: dict[str, str] = field(default_factory=dict)
    """Ask → why no batch has answered it."""
    tries: collections.Counter[str] = field(default_factory=collections.Counter)
    """Ask → batches that it stood in."""
    probed: set[str] = field(default_factory=set)
    """Models of which the form that they take is known."""


class Rounds:
    """One run's batches; made inside a running event loop."""

    def __init__(
        self,
        settings: EngineSettings,
        journal: Journal,
        store: BatchStore,
        endpoint: Endpoint,
        learned: Learned,
        memory: Memory,
    ) -> None:
        self.settings = settings
        self.journal = journal
        self.store = store
        self.endpoint = endpoint
        self.learned = learned
        self.memory = memory
        self._client = BatchClient(endpoint.client, settings)
        self._collector = Collector(settings, store, self._client, settings.journal)
        self._total = Collected()
        self._asked = 0
        self._started = time.monotonic()
        self._awaited: set[str] = set()
        self._given_up: set[str] = set()
        self._finished: set[tuple[str, str]] = set()
        self._finished_days: set[str] = set()
        self._unknown: collections.Counter[str] = collections.Counter()
        self._most_tokens: int | None = None
        self._budgets: dict[str, Budget] = {}
        self._accounts: list[Account] = []
        self._parts: dict[str, Part] = {}
        self._spooled: set[str] = set()
        self._tokens = 0
        self._spool = Path()

    async def run(
        self, days: Sequence[str], languages: Sequence[str], read: Read, tell: Callable[[Progress], None] | None
    ) -> None:
        """Asks for all that the days lack. Why anything is left is in the memory. Raises StorageError."""
        try:
            while True:
                async with self._alone():
                    await self._adopt()
                    await self._round(days, languages, read)
                if not self._awaited:
                    return
                await self._wait(tell)
        except (Stopped, Fault) as error:
            self.learned.stopped = str(error)

    async def look(self) -> None:
        """Collects what has ended, once, and waits for nothing: for a run that asks live."""
        with contextlib.suppress(Fault, Stopped):
            async with self._alone():
                await self._adopt()
            for batch in self.store.open():
                if batch.batch_id is not None and (state := await self._client.state(batch.batch_id)) and state.ended:
                    await self._collect(batch, state)

    async def answer(self, ask: Ask) -> Entry:
        """See `paper.Asker`. Raises Waiting where the ask is or will be in a batch."""
        if found := self.journal.find(ask.key):
            return found
        if fault := self.store.fault(ask.key):
            raise Fault(Kind.PAPER, fault)
        if batch := self.store.open_batch(ask.key):
            if batch.token not in self._given_up:
                self._awaited.add(batch.token)
            raise Waiting
        if ask.key in self._spooled:
            # Another paper has the same abstract.
            raise Waiting
        budget = self._budget(ask.day)
        if ask.model not in self.memory.probed:
            return await self._probe(ask, budget)
        if self.memory.tries[ask.key] >= self.settings.batch_tries:
            raise Waiting
        amount = budget.estimate(ask.model, ask.input_estimate, ask.output_tokens) * BATCH_PRICE
        if (refusal := budget.refusal(amount)) is not None:
            self.memory.reasons[ask.key] = refusal
            raise Waiting
        if self._most_tokens is not None and self._tokens and self._tokens + ask.input_estimate > self._most_tokens:
            raise _Full
        budget.reserve(amount)
        await self._add(ask, amount)
        raise Waiting

    async def _probe(self, ask: Ask, budget: Budget) -> Entry:
        """Asks a model live for once: a wrong key, or a form that it does not take, would cost a whole batch.

        Where the day's budget has no room for it, another day's paper is asked.
        """
        own = budget.for_one()
        calls = Calls(self.settings, self.endpoint, self.journal, own, self.learned)
        try:
            entry = await calls.answer(ask)
        except Capped as capped:
            self.memory.reasons[ask.key] = str(capped)
            raise Waiting from None
        finally:
            budget.take_over(own)
            await calls.close()
        self.memory.probed.add(ask.model)
        return entry

    async def _add(self, ask: Ask, amount: float) -> None:
        dialect = self.learned.dialects.setdefault(ask.model, Dialect())
        line = request_line(ask, dialect.request(ask.messages, schema(ask.wanted), ask.output_tokens))
        part = self._parts.get(ask.model)
        if part is not None and not part.takes(line, self.settings):
            await self._submit(self._parts.pop(ask.model))
            part = None
        if part is None:
            part = self._parts[ask.model] = Part(ask.model, self._spool)
        self._spooled.add(ask.key)
        part.add(ask, line, amount, repair=is_repair(ask, self.settings))
        self._tokens += ask.input_estimate

    async def _round(self, days: Sequence[str], languages: Sequence[str], read: Read) -> None:
        self._budgets, self._parts, self._spooled, self._tokens = {}, {}, set(), 0
        self._accounts = accounts(self.settings.caps, self.journal, self.store, self.learned.uncertain_usd)
        try:
            for day in days:
                if day in self._finished_days:
                    continue
                try:
                    papers, before = read(day)
                except AlmanacError:
                    # The day's own run tells about it.
                    self._finished_days.add(day)
                    continue
                _, tasks = plan(papers, languages, before, self.settings.models)
                open_tasks = [task for task in tasks if not await self._finishes(day, task)]
                if not open_tasks:
                    self._finished_days.add(day)
        except _Full:
            pass
        for part in self._parts.values():
            # Few repairs are not worth another day of waiting: they are asked live.
            if part.repairs < len(part.requests) or part.repairs >= self.settings.batch_repairs:
                await self._submit(part)

    async def _finishes(self, day: str, task: Task) -> bool:
        """Whether nothing about the paper has to be asked by batch any more."""
        paper_id = str(task.paper["paper_id"])
        if (day, paper_id) in self._finished:
            return True
        paper = Paper(self, task.paper, task.before)
        finished = True
        for group in groups(task.languages):
            try:
                await paper.group(group)
            except Waiting:
                finished = False
            except (Stopped, _Full, AlmanacError):
                raise
            except Exception:
                continue  # A fault of one paper, of which the day's own run tells.
        if finished:
            self._finished.add((day, paper_id))
        return finished

    async def _submit(self, part: Part) -> None:
        batch = Submission(part.token, self.store.endpoint, part.model, len(part.requests), part.tokens, time.time())
        self.memory.tries.update(request.key for request in part.requests)
        self.store.plan(batch, part.requests)
        try:
            file_id = await self._client.upload(part.token, part.path)
        except Fault as fault:
            self.store.drop(part.token)
            raise Stopped(f"the requests could not be uploaded: {fault.reason}") from None
        finally:
            part.path.unlink(missing_ok=True)
        self.store.uploaded(part.token, file_id)
        try:
            state = await self._client.create(part.token, file_id, batch.planned_at)
        except Fault as fault:
            if fault.kind is not Kind.TRANSIENT:
                self.store.drop(part.token)
                await self._client.discard(part.token, file_id)
            raise Stopped(f"the batch could not be begun: {fault.reason}") from None
        self.store.submitted(part.token, state.id)
        self._awaited.add(part.token)
        self._asked += len(part.requests)

    async def _adopt(self) -> None:
        """Finds the batches of which a process that ended never learned the number, or that they never came to be."""
        for batch in self.store.open():
            if batch.batch_id is not None:
                continue
            try:
                state = await self._client.find(batch.token, batch.planned_at)
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
                await self._client.discard(batch.token, batch.file_id)

    async def _wait(self, tell: Callable[[Progress], None] | None) -> None:
        """Until the awaited batches have ended and are collected. Raises Stopped where the endpoint falls silent."""
        pause, longest = self.settings.batch_polls
        heard = time.monotonic()
        while True:
            under_way = {batch.token: batch for batch in self.store.open()}
            self._awaited &= under_way.keys()
            answered = 0
            ended = False
            for token in sorted(self._awaited):
                batch = under_way[token]
                if batch.batch_id is None:
                    # Another process is about to begin it; the next round knows.
                    self._awaited.discard(token)
                    continue
                try:
                    state = await self._client.state(batch.batch_id)
                    heard = time.monotonic()
                    if state is not None and state.ended:
                        await self._collect(batch, state)
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
            if not self._awaited:
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
                self._awaited.discard(batch.token)
            return 0
        if state.ended:
            self._awaited.discard(batch.token)
            return 0
        if time.time() - (batch.submitted_at or batch.planned_at) > LONGEST_BATCH:
            self._given_up.add(batch.token)
            self._awaited.discard(batch.token)
        return state.answered

    async def _collect(self, batch: Submission, state: State) -> None:
        if state.fault is not None:
            self.store.end(batch.token, state.status)
            await self._client.discard(batch.token, batch.file_id)
            self._failed(batch, state, state.fault)
            return
        dialect = self.learned.dialects.setdefault(batch.model, Dialect())
        collected = await self._collector.collect(batch, state, dialect)
        await self._client.discard(batch.token, batch.file_id)
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
        self._most_tokens = max(1, int(0.9 * limit))
        self.memory.tries.subtract(self.store.keys(batch.token))

    def _note(self, batch: Submission, reason: str) -> None:
        for key in self.store.keys(batch.token):
            self.memory.reasons[key] = reason

    def _budget(self, day: str) -> Budget:
        if day not in self._budgets:
            spent = self.journal.spent(day) + self.store.reserved(day)
            self._budgets[day] = Budget(self.settings.max_cost_usd, self.settings.prices, spent, self._accounts)
        return self._budgets[day]

    def _progress(self, answered: int, under_way: dict[str, Submission]) -> Progress:
        in_flight = sum(under_way[token].requests for token in self._awaited) - answered
        done = self._total.answers + answered
        return Progress(
            done, max(self._asked, done + in_flight), in_flight, self._total.input_tokens, self._total.output_tokens,
            self._total.cost_usd, time.monotonic() - self._started, None, 0, 0,
        )  # fmt: skip

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """One process at a time decides what is submitted, so that none submits what another is about to."""
        handle = os.open(self.settings.journal / LOCK, os.O_CREAT | os.O_RDWR, 0o644)
        try:
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await asyncio.sleep(0.2)
            for left in self.settings.journal.glob(f"{SPOOL}*"):
                shutil.rmtree(left, ignore_errors=True)
            with tempfile.TemporaryDirectory(dir=self.settings.journal, prefix=SPOOL) as spool:
                self._spool = Path(spool)
                yield
        finally:
            os.close(handle)


class _Full(Exception):  # noqa: N818 - no error: the rest of the round goes into the next one
    """The endpoint takes no more at once."""


def is_repair(ask: Ask, settings: EngineSettings) -> bool:
    """Whether it is not the first ask about its paper."""
    return ask.number > 0 or ask.model != settings.model


def guard(
    store: BatchStore, settings: EngineSettings, learned: Learned, memory: Memory | None
) -> Callable[[Ask], None]:
    """What keeps a live run from paying for what a batch brings; see `Calls`.

    Without a memory only what is under way is kept back. With one, first asks are a batch's alone.
    """

    def judge(ask: Ask) -> None:
        if memory is not None and (fault := store.fault(ask.key)):
            raise Fault(Kind.PAPER, fault)
        if batch := store.open_batch(ask.key):
            raise Stopped(
                f"it is in the batch {batch.batch_id or batch.token}, which has not ended: the next run fetches it"
            )
        if memory is not None and not is_repair(ask, settings):
            raise Stopped(learned.stopped or memory.reasons.get(ask.key) or "no batch has answered it yet")

    return judge
