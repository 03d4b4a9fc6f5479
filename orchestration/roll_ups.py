"""What follows the days that runs made: their months, then their years, then the site.

Whoever makes a day (the schedule, the UI, a repair, a run that looked again), its month and year are
older than it from then on. The sensor `roll_ups` reads which partitions of `summaries` were
materialized since its last tick, waits until no run is under way any more, and asks for exactly the
months, then the years, that are older than their days, and for the site at the end. What it asked for
and what failed, a killed run say, it asks for again some times, at growing intervals, and then not until
a day of it changes: alerts tell of the failure. Days that were only imported, without summaries, are
rolled up when people ask for it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition as Job

from assets.aggregates.models import Models
from assets.partitions import month_of, year_of
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from assets.warehouse.table import Period
from orchestration.abandoned import NOT_ENDED, end_abandoned
from orchestration.jobs import COMPACTION, SITE_JOB
from orchestration.looking import lake_as_it_is
from orchestration.settings import Settings
from orchestration.stale import stale

NAME = "roll_ups"
SECONDS = 60

AT_FIRST = dt.timedelta(days=2)
"""How far the first tick looks back; what is older, commands have rolled up, or people will."""

PAGE = 1_000
"""Records read at a time."""

BESIDE = frozenset({COMPACTION, SITE_JOB})
"""Jobs that make no day: nothing waits for their runs."""


WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (15, 45, 180))
"""Between asking for a month or year that failed and asking again; after the last it is left to people."""


@dataclass
class Asked:
    """What was asked for of a month or a year."""

    newest: float
    """The time of its newest day when it was asked for."""
    times: int = 1
    at: float = 0.0
    """When it was asked for last."""

    def is_due(self, now: float) -> bool:
        """Whether to ask again for what is older than its days still; a last time that is to come is no wait."""
        return self.may_come_again and not self.at <= now < self.at + WAITS[self.times - 1].total_seconds()

    @property
    def may_come_again(self) -> bool:
        """Whether it is asked for again by itself."""
        return self.times <= len(WAITS)


@dataclass
class Seen:
    """What the sensor keeps from one tick to the next."""

    read: int | None = None
    """Storage id of the last materialization that was read."""
    months: list[str] = field(default_factory=list)
    """Months of days that were made and may not be rolled up yet."""
    asked: dict[str, Asked] = field(default_factory=dict)
    """By month or year."""
    site: bool = False
    """Whether something was made since the site was asked for."""

    @classmethod
    def from_text(cls, text: str | None) -> Seen:
        """As `to_text` wrote it; empty for None."""
        if not text:
            return cls()
        found = json.loads(text)
        # A cursor of the first layout holds the time of the newest day alone.
        asked = {key: Asked(**one) if isinstance(one, dict) else Asked(one) for key, one in found["asked"].items()}
        return cls(**{**found, "asked": asked})

    def was_asked(self, key: str, newest: float) -> bool:
        """Whether a month or year was asked for since its newest day is of that time."""
        return key in self.asked and self.asked[key].newest == newest

    def is_due(self, key: str, newest: float, now: float) -> bool:
        """Whether to ask for a month or year that is older than its newest day: at once, or again after a while."""
        return not self.was_asked(key, newest) or self.asked[key].is_due(now)

    def to_text(self) -> str:
        """As text, for the cursor."""
        return json.dumps(asdict(self))


def build_roll_ups(settings: Settings, jobs: Mapping[Period, Job], site: Job, models: Models) -> dg.SensorDefinition:
    """The sensor; it is on by default."""

    @dg.sensor(
        jobs=[jobs["month"], jobs["year"], site],
        name=NAME,
        description="When days were made and no run is under way, has their months made anew, then their years,"
        " where they are older than their days, and then the site.",
        minimum_interval_seconds=SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def roll_ups(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        seen = Seen.from_text(context.cursor)
        read_new(context.instance, seen, dt.datetime.now(dt.UTC))
        end_abandoned(settings.home_folder, context.instance)
        reason = "Nothing was made since the last look."
        requests: list[dg.RunRequest] = []
        if under_way := unfinished(context.instance):
            reason = f"Runs are under way: {', '.join(under_way)}."
        elif seen.months or seen.site:
            requests = list(follow(lake_as_it_is(settings), models, seen, jobs, dt.datetime.now(dt.UTC).timestamp()))
            if not requests and seen.site:
                seen.site = False
                if settings.site:
                    requests = [dg.RunRequest(run_key=f"{SITE_JOB} {seen.read}", job_name=site.name)]
            reason = "The months and years are up to date."
        return dg.SensorResult(requests, skip_reason=None if requests else reason, cursor=seen.to_text())

    return roll_ups


def read_new(instance: dg.DagsterInstance, seen: Seen, now: dt.datetime) -> None:
    """Adds the months of all days whose summaries were materialized since the last look."""
    months = set(seen.months)
    key, first = dg.AssetKey(SUMMARIES.name), seen.read is None
    if first:
        # Read before the rest, so that nothing comes between.
        latest = instance.fetch_materializations(key, 1).records
        seen.read = latest[0].storage_id if latest else 0
    records = dg.AssetRecordsFilter(
        asset_key=key,
        after_storage_id=None if first else seen.read,
        after_timestamp=(now - AT_FIRST).timestamp() if first else None,
    )
    page = instance.fetch_materializations(records, PAGE, ascending=True)
    while page.records:
        seen.read = page.records[-1].storage_id
        months |= {month_of(record.partition_key) for record in page.records if record.partition_key}
        seen.site = True
        if not page.has_more:
            break
        page = instance.fetch_materializations(records, PAGE, page.cursor, ascending=True)
    seen.months = sorted(months)


def unfinished(instance: dg.DagsterInstance) -> Sequence[str]:
    """Names of the jobs of which runs wait or are under way, of those that may make days, months or years."""
    runs = instance.get_runs(dg.RunsFilter(statuses=NOT_ENDED))
    return sorted({run.job_name for run in runs} - BESIDE)


def follow(lake: Lake, models: Models, seen: Seen, jobs: Mapping[Period, Job], now: float) -> Iterator[dg.RunRequest]:
    """Requests for the months that are older than their days; where there is none, for the years.

    A month that was asked for and is old still has failed: its year does not wait for it, and follows again when it is
    there.
    """
    days = [f"{month}-01" for month in seen.months]
    periods: tuple[Period, ...] = ("month", "year")
    healed: dict[str, float] = {}
    waits = False
    for period in periods:
        found = stale(lake, models, period, days)
        due = {key: newest for key, newest in found.items() if seen.is_due(key, newest, now)}
        if period == "month":
            healed = _healed(seen, found)
        else:
            due |= {key: at for key, at in healed.items() if key not in found and not seen.was_asked(key, at)}
        for key, newest in due.items():
            times = seen.asked[key].times + 1 if seen.was_asked(key, newest) else 1
            seen.asked[key] = Asked(newest, times, now)
            run_key = f"{period}:{key}:{newest:.6f}{f':{times}' if times > 1 else ''}"
            yield dg.RunRequest(run_key=run_key, partition_key=key, job_name=jobs[period].name)
        if due:
            seen.site = True
            return
        waits = waits or any(seen.asked[key].may_come_again for key in found)
    if not waits:
        seen.months, seen.asked = [], {}


def _healed(seen: Seen, old: Mapping[str, float]) -> dict[str, float]:
    """The years of the months that failed at first and are there now: year → when the last of them was asked for."""
    found: dict[str, float] = {}
    for month, asked in seen.asked.items():
        if len(month) == len("2025-01") and asked.times > 1 and month not in old:
            found[year_of(month)] = max(asked.at, found.get(year_of(month), asked.at))
    return found
