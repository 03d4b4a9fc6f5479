"""Notes of papers: the first step of all that a model writes, made once for a paper and shared by all pages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from assets.overviews.writing import prompts
from assets.overviews.writing.accepting import entries_of, text_of
from assets.overviews.writing.asker import Tab
from assets.overviews.writing.prompts import DOES, GIVES, Note, Source
from assets.overviews.writing.report import Spent

AT_ONCE = 8
"""Papers in one request: enough that the instruction is paid once for many, few enough for short answers."""
NOTES = "notes"
NOTHING = Note("", "")


async def take_notes(tab: Tab, papers: Sequence[Source]) -> dict[str, Note]:
    """A note of each paper, by its id; a paper of which the model has nothing to say that can be read has none."""
    asker = tab.asker
    kept = {paper: found for paper in papers if (found := asker.recall(NOTES, paper)) is not None}
    missing = [paper for paper in papers if paper not in kept]
    chunks = [missing[at : at + AT_ONCE] for at in range(0, len(missing), AT_ONCE)]
    tabs = [Tab(asker) for _ in chunks]
    noted = await asyncio.gather(*(_noted(own, chunk) for own, chunk in zip(tabs, chunks, strict=True)))
    for own, chunk, found in zip(tabs, chunks, noted, strict=True):
        tab.unfinished = tab.unfinished or own.unfinished
        shares = Spent.total(own.spent).shares(len(chunk))
        content = {
            paper: {**vars(found.get(paper.id, NOTHING)), "spent": vars(share)}
            for paper, share in zip(chunk, shares, strict=True)
        }
        kept |= content
        if not own.unfinished:
            await asker.keep(NOTES, content)
    tab.spent += [Spent(**kept[paper]["spent"]) for paper in papers]
    return {paper.id: Note(kept[paper][DOES], kept[paper][GIVES]) for paper in papers if kept[paper][DOES]}


async def _noted(tab: Tab, papers: Sequence[Source]) -> dict[str, Note]:
    """The notes of a chunk; papers that the answer lacks, or that it lost on the way, are asked about once more."""
    found = await _asked(tab, papers)
    missing = [paper for paper in papers if paper.id not in found]
    if not missing or tab.unfinished:
        return found
    # An answer that was of no use at all is not asked for again in the same words: two shorter ones may fare better.
    size = len(missing) if found else (len(missing) + 1) // 2
    parts = [missing[at : at + size] for at in range(0, len(missing), size)] if len(papers) > 1 else []
    for answer in await asyncio.gather(*(_asked(tab, part) for part in parts)):
        found |= answer
    return found


async def _asked(tab: Tab, papers: Sequence[Source]) -> dict[str, Note]:
    """Paper → note from one answer; papers that were not asked about, and second notes, are left out."""
    known = {paper.id for paper in papers}
    found: dict[str, Note] = {}
    for entry in entries_of(await tab.ask(prompts.notes(papers)), "notes"):
        paper = entry.get("paper")
        if isinstance(paper, str) and paper in known and (does := text_of(entry, DOES)):
            found.setdefault(paper, Note(does, text_of(entry, GIVES)))
    return found
