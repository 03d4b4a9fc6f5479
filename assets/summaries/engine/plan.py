"""What a day lacks: the rows that stay as they are, the papers to be asked about, and the keys of their asks."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assets.summaries.completeness import is_complete
from assets.summaries.engine.prompt import PROMPT_VERSION
from assets.summaries.fields import FIELDS
from assets.summaries.summarizer import abstract_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from assets.summaries.engine.prompt import Wanted

LANGUAGES_AT_ONCE = 3
"""Languages that one request fills."""
FAILED = "no model could write it"
"""Stands in the reason of a row that every model failed at."""

Rows = dict[tuple[str, str], dict[str, object]]
"""(paper id, language) → the columns of its row that say what was made and how."""


@dataclass(frozen=True)
class Task:
    """A paper and what it lacks."""

    paper: Mapping[str, Any]
    languages: Sequence[str]
    before: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Language → the row that the partition has now, where its abstract is the same."""


def plan(
    papers: pl.DataFrame, languages: Sequence[str], before: pl.DataFrame, models: Sequence[str]
) -> tuple[Rows, list[Task]]:
    """The rows of `before` that are kept, and a task for each paper that lacks any.

    A row is kept where abstract, prompt and model are the same and it is still complete by today's checks.
    """
    kept: Rows = {}
    tasks: list[Task] = []
    had = {(row["paper_id"], row["language"]): row for row in before.iter_rows(named=True)}
    for paper in papers.iter_rows(named=True):
        same: dict[str, Mapping[str, Any]] = {}
        missing = []
        for language in languages:
            row = had.get((paper["paper_id"], language))
            if row is not None and row["abstract_hash"] == abstract_hash(paper["abstract"]):
                same[language] = row
                if _is_good(row, paper, models):
                    kept[paper["paper_id"], language] = row
                    continue
            missing.append(language)
        if missing:
            tasks.append(Task(paper, missing, same))
    return kept, tasks


def groups(languages: Sequence[str]) -> Iterable[Sequence[str]]:
    """The languages as requests fill them."""
    return (languages[start : start + LANGUAGES_AT_ONCE] for start in range(0, len(languages), LANGUAGES_AT_ONCE))


def answer_key(
    digest: str,
    model: str,
    number: int,
    wanted: Wanted,
    rejected: Mapping[str, str],
    before: Mapping[str, Mapping[str, Any]],
) -> str:
    """What an answer is found by: everything that it depends on, and nothing that changes from run to run.

    `digest` is the abstract's hash, `number` counts the asks of a model. After a row that no model could write, a new
    run asks anew.
    """
    failed = [
        row["created_at"].isoformat()
        for language in wanted
        if (row := before.get(language)) is not None and FAILED in (row["reason"] or "")
    ]
    parts = [digest, PROMPT_VERSION, model, number, wanted, rejected, failed]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _is_good(row: Mapping[str, Any], paper: Mapping[str, Any], models: Sequence[str]) -> bool:
    return (
        row["status"] in ("complete", "repaired")
        and row["model"] in models
        and row["prompt_version"] == PROMPT_VERSION
        and is_complete(
            {field: row[field] for field in FIELDS},
            title=paper["title"],
            abstract=paper["abstract"],
            reason=row["reason"],
            language=row["language"],
            extractive=False,
        ).complete
    )
