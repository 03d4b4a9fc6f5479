"""Two sections that show papers: results that stand out, and notable papers.

Neither ranks by impact, because arXiv's metadata holds no citation counts. Results stand out when their
sentence compares in numbers. Notable are the papers for which the authors' comment names an honour or a
venue, and those that cross the most fields; where there are few of these, the papers at the centre of the year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import polars as pl

from assets.overviews import cues, evidence
from assets.overviews.forms import computed
from assets.overviews.links import link
from assets.overviews.material import Material, Paper, cited_sentences
from assets.overviews.parts import Draft, Section, Sentence
from assets.overviews.phrasing import quoted, short_comment
from assets.overviews.themes import Themes

RESULTS_SHOWN = 12
NOTABLE_SHOWN = 12
CROSSING_SHOWN = 4
FEWEST_SHOWN = 4
CENTRAL_SHOWN = 6
FEWEST_ARCHIVES = 3
CENTRAL = 80


def _by_theme(material: Material, themes: Themes, rows: Sequence[int]) -> Iterable[list[int]]:
    """The rows of each leading topic, nearest to its centre first, then all rows."""
    marked = pl.Series(rows, dtype=pl.UInt32)
    for trend in themes.leading:
        members = themes.rows[trend.term].arg_true().cast(pl.UInt32)
        yield material.words.central(members.filter(members.is_in(marked.implode())), CENTRAL)
    yield material.words.central(marked, CENTRAL)


def results(material: Material, draft: Draft, themes: Themes) -> Section:
    """Papers whose result compares in numbers, one from each leading topic."""
    title = "Results that stand out"
    query, rows = evidence.matching(
        material,
        "comparisons",
        "Papers whose summary states a comparison in numbers as its result.",
        "result",
        cues.COMPARISON,
    )
    if not query.values["papers"]:
        return Section(title, ())
    sentences: list[Sentence] = [link("no impact"), computed(draft, "comparisons", (query,))]
    shown: list[tuple[Paper, str]] = []
    for number, central in enumerate(_by_theme(material, themes, rows)):
        left = RESULTS_SHOWN - len(shown)
        most = min(1, left) if number < len(themes.leading) else left
        shown += material.examples(draft, central, most, ("result",), show_title=True, pattern=cues.COMPARISON)
    for trend in themes.leading:
        marks = themes.rows[trend.term]
        draft.cover(trend.term, marks, [paper.id for paper, _ in shown if marks[paper.row]])
    return Section(title, (*sentences, *cited_sentences(shown, paragraph=4)))


def notable_papers(material: Material, draft: Draft) -> Section:
    """Papers with an honour or a venue by their authors' comment, and papers that cross the most fields."""
    placed, placed_rows = evidence.matching(
        material,
        "placed",
        "Papers whose authors' comment says that they are accepted or published.",
        "comment",
        cues.PLACED,
        cues.NOT_HONOURED,
    )
    honoured, honoured_rows = evidence.matching(
        material,
        "honoured",
        "Papers whose authors' comment names an oral or spotlight presentation or an award.",
        "comment",
        cues.HONOURED,
        cues.NOT_HONOURED,
    )
    sentences: list[Sentence] = []
    if placed_rows or honoured_rows:
        named = [query for query in (placed, honoured) if query.values["papers"]]
        if named:
            sentences.append(computed(draft, "comments", named))
        sentences += _with_comments(material, draft, honoured_rows, placed_rows)
    sentences += _crossing(material, draft)
    shown = sum(bool(sentence.citations) for sentence in sentences)
    if shown < FEWEST_SHOWN and len(material):
        sentences += _central(material, draft, CENTRAL_SHOWN - shown)
    return Section("Notable papers", tuple(sentences))


def _central(material: Material, draft: Draft, most: int) -> list[Sentence]:
    """The papers nearest to the middle of all, for a category or a year with little else to choose by."""
    central = material.words.central(range(len(material)), CENTRAL)
    shown = material.examples(draft, central, most, ("tldr", "method", "result"))
    if not shown:
        return []
    if len(material) <= most:
        return cited_sentences(shown, paragraph=4)
    return [link("middle", opens_paragraph=True), *cited_sentences(shown)]


def _with_comments(material: Material, draft: Draft, honoured: list[int], placed: list[int]) -> list[Sentence]:
    """Awards first, then orals and spotlights of main conferences, then those of workshops, then what is published."""
    comments = {
        row: short_comment(material.frame["comment"][row], cues.HONOURED, cues.PLACED) for row in (*honoured, *placed)
    }
    named = [row for row in honoured if comments[row]]
    awards = [row for row in named if re.search(cues.AWARD, comments[row] or "")]
    main = [row for row in named if not re.search(r"(?i)workshop", comments[row] or "")]
    shown: list[tuple[Paper, str]] = []
    tiers = (
        (awards, NOTABLE_SHOWN // 3),
        (main, NOTABLE_SHOWN - 2),
        (named, NOTABLE_SHOWN),
        ([r for r in placed if comments[r]], NOTABLE_SHOWN),
    )
    for candidates, up_to in tiers:
        central = material.words.central(candidates, 4 * CENTRAL)
        shown += material.examples(draft, central, up_to - len(shown), ("tldr", "method", "result"))
    noted = []
    for paper, text in shown:
        note = f" (comment: {quoted(comments[paper.row] or '')})"
        noted.append((paper, f"{text[:-1]}{note}{text[-1]}"))
    return cited_sentences(noted, paragraph=4)


def _crossing(material: Material, draft: Draft) -> list[Sentence]:
    """Papers that carry categories of the most archives, most first."""
    archives = material.frame["categories"].list.eval(pl.element().str.split(".").list.first()).list.n_unique()
    query = evidence.crossing(material, FEWEST_ARCHIVES)
    if not query.values["papers"]:
        return []
    order = (
        pl.DataFrame({"row": pl.Series(range(len(material)), dtype=pl.UInt32), "archives": archives})
        .filter(pl.col("archives") >= FEWEST_ARCHIVES)
        .sort(["archives", "row"], descending=[True, False])["row"]
        .head(CENTRAL)
    )
    shown = material.examples(draft, order.to_list(), CROSSING_SHOWN, ("tldr", "method", "result"))
    if not shown:
        return []
    return [computed(draft, "crossing", (query,), opens_paragraph=True), *cited_sentences(shown)]
