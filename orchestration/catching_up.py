"""Days that should be there and are not: arXiv was late, the machine was off, or a run died.

The schedule asks for a day once. The sensor `missing_days` asks again, at growing intervals, while the
schedule is on: for each announcement since it was turned on that has no digest. A day whose digest is kept back by
the checks of its summaries is not among them: making it again would only cost, and the repair looks after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition as Job

from assets.digests.schema import DIGESTS
from assets.papers.schema import PAPERS
from assets.preferences import Preferences
from assets.summaries.judgement import judge_partition
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from orchestration.abandoned import NOT_ENDED
from orchestration.looking import Told, lake_as_it_is, told_of
from orchestration.scheduled import scheduled_since
from orchestration.served import SERVED_AFTER, served_days
from orchestration.settings import Settings

NAME = "missing_days"
SECONDS = 120

GRACE = dt.timedelta(minutes=20)
"""After the source has an announcement, in which the schedule's own run begins."""

FIRST_WAIT = dt.timedelta(minutes=15)
LONGEST_WAIT = dt.timedelta(hours=3)
"""Between the end of a run that failed and the next: 15 minutes, then twice as long each time, up to three hours."""

FURTHEST = dt.timedelta(days=400)
"""How far back days are looked after; what is older is the business of `almanac status` and `almanac backfill`."""

LATEST = 10
"""Missing days that are asked for as soon as it is their turn: the latest."""
OLDER = 10
"""Runs of days before them that may wait or be under way at a time, those of the oldest: the latest do not queue
behind months of them."""

MOST_RUNS = 40
"""Runs of a day after which it is left to people: alerts have told of it, and `almanac status` names it."""


@dataclass(frozen=True)
class Tries:
    """What was tried for a day."""

    runs: int
    unfinished: bool
    ended: dt.datetime | None
    """When the last run ended, in UTC."""

    def wait(self) -> dt.timedelta:
        """How long to wait after the last run."""
        doublings = min(self.runs - 1, 10)
        return min(FIRST_WAIT * float(2**doublings), LONGEST_WAIT)


def tries_of(instance: dg.DagsterInstance, job: str, day: str) -> Tries:
    """The runs of a job for a day."""
    records = instance.get_run_records(dg.RunsFilter(job_name=job, tags={"dagster/partition": day}), limit=MOST_RUNS)
    ends = [record.end_time for record in records if record.end_time]
    return Tries(
        len(records),
        any(record.dagster_run.status in NOT_ENDED for record in records),
        dt.datetime.fromtimestamp(max(ends), dt.UTC) if ends else None,
    )


def missing_days(lake: Lake, settings: Settings, since: dt.datetime, now: dt.datetime) -> list[str]:
    """Announcement days since a time that should be made by now and have no digest, the oldest first.

    Where nothing but the feeds is asked, the latest alone, for they hold no other. A file is as it is and never late.
    """
    if settings.source not in SERVED_AFTER:
        return []
    only_feeds = settings.source == "rss" and settings.fallback is None
    # Since its turn, not since its mailing: the schedule may have been turned on between the two.
    days = [f"{day}" for day in served_days(settings.source, max(since, now - FURTHEST), now - GRACE)]
    if only_feeds:
        days = days[-1:]
    preferences = settings.preferences()
    return [day for day in days if not lake.has(DIGESTS, day) and not kept_back(lake, day, preferences)]


def kept_back(lake: Lake, day: str, preferences: Preferences) -> bool:
    """Whether the checks of a day's summaries keep its digest back; judged once while the day is as it was."""
    there = lake.has(SUMMARIES, day) and lake.has(PAPERS, day)
    return there and _kept_back(lake, day, preferences, told_of(lake, (PAPERS, SUMMARIES), day))


@lru_cache(maxsize=512)
def _kept_back(lake: Lake, day: str, preferences: Preferences, told: Told) -> bool:
    del told  # it is there to be looked up by
    return bool(judge_partition(lake, day, preferences.languages).unfit(preferences))


def build_catching_up(settings: Settings, job: Job) -> dg.SensorDefinition:
    """The sensor; it is on by default and does nothing while the schedule of the daily announcement is off."""

    @dg.sensor(
        name=NAME,
        job=job,
        description="While the schedule of the daily announcement is on, has days made that should be there and are"
        " not: because arXiv was late, the machine was off, or a run died.",
        minimum_interval_seconds=SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def catch_up(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        since = scheduled_since(context.instance)
        if since is None:
            yield dg.SkipReason("The schedule of the daily announcement is off.")
            return
        now = dt.datetime.now(dt.UTC)
        days = missing_days(lake_as_it_is(settings), settings, since, now)
        requests = list(wanted_runs(context.instance, job.name, days, now))
        yield from requests
        if not requests:
            yield dg.SkipReason("No day is missing that could be made now.")

    return catch_up


def wanted_runs(
    instance: dg.DagsterInstance, job: str, days: Sequence[str], now: dt.datetime
) -> Iterator[dg.RunRequest]:
    """Requests for those of some missing days (the oldest first) whose turn it is."""
    under_way = 0
    for place, day in enumerate(days):
        if under_way >= OLDER and place < len(days) - LATEST:
            continue
        tries = tries_of(instance, job, day)
        if tries.unfinished:
            under_way += 1
            continue
        if tries.runs >= MOST_RUNS:
            continue
        # A run that has yet to end by the clock, though it has ended: the clock was set back.
        if tries.ended is None or now < tries.ended or now >= tries.ended + tries.wait():
            under_way += 1
            yield dg.RunRequest(run_key=f"{day} {tries.runs + 1}", partition_key=day)
