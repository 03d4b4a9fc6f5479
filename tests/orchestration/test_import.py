"""An import of history leaves what a backfill of the same days does, and goes on where it was killed."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from assets.calendar.days import next_announcement_day
from assets.listings.schema import RAW_LISTINGS
from assets.listings.snapshot import SnapshotSource
from assets.papers.history import HISTORY
from assets.papers.schema import PAPERS
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.importing import Import, Imported
from orchestration.instance import open_instance
from orchestration.resources import prepare_home
from orchestration.runs import IMPORTED, Outcome, Runner
from orchestration.settings import load_settings
from orchestration.tables import load_almanac_models
from tests.orchestration.test_bad_input import paper, write
from tests.orchestration.test_runs import Heard

DAYS = ("2026-01-28", "2026-01-29", "2026-01-30", "2026-02-02")


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """Four days of two months: good papers, a rejected one, one that is new on two days, a line that is none."""
    rows = [
        json.dumps(paper(10 * place + number, announced=day)) for place, day in enumerate(DAYS) for number in (1, 2)
    ]
    rows.append(json.dumps(paper(90, announced=DAYS[0], categories="")))
    rows.append(json.dumps(paper(1, announced=DAYS[1])))
    rows.append("{broken")
    return write(tmp_path / "papers.jsonl", rows)


def imported(
    home: Home, snapshot: Path, days: tuple[str, ...] = DAYS, again: bool = False
) -> tuple[Imported, list[str]]:
    """Imports days, and what was noticed."""
    settings = load_settings(home=home.root, source="snapshot", snapshot=snapshot, categories="all")
    heard = Heard()
    lake = prepare_home(settings, load_almanac_models())
    source = SnapshotSource(snapshot, home.snapshots)
    with open_instance(home) as instance:

        def day_by_day(some: Sequence[str]) -> Outcome:
            return Runner(settings, instance, heard).make("day", some, IMPORTED)

        importing = Import(lake, source, settings.preferences(), instance, heard, day_by_day)
        return importing.make(list(days), again), heard.sentences


CHECKS = {
    "raw_listings": ("no_fewer_records_than_before", "as_many_papers_as_usual"),
    "papers": ("papers_fit_their_schema", "every_record_is_accounted_for", "each_paper_is_new_once"),
    "listing_ledger": ("every_difference_is_explained",),
}


def recorded(home: Home) -> tuple[dict[str, set[str]], dict[tuple[str, str], dict[str, tuple[object, ...]]]]:
    """What Dagster knows: the partitions of each asset, and of each check what it found in each partition."""
    with open_instance(home) as instance:
        partitions = {name: set(instance.get_materialized_partitions(dg.AssetKey(name))) for name in IMPORTED}
        found: dict[tuple[str, str], dict[str, tuple[object, ...]]] = {}
        for asset, names in CHECKS.items():
            for name in names:
                key = dg.AssetCheckKey(dg.AssetKey(asset), name)
                for one in instance.event_log_storage.get_asset_check_execution_history(key, limit=50):
                    if one.partition and one.event and (said := one.event.asset_check_evaluation):
                        figures = {label: value.value for label, value in said.metadata.items()}
                        told = (said.passed, said.severity, said.description, said.blocking, figures)
                        found.setdefault((asset, name), {}).setdefault(one.partition, told)
    return partitions, found


def test_an_import_leaves_what_a_backfill_does_in_the_lake_and_in_dagster(tmp_path: Path, snapshot: Path) -> None:
    whole, singly = Home(tmp_path / "whole"), Home(tmp_path / "singly")
    found, noticed = imported(whole, snapshot)
    assert (found.outcome.made, found.outcome.failed, found.left) == (list(DAYS), {}, [])
    settings = load_settings(home=singly.root, source="snapshot", snapshot=snapshot, categories="all")
    heard = Heard()
    with open_instance(singly) as instance:
        assert Runner(settings, instance, heard).make("day", DAYS, IMPORTED).made == list(DAYS)
    assert recorded(whole) == recorded(singly)
    assert sorted(noticed) == sorted(heard.sentences)
    assert any("each_paper_is_new_once" in sentence for sentence in noticed)
    one, other = Lake(whole.root / "lake"), Lake(singly.root / "lake")
    for table in HISTORY:
        fetched = pl.lit(None).alias("fetched_at") if table is RAW_LISTINGS else pl.lit(None).alias("none")
        rows = [lake.read(table, DAYS).with_columns(fetched) for lake in (one, other)]
        assert rows[0].equals(rows[1]), table.name
        assert [one.notes(table, day) for day in DAYS] == [other.notes(table, day) for day in DAYS]


def test_what_was_imported_is_left_and_the_rest_is_made(tmp_path: Path, snapshot: Path) -> None:
    home = Home(tmp_path / "home")
    assert imported(home, snapshot, DAYS[:2])[0].outcome.made == list(DAYS[:2])
    before = {day: Lake(home.root / "lake").written(PAPERS, day) for day in DAYS[:2]}
    found, _ = imported(home, snapshot)
    assert (found.outcome.made, found.left) == (list(DAYS[2:]), list(DAYS[:2]))
    assert {day: Lake(home.root / "lake").written(PAPERS, day) for day in DAYS[:2]} == before
    assert imported(home, snapshot)[0].left == list(DAYS)
    with snapshot.open("a", encoding="utf-8") as file:
        file.write(json.dumps(paper(55, announced=DAYS[3])) + "\n")
    found, _ = imported(home, snapshot, DAYS[3:])  # another file now: the day is made as by any run
    assert (found.outcome.made, found.left) == ([DAYS[3]], [])
    assert Lake(home.root / "lake").row_count(PAPERS, DAYS[3]) == 3
    assert json.loads(Lake(home.root / "lake").notes(RAW_LISTINGS, DAYS[3])["change"])["added"] == ["2601.90055"]


def test_days_that_were_lost_are_imported_again(tmp_path: Path, snapshot: Path) -> None:
    home = Home(tmp_path / "home")
    imported(home, snapshot)
    before = recorded(home)
    shutil.rmtree(home.root / "lake")
    found, _ = imported(home, snapshot)
    assert (found.outcome.made, found.outcome.failed, found.left) == (list(DAYS), {}, [])
    assert recorded(home) == before
    assert Lake(home.root / "lake").keys(PAPERS) == list(DAYS)


def test_an_import_that_was_killed_goes_on(tmp_path: Path) -> None:
    rows = [
        json.dumps(paper(number, announced=f"{day}"))
        for place, day in enumerate(one_day_a_month())
        for number in range(100 * place, 100 * place + 40)
    ]
    snapshot, home = write(tmp_path / "papers.jsonl", rows), Home(tmp_path / "home")
    call = "import sys; from pathlib import Path; from tests.orchestration.test_import import *; "
    call += "imported(Home(Path(sys.argv[1])), Path(sys.argv[2]), tuple(map(str, one_day_a_month())))"
    command = [sys.executable, "-c", call, str(home.root), str(snapshot)]
    lake, days = Lake(home.root / "lake"), [f"{day}" for day in one_day_a_month()]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as process:
        while process.poll() is None and len(lake.keys(PAPERS)) < 3:
            time.sleep(0.01)  # looks again
        process.send_signal(signal.SIGKILL)
    there = lake.keys(PAPERS)
    found, _ = imported(home, snapshot, tuple(days))
    assert found.left + found.outcome.made == days
    assert set(found.left) <= set(there)
    assert recorded(home)[0] == {name: set(days) for name in IMPORTED}
    for table in HISTORY:
        assert lake.keys(table) == days
    assert lake.read(PAPERS, days).height == len(rows)


def one_day_a_month() -> list[dt.date]:
    """An announcement day of every month of four years."""
    return [next_announcement_day(dt.date(year, month, 14)) for year in range(2020, 2024) for month in range(1, 13)]
