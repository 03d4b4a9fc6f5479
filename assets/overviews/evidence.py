"""The numbers of an overview, each as a named query of `queries/`: volume, growth, months, teams, methods and more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assets.overviews.answers import compact
from assets.overviews.material import Material
from assets.overviews.mentions import patterns
from assets.overviews.parts import Inputs, Query

COMPARABLE_DAYS = 0.9
"""Years are compared when the shorter has at least this part of the announcement days of the longer."""

LARGE_TEAM = 50


def scope(inputs: Inputs) -> dict[str, Any]:
    """The parameters of every query: the page's year and category."""
    return {"year": inputs.year, "category": inputs.category}


def volume(material: Material) -> Query:
    """Papers, primary papers, cross-lists, announcement days and their range."""
    inputs = material.inputs
    return material.answers.certain(
        "volume",
        f"Papers of {inputs.year} that carry {inputs.category}, and their announcement days.",
        "volume",
        {
            **scope(inputs),
            "as_of": inputs.as_of.isoformat(),
            "held_days": len(inputs.held.days),
            "days_of_year": len(inputs.held.of),
        },
    )


def growth(material: Material) -> Query | None:
    """New papers of the primary category over last year's, with the 95 % interval of a ratio of two counts.

    None where last year is not held or held for another number of days, and for a year that is not over:
    a part is not compared with a whole.
    """
    if not material.inputs.year_is_over:
        return None
    query = material.answers.ask(
        "growth",
        "New papers with the primary category over those of the year before, with the 95 % interval of the ratio.",
        "growth",
        scope(material.inputs),
    )
    if query is None or not query.values["papers"] or not query.values["papers_before"]:
        return None
    days, before = query.values["days"], query.values["days_before"]
    return query if min(days, before) >= COMPARABLE_DAYS * max(days, before) else None


def months(material: Material) -> Query | None:
    """New papers by month, and the months with the most and the fewest; None with fewer than two whole months.

    A month of which an announcement day is missing is compared with no other.
    """
    query = material.answers.certain(
        "months",
        "New papers with the primary category by month of announcement, of the months that are held whole.",
        "months",
        {
            **scope(material.inputs),
            "whole_months": sorted(material.inputs.held.whole_months),
            "whole_year": material.inputs.year_is_over,
        },
    )
    return query if query.values["months"] > 1 else None


def neighbours(material: Material) -> Query | None:
    """The other categories that the papers carry most often; None where they carry no other."""
    inputs = material.inputs
    query = material.answers.certain(
        "neighbours",
        f"The categories that papers with {inputs.category} carry besides it.",
        "neighbours",
        scope(inputs),
    )
    return query if query.values["categories"] else None


def teams(material: Material) -> Query:
    """How many authors the papers have."""
    return material.answers.certain(
        "teams", "Authors of a paper.", "teams", {**scope(material.inputs), "large_team": LARGE_TEAM}
    )


def matching(
    material: Material, name: str, description: str, column: str, pattern: str, unless: str | None = None
) -> tuple[Query, list[int]]:
    """Papers whose column matches a pattern and not another, among those where it is filled; the query and the rows."""
    texts = material.frame[column]
    hits = texts.str.contains(pattern).fill_null(False)
    if unless is not None:
        hits = hits & ~texts.str.contains(unless).fill_null(False)
    parameters = {"column": column, "pattern": compact(pattern), "unless": compact(unless) if unless else None}
    query = material.answers.certain(name, description, "matching", {**scope(material.inputs), **parameters})
    return query, hits.arg_true().to_list()


def methods(material: Material, methods: Mapping[str, Sequence[str]]) -> Query:
    """Papers that name each method, given by the phrases that count as a mention."""
    spelled = [
        {"name": name, "forms": sorted({form for phrase in phrases for form in patterns(phrase)})}
        for name, phrases in methods.items()
    ]
    return material.answers.certain(
        "methods",
        "Papers whose title or abstract names a method of the list in assets/overviews/methods.py.",
        "methods",
        {**scope(material.inputs), "methods": spelled},
    )


def crossing(material: Material, fewest: int) -> Query:
    """Papers whose categories belong to at least `fewest` archives."""
    return material.answers.certain(
        "crossing",
        "Papers whose categories belong to several archives (cs, stat, math, …).",
        "crossing",
        {**scope(material.inputs), "fewest": fewest},
    )
