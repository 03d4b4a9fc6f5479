"""The papers and summaries of a page, joined once and looked up by row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from assets.overviews.answers import Answers
from assets.overviews.distinctive import Titles
from assets.overviews.framing import attributed, speaks_for_itself, standalone
from assets.overviews.mentions import BREAK, normalised, says_one_of
from assets.overviews.parts import Draft, Inputs, Sentence
from assets.overviews.representatives import Representatives
from assets.overviews.selection import Words, alike, words_of
from assets.summaries.fields import TEXT_FIELDS

LANGUAGE = "en"
"""The page is in English, and so are the summaries that it quotes."""
NEW = ("new", "cross")
"""Listings by which a paper is new in the followed categories; replacements of earlier papers are not."""


def new_papers(papers: pl.DataFrame) -> pl.DataFrame:
    """The rows of PAPERS that the pages are about."""
    return papers.filter(pl.col("listing").is_in(NEW))


@dataclass(frozen=True)
class Paper:
    """A paper with the texts of its summary (None where there is none)."""

    row: int
    id: str
    title: str
    authors: tuple[str, ...]
    day: date
    summary: dict[str, str | None]


class Corpus:
    """Papers in the order of announcement, each once, with their English summaries.

    `frame` has the columns of PAPERS and of the summary's text fields; a row number stands for a
    paper everywhere else.
    """

    def __init__(self, papers: pl.DataFrame, summaries: pl.DataFrame) -> None:
        """From rows of PAPERS and of SUMMARIES."""
        once = papers.sort(["day", "paper_id"]).unique("paper_id", keep="first", maintain_order=True)
        english = (
            summaries.filter(pl.col("language") == LANGUAGE)
            .sort(["day", "paper_id"])
            .unique("paper_id", keep="last", maintain_order=True)
            .select("paper_id", "status", *TEXT_FIELDS)
        )
        self.frame = once.join(english, on="paper_id", how="left", maintain_order="left")

    def __len__(self) -> int:
        return self.frame.height

    @cached_property
    def texts(self) -> pl.Series:
        """Title and abstract of each paper, normalised for `mentions.mention`, with BREAK between them."""
        return self.frame.select(normalised(pl.col("title")) + BREAK + normalised(pl.col("abstract"))).to_series()

    @cached_property
    def titles(self) -> pl.Series:
        """The title of each paper, normalised likewise."""
        return self.frame.select(normalised(pl.col("title"))).to_series()

    @cached_property
    def words(self) -> Words:
        """TF-IDF weights over title and TL;DR."""
        return words_of(
            self.frame.select(pl.concat_str("title", pl.col("tldr").fill_null(""), separator=" ")).to_series()
        )

    @cached_property
    def representatives(self) -> Representatives:
        """What ranks the papers of a group."""
        return Representatives(self.frame, self.words)

    @cached_property
    def names(self) -> Titles:
        """What names a group of papers."""
        return Titles(self.frame["title"])

    def paper(self, row: int) -> Paper:
        """A paper by its row."""
        found = self.frame.row(row, named=True)
        return Paper(
            row,
            found["paper_id"],
            found["title"],
            tuple(found["authors"]),
            found["day"],
            {name: found[name] for name in TEXT_FIELDS},
        )

    def examples(
        self,
        draft: Draft,
        candidates: Sequence[int],
        most: int,
        fields: tuple[str, ...],
        show_title: bool = False,
        pattern: str | None = None,
        about: Sequence[str] = (),
        fill: int = 1,
        addresses: bool = False,
    ) -> list[tuple[Paper, str]]:
        """The first papers among the candidates that can be shown, each with its sentence, and now taken.

        A paper is passed over when it is taken already, withdrawn, too like one just chosen, or when none of
        the `fields` of its summary holds a sentence that stands on its own, has the `pattern` and mentions one of
        the terms `about`, where these are given. Sentences that tell what the paper does go first; others
        are taken only until there are `fill`. Web addresses stand in no sentence unless allowed.
        """
        chosen: list[tuple[Paper, str]] = []
        for strict in (True, False):
            for row in candidates:
                if len(chosen) >= (most if strict else min(most, fill)):
                    break
                paper = self.paper(row)
                if paper.id in draft.used or self.frame["is_withdrawn"][row]:
                    continue
                if any(alike(paper.title, other.title) for other, _ in chosen):
                    continue
                text = _sentence(paper, fields, pattern, about, strict, addresses)
                if text is not None:
                    chosen.append((paper, attributed(text, paper.authors, paper.title, len(draft.used), show_title)))
                    draft.used.add(paper.id)
        return chosen


class Material(Corpus):
    """The papers and summaries of an overview, with all else that it is computed from."""

    def __init__(self, inputs: Inputs) -> None:
        super().__init__(new_papers(inputs.papers), inputs.summaries)
        self.inputs = inputs

    @cached_property
    def answers(self) -> Answers:
        """What answers the page's queries."""
        inputs = self.inputs
        return Answers.of(
            {
                "papers": inputs.papers,
                "summaries": inputs.summaries,
                "category_monthly": inputs.category_months,
                "category_yearly": inputs.category_years,
                "term_trends": inputs.terms,
            }
        )


def _sentence(
    paper: Paper, fields: tuple[str, ...], pattern: str | None, about: Sequence[str], strict: bool, addresses: bool
) -> str | None:
    """The first of a summary's fields that can be shown."""
    for name in fields:
        text = standalone(paper.summary[name], addresses)
        if text is None or (pattern is not None and re.search(pattern, text) is None):
            continue
        if about and not says_one_of(text, about):
            continue
        if not strict or speaks_for_itself(text, paper.title):
            return text
    return None


def cited_sentences(examples: Sequence[tuple[Paper, str]], paragraph: int | None = None) -> list[Sentence]:
    """Examples as sentences, in paragraphs of a given length or going on with the one before."""
    return [
        Sentence(text, citations=(paper.id,), opens_paragraph=paragraph is not None and number % paragraph == 0)
        for number, (paper, text) in enumerate(examples)
    ]
