"""The jobs: one for each kind of partition, made of whatever assets have it, and the schedules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import dagster as dg

from assets.calendar.days import why_no_announcement
from assets.partitions import PARTITIONS, month_of, year_of
from assets.warehouse.table import Period

JOB_NAMES: dict[Period, str] = {"day": "daily", "month": "monthly", "year": "yearly"}

COMPACTION = "compaction"

JOB_DESCRIPTIONS: dict[Period, str] = {
    "day": "Listings to digest of an announcement day.",
    "month": "What a month's days add up to.",
    "year": "What a year's days add up to, and its overviews.",
}

SCHEDULE_TIME_ZONE = "America/New_York"

SCHEDULES: dict[Period, tuple[str, str]] = {
    "day": ("daily_announcement", "45 20 * * 0-4"),
    "month": ("monthly_roll_up", "45 21 * * 0-4"),
    "year": ("yearly_roll_up", "15 22 * * 0-4"),
}
"""Name and cron of the schedules. Announcements leave at 20:00 US Eastern, Sunday to Thursday; 45 minutes later the
sources have them, and after another hour the day is made, and its month and year can be made anew."""


def build_jobs(assets: Iterable[dg.AssetsDefinition]) -> dict[Period, dg.UnresolvedAssetJobDefinition]:
    """The jobs by the period of their partitions; an asset belongs to the job of its partitions."""
    assets = list(assets)
    jobs = {}
    for period, partitions in PARTITIONS.items():
        keys = [key for asset in assets if asset.partitions_def == partitions for key in asset.keys]
        jobs[period] = dg.define_asset_job(
            JOB_NAMES[period], selection=dg.AssetSelection.assets(*keys), description=JOB_DESCRIPTIONS[period]
        )
    return jobs


def build_schedules(jobs: Mapping[Period, dg.UnresolvedAssetJobDefinition]) -> list[dg.ScheduleDefinition]:
    """The schedules: each announcement in its own time zone, then the month and the year that hold it."""
    return [_schedule(period, job) for period, job in jobs.items()]


def build_compaction_job(
    compaction: dg.AssetsDefinition,
) -> tuple[dg.UnresolvedAssetJobDefinition, dg.ScheduleDefinition]:
    """The job that compacts a month, and the schedule that does so with the last month, once it is closed."""
    job = dg.define_asset_job(
        COMPACTION,
        selection=dg.AssetSelection.assets(*compaction.keys),
        description="The day files of a closed month, put into one file a table.",
    )

    @dg.schedule(
        job=job,
        name="monthly_compaction",
        cron_schedule="0 6 9 * *",
        execution_timezone="UTC",
        description="The last month, when it has been over for a week.",
    )
    def after_the_month(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        last = context.scheduled_execution_time.replace(day=1) - dt.timedelta(days=1)
        return dg.RunRequest(partition_key=f"{last:%Y-%m}")

    return job, after_the_month


def _schedule(period: Period, job: dg.UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    name, cron = SCHEDULES[period]

    @dg.schedule(
        job=job,
        name=name,
        cron_schedule=cron,
        execution_timezone=SCHEDULE_TIME_ZONE,
        description=f"{JOB_DESCRIPTIONS[period]} After each announcement; skips evenings without one.",
    )
    def after_the_announcement(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        evening = context.scheduled_execution_time
        # The announcement day is the UTC date of the mailing, one after its evening in the East.
        day = evening.date() + dt.timedelta(days=1)
        if reason := why_no_announcement(day):
            return dg.SkipReason(f"arXiv announces nothing on {day}: {reason}.")
        key = {"day": day.isoformat(), "month": month_of(day.isoformat()), "year": year_of(day.isoformat())}[period]
        return dg.RunRequest(run_key=day.isoformat(), partition_key=key)

    return after_the_announcement
