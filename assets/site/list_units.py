"""Making the pages that list: categories, months, years and authors."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import polars as pl

from assets.site import addresses, feeds, lists
from assets.site.context import around
from assets.site.manifest import fingerprint_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from assets.site.context import Build
    from assets.site.daily import Link
    from assets.site.manifest import Writer

CategoryMonths = dict[str, dict[str, dict[str, int]]]
"""{category: {month: {"primary": papers, "others": cross-lists}}}; every category is there, a month that it has."""

Group = list[tuple[str, str]]
"""Authors, each with the fingerprint of what their page is made from."""

GROUP_DIGITS = 2
"""Authors are made in 16² groups: few records to read, and each small enough to be written again every day."""

BATCH = 4_000
"""Authors whose papers are read at once."""


def make_categories(build: Build) -> CategoryMonths:
    """Makes the pages of the categories and of their months; gives the papers of each."""
    counts = _category_months(build)

    def made_from(days: Sequence[dt.date], shown: object) -> str:
        return fingerprint_of(build.base, [build.digests[day.isoformat()] for day in days], shown)

    for month in build.months:
        beside = {name: around([*months], month) for name, months in counts.items() if month in months}

        def render(writer: Writer, month: str = month, beside: dict[str, lists.Beside] = beside) -> None:
            rows = build.facts.month(month)
            for name, others in beside.items():
                lists.write_category_month(writer, name, month, rows, others, made_from, build.options)

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
    """Makes the pages of the authors with enough papers, in groups, and their index.

    Of a group that changed, only the pages of authors whose days changed are made again.
    """
    authors = build.authors
    groups: dict[str, Group] = {}
    for name, days in build.facts.author_days(build.months, authors).iter_rows():
        group = hashlib.sha256(name.encode()).hexdigest()[:GROUP_DIGITS]
        made_from = fingerprint_of(build.base, [build.digests[day] for day in days])
        groups.setdefault(f"authors/{group}", []).append((name, made_from))
    for units, changed in _batches(build, groups):
        rows = build.facts.papers_of(build.months, changed).partition_by("authors", as_dict=True) if changed else {}
        for unit in units:
            members = groups[unit]

            def render(
                writer: Writer,
                members: Group = members,
                rows: dict[tuple[object, ...], pl.DataFrame] = rows,
            ) -> None:
                for name, made_from in members:
                    if not writer.keeps(addresses.author_page(name), made_from):
                        lists.write_author(writer, name, rows[name,].rows(named=True), build.options)

            build.make(unit, (members,), render)
    build.make(
        "authors/index",
        (authors.select("authors", "papers").rows(),),
        lambda writer: lists.write_author_index(writer, authors, build.options),
    )


def _batches(build: Build, groups: dict[str, Group]) -> Iterator[tuple[list[str], list[str]]]:
    """The groups with the authors of them whose pages are to be made, about BATCH at a time: all papers of a whole site
    are never in memory at once."""
    units: list[str] = []
    changed: list[str] = []
    for unit in sorted(groups):
        writer = build.manifest.writer(unit)
        units.append(unit)
        changed += [name for name, made in groups[unit] if not writer.keeps(addresses.author_page(name), made)]
        if len(changed) >= BATCH:
            yield units, changed
            units, changed = [], []
    yield units, changed


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
