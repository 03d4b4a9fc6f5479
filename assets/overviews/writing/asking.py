"""The engine of the summaries, asked for pages: its pacing, retries, budget and journal hold here, too.

An answer is on disk before it counts, so a killed run pays for nothing twice and a rerun writes the same page.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, TypeVar

from assets.overviews.writing.asker import Asker
from assets.overviews.writing.report import Figures, Spent
from assets.summaries.engine.batches.store import BatchStore
from assets.summaries.engine.budget import Budget
from assets.summaries.engine.calls import Calls
from assets.summaries.engine.caps import accounts
from assets.summaries.engine.endpoint import Endpoint
from assets.summaries.engine.journal import Journal
from assets.summaries.engine.learned import Learned
from assets.summaries.engine.loop import in_loop

if TYPE_CHECKING:
    from assets.summaries.engine.settings import EngineSettings

T = TypeVar("T")


class ModelWriter:
    """A model behind an OpenAI-compatible address that writes pages; what it learns of the endpoint is kept."""

    def __init__(self, settings: EngineSettings) -> None:
        self.settings = settings
        self._learned = Learned.nothing(settings)
        self._figures = Figures(settings.model)

    @property
    def name(self) -> str:
        """The model's name."""
        return self.settings.model

    def figures(self) -> Figures:
        """What was asked since this was last called."""
        found, self._figures = self._figures, Figures(self.name)
        return found

    def converse(self, page: str, work: Callable[[Asker], Coroutine[None, None, T]]) -> T:
        """Runs `work` with an asker for pages that share a budget. Raises StorageError and SettingsError."""

        async def run() -> T:
            settings = self.settings
            with Journal(settings.journal) as journal, BatchStore(settings) as store:
                async with Endpoint(settings) as endpoint:
                    wider = accounts(settings.caps, journal, store, self._learned.uncertain_usd)
                    budget = Budget(settings.max_cost_usd, settings.prices, journal.spent(page), wider)
                    calls = Calls(settings, endpoint, journal, budget, self._learned)
                    try:
                        return await work(Asker(calls, page, settings.model))
                    finally:
                        await calls.close()
                        self._book(calls)

        return in_loop(run)

    def _book(self, calls: Calls) -> None:
        figures, counters, spending = self._figures, calls.counters, calls.budget.spending
        figures.requests += counters.requests
        figures.answers += counters.answers
        figures.replayed += counters.replayed
        figures.spent.append(Spent(spending.input_tokens, spending.output_tokens, spending.cost_usd))
        figures.stopped = calls.turnstile.stopped or figures.stopped
