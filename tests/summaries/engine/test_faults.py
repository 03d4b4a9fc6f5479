"""Each way in which an endpoint fails, over real sockets: no paper is lost, nothing broken is let through."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.summaries.engine.concurrency import FIRST
from assets.summaries.engine.faults import Kind, duration, fault_of_status, scrubbed
from assets.summaries.schema import SUMMARIES
from tests.emulators.llm.behaviour import CONTENT, FORMAT, OF_THE_PAPER, TRUNCATED, Behaviour
from tests.emulators.llm.server import serving
from tests.summaries.engine.answering import answering, refusal
from tests.summaries.engine.papers import assert_sound, done, engine, frame, sample, statuses

PAPERS = 16


def day(tmp_path: Path, behaviour: Behaviour, **settings: object) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, int]]:
    papers = sample(PAPERS)
    with serving(behaviour) as endpoint:
        rows = engine(endpoint.base_url, tmp_path, **settings).summarize(papers, ["en"], SUMMARIES.empty())
        return papers, rows, dict(endpoint.served.faults)


@pytest.mark.parametrize(
    "kind",
    ["rate_limit", "rate_limit_silent", "error_500", "error_502", "error_200", "reset", "html", "slow", "hang", "drip"],
)
def test_a_request_that_fails_on_the_way_is_sent_again(tmp_path: Path, kind: str) -> None:
    share = 0.05 if kind in ("hang", "drip") else 0.2
    papers, rows, faults = day(
        tmp_path, Behaviour(faults={kind: share}, seed=1, faulty_attempts=2), deadline_seconds=2.0
    )
    assert faults[kind] > 0
    assert done(rows) == PAPERS
    assert_sound(papers, rows)


@pytest.mark.parametrize("kind", FORMAT)
def test_a_broken_form_is_mended_without_a_word_lost(tmp_path: Path, kind: str) -> None:
    papers, rows, faults = day(tmp_path, Behaviour(faults={kind: 1.0}, faulty_attempts=1))
    assert faults[kind] == PAPERS
    assert set(statuses(rows)) <= {"complete", "repaired"}
    assert_sound(papers, rows)
    if kind not in TRUNCATED:
        # All words were there, so nothing had to be asked again.
        assert rows["attempts"].to_list() == [1] * PAPERS
        if kind != "inner_quotes":
            _, clean, _ = day(tmp_path / "clean", Behaviour())
            assert rows["tldr"].to_list() == clean["tldr"].to_list()
            assert rows["result"].to_list() == clean["result"].to_list()


@pytest.mark.parametrize("kind", CONTENT)
def test_only_what_is_bad_is_asked_for_again(tmp_path: Path, kind: str) -> None:
    papers, rows, faults = day(tmp_path, Behaviour(faults={kind: 1.0}, faulty_attempts=1))
    assert faults[kind] == PAPERS
    assert statuses(rows) == {"repaired": PAPERS} or kind in ("empty", "no_choices", "prose_only", "repeated_field")
    assert set(statuses(rows)) <= {"complete", "repaired"}
    assert_sound(papers, rows)


def test_a_good_field_keeps_the_text_of_the_first_answer(tmp_path: Path) -> None:
    papers = sample(4)
    with serving(Behaviour(faults={"invented_number": 1.0}, faulty_attempts=1)) as endpoint:
        engine(endpoint.base_url, tmp_path, max_concurrency=1).summarize(papers, ["en"], SUMMARIES.empty())
        schemas = [body["response_format"]["json_schema"]["schema"]["required"] for body in endpoint.served.bodies]
        seconds = [body["messages"][1]["content"] for body in endpoint.served.bodies[1::2]]
    assert all(len(first) == 7 and len(second) == 1 for first, second in zip(schemas[::2], schemas[1::2], strict=True))
    assert all("7351.25" in told for told in seconds)


@pytest.mark.parametrize("kind", OF_THE_PAPER)
def test_a_paper_that_the_model_refuses_gets_its_own_sentences_and_says_so(tmp_path: Path, kind: str) -> None:
    papers, rows, _ = day(tmp_path, Behaviour(faults={kind: 0.3}))
    fallen = rows.filter(pl.col("status") == "extractive")
    assert 0 < fallen.height < PAPERS
    assert all("the model refused" in reason for reason in fallen["reason"])
    assert_sound(papers, rows)


def test_a_fault_that_never_ends_falls_down_to_the_abstracts_own_sentences(tmp_path: Path) -> None:
    papers, rows, _ = day(tmp_path, Behaviour(faults={"invented_number": 1.0}))
    assert statuses(rows) == {"extractive": PAPERS}
    assert_sound(papers, rows)


def test_the_fallback_model_does_what_the_first_cannot(tmp_path: Path) -> None:
    papers = sample(6)
    with serving(Behaviour(faults={"refusal": 1.0}, faulty_attempts=1, models=("emulated", "other"))) as endpoint:
        rows = engine(endpoint.base_url, tmp_path, fallback_model="other").summarize(papers, ["en"], SUMMARIES.empty())
    assert_sound(papers, rows)
    assert set(rows["model"]) == {"other"}
    assert done(rows) == 6


def test_a_later_run_heals_the_rows_that_no_model_could_write(tmp_path: Path) -> None:
    papers = sample(10)
    with serving(Behaviour(faults={"refusal": 0.5}, seed=3)) as endpoint:
        before = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        fallen = statuses(before)["extractive"]
        endpoint.emulator.behave(Behaviour())
        served = sum(endpoint.served.answers.values())
        after = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], before)
        assert sum(endpoint.served.answers.values()) - served == fallen > 0
    assert done(after) == 10


@pytest.mark.parametrize("rejects", [(), ("schema",), ("schema", "tools"), ("schema", "tools", "json")])
def test_a_form_that_the_server_rejects_is_tried_once_for_all(tmp_path: Path, rejects: tuple[str, ...]) -> None:
    papers = sample(20)
    with serving(Behaviour(rejects=(*rejects, "temperature", "max_tokens"), latency=0.01)) as endpoint:
        summarizer = engine(endpoint.base_url, tmp_path)
        rows = summarizer.summarize(papers, ["en"], SUMMARIES.empty())
        assert list(endpoint.served.forms) == [("schema", "tools", "json", "plain")[len(rejects)]]
        assert sum(endpoint.served.answers.values()) == 20
        first = summarizer.report
        assert first is not None
        assert first.requests <= 20 + FIRST * (len(rejects) + 2)
    assert_sound(papers, rows)
    assert max(rows["attempts"].to_list()) <= 3 + len(rejects) + 2


def test_labelled_prose_is_read_where_json_is_not_to_be_had(tmp_path: Path) -> None:
    papers = sample(8)
    with serving(Behaviour(rejects=("schema", "tools", "json"), ignores_form=True)) as endpoint:
        rows = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
    assert set(rows["model"]) == {"emulated"}
    assert_sound(papers, rows)


def test_a_limit_without_a_word_about_waiting_fails_no_paper(tmp_path: Path) -> None:
    papers = sample(40)
    # With an answer that takes its time, how many are in flight when the window is used up is no matter of luck.
    with serving(Behaviour(window=(20, 1.5), latency=0.05)) as endpoint:
        rows = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        assert endpoint.served.faults["limited"] < 25
    assert done(rows) == 40
    assert set(rows["status"]) == {"complete"}


def test_a_limit_that_is_set_is_kept(tmp_path: Path) -> None:
    with serving(Behaviour(requests_per_second=40, burst=4)) as endpoint:
        rows = engine(endpoint.base_url, tmp_path, requests_per_minute=2_280).summarize(
            sample(60), ["en"], SUMMARIES.empty()
        )
        assert endpoint.served.faults["limited"] <= 3
    assert done(rows) == 60


def test_limits_in_headers_are_learned_before_they_are_met(tmp_path: Path) -> None:
    with serving(Behaviour(requests_per_second=30, burst=20, limit_headers=True, latency=0.05)) as endpoint:
        rows = engine(endpoint.base_url, tmp_path).summarize(sample(60), ["en"], SUMMARIES.empty())
        assert endpoint.served.faults["limited"] <= 8
    assert done(rows) == 60


@pytest.mark.parametrize(
    ("status", "code", "message", "kind"),
    [
        (429, "insufficient_quota", "You exceeded your current quota", Kind.PERMANENT),
        (429, "rate_limit_exceeded", "Rate limit reached for requests per minute", Kind.TRANSIENT),
        (429, None, "RESOURCE_EXHAUSTED: You exceeded your current quota, retry in 20 s", Kind.TRANSIENT),
        (402, None, "Insufficient Balance", Kind.PERMANENT),
        (401, "invalid_api_key", "Incorrect API key provided", Kind.PERMANENT),
        (404, "model_not_found", "The model does not exist", Kind.PERMANENT),
        (404, None, "model 'llama9' not found, try pulling it first", Kind.PERMANENT),
        (400, "context_length_exceeded", "This model's maximum context length is 4096 tokens", Kind.PAPER),
        (400, "content_filter", "The response was filtered", Kind.PAPER),
        (500, None, "", Kind.TRANSIENT),
        (529, "overloaded_error", "Overloaded", Kind.TRANSIENT),
    ],
)
def test_each_refusal_has_its_meaning(status: int, code: str | None, message: str, kind: Kind) -> None:
    assert fault_of_status(status, code, message, {}).kind is kind


BILLING = (
    "Hospitals keep their accounts in electronic billing systems. Our model handles the sounds of an unknown speaker at"
    " any temperature."
)


@pytest.mark.parametrize(
    "message",
    [
        f"Invalid input: {BILLING}",
        f"Invalid input: '{BILLING[:50]} ...'",
        f"The messages are not valid (…{BILLING[26:70]}…)",
        "Invalid input: 'Another paper about electronic billing of patients'",
        "Invalid input: 'Our model handles sounds of an unknown speaker",
    ],
)
def test_a_message_that_repeats_the_abstract_blames_nothing_but_the_paper(message: str) -> None:
    for status in (400, 422):
        fault = fault_of_status(
            status, "invalid_request_error", message, {}, sent=f"<abstract>\n{BILLING}\n</abstract>"
        )
        assert (fault.kind, fault.form) == (Kind.PAPER, False)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("billing_hard_limit_reached", "Billing hard limit has been reached"),
        (None, "Your credit balance is too low to access the API. Please go to Plans & Billing."),
        (None, "model 'llama9' not found"),
        (None, "The model `gpt-none` does not exist or you do not have access to it."),
    ],
)
def test_a_message_in_the_servers_own_words_is_believed(code: str | None, message: str) -> None:
    assert fault_of_status(400, code, message, {}, sent=BILLING).kind is Kind.PERMANENT


def test_one_refused_abstract_stops_no_day(tmp_path: Path) -> None:
    papers = frame([("Accounts", f"{BILLING} We find {count} of them.") for count in ("two", "three", "four")])

    def answer(body: dict[str, Any]) -> tuple[int, bytes]:
        return refusal(400, f"Invalid input: {body['messages'][1]['content']}")

    with answering(answer) as endpoint:
        summarizer = engine(endpoint.base_url, tmp_path)
        rows = summarizer.summarize(papers, ["en"], SUMMARIES.empty())
    assert "pending" not in statuses(rows)
    assert summarizer.stopped is None


def test_a_servers_text_loses_its_secrets() -> None:
    told = scrubbed(
        "Incorrect API key provided: sk-proj-abc123DEF456. Bearer xyz.abc at https://user:pass@host/v1 own-key",
        ("own-key",),
    )
    assert not any(secret in told for secret in ("abc123", "xyz", "pass@", "own-key"))


def test_durations_are_read_as_headers_write_them() -> None:
    assert (duration("6m0s"), duration("20ms"), duration("1.5"), duration("soon")) == (360.0, 0.02, 1.5, None)
