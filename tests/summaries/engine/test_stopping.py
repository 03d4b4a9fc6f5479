"""What ends a day early, and what a killed day costs."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import polars as pl
import pytest

from assets.errors import SettingsError, StorageError
from assets.summaries.engine.settings import EngineSettings, Price, parse_prices
from assets.summaries.schema import SUMMARIES
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.summaries.engine.papers import assert_sound, done, engine, sample, statuses


def test_a_quota_that_ends_leaves_the_rest_pending_and_the_next_run_makes_exactly_the_rest(tmp_path: Path) -> None:
    papers = sample(189)
    with serving(Behaviour(quota=66, latency=0.02)) as endpoint:
        first = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        assert (done(first), statuses(first)["pending"]) == (66, 123)
        reasons = set(first.filter(pl.col("status") == "pending")["reason"])
        assert len(reasons) == 1
        assert "quota" in reasons.pop()
        endpoint.emulator.behave(Behaviour())
        second = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], first)
        assert len(endpoint.served.answers) == 189
        assert sum(endpoint.served.answers.values()) == sum(second["attempts"].to_list())
    assert done(second) == 189
    assert_sound(papers, second)


@pytest.mark.parametrize(
    ("behaviour", "settings", "word"),
    [
        (Behaviour(key="right"), {"api_key": "wrong"}, "key"),
        (Behaviour(), {"model": "unheard-of"}, "model"),
        (Behaviour(outage=True), {}, "not answer"),
    ],
    ids=["key", "model", "outage"],
)
def test_what_no_retry_can_mend_stops_the_day(
    tmp_path: Path, behaviour: Behaviour, settings: dict[str, str], word: str
) -> None:
    with serving(behaviour) as endpoint:
        summarizer = engine(endpoint.base_url, tmp_path, **settings)
        rows = summarizer.summarize(sample(30), ["en"], SUMMARIES.empty())
        assert sum(endpoint.served.answers.values()) == 0
    assert statuses(rows) == {"pending": 30}
    assert all(word in reason for reason in rows["reason"])
    assert summarizer.report is not None
    assert summarizer.report.stopped is not None
    assert summarizer.report.requests < 60


def test_nobody_at_the_address_leaves_the_papers_pending(tmp_path: Path) -> None:
    rows = engine("http://127.0.0.1:9/v1", tmp_path, outage_seconds=0.3).summarize(sample(4), ["en"], SUMMARIES.empty())
    assert statuses(rows) == {"pending": 4}


def test_a_stopped_day_replaces_no_row_by_less(tmp_path: Path) -> None:
    papers = sample(5)
    with serving(Behaviour(faults={"refusal": 1.0})) as endpoint:
        before = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        endpoint.emulator.behave(Behaviour(quota=0))
        after = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], before)
    assert statuses(before) == {"extractive": 5}
    assert after.equals(before)


def test_the_cost_cap_is_never_passed_and_holds_over_runs(tmp_path: Path) -> None:
    prices = {"emulated": Price(1.0, 4.0)}
    papers = sample(40)
    with serving(Behaviour(latency=0.01)) as endpoint:
        cap = 0.03
        first = engine(endpoint.base_url, tmp_path, prices=prices, max_cost_usd=cap)
        rows = first.summarize(papers, ["en"], SUMMARIES.empty())
        assert 5 < statuses(rows)["complete"] < 40
        assert first.report is not None
        assert 0.5 * cap < first.report.spent_usd <= cap
        assert "cost cap" in str(first.report.stopped)
        again = engine(endpoint.base_url, tmp_path, prices=prices, max_cost_usd=cap)
        again.summarize(papers, ["en"], rows)
        assert again.report is not None
        assert again.report.spent_usd <= cap


def test_a_cap_for_a_model_without_a_price_is_a_mistake_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ALMANAC_PRICES has no price for emulated"):
        EngineSettings(model="emulated", journal=tmp_path, max_cost_usd=1.0)
    assert parse_prices("a=0.25/2, b:free=0/0") == {"a": Price(0.25, 2.0), "b:free": Price(0.0, 0.0)}
    with pytest.raises(SettingsError, match="ALMANAC_PRICES"):
        parse_prices("a=cheap")


def test_a_key_is_taken_without_what_was_pasted_around_it_or_not_at_all(tmp_path: Path) -> None:
    key = "sk-secret-0123456789abcdef"
    with serving(Behaviour(key=key)) as endpoint:
        rows = engine(endpoint.base_url, tmp_path, api_key=f" {key}\r\n").summarize(
            sample(1), ["en"], SUMMARIES.empty()
        )
    assert done(rows) == 1
    assert EngineSettings(model="emulated", journal=tmp_path, api_key=" \n").api_key is None
    for pasted in (f"“{key}”", f"{key[:9]}\n{key[9:]}", f"{key}\u200b", f"Bearer {key}"):
        with pytest.raises(SettingsError, match="OPENAI_API_KEY") as error:
            EngineSettings(model="emulated", journal=tmp_path, api_key=pasted)
        assert "secret" not in str(error.value)


def test_a_journal_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("a file where a folder belongs")
    with pytest.raises(StorageError, match="journal of model answers"):
        engine("http://127.0.0.1:9/v1", tmp_path / "journal").summarize(sample(1), ["en"], SUMMARIES.empty())


KILLED = """
import sys
import threading
import time
from pathlib import Path
from assets.summaries.schema import SUMMARIES
from tests.summaries.engine.papers import engine, sample
rows = engine(sys.argv[1], Path(sys.argv[2]), max_concurrency=8).summarize(sample(45), ["en"], SUMMARIES.empty())
rows.write_parquet(sys.argv[3])
"""


def test_a_day_that_is_killed_again_and_again_pays_for_no_answer_twice(tmp_path: Path) -> None:
    papers, result = sample(45), tmp_path / "rows.parquet"
    root = Path(__file__).parents[3]
    with serving(Behaviour(latency=0.06, faults={"missing_field": 0.3}, faulty_attempts=1, seed=5)) as endpoint:
        kills = 0
        before_kill: list[int] = []
        while not result.exists():
            process = subprocess.Popen(
                [sys.executable, "-c", KILLED, endpoint.base_url, str(tmp_path), str(result)],
                cwd=root,
                env={**os.environ, "PYTHONPATH": str(root)},
                stderr=subprocess.PIPE,
            )
            if kills < 2:
                goal = sum(endpoint.served.answers.values()) + 14
                while sum(endpoint.served.answers.values()) < goal and process.poll() is None:
                    try:
                        process.wait(0.005)
                    except subprocess.TimeoutExpired:
                        continue
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
                before_kill.append(sum(endpoint.served.answers.values()))
            else:
                _, errors = process.communicate(timeout=60)
                assert process.returncode == 0, errors.decode()
        served = endpoint.served
        rows = pl.read_parquet(result)
        needed = int(served.faults["missing_field"]) + 45
        # What was on its way when the process died may come twice, and nothing else.
        assert sum(served.answers.values()) <= needed + kills * 8
        assert kills == 2
        assert before_kill[-1] >= 20
    assert_sound(papers, rows)
    assert json.dumps(statuses(rows)).count("pending") == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_of_a_day_keeps_every_answer_that_arrived(
    tmp_path: Path, number: signal.Signals, capfd: pytest.CaptureFixture[str]
) -> None:
    papers, in_flight = sample(40), 4
    before = signal.signal(number, signal.default_int_handler)
    try:
        with serving(Behaviour(latency=0.05)) as endpoint:
            served = endpoint.served

            def interrupt() -> None:
                while sum(served.answers.values()) < 12:
                    time.sleep(0.005)
                os.kill(os.getpid(), number)

            watcher = threading.Thread(target=interrupt)
            watcher.start()
            with pytest.raises(KeyboardInterrupt):
                engine(endpoint.base_url, tmp_path, max_concurrency=in_flight).summarize(
                    papers, ["en"], SUMMARIES.empty()
                )
            watcher.join()
            assert capfd.readouterr() == ("", "")
            assert 12 <= sum(served.answers.values()) < 40
            before_signal = dict(served.answers)
            rows = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
            # By paper: one that was first asked about after the signal may have had a second question beside the first.
            again = [paper for paper, answers in before_signal.items() if served.answers[paper] > answers]
            assert len(again) <= in_flight
    finally:
        signal.signal(number, before)
    assert done(rows) == 40
    assert_sound(papers, rows)
