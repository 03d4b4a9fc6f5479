"""The jobs: one for each kind of partition, made of whatever assets have it, and the daily schedule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import dagster as dg

from assets.calendar.days import why_no_announcement
from assets.partitions import PARTITIONS
from assets.warehouse.table import Period

JOB_NAMES: dict[Period, str] = {"day": "daily", "month": "monthly", "year": "yearly"}

JOB_DESCRIPTIONS: dict[Period, str] = {
    "day": "Listings to digest of an announcement day.",
    "month": "What a month's days add up to.",
    "year": "What a year's days add up to, and its overviews.",
}

SCHEDULE_TIME_ZONE = "America/New_York"
SCHEDULE_CRON = "45 20 * * 0-4"
"""Announcements leave at 20:00 US Eastern, Sunday to Thursday; 45 minutes later the API has them."""


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


def build_schedule(daily: dg.UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """The schedule of the daily job: each announcement, in the announcement's own time zone."""

    @dg.schedule(
        job=daily,
        name="daily_announcement",
        cron_schedule=SCHEDULE_CRON,
        execution_timezone=SCHEDULE_TIME_ZONE,
        description="Makes the day that arXiv has just announced; skips evenings without announcement.",
    )
    def daily_announcement(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        evening = context.scheduled_execution_time
        # The announcement day is the UTC date of the mailing, one after its evening in the East.
        day = evening.date() + dt.timedelta(days=1)
        if reason := why_no_announcement(day):
            return dg.SkipReason(f"arXiv announces nothing on {day}: {reason}.")
        return dg.RunRequest(run_key=day.isoformat(), partition_key=day.isoformat())

    return daily_announcement
