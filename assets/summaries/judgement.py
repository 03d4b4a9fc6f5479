"""What the checks say of a day's summaries: judged once, for the asset, its checks, the digest and the repair."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from assets.papers.schema import PAPERS
from assets.summaries.checks import Finding
from assets.summaries.completeness import is_complete
from assets.summaries.fields import FIELDS
from assets.summaries.schema import SUMMARIES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import polars as pl

    from assets.preferences import Preferences
    from assets.warehouse.lake import Lake

MISSING = "missing"
"""The kind of finding that is about a text that is not there."""


@dataclass(frozen=True)
class Judged:
    """What the checks say of the summary of a paper in a language."""

    paper_id: str
    language: str
    status: str | None
    """None where there is no row."""
    reason: str | None
    complete: bool
    findings: tuple[Finding, ...] = ()

    def faults(self, kinds: Collection[str] | None = None, severity: str = "error") -> list[Finding]:
        """What is wrong with the texts that are there, of some kinds or of all."""
        return [
            found
            for found in self.findings
            if found.severity == severity and found.kind != MISSING and (kinds is None or found.kind in kinds)
        ]

    def told(self, findings: Sequence[Finding]) -> str:
        """A sentence about findings of this summary."""
        return f"{self.paper_id} ({self.language}): {'; '.join(f'{found.field} {found.reason}' for found in findings)}."

    @property
    def incomplete(self) -> str:
        """Why the summary is not complete, in a sentence."""
        if self.status is None:
            return f"{self.paper_id} has no summary in {self.language!r}."
        if self.status == "pending":
            return f"{self.paper_id} ({self.language}) is pending: {self.reason}."
        return self.told([found for found in self.findings if found.severity == "error"])


@dataclass(frozen=True)
class Judgement:
    """What the checks say of a day."""

    wanted: tuple[Judged, ...]
    """One for each paper and language that is asked for, in that order."""
    others: tuple[Judged, ...]
    """Rows in languages that nobody asks for any more."""
    strangers: tuple[str, ...]
    """Ids that have a summary and are no paper of the day."""

    @cached_property
    def incomplete(self) -> tuple[Judged, ...]:
        """The summaries that are missing, pending or not complete."""
        return tuple(judged for judged in self.wanted if not judged.complete)

    @property
    def complete_share(self) -> float:
        """Share of the summaries asked for that are complete; 1 for a day without papers."""
        return 1.0 - len(self.incomplete) / len(self.wanted) if self.wanted else 1.0

    def text_problems(self, kinds: Collection[str] | None = None, severity: str = "error") -> list[str]:
        """A sentence for each summary with a text that has such a finding."""
        return [
            judged.told(faults) for judged in (*self.wanted, *self.others) if (faults := judged.faults(kinds, severity))
        ]

    def without_paper(self) -> list[str]:
        """A sentence for each summary of no paper."""
        return [f"{paper_id} has a summary, but is no paper of the day." for paper_id in self.strangers]

    def unfit(self, preferences: Preferences) -> list[str]:
        """Why the summaries may not be published: too few are complete, or a text is broken; empty where they may."""
        too_many = self.complete_share < preferences.completeness
        return [
            *(judged.incomplete for judged in self.incomplete if too_many),
            *self.text_problems(),
            *self.without_paper(),
        ]


def judge(papers: pl.DataFrame, summaries: pl.DataFrame, languages: Sequence[str]) -> Judgement:
    """Judges a day: `papers` holds rows of PAPERS, `summaries` rows of SUMMARIES of the same day."""
    rows = {(row["paper_id"], row["language"]): row for row in summaries.iter_rows(named=True)}
    by_id = {paper["paper_id"]: paper for paper in papers.select("paper_id", "title", "abstract").iter_rows(named=True)}
    wanted = [
        judge_row(paper, language, rows.pop((paper_id, language), None))
        for paper_id, paper in by_id.items()
        for language in languages
    ]
    others = [judge_row(by_id[paper], language, row) for (paper, language), row in rows.items() if paper in by_id]
    strangers = sorted({paper for paper, _ in rows if paper not in by_id})
    return Judgement(tuple(wanted), tuple(others), tuple(strangers))


def judge_partition(lake: Lake, day: str, languages: Sequence[str]) -> Judgement:
    """The same for a day of the lake; what did not change since it was judged is not judged again."""
    fingerprints = (lake.fingerprint(PAPERS, day), lake.fingerprint(SUMMARIES, day))
    return _judge_partition(lake, day, tuple(languages), fingerprints)


@lru_cache(maxsize=64)
def _judge_partition(lake: Lake, day: str, languages: tuple[str, ...], fingerprints: tuple[str, str]) -> Judgement:
    del fingerprints  # they are there to be looked up by
    return judge(lake.read(PAPERS, [day]), lake.read(SUMMARIES, [day]), languages)


def judge_row(paper: Mapping[str, Any], language: str, row: Mapping[str, Any] | None) -> Judged:
    """What the checks say of one row, or of its absence; `paper` holds `paper_id`, `title` and `abstract`."""
    if row is None:
        return Judged(paper["paper_id"], language, None, None, complete=False)
    verdict = is_complete(
        {field: row[field] for field in FIELDS},
        title=paper["title"],
        abstract=paper["abstract"],
        reason=row["reason"],
        language=language,
        extractive=row["status"] == "extractive",
    )
    complete = verdict.complete and row["status"] != "pending"
    return Judged(paper["paper_id"], language, row["status"], row["reason"], complete, tuple(verdict.findings))


def incomplete_papers(papers: pl.DataFrame, summaries: pl.DataFrame, languages: Sequence[str]) -> list[str]:
    """A sentence for each paper and language whose summary is missing or not complete."""
    return [judged.incomplete for judged in judge(papers, summaries, languages).incomplete]


def text_problems(papers: pl.DataFrame, summaries: pl.DataFrame) -> list[str]:
    """A sentence for each summary with a text that must not be published, and for each of no paper."""
    found = judge(papers, summaries, ())
    return [*found.text_problems(), *found.without_paper()]
