"""Days through an endpoint's batches: in as few as possible, in any order, and paid for once."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from assets.errors import InputError
from assets.summaries.engine.batches.summarizer import OpenAIBatchSummarizer
from assets.summaries.engine.settings import EngineSettings, Price
from assets.summaries.schema import SUMMARIES
from tests.emulators.llm.behaviour import BatchBehaviour, Behaviour
from tests.emulators.llm.server import serving
from tests.summaries.engine.papers import assert_sound, done, engine, real, sample, statuses

if TYPE_CHECKING:
    from pathlib import Path

    from assets.summaries.engine.progress import Progress
    from tests.emulators.llm.server import Running

PRICES = {"emulated": Price(1.0, 4.0)}
Days = dict[str, pl.DataFrame]


def batch_engine(endpoint: Running, folder: Path, **settings: Any) -> OpenAIBatchSummarizer:
    """A summarizer that asks often how far its batches are."""
    given: dict[str, Any] = {
        "model": "emulated", "deadline_seconds": 4.0, "outage_seconds": 1.0, "batch_polls": (0.02, 0.1),
        "prices": PRICES, "attempts": 3,
    } | settings  # fmt: skip
    return OpenAIBatchSummarizer(EngineSettings(base_url=endpoint.base_url, journal=folder, **given))


def days(count: int, papers: int) -> Days:
    """So many days of so many different papers."""
    frame = sample(count * papers)
    return {
        f"2026-01-{number + 1:02}": frame.slice(number * papers, papers).with_columns(
            day=pl.lit(f"2026-01-{number + 1:02}").str.to_date()
        )
        for number in range(count)
    }


def make(summarizer: OpenAIBatchSummarizer, made: Days, before: Days | None = None) -> Days:
    """What the asset does with a run of days."""
    had = before or {}
    summarizer.prepare(list(made), ["en"], lambda day: (made[day], had.get(day, SUMMARIES.empty())))
    return {day: summarizer.summarize(papers, ["en"], had.get(day, SUMMARIES.empty())) for day, papers in made.items()}


def answers(endpoint: Running) -> int:
    return sum(endpoint.served.answers.values())


def test_the_days_of_a_run_go_into_one_batch_at_half_the_price(tmp_path: Path) -> None:
    papers = days(4, 6)
    with serving(Behaviour()) as endpoint:
        rows = make(batch_engine(endpoint, tmp_path), papers)
        assert endpoint.served.batches == 1
        # One paper is asked live, so that a wrong key or form shows before a batch is sent.
        assert len(endpoint.served.submitted) == 23
        assert answers(endpoint) == 24
        assert all(name != "" for name, _ in endpoint.emulator.batches.files.values())
    for day, frame in papers.items():
        assert_sound(frame, rows[day])
        assert done(rows[day]) == 6
    full = [
        PRICES["emulated"].cost(row["input_tokens"], row["output_tokens"])
        for day in rows
        for row in rows[day].to_dicts()
    ]
    paid = [row["cost_usd"] for day in rows for row in rows[day].to_dicts()]
    assert paid[1:] == [pytest.approx(cost / 2) for cost in full[1:]]
    assert paid[0] == full[0]


def test_real_papers_come_back_whole_and_matched_whatever_their_order(tmp_path: Path) -> None:
    papers = real(60)
    with serving(Behaviour(single_backslashes=True)) as endpoint:
        live = engine(endpoint.base_url, tmp_path / "live").summarize(papers, ["en"], SUMMARIES.empty())
        rows = batch_engine(endpoint, tmp_path / "batch").summarize(papers, ["en"], SUMMARIES.empty())
    assert_sound(papers, rows)
    assert rows["tldr"].to_list() == live["tldr"].to_list()


def test_switching_between_live_and_batch_pays_for_nothing_twice(tmp_path: Path) -> None:
    papers = sample(12)
    with serving(Behaviour()) as endpoint:
        live = engine(endpoint.base_url, tmp_path).summarize(papers.head(6), ["en"], SUMMARIES.empty())
        batch_engine(endpoint, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        rows = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        assert answers(endpoint) == 12
    assert done(rows) == 12
    assert rows["tldr"].to_list()[:6] == live["tldr"].to_list()


def test_large_runs_are_divided_into_batches_that_the_endpoint_takes(tmp_path: Path) -> None:
    papers = days(2, 13)
    with serving(Behaviour()) as endpoint:
        rows = make(batch_engine(endpoint, tmp_path / "requests", batch_requests=10), papers)
        assert endpoint.served.batches == 3
        make(batch_engine(endpoint, tmp_path / "bytes", batch_bytes=40_000), papers)
        sizes = [
            len(content) for name, content in endpoint.emulator.batches.files.values() if name.startswith("almanac")
        ]
        assert max(sizes, default=0) <= 40_000
        assert endpoint.served.batches > 5
    assert sum(done(frame) for frame in rows.values()) == 26


def test_what_a_batch_leaves_out_is_asked_again_in_another(tmp_path: Path) -> None:
    papers = days(2, 20)
    with serving(Behaviour(faults={"error_500": 0.2, "reset": 0.2}, faulty_attempts=1, seed=2)) as endpoint:
        rows = make(batch_engine(endpoint, tmp_path), papers)
        served = endpoint.served
        assert served.faults["error_500"] > 0 < served.faults["lost"]
        assert served.batches == 2
        assert set(served.answers.values()) == {1}
    assert sum(done(frame) for frame in rows.values()) == 40


@pytest.mark.parametrize("kind", ["missing_field", "invented_number", "single_backslash", "truncated"])
def test_only_bad_fields_are_asked_again_live_where_they_are_few(tmp_path: Path, kind: str) -> None:
    papers = sample(16)
    with serving(Behaviour(faults={kind: 1.0}, faulty_attempts=1)) as endpoint:
        rows = batch_engine(endpoint, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        assert endpoint.served.batches == 1
    assert_sound(papers, rows)
    assert set(rows["model"]) == {"emulated"}
    assert kind == "single_backslash" or set(rows["attempts"]) == {2}


def test_many_bad_fields_go_into_a_further_batch(tmp_path: Path) -> None:
    papers = sample(16)
    with serving(Behaviour(faults={"missing_field": 1.0}, faulty_attempts=1)) as endpoint:
        rows = batch_engine(endpoint, tmp_path, batch_repairs=10).summarize(papers, ["en"], SUMMARIES.empty())
        assert endpoint.served.batches == 2
        # The repair of the paper that was asked live stands in the first one.
        assert len(endpoint.served.submitted) == 31
    assert statuses(rows) == {"repaired": 16}


def test_a_batch_that_expires_keeps_what_it_has_and_the_rest_goes_into_another(tmp_path: Path) -> None:
    papers = sample(21)
    with serving(Behaviour(batches=BatchBehaviour(expired=1))) as endpoint:
        rows = batch_engine(endpoint, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        assert (endpoint.served.batches, answers(endpoint)) == (2, 21)
    assert done(rows) == 21


def test_batches_that_expire_again_and_again_leave_papers_pending_for_the_next_run(tmp_path: Path) -> None:
    papers = sample(9)
    with serving(Behaviour(batches=BatchBehaviour(expired=3, answered_share=0.0))) as endpoint:
        first = batch_engine(endpoint, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        assert endpoint.served.batches == 3
        assert statuses(first) == {"complete": 1, "pending": 8}
        assert all("expired" in reason for reason in first.filter(pl.col("status") == "pending")["reason"])
        second = batch_engine(endpoint, tmp_path).summarize(papers, ["en"], first)
        assert (endpoint.served.batches, answers(endpoint)) == (4, 9)
    assert done(second) == 9


def test_a_batch_that_a_person_cancels_keeps_what_it_has(tmp_path: Path) -> None:
    papers = sample(13)
    told: list[Progress] = []
    with serving(Behaviour(batches=BatchBehaviour(seconds=3_600))) as endpoint:
        batches = endpoint.emulator.batches

        def cancel(progress: Progress) -> None:
            told.append(progress)
            endpoint.emulator.behave(Behaviour())
            for batch in batches.batches.values():
                if batch.status == "in_progress":
                    batches._end(batch, "cancelled")

        summarizer = batch_engine(endpoint, tmp_path)
        summarizer.prepare(["2026-01-30"], ["en"], lambda _: (papers, SUMMARIES.empty()), cancel)
        rows = summarizer.summarize(papers, ["en"], SUMMARIES.empty())
        assert answers(endpoint) == 13
    assert done(rows) == 13
    assert (told[0].done, told[0].in_flight) == (0, 12)


def test_a_batch_that_is_refused_is_made_again_and_then_given_up(tmp_path: Path) -> None:
    papers = sample(5)
    with serving(Behaviour(batches=BatchBehaviour(broken={"validation": 1}))) as endpoint:
        rows = batch_engine(endpoint, tmp_path / "once").summarize(papers, ["en"], SUMMARIES.empty())
        assert done(rows) == 5
        endpoint.emulator.behave(Behaviour(batches=BatchBehaviour(broken={"validation": 100})))
        rows = batch_engine(endpoint, tmp_path / "ever").summarize(papers, ["en"], SUMMARIES.empty())
        assert endpoint.served.batches == 5
    assert statuses(rows) == {"complete": 1, "pending": 4}
    assert all("rejected the batch" in reason and "no JSON" in reason for reason in rows["reason"][1:])


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"quota": 0}, "quota"),
        ({"quota": 1}, "quota"),
        ({"key": "right"}, "key"),
        ({"models": ("another",)}, "model"),
        ({"batches": BatchBehaviour(offered=False)}, "no batches"),
        ({"outage": True}, "not answer"),
    ],
    ids=["quota", "quota-in-the-batch", "key", "model", "no-batches", "outage"],
)
def test_what_no_retry_can_mend_stops_all_days_and_says_why(tmp_path: Path, change: dict[str, Any], word: str) -> None:
    papers = days(2, 4)
    with serving(dataclasses.replace(Behaviour(), **change)) as endpoint:
        rows = make(batch_engine(endpoint, tmp_path), papers)
        assert answers(endpoint) <= 1
        left = pl.concat(rows.values()).filter(pl.col("status") == "pending")
        assert left.height >= 7
        assert all(word in reason for reason in left["reason"])
        endpoint.emulator.behave(Behaviour())
        healed = make(batch_engine(endpoint, tmp_path), papers, rows)
        assert answers(endpoint) == 8
    assert sum(done(frame) for frame in healed.values()) == 8


def test_a_limit_of_all_that_is_enqueued_is_kept(tmp_path: Path) -> None:
    papers = sample(30)
    with serving(Behaviour(batches=BatchBehaviour(enqueued_tokens=12_000, seconds=0.05))) as endpoint:
        rows = batch_engine(endpoint, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        assert 3 < endpoint.served.batches < 20
        assert set(endpoint.served.answers.values()) == {1}
    assert done(rows) == 30


def test_the_cost_cap_holds_before_and_after_a_batch(tmp_path: Path) -> None:
    papers = days(2, 20)
    cap = 0.01
    with serving(Behaviour()) as endpoint:
        first = make(batch_engine(endpoint, tmp_path, max_cost_usd=cap), papers)
        again = make(batch_engine(endpoint, tmp_path, max_cost_usd=cap), papers, first)
    for rows in again.values():
        assert 0.4 * cap < sum(rows["cost_usd"]) <= cap
        left = rows.filter(pl.col("status") == "pending")
        assert left.height > 0
        assert all("ALMANAC_MAX_COST_USD" in reason for reason in left["reason"])


def test_a_day_whose_budget_is_spent_keeps_no_other_day_from_being_asked_for(tmp_path: Path) -> None:
    papers = days(2, 30)
    first, second = papers
    papers[second] = papers[second].head(12)
    with serving(Behaviour()) as endpoint:
        cap = {"prices": PRICES, "max_cost_usd": 0.02}
        before = {first: engine(endpoint.base_url, tmp_path, **cap).summarize(papers[first], ["en"], SUMMARIES.empty())}
        assert statuses(before[first])["pending"] > 0
        summarizer = batch_engine(endpoint, tmp_path, **cap)
        made = make(summarizer, papers, before)
        assert endpoint.served.batches > 0
        assert summarizer.stopped is None
    assert done(made[second]) == 12
    left = made[first].filter(status="pending")
    assert all("ALMANAC_MAX_COST_USD" in reason for reason in left["reason"])


def test_the_same_abstract_on_two_days_stands_in_a_batch_once(tmp_path: Path) -> None:
    papers = days(1, 6)
    papers["2026-01-02"] = papers["2026-01-01"].with_columns(day=pl.lit("2026-01-02").str.to_date())
    with serving(Behaviour()) as endpoint:
        rows = make(batch_engine(endpoint, tmp_path), papers)
        assert answers(endpoint) == 6
    assert [done(frame) for frame in rows.values()] == [6, 6]


def test_a_day_that_cannot_be_read_keeps_no_other_from_being_asked_for(tmp_path: Path) -> None:
    papers = days(2, 4)

    def read(day: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        if day == "2026-01-01":
            raise InputError("the day is damaged")
        return papers[day], SUMMARIES.empty()

    with serving(Behaviour()) as endpoint:
        batch_engine(endpoint, tmp_path).prepare(list(papers), ["en"], read)
        assert answers(endpoint) == 4
