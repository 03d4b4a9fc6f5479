"""The assets `papers` and `rejected_papers`, and the checks that nothing is lost between them."""

import datetime as dt
from collections.abc import Iterator

import dagster as dg
import polars as pl

from assets.checking import Verdict, judge_partitions
from assets.listings.schema import RAW_LISTINGS
from assets.materialization import Progress, each_partition, frame_metadata, table_metadata
from assets.owners import OWNERS
from assets.papers.clean import clean_day
from assets.papers.schema import PAPERS, REJECTED_PAPERS
from assets.papers.validate import violations_by_day
from assets.partitions import BACKFILL_POLICY, DAYS
from assets.warehouse.lake import Lake


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            "papers",
            deps=["raw_listings"],
            description=(
                "The papers announced on a day: text cleaned, categories canonical, versions kept, duplicates"
                " merged, validated by pandera. Cross-lists to a followed category are among them."
            ),
            group_name="papers",
            kinds={"polars", "parquet"},
            owners=OWNERS,
            metadata=table_metadata(PAPERS),
        ),
        dg.AssetSpec(
            "rejected_papers",
            deps=["raw_listings"],
            description=(
                "Every listed record that is not in `papers`, with the field, the rule and the value that kept it"
                " out. Nothing is dropped in silence: papers + rejected_papers = raw_listings."
            ),
            group_name="papers",
            kinds={"polars", "parquet"},
            owners=OWNERS,
            metadata=table_metadata(REJECTED_PAPERS),
        ),
    ],
    partitions_def=DAYS,
    backfill_policy=BACKFILL_POLICY,
)
def cleaned_papers(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], progress: dg.ResourceParam[Progress]
) -> Iterator[dg.MaterializeResult[None]]:
    """Cleans and validates the raw records of the run's days.

    All at once, because pandera takes a tenth of a second a call whatever the number of rows.
    """
    all_papers, all_rejected = clean_day(lake.require(RAW_LISTINGS, context.partition_keys))

    def make(day: str) -> dict[str, dict[str, object]]:
        announced = pl.col("day") == dt.date.fromisoformat(day)
        papers, rejected = all_papers.filter(announced), all_rejected.filter(announced)
        lake.write(REJECTED_PAPERS, day, rejected)
        lake.write(PAPERS, day, papers)
        by_rule = dict(rejected.group_by("rule").len().sort("rule").iter_rows())
        return {
            "papers": {
                **frame_metadata(papers, ["paper_id", "version", "primary_category", "title"]),
                "withdrawn": int(papers.get_column("is_withdrawn").sum()),
            },
            "rejected_papers": {
                **frame_metadata(rejected, ["paper_id", "field", "rule", "value"]),
                "by_rule": by_rule,
            },
        }

    each_partition(context, progress, make)
    for asset in (PAPERS.name, REJECTED_PAPERS.name):
        yield dg.MaterializeResult(asset)


@dg.asset_check(asset="papers", blocking=True, partitions_def=DAYS)
def papers_fit_their_schema(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Every stored paper passes the pandera schema: types, ids, categories, clean text."""
    found = violations_by_day(lake.read(PAPERS, context.op_execution_context.partition_keys))
    return judge_partitions(context, lambda day: Verdict(found.get(dt.date.fromisoformat(day), [])))


@dg.asset_check(asset="papers", blocking=True, partitions_def=DAYS, additional_deps=["rejected_papers"])
def every_record_is_accounted_for(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """papers + rejected_papers = raw_listings, and no paper stands twice."""

    def judge(day: str) -> Verdict:
        raw, kept, rejected = (lake.row_count(table, day) for table in (RAW_LISTINGS, PAPERS, REJECTED_PAPERS))
        figures = {"raw_listings": raw, "papers": kept, "rejected_papers": rejected}
        problems = []
        if kept + rejected != raw:
            problems.append(f"{day}: {raw} records were listed, but {kept} papers and {rejected} rejections are kept.")
        ids = lake.read(PAPERS, [day]).get_column("paper_id")
        problems.extend(
            f"{day}: paper {paper} stands more than once." for paper in sorted(set(ids.filter(ids.is_duplicated())))
        )
        return Verdict(problems, figures)

    return judge_partitions(context, judge)
