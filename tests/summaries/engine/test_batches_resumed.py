"""What happens to a batch when answers get lost and processes are killed: it is found again and paid for once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from assets.summaries.schema import SUMMARIES
from tests.emulators.llm.behaviour import BatchBehaviour, Behaviour
from tests.emulators.llm.server import serving
from tests.summaries.engine.papers import assert_sound, done, engine, sample, statuses
from tests.summaries.engine.test_batches import answers, batch_engine, days, make

if TYPE_CHECKING:
    from collections.abc import Callable

    from assets.summaries.engine.batches.summarizer import OpenAIBatchSummarizer
    from tests.emulators.llm.app import Served

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("what", ["upload", "creation", "refused creation", "download"])
def test_an_answer_that_is_lost_on_the_way_costs_nothing(tmp_path: Path, what: str) -> None:
    papers = sample(8)
    with serving(Behaviour(batches=BatchBehaviour(broken={what: 1}))) as endpoint:
        rows = batch_engine(endpoint, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        assert endpoint.served.faults[f"broken {what}"] == 1
        assert (endpoint.served.batches, answers(endpoint)) == (1, 8)
    assert done(rows) == 8


def test_a_creation_of_which_nobody_learns_is_found_by_the_next_run(tmp_path: Path) -> None:
    papers = days(2, 5)
    with serving(Behaviour(batches=BatchBehaviour(broken={"creation": 1, "list": 100}))) as endpoint:
        first = make(batch_engine(endpoint, tmp_path), papers)
        assert statuses(pl.concat(first.values())) == {"complete": 1, "pending": 9}
        endpoint.emulator.behave(Behaviour())
        second = make(batch_engine(endpoint, tmp_path), papers, first)
        assert (endpoint.served.batches, answers(endpoint)) == (1, 10)
    assert sum(done(rows) for rows in second.values()) == 10


def test_a_live_run_leaves_to_a_batch_what_is_in_it_and_fetches_what_has_ended(tmp_path: Path) -> None:
    papers = sample(8)
    with serving(Behaviour(batches=BatchBehaviour(seconds=3_600))) as endpoint:
        summarizer = batch_engine(endpoint, tmp_path)
        interrupted(summarizer, papers)
        live = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        assert statuses(live) == {"complete": 1, "pending": 7}
        assert all("has not ended" in reason for reason in live["reason"][1:])
        for batch in endpoint.emulator.batches.batches.values():
            batch.ends_at = 0.0
        rows = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], live)
        assert answers(endpoint) == 8
    assert done(rows) == 8


def test_a_wait_that_is_interrupted_goes_on_in_the_next_run(tmp_path: Path) -> None:
    papers = sample(8)
    with serving(Behaviour(batches=BatchBehaviour(seconds=3_600))) as endpoint:
        interrupted(batch_engine(endpoint, tmp_path), papers)
        for batch in endpoint.emulator.batches.batches.values():
            batch.ends_at = 0.0
        rows = batch_engine(endpoint, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        assert (endpoint.served.batches, answers(endpoint)) == (1, 8)
    assert done(rows) == 8


def test_a_batch_that_the_endpoint_forgot_is_made_again(tmp_path: Path) -> None:
    papers = sample(8)
    with serving(Behaviour(batches=BatchBehaviour(seconds=3_600))) as endpoint:
        interrupted(batch_engine(endpoint, tmp_path), papers)
        endpoint.emulator.batches.batches.clear()
        endpoint.emulator.behave(Behaviour())
        rows = batch_engine(endpoint, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        assert endpoint.served.batches == 2
    assert done(rows) == 8


def test_an_endpoint_that_is_down_while_a_batch_goes_on_is_waited_for(tmp_path: Path) -> None:
    papers = sample(8)
    with serving(Behaviour(batches=BatchBehaviour(seconds=0.2))) as endpoint:
        emulator = endpoint.emulator

        def fail(_: object) -> None:
            if endpoint.served.faults["outage"] < 3:
                emulator.behave(Behaviour(outage=True))
            else:
                emulator.behave(Behaviour())

        summarizer = batch_engine(endpoint, tmp_path)
        summarizer.prepare(["2026-01-30"], ["en"], lambda _: (papers, SUMMARIES.empty()), fail)
        assert endpoint.served.faults["outage"] >= 3
        assert (endpoint.served.batches, answers(endpoint)) == (1, 8)
        assert done(summarizer.summarize(papers, ["en"], SUMMARIES.empty())) == 8


def interrupted(summarizer: OpenAIBatchSummarizer, papers: pl.DataFrame) -> None:
    """Ends a run, as Ctrl-C does, while its batch is under way."""

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        summarizer.prepare(["2026-01-30"], ["en"], lambda _: (papers, SUMMARIES.empty()), interrupt)


KILLED = """
import sys
from pathlib import Path
import polars as pl
from assets.summaries.engine.batches.summarizer import OpenAIBatchSummarizer
from assets.summaries.engine.settings import EngineSettings
from tests.summaries.engine.test_batches import days, make
settings = EngineSettings(
    model="emulated", journal=Path(sys.argv[2]), base_url=sys.argv[1], batch_polls=(0.05, 0.1), batch_requests=8
)
print("ready", flush=True)
rows = make(OpenAIBatchSummarizer(settings), days(2, 9))
pl.concat(rows.values()).write_parquet(sys.argv[3])
"""


def test_a_run_that_is_killed_while_it_submits_and_collects_pays_once(tmp_path: Path) -> None:
    papers, result = days(2, 9), tmp_path / "rows.parquet"
    delays = {"creation": 0.3, "download": 0.3}
    with serving(Behaviour(seed=4, batches=BatchBehaviour(seconds=0.2, delays=delays))) as endpoint:
        served = endpoint.served
        for event in (*delays, "end"):
            process = subprocess.Popen(
                [sys.executable, "-c", KILLED, endpoint.base_url, str(tmp_path), str(result)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            if event == "end":
                _, errors = process.communicate(timeout=60)
                assert process.returncode == 0, errors.decode()
                continue
            assert process.stdout is not None
            process.stdout.readline()
            # The deed is done, and the answer is on its way.
            _when(partial(_happened_again, served, event, served.events[event], process))
            assert process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.communicate()
        assert set(served.submitted.values()) == set(served.batch_answers.values()) == {1}
        # Each run asks for one paper live, to see whether its requests are understood.
        assert 18 - 3 <= len(served.submitted) <= 17
        # What was asked live and on its way when a process died may come twice.
        assert answers(endpoint) <= 18 + len(delays)
        assert not [name for name, _ in endpoint.emulator.batches.files.values() if name.startswith("almanac")]
    rows = pl.read_parquet(result)
    assert_sound(pl.concat(papers.values()), rows)
    assert statuses(rows) == {"complete": 18}


def _happened_again(served: Served, event: str, before: int, process: subprocess.Popen[bytes]) -> bool:
    return served.events[event] > before or process.poll() is not None


def _when(condition: Callable[[], bool]) -> None:
    """Waits for a condition, looking often."""
    waiting = threading.Event()
    for _ in range(30_000):
        if condition():
            return
        waiting.wait(0.002)
    pytest.fail("what was waited for did not happen within a minute")
