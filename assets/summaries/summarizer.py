"""What every summarizer is, and the embedded one, which needs no key, no network and no model."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from typing import TYPE_CHECKING, Any, Protocol

from assets.summaries.engine.progress import Progress
from assets.summaries.extract import MODEL_NAME, RULES_VERSION
from assets.summaries.rank import better, written
from assets.summaries.schema import SUMMARIES
from assets.summaries.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import polars as pl

    from assets.summaries.engine.progress import Report

    Read = Callable[[str], tuple[pl.DataFrame, pl.DataFrame]]
    """Day → its papers (rows of PAPERS) and the summaries that it has now (rows of SUMMARIES)."""

EMBEDDED_LANGUAGE = "en"

TELL_SECONDS = 1.0
"""Seconds between two words about how far a day is."""


class Summarizer(Protocol):
    """Makes the summaries of a day's papers."""

    @property
    def name(self) -> str:
        """What the provenance column `model` says."""

    @property
    def report(self) -> Report | None:
        """What the last call came to; None where no model is asked."""

    @property
    def asks_together(self) -> bool:
        """Whether many days are made sooner, or for less, where `prepare` knows all of them beforehand."""

    @property
    def stopped(self) -> str | None:
        """Why no day can be made any more (quota, key, outage), in words; None where days can."""

    def prepare(
        self, days: Sequence[str], languages: Sequence[str], read: Read, tell: Callable[[Progress], None] | None = None
    ) -> None:
        """Tells all days that `summarize` will be called for, in case that it pays to ask about them together.

        `read` is called when a day is needed, once or more; a day for which it raises AlmanacError is left out.
        """

    def summarize(
        self,
        papers: pl.DataFrame,
        languages: Sequence[str],
        before: pl.DataFrame,
        tell: Callable[[Progress], None] | None = None,
    ) -> pl.DataFrame:
        """One row of SUMMARIES for each paper (rows of PAPERS) and language, in that order.

        `before` holds the rows that the partition has now; a row is kept where its abstract, its
        model and its rules are the same, so that nothing is made twice, and where the abstract is
        the same and the new row would be less (see `rank`). `tell` hears every few seconds how far
        the call is.
        """


def abstract_hash(abstract: str) -> str:
    """SHA-256 of an abstract, in hexadecimal: while it stays the same, so does the summary, whatever the title says."""
    return hashlib.sha256(abstract.encode()).hexdigest()


class EmbeddedSummarizer:
    """Fills the fields from the abstract's own sentences; every row says that it is extractive."""

    name = MODEL_NAME
    report = None
    asks_together = False
    stopped = None

    def __init__(self, workers: Workers | None = None) -> None:
        """`workers` make the extracts; None for processes on all cores once there are many papers."""
        self._workers = workers or Workers()

    def prepare(
        self, days: Sequence[str], languages: Sequence[str], read: Read, tell: Callable[[Progress], None] | None = None
    ) -> None:
        """Nothing: no day gains by another."""

    def summarize(
        self,
        papers: pl.DataFrame,
        languages: Sequence[str],
        before: pl.DataFrame,
        tell: Callable[[Progress], None] | None = None,
    ) -> pl.DataFrame:
        """See `Summarizer`; a language other than English stays pending with the reason."""
        had = {(row["paper_id"], row["language"], row["abstract_hash"]): row for row in before.iter_rows(named=True)}
        rows: list[Mapping[str, object]] = []
        wanted: list[tuple[int, dict[str, Any], dict[str, object]]] = []
        for paper in papers.iter_rows(named=True):
            digest = abstract_hash(paper["abstract"])
            for language in languages:
                of_day = {"day": paper["day"], "version": paper["version"]}
                stored = had.get((paper["paper_id"], language, digest))
                old = None if stored is None else {**stored, **of_day}
                if old is not None and (_by_these_rules(old) or written(paper, old)):
                    rows.append(old)
                    continue
                row = {**_row(paper, language, digest), **of_day}
                if language == EMBEDDED_LANGUAGE:
                    wanted.append((len(rows), paper, row))
                rows.append(row if language == EMBEDDED_LANGUAGE else better(paper, language, old, row))
        start = told = time.monotonic()
        made = self._workers.extracts([(paper["title"], paper["abstract"]) for _, paper, _ in wanted])
        for done, ((place, paper, row), (extract, seconds)) in enumerate(
            zip(wanted, made, strict=True), papers.height - len(wanted)
        ):
            row |= {**extract.texts(), "keywords": list(extract.keywords), "reason": extract.reason, "seconds": seconds}
            stored = had.get((paper["paper_id"], EMBEDDED_LANGUAGE, str(row["abstract_hash"])))
            rows[place] = {
                **better(paper, EMBEDDED_LANGUAGE, stored, row),
                "day": row["day"],
                "version": row["version"],
            }
            now = time.monotonic()
            if tell is not None and now - told > TELL_SECONDS:
                told = now
                tell(_moment(done, papers.height, now - start))
        return SUMMARIES.frame(rows)


def _by_these_rules(row: Mapping[str, Any]) -> bool:
    return bool(row["model"] == MODEL_NAME and row["prompt_version"] == RULES_VERSION)


def _moment(done: int, papers: int, seconds: float) -> Progress:
    return Progress(
        done=done,
        papers=papers,
        in_flight=0,
        input_tokens=0,
        output_tokens=0,
        cost_usd=0.0,
        seconds=seconds,
        eta_seconds=seconds / done * (papers - done) if done else None,
        limited=0,
        failed=0,
        asks_a_model=False,
    )


def _row(paper: Mapping[str, Any], language: str, digest: str) -> dict[str, object]:
    row: dict[str, object] = {
        "paper_id": paper["paper_id"],
        "language": language,
        "abstract_hash": digest,
        "model": MODEL_NAME,
        "prompt_version": RULES_VERSION,
        "input_tokens": 0,
        "output_tokens": 0,
        "cost_usd": 0.0,
        "attempts": 0,
        "seconds": 0.0,
        "created_at": dt.datetime.now(dt.UTC),
    }
    if language != EMBEDDED_LANGUAGE:
        return {**row, "status": "pending", "reason": "the embedded summarizer writes English only"}
    return {**row, "status": "extractive"}
