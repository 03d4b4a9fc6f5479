"""Runs: how the command line has Dagster make days, months and years, in this process.

A run goes through the same jobs, instance and checks as one that the Dagster UI launches, so all
of it shows there. Days are made in runs of at most a month; where such a run fails, each of its
days goes on alone from where the run left it, so that a fault of one day costs only that day and
nothing is fetched or paid for a second time. All runs of a command share one summarizer: an
endpoint that was found dead on one day is not tried on the next.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster import DagsterEventType
from dagster._core.errors import DagsterExecutionInterruptedError
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from assets.errors import InputError, StorageError
from assets.materialization import OUTAGE, plain_line
from assets.partitions import BACKFILL_POLICY, DAYS, PARTITIONS
from assets.summaries.partition import REPAIR_JOB, prepare_days
from assets.summaries.telling import Teller
from assets.warehouse.lake import Lake
from orchestration.abandoned import process_tags
from orchestration.definitions import build_definitions
from orchestration.failures import root_message, told_by_checks
from orchestration.instance import storage_failures
from orchestration.jobs import JOB_NAMES, SITE_JOB
from orchestration.reconciliation import FOLLOWED_UP, JOB_NAME, OP_NAME, looked_of
from orchestration.repairs import AFTER_JOB
from orchestration.resources import summarizer, writers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assets.listings.reconcile import Looked
    from assets.materialization import Progress
    from assets.summaries.engine.caps import Cap
    from assets.warehouse.table import Period
    from orchestration.settings import Settings

IMPORTED = ("raw_listings", "listing_receipts", "papers", "rejected_papers", "listing_ledger")
"""The assets of a day that come before its summaries."""

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


@dataclass
class Repairs:
    """What a repair did."""

    told: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Day → the metadata of its summaries after the repair."""
    failed: dict[str, str] = field(default_factory=dict)
    """Day → the sentences of what failed."""


