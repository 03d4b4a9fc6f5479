"""The emulated endpoint's rate limits. Times are seconds of one clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.emulators.llm.behaviour import Behaviour


class Limits:
    """A token bucket of requests, one of tokens, and fixed windows: whichever are set."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self._level = behaviour.burst
        self._burst = behaviour.token_burst or behaviour.tokens_per_minute or 0.0
        self._tokens = self._burst
        self._at: float | None = None
        self._first: float | None = None
        self._window = -1
        self._used = 0

    def admit(self, now: float, tokens: int) -> float | None:
        """None where the request may pass, else the seconds until one may."""
        elapsed = now - self._at if self._at is not None else 0.0
        self._at = now
        waits = [0.0]
        rate, window, per_minute = (
            self.behaviour.requests_per_second, self.behaviour.window, self.behaviour.tokens_per_minute,
        )  # fmt: skip
        if rate:
            self._level = min(self.behaviour.burst, self._level + elapsed * rate)
            waits.append((1 - self._level) / rate)
        if per_minute:
            self._tokens = min(self._burst, self._tokens + elapsed * per_minute / 60)
            waits.append((min(tokens, self._burst) - self._tokens) * 60 / per_minute)
        if window:
            count, length = window
            # The first one begins with the first request, so that everybody meets the same windows.
            self._first = now if self._first is None else self._first
            since = now - self._first
            if int(since // length) != self._window:
                self._window, self._used = int(since // length), 0
            if self._used >= count:
                waits.append(length - since % length)
        if max(waits) > 1e-9:
            return max(waits)
        self._level -= 1
        self._tokens -= tokens
        self._used += 1
        return None

    def headers(self) -> dict[str, str]:
        """The rate-limit headers in the layout of OpenAI."""
        rate, per_minute = self.behaviour.requests_per_second, self.behaviour.tokens_per_minute
        found = {}
        if rate:
            limit = max(self.behaviour.burst, 1.0)
            found["x-ratelimit-limit-requests"] = f"{limit:.0f}"
            found["x-ratelimit-remaining-requests"] = f"{max(0, int(self._level))}"
            found["x-ratelimit-reset-requests"] = f"{max(0.0, (limit - self._level) / rate):.3f}s"
        if per_minute:
            found["x-ratelimit-limit-tokens"] = f"{self._burst:.0f}"
            found["x-ratelimit-remaining-tokens"] = f"{max(0, int(self._tokens))}"
            found["x-ratelimit-reset-tokens"] = f"{max(0.0, (self._burst - self._tokens) * 60 / per_minute):.3f}s"
        return found
