"""How fast requests go out: as fast as the endpoint bears, and no faster."""

from __future__ import annotations

import email.utils
import time
from typing import TYPE_CHECKING

import pytest

from assets.summaries.engine.concurrency import Concurrency
from assets.summaries.engine.faults import retry_after
from assets.summaries.engine.pacing import Pacer
from assets.summaries.schema import SUMMARIES
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.summaries.engine.endpoints import Endpoint, at_random, bucket, day, window
from tests.summaries.engine.papers import done, engine, sample

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulators.llm.behaviour import RetryAfter


def round_trip(concurrency: Concurrency) -> int:
    """As many answers as requests are allowed, and then as many are allowed again."""
    for _ in range(concurrency.allowed):
        concurrency.succeeded(concurrency.allowed)
    return concurrency.allowed


def test_the_requests_in_flight_double_until_the_endpoint_resists_and_then_grow_by_one() -> None:
    concurrency = Concurrency(64)
    first = concurrency.allowed
    assert [round_trip(concurrency) for _ in range(4)] == [2 * first, 4 * first, 64, 64]
    concurrency.congested(now=10.0, round_trip=1.0, in_flight=64)
    assert concurrency.allowed == 44
    assert [round_trip(concurrency) for _ in range(3)] == [45, 46, 47]


def test_all_that_fails_within_a_round_trip_counts_once() -> None:
    concurrency = Concurrency(64)
    while concurrency.allowed < 64:
        round_trip(concurrency)
    for moment in (10.0, 10.2, 10.9):
        concurrency.congested(moment, 1.0, 64)
    assert concurrency.allowed == 44
    concurrency.congested(11.1, 1.0, 44)
    assert concurrency.allowed == 30


def test_fewer_are_allowed_after_what_was_really_in_flight_and_never_none() -> None:
    concurrency = Concurrency(64)
    while concurrency.allowed < 64:
        round_trip(concurrency)
    concurrency.congested(1.0, 1.0, 10)
    assert concurrency.allowed == 7
    for moment in range(2, 20):
        concurrency.congested(float(moment), 1.0, 1)
    assert concurrency.allowed == 1


def test_what_is_not_used_does_not_grow() -> None:
    concurrency = Concurrency(64)
    before = concurrency.allowed
    for _ in range(100):
        concurrency.succeeded(1)
    assert concurrency.allowed == before


def test_the_time_to_wait_is_read_as_servers_write_it() -> None:
    soon = email.utils.formatdate(time.time() + 30, usegmt=True)
    past = email.utils.formatdate(time.time() - 30, usegmt=True)
    assert retry_after({"retry-after-ms": "1500", "retry-after": "9"}) == 1.5
    assert retry_after({"retry-after": "2.5"}) == 2.5
    assert 28 <= (retry_after({"retry-after": soon}) or 0) <= 30
    assert retry_after({"retry-after": past}) == 0
    assert retry_after({"retry-after": "later"}) is None
    assert retry_after({"retry-after-ms": "soon", "retry-after": "3"}) == 3
    assert retry_after({}) is None


@pytest.mark.parametrize("form", ["ms", "seconds", "date"])
def test_a_time_that_the_endpoint_names_is_waited_for_by_all(tmp_path: Path, form: RetryAfter) -> None:
    papers = sample(30)
    with serving(Behaviour(window=(12, 2.0), retry_after=form)) as endpoint:
        rows = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        # Those that were on their way when a window closed, and one that looks whether it is open again.
        assert endpoint.served.faults["limited"] <= 30
        assert sum(endpoint.served.answers.values()) == 30
    assert done(rows) == 30
    assert set(rows["status"]) == {"complete"}


def test_a_limit_of_tokens_in_headers_is_learned_before_it_is_met(tmp_path: Path) -> None:
    limited = Behaviour(tokens_per_minute=60_000, limit_headers=True, latency=0.05, token_burst=20_000)
    with serving(limited) as endpoint:
        rows = engine(endpoint.base_url, tmp_path).summarize(sample(24), ["en"], SUMMARIES.empty())
        # The first ten go out before any header can tell.
        assert endpoint.served.faults["limited"] <= 10
    assert done(rows) == 24


