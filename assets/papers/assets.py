"""The assets `papers`, `rejected_papers` and `listing_ledger`, and the checks that nothing is lost or told twice."""

import datetime as dt
from collections.abc import Iterator, Sequence

import dagster as dg
import polars as pl

from assets.checking import Verdict, judge_partitions
from assets.listings.schema import LISTING_RECEIPTS, RAW_LISTINGS
from assets.materialization import Progress, each_partition, frame_metadata, table_metadata
from assets.owners import OWNERS
from assets.papers.clean import clean_day
from assets.papers.ledger import DayTables, ledger_rows, unexplained
from assets.papers.once import MOVING_TAG, NewPapers, sentence
from assets.papers.schema import EVERYTHING, LISTING_LEDGER, PAPERS, REJECTED_PAPERS
from assets.papers.validate import violations_by_day
from assets.partitions import BACKFILL_POLICY, DAYS
from assets.preferences import Preferences
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
        ids = lake.read(PAPERS, [day]).get_column("paper_id")
        return accounts_verdict(day, raw, kept, rejected, sorted(set(ids.filter(ids.is_duplicated()))))

    return judge_partitions(context, judge)


def accounts_verdict(day: str, raw: int, kept: int, rejected: int, twice: Sequence[str]) -> Verdict:
    """Whether what was kept and what was rejected is what was listed; `twice` are papers that stand more than once."""
    problems = []
    if kept + rejected != raw:
        problems.append(f"{day}: {raw} records were listed, but {kept} papers and {rejected} rejections are kept.")
    problems.extend(f"{day}: paper {paper} stands more than once." for paper in twice)
    return Verdict(problems, {"raw_listings": raw, "papers": kept, "rejected_papers": rejected})


@dg.asset_check(asset="papers", partitions_def=DAYS)
def each_paper_is_new_once(context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]) -> dg.AssetCheckResult:
    """No paper is announced as new on two days; later listings (cross, replace, replace-cross) may repeat it.

    It stops nothing: the day that was made may well be the right one, and the papers in it are true.
    """
    papers = NewPapers(lake)
    moving = context.op_execution_context.run.tags.get(MOVING_TAG, "").split(",")

    def judge(day: str) -> Verdict:
        found = {paper: days for paper, days in papers.also_new_elsewhere(day).items() if paper not in moving}
        return Verdict(
            [sentence(day, paper, others) for paper, others in found.items()],
            {"new": len(papers.on(day)), "new_elsewhere": len(found)},
        )

    return judge_partitions(context, judge)


@dg.asset(
    deps=["raw_listings", "listing_receipts", "papers", "rejected_papers"],
    partitions_def=DAYS,
    backfill_policy=BACKFILL_POLICY,
    group_name="listings",
    kinds={"polars", "parquet"},
    owners=OWNERS,
    metadata=table_metadata(LISTING_LEDGER),
)
def listing_ledger(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    preferences: dg.ResourceParam[Preferences],
    progress: dg.ResourceParam[Progress],
) -> None:
    """The accounts of a day: announced by the source's own count, fetched, kept, rejected, and why they differ.

    One row for the whole listing and one for each followed category.
    """

    def make(day: str) -> dict[str, dict[str, object]]:
        rows = ledger_rows(day_tables(lake, day), preferences.categories)
        lake.write(LISTING_LEDGER, day, rows)
        whole = rows.filter(category=EVERYTHING).row(0, named=True)
        shown = ("announced", "fetched", "kept", "rejected", "new", "cross_listed", "replaced", "unexplained")
        return {
            "listing_ledger": {
                **frame_metadata(rows, ["category", "announced", "fetched", "kept", "explanation"]),
                **{name: whole[name] for name in shown if whole[name] is not None},
                "source": whole["source"],
            }
        }

    each_partition(context, progress, make)


def day_tables(lake: Lake, day: str) -> DayTables:
    """What the ledger of a day is made from. Raises InputError for a table that is not made yet."""
    receipts, raw, papers, rejected = (
        lake.require(table, [day]) for table in (LISTING_RECEIPTS, RAW_LISTINGS, PAPERS, REJECTED_PAPERS)
    )
    return DayTables(dt.date.fromisoformat(day), receipts, raw, papers, rejected, lake.notes(RAW_LISTINGS, day))


@dg.asset_check(asset=listing_ledger, partitions_def=DAYS)
def every_difference_is_explained(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """What the source announced, what was fetched and what was kept differ for known reasons only.

    It fails without stopping the day's digest: the papers that are there are right, and a reader is
    better served by them and the names of those that are missing than by nothing. The day counts as
    partial until it adds up, so that a later run makes it again.
    """

    def judge(day: str) -> Verdict:
        rows = lake.read(LISTING_LEDGER, [day])
        whole = rows.filter(category=EVERYTHING).row(0, named=True)
        return Verdict(
            unexplained(rows, day_tables(lake, day)),
            {name: whole[name] for name in ("announced", "fetched", "kept") if whole[name] is not None},
        )

    return judge_partitions(context, judge)