class Runner:
    """Makes partitions through Dagster with the given settings."""

    def __init__(
        self, settings: Settings, instance: dg.DagsterInstance, progress: Progress, caps: Sequence[Cap] = ()
    ) -> None:
        """`caps` bound what all runs together may spend, beside the caps of the settings."""
        self._settings = settings
        self.instance = instance
        self._progress = progress
        self.summarizer = summarizer(settings, caps)
        capped = {"writer": writers(settings, caps)} if caps else {}
        self._definitions = build_definitions(settings, progress, self.summarizer, capped)

    def asset_count(self, period: Period) -> int:
        """How many assets a partition of this kind has made."""
        return len(set(self._definitions.resolve_job_def(JOB_NAMES[period]).asset_layer.executable_asset_keys))

    def recorded(self, asset: str) -> set[str]:
        """The partitions of an asset that Dagster knows as materialized."""
        return set(self.instance.get_materialized_partitions(dg.AssetKey(asset)))

    def make(
        self, period: Period, keys: Sequence[str], only: Sequence[str] = (), tags: Mapping[str, str] | None = None
    ) -> Outcome:
        """Makes partitions of one kind, of all its assets or of `only` some, in runs with these tags.

        Each that fails is in the outcome with its reason.
        """
        parts = chunks(period, keys)
        if period == "day" and not only and len(parts) > 1 and self.summarizer.asks_together:
            return self._together(keys, tags)
        outcome = Outcome()
        for chunk in parts:
            result = self._run(JOB_NAMES[period], chunk, only, tags or {})
            if result.success:
                outcome.made.extend(chunk)
            elif len(chunk) == 1 or is_outage(result):
                outcome.failed |= dict.fromkeys(chunk, failure_text(result))
            else:
                for key in chunk:
                    outcome.add(self._alone(period, key, only, result, tags))
        return outcome

    def _together(self, days: Sequence[str], tags: Mapping[str, str] | None) -> Outcome:
        """Days in several runs whose summaries are asked for at once: first their papers, then the answers."""
        imported = self.make("day", days, IMPORTED, tags)
        shown = Teller(f"{days[0]} … {days[-1]}", lambda _: None, self._progress)
        lake = Lake(self._settings.lake_root)
        prepare_days(lake, imported.made, self._settings.preferences(), self.summarizer, shown)
        outcome = self.make("day", imported.made, self.after_import, tags)
        outcome.failed |= imported.failed
        return outcome

    @property
    def after_import(self) -> list[str]:
        """The assets of a day that an import does not make."""
        graph = self._definitions.resolve_asset_graph()
        every = {key.to_user_string() for key in graph.get_all_asset_keys() if graph.get(key).partitions_def == DAYS}
        return sorted(every.difference(IMPORTED))

    def repair(self, days: Sequence[str]) -> Repairs:
        """Repairs the summaries of some days; what stands on them is not made again yet."""
        found = Repairs()
        for chunk in chunks("day", days):
            result = self._run(REPAIR_JOB, chunk, (), {})
            for event in result.all_events:
                if event.event_type == DagsterEventType.ASSET_MATERIALIZATION and event.partition in chunk:
                    metadata = event.step_materialization_data.materialization.metadata
                    found.told[event.partition] = {name: entry.value for name, entry in metadata.items()}
            for key in chunk:
                if key not in found.told:
                    found.failed[key] = failure_text(result)
        return found

    @property
    def after_summaries(self) -> list[str]:
        """The assets of a day that stand on its summaries."""
        job = self._definitions.resolve_job_def(AFTER_JOB)
        return sorted(key.to_user_string() for key in job.asset_layer.selected_asset_keys)

    def after_repair(self, days: Sequence[str]) -> Outcome:
        """Makes again what stands on the summaries of some days."""
        return self.make("day", days, self.after_summaries)

    def _alone(
        self,
        period: Period,
        key: str,
        only: Sequence[str],
        shared: dg.ExecuteInProcessResult,
        tags: Mapping[str, str] | None,
    ) -> Outcome:
        """A partition of a run that failed: what is wrong with it, or else what the run did not get to."""
        if unfit := " ".join(failed_checks(shared, key)):
            return Outcome(failed={key: unfit})
        left = self._left(period, key, only, shared)
        return self.make(period, [key], left, tags) if left else Outcome(made=[key])

    def _left(self, period: Period, key: str, only: Sequence[str], shared: dg.ExecuteInProcessResult) -> list[str]:
        """The assets of a partition that a run has not made, or has not checked."""
        graph = self._definitions.resolve_asset_graph()
        made, checked = set(), {check.asset_check_key for check in evaluations(shared) if check.partition == key}
        for event in shared.all_events:
            if event.event_type == DagsterEventType.ASSET_MATERIALIZATION and event.partition == key:
                made.add(event.asset_key)
        wanted = [
            asset
            for asset in graph.get_all_asset_keys()
            if graph.get(asset).partitions_def == PARTITIONS[period] and (not only or asset.to_user_string() in only)
        ]
        left = [asset for asset in wanted if asset not in made or graph.get(asset).check_keys - checked]
        # What one step makes is made together.
        together = {other for asset in left for other in graph.get(asset).execution_set_asset_keys}
        return sorted(asset.to_user_string() for asset in together)

    def make_site(self) -> dict[str, str]:
        """Brings the site up to date; what failed, by the asset's name."""
        result = self._execute(SITE_JOB, run_config=QUIET)
        for evaluation in evaluations(result):
            if not evaluation.passed:
                self._progress.noticed(f"site, {evaluation.check_name}: {plain_line(evaluation.description or '')}")
        return {} if result.success else {"site": failure_text(result)}

    def look_again(self, days: int) -> tuple[list[Looked], str]:
        """Runs the job that asks for the latest days again: what it found, and what failed, or nothing."""
        result = self._execute(
            JOB_NAME, run_config={**QUIET, "ops": {OP_NAME: {"config": {"days": days}}}}, tags={FOLLOWED_UP: "command"}
        )
        return looked_of(self.instance, result.run_id), "" if result.success else failure_text(result)

    def _run(
        self, job_name: str, chunk: Sequence[str], only: Sequence[str], tags: Mapping[str, str]
    ) -> dg.ExecuteInProcessResult:
        """Runs one job over neighbouring partitions."""
        single = len(chunk) == 1
        span = {ASSET_PARTITION_RANGE_START_TAG: chunk[0], ASSET_PARTITION_RANGE_END_TAG: chunk[-1]}
        result = self._execute(
            job_name,
            run_config=QUIET,
            partition_key=chunk[0] if single else None,
            tags={**tags, **({} if single else span)},
            asset_selection=[dg.AssetKey(name) for name in only] or None,
        )
        for evaluation in evaluations(result):
            if not evaluation.passed and not keeps_back(evaluation) and (single or evaluation.partition):
                asset = evaluation.asset_key.to_user_string()
                self._progress.noticed(f"{asset}, {evaluation.check_name}: {plain_line(evaluation.description or '')}")
        return result

    def _execute(self, job: str, tags: Mapping[str, str] | None = None, **options: Any) -> dg.ExecuteInProcessResult:
        """Runs a job in this process. Raises StorageError, and KeyboardInterrupt where the user stopped it."""
        try:
            result = self._definitions.resolve_job_def(job).execute_in_process(
                instance=self.instance,
                raise_on_error=False,
                tags={**(tags or {}), **process_tags(self._settings.home_folder)},
                **options,
            )
        except storage_failures() as error:
            if self._settings.dagster_postgres_url:
                place, advice = "PostgreSQL", "whether the database runs"
            else:
                place, advice = str(self._settings.home_folder.dagster), "whether its disk is full"
            cause = str(getattr(error, "orig", None) or error.__cause__ or error).strip().splitlines()[0]
            raise StorageError(
                f"Dagster's storage in {place} failed during the job {job} ({cause}): see {advice}, then run again;"
                " finished days are kept."
            ) from error
        if was_interrupted(result):
            raise KeyboardInterrupt
        return result


