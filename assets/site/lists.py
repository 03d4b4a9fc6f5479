"""The pages that list papers and places: categories by month, months, years, authors, and the indexes of them."""

from __future__ import annotations

import itertools
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import polars as pl

from assets.digests.wording import count, long_date
from assets.site import addresses
from assets.site.calendars import month_calendar
from assets.site.daily import Link
from assets.site.facts import AUTHOR_PAPERS
from assets.site.options import Options
from assets.site.shell import category_name, month_name, page

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Sequence

    from assets.site.manifest import Writer
    from assets.site.shell import Feed

PAPERS_A_PAGE = 250
"""Papers up to which days share a page; a day is never cut, so that the number beside it is its own."""

AUTHORS_SHOWN = 200
"""Authors that the index names itself; all stand on the pages of their letters."""

YEARS_SHOWN = 2
"""Years whose calendars the archive shows; the others have pages of their own."""

Rows = list[dict[str, Any]]
Beside = tuple[str | None, str | None]
"""The keys before and after one, as far as there are any."""


def in_category(rows: pl.DataFrame, category: str) -> pl.DataFrame:
    """The rows that carry a category."""
    return rows.filter(pl.col("categories").list.contains(category))


def write_category_month(
    writer: Writer,
    category: str,
    month: str,
    rows: pl.DataFrame,
    around: Beside,
    made_from: Callable[[Sequence[dt.date], object], str],
    options: Options,
) -> None:
    """Writes the pages of a month of a category; `rows` are the month's facts, `around` the months beside it.

    `made_from` gives the fingerprint of a page from its days and from what else it shows; a page that stands so is
    kept. None tells how much the month holds by now, so that a new day changes the last page, and the one before it
    where it begins a page.
    """
    found = in_category(rows, category).rows(named=True)
    pages = _pages(_by_day(found))
    places = [addresses.category_page(category, month, number + 1) for number in range(len(pages))]
    before, after = around
    for number, part in enumerate(pages):
        previous = Link(f"page {number}", places[number - 1]) if number else None
        following = Link(f"page {number + 2}", places[number + 1]) if number + 1 < len(pages) else None
        if number == 0 and before:
            previous = Link(month_name(before), addresses.category_page(category, before))
        if number + 1 == len(pages) and after:
            following = Link(month_name(after), addresses.category_page(category, after))
        of = f", page {number + 1}" if len(pages) > 1 else ""
        if writer.keeps(places[number], made_from([day for day, _ in part], (previous, following, of))):
            continue
        writer.write(
            places[number],
            page(
                "list.html",
                places[number],
                options,
                f"{category}, {month_name(month)}{of}",
                f"Papers of {month_name(month)} that carry {category_name(category)}.",
                kicker=category_name(category),
                heading=f"{month_name(month)}{of}",
                lead=f"Papers that carry {category}, cross-lists included, in the order of their days.",
                previous=previous.page if previous else None,
                next=following.page if following else None,
                previous_link=previous,
                next_link=following,
                turn_name="Months and pages",
                days=part,
            ),
        )


def write_category(
    writer: Writer,
    category: str,
    latest: pl.DataFrame,
    months: Sequence[dict[str, Any]],
    overviews: Sequence[str],
    feeds: Sequence[Feed],
    options: Options,
) -> None:
    """Writes the page of a category: its latest day, its months (the newest first) and its overviews."""
    rows = in_category(latest, category).rows(named=True)
    path = addresses.category_page(category)
    name = category_name(category)
    total = sum(month["primary"] + month["others"] for month in months)
    writer.write(
        path,
        page(
            "category.html",
            path,
            options,
            name,
            f"What arXiv announces in {name}, day by day.",
            category=category,
            heading=name,
            lead=f"{count(total, 'paper')} in {count(len(months), 'month')}, cross-lists included."
            if total
            else "No paper of this category has been announced in the days that this site holds.",
            days=_by_day(rows),
            months=months,
            overviews=overviews,
            feeds=feeds,
        ),
    )


def write_categories(writer: Writer, totals: dict[str, int], options: Options) -> None:
    """Writes the index of the categories; `totals` are the papers that carry each."""
    items = [
        Link(category_name(code), addresses.category_page(code), f"{totals.get(code, 0):,}")
        for code in options.categories
    ]
    write_index(
        writer,
        addresses.CATEGORIES,
        "Categories",
        "Papers that carry each, cross-lists included.",
        [("", items)],
        options,
    )


def write_index(
    writer: Writer,
    path: str,
    heading: str,
    lead: str,
    groups: Iterable[tuple[str, Sequence[Link]]],
    options: Options,
) -> None:
    """Writes a page of links in groups."""
    writer.write(
        path,
        page("index_list.html", path, options, heading, lead, heading=heading, lead=lead, groups=[*groups]),
    )


def write_archive(writer: Writer, days: Sequence[str], options: Options) -> None:
    """Writes the page of all days: the calendars of the last years, and links to the others."""
    years = sorted({day[:4] for day in days}, reverse=True)
    months = sorted({day[:7] for day in days}, reverse=True)
    made = set(days)
    shown = [
        (year, addresses.year_page(year), [month_calendar(m, made, days[0], days[-1]) for m in months if m[:4] == year])
        for year in years[:YEARS_SHOWN]
    ]
    others = [
        Link(year, addresses.year_page(year), count(sum(day[:4] == year for day in days), "day"))
        for year in years[YEARS_SHOWN:]
    ]
    span = (
        f"{count(len(days), 'announcement day')} from {days[0]} to {days[-1]}." if days else "No day has been made yet."
    )
    writer.write(
        addresses.DAYS,
        page(
            "archive.html",
            addresses.DAYS,
            options,
            "All days",
            span,
            heading="All days",
            lead=span,
            years=shown,
            others=others,
        ),
    )


