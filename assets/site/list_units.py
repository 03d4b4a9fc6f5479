"""Making the pages that list: categories, months, years, authors, and the pages of prose with their indexes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from assets.digests.wording import count
from assets.overviews.schema import OVERVIEWS, TOPIC_PAGES, TREND_ARTICLES
from assets.site import addresses, feeds, lists, writing
from assets.site.context import around
from assets.site.daily import Link
from assets.site.shell import month_name

if TYPE_CHECKING:
    from assets.site.context import Build
    from assets.site.manifest import Writer
    from assets.warehouse.table import Table

CategoryMonths = dict[str, dict[str, dict[str, int]]]
"""{category: {month: {"primary": papers, "others": cross-lists}}}; every category is there, a month that it has."""

BUCKET_DIGITS = 3
"""Authors are made in 16³ groups: a day's authors are in a few hundred of them."""


def make_categories(build: Build) -> CategoryMonths:
    """Makes the pages of the categories and of their months; gives the papers of each."""
    counts = _category_months(build)
    for month in build.months:
        beside = {name: around([*months], month) for name, months in counts.items() if month in months}

        def render(writer: Writer, month: str = month, beside: dict[str, lists.Beside] = beside) -> None:
            rows = build.facts.month(month)
            for name, others in beside.items():
                lists.write_category_month(writer, name, month, rows, others, build.options)

        digests = [build.digests[day] for day in build.days if day[:7] == month]
        build.make(f"categories/{month}", (digests, beside), render)

    def render_all(writer: Writer) -> None:
        latest = build.facts.month(build.months[-1] if build.months else "")
        latest = latest.filter(pl.col("day") == pl.col("day").max())
        for name, months in counts.items():
            of_months = [{"month": month, **months[month]} for month in reversed([*months])]
            years = [year for year, names in build.overviews.items() if name in names]
            own = feeds.feeds_of(feeds.category_feed(name), feeds.category_title(name))
            lists.write_category(writer, name, latest, of_months, years, own, build.options)
        totals = {
            name: sum(month["primary"] + month["others"] for month in months.values())
            for name, months in counts.items()
        }
        lists.write_categories(writer, totals, build.options)

    build.make(
        "categories/index", (counts, [build.digests[day] for day in build.days[-1:]], build.overviews), render_all
    )
    return counts


def make_months(build: Build, counts: CategoryMonths) -> None:
    """Makes the pages of the months, and the page of all days."""
    days = build.days
    for month in build.months:
        own = [{"category": name, **months[month]} for name, months in counts.items() if month in months]
        topics, article, beside = build.topics(month), build.article(month), around(build.months, month)
        in_month = [day for day in days if day[:7] == month]
        # A day of the month is missing only where there are days before and after it.
        edges = (days[0][:7] == month, days[-1][:7] == month)

        def render(
            writer: Writer,
            month: str = month,
            own: list[dict[str, object]] = own,
            beside: lists.Beside = beside,
            topics: list[Link] = topics,
            article: Link | None = article,
        ) -> None:
            lists.write_month(writer, month, days, own, beside, topics, article, build.options)

        build.make(f"months/{month}", (in_month, edges, own, topics, article, beside), render)
    build.make("days-index", (days,), lambda writer: lists.write_archive(writer, days, build.options))


def make_years(build: Build) -> None:
    """Makes the pages of the years."""
    days = build.days
    for year in build.years:
        rows = build.lake.columns(OVERVIEWS, year, ["category", "title", "papers"]).sort("category")
        overviews = [
            Link(title, addresses.overview_page(year, category), count(papers, "paper"))
            for category, title, papers in rows.iter_rows()
        ]
        beside = around(build.years, year)

        def render(
            writer: Writer, year: str = year, overviews: list[Link] = overviews, beside: lists.Beside = beside
        ) -> None:
            lists.write_year(writer, year, days, overviews, beside, build.options)

        own = [day for day in days if day[:4] == year]
        edges = (days[:1] == own[:1], days[-1:] == own[-1:])
        build.make(f"years/{year}", (own, edges, overviews, beside), render)