def chunks(period: Period, keys: Sequence[str]) -> list[list[str]]:
    """Partition keys in runs of neighbours, none longer than the backfill policy allows."""
    wanted = sorted(set(keys))
    if not wanted:
        return []
    definition, ends = PARTITIONS[period], (wanted[0], wanted[-1])
    unknown = [key for key in ends if not definition.has_partition_key(key)]
    if not unknown:
        # Only those between the ends: to list all days since 1991 takes longer than the bookkeeping of a run.
        between = definition.get_partition_keys_in_range(dg.PartitionKeyRange(*ends))
        order = {key: place for place, key in enumerate(between)}
        unknown = [key for key in wanted if key not in order]
    if unknown:
        raise InputError(f"there is no {period} {unknown[0]} to make: arXiv has not announced it, or never will.")
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


def evaluations(result: dg.ExecuteInProcessResult) -> list[dg.AssetCheckEvaluation]:
    """The evaluations of asset checks in a run; those of a partition say which."""
    return list(result.get_asset_check_evaluations())


def keeps_back(evaluation: dg.AssetCheckEvaluation) -> bool:
    """Whether what stands on the asset must wait."""
    grave = evaluation.severity is dg.AssetCheckSeverity.ERROR
    return not evaluation.passed and evaluation.blocking is True and grave


def failed_checks(result: dg.ExecuteInProcessResult, key: str | None = None) -> list[str]:
    """The blocking checks that a run or one of its partitions failed, with what they found."""
    return [
        f"{evaluation.check_name}: {plain_line(evaluation.description or '')}"
        for evaluation in evaluations(result)
        if keeps_back(evaluation) and (key is None or evaluation.partition == key)
    ]


def is_outage(result: dg.ExecuteInProcessResult) -> bool:
    """Whether a step failed because the source did not answer."""
    failures = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    found = [data.user_failure_data.metadata.get(OUTAGE) for data in failures if data.user_failure_data]
    return any(bool(value and value.value) for value in found)


def failure_text(result: dg.ExecuteInProcessResult) -> str:
    """What failed in a run: the sentences of its steps and of its blocking checks."""
    sentences = failed_checks(result)
    for event in result.all_events:
        if event.event_type == DagsterEventType.STEP_FAILURE:
            data = event.step_failure_data
            if data.user_failure_data and data.user_failure_data.description:
                sentences.append(data.user_failure_data.description)
            elif data.error and not told_by_checks(data):
                sentences.append(f"{event.step_key}: {root_message(data.error)} (run {result.run_id})")
        elif event.event_type == DagsterEventType.RUN_FAILURE and not sentences:
            error = event.job_failure_data.error
            sentences.append(f"run {result.run_id} failed: {error.message.strip() if error else event.message}")
    return " ".join(dict.fromkeys(sentences))
