"""Two sections that stand on shares and their intervals: emergent themes and methods."""

from __future__ import annotations

import polars as pl

from assets.overviews import evidence, trend_evidence
from assets.overviews.forms import computed
from assets.overviews.links import link
from assets.overviews.material import Material, Paper, cited_sentences
from assets.overviews.mentions import half_trends
from assets.overviews.methods import METHODS, method_rows
from assets.overviews.parts import Draft, Section, Sentence
from assets.overviews.themes import Themes, second_half

THEME_FIELDS = ("tldr", "method", "result")
METHOD_FIELDS = ("method", "tldr", "result")
EXAMPLES_A_THEME = 3
METHODS_SHOWN = 10
CENTRAL = 60
"""Papers at the centre of a theme among which examples are sought."""


def emergent_themes(material: Material, draft: Draft, themes: Themes) -> Section:
    """The rising topics, each with its numbers and the papers at its centre."""
    title = "Emergent themes"
    if not len(material):
        return Section(title, ())
    if themes.basis is None or not themes.compared:
        single = themes.basis is None and second_half(material) is None
        return Section(title, (link("one day" if single else "few mentions"),))
    comparison = trend_evidence.comparison(material, themes)
    if not themes.rising:
        return Section(title, (computed(draft, "none rose", (comparison,)),))
    sentences = [computed(draft, "basis", (comparison,)), computed(draft, "luck", (comparison,))]
    for number, trend in enumerate(themes.rising):
        central = material.words.central(themes.rows[trend.term].arg_true(), CENTRAL)
        examples = material.examples(draft, central, EXAMPLES_A_THEME, THEME_FIELDS, about=(trend.term,))
        query = trend_evidence.trend_of(material, trend, themes)
        sentences += [computed(draft, "rise", (query,), number, opens_paragraph=True), *cited_sentences(examples)]
        draft.cover(trend.term, themes.rows[trend.term], [paper.id for paper, _ in examples])
    return Section(title, tuple(sentences))


def methodology_trends(material: Material, draft: Draft) -> Section:
    """Methods by the share of papers that name them, those whose share changed in the year, and a paper for each."""
    title = "Methodology trends"
    rows = method_rows(material) if len(material) else {}
    total = len(material)
    sizes = {name: int(marks.sum()) for name, marks in rows.items()}
    frequent = sorted(
        (name for name, size in sizes.items() if size >= max(1, 0.005 * total)), key=lambda name: (-sizes[name], name)
    )
    if not frequent:
        return Section(title, ())
    query = evidence.methods(material, {name: METHODS[name] for name in frequent})
    sentences = [
        computed(draft, "methods", (query,)),
        *_changes(material, draft, {name: rows[name] for name in frequent}),
    ]
    shown: list[tuple[Paper, str]] = []
    for name in frequent:
        if len(shown) == METHODS_SHOWN:
            break
        central = material.words.central(rows[name].arg_true(), CENTRAL)
        for paper, text in material.examples(draft, central, 1, METHOD_FIELDS, about=METHODS[name]):
            shown.append((paper, text))
            draft.cover(name, rows[name], [paper.id])
    return Section(title, (*sentences, *cited_sentences(shown, paragraph=5)))


def _changes(material: Material, draft: Draft, rows: dict[str, pl.Series]) -> list[Sentence]:
    """Which methods rose or fell from the first half of the days to the second."""
    halves = second_half(material)
    if halves is None:
        return []
    first_day, second = halves
    changed = [trend for trend in half_trends(rows, second) if trend.rises or trend.falls]
    sentences: list[Sentence] = []
    for rises in (True, False):
        trends = sorted(
            (trend for trend in changed if trend.rises == rises),
            key=lambda trend: (-abs(trend.share - (trend.share_before or 0)), trend.term),
        )[:3]
        if trends:
            queries = [trend_evidence.method_change(material, trend, first_day) for trend in trends]
            sentences.append(computed(draft, "method changes", queries, len(sentences)))
    return sentences
