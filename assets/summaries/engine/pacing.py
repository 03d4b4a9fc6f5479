"""When the next request may go: limits that are set, that headers tell, or that refusals teach; one gate for all."""

from __future__ import annotations

from dataclasses import dataclass

from assets.summaries.engine.learning import RANDOM_FOR, WORKS, Probe, RateLearner, Send

BURST = 4.0
"""Requests that may follow at once when the pace was not used for a moment."""
IDLE = 0.3
"""Share of a wait after a refusal in which the endpoint is taken to have saved nothing up for later."""
DOUBT_EXCESS = 3
"""Requests of a doubting probe beyond those of another."""
FIRST_PROBE, LONGEST_PROBE = 0.25, 10.0
"""Seconds of waiting after a refusal that names no time; doubled while nothing is accepted."""


@dataclass(frozen=True)
class Allowance:
    """What an endpoint's headers say may still be used of requests or tokens."""

    limit: float
    remaining: float
    per_second: float


class Bucket:
    """Lets so much per second pass, and a burst after a pause; a rate of None lets everything pass."""

    def __init__(self, rate: float | None, burst: float) -> None:
        self.rate = rate
        self.burst = burst
        self.level = burst
        self._at: float | None = None

    def delay(self, amount: float, now: float) -> float:
        """Seconds until the amount may pass."""
        if self.rate is None:
            return 0.0
        if self._at is not None:
            self.level = min(self.burst, self.level + (now - self._at) * self.rate)
        self._at = now
        return max(0.0, (min(amount, self.burst) - self.level) / self.rate)

    def take(self, amount: float) -> None:
        """The amount passes."""
        if self.rate is not None:
            self.level -= amount

    def told(self, allowance: Allowance, used_since: float, now: float) -> None:
        """The other side's own bucket, as it is now."""
        self.rate = max(allowance.per_second, self.rate or 0.0)
        self.burst = max(allowance.limit, 1.0)
        self.level = min(allowance.remaining - used_since, self.burst)
        self._at = now


class Pacer:
    """One for all requests of an endpoint."""

    def __init__(self, requests_per_minute: float | None, tokens_per_minute: float | None) -> None:
        self.learner = RateLearner()
        per_second = requests_per_minute / 60 if requests_per_minute else None
        tokens = tokens_per_minute / 60 if tokens_per_minute else None
        self._set = Bucket(per_second, min(BURST, max(1.0, (per_second or 0.0) / 20)))
        self._learned = Bucket(None, BURST)
        self._headers = Bucket(None, 1.0)
        self._set_tokens = Bucket(tokens, (tokens or 0.0) * 15)
        self._header_tokens = Bucket(None, 1.0)
        self._probe = Probe()
        self._gate = 0.0
        self._mean_tokens = 0.0
        self._seen = 0
        self._last = 0
        self._random_until = 0
        self._random_for = RANDOM_FOR
        self._doubted: float | None = None

    def rate(self) -> float | None:
        """Requests per second in the long run; None where no limit is known."""
        known = [rate for rate in (self._set.rate, self._headers.rate, self.learner.pace()) if rate is not None]
        return min(known) if known else None

    def delay(self, now: float, estimate: int) -> float:
        """Seconds until a request of about so many tokens may go."""
        if self._probe.passed(now):
            self.learner.forget()
            if self._probe.doubts:
                self._random_until = self.learner.sends + self._random_for
                self._random_for *= 2
                self._doubted = None
        elif self._is_in_doubt():
            self._doubted = self.learner.pace()
            self._probe.begin(DOUBT_EXCESS, doubts=True)
        elif self._probe.is_due(self.learner.accepted_since):
            self._probe.begin(0)
        self._learned.rate = self.learner.pace()
        learned = self._learned.delay(1.0, now)
        if self._probe.left > 0:
            learned = self._probe.delay(now)
        expected = self._expected(estimate)
        return max(
            0.0,
            self._gate - now,
            self._set.delay(1.0, now),
            learned,
            self._headers.delay(1.0, now),
            self._set_tokens.delay(expected, now),
            self._header_tokens.delay(expected, now),
        )

    def sent(self, now: float, estimate: int) -> Send:
        """A request goes out now."""
        for bucket in (self._set, self._learned, self._headers):
            bucket.take(1.0)
        for bucket in (self._set_tokens, self._header_tokens):
            bucket.take(self._expected(estimate))
        send = self.learner.sent(now)
        if self._probe.left > 0 and self.learner.rate is not None:
            send.probing = True
            self._probe.sent(now)
        return send

    def answered(
        self,
        send: Send,
        now: float,
        tokens: int | None = None,
        requests_left: Allowance | None = None,
        tokens_left: Allowance | None = None,
    ) -> None:
        """The request was let in, used so many tokens (None where the endpoint does not say) and told this."""
        self.learner.answered(send)
        if tokens:
            self._seen += 1
            self._mean_tokens += (tokens - self._mean_tokens) / min(self._seen, 50)
        if send.number > self._last:
            self._last = send.number
            since = self.learner.sends - send.number
            if requests_left:
                self._headers.told(requests_left, since, now)
            if tokens_left:
                self._header_tokens.told(tokens_left, since * self._expected(tokens or 0), now)

    def refused(self, send: Send, now: float, wait: float | None) -> None:
        """A 429: everybody waits, as long as the endpoint says, or else longer each time."""
        if wait is None and self.learner.sends < self._random_until and self.learner.lets_in(WORKS):
            self.learner.passed_over(send)  # the paper waits for its own next attempt, and nobody else for it
            return
        if wait is not None:
            self.learner.told(wait)
        probing = send.probing and self._probe.running
        if not probing and self.learner.accepted_since <= 2 * self._learned.burst and self.learner.rate is not None:
            self._learned.burst = max(1.0, self._learned.burst / 2)
        # A probe's own refusals come too early to measure a rate by.
        self.learner.refused(send, counts=not probing)
        # Nothing has been saved up: the bucket on the other side is empty, too.
        self._learned.level = min(self._learned.level, 0.0)
        if probing:
            self._probe.refused(gated=wait is not None)
            if wait is None:
                return
        in_a_row = self.learner.refusals_in_a_row
        if wait is None:
            pace = self.learner.pace()
            wait = FIRST_PROBE if pace is None else min(1.0 / pace, FIRST_PROBE)
            if in_a_row > 1:
                wait = min(FIRST_PROBE * 2.0 ** min(in_a_row - 1, 10), LONGEST_PROBE)
        longer = now + wait - max(self._gate, now)
        if in_a_row <= 1 and longer > 0:
            self.learner.idles(IDLE * longer)
        self.close(now + wait)
        if not self._probe.confirmed and not self._probe.running:
            self._probe.begin((self.learner.pace() or 0.0) * min(wait, 1.0))

    def close(self, until: float) -> None:
        """Nothing goes out before this time."""
        self._gate = max(self._gate, until)

    def _is_in_doubt(self) -> bool:
        """Whether refusals go on although the pace follows them: at first, and whenever it has sunk by half since."""
        pace = self.learner.pace()
        if pace is None or self._probe.running or not self.learner.is_doubtful:
            return False
        return self._doubted is None or pace < self._doubted / 2

    def _expected(self, estimate: int) -> float:
        return self._mean_tokens if self._seen >= 5 else float(estimate)
