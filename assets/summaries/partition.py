"""A day's summaries in the lake: made, repaired, and known as judged by today's checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from assets.papers.schema import PAPERS
from assets.summaries.checks_version import checks_version
from assets.summaries.extract import MODEL_NAME
from assets.summaries.judgement import Judgement, judge, judge_partition
from assets.summaries.repair import Repaired, asks, exhausted, repair_day
from assets.summaries.schema import SUMMARIES, SUMMARY_REPAIRS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assets.preferences import Preferences
    from assets.summaries.engine.progress import Progress, Report
    from assets.summaries.summarizer import Summarizer
    from assets.warehouse.lake import Lake

REPAIR_JOB = "repair"
"""The job whose runs repair."""
REPAIR_CHANGED = "repair_changed"
"""Metadata of a repaired day: rows that changed."""

CHECKS = "checks"
"""Note of a partition: the version of the checks by which its statuses are true."""


@dataclass(frozen=True)
class Made:
    """A day's summaries after they were made or repaired."""

    rows: pl.DataFrame
    judgement: Judgement
    reports: tuple[Report, ...] = ()
    repaired: Repaired | None = None

    @property
    def left_standing(self) -> str | None:
        """A sentence where the model could not be asked about papers whose earlier summaries stand: none waits."""
        stopped = next((report.stopped for report in self.reports if report.stopped), None)
        if stopped is None or self.rows.get_column("status").eq("pending").any():
            return None
        return f"the model was not asked about every paper, because {stopped}; the summaries that were there stay."


def prepare_days(
    lake: Lake, days: Sequence[str], preferences: Preferences, summarizer: Summarizer, tell: Callable[[Progress], None]
) -> None:
    """Tells a summarizer that gains by it which days `make_day` will make."""
    if summarizer.asks_together:
        languages = preferences.languages
        summarizer.prepare(
            days, languages, lambda day: (lake.require(PAPERS, [day]), lake.read(SUMMARIES, [day])), tell
        )


def prepare_repairs(
    lake: Lake, days: Sequence[str], preferences: Preferences, summarizer: Summarizer, tell: Callable[[Progress], None]
) -> None:
    """Tells a summarizer that gains by it which days `repair_partition` will repair."""
    if not summarizer.asks_together:
        return
    wanted: dict[tuple[str, ...], dict[str, tuple[pl.DataFrame, pl.DataFrame]]] = {}
    for day in days:
        papers, before, tries = (lake.read(table, [day]) for table in (PAPERS, SUMMARIES, SUMMARY_REPAIRS))
        for languages, asked in asks(papers, before, tries, preferences.languages, summarizer.name).items():
            wanted.setdefault(languages, {})[day] = asked
    for languages, by_day in wanted.items():
        summarizer.prepare(list(by_day), languages, by_day.__getitem__, tell)


def make_day(
    lake: Lake, day: str, preferences: Preferences, summarizer: Summarizer, tell: Callable[[Progress], None]
) -> Made:
    """Makes the summaries of a day that are missing or stale, and stores the day. Raises InputError, StorageError."""
    papers = lake.require(PAPERS, [day])
    rows = summarizer.summarize(papers, preferences.languages, lake.read(SUMMARIES, [day]), tell)
    found = _store(lake, day, papers, rows, preferences)
    return Made(rows, found, (summarizer.report,) if summarizer.report is not None else ())


def repair_partition(
    lake: Lake, day: str, preferences: Preferences, summarizer: Summarizer, tell: Callable[[Progress], None]
) -> Made:
    """Repairs the summaries of a day; stores the day where one of them changed, and only then."""
    papers, before = lake.require(PAPERS, [day]), lake.require(SUMMARIES, [day])
    tries = lake.read(SUMMARY_REPAIRS, [day])
    repaired = repair_day(papers, before, tries, preferences.languages, summarizer, tell)
    if repaired.changed:
        found = _store(lake, day, papers, repaired.rows, preferences)
    else:
        found = judge_partition(lake, day, preferences.languages)
    settled = not any(repaired.needed[key] == "rejected" for key in repaired.left)
    if not repaired.tries.equals(tries) or (settled and not _is_judged(lake, day)):
        lake.write(SUMMARY_REPAIRS, day, repaired.tries, _judged_now(lake, day) if settled else None)
    return Made(repaired.rows, found, repaired.reports, repaired)


def days_in_need(lake: Lake, days: Sequence[str], languages: Sequence[str], model: str) -> list[str]:
    """Those of some days whose summaries need a repair by this model, newest first.

    Reads a few columns of each day and no text: what is pending, extractive or missing shows there. A day that was
    judged by other checks than today's is among them, for it must be judged again to know.
    """
    return [day for day in sorted(days, reverse=True) if _in_need(lake, day, languages, model)]


def _in_need(lake: Lake, day: str, languages: Sequence[str], model: str) -> bool:
    if not (lake.has(SUMMARIES, day) and lake.has(PAPERS, day)):
        return False
    rows = lake.columns(SUMMARIES, day, ["paper_id", "language", "status"]).filter(
        pl.col("language").is_in(list(languages))
    )
    wanted = ["pending"] if model == MODEL_NAME else ["pending", "extractive"]
    open_rows = set(rows.filter(pl.col("status").is_in(wanted)).select("paper_id", "language").iter_rows())
    if open_rows and open_rows - exhausted(lake.read(SUMMARY_REPAIRS, [day]), model):
        return True
    return lake.row_count(PAPERS, day) * len(languages) > rows.height or not _is_judged(lake, day)


def _store(lake: Lake, day: str, papers: pl.DataFrame, rows: pl.DataFrame, preferences: Preferences) -> Judgement:
    """Judges and writes the day; notes today's checks where every status is true by them."""
    found = judge(papers, rows, preferences.languages)
    rejected = any(judged.status in ("complete", "repaired") for judged in found.incomplete)
    lake.write(SUMMARIES, day, rows, None if rejected else {CHECKS: checks_version()})
    return found


def _is_judged(lake: Lake, day: str) -> bool:
    if lake.notes(SUMMARIES, day).get(CHECKS) == checks_version():
        return True
    noted = lake.notes(SUMMARY_REPAIRS, day)
    return all(noted.get(name) == value for name, value in _judged_now(lake, day).items())


def _judged_now(lake: Lake, day: str) -> dict[str, str]:
    return {CHECKS: checks_version(), SUMMARIES.name: lake.fingerprint(SUMMARIES, day)}