def sent_in(pacer: Pacer, seconds: float, tokens: int) -> int:
    """Tokens that a pacer lets out in so many seconds of a clock of its own, by requests of so many each."""
    now, used = 0.0, 0
    while now <= seconds:
        if (delay := pacer.delay(now, tokens)) > 0:
            now += delay
            continue
        pacer.answered(pacer.sent(now, tokens), now, tokens)
        used += tokens
    return used


def test_limits_that_are_set_are_kept_and_used() -> None:
    # A quarter of a minute may be used at once after a pause, and never more than the limit in the long run.
    assert 120_000 <= sent_in(Pacer(None, 60_000), 120, 1_000) <= 120_000 + 15_000 + 1_000
    assert 120 <= sent_in(Pacer(60, None), 120, 1) <= 126
    assert 30_000 <= sent_in(Pacer(60, 15_000), 120, 1_000) <= 35_000


def test_a_request_that_hangs_is_overtaken_by_a_second_one(tmp_path: Path) -> None:
    papers = sample(60)
    with serving(Behaviour(latency=0.03, faults={"hang": 0.05}, faulty_attempts=1, seed=6)) as endpoint:
        summarizer = engine(endpoint.base_url, tmp_path, deadline_seconds=60.0)
        rows = summarizer.summarize(papers, ["en"], SUMMARIES.empty())
        hung = endpoint.served.faults["hang"]
    report = summarizer.report
    assert report is not None
    assert report.hedged >= hung > 0
    assert report.timed_out == 0
    assert done(rows) == 60


def test_a_machine_that_needs_longer_than_the_deadline_and_does_one_thing_at_a_time_makes_the_day(
    tmp_path: Path,
) -> None:
    papers = sample(8)
    with serving(Behaviour(latency=0.6, slots=1)) as endpoint:
        summarizer = engine(endpoint.base_url, tmp_path, deadline_seconds=0.4, outage_seconds=0.5)
        rows = summarizer.summarize(papers, ["en"], SUMMARIES.empty())
    assert done(rows) == papers.height
    assert summarizer.report is not None
    assert summarizer.report.timed_out > 0


def test_an_endpoint_that_takes_requests_and_never_answers_is_given_up(tmp_path: Path) -> None:
    with serving(Behaviour(faults={"hang": 1.0})) as endpoint:
        summarizer = engine(endpoint.base_url, tmp_path, deadline_seconds=0.3, outage_seconds=0.5)
        rows = summarizer.summarize(sample(12), ["en"], SUMMARIES.empty())
        assert not endpoint.served.answers
    assert set(rows["status"]) == {"pending"}
    assert all("not answered" in reason for reason in rows["reason"])
    assert summarizer.report is not None
    assert summarizer.report.requests < 30


@pytest.mark.parametrize(
    ("endpoint", "per_second", "refusals"),
    [
        (bucket(10, 10), 10, 45),
        (bucket(10, 10, tells=True), 10, 45),
        (bucket(0.5, 1), 0.5, 30),
        (bucket(2, 20), 2, 45),
        (window(10, 10), 1, 50),
    ],
)
def test_a_rate_that_refusals_show_is_kept_to(endpoint: Endpoint, per_second: float, refusals: int) -> None:
    seconds, refused = day(endpoint, 1_000)
    assert seconds < 1.1 * 1_000 / per_second
    assert refused < refusals


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.3, 0.4])
def test_an_endpoint_that_refuses_at_random_is_not_asked_slower_and_slower(share: float) -> None:
    seconds, refused = day(at_random(share), 1_000)
    assert seconds < 40
    assert refused < 1.15 * 1_000 * share / (1 - share)


@pytest.mark.parametrize("share", [0.1, 0.2, 0.4, 0.6])
def test_the_wait_that_random_refusals_name_is_kept_and_not_made_longer(share: float) -> None:
    seconds, refused = day(at_random(share, wait=0.2), 1_000)
    assert refused * 0.2 * 0.5 < seconds < 3 * (refused + 1_000) * 0.2
