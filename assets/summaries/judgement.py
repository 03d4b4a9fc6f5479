"""What the asset checks say of a day's summaries: sentences that name the papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assets.summaries.checks import Finding, check_summary
from assets.summaries.completeness import is_complete
from assets.summaries.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import polars as pl

    from assets.preferences import Preferences


def incomplete_papers(papers: pl.DataFrame, summaries: pl.DataFrame, languages: Sequence[str]) -> list[str]:
    """A sentence for each paper and language whose summary is missing or not complete.

    `papers` holds rows of PAPERS, `summaries` rows of SUMMARIES of the same day.
    """
    rows = {(row["paper_id"], row["language"]): row for row in summaries.iter_rows(named=True)}
    sentences = []
    for paper in papers.iter_rows(named=True):
        for language in languages:
            row = rows.get((paper["paper_id"], language))
            if row is None:
                sentences.append(f"{paper['paper_id']} has no summary in {language!r}.")
            elif row["status"] == "pending":
                sentences.append(f"{paper['paper_id']} ({language}) is pending: {row['reason']}.")
            else:
                verdict = is_complete(
                    _fields(row),
                    title=paper["title"],
                    abstract=paper["abstract"],
                    reason=row["reason"],
                    language=language,
                    extractive=row["status"] == "extractive",
                )
                if not verdict.complete:
                    sentences.append(_sentence(paper["paper_id"], language, verdict.findings))
    return sentences


def unfit_summaries(papers: pl.DataFrame, summaries: pl.DataFrame, preferences: Preferences) -> list[str]:
    """Why a day's summaries may not be published: too few are complete, or a text is broken; empty where they may."""
    incomplete = incomplete_papers(papers, summaries, preferences.languages)
    wanted = papers.height * len(preferences.languages)
    too_many = bool(wanted) and 1 - len(incomplete) / wanted < preferences.completeness
    return [*(incomplete if too_many else []), *text_problems(papers, summaries)]


def text_problems(papers: pl.DataFrame, summaries: pl.DataFrame) -> list[str]:
    """A sentence for each summary with a text that must not be published, and for each of no paper."""
    known = {paper["paper_id"]: paper for paper in papers.iter_rows(named=True)}
    sentences = []
    for row in summaries.iter_rows(named=True):
        paper = known.get(row["paper_id"])
        if paper is None:
            sentences.append(f"{row['paper_id']} has a summary, but is no paper of the day.")
            continue
        findings = check_summary(
            _fields(row),
            title=paper["title"],
            abstract=paper["abstract"],
            language=row["language"],
            extractive=row["status"] == "extractive",
        )
        if any(finding.severity == "error" for finding in findings):
            sentences.append(_sentence(row["paper_id"], row["language"], findings))
    return sentences


def _fields(row: Mapping[str, Any]) -> dict[str, object]:
    return {field: row[field] for field in FIELDS}


def _sentence(paper_id: str, language: str, findings: Iterable[Finding]) -> str:
    told = "; ".join(f"{found.field} {found.reason}" for found in findings if found.severity == "error")
    return f"{paper_id} ({language}): {told}."
