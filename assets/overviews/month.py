"""A month as its pages see it: the papers, the topics that they belong to, and the numbers of both as named queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from assets.digests.wording import MONTHS, count
from assets.overviews.answers import COLUMNS, Answers, mentioning
from assets.overviews.forms.month import direction
from assets.overviews.held import Held
from assets.overviews.material import LANGUAGE, Corpus, new_papers
from assets.overviews.mentions import LEAST_PAPERS
from assets.overviews.parts import Cited, Query, Section
from assets.overviews.topics import Topic, members

if TYPE_CHECKING:
    from assets.overviews.writing.report import Report
    from assets.overviews.writing.retelling import Retold


def month_title(month: str) -> str:
    """ "2026-01" in words: "January 2026"."""
    return f"{MONTHS[int(month[5:7]) - 1]} {month[:4]}"


def month_before(month: str) -> str:
    """The month before a 'YYYY-MM'."""
    year, number = int(month[:4]), int(month[5:7])
    return f"{year - 1:04}-12" if number == 1 else f"{year:04}-{number - 1:02}"


class Month:
    """The new papers of a month with their summaries, and those of the month before for comparison."""

    def __init__(
        self,
        month: str,
        papers: pl.DataFrame,
        summaries: pl.DataFrame,
        before: pl.DataFrame,
        topics: Sequence[Topic],
        held: Held,
        source_note: str | None = None,
    ) -> None:
        """`papers` and `before` are rows of PAPERS, `summaries` of SUMMARIES, all of the followed categories.

        `held` are the announcement days of the month that are known; `source_note` what a reader must be
        told of the source.
        """
        self.month, self.topics, self.held, self.source_note = month, topics, held, source_note
        self.as_of = held.as_of
        self.corpus = Corpus(new_papers(papers), summaries)
        self.summaries = summaries
        self._papers, self._before = papers, before
        self.before = new_papers(before).unique("paper_id", keep="first", maintain_order=True)

    def __len__(self) -> int:
        return len(self.corpus)

    @property
    def name(self) -> str:
        """In words: "January 2026"."""
        return month_title(self.month)

    @cached_property
    def rows(self) -> dict[str, pl.Series]:
        """Topic's key → its papers, booleans by row."""
        return members(self.corpus.frame, self.topics)

    @cached_property
    def rows_before(self) -> dict[str, pl.Series]:
        """The same of the month before."""
        return members(self.before, self.topics)

    @cached_property
    def answers(self) -> Answers:
        """What answers the pages' queries."""
        columns = list(COLUMNS["papers"])
        return Answers.of({"papers": pl.concat([self._papers.select(columns), self._before.select(columns)])})

    def volume(self) -> Query:
        """Papers, announcement days, papers with a summary and several fields."""
        return self.answers.certain(
            "volume",
            f"New papers of {self.month} in the followed categories, and their announcement days.",
            "month",
            {
                "month": self.month,
                "as_of": self.as_of.isoformat(),
                "held_days": len(self.held.days),
                "days_of_month": len(self.held.of),
            },
        )

    def topic_count(self, topic: Topic) -> Query:
        """A topic's papers and their share; with the month before, the ratio of the shares and its 95 % interval."""
        return self.answers.certain(
            f"topic: {topic.key}",
            f"New papers of {self.month} that {topic.query}.",
            "topic_month",
            {
                "topic": topic.name,
                "month": self.month,
                "month_before": month_before(self.month),
                "categories": list(topic.categories),
                "pattern": mentioning(topic.terms),
                "least_papers": LEAST_PAPERS,
            },
        )


def change(query: Query) -> str | None:
    """ "rose" or "fell" where the interval of the ratio leaves out 1; None where nothing may be said."""
    return direction(query.values)


@dataclass(frozen=True)
class MonthPage:
    """A finished page of a month: of a topic, or the article (`topic` is None)."""

    month: str
    topic: Topic | None
    title: str
    as_of: date
    papers: int
    notice: str
    """What made the page from what, as every page says below its title."""
    sections: tuple[Section, ...]
    cited: tuple[Cited, ...]
    also: tuple[Cited, ...]
    """Papers of the topic that the page lists without telling of them."""
    statuses: Mapping[str, str]
    """Paper that is told of → status of the summary that its sentences come from, or BY_MODEL."""
    evidence: Mapping[str, Query]
    coverage: Mapping[str, Any]
    verification: Mapping[str, Any]
    made_with: Mapping[str, Any]
    source_note: str | None = None


def statuses_of(papers: pl.DataFrame, told: Collection[str], retold: Retold | None) -> dict[str, str]:
    """Paper → status of the summary that its sentences come from; BY_MODEL where the page's own model told of it."""
    rows = papers.filter(pl.col("paper_id").is_in(list(told))).sort("paper_id").select("paper_id", "status").rows()
    by_model = retold.texts if retold is not None else {}
    return {paper: BY_MODEL if paper in by_model else status for paper, status in rows}


def notice(month: Month, statuses: Collection[str], report: Report | None = None) -> str:
    """Which texts are whose: what rules took from abstracts is never called a summary by a model."""
    own = sum(status == BY_MODEL for status in statuses)
    by_rules = sum(status == "extractive" for status in statuses)
    by_model = len(statuses) - own - by_rules
    told = []
    if own and report is not None:
        told.append(
            f"the sentences about {count(own, 'paper')} were written by the model ({report.model}) from its notes of"
            " the abstracts, and each was checked against its abstract"
        )
    if by_rules:
        told.append(
            f"{'those' if told else 'the sentences'} about {count(by_rules, 'paper')} were taken from the paper’s own"
            " abstract by rules and put into the third person"
        )
    if by_model:
        models = sorted(
            set(month.summaries.filter(pl.col("status") != "extractive")["model"].drop_nulls().unique().to_list())
        )
        told.append(
            f"{'those' if told else 'the sentences'} about {count(by_model, 'paper')} come from summaries that a"
            f" language model{f' ({chr(44).join(models)})' if models else ''} wrote of the abstract"
        )
    writer = WRITTEN_WITH_A_MODEL if own else WRITTEN_BY_RULES
    text = f"{writer} It was made from the titles, abstracts and counts in arXiv’s metadata, not from the full papers"
    text = f"{text}; {'; '.join(told)}." if told else f"{text}."
    languages = sorted(month.summaries["language"].unique())
    if languages and LANGUAGE not in languages:
        text += (
            f" The summaries of its papers are written in another language ({', '.join(languages)}); the page is in"
            " English and quotes none of them."
        )
    if report is not None and report.unanswered:
        text += f" The model could not be asked about {count(report.unanswered, 'paper')}; a later run asks again."
    return text


BY_MODEL = "model"
"""In place of a summary's status: the page's own model told of the paper."""
WRITTEN_WITH_A_MODEL = (
    "This page is machine-made, without an editor: a language model wrote of papers, and rules wrote the rest."
)
"""The first half of the notice where a model wrote."""
WRITTEN_BY_RULES = "This page is machine-made: rules wrote it, without a language model and without an editor."
"""The first half of the notice where no model wrote."""