def make_prose(build: Build) -> None:
    """Makes the overviews, the topic pages and the articles, and the index of the topics.

    What a sentence cites is linked to its page where there is one.
    """
    for table, kicker in ((OVERVIEWS, "Overview"), (TOPIC_PAGES, "What’s new"), (TREND_ARTICLES, "Article")):
        for key in build.lake.keys(table):
            rows = build.lake.read(table, [key])
            found = writing.read_pages(rows.get_column("json"), build.with_page)

            def render(
                writer: Writer,
                table: Table = table,
                key: str = key,
                kicker: str = kicker,
                rows: pl.DataFrame = rows,
                found: writing.Found = found,
            ) -> None:
                for row, (document, pages) in zip(rows.iter_rows(named=True), found, strict=True):
                    path = _prose_page(table, key, row)
                    writing.write_text(writer, path, kicker, document, pages, build.options)

            stands_on = (build.lake.fingerprint(table, key), [pages for _, pages in found])
            build.make(f"{table.name}/{key}", stands_on, render)
    groups = [(month_name(month), build.topics(month)) for month in reversed(build.lake.keys(TOPIC_PAGES))]
    lead = "What is new in each topic, month by month." if groups else "No topic page has been made yet."
    build.make(
        "topics-index",
        (groups,),
        lambda writer: lists.write_index(writer, addresses.TOPICS, "Topics", lead, groups, build.options),
    )


def make_authors(build: Build) -> None:
    """Makes the pages of the authors with enough papers, letter by letter, and their index."""
    authors = build.facts.authors_since(build.months)
    by_letter: dict[str, list[str]] = {}
    for name in authors.get_column("authors"):
        by_letter.setdefault(addresses.slug(name)[0], []).append(name)
    columns = ["authors", "paper_id", "day", "position", "title", "primary_category", "is_withdrawn"]
    for letter, names in by_letter.items():
        buckets = {name: hashlib.sha256(name.encode()).hexdigest()[:BUCKET_DIGITS] for name in names}
        listed = pl.concat([_papers_of(build, month, columns, names) for month in build.months])
        papers = (
            listed.sort("day", "position", descending=[True, False])
            .unique(["authors", "paper_id"], keep="first", maintain_order=True)
            .sort("authors", "day", "paper_id", descending=[False, True, False])
            .with_columns(bucket=pl.col("authors").replace_strict(buckets))
        )
        for (bucket,), rows in papers.partition_by("bucket", as_dict=True, maintain_order=True).items():

            def render(writer: Writer, rows: pl.DataFrame = rows) -> None:
                for (name,), own in rows.partition_by("authors", as_dict=True, maintain_order=True).items():
                    lists.write_author(writer, str(name), own.rows(named=True), build.options)

            build.make(f"authors/{letter}/{bucket}", (rows.rows(),), render)
    build.make(
        "authors/index",
        (authors.select("authors", "papers").rows(),),
        lambda writer: lists.write_author_index(writer, authors, build.options),
    )


def _papers_of(build: Build, month: str, columns: list[str], names: list[str]) -> pl.DataFrame:
    """The papers of some authors in a month: a row for each author and paper."""
    rows = build.facts.columns([month], columns).explode("authors")
    return rows.filter(pl.col("authors").is_in(names))


def _prose_page(table: Table, key: str, row: dict[str, object]) -> str:
    if table is OVERVIEWS:
        return addresses.overview_page(key, str(row["category"]))
    return addresses.topic_page(key, str(row["topic"])) if table is TOPIC_PAGES else addresses.article_page(key)


def _category_months(build: Build) -> CategoryMonths:
    found: CategoryMonths = {name: {} for name in build.options.categories}
    is_own = pl.col("categories") == pl.col("primary_category")
    for month in build.months:
        rows = build.facts.columns([month], ["categories", "primary_category"]).explode("categories")
        counted = rows.group_by("categories").agg(primary=is_own.sum(), others=(~is_own).sum())
        for name, primary, others in counted.iter_rows():
            if name in found:
                found[name][month] = {"primary": primary, "others": others}
    return found
