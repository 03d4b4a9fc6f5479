"""A model that cannot be asked any more: what the commands say and keep, and what the next one pays for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from assets.digests.schema import DIGESTS
from assets.summaries.schema import SUMMARIES
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.cli import INTERRUPTED
from orchestration.last_words import STOPPED
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import Running, serving
from tests.orchestration.conftest import DAYS, Run, Told

DAY, PAPERS = "2025-09-01", 20
ROOT = Path(__file__).parents[2]


def answered(endpoint: Running) -> int:
    return sum(endpoint.served.answers.values())


def environment(endpoint: Running, home: Path, **variables: str) -> dict[str, str]:
    """The variables of a home of the sample whose model is the emulated one."""
    own = {
        "ALMANAC_HOME": str(home), "ALMANAC_SOURCE": "sample", "ALMANAC_MODEL": "emulated",
        "ALMANAC_MAX_CONCURRENCY": "4", "OPENAI_BASE_URL": endpoint.base_url, "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    return {**os.environ, **own, **variables}


@pytest.fixture
def modelled(almanac: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command with the emulated model; `endpoint` goes first."""

    def run(endpoint: Running, *arguments: str, **variables: object) -> Told:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        given: dict[str, object] = {"home": tmp_path / "home", "source": "sample", "model": "emulated"}
        return almanac(*arguments, **given | {"max_concurrency": 4} | variables)

    return run


def test_a_killed_command_and_a_quota_that_ends_pay_for_nothing_twice(modelled: Run, tmp_path: Path) -> None:
    """The command as a process, killed midway; the next one is stopped by the quota, and a repair heals the day."""
    home, in_flight = tmp_path / "home", 4

    def command(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli", *arguments],
            env=environment(endpoint, home), cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    with serving(Behaviour(latency=0.2)) as endpoint:
        killed = command("run", DAY, "--no-roll-up")
        deadline = time.monotonic() + 120
        while answered(endpoint) < 5 and killed.poll() is None and time.monotonic() < deadline:
            try:
                killed.wait(0.01)
            except subprocess.TimeoutExpired:
                continue
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        paid = answered(endpoint)
        assert 5 <= paid < PAPERS - in_flight
        # The answers of the killed process are there; up to those in flight, which nobody received.
        endpoint.emulator.behave(Behaviour(quota=paid + 5))
        stopped = modelled(endpoint, "run", DAY, "--no-roll-up")
        said = stopped.err
        assert stopped.code == STOPPED, said
        rows = Lake(home / "lake").read(SUMMARIES, [DAY])
        pending = rows.filter(status="pending").height
        assert PAPERS - paid - 5 <= pending <= PAPERS - paid - 5 + in_flight
        assert said.count("almanac: ") == 1
        for words in (
            f"{pending} of 20 summaries are pending",
            "quota is used up",
            f"{pending} requests",
            "Add credit",
        ):
            assert words in said
        assert not Home(home).digest(DAY)[0].exists()
        before = answered(endpoint)
        endpoint.emulator.behave(Behaviour())
        healed = command("repair", DAY, DAY)
        told, errors = healed.communicate()
        assert (healed.returncode, errors) == (0, "")
        assert answered(endpoint) - before == pending
    assert f"Healed {pending} of {pending}" in told
    assert Home(home).digest(DAY)[0].exists()


def test_a_signal_ends_a_command_with_one_sentence(modelled: Run, tmp_path: Path) -> None:
    with serving(Behaviour(latency=0.1)) as endpoint:

        def interrupt() -> None:
            while answered(endpoint) < 6:
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGTERM)

        watcher = threading.Thread(target=interrupt)
        watcher.start()
        told = modelled(endpoint, "run", DAY, "--no-roll-up")
        watcher.join()
        assert answered(endpoint) < PAPERS
    assert told.code == INTERRUPTED
    assert told.err.strip() == "almanac: stopped; what was finished is kept, run the command again to go on."
    assert not Home(tmp_path / "home").digest(DAY)[0].exists()


def test_days_after_the_stop_are_named_not_tried_and_the_next_run_makes_the_rest(modelled: Run, tmp_path: Path) -> None:
    with serving(Behaviour(quota=30)) as endpoint:
        told = modelled(endpoint, "backfill", DAYS[0], DAYS[2], "--no-roll-up")
        assert answered(endpoint) == 30
        # Those in flight when the quota ended, on one of the days.
        assert endpoint.served.faults["quota"] <= 4
        assert told.code == STOPPED
        assert f"{DAYS[1]}: 26 of 31 summaries are pending" in told.err
        assert f"{DAYS[2]}: all 20 summaries are pending" in told.err
        assert "46 requests" in told.err
        assert told.err.count("almanac: ") == 1
        assert Lake(tmp_path / "home" / "lake").keys(DIGESTS) == [DAYS[0]]
        endpoint.emulator.behave(Behaviour())
        again = modelled(endpoint, "backfill", DAYS[0], DAYS[2], "--no-roll-up")
        assert again.code == 0, again.err
        assert answered(endpoint) == 25 + 31 + 20


def test_a_budget_is_a_days_own_and_the_next_day_has_another(modelled: Run, tmp_path: Path) -> None:
    variables = {"max_cost_usd": 0.02, "prices": "emulated=1/4"}
    with serving(Behaviour()) as endpoint:
        told = modelled(endpoint, "backfill", DAYS[0], DAYS[2], "--no-roll-up", **variables)
    assert told.code == STOPPED
    rows = Lake(tmp_path / "home" / "lake").read(SUMMARIES, DAYS[:3])
    made = rows.filter(status="complete").group_by("day").len().sort("day")
    assert made.height == 3
    assert "Raise ALMANAC_MAX_COST_USD" in told.err


def test_a_day_that_fails_has_no_paper_of_its_run_asked_about_again(modelled: Run) -> None:
    """Papers that the model refuses, of a run of several days of which one fails."""
    with serving(Behaviour(faults={"refusal": 0.2})) as endpoint:
        told = modelled(endpoint, "backfill", DAYS[0], DAYS[1], "--no-roll-up", languages="zh")
        assert set(endpoint.served.answers.values()) == {1}
        assert len(endpoint.served.answers) == 25 + 31
    assert told.code == 1
    assert "no model could write it" in told.err


def test_a_repair_makes_again_what_stands_on_the_days_that_it_changed_and_no_other(
    modelled: Run, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    with serving(Behaviour(quota=30)) as endpoint:
        modelled(endpoint, "backfill", DAYS[0], DAYS[1])
        endpoint.emulator.behave(Behaviour())
        first = home.digest(DAYS[0])[0].stat().st_mtime_ns
        overview = home.overview("2025", "cs.LG")[0].stat().st_mtime_ns
        told = modelled(endpoint, "repair")
        assert told.code == 0, told.err
        assert answered(endpoint) == 25 + 31
        idle = modelled(endpoint, "repair")
        assert (idle.code, answered(endpoint)) == (0, 25 + 31)
        assert "Nothing to repair" in idle.out
    assert home.digest(DAYS[0])[0].stat().st_mtime_ns == first
    assert home.digest(DAYS[1])[0].exists()
    assert home.overview("2025", "cs.LG")[0].stat().st_mtime_ns > overview
