"""Questions about pages and what came of them: an answer is read from the journal, or asked for and journaled.

What came of a paper is kept beside the answers, so that another page, or the same page with more papers on it, asks
for nothing that is known of this one. The client of models is not imported here.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assets.overviews.writing.prompts import VERSION, Question, Source
from assets.overviews.writing.report import Spent
from assets.summaries.engine.ask import Ask
from assets.summaries.engine.budget import tokens_of_messages
from assets.summaries.engine.calls import Calls
from assets.summaries.engine.decoding import decode
from assets.summaries.engine.faults import Fault
from assets.summaries.engine.journal import Entry
from assets.summaries.engine.turnstile import Stopped

OUTPUT_TOKENS = 2_400
KEPT = "kept"
"""What stands in the journal as the end of what is no answer, but what came of some."""


@dataclass
class Asker:
    """Puts questions about pages to the model."""

    calls: Calls
    page: str
    model: str

    silence: str | None = None
    """Why a question had no answer."""

    @property
    def stopped(self) -> str | None:
        """Why nothing can be asked any more, or why a question had no answer."""
        return self.calls.turnstile.stopped or self.silence

    def recall(self, what: str, paper: Source) -> dict[str, Any] | None:
        """What was kept of a paper; None where nothing was."""
        found = self.calls.journal.find(self._key(what, paper))
        return dict(json.loads(found.content)) if found else None

    async def keep(self, what: str, found: Mapping[Source, Mapping[str, Any]]) -> None:
        """Keeps what came of papers, of all of them or (where the process is killed) of none."""
        entries = [
            Entry(
                key=(key := self._key(what, paper)), day=self.page, paper_id=paper.id, abstract_hash=key,
                model=self.model, prompt_version=VERSION, content=json.dumps(content, ensure_ascii=False),
                finish_reason=KEPT, refusal=None, input_tokens=None, output_tokens=None, cost_usd=None, requests=0,
                seconds=0.0, created_at=time.time(),
            )
            for paper, content in found.items()
        ]  # fmt: skip
        await asyncio.gather(*(self.calls.journal.append(entry) for entry in entries))

    def _key(self, what: str, paper: Source) -> str:
        parts = [VERSION, self.model, what, paper.id, paper.title, paper.authors, paper.abstract]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass
class Tab:
    """The questions about some papers that belong together, and what they took."""

    asker: Asker
    spent: list[Spent] = field(default_factory=list)
    paid: set[str] = field(default_factory=set)
    """Questions that were asked here before, whose answers cost nothing more."""
    unfinished: bool = False
    """Whether a question had no answer at all, so that a later run may ask again."""

    async def ask(self, question: Question) -> dict[str, Any] | None:
        """The object that the model answers; None for no answer, or one that holds no object."""
        asker = self.asker
        messages = [dict(message) for message in question.messages]
        digest = hashlib.sha256(json.dumps([VERSION, asker.model, messages]).encode()).hexdigest()
        ask = Ask(
            key=digest,
            day=asker.page,
            paper_id=question.step,
            abstract_hash=digest,
            model=asker.model,
            messages=messages,
            wanted={},
            output_tokens=OUTPUT_TOKENS,
            input_estimate=tokens_of_messages(messages),
            shape=question.shape,
        )
        try:
            entry = await asker.calls.answer(ask)
        except (Fault, Stopped) as error:
            self.unfinished = True
            asker.silence = asker.silence or str(error)
            return None
        if digest not in self.paid:
            self.paid.add(digest)
            self.spent.append(Spent(entry.input_tokens or 0, entry.output_tokens or 0, entry.cost_usd))
        return None if entry.refusal else decode(entry.content).value
