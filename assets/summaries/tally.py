"""Days whose summaries were made, added up: papers, dollars, days that wait, and how long the rest takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class _Made:
    papers: int
    pending: int
    asked: bool
    """Whether a model was asked."""
    cost_usd: float | None


@dataclass
class Tally:
    """Days whose summaries were made, with what they came to. A day that several runs made counts once, its cost each
    time."""

    _made: dict[tuple[str, str], _Made] = field(default_factory=dict)

    def add(self, run_id: str, day: str, metadata: Mapping[str, Any]) -> None:
        """Takes in the metadata of a partition as a run stored it; the same one again changes nothing."""
        asked = "requests" in metadata
        cost = metadata.get("run_cost_usd") if asked else 0.0
        self._made[run_id, day] = _Made(int(metadata.get("papers", 0)), int(metadata.get("pending", 0)), asked, cost)

    @property
    def _latest(self) -> dict[str, _Made]:
        return {day: made for (_, day), made in self._made.items()}

    @property
    def days(self) -> int:
        """Days."""
        return len(self._latest)

    @property
    def waiting(self) -> int:
        """Days of which some summaries are pending."""
        return sum(made.pending > 0 for made in self._latest.values())

    def line(self) -> str:
        """Papers in words, and dollars where a model was asked."""
        asked = any(made.asked for made in self._made.values())
        costs = [made.cost_usd for made in self._made.values()]
        known = [cost for cost in costs if cost is not None]
        papers = sum(made.papers for made in self._latest.values())
        told = f"{papers:,} {'paper' if papers == 1 else 'papers'}"
        if not asked:
            return told
        return f"{told}, {sum(known):.4f} US dollars" if len(known) == len(costs) else f"{told}, cost unknown"


def duration(seconds: float) -> str:
    """A length of time to the nearest unit that says enough: "40 s", "12 minutes", "3.5 hours"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes" if seconds < 6_000 else f"{seconds / 3600:.1f} hours"


def time_left(begun: float, now: float, done: int, total: int) -> str:
    """How long the rest takes if it goes on so, as a part of a sentence; nothing where that cannot be told.

    Times are those of the Unix clock.
    """
    if not 0 < done < total or now <= begun:
        return ""
    return f", about {duration((now - begun) / done * (total - done))} left"
