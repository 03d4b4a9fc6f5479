"""What refusals teach about an endpoint's rate.

A token bucket that refuses shows its rate exactly: it was empty at both of two refusals, so what it accepted between
them is what it refilled. `RateLearner` keeps those moments; requests then go a little slower than that rate and, while
nothing is refused, slowly faster, so that about one request in a few hundred finds the limit again.

Some endpoints refuse at random, because they are busy. A `Probe` tells: a few requests more than the rate would allow
go out at once; if they pass, there is no such rate. An endpoint that refuses many at random fails such a probe, too,
and would be asked slower and slower, for what it accepts is always less than what it is asked. Where refusals go on
although the pace follows them, a probe *doubts*: it goes on to its end, and the share that is refused tells. Where
refusals say how long to wait, no probe can go on; the pace then sinks no lower than what they say, while that works.
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
DOUBT_RUN = 25
"""Accepted requests between two refusals, on average, below which a learned pace does not explain them: it lies
under the rate, so that refusals should come hundreds of requests apart."""
DOUBT_VERDICT = 0.6
"""Seconds after the last request of a doubting probe until all its refusals are known."""
OUTCOMES, WORKS = 30, 0.1
"""Latest requests, and the share of them that has to be let in: with fewer, the endpoint is closed and does not refuse
at random."""
LET_IN = 3
"""Requests of a doubting probe that no endpoint with the learned rate would let in."""
RANDOM_FOR = 200
"""Requests for which refusals then teach nothing; twice as many the next time."""
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
        self.events = 0
        self._floor: float | None = None
        self._outcomes: deque[bool] = deque(maxlen=OUTCOMES)
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
        self._outcomes.append(True)
        self.refusals_in_a_row = 0

    def refused(self, send: Send, *, counts: bool = True) -> None:
        """The endpoint refused the request for its rate; `counts` says whether that measures it."""
        send.refused = True
        self._outcomes.append(False)
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
        self.events += 1
        self.accepted_since = 0
        first, idle = self._events[0]
        if len(self._events) > 1:
            busy = max(send.at - first - (self._idle - idle), APART)
            self.rate = (self._accepted(first, send.at) + 1) / busy
        elif self._sends:
            since = self._sends[0].at
            # A guess: the bucket may have been full when this began. The next refusals correct it.
            self.rate = max(self._accepted(since - 1, send.at), 1) / max(send.at - since, APART)

    def passed_over(self, send: Send) -> None:
        """The endpoint refused the request, which is known to mean nothing."""
        send.refused = True
        self._outcomes.append(False)

    def lets_in(self, share: float) -> bool:
        """Whether at least this share of the latest requests were let in, as far as is known."""
        return len(self._outcomes) < OUTCOMES or sum(self._outcomes) >= share * OUTCOMES

    @property
    def is_doubtful(self) -> bool:
        """Whether refusals come much too often for an endpoint that has the learned rate."""
        if len(self._events) < REFUSALS_KEPT:
            return False
        first, last = self._events[REFUSALS_KEPT // 2 - 1][0], self._events[-1][0]
        return self._accepted(first, last) < DOUBT_RUN * REFUSALS_KEPT // 2

    def told(self, wait: float) -> None:
        """The endpoint says that one more request may come after so many seconds: it is no slower than that."""
        says = CAUTION / max(wait, APART)
        if self._floor == 0.0:
            return
        self._floor = says if self._floor is None else min(says, self._floor + (says - self._floor) / REFUSALS_KEPT)
        if self.is_doubtful and not self.lets_in(WORKS):
            self._floor = 0.0  # what it says of one request does not hold for all: never again

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
        learned = self.rate * (CAUTION + (GROWTH + DOUBT / len(self._events) ** 3) * self.accepted_since)
        return max(learned, self._floor) if self._floor and self.is_doubtful else learned

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
        self._refused = self._failed = self._sent = 0
        self._doubts = False
        self._longest = 0.0
        self._first: float | None = None
        self._last = 0.0
        self._pending = False
        self._again = list(PROBES_AFTER)

    def begin(self, excess_of: float, *, doubts: bool = False) -> None:
        """Lets so many requests go at once, and a few more; with `doubts`, its end is not the second refusal."""
        self.left = int(excess_of) + PROBE_EXCESS
        self._refused = self._sent = 0
        self._doubts = doubts
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
        self._sent += 1
        self._first = now if self._first is None else self._first
        self._last = now

    def refused(self, gated: bool) -> None:
        """One of them was refused: two of a probe show a rate, and so do two probes with one where a gate ends each."""
        self._refused += 1
        if self._doubts and not gated:
            return
        self._failed += gated
        if gated or self._refused > 1:
            self._pending, self.left = False, 0
            self.confirmed = self._refused > 1 or self._failed > 1
            self._certain = self._certain or self._refused > 1

    def passed(self, now: float) -> bool:
        """Whether all went through, told once. Requests that came too slowly to exceed anything show nothing."""
        if self._pending and self.left == 0 and now - self._last > (DOUBT_VERDICT if self._doubts else PROBE_VERDICT):
            self._pending = False
            if self._doubts:
                # With the rate that was learned, all but what was saved up would have been refused.
                self.confirmed = self._certain = self._sent - self._refused < LET_IN
                return not self.confirmed
            if self._first is not None and self._last - self._first <= self._longest:
                self.confirmed, self._failed = False, 0
                return True
        return False

    @property
    def doubts(self) -> bool:
        """Whether the latest probe doubted a rate."""
        return self._doubts

    @property
    def running(self) -> bool:
        """Whether its verdict is open."""
        return self._pending
