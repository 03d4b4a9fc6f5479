"""A tick of a sensor or a schedule asks an object store tens of times, however many days there are."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest

from assets.calendar.days import announcement_days
from assets.digests.schema import DIGESTS
from assets.papers.schema import PAPERS
from assets.summaries.checks_version import checks_version
from assets.summaries.partition import CHECKS
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from orchestration.alerts.late import late_digests
from orchestration.catching_up import missing_days
from orchestration.jobs import JOB_NAMES, SITE_JOB
from orchestration.looking import Told, lake_as_it_is
from orchestration.repairs import to_repair
from orchestration.roll_ups import build_roll_ups
from orchestration.settings import Settings, load_settings
from orchestration.tables import load_almanac_models
from tests.emulators.counting import Counter, counting
from tests.emulators.s3_server import S3Server

DAYS = [day.isoformat() for day in announcement_days(dt.date(2025, 7, 1), dt.date(2025, 9, 30))]
TENS = 60
JUDGED = {CHECKS: checks_version()}
MODEL = "embedded"


@pytest.fixture(scope="module")
def prefix(s3: S3Server) -> str:
    """Three months of days, each judged by today's checks and with its digest."""
    prefix = f"tests/{uuid.uuid4().hex}"
    lake = Lake(s3.store(prefix))

    def make(day: str) -> None:
        lake.write(SUMMARIES, day, SUMMARIES.empty(), JUDGED)
        for table in (PAPERS, DIGESTS):
            lake.write(table, day, table.empty())

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(make, DAYS))
    return prefix


@pytest.fixture
def counter(s3: S3Server) -> Iterator[Counter]:
    with counting(s3.endpoint) as counter:
        yield counter


@pytest.fixture
def settings(s3: S3Server, prefix: str, counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in {**s3.variables(prefix), "AWS_ENDPOINT_URL": counter.address}.items():
        monkeypatch.setenv(name, value)
    return load_settings(home=tmp_path, source="oai", site=False)


def test_roll_ups(settings: Settings, counter: Counter) -> None:
    instance = dg.DagsterInstance.ephemeral()
    jobs = {period: dg.define_asset_job(name) for period, name in JOB_NAMES.items()}
    sensor = build_roll_ups(settings, jobs, dg.define_asset_job(SITE_JOB), load_almanac_models())
    for month in ("2025-07", "2025-08", "2025-09"):
        instance.report_runless_asset_event(dg.AssetMaterialization(SUMMARIES.name, partition=f"{month}-02"))
    cursor = None
    for period in ("month", "year"):
        answer = sensor(dg.build_sensor_context(instance=instance, cursor=cursor))
        assert isinstance(answer, dg.SensorResult)
        assert {request.job_name for request in answer.run_requests or []} == {JOB_NAMES[period]}
        assert 0 < counter.since() < TENS
        cursor = answer.cursor


def test_missing_and_late_days(settings: Settings, counter: Counter) -> None:
    since, now = (dt.datetime(2025, month, 1, 12, tzinfo=dt.UTC) for month in (7, 10))
    lake = lake_as_it_is(settings)
    assert missing_days(lake, settings, since, now) == ["2025-10-01"]
    assert [fault.partition for fault in late_digests(lake, settings, since, now)[0]] == ["2025-10-01"]
    assert 0 < counter.since() < TENS


def test_days_that_need_a_repair(settings: Settings, counter: Counter) -> None:
    def find() -> list[str]:
        return to_repair(lake_as_it_is(settings), well, settings.languages, MODEL)

    well: dict[str, Told] = {}
    assert find() == []
    assert counter.since() > len(DAYS), "at first, each day is read"
    assert find() == []
    assert 0 < counter.since() < TENS
    Lake(settings.lake_root).write(SUMMARIES, DAYS[3], SUMMARIES.empty(), {CHECKS: "others"})
    counter.since()
    assert find() == [DAYS[3]]
    assert 0 < counter.since() < TENS


def test_a_look_for_repairs_that_takes_too_long_goes_on_at_the_next_tick(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for day in DAYS[:3]:
        lake.write(PAPERS, day, PAPERS.empty())
        lake.write(SUMMARIES, day, SUMMARIES.empty(), JUDGED if day != DAYS[0] else None)
    well: dict[str, Told] = {}
    found = [to_repair(lake, well, ("en",), MODEL, seconds=0.0) for _ in range(4)]
    assert found == [[], [], [DAYS[0]], [DAYS[0]]]
