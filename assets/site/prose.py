"""Making the pages of prose: yearly overviews, topic pages, trend articles; and what the other pages link to of them.

They may be made anew while the site is: each partition is read once in a build, and the lists that lead to its pages
are made of these rows, so that no list leads to a page that is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.digests.wording import count
from assets.overviews.schema import OVERVIEWS, TOPIC_PAGES, TREND_ARTICLES
from assets.site import addresses, lists, writing
from assets.site.daily import Link
from assets.site.shell import month_name

if TYPE_CHECKING:
    import polars as pl

    from assets.site.context import Build
    from assets.site.manifest import Writer
    from assets.warehouse.table import Table

KICKERS = {OVERVIEWS.name: "Overview", TOPIC_PAGES.name: "What’s new", TREND_ARTICLES.name: "Article"}


def make_prose(build: Build) -> None:
    """Makes the overviews, the topic pages and the articles, and notes in the build what it made.

    What a sentence cites is linked to its page where there is one.
    """
    for table in (OVERVIEWS, TOPIC_PAGES, TREND_ARTICLES):
        for key in build.lake.keys(table):
            rows = build.lake.read(table, [key])
            build.prose.setdefault(table.name, {})[key] = _links(table, key, rows)
            found = writing.read_pages(rows.get_column("json"), build.with_page)

            def render(
                writer: Writer,
                table: Table = table,
                key: str = key,
                rows: pl.DataFrame = rows,
                found: writing.Found = found,
            ) -> None:
                for row, (document, pages) in zip(rows.iter_rows(named=True), found, strict=True):
                    path = _page(table, key, row)
                    writing.write_text(writer, path, KICKERS[table.name], document, pages, build.options)

            build.make(f"{table.name}/{key}", (rows.rows(), [pages for _, pages in found]), render)
    topics = build.prose.get(TOPIC_PAGES.name, {})
    groups = [(month_name(month), topics[month]) for month in sorted(topics, reverse=True)]
    lead = "What is new in each topic, month by month." if groups else "No topic page has been made yet."
    build.make(
        "topics-index",
        (groups,),
        lambda writer: lists.write_index(writer, addresses.TOPICS, "Topics", lead, groups, build.options),
    )


def _links(table: Table, key: str, rows: pl.DataFrame) -> list[Link]:
    """The pages of a partition with the words that lead to them, in the order of their topics or categories."""
    found = [
        (str(row.get("topic", row.get("category", ""))), row["title"], _page(table, key, row), row["papers"])
        for row in rows.iter_rows(named=True)
    ]
    if table is TREND_ARTICLES:
        return [Link(title, page, month_name(key)) for _, title, page, _ in found]
    return [Link(title, page, count(papers, "paper")) for _, title, page, papers in sorted(found)]


def _page(table: Table, key: str, row: dict[str, object]) -> str:
    if table is OVERVIEWS:
        return addresses.overview_page(key, str(row["category"]))
    return addresses.topic_page(key, str(row["topic"])) if table is TOPIC_PAGES else addresses.article_page(key)
