"""The outlook: statements about the next year that the next year's numbers will confirm or refute.

They follow from this year's numbers by a fixed rule and are no opinion. A topic that rose is expected to keep
at least this year's share; one of the largest topics at least four fifths of it. Each statement names its
query, whose values hold the topic, the category, the year and the threshold to score it by.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

from assets.overviews.links import link
from assets.overviews.material import Material
from assets.overviews.mentions import Trend
from assets.overviews.parts import Draft, Query, Section, Sentence
from assets.overviews.phrasing import percent, quoted
from assets.overviews.scoring import Statement
from assets.overviews.themes import Themes

PREFIX = "outlook: "
"""How the queries of statements are named."""
STATEMENTS = 6
FEWEST_MONTHS = 3
"""Months held below which nothing is said about the next year."""
KEPT = 0.8
"""The part of its share that a large topic is expected to keep at the least."""


def outlook(material: Material, draft: Draft, themes: Themes) -> Section:
    """Dated statements for the year after, one a topic."""
    title = f"Outlook for {material.inputs.year + 1}"
    rising = {trend.term for trend in themes.rising}
    steady = [trend for trend in themes.leading if trend.term not in rising]
    chosen = [*((trend, 1.0) for trend in themes.rising[: STATEMENTS // 2]), *((trend, KEPT) for trend in steady)][
        :STATEMENTS
    ]
    if not chosen or _months_held(material) < FEWEST_MONTHS:
        return Section(title, ())
    year = material.inputs.year + 1
    sentences = [link("outlook rule", category=material.inputs.category)]
    for number, (trend, kept) in enumerate(chosen):
        query = _statement(material, trend, kept, themes)
        threshold, category = query.values["threshold"], material.inputs.category
        name = quoted(themes.label(trend.term))
        templates = (
            f"In {year}, more than {percent(threshold)} of the papers in {category} will mention {name}.",
            f"The share of {category} papers that mention {name} will stay above {percent(threshold)} in {year}.",
            f"{name} will be mentioned by more than {percent(threshold)} of the {category} papers of {year}.",
        )
        sentences.append(Sentence(templates[number % 3], queries=(draft.query(query),), opens_paragraph=False))
    return Section(title, tuple(sentences))


def _months_held(material: Material) -> int:
    """Months of which the almanac holds a day."""
    return len({f"{day:%Y-%m}" for day in material.inputs.held.days})


def _statement(material: Material, trend: Trend, kept: float, themes: Themes) -> Query:
    """A statement with its threshold, rounded down to what the page prints."""
    inputs = material.inputs
    return Query(
        f"{PREFIX}{trend.term}",
        f"A statement about {inputs.year + 1}: the share of papers that mention “{themes.label(trend.term)}” is above"
        f" {'this year’s share' if kept == 1.0 else f'{kept:g} of this year’s share'}, rounded down.",
        "SELECT share > $threshold FROM term_trends WHERE year = $year AND category = $category AND term = $term",
        {
            "term": themes.label(trend.term),
            "category": inputs.category,
            "year": inputs.year + 1,
            "share": themes.shares[trend.term],
            "kept": kept,
            "threshold": rounded_down(themes.shares[trend.term] * kept),
        },
        {"term": trend.term},
    )


def statements_in(evidence: Mapping[str, Query], made: date) -> tuple[Statement, ...]:
    """The statements of a page as data, for next year's page to score; `made` is the day that it is as of."""
    return tuple(
        Statement(
            term=query.parameters["term"],
            label=query.values["term"],
            category=query.values["category"],
            year=query.values["year"],
            threshold=query.values["threshold"],
            share=query.values["share"],
            made=made.isoformat(),
        )
        for name, query in evidence.items()
        if name.startswith(PREFIX)
    )


def rounded_down(share: float) -> float:
    """A share rounded down to two digits, so that the page prints it exactly."""
    if share <= 0:
        return 0.0
    digits = 3 if share >= 0.01 else 4
    scale = float(10**digits)
    return math.floor(share * scale) / scale
