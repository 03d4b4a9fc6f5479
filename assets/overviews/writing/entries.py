"""Papers under their titles, told by a model in two sentences each: what a paper does, what a practitioner gets.

The page's order is fixed, and each sentence cites the paper under whose title it stands: the plan is the list
itself, and no model is paid for it. What comes of a paper does not depend on its neighbours and is kept: a paper
that stands on several pages, or on the same one again tomorrow, is paid for once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assets.overviews.writing import prompts
from assets.overviews.writing.accepting import Check, accept, entries_of, text_of
from assets.overviews.writing.asker import Asker, Tab
from assets.overviews.writing.noting import AT_ONCE, take_notes
from assets.overviews.writing.prompts import DOES, GIVES, Piece, Source
from assets.overviews.writing.report import Spent

if TYPE_CHECKING:
    from assets.overviews.writing.asking import ModelWriter

ENTRY = "entry"


@dataclass(frozen=True)
class Entry:
    """What a model told of a paper, as far as it was accepted, and what that took."""

    texts: Mapping[str, str]
    """Part → sentence."""
    repaired: int
    refused: Sequence[tuple[str, str]]
    """Sentences and why they were refused."""
    spent: Spent

    def as_json(self) -> dict[str, Any]:
        """For the journal."""
        return {**vars(self), "texts": dict(self.texts), "refused": list(self.refused), "spent": vars(self.spent)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Entry:
        """From the journal."""
        refused = [(text, reason) for text, reason in kept["refused"]]
        return cls(kept["texts"], kept["repaired"], refused, Spent(**kept["spent"]))


@dataclass
class Entries:
    """What a model told, by paper; a paper that is missing was not asked about to the end."""

    model: str
    by_paper: dict[str, Entry] = field(default_factory=dict)
    stopped: str | None = None


def write_entries(writer: ModelWriter, page: str, papers: Sequence[Source], check: Check) -> Entries:
    """Two sentences for each paper, as far as they are accepted."""

    async def work(asker: Asker) -> Entries:
        found = Entries(writer.name)
        missing = []
        for paper in papers:
            if (kept := asker.recall(ENTRY, paper)) is not None:
                found.by_paper[paper.id] = Entry.from_json(kept)
            else:
                missing.append(paper)
        chunks = [missing[at : at + AT_ONCE] for at in range(0, len(missing), AT_ONCE)]
        for made in await asyncio.gather(*(_chunk(asker, chunk, check) for chunk in chunks)):
            found.by_paper |= made
        found.stopped = asker.stopped
        return found

    return writer.converse(page, work)


async def _chunk(asker: Asker, papers: Sequence[Source], check: Check) -> dict[str, Entry]:
    """The entries of a chunk, which are kept; none where a question had no answer at all."""
    tab = Tab(asker)
    sources = {paper.id: paper for paper in papers}
    noted = await take_notes(tab, papers)
    pieces = []
    if noted and not tab.unfinished:
        for entry in entries_of(await tab.ask(prompts.entries(noted)), "entries"):
            paper = entry.get("paper")
            if isinstance(paper, str) and paper in sources:
                pieces += [Piece(paper, part, text) for part in (DOES, GIVES) if (text := text_of(entry, part))]
    accepted = await accept(tab, pieces, sources, check, under_title=True) if pieces else None
    if tab.unfinished:
        return {}
    shares = Spent.total(tab.spent).shares(len(papers))
    made = {}
    for paper, share in zip(papers, shares, strict=True):
        texts, repaired, refused = {}, 0, []
        if accepted is not None:
            # The second sentence goes on from the first, and stands beside one of the model's only.
            whole = (paper.id, DOES) in accepted.texts
            texts = {part: text for (of, part), text in accepted.texts.items() if of == paper.id and whole}
            repaired = sum(of == paper.id and part in texts for of, part in accepted.repaired)
            refused = [(piece.text, reason) for piece, reason in accepted.refused if piece.paper == paper.id]
        made[paper] = Entry(texts, repaired, refused, share)
    await asker.keep(ENTRY, {paper: entry.as_json() for paper, entry in made.items()})
    return {paper.id: entry for paper, entry in made.items()}
