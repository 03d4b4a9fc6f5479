"""Making the trends page and the status pages, from the marts and the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from assets.overviews.schema import TREND_ARTICLES
from assets.papers.schema import LISTING_LEDGER
from assets.site import addresses, ledger
from assets.site.shell import page
from assets.summaries.fields import STATUSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.site.context import Build
    from assets.site.manifest import Writer
    from assets.site.plots import Plot

PLOTTED_DAYS = 66
"""Announcement days of the plots: about three months."""

PLOTTED_CATEGORIES = 6
PLOTTED_TERMS = 15


def make_trends(build: Build) -> None:
    """Makes the trends page with its plots and their data."""
    recent = build.days[-PLOTTED_DAYS:]
    marts = build.marts
    years = build.lake.keys(marts.rising_terms)[-1:]
    articles = [
        link
        for month in sorted(build.prose.get(TREND_ARTICLES.name, {}), reverse=True)
        if (link := build.article(month))
    ]

    def render(writer: Writer) -> None:
        plots = _plots(build, recent, years)
        lead = f"Announcement days from {recent[0]} to {recent[-1]}." if recent else "No day has been made yet."
        writer.write(
            addresses.TRENDS,
            page(
                "trends.html",
                addresses.TRENDS,
                build.options,
                "Trends",
                f"Papers a day, rising terms, completeness and cost. {lead}",
                heading="Trends",
                lead=lead,
                plots=plots,
                articles=articles,
            ),
        )
        for plot in plots:
            writer.write(plot.csv, plot.data)

    by_day = (marts.category_daily, marts.summary_completeness)
    stands_on = (
        recent,
        [[build.lake.fingerprint(table, day) for table in by_day] for day in recent],
        [build.lake.fingerprint(marts.rising_terms, year) for year in years],
        articles,
    )
    build.make("trends", stands_on, render)


def make_status(build: Build) -> None:
    """Makes the status page and the ledger of each year."""
    table, days = build.marts.summary_completeness, build.days

    def inputs(some: Sequence[str]) -> object:
        return [[build.lake.fingerprint(each, day) for each in (LISTING_LEDGER, table)] for day in some]

    for year in sorted({day[:4] for day in days}):

        def render(writer: Writer, year: str = year) -> None:
            ledger.write_status_year(writer, build.lake, table, year, days, build.options)

        own = [day for day in days if day[:4] == year]
        edges = (days[:1] == own[:1], days[-1:] == own[-1:])
        build.make(f"status/{year}", (own, edges, inputs(own)), render)
    build.make(
        "status/index",
        (days, inputs(days[-ledger.RECENT :])),
        lambda writer: ledger.write_status(writer, build.lake, table, days, build.options),
    )


def _plots(build: Build, days: Sequence[str], years: Sequence[str]) -> list[Plot]:
    from assets.site import plots  # altair takes seconds to import, and most builds draw nothing

    found = []
    daily = build.lake.read(build.marts.category_daily, days)
    daily = daily.filter(pl.col("category").is_in(build.options.categories)).sort("category", "day")
    most = daily.group_by("category").agg(pl.col("papers").sum()).sort("papers", "category", descending=[True, False])
    shown = most.head(PLOTTED_CATEGORIES).get_column("category").to_list()
    daily = daily.filter(pl.col("category").is_in(shown)).select("day", "category", "papers")
    if daily.height:
        found.append(plots.daily_papers(daily))
    for year in years:
        rising = build.lake.read(build.marts.rising_terms, [year])
        rising = rising.filter(pl.col("direction") == "rising", pl.col("rank") <= PLOTTED_TERMS).sort("rank")
        for category in shown:
            rows = rising.filter(pl.col("category") == category)
            rows = rows.select("term", "papers", "papers_year_before", "ratio", "ratio_low", "ratio_high")
            if rows.height:
                found.append(plots.rising_terms(rows, category, int(year)))
    done = build.lake.read(build.marts.summary_completeness, days).filter(language=build.options.language)
    by_status = done.group_by("day").agg(pl.col(STATUSES).sum())
    tall = by_status.unpivot(STATUSES, index="day", variable_name="status", value_name="summaries")
    tall = tall.filter(pl.col("summaries") > 0).sort("status", "day")
    if tall.height:
        found.append(plots.completeness(tall))
    spent = done.drop_nulls("cost_usd").group_by("day").agg(pl.col("cost_usd").sum()).sort("day")
    if spent.filter(pl.col("cost_usd") > 0).height:
        found.append(plots.cost(spent))
    return found
