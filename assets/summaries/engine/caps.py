"""What all answers of a stretch of time may cost together, whatever day or page they are for and whichever run asks.

The journal knows what was spent: by every process of the home, before and after any restart. So a cap holds over the
runs of a backfill, each in a process of its own. Processes that ask at the same time see of one another what was spent
before their present day or page began, and what is reserved for batches.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.summaries.engine.journal import FILE, PATIENCE, SPENT_SINCE, explained
from assets.summaries.engine.settings import BATCH_PRICE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assets.summaries.engine.batches.store import BatchStore
    from assets.summaries.engine.journal import Journal
    from assets.summaries.engine.settings import EngineSettings

THIRTY_DAYS = 30 * 86_400.0
"""Seconds."""


@dataclass(frozen=True)
class Cap:
    """The most that the answers of a stretch of time may cost, in US dollars."""

    usd: float
    stretch: str
    """Which stretch it is, in words."""
    named: str
    """The setting or option that gave it."""
    seconds: float | None = None
    """How long the stretch is that ends now; None for one that began with the home."""
    before_usd: float = 0.0
    """What was spent in the stretch and does not count."""

    @property
    def reached(self) -> str:
        """Why nothing more is asked once it is reached, in words."""
        return f"the cost cap of {self.usd:g} US dollars for {self.stretch} ({self.named}) is reached"

    def since(self) -> float:
        """When the stretch began, by the Unix clock."""
        return 0.0 if self.seconds is None else time.time() - self.seconds


def of_thirty_days(usd: float) -> Cap:
    """The cap of the settings."""
    return Cap(usd, "30 days", "ALMANAC_MAX_COST_30_DAYS_USD", THIRTY_DAYS)


def of_a_command(usd: float, spent_before: float) -> Cap:
    """The cap of a command that begins when so much has been spent in its home.

    It counts dollars, not time, so a clock that is set back in the middle of the command does not loosen it.
    """
    return Cap(usd, "this command", "--max-cost", before_usd=spent_before)


@dataclass
class Account:
    """What has been spent under a cap, in US dollars."""

    cap: Cap
    spent: float
    reserved: float = 0.0

    def has_room(self, amount: float) -> bool:
        """Whether so much more keeps below the cap, whatever is on its way included."""
        return self.spent + self.reserved + amount <= self.cap.usd


def accounts(caps: Sequence[Cap], journal: Journal, store: BatchStore, uncertain: float) -> list[Account]:
    """The accounts as they stand: what was answered, what open batches may cost, and what the process gave up on.

    `uncertain` are US dollars of requests that were given up on their way and may be charged for. Raises StorageError.
    """
    if not caps:
        return []
    beside = store.reserved() + uncertain
    return [Account(cap, journal.spent_since(cap.since()) - cap.before_usd + beside) for cap in caps]


def used_up(settings: EngineSettings, *, in_batches: bool) -> Cap | None:
    """A cap under which not even the answer of one request has room any more; None where there is none.

    Answers cost less `in_batches`. Raises StorageError where the journal cannot be read.
    """
    if not settings.caps:
        return None
    share = BATCH_PRICE if in_batches else 1.0
    least = share * min(settings.prices[model].cost(0, settings.output_tokens) for model in settings.models)
    for cap in settings.caps:
        spent = spent_since(settings.journal, cap.since()) - cap.before_usd
        if not Account(cap, spent).has_room(least):
            return cap
    return None


def spent_since(folder: Path, since: float) -> float:
    """US dollars that all answers since a time (of the Unix clock) have cost, by the journal of a folder.

    0 where there is no journal yet; nothing is made. Raises StorageError where it cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return 0.0
    with explained(path), contextlib.closing(sqlite3.connect(path, timeout=PATIENCE)) as database:
        return float(database.execute(SPENT_SINCE, (since,)).fetchone()[0])
