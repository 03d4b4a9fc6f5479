"""Endpoints that refuse, in a time that is only counted: how long a day takes at each, and how often it is refused."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass

from assets.summaries.engine.concurrency import Concurrency
from assets.summaries.engine.learning import Send
from assets.summaries.engine.pacing import Pacer

Endpoint = Callable[[float], "Answer"]
LATENCY, TOKENS, MOST_SECONDS = 0.05, 500, 20_000.0


@dataclass(frozen=True)
class Answer:
    """Whether a request is let in, and else the wait in seconds that the refusal names."""

    let_in: bool
    wait: float | None = None


def bucket(rate: float, burst: float, *, tells: bool = False) -> Endpoint:
    """Refills `rate` a second, holds at most `burst`, and says (or not) when there is one more."""
    level, at = burst, 0.0

    def ask(now: float) -> Answer:
        nonlocal level, at
        level, at = min(burst, level + (now - at) * rate), now
        if level < 1:
            return Answer(False, (1 - level) / rate if tells else None)
        level -= 1
        return Answer(True)

    return ask


def window(requests: int, seconds: float) -> Endpoint:
    """So many requests in each window of so many seconds."""
    used: dict[int, int] = {}

    def ask(now: float) -> Answer:
        place = int(now / seconds)
        used[place] = used.get(place, 0) + 1
        return Answer(used[place] <= requests)

    return ask


def at_random(share: float, wait: float | None = None) -> Endpoint:
    """Refuses this share of the requests whenever they come."""
    drawn = random.Random(1)
    return lambda _: Answer(False, wait) if drawn.random() < share else Answer(True)


def day(endpoint: Endpoint, papers: int) -> tuple[float, int]:
    """Seconds until all papers are let in (at most MOST_SECONDS), and the refusals on the way."""
    drawn = random.Random(3)
    pacer, concurrency = Pacer(None, None), Concurrency(64)
    waiting = [(0.0, number, 0) for number in range(papers)]
    flying: list[tuple[float, int, int, Send, Answer]] = []
    now, refused, left = 0.0, 0, papers
    while left and now < MOST_SECONDS:
        while flying and flying[0][0] <= now:
            _, number, tries, send, answer = heapq.heappop(flying)
            if answer.let_in:
                left -= 1
                pacer.answered(send, now, TOKENS)
                concurrency.succeeded(len(flying) + 1)
                continue
            refused += 1
            pacer.refused(send, now, answer.wait)
            concurrency.refused(now, LATENCY, len(flying) + 1, pacer.learner.refusals_in_a_row)
            pause = 0.0 if answer.wait else drawn.random() * min(0.25 * 2.0 ** min(tries, 5), 8.0)
            heapq.heappush(waiting, (now + pause, number, tries + 1))
        moments = [flight[0] for flight in flying[:1]]
        if waiting and len(flying) < concurrency.allowed:
            delay = max(waiting[0][0] - now, pacer.delay(now, TOKENS))
            if delay <= 1e-9:
                _, number, tries = heapq.heappop(waiting)
                arrival = now + LATENCY * (0.7 + 0.6 * drawn.random())
                heapq.heappush(flying, (arrival, number, tries, pacer.sent(now, TOKENS), endpoint(now)))
                continue
            moments.append(now + delay)
        now = max(min(moments, default=now), now + 1e-4)
    return now, refused
