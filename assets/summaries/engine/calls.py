"""A request until there is an answer: its turn, its deadline, its hedge, its retries, and the breaker for all.

What was answered before is read from the journal; what is answered now is in the journal before it is handed on.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assets.summaries.engine.ask import Ask
from assets.summaries.engine.dialect import Dialect
from assets.summaries.engine.faults import Fault, Kind
from assets.summaries.engine.journal import Entry
from assets.summaries.engine.learned import Learned
from assets.summaries.engine.prompt import PROMPT_VERSION, schema
from assets.summaries.engine.turnstile import AGAIN, NEW, Capped, Stopped, Turnstile

if TYPE_CHECKING:
    from collections.abc import Callable

    from assets.summaries.engine.budget import Budget
    from assets.summaries.engine.endpoint import Endpoint, Reply
    from assets.summaries.engine.journal import Journal
    from assets.summaries.engine.learning import Send
    from assets.summaries.engine.settings import EngineSettings

FIRST_BACKOFF, LONGEST_BACKOFF = 0.4, 20.0
OUTAGE_FAILURES = 10
"""Failures without any answer between them that make an outage."""
LONGEST_PROBE = 15.0
GLANCE = 0.5
"""Seconds after which a request looks again whether a hedge is due, where that could not be told before."""


@dataclass
class Counters:
    """What happened on the way."""

    requests: int = 0
    answers: int = 0
    replayed: int = 0
    limited: int = 0
    failed: int = 0
    timed_out: int = 0
    hedged: int = 0
    faults: dict[str, int] = field(default_factory=dict)


class Calls:
    """All requests of one run."""

    def __init__(
        self,
        settings: EngineSettings,
        endpoint: Endpoint,
        journal: Journal,
        budget: Budget,
        learned: Learned,
        guard: Callable[[Ask], None] | None = None,
    ) -> None:
        """`guard` raises Stopped or Fault for an ask that must not be sent from here."""
        self.settings = settings
        self.endpoint = endpoint
        self.journal = journal
        self.budget = budget
        self.learned = learned
        self.guard = guard
        self.turnstile = Turnstile(learned.pacer, learned.concurrency)
        if learned.stopped is not None:
            # A day before found out: what the journal holds is still read, nothing is sent.
            self.turnstile.stop(learned.stopped)
        self.counters = Counters()
        self._random = random.Random()
        self._failures = 0
        self._last_answer = time.monotonic()
        self._last_accepted = self._last_answer
        self._last_deadline = 0.0
        self._over = asyncio.Event()

    async def answer(self, ask: Ask) -> Entry:
        """The answer to an ask, from the journal or from the model.

        Raises Fault of kind PAPER where this paper cannot be asked, Stopped where nothing can be asked any more.
        """
        if found := self.journal.find(ask.key):
            self.counters.replayed += 1
            return found
        if self.guard is not None:
            self.guard(ask)
        started = time.monotonic()
        requests = failures = 0
        while True:
            try:
                requests += 1
                reply = await self._attempt(ask, failures, AGAIN if requests > 1 else NEW)
            except Fault as fault:
                failures += self._costs(fault)
                if fault.kind is Kind.PAPER:
                    raise
                if fault.kind is Kind.PERMANENT:
                    self._stop(fault.reason)
                    raise Stopped(self.turnstile.stopped or fault.reason) from None
                if failures >= self.settings.attempts:
                    if self._last_answer < started:
                        raise Stopped(f"the endpoint did not answer in {failures} attempts: {fault.reason}") from None
                    raise Fault(Kind.PAPER, f"failed {failures} times, last: {fault.reason}") from None
                if not fault.limited and not fault.form:
                    await self._back_off(failures)
                continue
            cost = self.budget.spend(ask.model, reply.input_tokens, reply.output_tokens)
            entry = Entry(
                key=ask.key, day=ask.day, paper_id=ask.paper_id, abstract_hash=ask.abstract_hash, model=ask.model,
                prompt_version=PROMPT_VERSION, content=reply.content, finish_reason=reply.finish_reason,
                refusal=reply.refusal, input_tokens=reply.input_tokens, output_tokens=reply.output_tokens,
                cost_usd=cost, requests=requests, seconds=time.monotonic() - started, created_at=time.time(),
                number=ask.number, languages=len(ask.wanted), input_estimate=ask.input_estimate,
            )  # fmt: skip
            await self.journal.append(entry)
            return entry

    async def close(self) -> None:
        """For the end of the run."""
        await self.turnstile.close()

    def _stop(self, reason: str) -> None:
        """Ends this day and, before they begin, those after it: the endpoint is the same."""
        self.turnstile.stop(reason)
        self.learned.stopped = self.turnstile.stopped

    def _costs(self, fault: Fault) -> int:
        """Whether the fault counts against the paper; also what it means for all."""
        self.counters.faults[fault.reason] = self.counters.faults.get(fault.reason, 0) + 1
        if fault.limited or fault.form:
            return 0
        if fault.kind is not Kind.TRANSIENT:
            return 1
        self._failures += 1
        now = time.monotonic()
        if fault.timed_out and not self.learned.latency.has_answers:
            return self._silence(fault, now)
        if self._failures < OUTAGE_FAILURES:
            return 1
        silent = now - self._last_answer
        if silent > self.settings.outage_seconds:
            self._stop(f"the endpoint has not answered for {silent:.0f} s: {fault.reason}")
        # An outage is nobody's fault: everybody waits, then one request tries.
        excess = min(self._failures - OUTAGE_FAILURES, 6)
        self.learned.pacer.close(now + min(0.5 * 2**excess, LONGEST_PROBE, self.settings.outage_seconds / 4))
        self.learned.concurrency.restart()
        return 0

    def _silence(self, fault: Fault, now: float) -> int:
        """The endpoint takes requests and has answered none in time: it is asked one thing at a time, with more time.

        It is given up once it has had the most time that any endpoint gets; no paper is to blame meanwhile.
        """
        latency, silent = self.learned.latency, now - self._last_answer
        if self._last_deadline >= latency.most and silent > self.settings.outage_seconds:
            self._stop(f"the endpoint has not answered for {silent:.0f} s: {fault.reason}")
        self.learned.concurrency.restart()
        return 0

    async def _back_off(self, failures: int) -> None:
        longest = min(FIRST_BACKOFF * 2.0 ** max(failures - 1, 0), LONGEST_BACKOFF)
        await asyncio.sleep(longest * self._random.uniform(0.5, 1.0))

    async def _attempt(self, ask: Ask, failures: int, priority: int) -> Reply:
        """One request, and a second one beside it when the first takes unusually long; the first answer wins."""
        latency = self.learned.latency
        send = await self._turn(ask, priority)
        started = time.monotonic()
        tasks = {asyncio.create_task(self._request(ask, failures, send))}
        hedged = False
        fault: Fault | None = None
        try:
            while tasks:
                timeout = None if hedged else GLANCE
                hedge_after = latency.hedge_after()
                if not hedged and hedge_after is not None:
                    timeout = started + hedge_after - time.monotonic()
                    if timeout <= 0:
                        timeout = GLANCE
                        if latency.may_hedge() and self.turnstile.stopped is None:
                            hedged = True
                            timeout = None
                            latency.hedges += 1
                            self.counters.hedged += 1
                            tasks.add(asyncio.create_task(self._hedge(ask, failures)))
                done, tasks = await asyncio.wait(tasks, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    try:
                        reply = task.result()
                        for other in done - {task}:
                            self._book(ask, other)
                        return reply
                    except Stopped:
                        if not tasks:
                            raise
                    except Fault as error:
                        fault = error
                        if error.kind in (Kind.PERMANENT, Kind.PAPER):
                            raise
            raise fault or Stopped(self.turnstile.stopped or "stopped")
        finally:
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _hedge(self, ask: Ask, failures: int) -> Reply:
        return await self._request(ask, failures, await self._turn(ask, AGAIN))

    async def _turn(self, ask: Ask, priority: int) -> Send:
        """Waits until the request can be paid for and may go. Raises Stopped."""
        amount = self._amount(ask)
        await self._afford(amount)
        self.budget.reserve(amount)
        try:
            return await self.turnstile.enter(priority, ask.input_estimate + ask.output_tokens // 2)
        except BaseException:
            self._release(amount)
            raise

    def _amount(self, ask: Ask) -> float:
        """The most that the request may cost, in US dollars."""
        return self.budget.estimate(ask.model, ask.input_estimate, ask.output_tokens)

    async def _request(self, ask: Ask, failures: int, send: Send) -> Reply:
        """The request, once its turn has come."""
        learned, settings = self.learned, self.settings
        dialect = learned.dialects.setdefault(ask.model, Dialect())
        arguments: dict[str, Any] = {}
        deadline = learned.latency.deadline(failures)
        over = False
        self.counters.requests += 1
        learned.latency.requests += 1
        try:
            arguments = dialect.request(ask.messages, ask.shape or schema(ask.wanted), ask.output_tokens)
            reply = await self.endpoint.send(ask.model, arguments, deadline)
            over = True
        except Fault as fault:
            over = not fault.timed_out
            now = time.monotonic()
            if fault.limited:
                self.counters.limited += 1
                learned.pacer.refused(send, now, fault.wait)
                in_a_row = learned.pacer.learner.refusals_in_a_row
                round_trip = learned.latency.percentile(0.5) or 1.0
                learned.concurrency.refused(now, round_trip, self.turnstile.in_flight, in_a_row)
                self._wait_is_bearable(fault, now)
                raise
            learned.pacer.answered(send, now)
            if fault.form:
                if not dialect.rejected(arguments, fault.reason):
                    raise Fault(Kind.PAPER, f"the endpoint refuses the request ({fault.reason})") from None
                raise
            if fault.timed_out:
                self.counters.timed_out += 1
                self._last_deadline = deadline
                learned.latency.gave_up(deadline)
                learned.concurrency.congested(now, deadline, self.turnstile.in_flight)
            if fault.kind is Kind.TRANSIENT:
                self.counters.failed += 1
                if fault.wait:
                    learned.pacer.close(now + min(fault.wait, settings.longest_wait_seconds))
            raise
        finally:
            if not over:
                amount = self.budget.estimate(ask.model, ask.input_estimate, 0)
                self.budget.abandon(amount)
                learned.uncertain_usd += amount
            self._release(self._amount(ask))
            self.turnstile.leave()
        self._failures = 0
        self._last_answer = self._last_accepted = now = time.monotonic()
        self.counters.answers += 1
        tokens = (reply.input_tokens or 0) + (reply.output_tokens or 0)
        learned.pacer.answered(send, now, tokens or None, reply.requests, reply.tokens)
        learned.latency.observe(reply.seconds)
        learned.concurrency.succeeded(self.turnstile.in_flight + 1, swelling=learned.latency.is_swelling())
        return reply

    def _book(self, ask: Ask, task: asyncio.Task[Reply]) -> None:
        """A second answer that came in the same moment is paid for, too."""
        if not task.cancelled() and task.exception() is None:
            reply = task.result()
            # The journal keeps the other answer alone.
            self.learned.uncertain_usd += self.budget.spend(ask.model, reply.input_tokens, reply.output_tokens) or 0.0

    def _release(self, amount: float) -> None:
        self.budget.release(amount)
        self._over.set()

    def _wait_is_bearable(self, fault: Fault, now: float) -> None:
        """Stops the day for a wait that is none of minutes, or when nothing was let in for as long."""
        longest = self.settings.longest_wait_seconds
        if fault.wait is not None and fault.wait > longest:
            self._stop(f"the endpoint asks to wait {fault.wait:.0f} s ({fault.reason})")
        elif now - self._last_accepted > longest:
            self._stop(f"the endpoint has refused every request for {longest:.0f} s ({fault.reason})")

    async def _afford(self, amount: float) -> None:
        """Waits until what is on its way shows whether the request fits under the caps. Raises Stopped."""
        while (refusal := self.budget.refusal(amount)) is not None:
            if self.budget.idle or self.turnstile.stopped is not None:
                self.turnstile.stop(refusal)
                raise Capped(self.turnstile.stopped or "")
            self._over.clear()
            await self._over.wait()
