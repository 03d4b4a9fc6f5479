"""Runs: how the command line has Dagster make days, months and years, in this process.

A run goes through the same jobs, instance and checks as one that the Dagster UI launches, so all
of it shows there. Days are made in runs of at most a month; where such a run fails, each of its
days is tried alone, so that a fault of one day costs only that day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

import dagster as dg
from dagster import DagsterEventType
from dagster._core.errors import DagsterExecutionInterruptedError
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG
from sqlalchemy.exc import DatabaseError

from assets.errors import InputError, StorageError
from assets.materialization import OUTAGE
from assets.partitions import BACKFILL_POLICY, PARTITIONS
from orchestration.definitions import build_definitions
from orchestration.jobs import JOB_NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.materialization import Progress
    from assets.warehouse.table import Period
    from orchestration.settings import Settings

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""Run configuration that keeps Dagster's log out of the terminal; the instance still stores all of it."""


@dataclass
class Outcome:
    """What became of the partitions that were asked for."""

    made: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """Partition → the sentences of what failed."""

    def add(self, other: Outcome) -> None:
        """Takes in the outcome of another run."""
        self.made.extend(other.made)
        self.failed.update(other.failed)


class Runner:
    """Makes partitions through Dagster with the given settings."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance, progress: Progress) -> None:
        self._settings = settings
        self._instance = instance
        self._progress = progress
        self._definitions = build_definitions(settings, progress)

    def asset_count(self, period: Period) -> int:
        """How many assets have partitions of this kind."""
        graph = self._definitions.resolve_asset_graph()
        return sum(graph.get(key).partitions_def == PARTITIONS[period] for key in graph.get_all_asset_keys())

    def recorded(self, asset: str) -> set[str]:
        """The partitions of an asset that Dagster knows as materialized."""
        return set(self._instance.get_materialized_partitions(dg.AssetKey(asset)))

    def make(self, period: Period, keys: Sequence[str], only: Sequence[str] = ()) -> Outcome:
        """Makes partitions of one kind, of all its assets or of `only` some.

        Each that fails is in the outcome with its reason.
        """
        outcome = Outcome()
        for chunk in chunks(period, keys):
            problems, outage = self._run(period, chunk, only)
            if not problems:
                outcome.made.extend(chunk)
            elif len(chunk) == 1 or outage:
                outcome.failed |= dict.fromkeys(chunk, problems)
            else:
                for key in chunk:
                    outcome.add(self.make(period, [key], only))
        return outcome

    def _run(self, period: Period, chunk: Sequence[str], only: Sequence[str]) -> tuple[str, bool]:
        """Runs one job over neighbouring partitions; what failed, or nothing, and whether the source is out."""
        job = self._definitions.resolve_job_def(JOB_NAMES[period])
        tags = {ASSET_PARTITION_RANGE_START_TAG: chunk[0], ASSET_PARTITION_RANGE_END_TAG: chunk[-1]}
        single = len(chunk) == 1
        try:
            result = job.execute_in_process(
                run_config=QUIET,
                instance=self._instance,
                partition_key=chunk[0] if single else None,
                tags=None if single else tags,
                asset_selection=[dg.AssetKey(name) for name in only] or None,
                raise_on_error=False,
            )
        except DatabaseError as error:
            raise StorageError(
                f"Dagster's storage in {self._settings.home_folder.dagster} failed while {chunk[0]} was made"
                f" ({error.orig}): see whether its disk is full, then run again; finished days are kept."
            ) from error
        if was_interrupted(result):
            raise KeyboardInterrupt
        for evaluation in result.get_asset_check_evaluations():
            if not evaluation.passed and not evaluation.blocking:
                asset = evaluation.asset_key.to_user_string()
                self._progress.noticed(f"{asset}, {evaluation.check_name}: {evaluation.description}")
        return ("", False) if result.success else (failure_text(result), is_outage(result))


def chunks(period: Period, keys: Sequence[str]) -> list[list[str]]:
    """Partition keys in runs of neighbours, none longer than the backfill policy allows."""
    order = {key: place for place, key in enumerate(PARTITIONS[period].get_partition_keys())}
    if unknown := sorted(set(keys) - order.keys()):
        raise InputError(f"there is no {period} {unknown[0]} to make: arXiv has not announced it, or never will.")
    wanted = sorted(set(keys), key=order.__getitem__)
    runs: list[list[str]] = []
    for _, group in groupby(enumerate(wanted), lambda pair: order[pair[1]] - pair[0]):
        run = [key for _, key in group]
        most = BACKFILL_POLICY.max_partitions_per_run or len(run)
        runs.extend(run[start : start + most] for start in range(0, len(run), most))
    return runs


def was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    """Whether the user stopped the run: Dagster turns Ctrl-C into the failure of a step."""
    errors = [event.step_failure_data.error for event in result.all_events if event.is_step_failure]
    return any(error is not None and error.cls_name == DagsterExecutionInterruptedError.__name__ for error in errors)


def is_outage(result: dg.ExecuteInProcessResult) -> bool:
    """Whether a step failed because the source did not answer."""
    failures = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    found = [data.user_failure_data.metadata.get(OUTAGE) for data in failures if data.user_failure_data]
    return any(bool(value and value.value) for value in found)


def failure_text(result: dg.ExecuteInProcessResult) -> str:
    """What failed in a run: the sentences of its steps and of its blocking checks."""
    sentences = []
    for evaluation in result.get_asset_check_evaluations():
        if not evaluation.passed and evaluation.blocking:
            sentences.append(f"{evaluation.check_name}: {evaluation.description}")
    for event in result.all_events:
        if event.event_type == DagsterEventType.STEP_FAILURE:
            data = event.step_failure_data
            if data.user_failure_data and data.user_failure_data.description:
                sentences.append(data.user_failure_data.description)
            elif data.error and "AssetCheckFailed" not in (data.error.cls_name or ""):
                cause = data.error
                while cause.cause:
                    cause = cause.cause
                sentences.append(f"{event.step_key}: {cause.message.strip()} (run {result.run_id})")
        elif event.event_type == DagsterEventType.RUN_FAILURE and not sentences:
            error = event.job_failure_data.error
            sentences.append(f"run {result.run_id} failed: {error.message.strip() if error else event.message}")
    return " ".join(dict.fromkeys(sentences))
