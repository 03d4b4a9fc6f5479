"""Months, years and the site follow the days, whoever made these."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from assets.listings.sample import SampleSource
from assets.overviews.schema import OVERVIEWS, TREND_ARTICLES
from assets.warehouse.home import Home
from orchestration.abandoned import PROCESS_TAG
from tests.orchestration.conftest import DAYS
from tests.orchestration.daemon import Daemon, asked_for

AUGUST, SEPTEMBER = DAYS[:2], DAYS[2:]


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield Daemon(Home(tmp_path / "home"), SampleSource, "sample", instance)


def settle(daemon: Daemon) -> list[tuple[str | None, str | None]]:
    """All that the sensor asks for until it asks for nothing more, each made as asked."""
    asked = []
    while requests := daemon.roll_ups():
        asked += asked_for(requests)
        daemon.obey([request for request in requests if request.partition_key])
    return asked


def test_a_day_is_followed_by_its_month_its_year_and_nothing_twice(daemon: Daemon) -> None:
    assert daemon.roll_ups() == []
    daemon.make([AUGUST[0]])
    assert settle(daemon) == [("monthly", "2025-08"), ("yearly", "2025")]
    assert daemon.lake.keys(TREND_ARTICLES) == ["2025-08"]
    assert daemon.lake.keys(OVERVIEWS) == ["2025"]
    assert daemon.roll_ups() == []
    # A day that is not asked for leaves the other months alone, and a range in one run counts as its days do.
    daemon.run_range("daily", SEPTEMBER[0], SEPTEMBER[-1])
    assert settle(daemon) == [("monthly", "2025-09"), ("yearly", "2025")]


def test_the_site_follows_where_it_is_wanted(daemon: Daemon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ALMANAC_SITE", "yes")
    wanting = Daemon(Home(tmp_path / "home"), SampleSource, "sample", daemon.instance)
    wanting.make([AUGUST[0]])
    assert settle(wanting) == [("monthly", "2025-08"), ("yearly", "2025"), ("site_update", None)]
    assert wanting.roll_ups() == []


def test_nothing_is_asked_for_while_a_run_is_under_way(daemon: Daemon) -> None:
    daemon.make([AUGUST[0]])
    run = daemon.instance.create_run_for_job(daemon.definitions.resolve_job_def("daily"))
    daemon.instance.report_run_canceling(run)
    assert daemon.roll_ups() == []
    daemon.instance.report_run_canceled(run)
    assert asked_for(daemon.roll_ups()) == [("monthly", "2025-08")]


def test_the_run_of_a_killed_command_holds_nothing_up(daemon: Daemon, tmp_path: Path) -> None:
    daemon.make([AUGUST[0]])
    left = tmp_path / "home" / "dagster" / "processes" / "of-a-killed-process"
    left.parent.mkdir(parents=True)
    left.touch()
    run = daemon.instance.create_run_for_job(daemon.definitions.resolve_job_def("daily"), tags={PROCESS_TAG: left.name})
    assert asked_for(daemon.roll_ups()) == [("monthly", "2025-08")]
    ended = daemon.instance.get_run_by_id(run.run_id)
    assert ended is not None
    assert ended.status is dg.DagsterRunStatus.FAILURE


def test_a_month_that_fails_is_asked_for_once_and_its_year_does_not_wait(daemon: Daemon) -> None:
    daemon.make([AUGUST[0]])
    assert asked_for(daemon.roll_ups()) == [("monthly", "2025-08")]
    # Not made: as if its run had failed.
    assert asked_for(daemon.roll_ups()) == [("yearly", "2025")]
    daemon.run("yearly", "2025")
    assert daemon.roll_ups() == []
    daemon.make([AUGUST[1]])
    assert settle(daemon) == [("monthly", "2025-08"), ("yearly", "2025")]
