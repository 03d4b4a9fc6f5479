"""The summarizer that asks through batches: for backfills, at half the price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.summaries.engine.batches.memory import Memory
from assets.summaries.engine.batches.rounds import Rounds
from assets.summaries.engine.batches.store import BatchStore
from assets.summaries.engine.endpoint import Endpoint
from assets.summaries.engine.journal import Journal
from assets.summaries.engine.loop import in_loop
from assets.summaries.engine.summarizer import OpenAISummarizer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from assets.summaries.engine.progress import Progress
    from assets.summaries.engine.settings import EngineSettings
    from assets.summaries.summarizer import Read


class OpenAIBatchSummarizer(OpenAISummarizer):
    """Makes summaries through an endpoint's batches; see `assets.summaries.summarizer.Summarizer`.

    `prepare` submits all that its days lack in as few batches as possible, waits for them and puts the answers into the
    journal; `summarize` then makes each day from it. A few fields that have to be asked for again are asked live.
    What no batch has answered stays pending, with the reason, and the next run goes on where this one ended.
    """

    asks_together = True

    def __init__(self, settings: EngineSettings) -> None:
        super().__init__(settings)
        self._memory: Memory = Memory()

    def prepare(
        self, days: Sequence[str], languages: Sequence[str], read: Read, tell: Callable[[Progress], None] | None = None
    ) -> None:
        """Brings the answers that the days need into the journal; see `Summarizer`.

        It may take a day, and be interrupted at any moment. Raises StorageError and SettingsError.
        """
        memory = self._memory
        if self.stopped is not None:
            return

        async def ask() -> None:
            with Journal(self.settings.journal) as journal, BatchStore(self.settings) as store:
                async with Endpoint(self.settings) as endpoint:
                    rounds = Rounds(self.settings, journal, store, endpoint, self._learned, memory)
                    await rounds.run(days, languages, read, tell)

        in_loop(ask)

    def summarize(
        self,
        papers: pl.DataFrame,
        languages: Sequence[str],
        before: pl.DataFrame,
        tell: Callable[[Progress], None] | None = None,
    ) -> pl.DataFrame:
        """See `OpenAISummarizer`; a day that was not prepared is prepared first."""
        if papers.height:
            self.prepare([str(papers.get_column("day")[0])], languages, lambda _: (papers, before), tell)
        return super().summarize(papers, languages, before, tell)
