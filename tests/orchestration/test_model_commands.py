"""`almanac models`: the SQL models listed, and one of them run alone."""

from __future__ import annotations

import csv
import io
import json

import dagster as dg
import pytest

from assets.warehouse.catalog import open_catalog
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.instance import open_instance
from orchestration.tables import load_almanac_models
from tests.orchestration.conftest import DAYS, Run


def test_the_models_are_listed_with_what_they_read_and_test(almanac: Run) -> None:
    told = almanac("models", "--format", "json")
    assert told.code == 0, told.err
    listed = {row["name"]: row for row in json.loads(told.out)}
    assert listed["rising_terms"]["materialization"] == "table per year"
    assert listed["rising_terms"]["reads"] == ["term_trends"]
    assert "relationships_term_term_trends_term" in listed["rising_terms"]["tests"]
    assert (listed["stg_papers"]["kind"], listed["stg_papers"]["materialization"]) == ("staging", "view")
    assert "stg_papers" in almanac("models").out


def test_every_model_and_column_is_described() -> None:
    undescribed = [
        f"{model.name}.{column.name}"
        for model in load_almanac_models()
        for column in model.columns
        if not column.description
    ]
    assert undescribed == []
    assert [model.name for model in load_almanac_models() if not model.description or not model.tests] == []


@pytest.mark.parametrize("name", ["category_daily", "dbt_like_sql/marts/category_daily.sql"])
def test_one_model_runs_alone_and_shows_what_is_stored(name: str, almanac: Run, sample_home: Home) -> None:
    told = almanac("models", "run", name, "--day", DAYS[0], "--format", "csv", home=sample_home.root)
    assert told.code == 0, told.err
    shown = {(row["category"], int(row["papers"])) for row in csv.DictReader(io.StringIO(told.out))}
    stored = Lake(sample_home.root / "lake").read(load_almanac_models()["category_daily"].table, [DAYS[0]])
    assert shown == set(stored.select("category", "papers").iter_rows())


def test_a_model_is_stored_through_dagster(almanac: Run, sample_home: Home) -> None:
    with open_instance(sample_home) as instance:
        before = len(instance.fetch_materializations(dg.AssetKey("collaboration_sizes"), limit=50).records)
    told = almanac("models", "run", "collaboration_sizes", "--month", "2025-09", "--store", home=sample_home.root)
    assert told.code == 0, told.err
    assert "rows stored" in told.out
    with open_instance(sample_home) as instance:
        after = len(instance.fetch_materializations(dg.AssetKey("collaboration_sizes"), limit=50).records)
    assert after == before + 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("category_dayly", "--day", DAYS[0]), "did you mean category_daily?"),
        (("category_daily",), "say which, with --day"),
        (("category_daily", "--month", "2025-09"), "say which, with --day"),
        (("category_monthly", "--month", "2025-13"), "write it as YYYY-MM"),
        (("stop_words", "--year", "2025"), "leave --year out"),
        (("stg_papers", "--day", DAYS[0], "--store"), "is a view"),
        (("stg_papers", "--day", "2025-08-30"), "2025-08-30"),
        (("stop_words", "--format", "xml"), "table, csv, json"),
    ],
)
def test_a_wrong_wish_is_told(arguments: tuple[str, ...], words: str, almanac: Run, sample_home: Home) -> None:
    told = almanac("models", "run", *arguments, home=sample_home.root)
    assert told.code == 1
    assert words in told.err
    assert told.err.count("\n") == 1


def test_the_tests_of_views_are_judged_with_the_table_that_they_stand_on(sample_home: Home) -> None:
    with open_instance(sample_home) as instance:
        for asset, view in (
            ("papers", "stg_terms"),
            ("papers", "stg_paper_categories"),
            ("summaries", "stg_summaries"),
        ):
            check = dg.AssetCheckKey(dg.AssetKey(asset), view)
            history = instance.event_log_storage.get_asset_check_execution_history(check, limit=50)
            assert {record.partition for record in history} >= set(DAYS)
            assert all(record.status.value == "SUCCEEDED" for record in history)


def test_views_are_described_down_to_their_columns(sample_home: Home) -> None:
    with open_catalog(sample_home.warehouse) as connection:
        bare = connection.sql(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"
            " UNION ALL SELECT view_name, '' FROM duckdb_views() WHERE NOT internal AND comment IS NULL"
        ).fetchall()
    assert bare == []
