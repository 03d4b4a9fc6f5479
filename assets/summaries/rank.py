"""How good a summary is, so that none is replaced by less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assets.summaries.fields import FIELDS
from assets.summaries.judgement import judge, judge_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from assets.summaries.judgement import Judged

WITHOUT_TEXTS: dict[str, object] = dict.fromkeys(FIELDS)
"""The columns of a row that has no texts."""

BROKEN, PENDING, INCOMPLETE, BY_RULES, BY_MODEL = range(5)
"""How good a row is: it holds a text that may not be published; none; some; all, from the abstract; all, written."""


def rank(judged: Judged) -> int:
    """The rank of a row that is there, by today's checks."""
    if judged.faults():
        return BROKEN
    if judged.status == "pending":
        return PENDING
    if not judged.complete:
        return INCOMPLETE
    return BY_RULES if judged.status == "extractive" else BY_MODEL


def ranks(papers: pl.DataFrame, rows: pl.DataFrame, languages: Sequence[str]) -> dict[tuple[str, str], int]:
    """(paper, language) → the rank of its row, where there is one."""
    return {
        (judged.paper_id, judged.language): rank(judged)
        for judged in judge(papers, rows, languages).wanted
        if judged.status is not None
    }


def written(paper: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Whether a row of the paper's abstract holds a summary that could not be better."""
    return row["status"] in ("complete", "repaired") and _rank(paper, row["language"], row) == BY_MODEL


def better(
    paper: Mapping[str, Any], language: str, had: Mapping[str, Any] | None, made: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The row to keep of two about one abstract: the new one, unless the old one ranks higher."""
    if had is None or made["status"] in ("complete", "repaired") or had["status"] == made["status"] == "pending":
        return made  # a row that a model wrote was judged before it was made
    return had if _rank(paper, language, had) > _rank(paper, language, made) else made


def _rank(paper: Mapping[str, Any], language: str, row: Mapping[str, Any]) -> int:
    return rank(judge_row(paper, language, {**WITHOUT_TEXTS, "reason": None, **row}))
