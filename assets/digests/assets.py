"""The asset `daily_digest` and its check."""

import datetime as dt

import dagster as dg
import polars as pl

from assets.aggregates.models import Models
from assets.checking import NAMED_AT_MOST, Verdict, judge_partitions
from assets.digests.bibtex import bibtex_file
from assets.digests.digest import build_digest
from assets.digests.json_form import digest_json
from assets.digests.markdown import digest_markdown
from assets.digests.opening import opened
from assets.digests.schema import DIGESTS
from assets.digests.verify import check_digest, check_markdown
from assets.errors import AlmanacError
from assets.listings.sample import NOTE, SampleSource
from assets.materialization import Progress, each_partition, table_metadata
from assets.owners import OWNERS
from assets.papers.schema import PAPERS, REJECTED_PAPERS
from assets.partitions import BACKFILL_POLICY, DAYS
from assets.preferences import Preferences
from assets.summaries.judgement import judge_partition
from assets.summaries.schema import SUMMARIES
from assets.warehouse.files import write_text
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake

PREVIEW_CHARACTERS = 3000


@dg.asset(
    deps=["papers", "rejected_papers", "summaries", "category_daily", "term_daily"],
    partitions_def=DAYS,
    backfill_policy=BACKFILL_POLICY,
    group_name="digests",
    kinds={"markdown", "json"},
    owners=OWNERS,
    metadata=table_metadata(DIGESTS),
)
def daily_digest(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    home: dg.ResourceParam[Home],
    preferences: dg.ResourceParam[Preferences],
    models: dg.ResourceParam[Models],
    progress: dg.ResourceParam[Progress],
) -> None:
    """The digest of a day in Markdown and JSON, and its papers as BibTeX: a section per category, then the cross-lists.

    Every paper of the day is in it exactly once, with its summary or the reason why it has none, but for those that
    the reader excludes, which are named.
    """

    def make(day: str) -> dict[str, dict[str, object]]:
        papers, summaries = lake.require(PAPERS, [day]), lake.require(SUMMARIES, [day])
        if blockers := judge_partition(lake, day, preferences.languages).unfit(preferences):
            # Their checks keep back a run of this day alone; in a run of many days only this one must wait.
            raise AlmanacError(" ".join(blockers[:NAMED_AT_MOST]))
        digest = build_digest(
            dt.date.fromisoformat(day),
            papers,
            summaries,
            lake.require(REJECTED_PAPERS, [day]),
            preferences.categories,
            preferences.languages[0],
            NOTE if SampleSource.name in papers.get_column("source") else None,
            preferences.reader,
        )
        digest = opened(digest, lake, models)
        markdown, json_text = digest_markdown(digest), digest_json(digest)
        if problems := digest_problems(markdown, json_text, papers, preferences):
            # A wrong page is never published, not even until its check has run.
            raise AlmanacError(f"the digest of {day} is wrong: {' '.join(problems[:3])}")
        row = DIGESTS.frame(
            [
                {
                    "day": digest.day,
                    "title": digest.title,
                    "primary_papers": digest.counts.papers,
                    "cross_lists": digest.counts.cross_lists,
                    "markdown": markdown,
                    "json": json_text,
                }
            ]
        )
        markdown_file, json_file = home.digest(day)
        write_text(markdown_file, markdown)
        write_text(json_file, json_text)
        write_text(home.bibtex(day), bibtex_file(digest.entries))
        # Last, and with what it was made from: a digest counts only as long as its day has not changed.
        lake.write(DIGESTS, day, row, made_from(lake, day))
        return {
            "daily_digest": {
                "papers": digest.counts.papers,
                "cross_lists": digest.counts.cross_lists,
                "markdown": dg.MetadataValue.path(str(markdown_file)),
                "json": dg.MetadataValue.path(str(json_file)),
                "preview": dg.MetadataValue.md(markdown[:PREVIEW_CHARACTERS]),
                "dagster/partition_row_count": 1,
            }
        }

    each_partition(context, progress, make)


def made_from(lake: Lake, day: str) -> dict[str, str]:
    """What a day's digest stands on: fingerprints of its papers and summaries."""
    return {table.name: lake.fingerprint(table, day) for table in (PAPERS, SUMMARIES)}


def digest_problems(markdown: str, json_text: str, papers: pl.DataFrame, preferences: Preferences) -> list[str]:
    """What is wrong with a day's digest; `papers` are the day's rows of PAPERS."""
    return [*check_digest(json_text, papers, preferences.categories), *check_markdown(markdown, json_text)]


@dg.asset_check(asset=daily_digest, blocking=True, partitions_def=DAYS)
def every_entry_resolves(
    context: dg.AssetCheckExecutionContext,
    lake: dg.ResourceParam[Lake],
    preferences: dg.ResourceParam[Preferences],
) -> dg.AssetCheckResult:
    """Every entry is a paper of the day, every paper is an entry, and the counts say so."""

    def judge(day: str) -> Verdict:
        papers = lake.read(PAPERS, [day])
        row = lake.read(DIGESTS, [day]).row(0, named=True)
        problems = digest_problems(row["markdown"], row["json"], papers, preferences)
        return Verdict(problems, {"papers": row["primary_papers"], "cross_lists": row["cross_lists"]})

    return judge_partitions(context, judge)
