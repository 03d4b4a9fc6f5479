"""The overview of a year in a category: skeleton, sections, verification, and what survives it.

The order of work is the order of trust: numbers first (`evidence`, `themes`), then the papers that stand
for them (`selection`, `material`), then sentences from templates and from the summaries (`framing`). At
the end `verify` reads the page, and every sentence that fails is cut and published as cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from assets import categories
from assets.digests.links import abstract_url
from assets.overviews.adoption import adoption
from assets.overviews.highlights import notable_papers, results
from assets.overviews.json_form import cited_document, evidence_document, sections_document
from assets.overviews.lead import conclusion, lead
from assets.overviews.material import Material
from assets.overviews.outlook import outlook
from assets.overviews.parts import Cited, Draft, Inputs, Overview, Query, Section
from assets.overviews.themes import find_themes
from assets.overviews.trends import emergent_themes, methodology_trends
from assets.overviews.verify import Verification, verify

RULES_VERSION = "1"
LEADING = 16
RISING = 8


def build_overview(
    year: int,
    category: str,
    papers: pl.DataFrame,
    summaries: pl.DataFrame,
    category_months: pl.DataFrame,
    category_years: pl.DataFrame,
    terms: pl.DataFrame,
    as_of: date,
    year_is_over: bool,
    source_note: str | None = None,
) -> Overview:
    """The overview of a year in a category, verified.

    `papers` are the rows of PAPERS of that year whose categories hold the category, cross-lists included, and
    `summaries` their rows of SUMMARIES. `category_months`, `category_years` and `terms` are rows of the marts
    `category_monthly`, `category_yearly` and `term_trends`; other categories and years among them are ignored.
    `as_of` is the day up to which announcements are known, and `source_note` what a reader must be told of their
    source. The same inputs give the same overview.
    """
    inputs = Inputs(year, category, papers, summaries, category_months, category_years, terms, as_of, year_is_over)
    material = Material(inputs)
    draft = Draft()
    themes = find_themes(material, LEADING, RISING)
    # Papers go to the section that asks first, so the order here is the order of claims on a paper.
    written = {
        "lead": lead(material, draft, themes),
        "emergent": emergent_themes(material, draft, themes),
        "results": results(material, draft, themes),
        "notable": notable_papers(material, draft),
        "methods": methodology_trends(material, draft),
        "adoption": adoption(material, draft),
        "outlook": outlook(material, draft, themes),
        "conclusion": conclusion(material, draft, themes),
    }
    order = ("lead", "results", "emergent", "notable", "methods", "adoption", "outlook", "conclusion")
    sections = [written[name] for name in order if written[name].sentences]
    kept, cut, check = _cut_what_fails(year, category, sections, material.frame, draft.evidence)
    used = {name for section in kept for sentence in section.sentences for name in sentence.queries}
    cited = _cited(kept, material.frame)
    sentences = [sentence for section in kept for sentence in section.sentences]
    return Overview(
        year=year,
        category=category,
        title=title_of(year, category, year_is_over),
        as_of=as_of,
        papers=len(material),
        sections=tuple(kept),
        cited=tuple(cited),
        evidence={name: query for name, query in draft.evidence.items() if name in used},
        coverage=_coverage(material, draft, {work.id for work in cited}),
        verification={
            "sentences": len(sentences),
            "claims": sum(sentence.kind == "claim" for sentence in sentences),
            "citations": sum(len(sentence.citations) for sentence in sentences),
            "citations_resolved": check.citations_resolved,
            "claims_supported": check.claims_supported,
            "numbers_grounded": check.numbers_grounded,
            "duplicates": check.duplicates,
            "problems": list(check.problems),
            "cut": cut,
        },
        made_with=_made_with(summaries),
        source_note=source_note,
    )


def title_of(year: int, category: str, year_is_over: bool) -> str:
    """The page's title: "Overview of 2025: Machine Learning (cs.LG)"."""
    return f"Overview of {year}{'' if year_is_over else ' so far'}: {categories.name(category)} ({category})"


def _cut_what_fails(
    year: int, category: str, sections: Sequence[Section], papers: pl.DataFrame, evidence: Mapping[str, Query]
) -> tuple[list[Section], list[dict[str, str]], Verification]:
    """The sections without the sentences that fail, those sentences with their reasons, and the check of the rest."""
    kept = list(sections)
    cut: list[dict[str, str]] = []
    while True:
        document = {
            "year": year,
            "category": category,
            "sections": sections_document(kept),
            "cited": cited_document(_cited(kept, papers)),
            "evidence": evidence_document(evidence),
        }
        check = verify(document, papers, evidence)
        if not check.faults:
            return kept, cut, check
        failing: dict[tuple[int, int], str] = {}
        for fault in check.faults:
            failing.setdefault((fault.section, fault.sentence), fault.reason)
        for (section, number), reason in sorted(failing.items()):
            cut.append({"section": kept[section].title, "text": kept[section].sentences[number].text, "reason": reason})
        without = [_without(section, {n for s, n in failing if s == at}) for at, section in enumerate(kept)]
        kept = [section for section in without if section.sentences]


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
    ids = list(
        dict.fromkeys(paper for section in sections for sentence in section.sentences for paper in sentence.citations)
    )
    rows = {
        row["paper_id"]: row
        for row in papers.filter(pl.col("paper_id").is_in(ids))
        .select("paper_id", "title", "authors", "day")
        .iter_rows(named=True)
    }
    return [
        Cited(paper, rows[paper]["title"], tuple(rows[paper]["authors"]), rows[paper]["day"], abstract_url(paper, None))
        for paper in ids
        if paper in rows
    ]


def _coverage(material: Material, draft: Draft, cited: set[str]) -> dict[str, Any]:
    """The share of papers that mention one of the themes for which the page cites a paper."""
    total = len(material)
    covered = pl.repeat(False, total, dtype=pl.Boolean, eager=True)
    themes = []
    for theme, (rows, ids) in draft.covered.items():
        standing = [paper for paper in ids if paper in cited]
        if standing:
            covered = covered | rows
            themes.append(
                {"theme": theme, "papers": int(rows.sum()), "share": int(rows.sum()) / total, "cited": standing}
            )
    papers = int(covered.sum())
    return {
        "share": papers / total if total else 0.0,
        "papers": papers,
        "of": total,
        "summarized": int(material.frame["tldr"].is_not_null().sum()),
        "themes": themes,
    }


def _made_with(summaries: pl.DataFrame) -> dict[str, Any]:
    """What made the page: templates and, behind them, the summaries with their models and cost."""
    models = summaries.group_by(pl.col("model").fill_null("none")).len().sort("model").rows()
    statuses = summaries.group_by("status").len().sort("status").rows()
    return {
        "writer": "templates around query results and sentences of the summaries, without a language model",
        "rules_version": RULES_VERSION,
        "summaries": dict(models),
        "summary_status": dict(statuses),
        "cost_usd": round(float(summaries["cost_usd"].sum()), 6),
    }
