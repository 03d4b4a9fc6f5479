"""The engine of the summaries, asked for a page: its pacing, retries, budget and journal hold here, too.

An answer is on disk before it counts, so a killed run pays for nothing twice and a rerun writes the same page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from assets.overviews.writing.prompts import VERSION, Question
from assets.summaries.engine.budget import Budget, tokens_of_messages
from assets.summaries.engine.calls import Ask, Calls, Learned
from assets.summaries.engine.decoding import decode
from assets.summaries.engine.endpoint import Endpoint
from assets.summaries.engine.faults import Fault
from assets.summaries.engine.journal import Journal
from assets.summaries.engine.loop import in_loop
from assets.summaries.engine.turnstile import Stopped

if TYPE_CHECKING:
    from assets.summaries.engine.settings import EngineSettings

T = TypeVar("T")
OUTPUT_TOKENS = 2_400


@dataclass
class Asker:
    """Puts questions about one page to the model; what cannot be answered is None."""

    calls: Calls
    page: str
    model: str
    asked: int = 0
    unanswered: int = 0
    costs: list[float] = field(default_factory=list)
    """US dollars of the answers used, those from the journal included; empty for a model without a price."""

    @property
    def stopped(self) -> str | None:
        """Why nothing can be asked any more."""
        return self.calls.turnstile.stopped

    async def ask(self, question: Question) -> dict[str, Any] | None:
        """The object that the model answers; None for no answer, or one that holds no object."""
        messages = [dict(message) for message in question.messages]
        digest = hashlib.sha256(json.dumps([VERSION, self.model, messages]).encode()).hexdigest()
        ask = Ask(
            key=digest,
            day=self.page,
            paper_id=question.step,
            abstract_hash=digest,
            model=self.model,
            messages=messages,
            wanted={},
            output_tokens=OUTPUT_TOKENS,
            input_estimate=tokens_of_messages(messages),
            shape=question.shape,
        )
        self.asked += 1
        try:
            entry = await self.calls.answer(ask)
        except (Fault, Stopped):
            self.unanswered += 1
            return None
        if entry.cost_usd is not None:
            self.costs.append(entry.cost_usd)
        found = decode(entry.content).value
        if found is None or entry.refusal:
            self.unanswered += 1
            return None
        return found


class ModelWriter:
    """A model behind an OpenAI-compatible address that writes sections; what it learns of the endpoint is kept."""

    def __init__(self, settings: EngineSettings) -> None:
        self.settings = settings
        self._learned = Learned.nothing(settings)

    @property
    def name(self) -> str:
        """The model's name."""
        return self.settings.model

    def converse(self, page: str, work: Callable[[Asker], Coroutine[None, None, T]]) -> T:
        """Runs `work` with an asker for the page, whose budget is its own. Raises StorageError and SettingsError."""

        async def run() -> T:
            settings = self.settings
            with Journal(settings.journal) as journal:
                async with Endpoint(settings) as endpoint:
                    budget = Budget(settings.max_cost_usd, settings.prices, journal.spent(page))
                    calls = Calls(settings, endpoint, journal, budget, self._learned)
                    try:
                        return await work(Asker(calls, page, settings.model))
                    finally:
                        await calls.close()

        return in_loop(run)
