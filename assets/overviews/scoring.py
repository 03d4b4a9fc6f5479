"""What became of the statements with which last year's overview looked ahead.

A statement says that more than a threshold of a category's papers will mention a topic. The mart `term_trends` decides;
a topic that it does not hold any more, because too few papers mention it, is counted in titles and abstracts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from assets.overviews.evidence import scope
from assets.overviews.forms import computed
from assets.overviews.links import link
from assets.overviews.material import Material
from assets.overviews.mentions import mention
from assets.overviews.parts import Draft, Query, Section
from assets.overviews.trend_evidence import sought

TITLE = "How last year’s outlook fared"


@dataclass(frozen=True)
class Statement:
    """A dated, testable statement: in `year`, more than `threshold` of the category's papers mention `term`."""

    term: str
    label: str
    """The term as the page writes it."""
    category: str
    year: int
    threshold: float
    share: float
    """The share in the year in which the statement was made."""
    made: str
    """The day up to which its page knew what was announced, ISO 8601."""

    def as_json(self) -> dict[str, Any]:
        """For the page's JSON."""
        return {**vars(self)}


@dataclass(frozen=True)
class Score:
    """A statement with what came of it."""

    statement: Statement
    papers: int
    share: float
    counted: bool = False
    """Whether the papers were counted here, because the mart does not hold the term."""

    @property
    def held(self) -> bool:
        """Whether the share is above the threshold."""
        return self.share > self.statement.threshold

    def as_json(self) -> dict[str, Any]:
        """For the page's JSON."""
        return {**self.statement.as_json(), "papers": self.papers, "share_now": self.share, "held": self.held}


def statements_of(document: Mapping[str, Any]) -> list[Statement]:
    """The statements in an overview's JSON; none in one that was made before there were any."""
    return [Statement(**entry) for entry in document.get("outlook", ())]


def score(material: Material, statements: Sequence[Statement]) -> list[Score]:
    """The scores of the statements about the page's year and category, in their order."""
    inputs = material.inputs
    due = [s for s in statements if (s.year, s.category) == (inputs.year, inputs.category)]
    primary = material.frame["primary_category"] == inputs.category
    total = int(primary.sum())
    if not due or not total:
        return []
    rows = inputs.terms.filter((pl.col("year") == inputs.year) & (pl.col("category") == inputs.category))
    known = {term: (papers, share) for term, papers, share in rows.select("term", "papers", "share").iter_rows()}
    marks = mention(material.texts, [statement.term for statement in due if statement.term not in known])
    scores = []
    for statement in due:
        if statement.term in known:
            papers, share = known[statement.term]
        else:
            papers = int((marks[statement.term] & primary).sum())
            share = papers / total
        scores.append(Score(statement, int(papers), float(share), statement.term not in known))
    return scores


def scored(material: Material, scores: Sequence[Score], draft: Draft) -> Section:
    """The section: how many statements held, then each."""
    if not scores:
        return Section(TITLE, ())
    over = material.inputs.year_is_over
    total = Query(
        "scores",
        f"Statements about {material.inputs.year} by the overview of the year before, and those that the numbers bear"
        " out.",
        "",
        {
            "year": material.inputs.year,
            "statements": len(scores),
            "held": sum(found.held for found in scores),
            "over": over,
        },
        made_by="counting the answers to the queries of the statements, which follow",
    )
    sentences = [link("scored rule" if over else "scored so far"), computed(draft, "scores", (total,))]
    for number, found in enumerate(scores):
        sentences.append(computed(draft, "score", (_query(material, found),), number))
    return Section(TITLE, tuple(sentences))


def _query(material: Material, found: Score) -> Query:
    statement = found.statement
    return material.answers.certain(
        f"score: {statement.term}",
        f"The statement of {statement.made[:4]} about papers that mention “{statement.label}”, and their share now.",
        "score_counted" if found.counted else "score",
        {
            **scope(material.inputs),
            "label": statement.label,
            "made": statement.made,
            "threshold": statement.threshold,
            "over": material.inputs.year_is_over,
            **sought(statement.term, found.counted),
        },
    )
