"""The asks of all days of a run, round by round: submitted, waited for, collected, until nothing is left to ask.

A round goes through the papers as the live run does. An answer of the journal is used; an ask without one goes into a
batch, and its paper waits. When the batches have ended, the next round finds their answers, and asks again, in further
batches, for what is bad or missing. Nothing here has to be finished: a run that ends while a batch is under way leaves
it to the next one, which finds it in the store.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import AlmanacError
from assets.summaries.engine.batches.memory import is_repair
from assets.summaries.engine.batches.parts import Part, request_line
from assets.summaries.engine.batches.store import Submission
from assets.summaries.engine.batches.under_way import UnderWay
from assets.summaries.engine.budget import Budget
from assets.summaries.engine.calls import Calls
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

    from assets.summaries.engine.ask import Ask
    from assets.summaries.engine.batches.memory import Memory
    from assets.summaries.engine.batches.store import BatchStore
    from assets.summaries.engine.caps import Account
    from assets.summaries.engine.endpoint import Endpoint
    from assets.summaries.engine.journal import Entry, Journal
    from assets.summaries.engine.learned import Learned
    from assets.summaries.engine.plan import Task
    from assets.summaries.engine.settings import EngineSettings
    from assets.summaries.summarizer import Read

LOCK, SPOOL = "batches.lock", "batch-"


class Waiting(Exception):  # noqa: N818 - no error: the answer is not there yet
    """An ask is under way, or will be."""


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
        self._under_way = UnderWay(settings, store, endpoint, learned, memory)
        self._finished: set[tuple[str, str]] = set()
        self._finished_days: set[str] = set()
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
                    await self._under_way.adopt()
                    await self._round(days, languages, read)
                if not self._under_way.awaited:
                    return
                await self._under_way.wait(tell)
        except (Stopped, Fault) as error:
            self.learned.stopped = str(error)

    async def look(self) -> None:
        """Collects what has ended, once, and waits for nothing: for a run that asks live."""
        with contextlib.suppress(Fault, Stopped):
            async with self._alone():
                await self._under_way.adopt()
            await self._under_way.collect_ended()

    async def answer(self, ask: Ask) -> Entry:
        """See `paper.Asker`. Raises Waiting where the ask is or will be in a batch."""
        if found := self.journal.find(ask.key):
            return found
        if fault := self.store.fault(ask.key):
            raise Fault(Kind.PAPER, fault)
        if batch := self.store.open_batch(ask.key):
            self._under_way.expect(batch.token)
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
        most = self._under_way.most_tokens
        if most is not None and self._tokens and self._tokens + ask.input_estimate > most:
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
            file_id = await self._under_way.client.upload(part.token, part.path)
        except Fault as fault:
            self.store.drop(part.token)
            raise Stopped(f"the requests could not be uploaded: {fault.reason}") from None
        finally:
            part.path.unlink(missing_ok=True)
        self.store.uploaded(part.token, file_id)
        try:
            state = await self._under_way.client.create(part.token, file_id, batch.planned_at)
        except Fault as fault:
            if fault.kind is not Kind.TRANSIENT:
                self.store.drop(part.token)
                await self._under_way.client.discard(part.token, file_id)
            raise Stopped(f"the batch could not be begun: {fault.reason}") from None
        self._under_way.submitted(part.token, state.id, len(part.requests))

    def _budget(self, day: str) -> Budget:
        if day not in self._budgets:
            spent = self.journal.spent(day) + self.store.reserved(day)
            self._budgets[day] = Budget(self.settings.max_cost_usd, self.settings.prices, spent, self._accounts)
        return self._budgets[day]

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
