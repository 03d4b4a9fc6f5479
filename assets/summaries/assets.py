"""The asset `summaries` and the checks that keep an incomplete or broken one out of every digest."""

import collections

import dagster as dg

from assets.checking import Verdict, judge_partitions
from assets.materialization import Progress, each_partition, frame_metadata, table_metadata
from assets.owners import OWNERS
from assets.papers.schema import PAPERS
from assets.partitions import BACKFILL_POLICY, DAYS
from assets.preferences import Preferences
from assets.summaries.judgement import incomplete_papers, text_problems
from assets.summaries.schema import SUMMARIES
from assets.summaries.summarizer import Summarizer
from assets.warehouse.lake import Lake


@dg.asset(
    deps=["papers"],
    partitions_def=DAYS,
    backfill_policy=BACKFILL_POLICY,
    group_name="summaries",
    kinds={"python", "parquet"},
    owners=OWNERS,
    metadata=table_metadata(SUMMARIES),
)
def summaries(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    summarizer: dg.ResourceParam[Summarizer],
    preferences: dg.ResourceParam[Preferences],
    progress: dg.ResourceParam[Progress],
) -> None:
    """One summary per paper and language: TL;DR, motivation, method, result, conclusion, practical use, keywords.

    Each row has a status (complete, repaired, extractive, pending) and its provenance. A text that
    is missing is NULL with a reason; a row whose abstract did not change is kept, not made again.
    """

    def make(day: str) -> dict[str, dict[str, object]]:
        papers = lake.require(PAPERS, [day])
        rows = summarizer.summarize(papers, preferences.languages, lake.read(SUMMARIES, [day]))
        lake.write(SUMMARIES, day, rows)
        return {
            "summaries": {
                **frame_metadata(rows, ["paper_id", "status", "tldr", "reason"]),
                "by_status": dict(sorted(collections.Counter(rows.get_column("status")).items())),
                "cost_usd": float(rows.get_column("cost_usd").sum()),
            }
        }

    each_partition(context, progress, make)


@dg.asset_check(asset=summaries, blocking=True, partitions_def=DAYS)
def summaries_are_complete(
    context: dg.AssetCheckExecutionContext,
    lake: dg.ResourceParam[Lake],
    preferences: dg.ResourceParam[Preferences],
) -> dg.AssetCheckResult:
    """The share of papers with a complete summary in every language reaches the threshold of the settings."""

    def judge(day: str) -> Verdict:
        papers = lake.read(PAPERS, [day])
        problems = incomplete_papers(papers, lake.read(SUMMARIES, [day]), preferences.languages)
        wanted = papers.height * len(preferences.languages)
        share = 1.0 - len(problems) / wanted if wanted else 1.0
        return Verdict(
            problems,
            {"complete_share": share, "threshold": preferences.completeness, "papers": papers.height},
            passed=share >= preferences.completeness,
        )

    return judge_partitions(context, judge, each_alone=True)


@dg.asset_check(asset=summaries, blocking=True, partitions_def=DAYS)
def summaries_are_sound(context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]) -> dg.AssetCheckResult:
    """No field holds a placeholder, a failure text, a control character, broken LaTeX or a number of its own."""
    return judge_partitions(
        context,
        lambda day: Verdict(text_problems(lake.read(PAPERS, [day]), lake.read(SUMMARIES, [day]))),
        each_alone=True,
    )
