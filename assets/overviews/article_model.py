"""The article of a month with a model: what it may tell, how long that should be, and what of it the page keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from assets.overviews.finishing import Finished, fault_of, finish
from assets.overviews.month import Month
from assets.overviews.parts import Draft, Scope, Section
from assets.overviews.topics import Topic
from assets.overviews.writing.groups import write_groups
from assets.overviews.writing.prompts import Group
from assets.overviews.writing.retelling import Retold, blocks_of, settle, texts_of
from assets.overviews.writing.sources import source_of

if TYPE_CHECKING:
    from assets.overviews.writing.asking import ModelWriter

WORDS = (600, 900)
SENTENCE = (18, 40)
"""Words that a model's sentence about a paper may be asked to have."""


@dataclass(frozen=True)
class Planned:
    """An article by rules, before it is verified: its opening, the areas' sections, and what ends it."""

    month: Month
    areas: Sequence[Topic]
    sections: Sequence[Section]
    draft: Draft

    @property
    def told(self) -> list[Section]:
        """The sections of the areas, whose papers a model may tell of."""
        return list(self.sections[1 : 1 + len(self.areas)])

    def finish(self, told: Sequence[Section]) -> Finished:
        """The article with these sections of the areas, verified."""
        return finish(
            Scope(self.month.month),
            [self.sections[0], *told, *self.sections[1 + len(self.areas) :]],
            self.month.corpus.frame,
            self.draft.evidence,
            [topic.intro for topic in self.month.topics],
        )


def words_of(sections: Sequence[Section]) -> int:
    """Words of the prose, headings left out."""
    return sum(len(sentence.text.split()) for section in sections for sentence in section.sentences)


def retell(month: Month, planned: Planned, writer: ModelWriter) -> Retold:
    """The papers of the areas, told by a model in sentences whose length makes an article of the wanted one."""
    rows = {paper: row for row, paper in enumerate(month.corpus.frame["paper_id"])}
    groups = [
        Group(section.title, [source_of(month.corpus, rows[block[0].citations[0]]) for block in run])
        for section in planned.told
        for run in blocks_of(section)
    ]
    ids = [paper.id for group in groups for paper in group.papers]
    papers, scope = month.corpus.frame.filter(pl.col("paper_id").is_in(ids)), Scope(month.month)
    of_papers = sum(len(text.split()) for texts in texts_of(planned.told).values() for text in texts)
    left = sum(WORDS) // 2 - (words_of(planned.finish(planned.told).sections) - of_papers)
    shortest, longest = SENTENCE
    return write_groups(
        writer,
        f"article {month.month}",
        groups,
        lambda sentence: fault_of(scope, sentence, papers),
        words=min(max(left // max(1, len(ids)), shortest), longest),
    )


def of_the_wanted_length(planned: Planned, retold: Retold) -> Finished:
    """The article with the model's sentences, as far as they leave it in the bounds that the rules' keep."""
    rules = texts_of(planned.told)
    while True:
        finished = settle(planned.told, retold, planned.finish, replay=False)
        words = words_of(finished.sections)
        longer = {
            paper: sum(len(text.split()) for text in texts) - sum(len(text.split()) for text in rules[paper])
            for paper, texts in sorted(retold.texts.items())
        }
        paper = max(longer, key=lambda one: longer[one] if words > WORDS[1] else -longer[one], default=None)
        if paper is None or WORDS[0] <= words <= WORDS[1] or (longer[paper] > 0) != (words > WORDS[1]):
            return finished
        reason = f"makes the article {'longer than' if words > WORDS[1] else 'shorter than'} it should be"
        retold.take_back(paper, dict.fromkeys(retold.texts[paper], reason), rules[paper])
