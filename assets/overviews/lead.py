"""The first and the last section: the year in numbers, and what to keep of it."""

from __future__ import annotations

from assets.overviews import evidence, trend_evidence
from assets.overviews.forms import computed
from assets.overviews.links import link
from assets.overviews.material import Material
from assets.overviews.parts import Draft, Query, Section, Sentence
from assets.overviews.themes import Themes

TOPICS_NAMED = 5
FEWEST_FOR_TEAMS = 20
"""Papers below which nothing is said of how many authors a typical one has."""


def lead(material: Material, draft: Draft, themes: Themes) -> Section:
    """Volume, its change, months, neighbours, teams and the terms that most papers mention."""
    volume = evidence.volume(material)
    sentences = [computed(draft, "volume", (volume,))]
    if not len(material):
        return Section("Lead", tuple(sentences))
    if volume.values["primary"] and volume.values["cross_lists"]:
        sentences.append(computed(draft, "cross-lists", (volume,)))
    if (growth := evidence.growth(material)) is not None:
        sentences.append(computed(draft, "growth", (growth,)))
    months = evidence.months(material)
    if months is not None and months.values["most"] != months.values["least"]:
        sentences.append(computed(draft, "months", (months,)))
    if len(material) > 1 and (neighbours := evidence.neighbours(material)) is not None:
        sentences.append(computed(draft, "neighbours", (neighbours,)))
    if len(material) >= FEWEST_FOR_TEAMS:
        sentences.append(computed(draft, "teams", (evidence.teams(material),)))
    if themes.leading:
        topics = [trend_evidence.leading(material, trend, themes) for trend in themes.leading[:TOPICS_NAMED]]
        sentences.append(computed(draft, "topics", topics, opens_paragraph=True))
    return Section("Lead", tuple(sentences))


def conclusion(material: Material, draft: Draft, themes: Themes) -> Section:
    """What stands first, what rose and what fell; nothing that was not shown with its numbers above."""
    sentences: list[Sentence] = []
    if len(material) and themes.leading:
        first = trend_evidence.leading(material, themes.leading[0], themes)
        sentences.append(computed(draft, "first topic", (first, evidence.volume(material))))
    if themes.rose or themes.fell:
        moved = [*themes.rising[:3], *themes.falling]
        queries: list[Query] = [trend_evidence.trend_of(material, trend, themes) for trend in moved]
        sentences.append(computed(draft, "changes", (trend_evidence.comparison(material, themes), *queries)))
    elif len(material) and not themes.compared:
        sentences.append(link("no trends"))
    return Section("Conclusion", tuple(sentences))
