"""What the rounds of a process leave to the days' own runs, which ask live, and what those must not ask for."""

from __future__ import annotations

import collections
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assets.summaries.engine.faults import Fault, Kind
from assets.summaries.engine.turnstile import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable

    from assets.summaries.engine.ask import Ask
    from assets.summaries.engine.batches.store import BatchStore
    from assets.summaries.engine.learned import Learned
    from assets.summaries.engine.settings import EngineSettings


@dataclass
class Memory:
    """What the rounds of a process leave to the days' own runs."""

    reasons: dict[str, str] = field(default_factory=dict)
    """Ask → why no batch has answered it."""
    tries: collections.Counter[str] = field(default_factory=collections.Counter)
    """Ask → batches that it stood in."""
    probed: set[str] = field(default_factory=set)
    """Models of which the form that they take is known."""


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
