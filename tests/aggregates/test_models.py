"""What is read from the SQL and the YAML: dependencies, columns, order."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assets.warehouse.lake import Lake
from tests.aggregates.lakes import load, make, paper, records, the_models, write_papers

PAPERS_A_DAY = "SELECT day, count(*) AS papers FROM papers GROUP BY day"


def test_a_new_file_is_a_mart_with_its_dependencies_columns_and_rows(tmp_path: Path) -> None:
    models = load(
        tmp_path / "sql",
        {"marts/longest.sql": "SELECT day, max(length(title)) AS longest_title FROM papers GROUP BY day"},
    )
    lake = Lake(tmp_path / "lake")
    write_papers(lake, "2026-01-06", paper(title="Four"), paper(title="Seven77"))

    mart = models["longest"]

    assert mart.tables == ("papers",)
    assert mart.table.period == "day"
    assert mart.table.polars_schema == {"day": pl.Date(), "longest_title": pl.Int64()}
    assert records(make(models, lake, "longest", "2026-01-06"), "longest_title") == [(7,)]


def test_dependencies_go_through_views_to_the_tables_they_stand_on(tmp_path: Path) -> None:
    models = load(
        tmp_path,
        {
            "staging/inner_view.sql": "SELECT day, paper_id FROM papers",
            "staging/outer_view.sql": "SELECT day, paper_id FROM inner_view JOIN summaries USING (day, paper_id)",
            "marts/daily.sql": PAPERS_A_DAY,
            "marts/both.sql": "SELECT day, count(*) AS n FROM outer_view JOIN daily USING (day) GROUP BY day",
        },
    )

    both = models["both"]

    assert both.reads == ("outer_view", "daily")
    assert both.tables == ("papers", "summaries", "daily")
    assert both.views == ("inner_view", "outer_view")


def test_common_table_expressions_are_no_dependencies(tmp_path: Path) -> None:
    models = load(
        tmp_path,
        {
            "marts/counted.sql": """
                WITH summaries AS (SELECT day FROM papers),
                     again AS (WITH deep AS (SELECT * FROM summaries) SELECT * FROM deep)
                SELECT day, count(*) AS n FROM again GROUP BY day
            """
        },
    )

    assert models["counted"].tables == ("papers",)


def test_a_common_table_expression_may_have_the_name_of_the_table_it_reads(tmp_path: Path) -> None:
    models = load(
        tmp_path,
        {"marts/latest.sql": "WITH papers AS (SELECT day FROM papers) SELECT day, 1 AS n FROM papers"},
    )

    assert models["latest"].tables == ("papers",)


def test_tables_in_subqueries_are_dependencies(tmp_path: Path) -> None:
    models = load(
        tmp_path,
        {
            "marts/lacking.sql": """
                SELECT day, count(*) AS n FROM papers
                WHERE paper_id NOT IN (SELECT paper_id FROM summaries) GROUP BY day
            """
        },
    )

    assert models["lacking"].tables == ("papers", "summaries")


def test_names_are_found_in_capitals_too(tmp_path: Path) -> None:
    models = load(tmp_path, {"marts/daily.sql": "SELECT day, count(*) AS n FROM Papers GROUP BY day"})

    assert models["daily"].tables == ("papers",)


def test_models_come_after_those_they_read(tmp_path: Path) -> None:
    models = load(
        tmp_path,
        {
            "marts/a_yearly.sql": "SELECT left(month, 4)::INTEGER AS year, sum(n) AS n FROM b_monthly GROUP BY ALL",
            "marts/b_monthly.sql": "SELECT strftime(day, '%Y-%m') AS month, sum(papers) AS n FROM z_daily GROUP BY ALL",
            "marts/z_daily.sql": PAPERS_A_DAY,
        },
    )

    assert [model.name for model in models] == ["z_daily", "b_monthly", "a_yearly"]
    assert [mart.period for mart in models.stored] == ["day", "month", "year"]


def test_the_yaml_states_how_a_model_is_kept(tmp_path: Path) -> None:
    models = load(
        tmp_path,
        {
            "staging/kept.sql": PAPERS_A_DAY,
            "staging/kept.yaml": "materialization: table per day\n",
            "staging/seen.sql": PAPERS_A_DAY,
            "marts/shown.sql": "SELECT count(*) AS days FROM kept",
            "marts/shown.yaml": "materialization: view\n",
            "marts/made.sql": "SELECT day, papers FROM kept",
        },
    )

    assert {model.name: (model.kind, model.materialization) for model in models} == {
        "kept": ("staging", "table per day"),
        "seen": ("staging", "view"),
        "shown": ("mart", "view"),
        "made": ("mart", "table per day"),
    }
    assert {model.name for model in models.stored} == {"kept", "made"}
    assert models["shown"].tables == ("kept",)


def test_the_tests_of_a_view_belong_to_a_table_of_its_period(tmp_path: Path) -> None:
    models = load(
        tmp_path,
        {
            "marts/monthly.sql": "SELECT strftime(day, '%Y-%m') AS month, count(*) AS n FROM papers GROUP BY ALL",
            "staging/both.sql": "SELECT p.day, m.n FROM monthly AS m JOIN papers AS p ON p.comment = month",
            "staging/words.sql": "SELECT 'a' AS word",
        },
    )

    assert models.home_of(models["both"]) == "papers"
    assert models.home_of(models["words"]) is None


def test_descriptions_come_from_the_yaml_and_not_null_tests_make_columns_required(tmp_path: Path) -> None:
    models = load(
        tmp_path,
        {
            "marts/daily.sql": "SELECT day, count(*) AS papers, max(doi) AS doi FROM papers GROUP BY day",
            "marts/daily.yaml": "description: Papers by day.\n"
            "columns:\n  papers: {description: how many, tests: [not_null]}\n  doi: one of them\n",
        },
    )

    table = models["daily"].table

    assert table.description == "Papers by day."
    assert [(column.name, column.description, column.nullable) for column in table.columns] == [
        ("day", "", False),
        ("papers", "how many", False),
        ("doi", "one of them", True),
    ]


def test_each_type_is_made_as_the_table_says(tmp_path: Path) -> None:
    sql = """
        SELECT day, sum(length(title)) AS huge, 1.5 AS decimal_number, avg(1) AS mean, [1, 2] AS numbers,
            {'a': 'x', 'b': [DATE '2026-01-01']} AS nested, true AS flag, max(submitted_at) AS moment,
            TIMESTAMP '2026-01-01 10:00' AS local_time, uuid '00000000-0000-0000-0000-000000000001' AS id,
            'x'::ENUM ('x', 'y') AS choice, 1::UTINYINT AS small
        FROM papers GROUP BY day
    """
    models = load(tmp_path / "sql", {"marts/typed.sql": sql})
    lake = Lake(tmp_path / "lake")
    write_papers(lake, "2026-01-06", paper())

    rows = make(models, lake, "typed", "2026-01-06")

    assert rows.schema == models["typed"].table.polars_schema
    assert rows.schema["huge"] == pl.Int64()
    assert rows.schema["moment"] == pl.Datetime("us", "UTC")
    assert rows.schema["nested"] == pl.Struct({"a": pl.String(), "b": pl.List(pl.Date())})
    assert rows["choice"].to_list() == ["x"]


def test_every_model_of_the_project_is_described_and_has_tests() -> None:
    for model in the_models():
        assert model.description, model.name
        assert model.tests, model.name
        for column in model.columns:
            assert column.description, f"{model.name}.{column.name}"
