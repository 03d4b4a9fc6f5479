"""The assets `topic_pages` and `trend_article` and their checks."""

import datetime as dt

import dagster as dg

from assets.checking import Verdict, judge_partitions
from assets.listings.sample import NOTE, SampleSource
from assets.materialization import Progress, each_partition, frame_metadata, table_metadata
from assets.overviews.article import build_article
from assets.overviews.held import Held
from assets.overviews.month import Month, month_before
from assets.overviews.month_checks import article_problems, topic_page_problems
from assets.overviews.rows import month_row
from assets.overviews.schema import TOPIC_PAGES, TREND_ARTICLES
from assets.overviews.topic_page import build_topic_pages
from assets.overviews.topics import Topic, load_topics
from assets.overviews.writing.writers import Writers
from assets.owners import OWNERS
from assets.papers.schema import PAPERS
from assets.partitions import BACKFILL_POLICY, MONTHS, so_far
from assets.pools import MODEL
from assets.preferences import Preferences
from assets.summaries.schema import SUMMARIES
from assets.warehouse.files import write_text
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake

SOURCES = [
    dg.AssetDep("papers", partition_mapping=so_far(history=1)),
    dg.AssetDep("summaries", partition_mapping=so_far()),
]


@dg.asset(
    deps=SOURCES,
    partitions_def=MONTHS,
    backfill_policy=BACKFILL_POLICY,
    group_name="overviews",
    kinds={"markdown", "json"},
    owners=OWNERS,
    metadata=table_metadata(TOPIC_PAGES),
    pool=MODEL,
)
def topic_pages(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    home: dg.ResourceParam[Home],
    preferences: dg.ResourceParam[Preferences],
    progress: dg.ResourceParam[Progress],
    writer: dg.ResourceParam[Writers],
) -> None:
    """What is new in each topic in a month: papers in two plain sentences, and every other paper by title."""
    topics = load_topics(preferences.topics)

    def make(month: str) -> dict[str, dict[str, object]]:
        found = read_month(lake, month, topics)
        rows = []
        for page in build_topic_pages(found, topics, writer.model):
            row = month_row(page)
            rows.append(row)
            markdown_file, json_file = home.topic_page(month, row["topic"])
            write_text(markdown_file, row["markdown"])
            write_text(json_file, row["json"])
        for path in home.topic_page(month, "any")[0].parent.glob("*.*"):
            if path.suffix in (".md", ".json") and path.stem not in {topic.key for topic in topics}:
                path.unlink(missing_ok=True)
        frame = TOPIC_PAGES.frame(rows)
        lake.write(TOPIC_PAGES, month, frame)
        told = frame_metadata(frame, ["topic", "title", "as_of", "papers", "cited"])
        return {"topic_pages": {**told, **writer.metadata(frame)}}

    each_partition(context, progress, make)


@dg.asset(
    deps=SOURCES,
    partitions_def=MONTHS,
    backfill_policy=BACKFILL_POLICY,
    group_name="overviews",
    kinds={"markdown", "json"},
    owners=OWNERS,
    metadata=table_metadata(TREND_ARTICLES),
    pool=MODEL,
)
def trend_article(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    home: dg.ResourceParam[Home],
    preferences: dg.ResourceParam[Preferences],
    progress: dg.ResourceParam[Progress],
    writer: dg.ResourceParam[Writers],
) -> None:
    """The article of a month for people outside the field: every claim has its papers or its query."""
    topics = load_topics(preferences.topics)

    def make(month: str) -> dict[str, dict[str, object]]:
        page = build_article(read_month(lake, month, topics), writer.model)
        row = month_row(page)
        frame = TREND_ARTICLES.frame([row])
        markdown_file, json_file = home.article(month)
        write_text(markdown_file, row["markdown"])
        write_text(json_file, row["json"])
        lake.write(TREND_ARTICLES, month, frame)
        told = frame_metadata(frame, ["title", "as_of", "papers", "cited"])
        return {"trend_article": {**told, **writer.metadata(frame)}}

    each_partition(context, progress, make)


@dg.asset_check(asset=topic_pages, blocking=True, partitions_def=MONTHS)
def every_topic_sentence_is_supported(
    context: dg.AssetCheckExecutionContext,
    lake: dg.ResourceParam[Lake],
    preferences: dg.ResourceParam[Preferences],
) -> dg.AssetCheckResult:
    """Every page is what is built anew from the lake, and every sentence of it is its paper's."""
    topics = {topic.key: topic for topic in load_topics(preferences.topics)}

    def judge(month: str) -> Verdict:
        found = read_month(lake, month, tuple(topics.values()))
        problems: list[str] = []
        pages = lake.read(TOPIC_PAGES, [month])
        for row in pages.iter_rows(named=True):
            key = row["topic"]
            if key not in topics:
                problems.append(f"{key}: the topic is not declared any more; make the month again")
                continue
            problems.extend(f"{key}: {problem}" for problem in topic_page_problems(found, topics[key], row))
        problems.extend(f"{key}: the topic has no page" for key in sorted(topics.keys() - set(pages["topic"])))
        return Verdict(problems, {"pages": pages.height, "papers": len(found)})

    return judge_partitions(context, judge)


@dg.asset_check(asset=trend_article, blocking=True, partitions_def=MONTHS)
def every_article_sentence_is_supported(
    context: dg.AssetCheckExecutionContext,
    lake: dg.ResourceParam[Lake],
    preferences: dg.ResourceParam[Preferences],
) -> dg.AssetCheckResult:
    """The article is what is built anew from the lake; every claim has a source, and every number stands in it."""
    topics = load_topics(preferences.topics)

    def judge(month: str) -> Verdict:
        found = read_month(lake, month, topics)
        problems: list[str] = []
        figures: dict[str, object] = {}
        rows = lake.read(TREND_ARTICLES, [month])
        for row in rows.iter_rows(named=True):
            problems.extend(article_problems(found, row))
            figures["cited"] = row["cited"]
        if rows.height != 1:
            problems.append(f"the month has {rows.height} articles; make it again")
        return Verdict(problems, figures)

    return judge_partitions(context, judge)


def read_month(lake: Lake, month: str, topics: tuple[Topic, ...]) -> Month:
    """The month as its pages see it; without a day made, as of its first announcement day."""
    held = held_of(lake, month)
    keys = [day.isoformat() for day in held.days]
    papers = lake.read(PAPERS, keys)
    return Month(
        month,
        papers,
        lake.read(SUMMARIES, keys),
        lake.read(PAPERS, [day.isoformat() for day in held_of(lake, month_before(month)).days]),
        topics,
        held,
        source_note=NOTE if SampleSource.name in papers.get_column("source") else None,
    )


def held_of(lake: Lake, month: str) -> Held:
    """The announcement days of a month, and those of them whose papers are there."""
    first = dt.date.fromisoformat(f"{month}-01")
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return Held.between(first, last, lambda day: lake.has(PAPERS, day.isoformat()))
