"""Looking again at recent days: the job that asks, and what makes the days that changed.

Asking takes as long as the source's pace demands, so it is the work of a run; schedules and sensors
only read what runs have stored. `look_again_at_recent_days` starts the job `reconcile`, whose op
records what it found as observations of `raw_listings`, one a day. The sensor `days_that_changed`
has exactly the changed days made, and `roll_ups_of_changed_days` their months and years, when the
days are done; both are on, since they do nothing until the job has run. The command
`almanac reconcile` runs the same job and makes the same partitions itself.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster import DagsterEventType
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from assets.aggregates.models import Models
from assets.calendar.days import why_no_announcement
from assets.errors import AlmanacError, SourceUnavailableError
from assets.listings.changes import as_json, from_json
from assets.listings.fallback import without_fallback
from assets.listings.reconcile import Looked, in_making_order, look_again, moving, recent_days
from assets.listings.schema import RAW_LISTINGS
from assets.listings.source import ListingSource
from assets.materialization import OUTAGE
from assets.papers.once import MOVING_TAG
from assets.papers.schema import PAPERS
from assets.pools import ARXIV
from assets.preferences import Preferences
from assets.warehouse.lake import Lake
from assets.warehouse.table import Period
from orchestration.jobs import SCHEDULE_TIME_ZONE
from orchestration.settings import Settings
from orchestration.stale import stale

JOB_NAME = "reconcile"
OP_NAME = "ask_again"

FOLLOWED_UP = "almanac/followed_up_by"
"""Tag of a run of the job whose changed days somebody else makes: the command."""

LOOKED_AGAIN = {"almanac/looked_again": "yes"}
"""Tag of the runs that make changed days."""

FOUND_BY = "almanac/found_by"
"""Another tag of theirs: the run of the job that found the day."""

CRON = "30 6 * * 1-5"
"""On announcement days in the morning (US Eastern): the day is made, and what came late over night is there."""

UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def build_reconcile_job(settings: Settings) -> dg.JobDefinition:
    """The job of one op; the number of days is its configuration."""

    @dg.op(
        name=OP_NAME,
        out=dg.Out(dg.Nothing),
        pool=ARXIV,
        config_schema={
            "days": dg.Field(
                int, default_value=settings.look_again_days, description="announcement days to look at, the latest"
            )
        },
    )
    def ask_again(
        context: dg.OpExecutionContext,
        lake: dg.ResourceParam[Lake],
        source: dg.ResourceParam[ListingSource],
        preferences: dg.ResourceParam[Preferences],
    ) -> None:
        """Asks the source again for recent days and records which of them changed; makes nothing.

        The source of the settings alone is asked: one that stands in knows other things. Where it does not
        answer, the run fails and nothing changes.
        """
        days = recent_days(lake, int(context.op_config["days"]))
        try:
            looked = look_again(
                without_fallback(source), lake, days, preferences.categories, preferences.categories_text
            )
        except AlmanacError as error:
            raise dg.Failure(
                f"{error} Nothing was changed.",
                metadata={OUTAGE: isinstance(error, SourceUnavailableError)},
                allow_retries=False,
            ) from error
        for one in looked:
            context.log_event(observation(one))
            for sentence in one.sentences:
                context.log.info(sentence)

    @dg.job(
        name=JOB_NAME,
        description="Asks the source again for recent announcement days, for late and held papers.",
        executor_def=dg.in_process_executor,
    )
    def reconcile() -> None:
        ask_again()

    return reconcile


def observation(looked: Looked) -> dg.AssetObservation:
    """What was found of a day, as Dagster keeps it."""
    metadata: dict[str, Any] = {"judgement": looked.judgement, "sentences": list(looked.sentences)}
    if looked.change is not None:
        metadata["change"] = as_json(looked.change)
    return dg.AssetObservation(RAW_LISTINGS.name, partition=f"{looked.day}", metadata=metadata)


def looked_of(instance: dg.DagsterInstance, run_id: str) -> list[Looked]:
    """What a run of the job found, in order of the days."""
    entries = instance.all_logs(run_id, of_type=DagsterEventType.ASSET_OBSERVATION)
    found = []
    for entry in entries:
        event = entry.asset_observation
        if event is not None and event.partition is not None:
            metadata: dict[str, Any] = {name: value.value for name, value in event.metadata.items()}
            change = from_json(metadata["change"]) if "change" in metadata else None
            day = dt.date.fromisoformat(event.partition)
            found.append(Looked(day, metadata["judgement"], metadata["sentences"], change))
    return sorted(found, key=lambda one: one.day)


def build_reconcile_schedule(settings: Settings, job: dg.JobDefinition) -> dg.ScheduleDefinition:
    """The schedule of the job: in the morning of announcement days."""

    @dg.schedule(
        job=job,
        name="look_again_at_recent_days",
        cron_schedule=CRON,
        execution_timezone=SCHEDULE_TIME_ZONE,
        description="Asks the source again for recent days; the sensors days_that_changed and "
        "roll_ups_of_changed_days make what changed.",
    )
    def look_again_at_recent_days(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        day = context.scheduled_execution_time.date()
        if settings.source == "rss":
            return dg.SkipReason("The feeds hold one day only: set ALMANAC_SOURCE to oai or api to look again.")
        if reason := why_no_announcement(day):
            return dg.SkipReason(f"arXiv announces nothing on {day}: {reason}.")
        return dg.RunRequest(run_key=f"{day}")

    return look_again_at_recent_days


def build_reconcile_sensors(
    settings: Settings,
    job: dg.JobDefinition,
    jobs: Mapping[Period, UnresolvedAssetJobDefinition],
    models: Models,
) -> list[dg.SensorDefinition]:
    """The sensors that make the days which changed, and then their months and years."""

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="days_that_changed",
        description="Has exactly the days made again that a run of reconcile found changed.",
        monitored_jobs=[job],
        request_jobs=[jobs["day"]],
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def days_that_changed(context: dg.RunStatusSensorContext) -> dg.SensorResult | dg.SkipReason:
        run = context.dagster_run
        if FOLLOWED_UP in run.tags:
            return dg.SkipReason(f"What run {run.run_id} found is made by {run.tags[FOLLOWED_UP]}.")
        looked = looked_of(context.instance, run.run_id)
        gaining, losing = in_making_order(looked)
        days = [f"{day}" for day in (*gaining, *losing)]
        if not days:
            return dg.SkipReason("No day changed.")
        return dg.SensorResult(
            [
                dg.RunRequest(
                    run_key=f"{run.run_id}:{day}",
                    partition_key=day,
                    job_name=jobs["day"].name,
                    tags={**LOOKED_AGAIN, FOUND_BY: run.run_id, MOVING_TAG: ",".join(moving(looked))},
                )
                for day in days
            ]
        )

    @dg.sensor(
        jobs=[jobs["month"], jobs["year"]],
        name="roll_ups_of_changed_days",
        description="Makes months and years anew that are older than the days made for reconcile.",
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def roll_ups_of_changed_days(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        changed = days_made_for_reconcile(context.instance, jobs["day"].name, settings)
        if not changed:
            return dg.SkipReason("No day was made for reconcile.")
        for period in ("day", "month"):
            if context.instance.get_runs_count(dg.RunsFilter(job_name=jobs[period].name, statuses=UNFINISHED)):
                return dg.SkipReason(f"Runs of {jobs[period].name} are not finished.")
        lake = Lake(settings.lake_root)
        requests = list(_roll_ups(lake, models, jobs, changed))
        return dg.SensorResult(requests) if requests else dg.SkipReason("The months and years are up to date.")

    return [days_that_changed, roll_ups_of_changed_days]


def days_made_for_reconcile(instance: dg.DagsterInstance, job_name: str, settings: Settings) -> list[str]:
    """The days of the latest runs that made changed days."""
    runs = instance.get_runs(dg.RunsFilter(job_name=job_name, tags=LOOKED_AGAIN), limit=2 * settings.look_again_days)
    return sorted({key for run in runs if (key := run.tags.get("dagster/partition"))})


def _roll_ups(
    lake: Lake, models: Models, jobs: Mapping[Period, UnresolvedAssetJobDefinition], days: Sequence[str]
) -> Iterator[dg.RunRequest]:
    """Requests for the stale months; when there are none, for the stale years, which stand on them."""
    made = [day for day in days if lake.has(PAPERS, day)]
    periods: tuple[Period, ...] = ("month", "year")
    for period in periods:
        found = stale(lake, models, period, made)
        for key, newest in found.items():
            yield dg.RunRequest(run_key=f"{period}:{key}:{newest:.6f}", partition_key=key, job_name=jobs[period].name)
        if found:
            return
