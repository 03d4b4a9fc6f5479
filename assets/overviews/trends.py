"""Two sections that stand on shares and their intervals: emergent themes and methods."""

from __future__ import annotations

import polars as pl

from assets.digests.wording import count, listed
from assets.overviews import evidence, trend_evidence
from assets.overviews.links import link
from assets.overviews.material import Material, Paper, cited_sentences
from assets.overviews.mentions import Trend, half_trends
from assets.overviews.methods import METHODS, method_rows
from assets.overviews.parts import Draft, Section, Sentence
from assets.overviews.phrasing import iso_day_of, part, percent, quoted, ratio_text, times
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
    comparison = draft.query(trend_evidence.comparison(material.inputs, themes))
    if not themes.rising:
        text = (
            f"Of {count(themes.compared, 'topic')} compared with {themes.before(material.inputs.year)}, none rose by"
            " more than chance would allow: every 95 % interval of a ratio of shares reaches down to 1 or below."
        )
        return Section(title, (Sentence(text, queries=(comparison,)),))
    by_luck = draft.evidence[comparison].values["by_luck"]
    sentences = [
        Sentence(_basis(material, themes), queries=(comparison,)),
        Sentence(
            f"Among {count(themes.compared, 'topic')} compared, luck alone would lift about {by_luck:.1f} over that"
            " mark if none had changed.",
            queries=(comparison,),
        ),
    ]
    for number, trend in enumerate(themes.rising):
        central = material.words.central(themes.rows[trend.term].arg_true(), CENTRAL)
        examples = material.examples(draft, central, EXAMPLES_A_THEME, THEME_FIELDS, about=(trend.term,))
        query = draft.query(trend_evidence.trend_of(material.inputs, trend, themes))
        text = _rise(themes.label(trend.term), trend, themes, number, material.inputs.year)
        sentences += [Sentence(text, queries=(query,), opens_paragraph=True), *cited_sentences(examples)]
        draft.cover(trend.term, themes.rows[trend.term], [paper.id for paper, _ in examples])
    return Section(title, tuple(sentences))


def _basis(material: Material, themes: Themes) -> str:
    year = material.inputs.year
    risen = count(themes.rose, "topic does", "topics do")
    shown = len(themes.rising)
    if shown == themes.rose:
        follow = f"{risen}, and {'it follows' if shown == 1 else 'they follow'}"
    else:
        follow = (
            f"{risen}, and the {shown} that gained the most papers follow" if shown > 1 else f"{risen}, and one follows"
        )
    if themes.basis == "year before":
        return (
            f"A topic counts as emergent when its share of the papers rose from {year - 1} to {year} and the 95 %"
            f" interval of the ratio lies above 1; {follow}."
        )
    return (
        f"The almanac does not hold {year - 1}, so the days from {iso_day_of(str(themes.half_day))} on are compared"
        " with those before. A topic counts as emergent when the 95 % interval of the ratio of its shares lies above 1;"
        f" {follow}."
    )


def _rise(label: str, trend: Trend, themes: Themes, number: int, year: int) -> str:
    assert trend.share_before is not None
    assert trend.ratio is not None
    assert trend.low is not None
    assert trend.high is not None
    share, before, ratio = percent(trend.share), percent(trend.share_before), times(trend.ratio)
    interval = f"(95 % interval {ratio_text(trend.low, trend.high)})"
    halves = themes.basis == "halves"
    then, now = ("the first half", "the second half") if halves else (str(year - 1), str(year))
    name = quoted(label)
    if trend.share_before == 0:
        return f"{name}, absent from the papers of {then}, is mentioned by {count(trend.papers, 'paper')} in {now}."
    templates = (
        f"{name} went from {before} of the papers in {then} to {share} in {now}, {ratio} times the share {interval}.",
        f"Mentions of {name} grew to {ratio} times their share {interval}: {count(trend.papers, 'paper')} in {now},"
        f" or {share}, after {before} in {then}.",
        f"The share of papers that mention {name} is {ratio} times that of {then} {interval}, {share} after {before}.",
        f"{name} gained ground too, from {before} to {share} of the papers, a factor of {ratio} {interval}.",
    )
    return templates[number % len(templates)]


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
    query = draft.query(evidence.methods(material, {name: sizes[name] for name in frequent}))
    top = [f"{name} ({part(sizes[name], total)})" for name in frequent[:5]]
    sentences = [
        Sentence(
            f"Of the methods that this overview looks for, the"
            f" {'paper names' if total == 1 else 'papers name'} {listed(top)}"
            f"{' most often' if len(frequent) > len(top) else ''}.",
            queries=(query,),
        ),
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
    for rises, verb in ((True, "gained"), (False, "lost")):
        trends = sorted(
            (trend for trend in changed if trend.rises == rises),
            key=lambda trend: (-abs(trend.share - (trend.share_before or 0)), trend.term),
        )[:3]
        if not trends:
            continue
        told = [f"{trend.term} ({percent(trend.share_before or 0)} to {percent(trend.share)})" for trend in trends]
        names = tuple(draft.query(trend_evidence.method_change(trend, first_day)) for trend in trends)
        lead_in = (
            f"From {iso_day_of(first_day)} on, compared with the days before,"
            if rises or len(sentences) == 0
            else "Over the same time"
        )
        sentences.append(
            Sentence(f"{lead_in} {listed(told)} {verb} share by more than chance would allow.", queries=names)
        )
    return sentences
