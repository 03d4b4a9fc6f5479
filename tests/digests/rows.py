"""Small invented rows of the tables that a digest is made of."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from assets.digests.digest import Digest, build_digest
from assets.papers.schema import PAPERS, REJECTED_PAPERS
from assets.preferences import NOBODY, Reader
from assets.summaries.schema import SUMMARIES

DAY = date(2026, 1, 30)
FOLLOWED = frozenset({"cs.LG", "stat.ML"})


def paper(paper_id: str, *categories: str, **changes: Any) -> dict[str, Any]:
    """A row of `papers`; the first category is the primary one."""
    categories = categories or ("cs.LG",)
    return {
        "day": DAY,
        "paper_id": paper_id,
        "version": 1,
        "title": f"Of paper {paper_id}",
        "title_tex": f"Of paper {paper_id}",
        "abstract": f"We study the matter of {paper_id}. It is so.",
        "authors": ["Ada Ono", "Bo Li", "Čeněk Dvořák"],
        "categories": list(categories),
        "categories_given": " ".join(categories),
        "primary_category": categories[0],
        "announced_by": "listed",
        "is_withdrawn": False,
        "source": "snapshot",
        "authors_tex": ["Ada Ono", "Bo Li", "Čeněk Dvořák"],
        "versions": [],
        "listing": "new",
        **changes,
    }


def summary(paper_id: str, **changes: Any) -> dict[str, Any]:
    """A row of `summaries`, complete but for a conclusion, which the abstract does not state."""
    return {
        "day": DAY,
        "paper_id": paper_id,
        "version": 1,
        "language": "en",
        "tldr": f"Short of {paper_id}.",
        "motivation": f"Why {paper_id}.",
        "method": f"How {paper_id}.",
        "result": f"What {paper_id} found.",
        "practical": f"Use of {paper_id}.",
        "keywords": ["trees", "rings"],
        "status": "complete",
        "reason": "conclusion: not stated",
        "model": "a-model",
        "abstract_hash": "0" * 64,
        "attempts": 1,
        "created_at": datetime(2026, 1, 30, 2, tzinfo=UTC),
        **changes,
    }


def rejection(position: int, rule: str = "not_empty", **changes: Any) -> dict[str, Any]:
    """A row of `rejected_papers`."""
    return {
        "day": DAY,
        "position": position,
        "field": "categories",
        "rule": rule,
        "reason": "The record has no categories; ask the source for it again.",
        "source": "snapshot",
        "source_ref": f"file.jsonl, line {position + 1}",
        **changes,
    }


def papers_of(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows as a frame of `papers`."""
    return PAPERS.frame(rows)


def digest_of(
    papers: list[dict[str, Any]],
    summaries: list[dict[str, Any]] | None = None,
    rejected: list[dict[str, Any]] | None = None,
    followed: frozenset[str] | None = FOLLOWED,
    language: str = "en",
    source_note: str | None = None,
    reader: Reader = NOBODY,
) -> Digest:
    """A digest of the rows; every paper has a complete summary unless `summaries` are given."""
    if summaries is None:
        summaries = [summary(row["paper_id"]) for row in papers]
    return build_digest(
        DAY,
        PAPERS.frame(papers),
        SUMMARIES.frame(summaries),
        REJECTED_PAPERS.frame(rejected or []),
        followed,
        language,
        source_note,
        reader,
    )
