"""The repair: a job that heals the summaries that need it, a schedule that finds their days, and what follows.

`repair` touches `summaries` alone. What stands on a day whose summaries changed is made again by `after_summaries`;
the sensor `after_repair` asks for it, for exactly the days that changed, and others do so after a repair of which some
days failed or that was canceled. Months and years follow by `roll_ups`.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition as Job

from assets.papers.schema import PAPERS
from assets.partitions import DAYS
from assets.summaries.engine.caps import used_up
from assets.summaries.partition import REPAIR_CHANGED, REPAIR_JOB, days_in_need
from assets.summaries.schema import SUMMARIES, SUMMARY_REPAIRS
from assets.warehouse.lake import Lake
from orchestration.jobs import SCHEDULE_TIME_ZONE
from orchestration.looking import Told, lake_as_it_is, told_of
from orchestration.resources import engine_settings, model_name
from orchestration.settings import Settings

AFTER_JOB = "after_summaries"
REPAIRED_TAG = "almanac/repaired"
"""Tag of the runs that follow a repair; its value is the repair's run."""

ENDS = {
    dg.DagsterRunStatus.SUCCESS: ("after_repair", ""),
    dg.DagsterRunStatus.FAILURE: ("after_failed_repair", " that failed for some days"),
    dg.DagsterRunStatus.CANCELED: ("after_canceled_repair", " that was canceled"),
}
"""How a repair ends → the sensor that follows it then, and what its description says."""

CRON = "15 */3 * * *"
MOST_DAYS = 20
"""Days that one tick of the schedule has repaired, the newest first; the rest waits for the next."""
LATEST = 366
"""Days that a tick looks at, the latest that were made: some 3 ms each. `almanac repair` looks at all."""
LOOKING_SECONDS = 30.0
"""After which a tick looks at no more days: Dagster gives it 60 seconds, and a store may be slow at its first look."""


@dataclass(frozen=True)
class Repairs:
    """What Dagster needs to know of the repair."""

    jobs: Sequence[Job]
    schedule: dg.ScheduleDefinition
    sensors: Sequence[dg.SensorDefinition]


def after_summaries(assets: Sequence[dg.AssetsDefinition]) -> list[str]:
    """The assets of a day that stand on its summaries, directly or not."""
    upstream = {
        key.to_user_string(): {dep.to_user_string() for dep in asset.asset_deps[key]}
        for asset in assets
        if asset.partitions_def == DAYS
        for key in asset.keys
    }
    found = {SUMMARIES.name}
    while more := {name for name, deps in upstream.items() if deps & found} - found:
        found |= more
    return sorted(found - {SUMMARIES.name})


def build_repairs(assets: Sequence[dg.AssetsDefinition], settings: Settings) -> Repairs:
    """The jobs, the schedule and the sensors of the repair."""
    repair = dg.define_asset_job(
        REPAIR_JOB,
        selection=dg.AssetSelection.assets(SUMMARIES.name),
        description="Asks again for the summaries of a day that are missing, pending, extractive (where a model is"
        " set) or rejected by today's checks, and for nothing else. Choose days or a range of them.",
    )
    after = dg.define_asset_job(
        AFTER_JOB,
        selection=dg.AssetSelection.assets(*after_summaries(assets)),
        description="What stands on a day's summaries, made again after they changed: its digest and its marts.",
    )
    return Repairs([repair, after], _schedule(repair, settings), list(_sensors(repair, after)))


def _schedule(repair: Job, settings: Settings) -> dg.ScheduleDefinition:
    well: dict[str, Told] = {}

    @dg.schedule(
        job=repair,
        name="repairs",
        cron_schedule=CRON,
        execution_timezone=SCHEDULE_TIME_ZONE,
        description="Every three hours, repairs the days of the last year whose summaries need it; reads no text to"
        " find them, and leaves alone what was asked for often enough.",
    )
    def repairs(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        if settings.uses_model and settings.max_cost_30_days_usd is not None:
            cap = used_up(engine_settings(settings), in_batches=settings.summarizer == "openai-batch")
            if cap is not None:
                yield dg.SkipReason(f"Nothing can be asked for: {cap.reached}.")
                return
        days = to_repair(lake_as_it_is(settings), well, settings.languages, model_name(settings))
        if not days:
            yield dg.SkipReason("No day's summaries need a repair.")
        tick = f"{context.scheduled_execution_time.astimezone(dt.UTC):%Y-%m-%dT%H:%M}"
        for day in days:
            yield dg.RunRequest(run_key=f"{tick} {day}", partition_key=day)

    return repairs


def to_repair(
    lake: Lake, well: dict[str, Told], languages: Sequence[str], model: str, seconds: float = LOOKING_SECONDS
) -> list[str]:
    """The next days to be repaired, of the latest that were made: the newest first, MOST_DAYS at most.

    `well` holds the days that need none, with what the storage told of them then, and gains those that are found so:
    they are looked at again when the storage tells something else. What no time is left for waits for the next tick.
    """
    found: list[str] = []
    until = time.monotonic() + seconds
    for day in reversed(lake.keys(SUMMARIES)[-LATEST:]):
        told = told_of(lake, (PAPERS, SUMMARIES, SUMMARY_REPAIRS), day)
        if well.get(day) == told:
            continue
        if days_in_need(lake, [day], languages, model):
            found.append(day)
        else:
            well[day] = told
        if len(found) == MOST_DAYS or time.monotonic() > until:
            break
    return found


def _sensors(repair: Job, after: Job) -> Iterator[dg.SensorDefinition]:
    """A sensor for each way in which a repair ends: the days that it healed stay healed, however others went."""
    for status, (name, what) in ENDS.items():

        @dg.run_status_sensor(
            run_status=status,
            name=name,
            monitored_jobs=[repair],
            request_jobs=[after],
            default_status=dg.DefaultSensorStatus.RUNNING,
            description=f"After a repair{what}, makes again what stands on the summaries of the days that it changed.",
        )
        def after_repair(context: dg.RunStatusSensorContext) -> Iterator[dg.RunRequest]:
            run = context.dagster_run
            for day in changed_days(context.instance, run.run_id):
                yield dg.RunRequest(
                    job_name=AFTER_JOB,
                    partition_key=day,
                    run_key=f"{run.run_id} {day}",
                    tags={REPAIRED_TAG: run.run_id},
                )

        yield after_repair


def changed_days(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """The days whose summaries a run of the repair changed."""
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION).records
    found = set()
    for record in records:
        materialization = record.asset_materialization
        if materialization is None or materialization.partition is None:
            continue
        changed = materialization.metadata.get(REPAIR_CHANGED)
        if changed is not None and changed.value:
            found.add(materialization.partition)
    return sorted(found)
