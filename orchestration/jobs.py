"""The jobs: one for each kind of partition, made of whatever assets have it, and the schedule of the days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import dagster as dg

from assets.calendar.days import why_no_announcement
from assets.partitions import PARTITIONS
from assets.warehouse.table import Period
from orchestration.served import served_after

JOB_NAMES: dict[Period, str] = {"day": "daily", "month": "monthly", "year": "yearly"}

COMPACTION = "compaction"
SITE_JOB = "site_update"
"""Not `site`: a job and an asset of one name would be one name for two graphs."""

JOB_DESCRIPTIONS: dict[Period, str] = {
    "day": "Listings to digest of an announcement day.",
    "month": "What a month's days add up to, its topic pages and its article.",
    "year": "What a year's days add up to, and its overviews.",
}

SCHEDULE_TIME_ZONE = "America/New_York"

SCHEDULE = "daily_announcement"
"""Name of the schedule of the days; what stands on them follows (`roll_ups`)."""

MAILED_AT = dt.time(20)
HALF_A_DAY = dt.timedelta(hours=12)


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


def build_site_job(site: dg.AssetsDefinition) -> dg.UnresolvedAssetJobDefinition:
    """The job that brings the site up to date."""
    return dg.define_asset_job(
        SITE_JOB,
        selection=dg.AssetSelection.assets(*site.keys),
        description="The static site, as far as it is not up to date.",
    )


def cron_after_mailing(delay: dt.timedelta) -> str:
    """When a time after each mailing (less than 16 hours) is, as cron in US Eastern: on Sunday to Thursday, or the
    mornings after."""
    at = dt.datetime.combine(dt.date.min, MAILED_AT) + delay
    weekdays = "0-4" if at.date() == dt.date.min else "1-5"
    return f"{at.minute} {at.hour} * * {weekdays}"


def build_schedule(daily: dg.UnresolvedAssetJobDefinition, source: str) -> dg.ScheduleDefinition:
    """The schedule of the days: each announcement in its own time zone, when the source has it."""

    @dg.schedule(
        job=daily,
        name=SCHEDULE,
        cron_schedule=cron_after_mailing(served_after(source)),
        execution_timezone=SCHEDULE_TIME_ZONE,
        description=f"{JOB_DESCRIPTIONS['day']} After each announcement; skips evenings without one.",
    )
    def after_the_announcement(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        evening = (context.scheduled_execution_time - HALF_A_DAY).date()
        # The announcement day is the UTC date of the mailing, one after its evening in the East.
        day = evening + dt.timedelta(days=1)
        if reason := why_no_announcement(day):
            return dg.SkipReason(f"arXiv announces nothing on {day}: {reason}.")
        return dg.RunRequest(run_key=day.isoformat(), partition_key=day.isoformat())

    return after_the_announcement
