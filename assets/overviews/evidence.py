"""The numbers of a page, each as a named query: what it says, where it comes from, its values.

Volumes and trends come from the marts where a mart holds them, and from the year's papers
otherwise. Every query gives its SQL over the warehouse's views with named parameters, so that a
reader can ask the same question.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

import polars as pl

from assets import categories
from assets.overviews.material import Material
from assets.overviews.mentions import ratio_interval
from assets.overviews.parts import Inputs, Query

CONFIDENCE = 0.95
COMPARABLE_DAYS = 0.9
"""Years are compared when the shorter has at least this part of the announcement days of the longer."""

LARGE_TEAM = 50


def volume(material: Material) -> Query:
    """Papers, primary papers, cross-lists, announcement days and their range."""
    inputs, frame = material.inputs, material.frame
    primary = int((frame["primary_category"] == inputs.category).sum())
    days = frame["day"].unique().sort()
    return Query(
        "volume",
        f"Papers of {inputs.year} that carry {inputs.category}, and their announcement days.",
        "SELECT count(DISTINCT paper_id), count(DISTINCT day), min(day), max(day) FROM papers"
        " WHERE year(day) = $year AND listing IN ('new', 'cross')"
        " AND list_contains(categories, $category)",
        {
            "year": inputs.year,
            "as_of": inputs.as_of.isoformat(),
            "papers": len(material),
            "primary": primary,
            "cross_lists": len(material) - primary,
            "days": len(days),
            "first_day": days[0].isoformat() if len(days) else None,
            "last_day": days[-1].isoformat() if len(days) else None,
            "held_days": len(inputs.held.days),
            "days_of_year": len(inputs.held.of),
            "summaries": int(frame["tldr"].is_not_null().sum()),
            "withdrawn": int(frame["is_withdrawn"].sum()),
        },
    )


def growth(inputs: Inputs) -> Query | None:
    """New papers of the primary category over last year's, with the 95 % interval of a ratio of two counts.

    None where last year is not held or held for another number of days, and for a year that is not over:
    a part is not compared with a whole.
    """
    rows = inputs.category_years.filter((pl.col("category") == inputs.category) & (pl.col("year") == inputs.year))
    if not inputs.year_is_over or rows.is_empty():
        return None
    row = rows.row(0, named=True)
    now, before = row["papers"], row["papers_year_before"]
    if not now or not before:
        return None
    days, days_before = int(row["days"]), int(row["days_year_before"])
    if min(days, days_before) < COMPARABLE_DAYS * max(days, days_before):
        return None
    # A count is compared as a share of a population so large that only the counts' own spread is left.
    interval = ratio_interval(int(now), 10**12, int(before), 10**12)
    assert interval is not None
    ratio, low, high = interval
    return Query(
        "growth",
        "New papers with the primary category over those of the year before, with the 95 % interval of the ratio.",
        "SELECT papers, papers_year_before, days, days_year_before FROM category_yearly"
        " WHERE category = $category AND year = $year",
        {
            "year": inputs.year,
            "year_before": inputs.year - 1,
            "papers": int(now),
            "papers_before": int(before),
            "days": days,
            "days_before": days_before,
            "ratio": ratio,
            "low": low,
            "high": high,
            "interval": CONFIDENCE,
        },
    )


def months(inputs: Inputs) -> Query | None:
    """New papers by month, and the months with the most and the fewest; None with fewer than two whole months.

    A month of which an announcement day is missing is compared with no other.
    """
    in_year = pl.col("month").str.starts_with(f"{inputs.year}-")
    rows = (
        inputs.category_months.filter((pl.col("category") == inputs.category) & in_year)
        .filter(pl.col("month").is_in(sorted(inputs.held.whole_months)))
        .select("month", pl.col("papers").cast(pl.Int64))
        .sort("month")
    )
    if rows.height < 2:
        return None
    most = rows.sort(["papers", "month"], descending=[True, False]).row(0, named=True)
    least = rows.sort(["papers", "month"]).row(0, named=True)
    return Query(
        "months",
        "New papers with the primary category by month of announcement, of the months that are held whole.",
        "SELECT month, papers FROM category_monthly WHERE category = $category AND left(month, 4) = $year",
        {
            "months": rows.height,
            "most_month": most["month"],
            "most": most["papers"],
            "least_month": least["month"],
            "least": least["papers"],
            "by_month": rows.to_dicts(),
        },
    )


def neighbours(material: Material, most: int = 4) -> Query | None:
    """The other categories that the papers carry most often; None where they carry no other."""
    category = material.inputs.category
    other = (
        material.frame.select("paper_id", pl.col("categories").alias("code"))
        .explode("code")
        .filter(pl.col("code") != category)
        .group_by("code")
        .agg(pl.col("paper_id").n_unique().alias("papers"))
        .sort(["papers", "code"], descending=[True, False])
    )
    if other.is_empty():
        return None
    total = len(material)
    several = int((material.frame["categories"].list.len() > 1).sum())
    return Query(
        "neighbours",
        f"The categories that papers with {category} carry besides it.",
        "SELECT code, count(*) FROM (SELECT unnest(categories) AS code FROM papers"
        " WHERE year(day) = $year AND listing IN ('new', 'cross')"
        " AND list_contains(categories, $category)) GROUP BY code",
        {
            "papers": total,
            "several": several,
            "share_several": several / total,
            "categories": [
                {
                    "category": row["code"],
                    "name": categories.name(row["code"]),
                    "papers": row["papers"],
                    "share": row["papers"] / total,
                }
                for row in other.head(most).iter_rows(named=True)
            ],
        },
    )


def teams(material: Material) -> Query:
    """How many authors the papers have."""
    sizes = material.frame["authors"].list.len().to_list()
    return Query(
        "teams",
        "Authors of a paper.",
        "SELECT median(len(authors)), max(len(authors)) FROM papers"
        " WHERE year(day) = $year AND listing IN ('new', 'cross')"
        " AND list_contains(categories, $category)",
        {
            "median": statistics.median(sizes) if sizes else 0,
            "alone": sizes.count(1),
            "share_alone": sizes.count(1) / max(1, len(sizes)),
            "largest": max(sizes, default=0),
            "large_team": LARGE_TEAM,
            "large_teams": sum(size > LARGE_TEAM for size in sizes),
        },
    )


def matching(
    material: Material, name: str, description: str, column: str, pattern: str, unless: str | None = None
) -> tuple[Query, list[int]]:
    """Papers whose column matches a pattern and not another, among those where it is filled; the query and the rows."""
    texts = material.frame[column]
    hits = texts.str.contains(pattern).fill_null(False)
    if unless is not None:
        hits = hits & ~texts.str.contains(unless).fill_null(False)
    filled, found = int(texts.is_not_null().sum()), int(hits.sum())
    query = Query(
        name,
        description,
        "SELECT count(*) FROM papers LEFT JOIN summaries USING (day, paper_id)"
        " WHERE year(day) = $year AND listing IN ('new', 'cross')"
        " AND list_contains(categories, $category) AND regexp_matches($column, $pattern)",
        {
            "column": column,
            "papers": found,
            "of": filled,
            "share": found / filled if filled else 0.0,
            "of_all": len(material),
        },
        {"column": column, "pattern": pattern},
    )
    return query, hits.arg_true().to_list()


def methods(material: Material, sizes: Mapping[str, int]) -> Query:
    """Papers that name each method."""
    total = len(material)
    return Query(
        "methods",
        "Papers whose title or abstract names a method of the list in assets/overviews/methods.py.",
        "SELECT count(*) FROM papers WHERE year(day) = $year AND listing IN ('new', 'cross')"
        " AND list_contains(categories, $category)"
        " AND (title || ' ' || abstract) ILIKE $mention",
        {
            "papers": total,
            "methods": [{"method": name, "papers": size, "share": size / total} for name, size in sizes.items()],
        },
    )


def crossing(archives: Sequence[int], fewest: int) -> Query:
    """Papers whose categories belong to at least `fewest` archives, from each paper's number of archives."""
    papers = sum(number >= fewest for number in archives)
    return Query(
        "crossing",
        "Papers whose categories belong to several archives (cs, stat, math, …).",
        "SELECT count(*) FROM papers WHERE year(day) = $year AND listing IN ('new', 'cross')"
        " AND list_contains(categories, $category)"
        " AND len(list_distinct([split_part(code, '.', 1) FOR code IN categories])) >= $fewest",
        {"papers": papers, "of": len(archives), "share": papers / max(1, len(archives)), "fewest": fewest},
        {"fewest": fewest},
    )
