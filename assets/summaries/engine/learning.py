"""What refusals teach about an endpoint's rate.

A token bucket that refuses shows its rate exactly: it was empty at both of two refusals, so what it accepted between
them is what it refilled. `RateLearner` keeps those moments; requests then go a little slower than that rate and, while
nothing is refused, slowly faster, so that about one request in a few hundred finds the limit again.

Some endpoints refuse at random, because they are busy. A `Probe` tells: a few requests more than the rate would allow
go out at once; if they pass, there is no such rate.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

SENDS_KEPT = 5_000
REFUSALS_KEPT = 8
APART = 0.2
"""Seconds within which refusals are one event."""
CAUTION, GROWTH, DOUBT = 0.99, 0.00005, 0.02
"""The pace after a refusal, as a share of the learned rate; what each accepted request adds to it; what it adds while
the rate is a guess from one refusal, less with the cube of the refusals."""
PROBE_EXCESS, PROBE_SPACING, PROBE_VERDICT = 5, 0.012, 0.2
"""Requests of a probe beyond what may have been saved up; seconds between them; seconds until the last one's
fate is known."""
PROBES_AFTER = (40, 150, 600)
"""Accepted requests in a row after which a limit is doubted and probed again, where only single refusals showed it."""


@dataclass(slots=True)
class Send:
    """A request that went out; `number` counts them."""

    at: float
    number: int = 0
    probing: bool = False
    refused: bool = False
    answered: bool = False


class RateLearner:
    """Learns requests per second from refusals. Times are seconds of one clock."""

    def __init__(self) -> None:
        self._sends: deque[Send] = deque(maxlen=SENDS_KEPT)
        self._events: deque[tuple[float, float]] = deque(maxlen=REFUSALS_KEPT)
        self._idle = 0.0
        self._last_idle = 0.0
        self._numbers = 0
        self.rate: float | None = None
        self.accepted_since = 0
        self.refusals_in_a_row = 0

    def sent(self, now: float) -> Send:
        """Notes a request that goes out now."""
        self._numbers += 1
        send = Send(now, self._numbers)
        self._sends.append(send)
        self.accepted_since += 1
        return send

    @property
    def sends(self) -> int:
        """Requests that went out so far."""
        return self._numbers

    def answered(self, send: Send) -> None:
        """The endpoint let the request in."""
        send.answered = True
        self.refusals_in_a_row = 0

    def refused(self, send: Send, *, counts: bool = True) -> None:
        """The endpoint refused the request for its rate; `counts` says whether that measures it."""
        send.refused = True
        if not counts:
            return
        last = self._events[-1][0] if self._events else None
        if last is not None and send.at - last < APART:
            return
        self.refusals_in_a_row += 1
        if last is not None and not self._accepted(last, send.at):
            # It is still closed: the wait was no idle time.
            self._idle -= self._last_idle
            self._last_idle = 0.0
            return
        self._events.append((send.at, self._idle))
        self.accepted_since = 0
        first, idle = self._events[0]
        if len(self._events) > 1:
            busy = max(send.at - first - (self._idle - idle), APART)
            self.rate = (self._accepted(first, send.at) + 1) / busy
        elif self._sends:
            since = self._sends[0].at
            # A guess: the bucket may have been full when this began. The next refusals correct it.
            self.rate = max(self._accepted(since - 1, send.at), 1) / max(send.at - since, APART)

    def idles(self, seconds: float) -> None:
        """So long nothing will be sent because of a refusal: the endpoint may let in less than it would."""
        self._last_idle = seconds
        self._idle += seconds

    def forget(self) -> None:
        """The refusals showed no rate."""
        self._events.clear()
        self.rate = None
        self.accepted_since = 0

    def pace(self) -> float | None:
        """Requests per second to send at; None while nothing was refused."""
        if self.rate is None:
            return None
        return self.rate * (CAUTION + (GROWTH + DOUBT / len(self._events) ** 3) * self.accepted_since)

    def _accepted(self, after: float, until: float) -> int:
        count = 0
        for send in reversed(self._sends):
            if send.at <= after:
                break
            count += send.at <= until and not send.refused
        return count


class Probe:
    """Whether refusals come from a rate: see the module. Times are seconds of one clock."""

    def __init__(self) -> None:
        self.left = 0
        self.confirmed = False
        self._certain = False
        self._refused = self._failed = 0
        self._longest = 0.0
        self._first: float | None = None
        self._last = 0.0
        self._pending = False
        self._again = list(PROBES_AFTER)

    def begin(self, excess_of: float) -> None:
        """Lets so many requests go at once, and a few more."""
        self.left = int(excess_of) + PROBE_EXCESS
        self._refused = 0
        self._first = None
        self._longest = 2 * PROBE_SPACING * self.left + 0.05
        self._pending = True

    def is_due(self, accepted: int) -> bool:
        """Whether a limit that was confirmed should be doubted again."""
        if self.confirmed and not self._certain and self._again and accepted >= self._again[0]:
            self._again.pop(0)
            return True
        return False

    def delay(self, now: float) -> float:
        """Seconds until the probe's next request."""
        return max(0.0, self._last + PROBE_SPACING - now)

    def sent(self, now: float) -> None:
        """One of the probe's requests goes out."""
        self.left -= 1
        self._first = now if self._first is None else self._first
        self._last = now

    def refused(self, gated: bool) -> None:
        """One of them was refused: two of a probe show a rate, and so do two probes with one where a gate ends each."""
        self._refused += 1
        self._failed += gated
        if gated or self._refused > 1:
            self._pending, self.left = False, 0
            self.confirmed = self._refused > 1 or self._failed > 1
            self._certain = self._certain or self._refused > 1

    def passed(self, now: float) -> bool:
        """Whether all went through, told once. Requests that came too slowly to exceed anything show nothing."""
        if self._pending and self.left == 0 and now - self._last > PROBE_VERDICT:
            self._pending = False
            if self._first is not None and self._last - self._first <= self._longest:
                self.confirmed, self._failed = False, 0
                return True
        return False

    @property
    def running(self) -> bool:
        """Whether its verdict is open."""
        return self._pending
