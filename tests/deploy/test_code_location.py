"""The container's own command, run as it stands: it serves the code, and runs that are launched through it succeed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster._grpc.client import DagsterGrpcClient
from pydantic import SecretStr

from assets.digests.schema import DIGESTS
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.instance import open_instance, prepare_instance
from tests.deploy.files import DEPLOY, command, healthcheck, variables
from tests.orchestration.launching import launch_backfill
from tests.postgres_server import postgres_server

DAYS = ("2025-08-28", "2025-08-29")
SECONDS = 240


@dataclass(frozen=True)
class Deployed:
    """A code location that runs, the home that it writes, and the database that it shares with the rest."""

    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    home: Home
    address: str
    port: int


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("deployed")
    home = Home(folder / "home")
    with postgres_server() as server, socket.socket() as probe:
        address = server.new_database()
        with open_instance(home, SecretStr(address)):
            found = prepare_instance(home, SecretStr(address))
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("ALMANAC_", "DAGSTER_"))}
        environment = {
            **outside,
            **variables(),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "ALMANAC_HOME": str(home.root),
            "ALMANAC_SOURCE": "sample",
            "ALMANAC_SUMMARIZER": "embedded",
            **found,
            "DAGSTER_HOME": str(home.dagster),
            "DAGSTER_GRPC_HOST": "127.0.0.1",
            "DAGSTER_GRPC_PORT": str(port),
        }
        process = subprocess.Popen(command(), env=environment, cwd=folder)
        try:
            _wait_until_it_answers(process, port)
            yield Deployed(process, environment, home, address, port)
        finally:
            process.terminate()
            process.wait(60)


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    client, until = DagsterGrpcClient(port=port, host="127.0.0.1"), time.monotonic() + SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the code location ended"
        try:
            client.ping("")
        except dg.DagsterError:
            continue
        return
    pytest.fail("the code location does not answer")


def test_the_health_check_finds_it_well(deployed: Deployed) -> None:
    words = [*healthcheck()[:-1], str(deployed.port)]
    assert subprocess.run(words, env=deployed.environment, check=False, timeout=SECONDS).returncode == 0


def test_a_backfill_that_the_daemon_launches_runs_in_it_and_lands_in_the_database(
    deployed: Deployed, tmp_path: Path
) -> None:
    workspace = yaml.safe_load((DEPLOY / "workspace.yaml").read_text())
    workspace["load_from"][0]["grpc_server"] |= {"host": "127.0.0.1", "port": deployed.port}
    (tmp_path / "workspace.yaml").write_text(yaml.safe_dump(workspace))
    with (
        open_instance(deployed.home, SecretStr(deployed.address)) as instance,
        WorkspaceProcessContext(instance, WorkspaceFileTarget([str(tmp_path / "workspace.yaml")])) as context,
    ):
        launch_backfill(instance, context, "two-days", DAYS)
        runs = _ended(instance)
        assert {run.status for run in runs} == {dg.DagsterRunStatus.SUCCESS}
        assert {run.tags["dagster/backfill"] for run in runs} == {"two-days"}
        assert set(instance.get_materialized_partitions(dg.AssetKey("daily_digest"))) == set(DAYS)
    assert Lake(deployed.home.root / "lake").keys(DIGESTS) == list(DAYS)


def _ended(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """All runs, when none is on its way any more."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        runs = list(instance.get_runs())
        if runs and all(run.is_finished for run in runs):
            return runs
        time.sleep(0.5)
    pytest.fail("the runs do not end")
