"""Backfills: a fault of one day costs that day alone, and what is finished stays finished."""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg
import pytest

from assets.digests.schema import DIGESTS
from assets.listings.schema import RAW_LISTINGS
from assets.materialization import Silence
from assets.papers.schema import PAPERS
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.definitions import build_definitions
from orchestration.instance import open_instance
from orchestration.runs import Runner, chunks
from orchestration.settings import load_settings
from tests.orchestration.conftest import Run
from tests.orchestration.test_bad_input import paper, write

WEEK = ("2026-01-26", "2026-01-27", "2026-01-28", "2026-01-29", "2026-01-30")
HEALTHY = tuple(day for day in WEEK if day != "2026-01-28")


def week(folder: Path, faulty_abstract: str) -> Path:
    """A snapshot of a week of two papers a day, one of which has an odd abstract on Wednesday."""
    rows = []
    for place, day in enumerate(WEEK):
        for number in (1, 2):
            fields = {"abstract": faulty_abstract} if day == "2026-01-28" and number == 2 else {}
            rows.append(json.dumps(paper(10 * place + number, announced=day, **fields)))
    return write(folder / "week.jsonl", rows)


@pytest.fixture
def incomplete_week(tmp_path: Path) -> Path:
    return week(tmp_path, "N/A")


def test_an_incomplete_day_fails_alone_and_names_the_paper(almanac: Run, tmp_path: Path, incomplete_week: Path) -> None:
    home = Home(tmp_path / "home")
    told = almanac("backfill", WEEK[0], WEEK[-1], home=home.root, source="snapshot", snapshot=incomplete_week)
    assert told.code == 1
    assert "2026-01-28 failed: summaries_are_complete" in told.err
    assert "2601.90022" in told.err
    lake = Lake(home.root / "lake")
    assert tuple(lake.keys(DIGESTS)) == HEALTHY
    assert tuple(lake.keys(RAW_LISTINGS)) == WEEK
    with open_instance(home) as instance:
        assert set(instance.get_materialized_partitions(dg.AssetKey("daily_digest"))) == set(HEALTHY)
        check = dg.AssetCheckKey(dg.AssetKey("summaries"), "summaries_are_complete")
        history = instance.event_log_storage.get_asset_check_execution_history(check, limit=50)
        failed = {record.partition for record in history if record.status.value == "FAILED" and record.partition}
        assert failed == {"2026-01-28"}


def test_no_threshold_lets_a_broken_text_out(almanac: Run, tmp_path: Path, incomplete_week: Path) -> None:
    home = tmp_path / "home"
    settings = {"home": home, "source": "snapshot", "snapshot": incomplete_week, "completeness": 0.5}
    told = almanac("run", "2026-01-28", "--no-roll-up", **settings)
    assert told.code == 1
    assert "summaries_are_sound: 2601.90022" in told.err
    assert not Home(home).digest("2026-01-28")[0].exists()


def test_an_import_fills_listings_and_papers_only_and_a_backfill_goes_on_from_there(
    almanac: Run, tmp_path: Path, incomplete_week: Path
) -> None:
    home = Home(tmp_path / "home")
    told = almanac("import", str(incomplete_week), "--to", "2026-01-27", home=home.root)
    assert told.code == 0, told.err
    lake = Lake(home.root / "lake")
    assert tuple(lake.keys(RAW_LISTINGS)) == WEEK[:2]
    assert lake.keys(DIGESTS) == []
    before = [lake.written(RAW_LISTINGS, day) for day in WEEK[:2]]
    settings = {"home": home.root, "source": "snapshot", "snapshot": incomplete_week}
    told = almanac("backfill", WEEK[0], "2026-01-27", "--no-roll-up", **settings)
    assert told.code == 0, told.err
    assert tuple(lake.keys(DIGESTS)) == WEEK[:2]
    assert [lake.written(RAW_LISTINGS, day) for day in WEEK[:2]] == before


