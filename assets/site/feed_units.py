"""Gathering what the feeds hold: the newest papers, of all and of each category, the days, and the topics."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from assets.digests.digest import PRODUCT
from assets.digests.wording import count
from assets.overviews.schema import TOPIC_PAGES
from assets.site import addresses, feeds
from assets.site.documents import read_text_page
from assets.site.shell import category_name

if TYPE_CHECKING:
    from assets.site.context import Build
    from assets.site.manifest import Writer

TOPIC_MONTHS = 12


def make_feeds(build: Build) -> None:
    """Makes all feeds and the list of them."""
    recent = build.days[-feeds.DAYS_AT_MOST :]
    months = sorted(build.prose.get(TOPIC_PAGES.name, {}))[-TOPIC_MONTHS:]

    def render(writer: Writer) -> None:
        channels = [*_paper_channels(build, recent), *_topic_channels(build, months)]
        for channel in channels:
            feeds.write_channel(writer, channel, build.options)
        feeds.write_list(writer, channels, build.options)

    topics = [build.lake.fingerprint(TOPIC_PAGES, month) for month in months]
    build.make("feeds", ([build.digests[day] for day in recent], topics), render)


def _paper_channels(build: Build, recent: list[str]) -> list[feeds.Channel]:
    rows = pl.concat(
        [build.facts.month(""), *(build.facts.month(month) for month in sorted({day[:7] for day in recent}))]
    )
    last = [dt.date.fromisoformat(day) for day in recent[-feeds.PAPER_DAYS :]]
    newest = (
        rows.filter(pl.col("day").is_in(last))
        .sort("day", "position", descending=[True, False])
        .unique("paper_id", keep="first", maintain_order=True)
    )
    papers = [
        feeds.paper_item(
            row["paper_id"],
            row["title"],
            feeds.told(row["tldr"], row["status"], row["reason"]),
            row["authors"],
            row["categories"],
            row["day"],
            build.options,
        )
        for row in newest.iter_rows(named=True)
    ]
    return [
        feeds.Channel(
            feeds.SITE,
            f"{PRODUCT}: new papers",
            "Papers announced by arXiv, with a summary of each.",
            addresses.INDEX,
            feeds.whole_days(papers),
            build.options.language,
        ),
        feeds.Channel(
            feeds.DAILY,
            f"{PRODUCT}: announcement days",
            "One entry for each day on which arXiv announces papers.",
            addresses.DAYS,
            [_day_item(build, day, rows) for day in reversed(recent)],
        ),
        *(
            feeds.Channel(
                feeds.category_feed(category),
                feeds.category_title(category),
                f"Papers that carry {category_name(category)}, with a summary of each.",
                addresses.category_page(category),
                feeds.whole_days([paper for paper in papers if category in paper.categories]),
                build.options.language,
            )
            for category in build.options.categories
        ),
    ]


def _day_item(build: Build, day: str, rows: pl.DataFrame) -> feeds.Item:
    date = dt.date.fromisoformat(day)
    of_day = rows.filter(pl.col("day") == date).sort("position")
    name = pl.when(pl.col("kind") == "primary").then("primary_category").otherwise(pl.col("kind") + "s")
    counted = of_day.group_by(name.alias("name"), maintain_order=True).len()
    summary = ", ".join(f"{name} {number:,}" for name, number in counted.iter_rows()) or "No papers."
    title = f"{day}: {count(of_day.height, 'paper')}"
    return feeds.page_item(addresses.day_page(day), title, summary, date, build.options)


def _topic_channels(build: Build, months: list[str]) -> list[feeds.Channel]:
    items: dict[str, list[feeds.Item]] = {}
    for month in reversed(months):
        rows = build.lake.columns(TOPIC_PAGES, month, ["topic", "title", "as_of", "papers", "json"]).sort("topic")
        for topic, title, as_of, papers, text in rows.iter_rows():
            sentences = [sentence.text for section in read_text_page(text).sections for sentence in section.sentences]
            told = " ".join(sentences[:3]) or count(papers, "paper")
            path = addresses.topic_page(month, topic)
            items.setdefault(topic, []).append(feeds.page_item(path, title, told, as_of, build.options))
    return [
        feeds.Channel(
            feeds.topic_feed(topic),
            f"{PRODUCT}: {topic}",
            f"What is new in the topic {topic}: an entry a month.",
            addresses.TOPICS,
            found,
        )
        for topic, found in sorted(items.items())
    ]
