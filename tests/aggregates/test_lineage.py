"""Column lineage of models, through their views."""

from __future__ import annotations

from pathlib import Path

from assets.aggregates.lineage import column_lineage
from tests.aggregates.lakes import load, the_models


def test_columns_are_followed_through_views_to_the_tables() -> None:
    models = the_models()

    lineage = column_lineage(models["summary_completeness"], models)

    assert lineage["cost_usd"] == [("summaries", "cost_usd")]
    assert lineage["required_filled"] == [("summaries", "method"), ("summaries", "result"), ("summaries", "tldr")]


def test_a_mart_is_where_lineage_ends() -> None:
    models = the_models()

    assert column_lineage(models["category_yearly"], models)["papers"] == [("category_monthly", "papers")]


def test_every_column_of_every_model_is_there_and_comes_from_columns_that_exist() -> None:
    models = the_models()
    for model in models:
        lineage = column_lineage(model, models)
        assert list(lineage) == list(model.polars_schema)
        for table, column in {source for sources in lineage.values() for source in sources}:
            assert table in model.tables
            assert column in models.table(table).polars_schema
        if model.tables:
            assert lineage[model.columns[0].name]


def test_stars_joins_and_unions_are_followed(tmp_path: Path) -> None:
    models = load(
        tmp_path,
        {
            "staging/v.sql": "SELECT * FROM papers",
            "marts/m.sql": """
                WITH joined AS (SELECT v.*, s.Model FROM v JOIN summaries AS s USING (day, paper_id))
                SELECT day, upper(title) AS Text, model, 1 AS one FROM joined
                UNION ALL
                SELECT day, abstract, source, count(*) FROM v GROUP BY ALL
            """,
        },
    )

    assert column_lineage(models["m"], models) == {
        "day": [("papers", "day")],
        "Text": [("papers", "abstract"), ("papers", "title")],
        "model": [("papers", "source"), ("summaries", "model")],
        "one": [],
    }
