"""The named queries of shares and their change: topics by year, and topics and methods by halves of the days."""

from __future__ import annotations

from typing import Any

from assets.overviews.evidence import CONFIDENCE
from assets.overviews.mentions import Trend
from assets.overviews.parts import Inputs, Query
from assets.overviews.themes import Themes

HALVES = (
    "SELECT day >= $first_day AS second_half, count(*) FROM papers"
    " WHERE year(day) = $year AND listing IN ('new', 'cross')"
    " AND list_contains(categories, $category) AND (title || ' ' || abstract) ILIKE $mention"
    " GROUP BY second_half"
)

OF_YEAR = "SELECT papers, share FROM term_trends WHERE year = $year AND category = $category AND term = $term"
PRIMARY = (
    "SELECT count(*) FROM papers WHERE year(day) = $year AND listing IN ('new', 'cross')"
    " AND primary_category = $category AND (title || ' ' || abstract) ILIKE $mention"
)


def leading(inputs: Inputs, found: Trend, themes: Themes) -> Query:
    """How many papers of the primary category mention a topic."""
    return Query(
        f"topic: {found.term}",
        f"New papers with {inputs.category} as primary category that mention “{themes.label(found.term)}”.",
        PRIMARY if found.term in themes.counted_here else OF_YEAR,
        {"term": themes.label(found.term), "papers": found.papers, "share": found.share},
        {"term": found.term, "mention": f"%{found.term}%"}
        if found.term in themes.counted_here
        else {"term": found.term},
    )


def trend_of(inputs: Inputs, found: Trend, themes: Themes) -> Query:
    """A topic's share against the period before, with the 95 % interval of the ratio."""
    label = themes.label(found.term)
    if themes.basis == "year before":
        description = f"New papers with {inputs.category} as primary category that mention “{label}”, by year."
        source = (
            "SELECT papers, share, share_year_before, ratio, ratio_low, ratio_high FROM term_trends"
            " WHERE year = $year AND category = $category AND term = $term"
        )
    else:
        description = f"Papers from {themes.half_day} on that mention “{label}”, against those before."
        source = HALVES
    values = {"term": label, "year": inputs.year, "year_before": inputs.year - 1, **_ratio(found)}
    parameters = {"term": found.term} if themes.half_day is None else _halves(found, themes.half_day)
    return Query(f"trend: {found.term}", description, source, values, parameters)


def method_change(found: Trend, first_day: str) -> Query:
    """A method's share in the second half of the days against the first."""
    return Query(
        f"method: {found.term}",
        f"Papers from {first_day} on that name {found.term}, against those before.",
        HALVES,
        {"method": found.term, "first_day": first_day, **_ratio(found)},
        _halves(found, first_day),
    )


def _halves(found: Trend, first_day: str) -> dict[str, Any]:
    return {"first_day": first_day, "mention": f"%{found.term}%"}


def _ratio(found: Trend) -> dict[str, Any]:
    return {
        "papers": found.papers,
        "share": found.share,
        "share_before": found.share_before,
        "ratio": found.ratio,
        "ratio_low": found.low,
        "ratio_high": found.high,
        "interval": CONFIDENCE,
    }


def comparison(inputs: Inputs, themes: Themes) -> Query:
    """How many topics were compared, rose and fell."""
    return Query(
        "comparison",
        "Topics whose shares were compared, and those for which the 95 % interval of the ratio leaves out 1.",
        "SELECT count(*), count(*) FILTER (ratio_low > 1), count(*) FILTER (ratio_high < 1) FROM term_trends"
        " WHERE year = $year AND category = $category"
        if themes.basis == "year before"
        else HALVES,
        {
            "basis": themes.basis,
            "year": inputs.year,
            "year_before": inputs.year - 1,
            "first_day": themes.half_day,
            "compared": themes.compared,
            "rose": themes.rose,
            "fell": themes.fell,
            "interval": CONFIDENCE,
            "by_luck": round((1 - CONFIDENCE) / 2 * themes.compared, 1),
            "no_change": 1,
        },
    )
