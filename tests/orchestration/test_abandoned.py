"""A killed command: the next one ends its run, and nobody waits for what it held."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from pydantic import SecretStr

from assets.pools import ARXIV
from assets.warehouse.home import Home
from orchestration.abandoned import PROCESS_TAG, end_abandoned, process_tags, watch
from orchestration.instance import open_instance
from orchestration.postgres import VARIABLE
from tests.orchestration.conftest import DAYS
from tests.postgres_server import PostgresServer, postgres_server

KILLED_WHILE_IT_LISTS = f"""
import os, signal
from assets.materialization import Silence
from orchestration.instance import open_instance
from orchestration.runs import Runner
from orchestration.settings import load_settings

class Killer(Silence):
    def made(self, asset, partition, metadata=None):
        os.kill(os.getpid(), signal.SIGKILL)

settings = load_settings()
with open_instance(settings.home_folder, settings.dagster_postgres_url) as instance:
    Runner(settings, instance, Killer()).make("day", ["{DAYS[0]}"])
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        yield running


def test_the_run_of_a_killed_command_is_ended_by_the_next_one_and_its_place_in_the_pool_is_free(
    tmp_path: Path, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, address = Home(tmp_path / "home"), server.new_database()
    monkeypatch.setenv("ALMANAC_HOME", str(home.root))
    monkeypatch.setenv(VARIABLE, address)
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_IT_LISTS], check=False, timeout=120)
    assert killed.returncode == -9
    with open_instance(Home(tmp_path / "another"), SecretStr(address)) as instance:
        # Another home's command cannot tell whether the process lives.
        (run,) = instance.get_runs()
        assert run.status is dg.DagsterRunStatus.STARTED
        assert instance.event_log_storage.get_concurrency_info(ARXIV).active_run_ids == {run.run_id}
    with open_instance(home, SecretStr(address)) as instance:
        assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.FAILURE]
        assert instance.event_log_storage.get_concurrency_info(ARXIV).active_run_ids == set()


def test_the_run_of_a_process_that_lives_stays_until_the_process_lets_go(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with open_instance(home) as instance:
        assert process_tags(home) == process_tags(home)
        own = instance.create_run_for_job(_nothing, tags=process_tags(home))
        with (home.dagster / "processes" / "another").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            others = instance.create_run_for_job(_nothing, tags={PROCESS_TAG: "another"})
            assert end_abandoned(home, instance) == []
        assert end_abandoned(home, instance) == [others.run_id]
        assert end_abandoned(home, instance) == []
        found = instance.get_run_by_id(own.run_id)
        assert found is not None
        assert found.status is dg.DagsterRunStatus.NOT_STARTED


def test_a_run_belongs_to_the_process_in_which_it_goes_on(tmp_path: Path) -> None:
    """One that was executed again may have the tag of the command that made it first."""
    home = Home(tmp_path / "home")
    with open_instance(home) as instance:
        for tags in ({}, {PROCESS_TAG: "another"}, process_tags(home)):
            run = instance.create_run_for_job(_nothing, tags=tags)
            watch(home, instance, run)
            assert _tag(instance, run) == process_tags(home)[PROCESS_TAG]


def test_a_launcher_that_asks_after_its_runs_is_left_to_do_so(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    launcher = {"run_launcher": {"module": "tests.soak.launcher", "class": "InThisProcess"}}
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides=launcher) as instance:
        run = instance.create_run_for_job(_nothing)
        watch(home, instance, run)
        assert _tag(instance, run) is None
    assert not home.root.exists()


def _tag(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str | None:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.tags.get(PROCESS_TAG)


@dg.job
def _nothing() -> None:
    """A job of no steps."""
