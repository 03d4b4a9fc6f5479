"""The overview of a year in a category: skeleton, sections, verification, and what survives it.

The order of work is the order of trust: numbers first (`evidence`, `themes`), then the papers that stand
for them (`selection`, `material`), then sentences from templates and from the summaries (`framing`). At
the end `verify` reads the page, and every sentence that fails is cut and published as cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from assets import categories
from assets.overviews.adoption import adoption
from assets.overviews.clusters import Cluster, find_clusters
from assets.overviews.finishing import Finished, fault_of, finish, made_with
from assets.overviews.held import Held
from assets.overviews.highlights import notable_papers, results
from assets.overviews.lead import conclusion, lead
from assets.overviews.material import Material
from assets.overviews.outlook import outlook, statements_in
from assets.overviews.parts import Draft, Inputs, Overview, Scope, Section
from assets.overviews.scoring import Statement, score, scored
from assets.overviews.themes import find_themes
from assets.overviews.trends import emergent_themes, methodology_trends
from assets.overviews.writing.groups import write_groups
from assets.overviews.writing.retelling import settle, told_in
from assets.overviews.year_topics import cluster_coverage, groups_to_tell, year_topics

if TYPE_CHECKING:
    from assets.overviews.writing.asking import ModelWriter

RULES_VERSION = "4"
ORDER = ("lead", "topics", "results", "emergent", "notable", "methods", "adoption", "scored", "outlook", "conclusion")
"""The sections as the page has them."""
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
    held: Held,
    source_note: str | None = None,
    statements: Sequence[Statement] = (),
    writer: ModelWriter | None = None,
    replay: Mapping[str, Any] | None = None,
) -> Overview:
    """The overview of a year in a category, verified.

    `papers` are the rows of PAPERS of that year whose categories hold the category, cross-lists included, and
    `summaries` their rows of SUMMARIES. `category_months`, `category_years` and `terms` are rows of the marts
    `category_monthly`, `category_yearly` and `term_trends`; other categories and years among them are ignored.
    `held` are the announcement days of the year that are known, and `source_note` what a reader must be told of the
    papers' source. `statements` are those of last year's overview, to be scored. With a `writer`, a model tells of
    the papers of the topics, as far as what it writes passes the check. `replay` is the JSON of a page that a
    model told: its sentences are taken from there, and nobody is asked. The same inputs give the same overview.
    """
    inputs = Inputs(year, category, papers, summaries, category_months, category_years, terms, held)
    material = Material(inputs)
    draft = Draft()
    themes = find_themes(material, LEADING, RISING)
    clusters = find_clusters(material)
    scores = score(material, statements)
    # Papers go to the section that asks first, so the order here is the order of claims on a paper.
    written = {
        "lead": lead(material, draft, themes),
        "emergent": emergent_themes(material, draft, themes),
        "topics": year_topics(material, draft, clusters),
        "results": results(material, draft, themes),
        "notable": notable_papers(material, draft),
        "methods": methodology_trends(material, draft),
        "adoption": adoption(material, draft),
        "scored": scored(material, scores, draft),
        "outlook": outlook(material, draft, themes),
        "conclusion": conclusion(material, draft, themes),
    }
    scope = Scope(str(year), category)

    def finished_with(topics: Sequence[Section]) -> Finished:
        sections = written | dict(zip(["topics"], topics, strict=True))
        return finish(scope, [sections[name] for name in ORDER], material.frame, draft.evidence)

    by_rules = [written["topics"]]
    retold = None
    if replay is not None:
        retold = told_in(replay, by_rules)
    elif writer is not None and (groups := groups_to_tell(by_rules[0], clusters, material)):
        papers_of = material.frame.filter(
            pl.col("paper_id").is_in([one.id for group in groups for one in group.papers])
        )
        page = f"overview {year} {category}"
        retold = write_groups(writer, page, groups, lambda sentence: fault_of(scope, sentence, papers_of))
    finished = settle(by_rules, retold, finished_with, replay=replay is not None)
    report = retold.report if retold is not None else None
    return Overview(
        year=year,
        category=category,
        title=title_of(year, category, held),
        as_of=held.as_of,
        papers=len(material),
        sections=finished.sections,
        cited=finished.cited,
        evidence=finished.evidence,
        coverage=_coverage(material, draft, clusters, {work.id for work in finished.cited}),
        verification=finished.verification,
        made_with=made_with(summaries, RULES_VERSION, report),
        source_note=source_note,
        outlook=statements_in(finished.evidence, held.as_of),
        scores=tuple(scores),
    )


def title_of(year: int, category: str, held: Held) -> str:
    """The page's title: "Overview of 2025: Machine Learning (cs.LG)"."""
    return f"Overview of {year}{held.mark}: {categories.name(category)} ({category})"


def _coverage(material: Material, draft: Draft, clusters: Sequence[Cluster], cited: set[str]) -> dict[str, Any]:
    """The share of papers in groups of which the page cites a paper, and of those that mention one of its themes.

    Where there are too few papers for groups, the themes alone say what is covered.
    """
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
    groups = cluster_coverage(material, clusters, cited)
    papers = sum(group["papers"] for group in groups if group["cited"]) if groups else int(covered.sum())
    return {
        "share": papers / total if total else 0.0,
        "papers": papers,
        "of": total,
        "clusters": groups,
        "themes_share": int(covered.sum()) / total if total else 0.0,
        "summarized": int(material.frame["tldr"].is_not_null().sum()),
        "themes": themes,
    }
