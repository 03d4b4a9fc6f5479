"""The SQL of an overview's numbers, asked of a small warehouse of two years by its published text and parameters."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.aggregates.run import run_model
from assets.calendar.days import announcement_days
from assets.overviews import cues
from assets.overviews.answers import answer, compact, mentioning, sql_of
from assets.overviews.assets import read_year
from assets.overviews.mentions import mention, normalised
from assets.overviews.overview import build_overview
from assets.overviews.parts import Overview
from assets.overviews.rows import overview_row
from assets.overviews.scoring import statements_of
from assets.papers.schema import PAPERS
from assets.summaries.schema import SUMMARIES
from assets.warehouse.catalog import open_catalog, write_catalog
from assets.warehouse.connection import connect
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.tables import all_tables, load_almanac_models, model_views
from tests.overviews import corpus

YEARS = {"2024": (dt.date(2024, 9, 30), 60), "2025": (dt.date(2025, 12, 31), 120)}
"""Year → the last day held, and its papers."""
MARTS = (
    "category_daily", "author_statistics", "author_statistics_yearly", "category_monthly", "category_yearly",
    "term_trends",
)  # fmt: skip


DAYS = 24
"""Days of a year on which there are papers."""


def papers_of(year: int, last: dt.date, number: int) -> pl.DataFrame:
    """Papers spread over a year; two of three are about looms in 2025, and in the second half of 2024."""
    days = list(announcement_days(dt.date(year, 1, 1), last))
    rows = []
    for at in range(number):
        about_looms = at % 3 > 0 and (year == 2025 or at >= number // 2)
        day = days[at * DAYS // number * len(days) // DAYS]
        about = 5 * (at // 5) + 3 if about_looms else at
        rows.append(corpus.paper(about, day=day, paper_id=f"{year - 2000}01.{at:05}"))
    return PAPERS.frame(rows)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[Overview]]]:
    """The warehouse and the overviews of both years, the second of which scores the first."""
    home = Home(tmp_path_factory.mktemp("home"))
    lake, models = Lake(home.root / "lake"), load_almanac_models()
    for year, (last, number) in YEARS.items():
        papers = papers_of(int(year), last, number)
        summaries = corpus.summaries(papers)
        for day in announcement_days(dt.date(int(year), 1, 1), last):
            lake.write(PAPERS, day.isoformat(), papers.filter(day=day))
            if day in papers["day"]:
                lake.write(SUMMARIES, day.isoformat(), summaries.filter(day=day))
    days = lake.keys(SUMMARIES)
    keys = {"day": days, "month": sorted({day[:7] for day in days}), "year": list(YEARS)}
    with connect() as connection:
        for model in (models[name] for name in MARTS):
            for key in keys[model.table.period]:
                lake.write(model.table, key, run_model(model, models, lake, key, connection))
    write_catalog(home.warehouse, lake, all_tables(models), model_views(models))
    overviews: list[Overview] = []
    for year in YEARS:
        (inputs,) = read_year(lake, models, year, frozenset({"cs.LG"}))
        before = [s for page in overviews for s in statements_of(json.loads(overview_row(page)["json"]))]
        # A topic that the mart of 2025 does not hold.
        before += [replace(statement, term="orchard mapping", label="orchard mapping") for statement in before[:1]]
        overviews.append(build_overview(**vars(inputs), statements=before))
    with open_catalog(home.warehouse) as connection:
        yield connection, overviews


def same(found: Any, published: Any) -> bool:
    """Whether an answer is the published one, to the last bits of a fraction."""
    return json.dumps(found, sort_keys=True) == json.dumps(published, sort_keys=True)


def test_every_query_of_an_overview_gives_its_values_on_the_warehouse(
    made: tuple[duckdb.DuckDBPyConnection, list[Overview]],
) -> None:
    warehouse, overviews = made
    for overview in overviews:
        published = json.loads(overview_row(overview)["json"])["evidence"]
        assert any(entry["source"] for entry in published.values())
        for name, entry in published.items():
            if entry["source"]:
                values = answer(warehouse, entry["source"], entry["parameters"])
                assert same(values, entry["values"]), f"{name}: {values}, published {entry['values']}"
            else:
                assert entry["made_by"], name


def test_two_years_ask_every_question_of_an_overview(
    made: tuple[duckdb.DuckDBPyConnection, list[Overview]],
) -> None:
    asked = {query.source for overview in made[1] for query in overview.evidence.values()}
    folder = resources.files("assets.overviews.queries")
    files = {file.name.removesuffix(".sql") for file in folder.iterdir() if file.name.endswith(".sql")}
    assert {file for file in files if sql_of(file) not in asked} == {"month", "topic_month"}


TEXTS = pl.Series(
    [
        "Graph-Neural networks, again",
        "A graph neural network",
        "graph; neural (networks)",
        "paragraph neural network",
        "graph neural networking",
        "GRAPH NEURAL NETWORKS",
        "graph neural",
        "Naïve graph neural network’s end",
        "",
    ]
)
CUED = """
It improves accuracy by 12 % over the baseline.|Errors fall by 3.5 times.|2.4x faster than before|An open-source toolkit
|The code is publicly available at a repository.|pip install loom|It was deployed.|Deployed in a mill|in production
|A/B tests|field trials|practitioners may use it|clinical use|Accepted at IVC 2025 (Oral)|best paper award|submitted
|camera-ready version|oral cancer|nothing
"""


@pytest.mark.parametrize("term", ["graph neural network", "networks", "graph-neural", "naïve graph", "end", "a"])
def test_the_pattern_of_a_term_finds_what_the_page_counts(term: str) -> None:
    found = mention(TEXTS.to_frame("text").select(normalised(pl.col("text"))).to_series(), [term])[term].to_list()
    sql = "SELECT [regexp_matches(text, $pattern) FOR text IN $texts] AS found"
    told = answer(duckdb.connect(), sql, {"pattern": mentioning([term]), "texts": TEXTS.to_list()})
    assert told == {"found": found}
    assert term == "graph-neural" or any(found)


@pytest.mark.parametrize("name", ["COMPARISON", "CODE", "USE", "DEPLOYED", "HONOURED", "PLACED", "NOT_HONOURED"])
def test_a_pattern_of_the_cues_means_the_same_to_the_warehouse(name: str) -> None:
    pattern = getattr(cues, name)
    texts = CUED.strip().split("|")
    found = pl.Series(texts).str.contains(pattern).to_list()
    sql = "SELECT [regexp_matches(text, $pattern) FOR text IN $texts] AS found"
    assert answer(duckdb.connect(), sql, {"pattern": compact(pattern), "texts": texts}) == {"found": found}
    assert any(found)
    assert not all(found)
