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
from assets.overviews.evidence import counted
from assets.overviews.held import Held
from assets.overviews.json_form import overview_json
from assets.overviews.markdown import overview_markdown
from assets.overviews.material import Material, new_papers
from assets.overviews.overview import build_overview
from assets.overviews.parts import Inputs, Query
from assets.overviews.schema import OVERVIEWS
from assets.overviews.scoring import statements_of
from assets.overviews.verify import verify
from assets.overviews.writing.writers import Writers
from assets.owners import OWNERS
from assets.papers.schema import PAPERS
from assets.partitions import BACKFILL_POLICY, YEARS, so_far
from assets.preferences import Preferences
from assets.summaries.schema import SUMMARIES
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake, write_text


@dg.asset(
    deps=[
        dg.AssetDep("papers", partition_mapping=so_far()),
        dg.AssetDep("summaries", partition_mapping=so_far()),
        dg.AssetDep("category_monthly", partition_mapping=so_far()),
        dg.AssetDep("category_yearly", partition_mapping=so_far(history=1)),
        "term_trends",
    ],
    partitions_def=YEARS,
    backfill_policy=BACKFILL_POLICY,
    group_name="overviews",
    kinds={"markdown", "json"},
    owners=OWNERS,
    metadata=table_metadata(OVERVIEWS),
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
        # No dependency of Dagster's: a year may be made first, and then nothing is there to be scored.
        last_year = lake.read(OVERVIEWS, [str(int(year) - 1)])
        rows = []
        for inputs in read_year(lake, models, year, preferences.categories):
            category, as_of = inputs.category, inputs.as_of
            overview = build_overview(
                **vars(inputs),
                source_note=NOTE if SampleSource.name in inputs.papers.get_column("source") else None,
                statements=[
                    statement
                    for text in last_year.filter(category=category)["json"]
                    for statement in statements_of(json.loads(text))
                ],
                writer=writer.model,
            )
            markdown, json_text = overview_markdown(overview), overview_json(overview)
            rows.append(
                {
                    "year": int(year),
                    "category": category,
                    "title": overview.title,
                    "as_of": as_of,
                    "papers": overview.papers,
                    "cited": len(overview.cited),
                    "markdown": markdown,
                    "json": json_text,
                }
            )
            markdown_file, json_file = home.overview(year, category)
            write_text(markdown_file, markdown)
            write_text(json_file, json_text)
        frame = OVERVIEWS.frame(rows)
        lake.write(OVERVIEWS, year, frame)
        return {"yearly_overview": frame_metadata(frame, ["category", "title", "as_of", "papers", "cited"])}

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
    """Every citation resolves, every claim has a source, and every number stands in it; counts are made anew."""

    def judge(year: str) -> Verdict:
        pages = dict(lake.read(OVERVIEWS, [year]).select("category", "json").iter_rows())
        problems: list[str] = []
        figures = {"pages": len(pages)}
        for inputs in read_year(lake, models, year, preferences.categories):
            category = inputs.category
            if category not in pages:
                problems.append(f"{category}: the category has no page")
                continue
            document = json.loads(pages[category])
            counts = counted(Material(inputs))
            evidence = {
                name: counts[name] if name in counts else Query(name, **entry)
                for name, entry in document["evidence"].items()
            }
            found = verify(document, inputs.papers, evidence)
            problems.extend(f"{category}: {problem}" for problem in found.problems)
            figures[f"cited in {category}"] = len(document["cited"])
        return Verdict(problems, figures)

    return judge_partitions(context, judge)
