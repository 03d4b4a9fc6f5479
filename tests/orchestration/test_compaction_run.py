"""Compaction through the command line and Dagster, on a copy of the sample's home."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from pathlib import Path

import dagster as dg
import pytest

from assets.papers.schema import PAPERS
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from assets.warehouse.schema import COMPACTED_MONTHS
from orchestration.definitions import build_definitions
from orchestration.instance import open_instance
from orchestration.settings import load_settings
from tests.orchestration.conftest import DAYS, Run

TWO_HOURS_AGO = dt.timedelta(hours=2)
QUESTION = (
    "SELECT (SELECT count(*) FROM papers), (SELECT count(DISTINCT day) FROM raw_listings),"
    " (SELECT sum(papers) FROM category_daily), (SELECT max(day) FROM digests)"
)


@pytest.fixture
def home(sample_home: Home, tmp_path: Path) -> Home:
    return Home(shutil.copytree(sample_home.root, tmp_path / "moved"))


def age(home: Home, pattern: str) -> int:
    """Makes files two hours older, and returns how many there are."""
    paths = list((home.root / "lake").glob(pattern))
    for path in paths:
        then = path.stat().st_mtime - TWO_HOURS_AGO.total_seconds()
        os.utime(path, (then, then))
    return len(paths)


def test_months_are_compacted_closed_and_cleared_and_nothing_else_changes(home: Home, almanac: Run) -> None:
    lake = Lake(home.root / "lake")
    before = almanac("query", QUESTION, "--format", "csv", home=home.root)
    assert before.code == 0, before.err

    told = almanac("compact", home=home.root)
    assert told.code == 0, told.err
    assert "Compacted 2 months (2025-08 … 2025-09)" in told.out
    packed = lake.read(COMPACTED_MONTHS, ["2025-08", "2025-09"]).filter(table_name="papers")
    assert packed.select("month", "days", "closed").rows() == [("2025-08", 2, False), ("2025-09", 3, False)]
    assert packed["rows"].sum() == sum(lake.row_count(PAPERS, day) for day in DAYS)
    with open_instance(home) as instance:
        assert instance.get_materialized_partitions(dg.AssetKey("compacted_months")) == {"2025-08", "2025-09"}

    age(home, "*/month=2025-*/data.parquet")
    assert "already" in almanac("compact", home=home.root).out
    assert lake.closed_months(PAPERS) == {"2025-08", "2025-09"}
    age(home, "*/compacted/2025-*")
    assert almanac("compact", home=home.root).code == 0
    assert not list((home.root / "lake").glob("*/day=2025-*"))

    assert almanac("query", QUESTION, "--format", "csv", home=home.root).out == before.out
    assert "5 complete" in almanac("status", DAYS[0], DAYS[-1], home=home.root).out
    again = almanac("backfill", DAYS[0], DAYS[-1], home=home.root)
    assert "being finished: 5 days" in again.out, again.err


def test_a_day_of_a_compacted_month_is_made_again(home: Home, almanac: Run) -> None:
    lake = Lake(home.root / "lake")
    assert almanac("compact", "2025-09", "2025-09", home=home.root).code == 0
    age(home, "*/month=2025-*/data.parquet")
    pages = {path: path.read_bytes() for path in home.digest(DAYS[-1])}

    told = almanac("run", DAYS[-1], home=home.root)

    assert told.code == 0, told.err
    assert lake.closed_months(PAPERS) == {"2025-09"}
    assert {path: path.read_bytes() for path in home.digest(DAYS[-1])} == pages
    assert "5 complete" in almanac("status", DAYS[0], DAYS[-1], home=home.root).out
    digest = json.loads(home.digest(DAYS[-1])[1].read_text())
    shown = {paper["id"] for section in digest["sections"] for paper in section["papers"]}
    assert shown == set(lake.read(PAPERS, [DAYS[-1]])["paper_id"])


def test_a_month_that_is_not_over_and_a_month_that_is_none_are_told(home: Home, almanac: Run) -> None:
    month = f"{dt.datetime.now(dt.UTC):%Y-%m}"
    assert f"{month} is not over" in almanac("compact", month, home=home.root).out
    told = almanac("compact", "2025-13", home=home.root)
    assert (told.code, "write it as YYYY-MM" in told.err) == (1, True)


def test_the_last_month_is_compacted_on_schedule_once_it_is_closed() -> None:
    repository = build_definitions(load_settings()).get_repository_def()
    schedule = repository.get_schedule_def("monthly_compaction")
    context = dg.build_schedule_context(
        scheduled_execution_time=dt.datetime(2026, 1, 9, 6, tzinfo=dt.UTC), repository_def=repository
    )
    assert [request.partition_key for request in schedule.evaluate_tick(context).run_requests or []] == ["2025-12"]
