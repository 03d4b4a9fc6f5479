"""The outlook: statements about the next year that the next year's numbers will confirm or refute.

They follow from this year's numbers by a fixed rule and are no opinion. A topic that rose is expected to keep
at least this year's share; one of the largest topics at least four fifths of it. Each statement names its
query, whose values hold the topic, the category, the year and the threshold to score it by.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from assets.overviews.evidence import scope
from assets.overviews.forms import computed
from assets.overviews.links import link
from assets.overviews.material import Material
from assets.overviews.mentions import Trend
from assets.overviews.parts import Draft, Query, Section
from assets.overviews.scoring import Statement
from assets.overviews.themes import Themes
from assets.overviews.trend_evidence import sought

PREFIX = "outlook: "
"""How the queries of statements are named."""
STATEMENTS = 6
FEWEST_MONTHS = 3
"""Months held whole below which nothing is said about the next year."""
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
    if not chosen or len(material.inputs.held.whole_months) < FEWEST_MONTHS:
        return Section(title, ())
    sentences = [link("outlook rule", category=material.inputs.category)]
    for number, (trend, kept) in enumerate(chosen):
        sentences.append(computed(draft, "statement", (_statement(material, trend, kept, themes),), number))
    return Section(title, tuple(sentences))


def _statement(material: Material, trend: Trend, kept: float, themes: Themes) -> Query:
    """A statement with its threshold, rounded down to what the page prints."""
    inputs, label = material.inputs, themes.label(trend.term)
    counted = trend.term in themes.counted_here
    return material.answers.certain(
        f"{PREFIX}{trend.term}",
        f"A statement about {inputs.year + 1}: the share of papers that mention “{label}” is above"
        f" {'this year’s share' if kept == 1.0 else f'{kept:g} of this year’s share'}, rounded down.",
        "statement_counted" if counted else "statement",
        {**scope(inputs), "label": label, "kept": kept, **sought(trend.term, counted)},
    )


def statements_in(evidence: Mapping[str, Query], made: date) -> tuple[Statement, ...]:
    """The statements of a page as data, for next year's page to score; `made` is the day that it is as of."""
    return tuple(
        Statement(
            term=name.removeprefix(PREFIX),
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
