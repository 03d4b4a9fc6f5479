"""The asset `yearly_overview` and its check."""

import datetime as dt
import json
from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets.aggregates.models import Models
from assets.checking import Verdict, judge_partitions
from assets.listings.sample import NOTE, SampleSource
from assets.materialization import Progress, each_partition, frame_metadata, table_metadata
from assets.overviews.held import Held
from assets.overviews.material import new_papers
from assets.overviews.overview import build_overview
from assets.overviews.parts import Inputs
from assets.overviews.rows import overview_row
from assets.overviews.schema import OVERVIEWS
from assets.overviews.scoring import Statement, statements_of
from assets.overviews.writing.writers import Writers
from assets.overviews.year_checks import overview_problems
from assets.owners import OWNERS
from assets.papers.schema import PAPERS
from assets.partitions import BACKFILL_POLICY, YEARS, so_far, year_before
from assets.pools import MODEL
from assets.preferences import Preferences
from assets.summaries.schema import SUMMARIES
from assets.warehouse.files import write_text
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake


@dg.asset(
    deps=[
        dg.AssetDep("papers", partition_mapping=so_far()),
        dg.AssetDep("summaries", partition_mapping=so_far()),
        dg.AssetDep("category_monthly", partition_mapping=so_far()),
        dg.AssetDep("category_yearly", partition_mapping=so_far(history=1)),
        "term_trends",
        # Last year's page holds the statements that this one scores; where it was never made, there are none.
        dg.AssetDep("yearly_overview", partition_mapping=year_before()),
    ],
    partitions_def=YEARS,
    backfill_policy=BACKFILL_POLICY,
    group_name="overviews",
    kinds={"markdown", "json"},
    owners=OWNERS,
    metadata=table_metadata(OVERVIEWS),
    pool=MODEL,
)
def yearly_overview(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    home: dg.ResourceParam[Home],
    models: dg.ResourceParam[Models],
    preferences: dg.ResourceParam[Preferences],
    progress: dg.ResourceParam[Progress],
    writer: dg.ResourceParam[Writers],
) -> None:
    """The overview of a year in each followed category: every sentence has its papers or its query.

    A year that is not over says up to which day it goes.
    """

    def make(year: str) -> dict[str, dict[str, object]]:
        rows = []
        for inputs in read_year(lake, models, year, preferences.categories):
            overview = build_overview(
                **vars(inputs),
                source_note=note_of(inputs),
                statements=statements_for(lake, inputs),
                writer=writer.model,
            )
            category, row = inputs.category, overview_row(overview)
            rows.append(row)
            markdown_file, json_file = home.overview(year, category)
            write_text(markdown_file, row["markdown"])
            write_text(json_file, row["json"])
        frame = OVERVIEWS.frame(rows)
        lake.write(OVERVIEWS, year, frame)
        told = frame_metadata(frame, ["category", "title", "as_of", "papers", "cited"])
        return {"yearly_overview": {**told, **writer.metadata(frame)}}

    each_partition(context, progress, make)


def read_year(lake: Lake, models: Models, year: str, followed: frozenset[str] | None) -> Iterator[Inputs]:
    """What the overview of each category is made from."""
    held = Held.between(
        dt.date(int(year), 1, 1), dt.date(int(year), 12, 31), lambda day: lake.has(PAPERS, day.isoformat())
    )
    keys = [day.isoformat() for day in held.days]
    papers, summaries = new_papers(lake.read(PAPERS, keys)), lake.read(SUMMARIES, keys)
    months = lake.read(models["category_monthly"].table, [f"{year}-{month:02}" for month in range(1, 13)])
    years = lake.read(models["category_yearly"].table, [str(int(year) - 1), year])
    terms = lake.read(models["term_trends"].table, [year])
    for category in categories_of(papers, followed):
        in_category = papers.filter(pl.col("categories").list.contains(category))
        yield Inputs(
            year=int(year),
            category=category,
            papers=in_category,
            summaries=summaries.join(in_category, on=["day", "paper_id"], how="semi"),
            category_months=months.filter(category=category),
            category_years=years.filter(category=category),
            terms=terms.filter(category=category),
            held=held,
        )


def note_of(inputs: Inputs) -> str | None:
    """What a reader must be told of the papers' source."""
    return NOTE if SampleSource.name in inputs.papers.get_column("source") else None


def statements_for(lake: Lake, inputs: Inputs) -> list[Statement]:
    """The statements of last year's overview of the category; none where it was never made."""
    pages = lake.read(OVERVIEWS, [str(inputs.year - 1)]).filter(category=inputs.category)
    return [statement for text in pages["json"] for statement in statements_of(json.loads(text))]


def categories_of(papers: pl.DataFrame, followed: frozenset[str] | None) -> list[str]:
    """The categories that get an overview: those followed; where all are, those with a primary paper."""
    if followed is None:
        return sorted(papers.get_column("primary_category").unique())
    present = set(papers.get_column("categories").explode().unique().drop_nulls())
    return sorted(followed & present) or sorted(followed)[:1]


@dg.asset_check(asset=yearly_overview, blocking=True, partitions_def=YEARS)
def every_sentence_is_supported(
    context: dg.AssetCheckExecutionContext,
    lake: dg.ResourceParam[Lake],
    models: dg.ResourceParam[Models],
    preferences: dg.ResourceParam[Preferences],
) -> dg.AssetCheckResult:
    """Every page is what is built anew from the lake; a model's sentences have their sources and their numbers."""

    def judge(year: str) -> Verdict:
        pages = {row["category"]: row for row in lake.read(OVERVIEWS, [year]).iter_rows(named=True)}
        problems: list[str] = []
        figures = {"pages": len(pages)}
        for inputs in read_year(lake, models, year, preferences.categories):
            category = inputs.category
            row = pages.pop(category, None)
            if row is None:
                problems.append(f"{category}: the category has no page")
                continue
            found = overview_problems(inputs, note_of(inputs), statements_for(lake, inputs), row)
            problems.extend(f"{category}: {problem}" for problem in found)
            figures[f"cited in {category}"] = row["cited"]
        problems += [f"{category}: the year has no such category; make it again" for category in pages]
        return Verdict(problems, figures)

    return judge_partitions(context, judge)
