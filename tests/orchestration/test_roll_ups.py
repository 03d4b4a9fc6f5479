"""Months, years and the site follow the days, whoever made these.

Days are put into a lake and reported to Dagster as a run would; what the sensor asks for is put there, too, or
is not, as if its run had failed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
import time_machine

from assets.aggregates.models import Models
from assets.papers.schema import PAPERS
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from assets.warehouse.table import Period
from orchestration.abandoned import PROCESS_TAG
from orchestration.jobs import JOB_NAMES, SITE_JOB
from orchestration.roll_ups import AT_FIRST, WAITS, Asked, Seen, build_roll_ups, read_new
from orchestration.settings import load_settings
from orchestration.stale import PAGES
from orchestration.tables import load_almanac_models

AUGUST, SEPTEMBER = ("2025-08-28", "2025-08-29"), ("2025-09-01", "2025-09-03")
PERIODS: dict[str, Period] = {name: period for period, name in JOB_NAMES.items()}


@pytest.fixture(scope="module")
def models() -> Models:
    return load_almanac_models()


class World:
    """A lake, an instance and the sensor."""

    def __init__(self, root: Path, instance: dg.DagsterInstance, models: Models, site: bool) -> None:
        settings = load_settings(home=root, site=site)
        jobs = {period: dg.define_asset_job(name) for period, name in JOB_NAMES.items()}
        self.instance, self.models, self.root = instance, models, root
        self.lake = Lake(settings.lake_root)
        self.sensor = build_roll_ups(settings, jobs, dg.define_asset_job(SITE_JOB), models)
        self.cursor: str | None = None

    def make(self, *days: str) -> None:
        """As a run of days does."""
        for day in days:
            for table in (PAPERS, SUMMARIES):
                self.lake.write(table, day, table.empty())
                self.instance.report_runless_asset_event(dg.AssetMaterialization(table.name, partition=day))

    def roll_up(self, period: Period, key: str) -> None:
        """As a run of a month or a year does."""
        tables = [model.table for model in self.models.stored if model.table.period == period] + PAGES[period]
        for table in tables:
            self.lake.write(table, key, table.empty())

    def tick(self) -> list[tuple[str | None, str | None]]:
        """What the sensor asks for."""
        answer = self.sensor(dg.build_sensor_context(instance=self.instance, cursor=self.cursor))
        assert isinstance(answer, dg.SensorResult)
        self.cursor = answer.cursor
        return [(request.job_name, request.partition_key) for request in answer.run_requests or []]

    def settle(self) -> list[tuple[str | None, str | None]]:
        """All that it asks for until it asks for nothing more, each made as asked."""
        asked = []
        while requests := self.tick():
            asked += requests
            for job, key in requests:
                if key is not None:
                    self.roll_up(PERIODS[str(job)], key)
        return asked

    def run(self, **tags: str) -> dg.DagsterRun:
        """A run of the days that is under way."""
        run = dg.DagsterRun(job_name=JOB_NAMES["day"], tags=tags, status=dg.DagsterRunStatus.STARTED)
        return self.instance.add_run(run)

    def status(self, run: dg.DagsterRun) -> dg.DagsterRunStatus:
        found = self.instance.get_run_by_id(run.run_id)
        assert found is not None
        return found.status


Make = Callable[[bool], World]


@pytest.fixture
def world_with(tmp_path: Path, models: Models) -> Make:
    return lambda site: World(tmp_path, dg.DagsterInstance.ephemeral(), models, site)


@pytest.fixture
def world(world_with: Make) -> World:
    return world_with(False)


def test_days_are_followed_by_their_months_then_their_years_and_nothing_twice(world: World) -> None:
    assert world.tick() == []
    world.make(*AUGUST)
    assert world.settle() == [("monthly", "2025-08"), ("yearly", "2025")]
    assert world.tick() == []
    world.make(*SEPTEMBER)
    assert world.settle() == [("monthly", "2025-09"), ("yearly", "2025")]
    world.make(AUGUST[1], "2026-01-02")
    # September looks back on August, and so do the marts of 2026 on 2025.
    assert world.settle() == [
        ("monthly", "2025-08"),
        ("monthly", "2025-09"),
        ("monthly", "2026-01"),
        ("yearly", "2025"),
        ("yearly", "2026"),
    ]


def test_what_was_made_long_before_the_first_look_is_history_at_the_second_too(world: World) -> None:
    long_after = dt.datetime.now(dt.UTC) + AT_FIRST + dt.timedelta(hours=1)
    seen = Seen()
    world.make(*AUGUST)
    read_new(world.instance, seen, long_after)
    assert seen.read
    world.make(*SEPTEMBER)
    read_new(world.instance, seen, long_after)
    assert seen.months == ["2025-09"]


def test_more_days_than_are_read_at_a_time_are_all_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.roll_ups.PAGE", 3)
    world.make(*AUGUST, *SEPTEMBER)
    assert {key for _, key in world.settle()} == {"2025-08", "2025-09", "2025"}


def test_days_that_are_imported_without_summaries_ask_for_nothing(world: World) -> None:
    world.lake.write(PAPERS, AUGUST[0], PAPERS.empty())
    world.instance.report_runless_asset_event(dg.AssetMaterialization(PAPERS.name, partition=AUGUST[0]))
    assert world.tick() == []


def test_the_site_follows_last_where_it_is_wanted(world_with: Make) -> None:
    world = world_with(True)
    world.make(*AUGUST)
    assert world.settle() == [("monthly", "2025-08"), ("yearly", "2025"), (SITE_JOB, None)]
    assert world.tick() == []


def test_nothing_is_asked_for_while_a_run_is_under_way(world: World) -> None:
    run = world.run()
    world.make(*AUGUST)
    assert world.tick() == []
    world.instance.report_run_canceled(run)
    assert world.tick() == [("monthly", "2025-08")]


def test_the_run_of_a_killed_command_holds_nothing_up(world: World) -> None:
    world.make(*AUGUST)
    left = world.root / "dagster" / "processes" / "of-a-killed-process"
    left.parent.mkdir(parents=True)
    left.touch()
    run = world.run(**{PROCESS_TAG: left.name})
    assert world.tick() == [("monthly", "2025-08")]
    assert world.status(run) is dg.DagsterRunStatus.FAILURE


def test_a_month_whose_run_died_is_asked_for_again_and_its_year_and_the_site_follow(world_with: Make) -> None:
    world, start = world_with(True), dt.datetime.now(dt.UTC)
    world.make(*AUGUST)
    assert world.tick() == [("monthly", "2025-08")]
    assert world.tick() == [("yearly", "2025")]
    world.roll_up("year", "2025")
    assert world.tick() == [(SITE_JOB, None)]
    assert world.tick() == []
    with time_machine.travel(start + WAITS[0] + dt.timedelta(minutes=1)):
        assert world.tick() == [("monthly", "2025-08")]
        world.roll_up("month", "2025-08")
        assert world.tick() == [("yearly", "2025")]
        world.roll_up("year", "2025")
        assert world.tick() == [(SITE_JOB, None)]
        assert world.tick() == []
    assert Seen.from_text(world.cursor).asked == {}


def test_a_year_follows_each_of_its_months_that_come_late_whichever_comes_first(world: World) -> None:
    world.make(*AUGUST, *SEPTEMBER)
    both = [("monthly", "2025-08"), ("monthly", "2025-09")]
    now = dt.datetime.now(dt.UTC)
    assert world.tick() == both
    assert world.tick() == [("yearly", "2025")]
    world.roll_up("year", "2025")
    for wait, late in zip(WAITS, ("2025-09", "2025-08"), strict=False):
        now += wait + dt.timedelta(minutes=1)
        with time_machine.travel(now, tick=False):
            assert ("monthly", late) in world.tick()
            world.roll_up("month", late)
            assert world.tick() == [("yearly", "2025")]
            world.roll_up("year", "2025")
            assert world.tick() == []


def test_a_month_that_always_fails_is_left_to_people_until_a_day_of_it_changes(world: World) -> None:
    now = dt.datetime.now(dt.UTC)
    world.make(*AUGUST)
    assert world.tick() == [("monthly", "2025-08")]
    assert world.tick() == [("yearly", "2025")]
    world.roll_up("year", "2025")
    keys = []
    for wait in (*WAITS, *WAITS):
        now += wait + dt.timedelta(minutes=1)
        with time_machine.travel(now, tick=False):
            keys += world.tick()
            assert world.tick() == []
    assert keys == [("monthly", "2025-08")] * len(WAITS)
    world.make(AUGUST[1])
    assert world.settle() == [("monthly", "2025-08"), ("yearly", "2025")]


def test_a_cursor_of_the_first_layout_goes_on() -> None:
    seen = Seen.from_text('{"read": 7, "months": ["2025-08"], "asked": {"2025-08": 1.5}, "site": true}')
    assert seen == Seen(7, ["2025-08"], {"2025-08": Asked(1.5)}, True)
    assert Seen.from_text(seen.to_text()) == seen


def test_a_month_that_fails_is_not_asked_for_at_once_and_its_year_does_not_wait(world: World) -> None:
    world.make(*AUGUST)
    assert world.tick() == [("monthly", "2025-08")]
    assert world.tick() == [("yearly", "2025")]
    world.roll_up("year", "2025")
    assert world.tick() == []
    world.make(AUGUST[1])
    assert world.settle() == [("monthly", "2025-08"), ("yearly", "2025")]
