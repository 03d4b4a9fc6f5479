"""The daily schedule: every announcement, in its own time zone, and no evening without one."""

import datetime as dt
import functools
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from assets.calendar.days import announced_at, announcement_days
from orchestration.definitions import build_definitions
from orchestration.served import SERVED_AFTER
from orchestration.settings import load_settings

EASTERN = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def repository() -> dg.RepositoryDefinition:
    return build_definitions(load_settings()).get_repository_def()


@functools.cache
def live(source: str) -> dg.RepositoryDefinition:
    """The definitions for a live source."""
    return build_definitions(load_settings(source=source)).get_repository_def()


@pytest.fixture
def schedule(repository: dg.RepositoryDefinition) -> dg.ScheduleDefinition:
    return repository.get_schedule_def("daily_announcement")


def tick(repository: dg.RepositoryDefinition, evening: dt.datetime) -> list[str | None]:
    """Partition keys that the schedule asks for at an evening in the East."""
    schedule = repository.get_schedule_def("daily_announcement")
    context = dg.build_schedule_context(scheduled_execution_time=evening, repository_def=repository)
    data = schedule.evaluate_tick(context)
    return [request.partition_key for request in data.run_requests or []]


@pytest.mark.parametrize(
    ("evening", "days"),
    [
        ("2026-01-29", ["2026-01-30"]),  # a Thursday
        ("2026-01-25", ["2026-01-26"]),  # a Sunday
        ("2026-01-19", []),  # Martin Luther King Jr. Day
        ("2026-01-01", []),  # New Year's Day
        ("2025-12-31", ["2026-01-01"]),  # New Year's Eve of 2025 had a mailing
        ("2026-03-08", ["2026-03-09"]),  # daylight saving begins
        ("2026-11-01", ["2026-11-02"]),  # daylight saving ends
        ("2028-02-28", ["2028-02-29"]),  # a leap day
    ],
)
def test_an_evening_asks_for_the_day_that_it_announces(
    repository: dg.RepositoryDefinition, evening: str, days: list[str]
) -> None:
    at = dt.datetime.fromisoformat(f"{evening}T20:45").replace(tzinfo=EASTERN)
    assert tick(repository, at) == days


def test_the_schedule_ticks_after_the_announcement_in_summer_and_winter(schedule: dg.ScheduleDefinition) -> None:
    assert schedule.execution_timezone == "America/New_York"
    for day in (dt.date(2026, 1, 30), dt.date(2026, 7, 30)):
        tick_at = dt.datetime.combine(day - dt.timedelta(days=1), dt.time(20, 45), EASTERN)
        assert tick_at - announced_at(day) == dt.timedelta(minutes=45)


def test_every_evening_with_an_announcement_is_in_the_schedule_and_no_other(schedule: dg.ScheduleDefinition) -> None:
    ticks = schedule_ticks(schedule, dt.datetime(2026, 10, 31, tzinfo=dt.UTC), 14)
    assert [tick.astimezone(EASTERN).weekday() for tick in ticks] == [6, 0, 1, 2, 3] * 2 + [6, 0, 1, 2]
    # Daylight saving ends on the first of these evenings; the hour in the East stays.
    assert {tick.astimezone(EASTERN).time() for tick in ticks} == {dt.time(20, 45)}


def schedule_ticks(schedule: dg.ScheduleDefinition, since: dt.datetime, number: int) -> list[dt.datetime]:
    iterator = schedule_execution_time_iterator(since.timestamp(), str(schedule.cron_schedule), "America/New_York")
    return [next(iterator) for _ in range(number)]


YEARS = (
    # Both changes of the clocks, all holidays, New Year, and the beginning of a leap year with its day.
    (dt.datetime(2025, 10, 25, tzinfo=dt.UTC), dt.datetime(2026, 11, 10, tzinfo=dt.UTC)),
    (dt.datetime(2027, 12, 20, tzinfo=dt.UTC), dt.datetime(2028, 3, 20, tzinfo=dt.UTC)),
)


@pytest.mark.parametrize("source", ["api", "oai", "rss"])
@pytest.mark.parametrize(("first", "last"), YEARS, ids=["a year", "a leap year"])
def test_the_ticks_of_a_year_ask_for_each_of_its_days_once_when_the_source_has_it(
    source: str, first: dt.datetime, last: dt.datetime
) -> None:
    found = live(source)
    cron = str(found.get_schedule_def("daily_announcement").cron_schedule)
    asked: list[str | None] = []
    for at in schedule_execution_time_iterator(first.timestamp(), cron, "America/New_York"):
        if at >= last:
            break
        days = tick(found, at)
        assert [announced_at(dt.date.fromisoformat(str(day))) + SERVED_AFTER[source] for day in days] in ([], [at])
        asked += days
    expected = [
        f"{day}"
        for day in announcement_days(first.date(), last.date())
        if first <= announced_at(day) + SERVED_AFTER[source] < last
    ]
    assert asked == expected
    assert len(asked) > 50


@pytest.mark.parametrize(
    ("source", "cron"), [("api", "45 20 * * 0-4"), ("oai", "15 23 * * 0-4"), ("rss", "30 0 * * 1-5")]
)
def test_each_source_is_asked_when_it_has_the_mailing(source: str, cron: str) -> None:
    found = live(source)
    assert found.get_schedule_def("daily_announcement").cron_schedule == cron


def test_a_tick_after_midnight_belongs_to_the_evening_before() -> None:
    found = live("rss")
    assert tick(found, dt.datetime(2026, 1, 30, 0, 30, tzinfo=EASTERN)) == ["2026-01-30"]
    assert tick(found, dt.datetime(2026, 1, 20, 0, 30, tzinfo=EASTERN)) == []
