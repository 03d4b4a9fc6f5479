"""How many requests may be in flight: doubled per round trip until the endpoint resists, then adapted step by step."""

from __future__ import annotations

FIRST = 10
DECREASE = 0.7
USED = 0.8
"""Share of the limit that has to be in flight for a success to say that more would go."""


class Concurrency:
    """Additive increase, multiplicative decrease, with a slow start."""

    def __init__(self, ceiling: int) -> None:
        self.ceiling = ceiling
        self.limit = float(min(FIRST, ceiling))
        self.slow_start = True
        self._last_decrease = float("-inf")

    @property
    def allowed(self) -> int:
        """Requests that may be in flight now."""
        return max(1, int(self.limit))

    def succeeded(self, in_flight: int, *, swelling: bool = False) -> None:
        """An answer came while so many requests were in flight, itself included."""
        if swelling:
            self.slow_start = False
        elif in_flight >= USED * self.allowed:
            self.limit = min(self.limit + (1.0 if self.slow_start else 1.0 / self.limit), float(self.ceiling))

    def refused(self, now: float, round_trip: float, in_flight: int, in_a_row: int) -> None:
        """A 429. The pace answers to it; only the first one, and those between which nothing is let in, count here."""
        if self.slow_start or in_a_row > 1:
            self.congested(now, round_trip, in_flight)

    def congested(self, now: float, round_trip: float, in_flight: int) -> None:
        """The endpoint resisted; at most one decrease per round trip (seconds) counts."""
        self.slow_start = False
        if now - self._last_decrease >= round_trip:
            self._last_decrease = now
            self.limit = max(1.0, min(self.limit, float(in_flight)) * DECREASE)

    def restart(self) -> None:
        """After an outage: one request at a time, then as at first."""
        self.limit, self.slow_start = 1.0, True
