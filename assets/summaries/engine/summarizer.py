"""The summarizer that asks a model; the door to the engine."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from assets.summaries.engine.learned import Learned
from assets.summaries.engine.loop import in_loop
from assets.summaries.engine.plan import plan
from assets.summaries.engine.run import run
from assets.summaries.schema import SUMMARIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from assets.summaries.engine.batches.memory import Memory
    from assets.summaries.engine.progress import Progress, Report
    from assets.summaries.engine.settings import EngineSettings
    from assets.summaries.summarizer import Read


class OpenAISummarizer:
    """Makes summaries with a model behind an OpenAI-compatible address; see `assets.summaries.summarizer.Summarizer`.

    What it learned about the endpoint (its limits, its latency, the forms that it takes) it keeps for the next day.
    """

    asks_together = False

    def __init__(self, settings: EngineSettings) -> None:
        self.settings = settings
        self.report: Report | None = None
        """What the last run came to."""
        self._learned = Learned.nothing(settings)
        self._memory: Memory | None = None

    @property
    def name(self) -> str:
        """The model's name."""
        return self.settings.model

    @property
    def stopped(self) -> str | None:
        """Why no day can be asked for any more: quota, key, unknown model, outage."""
        return self._learned.stopped

    def prepare(
        self, days: Sequence[str], languages: Sequence[str], read: Read, tell: Callable[[Progress], None] | None = None
    ) -> None:
        """Nothing: requests of their own gain nothing by being known before their day."""

    def summarize(
        self,
        papers: pl.DataFrame,
        languages: Sequence[str],
        before: pl.DataFrame,
        tell: Callable[[Progress], None] | None = None,
    ) -> pl.DataFrame:
        """One row of SUMMARIES for each paper and language, in that order; never fewer.

        A row of `before` is kept where abstract, prompt and model are the same and it is still complete by today's
        checks. Every other one is asked for: what is pending, extractive or rejected heals. Where the day stops (quota,
        key, budget, outage), rows stay pending with the reason; where no model can write a paper, the row that was
        there stays if the new one would be less; after a stop for any reason but the day's budget, later
        days are not tried in vain. `tell` hears every two seconds how far the day is. Raises StorageError and
        SettingsError.
        """
        kept, tasks = plan(papers, languages, before, self.settings.models)
        day = str(papers.get_column("day")[0]) if papers.height else ""
        made, report = in_loop(lambda: run(self.settings, day, tasks, self._learned, tell, self._memory))
        self.report = dataclasses.replace(report, papers=papers.height, kept=papers.height - len(tasks))
        rows = kept | made
        return SUMMARIES.frame(
            [
                {
                    **rows[paper["paper_id"], language],
                    "day": paper["day"],
                    "paper_id": paper["paper_id"],
                    "version": paper["version"],
                    "language": language,
                }
                for paper in papers.select("day", "paper_id", "version").iter_rows(named=True)
                for language in languages
            ]
        )
