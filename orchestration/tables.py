"""Every table of the lake and every view of the catalog, gathered from the rooms."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from assets.aggregates.models import Models, load_models
from assets.aggregates.run import view_sql
from assets.digests.schema import DIGESTS
from assets.listings.schema import LISTING_RECEIPTS, RAW_LISTINGS
from assets.overviews.schema import OVERVIEWS, TOPIC_PAGES, TREND_ARTICLES
from assets.papers.schema import LISTING_LEDGER, PAPERS, REJECTED_PAPERS
from assets.summaries.schema import SUMMARIES, SUMMARY_REPAIRS
from assets.warehouse.catalog import View
from assets.warehouse.schema import COMPACTED_MONTHS

if TYPE_CHECKING:
    from assets.warehouse.table import Table

MODELS_FOLDER = Path(__file__).parent.parent / "dbt_like_sql"

SOURCE_TABLES = (RAW_LISTINGS, LISTING_RECEIPTS, PAPERS, REJECTED_PAPERS, LISTING_LEDGER, SUMMARIES)
"""The tables that SQL models may read beside each other."""

RECORDS = (SUMMARY_REPAIRS,)
"""Tables of what was done about a day, beside what it holds."""

RENDERED_TABLES = (DIGESTS, TOPIC_PAGES, TREND_ARTICLES, OVERVIEWS)


ASSETS = {DIGESTS.name: "daily_digest", TREND_ARTICLES.name: "trend_article", OVERVIEWS.name: "yearly_overview"}
"""Table → the asset that makes it, where the two have different names."""


@cache
def load_almanac_models() -> Models:
    """The SQL models of dbt_like_sql/, read once a process. Raises ModelError for one that is wrong."""
    return load_models(MODELS_FOLDER, SOURCE_TABLES)


def all_tables(models: Models) -> list[Table]:
    """The lake's tables: the rooms' own, then one for each stored model."""
    return [
        *SOURCE_TABLES,
        *RECORDS,
        *RENDERED_TABLES,
        COMPACTED_MONTHS,
        *(model.table for model in models.stored),
    ]


def day_tables(models: Models) -> list[Table]:
    """The tables by day: those whose closed months are compacted."""
    return [table for table in all_tables(models) if table.period == "day"]


def asset_name(table: Table) -> str:
    """The asset that makes a table."""
    return ASSETS.get(table.name, table.name)


def model_views(models: Models) -> list[View]:
    """The catalog's views of the models that are views, in an order in which each finds what it reads."""
    return [View(model.name, view_sql(model), model.description, model.columns) for model in models.views]