def test_neighbouring_partitions_share_a_run_and_none_is_longer_than_the_policy() -> None:
    assert chunks("day", ["2026-01-30", "2026-01-28", "2026-01-29", "2026-01-22"]) == [
        ["2026-01-22"],
        ["2026-01-28", "2026-01-29", "2026-01-30"],
    ]
    months = [f"{year}-{month:02}" for year in (2023, 2024, 2025) for month in range(1, 13)]
    runs = chunks("month", months)
    assert [key for run in runs for key in run] == months
    assert max(map(len, runs)) <= 25
    # Monday follows Friday: no announcement lies between them.
    assert chunks("day", ["2026-01-23", "2026-01-26"]) == [["2026-01-23", "2026-01-26"]]


def test_a_finished_day_is_made_again_when_other_categories_are_followed(almanac: Run, tmp_path: Path) -> None:
    rows = [json.dumps(paper(1)), json.dumps(paper(2, categories="cs.CL"))]
    settings = {"home": tmp_path / "home", "source": "snapshot", "snapshot": write(tmp_path / "s.jsonl", rows)}
    backfill = ("backfill", "2026-01-30", "2026-01-30", "--no-roll-up")
    assert "1 paper and 0 cross-lists" in almanac(*backfill, **settings).out
    assert "Left as found, being finished: 1 day" in almanac(*backfill, **settings).out
    told = almanac("status", "2026-01-30", "2026-01-30", **settings, categories="cs.LG,cs.CL")
    assert "made with categories cs.LG, stat.ML, not cs.CL, cs.LG" in told.out
    told = almanac(*backfill, **settings, categories="cs.LG,cs.CL")
    assert "2 papers" in told.out


def test_in_a_range_run_of_dagsters_own_an_unfit_day_keeps_back_its_digest_alone(
    tmp_path: Path, incomplete_week: Path
) -> None:
    settings = load_settings(home=tmp_path / "home", source="snapshot", snapshot=incomplete_week)
    with open_instance(settings.home_folder) as instance:
        result = (
            build_definitions(settings)
            .resolve_job_def("daily")
            .execute_in_process(
                instance=instance,
                tags={"dagster/asset_partition_range_start": WEEK[0], "dagster/asset_partition_range_end": WEEK[-1]},
                raise_on_error=False,
            )
        )
        recorded = set(instance.get_materialized_partitions(dg.AssetKey("daily_digest")))
    assert not result.success
    assert recorded == set(HEALTHY)
    assert tuple(Lake(settings.lake_root).keys(DIGESTS)) == HEALTHY


def test_a_paper_that_is_lost_on_the_way_fails_the_ledgers_check_and_the_day_is_made_again(
    almanac: Run, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    path = write(tmp_path / "s.jsonl", [json.dumps(paper(1)), json.dumps(paper(2))])
    variables = {"home": home.root, "source": "snapshot", "snapshot": path}
    assert almanac("run", "2026-01-30", "--no-roll-up", **variables).code == 0
    lake = Lake(home.root / "lake")
    lake.write(PAPERS, "2026-01-30", lake.read(PAPERS, ["2026-01-30"]).head(1))
    settings = load_settings(home=home.root, source="snapshot", snapshot=path)
    heard = Heard()
    with open_instance(home) as instance:
        outcome = Runner(settings, instance, heard).make("day", ["2026-01-30"], ["listing_ledger"])
    assert outcome.made == ["2026-01-30"]
    assert len(heard.sentences) == 1
    assert "every_difference_is_explained" in heard.sentences[0]
    assert "2601.90002 (in raw_listings, but in neither papers nor rejected_papers)" in heard.sentences[0]
    assert "of the ledger do not add up" in almanac("status", "2026-01-30").out
    told = almanac("backfill", "2026-01-30", "2026-01-30", "--no-roll-up")
    assert told.code == 0, told.err
    assert lake.row_count(PAPERS, "2026-01-30") == 2


class Heard(Silence):
    """Keeps what a run notices."""

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def noticed(self, sentence: str) -> None:
        self.sentences.append(sentence)