def write_month(
    writer: Writer,
    month: str,
    days: Sequence[str],
    counts: Sequence[dict[str, Any]],
    around: Beside,
    topics: Sequence[Link],
    article: Link | None,
    options: Options,
) -> None:
    """Writes the page of a month; `days` are all days of the site, `counts` the papers of each category."""
    path = addresses.month_page(month)
    own = [day for day in days if day[:7] == month]
    papers = sum(row["primary"] for row in counts)
    lead = f"{count(len(own), 'announcement day')}, {count(papers, 'paper')} in the categories followed."
    before, after = (Link(month_name(other), addresses.month_page(other)) if other else None for other in around)
    writer.write(
        path,
        page(
            "month.html",
            path,
            options,
            month_name(month),
            lead,
            heading=month_name(month),
            lead=lead,
            previous=before.page if before else None,
            next=after.page if after else None,
            previous_link=before,
            next_link=after,
            month=month_calendar(month, set(days), days[0], days[-1]),
            topics=topics,
            article=article,
            counts=[
                {
                    **row,
                    "title": category_name(row["category"]),
                    "page": addresses.category_page(row["category"], month),
                }
                for row in counts
            ],
        ),
    )


def write_year(
    writer: Writer,
    year: str,
    days: Sequence[str],
    overviews: Sequence[Link],
    around: Beside,
    options: Options,
) -> None:
    """Writes the page of a year: its overviews and its calendars."""
    path = addresses.year_page(year)
    made = set(days)
    months = sorted({day[:7] for day in days if day[:4] == year})
    before, after = (Link(other, addresses.year_page(other)) if other else None for other in around)
    lead = f"{count(sum(day[:4] == year for day in days), 'announcement day')}."
    writer.write(
        path,
        page(
            "year.html",
            path,
            options,
            year,
            f"What arXiv announced in {year}: overviews and days.",
            heading=year,
            lead=lead,
            previous=before.page if before else None,
            next=after.page if after else None,
            previous_link=before,
            next_link=after,
            overviews=overviews,
            months=[month_calendar(month, made, days[0], days[-1]) for month in months],
        ),
    )


def write_author(writer: Writer, name: str, rows: Rows, options: Options) -> None:
    """Writes the page of an author; `rows` are the papers, the latest first."""
    path = addresses.author_page(name)
    lead = f"{count(len(rows), 'paper')} on this site, the latest of {long_date(rows[0]['day'])}."
    writer.write(
        path, page("author.html", path, options, name, f"Papers by {name}: {lead}", heading=name, lead=lead, rows=rows)
    )


def write_author_index(writer: Writer, authors: pl.DataFrame, options: Options) -> None:
    """Writes the index of the authors with a page (columns `authors`, `papers`), and a page for each first letter."""
    if authors.is_empty():
        lead = f"No author has {AUTHOR_PAPERS} papers on this site yet."
        write_index(writer, addresses.AUTHORS, "Authors", lead, [], options)
        return
    links: dict[str, list[Link]] = {}
    for name, papers in authors.select("authors", "papers").iter_rows():
        letter = addresses.slug(name)[0].upper()
        links.setdefault(letter, []).append(Link(name, addresses.author_page(name), f"{papers:,}"))
    letters = [Link(letter, addresses.letter_page(letter), f"{len(links[letter]):,}") for letter in sorted(links)]
    top = authors.sort("papers", "authors", descending=[True, False]).head(AUTHORS_SHOWN)
    most = [
        Link(name, addresses.author_page(name), f"{papers:,}")
        for name, papers in top.select("authors", "papers").iter_rows()
    ]
    lead = (
        f"{count(authors.height, 'author')} with {AUTHOR_PAPERS} papers or more. People are told apart by nothing but "
        "their names."
    )
    write_index(
        writer,
        addresses.AUTHORS,
        "Authors",
        lead,
        [("By first letter of the name", letters), ("Most papers", most)],
        options,
    )
    for link in letters:
        own = links[link.title]
        write_index(writer, link.page, f"Authors: {link.title}", count(len(own), "author"), [("", own)], options)


def _by_day(rows: Rows) -> list[tuple[dt.date, Rows]]:
    """Rows in the order of their days; inside a day as the digest has them."""
    ordered = sorted(rows, key=itemgetter("day", "position"))
    return [(day, [*group]) for day, group in itertools.groupby(ordered, key=itemgetter("day"))]


def _pages(days: list[tuple[dt.date, Rows]]) -> list[list[tuple[dt.date, Rows]]]:
    """Whole days in pages, one page at least: a new day changes the last page and none before it."""
    pages: list[list[tuple[dt.date, Rows]]] = [[]]
    papers = 0
    for day, rows in days:
        if pages[-1] and papers + len(rows) > PAPERS_A_PAGE:
            pages.append([])
            papers = 0
        pages[-1].append((day, rows))
        papers += len(rows)
    return pages
