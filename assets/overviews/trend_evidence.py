"""The named queries of shares and their change: topics by year, and topics and methods by halves of the days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assets.overviews.answers import mentioning
from assets.overviews.evidence import scope
from assets.overviews.material import Material
from assets.overviews.mentions import Trend
from assets.overviews.methods import METHODS
from assets.overviews.parts import Query
from assets.overviews.themes import Themes


def sought(term: str, counted: bool) -> dict[str, str]:
    """The parameter by which a query finds a term: itself in the mart, or in titles and abstracts."""
    return {"pattern": mentioning([term])} if counted else {"term": term}


def leading(material: Material, found: Trend, themes: Themes) -> Query:
    """How many papers of the primary category mention a topic."""
    inputs, label = material.inputs, themes.label(found.term)
    counted = found.term in themes.counted_here
    return material.answers.certain(
        f"topic: {found.term}",
        f"New papers with {inputs.category} as primary category that mention “{label}”.",
        "topic_counted" if counted else "topic",
        {**scope(inputs), "label": label, **sought(found.term, counted)},
    )


def trend_of(material: Material, found: Trend, themes: Themes) -> Query:
    """A topic's share against the period before, with the 95 % interval of the ratio."""
    inputs, label = material.inputs, themes.label(found.term)
    name = f"trend: {found.term}"
    if themes.half_day is None:
        description = f"New papers with {inputs.category} as primary category that mention “{label}”, by year."
        return material.answers.certain(
            name, description, "trend_years", {**scope(inputs), "label": label, "term": found.term}
        )
    description = f"Papers from {themes.half_day} on that mention “{label}”, against those before."
    halves = _halves(material, label, themes.half_day, [found.term])
    return material.answers.certain(name, description, "trend_halves", halves)


def method_change(material: Material, found: Trend, first_day: str) -> Query:
    """A method's share in the second half of the days against the first."""
    return material.answers.certain(
        f"method: {found.term}",
        f"Papers from {first_day} on that name {found.term}, against those before.",
        "trend_halves",
        _halves(material, found.term, first_day, METHODS[found.term]),
    )


def _halves(material: Material, label: str, first_day: str, terms: Sequence[str]) -> dict[str, Any]:
    return {**scope(material.inputs), "label": label, "first_day": first_day, "pattern": mentioning(terms)}


def comparison(material: Material, themes: Themes) -> Query:
    """How many topics were compared, rose and fell."""
    name, inputs = "comparison", material.inputs
    description = "Topics whose shares were compared, and those for which the 95 % interval of the ratio leaves out 1."
    if themes.basis == "year before":
        return material.answers.certain(
            name,
            description,
            "comparison",
            {**scope(inputs), "terms": sorted(themes.shares), "shown": len(themes.rising)},
        )
    return Query(
        name,
        description,
        "",
        {
            "basis": themes.basis,
            "year": inputs.year,
            "year_before": inputs.year - 1,
            "first_day": themes.half_day,
            "compared": themes.compared,
            "rose": themes.rose,
            "fell": themes.fell,
            "interval": 0.95,
            "by_luck": round(0.025 * themes.compared, 1),
            "no_change": 1,
            "shown": len(themes.rising),
        },
        made_by=(
            "comparing the papers of the two halves of the days for every term that names a topic"
            " (assets/overviews/themes.py)"
        ),
    )
