"""The faults of the emulated services, each told by a seed, so that a run can be repeated."""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FAULTS: Mapping[str, str] = {
    "empty_page": "a page without entries, though there are some",
    "too_many_requests": "HTTP 429 without Retry-After",
    "unavailable": "HTTP 503 with Retry-After",
    "truncated": "an answer cut off in the middle of its XML",
    "slow": "an answer that stops half-way for a while",
    "dropped": "a connection that is closed half-way",
    "expired_token": "badResumptionToken for a token that was valid (OAI-PMH)",
    "wrong_total": "a total that is higher than what can be fetched (API)",
}
PASSING = ("empty_page", "too_many_requests", "unavailable", "truncated", "slow", "dropped", "expired_token")
"""Faults after which the same request can succeed."""


@dataclass
class Faults:
    """Which requests fail, and how.

    `script` comes first: each of its faults befalls the first request that it can befall. Then `rates`
    (fault → share of the requests) decide, by `seed` and the number of the request; shares are of the
    requests that a fault can befall. `slow_seconds` is the wait of "slow"; `retry_after` stands in the
    header of "unavailable".
    """

    rates: Mapping[str, float] = field(default_factory=dict)
    script: Sequence[str] = ()
    seed: int = 0
    retry_after: str = "1"
    slow_seconds: float = 0.2
    _asked: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        unknown = sorted({*self.rates, *self.script} - set(FAULTS))
        if unknown:
            raise ValueError(f"no such fault: {', '.join(unknown)}; there are {', '.join(FAULTS)}")
        self.script = list(self.script)

    @classmethod
    def mixed(cls, share: float, seed: int = 0, **options: float | str) -> Faults:
        """A share of all requests fails (0 to 1), in all the ways from which a repetition recovers."""
        faults = cls(seed=seed, **options)  # type: ignore[arg-type]
        faults.rates = {name: share / len(PASSING) for name in PASSING}
        return faults

    def befalling(self, possible: frozenset[str]) -> str | None:
        """The fault of the next request, of those that can befall it; None for none."""
        with self._lock:
            self._asked += 1
            number = self._asked
            script = list(self.script)
            for place, fault in enumerate(script):
                if fault in possible:
                    self.script = [*script[:place], *script[place + 1 :]]
                    return fault
        total = sum(self.rates.values())
        chances = {fault: share for fault, share in self.rates.items() if fault in possible and share > 0}
        draw = random.Random(f"{self.seed}:{number}")
        if not chances or draw.random() >= total:
            return None
        return draw.choices(list(chances), list(chances.values()))[0]
