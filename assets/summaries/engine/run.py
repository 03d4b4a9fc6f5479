"""A day of papers: a few workers take one after the other, so that memory does not grow with their number."""

from __future__ import annotations

import asyncio
import collections
import datetime as dt
import time
from typing import TYPE_CHECKING

from assets.errors import AlmanacError
from assets.summaries.engine.batches.memory import Memory, guard
from assets.summaries.engine.batches.rounds import Rounds
from assets.summaries.engine.batches.store import BatchStore
from assets.summaries.engine.budget import Budget
from assets.summaries.engine.calls import Calls
from assets.summaries.engine.caps import accounts
from assets.summaries.engine.endpoint import Endpoint
from assets.summaries.engine.journal import Journal
from assets.summaries.engine.learned import Learned
from assets.summaries.engine.paper import Paper
from assets.summaries.engine.progress import Progress, Report
from assets.summaries.engine.turnstile import Stopped
from assets.summaries.rank import better

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from assets.summaries.engine.plan import Rows, Task
    from assets.summaries.engine.settings import EngineSettings

PROGRESS_SECONDS = 2.0


async def run(
    settings: EngineSettings,
    day: str,
    tasks: Sequence[Task],
    learned: Learned,
    tell: Callable[[Progress], None] | None = None,
    memory: Memory | None = None,
) -> tuple[Rows, Report]:
    """The rows of all tasks of one day, pending ones included, and what the run came to.

    `memory` is what rounds of batches have left; what is in a batch under way is not asked for, with or without one.
    Raises StorageError where the journal cannot be written and SettingsError for an address that is none.
    """
    start = time.monotonic()
    rows: Rows = {}
    done = 0

    with Journal(settings.journal) as journal, BatchStore(settings) as store:
        async with Endpoint(settings) as endpoint:
            if memory is None and store.open():
                await Rounds(settings, journal, store, endpoint, learned, Memory()).look()
            spent = journal.spent(day) + store.reserved(day)
            wider = accounts(settings.caps, journal, store, learned.uncertain_usd)
            budget = Budget(settings.max_cost_usd, settings.prices, spent, wider)
            guarded = memory is not None or bool(store.open())
            calls = Calls(
                settings,
                endpoint,
                journal,
                budget,
                learned,
                guard(store, settings, learned, memory) if guarded else None,
            )

            def progress() -> Progress:
                elapsed = time.monotonic() - start
                eta = elapsed / done * (len(tasks) - done) if done else None
                spending, counters = budget.spending, calls.counters
                return Progress(
                    done, len(tasks), calls.turnstile.in_flight, spending.input_tokens, spending.output_tokens,
                    spending.cost_usd, elapsed, eta, counters.limited, counters.failed,
                )  # fmt: skip

            async def work(left: Iterator[Task]) -> None:
                nonlocal done
                for task in left:
                    for language, row in (await _paper(calls, task)).items():
                        rows[str(task.paper["paper_id"]), language] = row
                    done += 1

            async def report() -> None:
                while tell is not None:
                    await asyncio.sleep(PROGRESS_SECONDS)
                    tell(progress())

            teller = asyncio.create_task(report())
            left = iter(tasks)
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(settings.max_concurrency, len(tasks))):
                        group.create_task(work(left))
            except BaseExceptionGroup as error:
                # The first is the cause; the others were cancelled for it.
                raise error.exceptions[0] from None
            finally:
                teller.cancel()
                await calls.close()
            if tell is not None:
                tell(progress())
        return rows, _report(calls, rows, len(tasks), journal.spent(day), time.monotonic() - start)


async def _paper(calls: Calls, task: Task) -> dict[str, dict[str, object]]:
    paper = Paper(calls, task.paper, task.before)
    try:
        made = await paper.summarize(task.languages)
        return {
            language: {**better(task.paper, language, task.before.get(language), made[language])} for language in made
        }
    except Stopped as stopped:
        reason = str(stopped)
    except AlmanacError:
        raise
    except Exception as error:  # A fault of one paper never fails its day; its row says that it was ours.
        reason = f"the engine failed on this paper ({type(error).__name__}): please report it"
    return {language: _pending(task, language, paper.hash, reason) for language in task.languages}


def _pending(task: Task, language: str, digest: str, reason: str) -> dict[str, object]:
    """A row without texts, or the one that the partition has: nothing is replaced by less."""
    had = task.before.get(language)
    if had is not None and had["status"] != "pending":
        return {**had}
    return {
        "status": "pending",
        "reason": reason,
        "abstract_hash": digest,
        "input_tokens": 0,
        "output_tokens": 0,
        "cost_usd": 0.0,
        "attempts": 0,
        "seconds": 0.0,
        "created_at": dt.datetime.now(dt.UTC),
    }


def _report(calls: Calls, rows: Rows, papers: int, spent: float, seconds: float) -> Report:
    counters, latency, spending = calls.counters, calls.learned.latency, calls.budget.spending
    return Report(
        papers=papers,
        kept=0,
        statuses=dict(sorted(collections.Counter(str(row["status"]) for row in rows.values()).items())),
        stopped=calls.turnstile.stopped,
        requests=counters.requests,
        answers=counters.answers,
        replayed=counters.replayed,
        limited=counters.limited,
        failed=counters.failed,
        timed_out=counters.timed_out,
        hedged=counters.hedged,
        input_tokens=spending.input_tokens,
        output_tokens=spending.output_tokens,
        cost_usd=spending.cost_usd,
        spent_usd=spent,
        seconds=seconds,
        p50_seconds=latency.percentile(0.5),
        p95_seconds=latency.percentile(0.95),
        requests_per_second=calls.learned.pacer.rate(),
        faults=dict(sorted(counters.faults.items(), key=lambda item: -item[1])[:20]),
        failures=[
            (paper, language, str(row["reason"]))
            for (paper, language), row in sorted(rows.items())
            if row["status"] in ("extractive", "pending")
        ],
    )
