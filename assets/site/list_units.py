"""Making the pages that list: categories, months, years and authors."""

from __future__ import annotations

import hashlib
import itertools
from operator import itemgetter
from typing import TYPE_CHECKING

import polars as pl

from assets.site import addresses, feeds, lists
from assets.site.context import around

if TYPE_CHECKING:
    from assets.site.context import Build
    from assets.site.daily import Link
    from assets.site.manifest import Writer

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

    overviews = [(year, [link.page for link in build.overviews(year)]) for year in reversed(build.years)]

    def render_all(writer: Writer) -> None:
        latest = build.facts.month(build.months[-1] if build.months else "")
        latest = latest.filter(pl.col("day") == pl.col("day").max())
        for name, months in counts.items():
            of_months = [{"month": month, **months[month]} for month in reversed([*months])]
            years = [year for year, pages in overviews if addresses.overview_page(year, name) in pages]
            own = feeds.feeds_of(feeds.category_feed(name), feeds.category_title(name))
            lists.write_category(writer, name, latest, of_months, years, own, build.options)
        totals = {
            name: sum(month["primary"] + month["others"] for month in months.values())
            for name, months in counts.items()
        }
        lists.write_categories(writer, totals, build.options)

    build.make("categories/index", (counts, [build.digests[day] for day in build.days[-1:]], overviews), render_all)
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
        overviews, beside = build.overviews(year), around(build.years, year)

        def render(
            writer: Writer, year: str = year, overviews: list[Link] = overviews, beside: lists.Beside = beside
        ) -> None:
            lists.write_year(writer, year, days, overviews, beside, build.options)

        own = [day for day in days if day[:4] == year]
        edges = (days[:1] == own[:1], days[-1:] == own[-1:])
        build.make(f"years/{year}", (own, edges, overviews, beside), render)


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
                by_name = itertools.groupby(rows.iter_rows(named=True), key=itemgetter("authors"))
                for name, own in by_name:
                    lists.write_author(writer, name, [*own], build.options)

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
