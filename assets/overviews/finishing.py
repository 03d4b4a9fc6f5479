"""From a draft to a page: the check reads it, what fails is cut, and what was cut is published.

Every kind of page ends here, so every kind publishes the same figures.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from assets.digests.links import abstract_url
from assets.digests.wording import count
from assets.overviews.json_form import cited_document, evidence_document, sections_document
from assets.overviews.parts import Cited, Query, Scope, Section, Sentence
from assets.overviews.verify import Verification, verify

if TYPE_CHECKING:
    from assets.overviews.writing.report import Report


SHARES = ("citations_resolved", "citation_recall", "citation_precision", "claims_supported", "numbers_grounded")
"""The figures that are published twice: of the page, and of the draft, before anything that fails was cut."""


@dataclass(frozen=True)
class Finished:
    """Sections without what failed, their works and queries, and the figures of the check."""

    sections: tuple[Section, ...]
    cited: tuple[Cited, ...]
    evidence: Mapping[str, Query]
    verification: Mapping[str, Any]


def finish(
    scope: Scope,
    sections: Sequence[Section],
    papers: pl.DataFrame,
    evidence: Mapping[str, Query],
    glosses: Collection[str] = (),
) -> Finished:
    """The sections as they may be published. `papers` are those of the scope, `glosses` as in `verify`."""
    kept, cut, drafted, check = _cut_what_fails(scope, sections, papers, evidence, glosses)
    sentences = [sentence for section in kept for sentence in section.sentences]
    used = {name for sentence in sentences for name in sentence.queries}
    return Finished(
        sections=tuple(kept),
        cited=tuple(_cited(kept, papers)),
        evidence={name: query for name, query in evidence.items() if name in used},
        verification={
            "sentences": len(sentences),
            "claims": sum(sentence.kind == "claim" for sentence in sentences),
            "citations": sum(len(sentence.citations) for sentence in sentences),
            "citations_resolved": check.citations_resolved,
            "citation_recall": check.citation_recall,
            "citation_precision": check.citation_precision,
            "claims_supported": check.claims_supported,
            "numbers_grounded": check.numbers_grounded,
            "duplicates": check.duplicates,
            "problems": list(check.problems),
            "draft": {name: getattr(drafted, name) for name in SHARES},
            "cut": cut,
        },
    )


def fault_of(scope: Scope, sentence: Sentence, papers: pl.DataFrame) -> str | None:
    """Why a sentence about papers may not be published, whatever stands beside it; None where it may."""
    check = verify(_document(scope, [Section("", (sentence,))], papers, {}), papers, {})
    return check.faults[0].reason if check.faults else None


def made_with(summaries: pl.DataFrame, rules_version: str, written: Report | None = None) -> dict[str, Any]:
    """What made a page: templates and, behind them, the summaries with their models and cost; and the model's part."""
    models = summaries.group_by(pl.col("model").fill_null("none")).len().sort("model").rows()
    statuses = summaries.group_by("status").len().sort("status").rows()
    writer = "templates around query results and sentences of the summaries"
    if written is not None and written.on_the_page:
        told = count(written.on_the_page, "sentence")
        writer = f"a language model ({written.model}) for {told} about papers, {writer} for all else"
    else:
        writer += ", without a language model"
    return {
        "writer": writer,
        **({"model": written.as_json()} if written is not None else {}),
        "rules_version": rules_version,
        "summaries": dict(models),
        "summary_status": dict(statuses),
        "cost_usd": round(float(summaries["cost_usd"].sum()), 6),
    }


def _cut_what_fails(
    scope: Scope,
    sections: Sequence[Section],
    papers: pl.DataFrame,
    evidence: Mapping[str, Query],
    glosses: Collection[str],
) -> tuple[list[Section], list[dict[str, str]], Verification, Verification]:
    """The sections without the sentences that fail, those with their reasons, and the checks of all and of the rest."""
    kept = [section for section in sections if section.sentences]
    cut: list[dict[str, str]] = []
    drafted: Verification | None = None
    while True:
        check = verify(_document(scope, kept, papers, evidence), papers, evidence, glosses)
        drafted = drafted or check
        if not check.faults:
            return kept, cut, drafted, check
        failing: dict[tuple[int, int], str] = {}
        for fault in check.faults:
            failing.setdefault((fault.section, fault.sentence), fault.reason)
        for (section, number), reason in sorted(failing.items()):
            cut.append({"section": kept[section].title, "text": kept[section].sentences[number].text, "reason": reason})
        without = [_without(section, {n for s, n in failing if s == at}) for at, section in enumerate(kept)]
        kept = [section for section in without if section.sentences]


def _document(
    scope: Scope, sections: Sequence[Section], papers: pl.DataFrame, evidence: Mapping[str, Query]
) -> dict[str, Any]:
    """The parts of a page's JSON that the check reads."""
    period = {"month": scope.period} if "-" in scope.period else {"year": int(scope.period)}
    about = {"category": scope.category, "topic": scope.topic}
    return {
        **period,
        **{name: value for name, value in about.items() if value is not None},
        "sections": sections_document(sections),
        "cited": cited_document(_cited(sections, papers)),
        "evidence": evidence_document(evidence),
    }


def _without(section: Section, numbers: set[int]) -> Section:
    """The section without some sentences; the paragraph that one of them opened is opened by the next."""
    sentences = []
    opens = False
    for number, sentence in enumerate(section.sentences):
        opens = opens or sentence.opens_paragraph
        if number not in numbers:
            sentences.append(replace(sentence, opens_paragraph=opens))
            opens = False
    return Section(section.title, tuple(sentences))


def _cited(sections: Sequence[Section], papers: pl.DataFrame) -> list[Cited]:
    """The works that the sections cite and that exist, in the order of their first citation."""
    ids = dict.fromkeys(paper for section in sections for sentence in section.sentences for paper in sentence.citations)
    found = {work.id: work for work in works(papers.filter(pl.col("paper_id").is_in(list(ids))))}
    return [found[paper] for paper in ids if paper in found]


def works(papers: pl.DataFrame) -> list[Cited]:
    """Papers as works, in the order of the rows."""
    return [
        Cited(row["paper_id"], row["title"], tuple(row["authors"]), row["day"], abstract_url(row["paper_id"], None))
        for row in papers.select("paper_id", "title", "authors", "day").iter_rows(named=True)
    ]
