"""A run launcher that makes runs in the daemon's own process: whoever kills the one has killed the other."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext, RunLauncher, WorkerStatus
from dagster._serdes import ConfigurableClass
from dagster._serdes.config_class import ConfigurableClassData

from tests.soak import code

LAUNCHED_BY = "soak/process"


@cache
def repository() -> dg.RepositoryDefinition:
    """The almanac's repository, once a process."""
    return code.soaked().get_repository_def()


class InThisProcess(RunLauncher[dg.DagsterInstance], ConfigurableClass):
    """Executes a run before it returns; the run monitoring finds runs of a dead process by its number."""

    def __init__(self, inst_data: ConfigurableClassData | None = None) -> None:
        self._inst_data = inst_data
        super().__init__()

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        return self._inst_data

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]) -> InThisProcess:
        return cls(inst_data, **config_value)

    def launch_run(self, context: LaunchRunContext) -> None:
        run = context.dagster_run
        self._instance.add_run_tags(run.run_id, {LAUNCHED_BY: f"{os.getpid()}"})
        job = repository().get_job(run.job_name)
        subset = InMemoryJob(job).get_subset(
            asset_selection=run.asset_selection, asset_check_selection=run.asset_check_selection
        )
        execute_run(subset, run, self._instance)

    def terminate(self, run_id: str) -> bool:
        raise NotImplementedError(f"run {run_id} ends before anybody could end it")

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        own = run.tags.get(LAUNCHED_BY) == f"{os.getpid()}"
        return CheckRunHealthResult(WorkerStatus.RUNNING if own else WorkerStatus.NOT_FOUND)
