"""Looking again at recent days: the job that asks, and what makes the days that changed.

Asking takes as long as the source's pace demands, so it is the work of a run; schedules and sensors
only read what runs have stored. `look_again_at_recent_days` starts the job `reconcile`, whose op
records what it found as observations of `raw_listings`, one a day. The sensor `days_that_changed`
has exactly the changed days made; it is on, since it does nothing until the job has run. What stands
on these days follows as on any other (`roll_ups`). The command `almanac reconcile` runs the same job
and makes the same partitions itself.
"""

import datetime as dt
from typing import Any

import dagster as dg
from dagster import DagsterEventType
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from assets.calendar.days import why_no_announcement
from assets.errors import AlmanacError, SourceUnavailableError
from assets.listings.changes import as_json, from_json
from assets.listings.fallback import without_fallback
from assets.listings.reconcile import Looked, in_making_order, look_again, moving, recent_days
from assets.listings.schema import RAW_LISTINGS
from assets.listings.source import ListingSource
from assets.materialization import OUTAGE
from assets.papers.once import MOVING_TAG
from assets.pools import ARXIV
from assets.preferences import Preferences
from assets.warehouse.lake import Lake
from orchestration.jobs import SCHEDULE_TIME_ZONE
from orchestration.settings import Settings

JOB_NAME = "reconcile"
OP_NAME = "ask_again"

FOLLOWED_UP = "almanac/followed_up_by"
"""Tag of a run of the job whose changed days somebody else makes: the command."""

FOUND_BY = "almanac/found_by"
"""Tag of the runs that make changed days: the run of the job that found the day."""

CRON = "30 6 * * 1-5"
"""On announcement days in the morning (US Eastern): the day is made, and what came late over night is there."""


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
        description="Asks the source again for recent days; the sensor days_that_changed has made what changed.",
    )
    def look_again_at_recent_days(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        day = context.scheduled_execution_time.date()
        if settings.source == "rss":
            return dg.SkipReason("The feeds hold one day only: set ALMANAC_SOURCE to oai or api to look again.")
        if reason := why_no_announcement(day):
            return dg.SkipReason(f"arXiv announces nothing on {day}: {reason}.")
        return dg.RunRequest(run_key=f"{day}")

    return look_again_at_recent_days


def build_reconcile_sensor(job: dg.JobDefinition, daily: UnresolvedAssetJobDefinition) -> dg.SensorDefinition:
    """The sensor that has the days made which changed."""

    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="days_that_changed",
        description="Has exactly the days made again that a run of reconcile found changed.",
        monitored_jobs=[job],
        request_jobs=[daily],
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
                    job_name=daily.name,
                    tags={FOUND_BY: run.run_id, MOVING_TAG: ",".join(moving(looked))},
                )
                for day in days
            ]
        )

    return days_that_changed
