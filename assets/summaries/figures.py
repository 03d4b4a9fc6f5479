"""What a day's summaries came to, as figures that a partition's metadata holds and Dagster plots over time.

The rows tell what the day has now, the reports of the engine what this run did for it. Reasons come from the engine,
which takes secrets out of what servers say before it passes it on.
"""

from __future__ import annotations

import collections
import re
from typing import TYPE_CHECKING

from assets.summaries.fields import STATUSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from assets.summaries.engine.progress import Report
    from assets.summaries.judgement import Judgement

DETAIL = re.compile(r"\s*[:(].*", re.DOTALL)
"""What a reason says beyond its kind."""

SUMMED = (
    "requests", "answers", "replayed", "limited", "failed", "timed_out", "hedged", "seconds",
)  # fmt: skip
"""Figures of reports that add up."""

RENAMED = {
    "replayed": "answers_from_journal",
    "limited": "refused_for_rate",
    "failed": "requests_failed",
    "timed_out": "requests_timed_out",
    "hedged": "requests_hedged",
    "seconds": "model_seconds",
}
"""Names that say more than those of the report."""

Failure = tuple[str, str, str, str]
"""Paper, language, status, reason."""


def row_figures(rows: pl.DataFrame, judgement: Judgement) -> dict[str, int | float]:
    """What the day holds: rows by status, completeness, tokens, US dollars.

    `cost_usd` is that of the rows whose cost is known; `rows_without_cost` counts the others.
    """
    statuses = collections.Counter(rows.get_column("status"))
    return {
        **{status: statuses[status] for status in STATUSES},
        "complete_share": judgement.complete_share,
        "not_complete": len(judgement.incomplete),
        "input_tokens": int(rows.get_column("input_tokens").sum()),
        "output_tokens": int(rows.get_column("output_tokens").sum()),
        "cost_usd": float(rows.get_column("cost_usd").sum()),
        "rows_without_cost": rows.get_column("cost_usd").null_count(),
    }


def run_figures(reports: Sequence[Report]) -> dict[str, int | float]:
    """What this run did: requests and how they ended, latencies, what was kept; nothing where no model was asked.

    Latencies are those of single requests, in seconds.
    """
    if not reports:
        return {}
    last = reports[-1]
    told: dict[str, int | float] = {name: sum(getattr(report, name) for report in reports) for name in SUMMED}
    told = {RENAMED.get(name, name): value for name, value in told.items()}
    told["retries"] = max(0, int(told["requests"]) - int(told["answers"]))
    told["papers_kept"] = last.kept
    told["spent_usd"] = last.spent_usd
    costs = [report.cost_usd for report in reports]
    if all(cost is not None for cost in costs):
        told["run_cost_usd"] = sum(cost for cost in costs if cost is not None)
    for name in ("p50_seconds", "p95_seconds", "requests_per_second"):
        value = getattr(last, name)
        if value is not None:
            told[name] = float(value)
    return told


def faults(reports: Sequence[Report]) -> dict[str, int]:
    """Faults of requests by their reason, the most frequent first."""
    found: collections.Counter[str] = collections.Counter()
    for report in reports:
        found.update(report.faults)
    return dict(found.most_common())


def by_reason(rows: pl.DataFrame) -> dict[str, int]:
    """Rows by the kind of their reason, the most frequent first; a row with two reasons counts for both."""
    found: collections.Counter[str] = collections.Counter()
    for reason in rows.get_column("reason").drop_nulls():
        found.update({kind_of(part) for part in reason.split(";") if part.strip()})
    return dict(found.most_common())


def kind_of(reason: str) -> str:
    """What kind of reason it is: "not stated: conclusion" is "not stated"."""
    return DETAIL.sub("", reason.strip()) or reason.strip()


def failures(rows: pl.DataFrame, judgement: Judgement, *, with_model: bool) -> list[Failure]:
    """The rows that are not what they should be: pending, not complete, and extractive where a model was to write."""
    incomplete = {(judged.paper_id, judged.language): judged for judged in judgement.incomplete}
    found: list[Failure] = []
    for row in rows.select("paper_id", "language", "status", "reason").iter_rows(named=True):
        judged = incomplete.get((row["paper_id"], row["language"]))
        if row["status"] == "pending" or (with_model and row["status"] == "extractive"):
            why = row["reason"] or "no reason is known"
        elif judged is not None:
            why = judged.incomplete
        else:
            continue
        found.append((row["paper_id"], row["language"], row["status"], why))
    return found
