"""A run that Dagster launched, whose process is killed with its code server: it is ended, and nobody waits for it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.launcher import DefaultRunLauncher
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import GrpcServerTarget
from dagster._daemon.monitoring import execute_run_monitoring_iteration
from dagster._grpc.client import DagsterGrpcClient

from assets.warehouse.home import Home
from orchestration.abandoned import PROCESS_TAG, end_abandoned
from orchestration.instance import open_instance
from tests.orchestration.conftest import DAYS
from tests.orchestration.launching import LOGGER, launch_backfill

ROOT = Path(__file__).parents[2]
SECONDS = 120


@contextmanager
def code_server(home: Home, source: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A code location as `dagster dev` starts it, in a process group of its own, and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "ALMANAC_HOME": str(home.root),
        "ALMANAC_SOURCE": "api",
        "ALMANAC_FALLBACK_SOURCE": "none",
        "ALMANAC_ARXIV_API_URL": source,
        "DAGSTER_HOME": str(home.dagster),
    }
    serves = ["-m", "dagster", "api", "grpc", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, *serves, "--module-name", "orchestration.definitions"],
        env=environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for_server(process, port)
        yield process, port
    finally:
        kill(process)


def kill(server: subprocess.Popen[bytes]) -> None:
    """As a machine that goes down does: the server and its runs, at once."""
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait(SECONDS)


def wait_for_tag(instance: dg.DagsterInstance) -> dg.DagsterRun:
    """The run, when it is under way."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        (run,) = instance.get_runs()
        assert not run.is_finished
        if PROCESS_TAG in run.tags:
            return run
        time.sleep(0.2)
    pytest.fail("the run does not start")


def wait_for_server(server: subprocess.Popen[bytes], port: int) -> None:
    client, until = DagsterGrpcClient(port=port, host="127.0.0.1"), time.monotonic() + SECONDS
    while time.monotonic() < until:
        assert server.poll() is None, "the code location ended"
        try:
            client.ping("")
        except dg.DagsterError:
            time.sleep(0.1)
            continue
        return
    pytest.fail("the code location does not answer")


def test_the_run_of_a_launched_process_that_was_killed_with_its_server_is_ended(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with socket.socket() as silent, open_instance(home) as instance:
        silent.bind(("127.0.0.1", 0))
        silent.listen()  # and answers nothing: the run waits for it
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/api/query"
        with (
            code_server(home, address) as (server, port),
            WorkspaceProcessContext(instance, GrpcServerTarget("127.0.0.1", port, None, "almanac")) as context,
        ):
            assert isinstance(instance.run_launcher, DefaultRunLauncher)
            launch_backfill(instance, context, "one-day", DAYS[:1])
            run = wait_for_tag(instance)
            assert run.status is dg.DagsterRunStatus.STARTED
            assert end_abandoned(home, instance) == []
            kill(server)
            # Dagster's own monitoring cannot tell.
            assert not [error for error in execute_run_monitoring_iteration(context, LOGGER) if error]
            assert statuses(instance) == [dg.DagsterRunStatus.STARTED]
            assert end_abandoned(home, instance) == [run.run_id]
        assert statuses(instance) == [dg.DagsterRunStatus.FAILURE]
        assert end_abandoned(home, instance) == []


def statuses(instance: dg.DagsterInstance) -> list[dg.DagsterRunStatus]:
    return [run.status for run in instance.get_runs()]
