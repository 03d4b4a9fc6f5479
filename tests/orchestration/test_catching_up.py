"""Days that are missing are asked for again, in growing intervals, and nothing else is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import dagster as dg
import pytest
import time_machine
from dagster._core.scheduler.instigation import InstigatorStatus

from assets.calendar.days import announced_at, announcement_days
from assets.warehouse.lake import Lake
from orchestration.alerts.late import late_digests
from orchestration.catching_up import LATEST, MOST_RUNS, NAME, OLDER, Tries, missing_days, wanted_runs
from orchestration.definitions import build_definitions
from orchestration.jobs import JOB_NAMES
from orchestration.scheduled import scheduled_since
from orchestration.settings import Settings, load_settings
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.orchestration.modelled import modelled
from tests.orchestration.switched import switch

DAILY = JOB_NAMES["day"]
DAYS = ["2025-09-03", "2025-09-04"]
SINCE = announced_at(dt.date(2025, 9, 3)) - dt.timedelta(hours=1)
AFTER = announced_at(dt.date(2025, 9, 4)) + dt.timedelta(hours=2)


def missing(settings: Settings, now: dt.datetime, **live: str) -> list[str]:
    """The missing days of a home, were its source this live one."""
    asked = load_settings(home=settings.home, **{"source": "api", **live})
    return missing_days(Lake(settings.lake_root), asked, SINCE, now)


def test_a_day_is_missing_when_the_schedule_had_its_turn_and_until_its_digest_is_made(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home", source="sample")
    assert missing(settings, announced_at(dt.date(2025, 9, 3)) + dt.timedelta(minutes=50)) == []
    assert missing(settings, announced_at(dt.date(2025, 9, 3)) + dt.timedelta(minutes=70)) == DAYS[:1]
    assert missing(settings, AFTER) == DAYS
    later = AFTER + dt.timedelta(days=90, hours=1)
    assert missing(settings, later) == [str(day) for day in announcement_days(dt.date(2025, 9, 3), later.date())]
    daily = build_definitions(settings).resolve_job_def(DAILY)
    assert daily.execute_in_process(instance=dg.DagsterInstance.ephemeral(), partition_key=DAYS[0]).success
    assert missing(settings, AFTER) == DAYS[1:]


def test_a_schedule_that_was_turned_on_after_the_mailing_but_before_its_turn_has_that_day_to_make(
    tmp_path: Path,
) -> None:
    """Found by the soak: the one run of such a day was killed, and nothing asked for it again."""
    settings = load_settings(home=tmp_path / "home", source="oai")
    lake, mailed = Lake(settings.lake_root), announced_at(dt.date(2025, 9, 3))
    for minutes, days in ((1, DAYS[:1]), (194, DAYS[:1]), (196, [])):
        since = mailed + dt.timedelta(minutes=minutes)
        assert missing_days(lake, settings, since, mailed + dt.timedelta(hours=8)) == days
        late, _ = late_digests(lake, settings, since, mailed + dt.timedelta(hours=10))
        assert [fault.partition for fault in late] == days


def test_feeds_are_asked_for_the_latest_day_alone_and_files_for_none(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home", source="sample")
    later = AFTER + dt.timedelta(hours=4)
    assert missing(settings, later, source="rss", fallback_source="none") == DAYS[1:]
    assert missing(settings, later, source="rss") == DAYS, "OAI-PMH stands in for the feeds and has all days"
    assert missing(settings, later, source="sample") == []


def test_a_day_that_failed_is_asked_for_again_after_a_wait(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home", source="snapshot", snapshot=tmp_path / "absent.jsonl")
    daily = build_definitions(settings).resolve_job_def(DAILY)
    instance = dg.DagsterInstance.ephemeral()

    def wanted(now: dt.datetime) -> list[str | None]:
        return [request.run_key for request in wanted_runs(instance, DAILY, DAYS, now)]

    def fail(day: str) -> dt.datetime:
        result = daily.execute_in_process(instance=instance, partition_key=day, raise_on_error=False)
        assert not result.success
        (record,) = instance.get_run_records(dg.RunsFilter(run_ids=[result.run_id]))
        assert record.end_time is not None
        return dt.datetime.fromtimestamp(record.end_time, dt.UTC)

    one, other = DAYS
    assert wanted(AFTER) == [f"{one} 1", f"{other} 1"]
    ended, minutes = fail(one), dt.timedelta(minutes=1)
    assert wanted(ended + 14 * minutes) == [f"{other} 1"]
    assert wanted(ended + 16 * minutes) == [f"{one} 2", f"{other} 1"]
    ended = fail(one)
    assert wanted(ended + 29 * minutes) == [f"{other} 1"]
    assert wanted(ended + 31 * minutes) == [f"{one} 3", f"{other} 1"]


def test_a_day_whose_run_failed_before_the_clock_was_set_back_is_asked_for_at_once(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home", source="snapshot", snapshot=tmp_path / "absent.jsonl")
    daily = build_definitions(settings).resolve_job_def(DAILY)
    instance = dg.DagsterInstance.ephemeral()
    ahead = dt.datetime.now(dt.UTC) + dt.timedelta(days=9)
    with time_machine.travel(ahead, tick=True):
        result = daily.execute_in_process(instance=instance, partition_key=DAYS[0], raise_on_error=False)
    assert not result.success
    (record,) = instance.get_run_records(dg.RunsFilter(run_ids=[result.run_id]))
    assert record.end_time == pytest.approx(ahead.timestamp(), abs=600)

    def wanted(now: dt.datetime) -> list[str | None]:
        return [request.run_key for request in wanted_runs(instance, DAILY, DAYS[:1], now)]

    assert wanted(ahead - dt.timedelta(days=9)) == [f"{DAYS[0]} 2"]
    assert wanted(ahead + dt.timedelta(minutes=5)) == [], "the clock of the run's end came, and its wait with it"


def test_of_many_missing_days_the_latest_are_asked_for_at_once_and_the_others_oldest_first_some_at_a_time() -> None:
    days = [day.isoformat() for day in announcement_days(dt.date(2025, 6, 2), dt.date(2025, 8, 29))]
    latest, instance = days[-LATEST:], dg.DagsterInstance.ephemeral()

    def wanted() -> list[str | None]:
        return [request.partition_key for request in wanted_runs(instance, DAILY, days, AFTER)]

    assert wanted() == [*days[:OLDER], *latest]
    for day in days[:OLDER]:
        tags, under_way = {"dagster/partition": day}, dg.DagsterRunStatus.STARTED
        instance.add_run(dg.DagsterRun(job_name=DAILY, tags=tags, status=under_way))
    assert wanted() == latest
    done = days.pop(0)
    assert wanted() == [days[OLDER - 1], *latest], f"{done} was made, so another one may be"


def test_the_waits_grow_to_three_hours_and_end() -> None:
    waits = [Tries(runs, False, None).wait() / dt.timedelta(minutes=1) for runs in (1, 2, 3, 4, 5, MOST_RUNS)]
    assert waits == [15, 30, 60, 120, 180, 180]


def test_a_day_that_its_checks_keep_back_is_left_to_the_repair(tmp_path: Path) -> None:
    with serving(Behaviour(quota=2)) as server, modelled(server, tmp_path / "home") as home:
        assert not home.run("daily", DAYS[0]).success
        assert missing(home.settings, AFTER) == DAYS[1:]
        # Its checks have told of it, and whoever looks for its run finds it.
        late, there = late_digests(Lake(home.settings.lake_root), home.settings, SINCE, AFTER + dt.timedelta(hours=9))
        assert [fault.partition for fault in late] == DAYS[1:]
        assert there == set()


def test_it_does_nothing_while_the_schedule_is_off(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home", source="sample")
    repository = build_definitions(settings).get_repository_def()
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        sensor = repository.get_sensor_def(NAME)
        context = dg.build_sensor_context(instance=instance, repository_def=repository, sensor_name=NAME)
        assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
        assert [type(answer) for answer in sensor(context)] == [dg.SkipReason]
        assert scheduled_since(instance) is None


@pytest.mark.parametrize("status", [InstigatorStatus.RUNNING, InstigatorStatus.STOPPED])
def test_the_schedule_tells_since_when_it_is_on(status: InstigatorStatus, tmp_path: Path) -> None:
    since = dt.datetime(2026, 11, 2, 1, tzinfo=dt.UTC)
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        switch(instance, since, status)
        switch(instance, since - dt.timedelta(days=9), status, "another")
        assert scheduled_since(instance) == (since if status is InstigatorStatus.RUNNING else None)
