"""How long answers take, and what follows: when to hedge a request and when to give it up."""

from __future__ import annotations

from collections import deque

HISTORY = 400
"""Answers that the percentiles are taken of."""
FEW, ENOUGH = 4, 30
"""Answers from which the largest latency, and the 97th percentile, say something."""
HEDGE_FACTOR, HEDGE_FACTOR_OF_FEW = 1.25, 3.0
HEDGE_SHORTEST = 1.0
"""Seconds beyond the usual latency: a pause of this process must not look like a slow server."""
HEDGE_SHARE = 0.06
HEDGES_FREE = 3
"""A hedge is a second request, so only this share of all requests, and these few besides, may have one."""
DEADLINE_FACTOR, DEADLINE_SHORTEST = 4.0, 10.0
PATIENCE = 4.0
"""How many times the longest deadline a slow endpoint is waited for at last, before it counts as dead."""


class Latency:
    """Learns from answers; times are seconds."""

    def __init__(self, longest: float) -> None:
        self.longest = longest
        """The longest deadline so far; `gave_up` lengthens it for an endpoint that is slow."""
        self.most = longest * PATIENCE
        self._history: deque[float] = deque(maxlen=HISTORY)
        self._sorted: list[float] | None = None
        self.requests = 0
        self.hedges = 0
        self.best_median: float | None = None

    def observe(self, seconds: float) -> None:
        """An answer took so long."""
        self._history.append(seconds)
        self._sorted = None

    def percentile(self, share: float) -> float | None:
        """The latency that this share of the last answers stayed below; None before the first answer."""
        if not self._history:
            return None
        if self._sorted is None or len(self._history) < ENOUGH:
            self._sorted = sorted(self._history)
        return self._sorted[min(int(share * len(self._sorted)), len(self._sorted) - 1)]

    def gave_up(self, seconds: float) -> None:
        """A request was given up after so long: where that is the longest deadline, the next ones have twice as much.

        A small machine may take minutes for an answer, and is no less alive for it.
        """
        if seconds >= self.longest:
            self.longest = min(2 * seconds, self.most)

    @property
    def has_answers(self) -> bool:
        """Whether the endpoint has answered anything yet."""
        return bool(self._history)

    def hedge_after(self) -> float | None:
        """Seconds after which a second request is worth sending; None while that is not known."""
        if len(self._history) < FEW:
            return None
        if len(self._history) < ENOUGH:
            usual = max(self._history)
            return min(usual * HEDGE_FACTOR_OF_FEW + HEDGE_SHORTEST, self.longest)
        usual = self.percentile(0.97) or 0.0
        return min(max(usual * HEDGE_FACTOR, usual + HEDGE_SHORTEST), self.longest)

    def may_hedge(self) -> bool:
        """Whether one more second request keeps to the share that is allowed."""
        return self.hedges < HEDGES_FREE + HEDGE_SHARE * self.requests

    def deadline(self, failures: int) -> float:
        """Seconds that a request may take; twice as long after each that was given up."""
        if len(self._history) < FEW:
            return self.longest
        usual = (self.percentile(0.97) or 0.0) * (
            DEADLINE_FACTOR if len(self._history) >= ENOUGH else 2 * DEADLINE_FACTOR
        )
        return float(min(max(usual, DEADLINE_SHORTEST) * 2**failures, self.longest))

    def is_swelling(self) -> bool:
        """Whether answers now take far longer than they once did: more requests in flight would only queue."""
        if len(self._history) < ENOUGH:
            return False
        recent = sorted(list(self._history)[-ENOUGH:])[ENOUGH // 2]
        self.best_median = recent if self.best_median is None else min(recent, self.best_median)
        return recent > 3 * self.best_median
