"""The asset `summaries` and the checks that keep an incomplete or broken one out of every digest."""

from collections.abc import Iterator

import dagster as dg

from assets.checking import NAMED_AT_MOST, Verdict, judge_checks
from assets.materialization import Progress, each_partition, frame_metadata, markdown_table, table_metadata
from assets.owners import OWNERS
from assets.partitions import BACKFILL_POLICY, DAYS
from assets.pools import MODEL
from assets.preferences import Preferences
from assets.summaries import figures, verdicts
from assets.summaries.backfill import Watch
from assets.summaries.partition import (
    REPAIR_CHANGED,
    REPAIR_JOB,
    Made,
    make_day,
    prepare_days,
    prepare_repairs,
    repair_partition,
)
from assets.summaries.schema import SUMMARIES
from assets.summaries.summarizer import Summarizer
from assets.summaries.telling import Teller
from assets.warehouse.lake import Lake


@dg.asset(
    deps=["papers"],
    partitions_def=DAYS,
    backfill_policy=BACKFILL_POLICY,
    group_name="summaries",
    kinds={"python", "parquet"},
    owners=OWNERS,
    metadata=table_metadata(SUMMARIES),
    pool=MODEL,
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

    A run of the job `repair` asks only for what is missing, pending, extractive (where a model is set) or rejected by
    today's checks, and leaves all other rows as they are.
    """
    repairs = context.run.job_name == REPAIR_JOB
    make_or_repair = repair_partition if repairs else make_day
    prepare = prepare_repairs if repairs else prepare_days
    days = context.partition_keys
    prepare(lake, days, preferences, summarizer, Teller(f"{days[0]} … {days[-1]}", context.log.info, progress))

    watch = Watch.of_run(context)

    def make(day: str) -> dict[str, dict[str, object]]:
        tell = Teller(day, context.log.info, progress)
        made = make_or_repair(lake, day, preferences, summarizer, tell)
        if not repairs and (sentence := made.left_standing):
            progress.noticed(f"{day}: {sentence}")
        metadata = summaries_metadata(made)
        if watch is not None:
            metadata["backfill"] = watch.after(day, metadata)
            context.log.info(metadata["backfill"])
        return {"summaries": metadata}

    each_partition(context, progress, make)


def summaries_metadata(made: Made) -> dict[str, object]:
    """The metadata of a partition: figures that Dagster plots over time, what stopped the day, and the failures."""
    failures = figures.failures(made.rows, made.judgement, with_model=bool(made.reports))
    metadata: dict[str, object] = {
        **frame_metadata(made.rows, ["paper_id", "status", "tldr", "reason"]),
        "papers": made.rows.get_column("paper_id").n_unique(),
        **figures.row_figures(made.rows, made.judgement),
        **figures.run_figures(made.reports),
        "by_reason": figures.by_reason(made.rows),
        "failures": dg.MetadataValue.md(
            markdown_table(["paper", "language", "status", "reason"], failures[:NAMED_AT_MOST])
        ),
        "failures_count": len(failures),
    }
    if faults := figures.faults(made.reports):
        metadata["faults"] = faults
    if stopped := next((report.stopped for report in made.reports if report.stopped), None):
        metadata["stopped"] = stopped
    if made.repaired is not None:
        metadata |= {
            "repair_needed": len(made.repaired.needed),
            REPAIR_CHANGED: len(made.repaired.changed),
            "repair_healed": len(made.repaired.healed),
            "repair_left": len(made.repaired.left),
            "repair_given_up": len(made.repaired.given_up),
        }
    return metadata


@dg.multi_asset_check(
    name="summaries_checks",
    specs=[
        dg.AssetCheckSpec(
            verdicts.COMPLETE,
            asset="summaries",
            blocking=True,
            partitions_def=DAYS,
            description="The share of papers with a complete summary in every language reaches the threshold of the"
            " settings. Blocks: a digest that lacks papers is no digest, and nobody would come back for the rest.",
        ),
        dg.AssetCheckSpec(
            verdicts.SOUND,
            asset="summaries",
            blocking=True,
            partitions_def=DAYS,
            description="No text is a placeholder, a failure text, cut off, a copy of the abstract, or broken by"
            " control characters or LaTeX. Blocks, whatever the threshold: one such text is one too many in a digest.",
        ),
        dg.AssetCheckSpec(
            verdicts.GROUNDED,
            asset="summaries",
            blocking=True,
            partitions_def=DAYS,
            description="Numbers and names are the abstract's own, and the text is about it. An invented number or a"
            " text about something else blocks; names and acronyms that the abstract spells otherwise only warn, and"
            " only where more than 5 % of the summaries have one.",
        ),
        dg.AssetCheckSpec(
            verdicts.LANGUAGE,
            asset="summaries",
            blocking=True,
            partitions_def=DAYS,
            description="Each text is in the language that its row says. Blocks: a reader of the digest cannot mend it,"
            " and a model that answers in another language does so for many papers at once.",
        ),
        dg.AssetCheckSpec(
            verdicts.COST,
            asset="summaries",
            partitions_def=DAYS,
            description="A day stays below 90 % of the cost cap, and a paper costs less than twice what it cost on the"
            " recent days. Warns and never blocks: the money is spent, and holding the digest back saves nothing.",
        ),
    ],
)
def summaries_checks(
    context: dg.AssetCheckExecutionContext,
    lake: dg.ResourceParam[Lake],
    preferences: dg.ResourceParam[Preferences],
) -> Iterator[dg.AssetCheckResult]:
    """Judges each day's texts once, for all of these checks."""

    def judge(day: str) -> dict[str, Verdict]:
        return verdicts.day_verdicts(lake, day, preferences)

    yield from judge_checks(context, judge, each_alone=True)
