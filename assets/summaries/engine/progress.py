"""How far a run is, for the log and the bar, and what it came to, for the partition's metadata."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Progress:
    """A moment of a run. `cost_usd` is None where a model has no price, `eta_seconds` before the first paper."""

    done: int
    papers: int
    in_flight: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    seconds: float
    eta_seconds: float | None
    limited: int
    failed: int

    asks_a_model: bool = True

    def line(self) -> str:
        """One line for a log."""
        eta = "" if self.eta_seconds is None else f"about {self.eta_seconds:.0f} s left"
        parts = (f"{self.done} of {self.papers} papers summarized", self.note(), eta)
        return ", ".join(part for part in parts if part)

    def note(self) -> str:
        """What a bar does not show by itself: requests in flight, tokens, dollars; nothing where no model is asked."""
        if not self.asks_a_model:
            return ""
        cost = "cost unknown" if self.cost_usd is None else f"{self.cost_usd:.4f} USD"
        tokens = f"{self.input_tokens:,} + {self.output_tokens:,} tokens"
        refused = f", {self.limited} refused for their rate" if self.limited else ""
        return f"{self.in_flight} requests in flight, {tokens}, {cost}{refused}"


@dataclass(frozen=True)
class Report:
    """What a run came to. Seconds and US dollars; latencies are None where nothing was answered."""

    papers: int
    kept: int
    """Papers of which every row was kept from the partition."""
    statuses: dict[str, int]
    stopped: str | None
    """Why the run ended before all papers were asked."""
    requests: int
    answers: int
    replayed: int
    """Answers that the journal had already."""
    limited: int
    """Requests refused for their rate."""
    failed: int
    timed_out: int
    hedged: int
    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    spent_usd: float
    """All that the journal holds for this day."""
    seconds: float
    p50_seconds: float | None
    p95_seconds: float | None
    requests_per_second: float | None
    """The limit that the endpoint was found to have."""
    faults: dict[str, int] = field(default_factory=dict)
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    """(paper, language, reason) of each row that is not complete or repaired."""
