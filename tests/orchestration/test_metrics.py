"""The figures for a monitoring system are those of the lake, in a form that Prometheus reads."""

from __future__ import annotations

import datetime as dt
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from assets.digests.schema import DIGESTS
from assets.papers.schema import EVERYTHING, LISTING_LEDGER, PAPERS
from assets.summaries.schema import SUMMARIES
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.instance import open_instance
from orchestration.metrics import Almanac, exposition, serve
from orchestration.settings import load_settings
from orchestration.tables import load_almanac_models
from tests.orchestration.conftest import DAYS, Run

Figures = dict[tuple[str, str], float]


def parsed(text: str) -> Figures:
    """Name and first label's value → value."""
    return {
        (sample.name, " ".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def figures(sample_home: Home) -> Iterator[Almanac]:
    settings = load_settings(home=sample_home.root, source="sample")
    with open_instance(sample_home) as instance:
        yield Almanac(settings, load_almanac_models(), instance)


def test_the_figures_are_those_of_the_lake(figures: Almanac, sample_lake: Lake) -> None:
    found = parsed(exposition(figures))
    last = DAYS[-1]
    assert found["almanac_digests", ""] == len(DAYS)
    announced = dt.datetime.fromisoformat("2025-09-03T20:00-04:00")
    assert found["almanac_last_digest_timestamp_seconds", ""] == announced.timestamp()
    assert found["almanac_expected_digest_timestamp_seconds", ""] > announced.timestamp()
    summaries = sample_lake.read(SUMMARIES, DAYS)
    for status in ("complete", "repaired", "extractive", "pending"):
        assert found["almanac_window_summaries", status] == summaries.filter(status=status).height
    assert found["almanac_last_day_summaries", "extractive"] == sample_lake.row_count(SUMMARIES, last)
    ledger = sample_lake.read(LISTING_LEDGER, DAYS).filter(category=EVERYTHING)
    assert found["almanac_window_records", "rejected"] == ledger["rejected"].sum() > 0
    assert found["almanac_last_day_records", "kept"] == sample_lake.row_count(PAPERS, last)
    assert found["almanac_window_records", "unexplained"] == 0
    assert found["almanac_last_day_completeness", ""] == 1
    assert found["almanac_runs", "daily success"] >= 1


def test_days_without_summaries_have_no_share_of_complete_ones(tmp_path: Path) -> None:
    settings, models = load_settings(home=tmp_path / "home", source="sample"), load_almanac_models()
    lake, completeness = Lake(settings.lake_root), models["summary_completeness"].table
    counts = dict.fromkeys((column.name for column in completeness.columns if column.dtype.is_numeric()), 0)
    for day, rows in ((DAYS[0], [{"summaries": 4, "extractive": 3, "pending": 1, "not_complete": 1}]), (DAYS[1], [])):
        when = dt.date.fromisoformat(day)
        lake.write(
            completeness, day, completeness.frame([{"day": when, "language": "en"} | counts | row for row in rows])
        )
        digest = {"day": when, "title": day, "primary_papers": 0, "cross_lists": 0, "markdown": "", "json": "{}"}
        lake.write(DIGESTS, day, DIGESTS.frame([digest]))
    with open_instance(settings.home_folder) as instance:
        found = parsed(exposition(Almanac(settings, models, instance)))
    assert found["almanac_window_completeness", ""] == 0.75
    assert found["almanac_last_day_summaries", "complete"] == 0
    assert ("almanac_last_day_completeness", "") not in found


def test_they_are_served_over_http_and_read_anew_each_time(figures: Almanac) -> None:
    port, _alive = serve(figures, "127.0.0.1", 0)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        served = parsed(answer.read().decode())
    assert served == parsed(exposition(figures))


def test_the_command_writes_a_file_and_an_empty_home_has_no_figures_of_days(almanac: Run, tmp_path: Path) -> None:
    file = tmp_path / "almanac.prom"
    told = almanac("metrics", "--file", str(file), home=tmp_path / "home")
    assert (told.code, told.out) == (0, "")
    found = parsed(file.read_text())
    assert found == {("almanac_digests", ""): 0, ("almanac_digests_missing", ""): 0}
