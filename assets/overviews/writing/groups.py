"""A paragraph about a group of papers, told by a model: notes, plan, text, check and judge, repair; else by rules.

Each paper keeps exactly one sentence, so coverage and citations are those of the page without a model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assets.overviews.writing import prompts
from assets.overviews.writing.accepting import Check, accept, entries_of, text_of
from assets.overviews.writing.asker import Asker, Tab
from assets.overviews.writing.noting import take_notes
from assets.overviews.writing.prompts import Group, Note, Piece
from assets.overviews.writing.report import Report
from assets.overviews.writing.retelling import Retold

if TYPE_CHECKING:
    from assets.overviews.writing.asking import ModelWriter

WORDS = 28
"""Words of a sentence where the page does not say."""
ONLY = "text"


def write_groups(writer: ModelWriter, page: str, groups: Sequence[Group], check: Check, words: int = WORDS) -> Retold:
    """One sentence for each paper as far as it is accepted, of about so many words, in the order of each plan."""

    async def work(asker: Asker) -> Retold:
        retold = Retold(Report(writer.name))
        tabs = [Tab(asker) for _ in groups]
        told = await asyncio.gather(
            *(_group(tab, group, check, words) for tab, group in zip(tabs, groups, strict=True))
        )
        for tab, group, found in zip(tabs, groups, told, strict=True):
            retold.add(found)
            if tab.unfinished:
                retold.report.unanswered += sum(paper.id not in found.texts for paper in group.papers)
        retold.report.by_rules = sum(len(group.papers) for group in groups) - len(retold.texts)
        retold.report.pay([spent for tab in tabs for spent in tab.spent])
        if retold.report.unanswered:
            retold.report.stopped = asker.stopped
        return retold

    return writer.converse(page, work)


async def _group(tab: Tab, group: Group, check: Check, words: int) -> Retold:
    retold = Retold(Report(tab.asker.model), order=[paper.id for paper in group.papers])
    sources = {paper.id: paper for paper in group.papers}
    noted = await take_notes(tab, group.papers)
    if not noted:
        return retold
    planned = await _planned(tab, group.topic, noted)
    who = {paper: source.authors for paper, source in sources.items()}
    answer = await tab.ask(prompts.text(group.topic, list(planned.items()), noted, who, words))
    pieces = [
        Piece(entry["paper"], ONLY, text)
        for entry in entries_of(answer, "sentences")
        if isinstance(entry.get("paper"), str) and entry["paper"] in sources and (text := text_of(entry, "text"))
    ]
    accepted = await accept(tab, pieces, sources, check, under_title=False)
    if accepted.texts:
        # A plan of which nothing came does not change the order of the rules.
        retold.order = [*planned, *(paper for paper in sources if paper not in planned)]
    retold.texts = {paper: (text,) for (paper, _), text in accepted.texts.items()}
    retold.report.written = len(accepted.texts) - len(accepted.repaired)
    retold.report.repaired = len(accepted.repaired)
    for piece, reason in accepted.refused:
        retold.report.reject(piece.paper, piece.text, reason)
    return retold


async def _planned(tab: Tab, topic: str, noted: dict[str, Note]) -> dict[str, str]:
    """Paper → point in the order of the plan; a paper that the plan forgets is put at its end."""
    planned: dict[str, str] = {}
    for entry in entries_of(await tab.ask(prompts.plan(topic, noted)), "plan"):
        paper = entry.get("paper")
        if isinstance(paper, str) and paper in noted and (point := text_of(entry, "point")):
            planned.setdefault(paper, point)
    return planned | {paper: note.does for paper, note in noted.items() if paper not in planned}
