"""Months and years whose pages are behind the days that they tell of."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from assets.overviews.schema import OVERVIEWS, TOPIC_PAGES, TREND_ARTICLES
from assets.papers.schema import PAPERS
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from assets.warehouse.table import Table
from orchestration.stale import pages_behind

DAYS = ("2025-08-29", "2025-09-01")
PAGES = ((TOPIC_PAGES, "2025-08"), (TREND_ARTICLES, "2025-08"), (OVERVIEWS, "2025"))


def put(lake: Lake, table: Table, key: str, at: float) -> None:
    lake.write(table, key, table.empty())
    os.utime(lake.partition_file(table, key), (at, at))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Two days of two months, then all of their pages."""
    found = Lake(tmp_path)
    for day in DAYS:
        put(found, PAPERS, day, 1_000.0)
        put(found, SUMMARIES, day, 1_001.0)
    for table, key in (*PAGES, (TOPIC_PAGES, "2025-09"), (TREND_ARTICLES, "2025-09")):
        put(found, table, key, 1_002.0)
    return found


def test_pages_made_after_their_days_are_not_behind(lake: Lake) -> None:
    assert pages_behind(lake, DAYS) == []


@pytest.mark.parametrize(("table", "key"), PAGES)
def test_a_page_that_is_missing_is_behind(lake: Lake, table: Table, key: str) -> None:
    lake.remove(table, key)
    assert pages_behind(lake, DAYS) == [key]


@pytest.mark.parametrize("ahead", [3 * 3_600, 5 * 86_400])
def test_a_day_made_after_the_clock_was_set_back_leaves_its_month_and_year_behind(lake: Lake, ahead: float) -> None:
    """The pages bear the time of a clock that ran ahead, so the day seems to be older than they are."""
    now = time.time()
    for table, key in PAGES:
        put(lake, table, key, now + ahead)
    put(lake, SUMMARIES, DAYS[0], now)
    assert pages_behind(lake, DAYS[:1]) == ["2025-08", "2025"]
    for table, key in PAGES:
        put(lake, table, key, now + 1)
    assert pages_behind(lake, DAYS[:1]) == [], "once made again, they are up to date"


def test_pages_of_a_machine_whose_clock_is_some_minutes_ahead_are_not_behind(lake: Lake) -> None:
    for table, key in PAGES:
        put(lake, table, key, time.time() + 600)
    assert pages_behind(lake, DAYS[:1]) == []


def test_a_day_made_again_leaves_its_month_and_year_behind(lake: Lake) -> None:
    put(lake, SUMMARIES, DAYS[0], 2_000.0)
    assert pages_behind(lake, DAYS) == ["2025-08", "2025"]
    assert pages_behind(lake, DAYS[1:]) == ["2025"]
