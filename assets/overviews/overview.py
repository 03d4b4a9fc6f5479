"""The overview of a year in a category: skeleton, sections, verification, and what survives it.

The order of work is the order of trust: numbers first (`evidence`, `themes`), then the papers that stand
for them (`selection`, `material`), then sentences from templates and from the summaries (`framing`). At
the end `verify` reads the page, and every sentence that fails is cut and published as cut.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from assets import categories
from assets.overviews.adoption import adoption
from assets.overviews.finishing import finish, made_with
from assets.overviews.highlights import notable_papers, results
from assets.overviews.lead import conclusion, lead
from assets.overviews.material import Material
from assets.overviews.outlook import outlook
from assets.overviews.parts import Draft, Inputs, Overview, Scope
from assets.overviews.themes import find_themes
from assets.overviews.trends import emergent_themes, methodology_trends

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
    sections = [written[name] for name in order]
    finished = finish(Scope(str(year), category), sections, material.frame, draft.evidence)
    return Overview(
        year=year,
        category=category,
        title=title_of(year, category, year_is_over),
        as_of=as_of,
        papers=len(material),
        sections=finished.sections,
        cited=finished.cited,
        evidence=finished.evidence,
        coverage=_coverage(material, draft, {work.id for work in finished.cited}),
        verification=finished.verification,
        made_with=made_with(summaries, RULES_VERSION),
        source_note=source_note,
    )


def title_of(year: int, category: str, year_is_over: bool) -> str:
    """The page's title: "Overview of 2025: Machine Learning (cs.LG)"."""
    return f"Overview of {year}{'' if year_is_over else ' so far'}: {categories.name(category)} ({category})"


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
