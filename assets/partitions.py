"""The partitions of the almanac: announcement days, months and years, and how they depend.

A day's partition key is the UTC date of its announcement. Weekends and the days that the calendar
knows as holidays have no partition, so nothing can fail there. Today's partition exists from
midnight UTC, the current month and year from their first day.
"""

import datetime as dt

import dagster as dg

from assets.calendar.days import FIRST_DAY, is_announcement_day
from assets.calendar.holidays import arxiv_holidays
from assets.warehouse.table import Period


def cancelled_days() -> list[dt.date]:
    """The weekdays on which arXiv announces nothing, as far as its holidays are known."""
    days_after = {date + dt.timedelta(days=n) for date in arxiv_holidays().by_date for n in (1, 2, 3)}
    return sorted(day for day in days_after if day.weekday() < 5 and not is_announcement_day(day))


DAYS = dg.DailyPartitionsDefinition(
    start_date=FIRST_DAY.isoformat(),
    end_offset=1,
    exclusions=[
        "0 0 * * 6",
        "0 0 * * 0",
        *(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC) for day in cancelled_days()),
    ],
)
MONTHS = dg.TimeWindowPartitionsDefinition(
    start=f"{FIRST_DAY:%Y-%m}", fmt="%Y-%m", cron_schedule="0 0 1 * *", end_offset=1
)
YEARS = dg.TimeWindowPartitionsDefinition(start=f"{FIRST_DAY:%Y}", fmt="%Y", cron_schedule="0 0 1 1 *", end_offset=1)

PARTITIONS: dict[Period, dg.TimeWindowPartitionsDefinition] = {"day": DAYS, "month": MONTHS, "year": YEARS}

BACKFILL_POLICY = dg.BackfillPolicy.multi_run(max_partitions_per_run=25)
"""A run of a month of days: Dagster's start-up is paid once for all of them (a day alone costs tens
of CPU-seconds as its own process), and a day that fails takes at most its own run with it."""


def so_far(history: int = 0) -> dg.TimeWindowPartitionMapping:
    """A month or a year stands on its days up to now, also while it is not over.

    With `history`, it stands on as many earlier periods of its own, too.
    """
    return dg.TimeWindowPartitionMapping(start_offset=-history, allow_nonexistent_upstream_partitions=True)


def year_before() -> dg.TimeWindowPartitionMapping:
    """A year's page stands on that of the year before; the first year stands on none."""
    return dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=-1, allow_nonexistent_upstream_partitions=True)


def month_of(day: str) -> str:
    """The month partition ('YYYY-MM') that holds a day's partition ('YYYY-MM-DD')."""
    return day[:7]


def year_of(day: str) -> str:
    """The year partition ('YYYY') that holds a day's or a month's partition."""
    return day[:4]
