"""Sections by rules with a model's sentences in place of some, when a page is written and when it is read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from assets.overviews.parts import Section, Sentence
from assets.overviews.writing.report import REFUSED, Report

if TYPE_CHECKING:
    from assets.overviews.finishing import Finished

NO_FIT = "does not go with the rest of the page"


@dataclass
class Retold:
    """What stands about papers in place of the rules' sentences, and the order in which a model tells of them."""

    report: Report
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Paper → its sentences in their order, one of the model's among them at least."""
    order: list[str] = field(default_factory=list)
    """Papers as a paragraph has them; those that are missing stay behind the others, as they were."""

    def add(self, other: Retold) -> None:
        """Takes another group's sentences in; what they cost is booked apart."""
        self.texts |= other.texts
        self.order += other.order
        self.report.written += other.report.written
        self.report.repaired += other.report.repaired
        self.report.rejected += other.report.rejected

    def leave_the_same(self, rules: Mapping[str, Sequence[str]]) -> None:
        """Leaves papers to the rules of which they tell in the same words: no reader could tell whose they are."""
        self.texts = {paper: texts for paper, texts in self.texts.items() if set(texts) - set(rules[paper])}

    def take_back(self, paper: str, lost: Mapping[str, str], by_rules: Sequence[str]) -> None:
        """Leaves sentences out (text → reason); a paper that keeps none of the model's is told by rules."""
        for text in self.texts[paper]:
            if text in lost and text not in by_rules:
                self.report.reject(paper, text, lost[text])
        kept = tuple(text for text in self.texts[paper] if text not in lost)
        if set(kept) - set(by_rules):
            self.texts[paper] = kept
        else:
            del self.texts[paper]

    def count(self, sections: Sequence[Section], rules: Mapping[str, Sequence[str]]) -> None:
        """Counts whose sentences about papers the finished sections hold."""
        told = [text in rules[paper] for paper, texts in texts_of(sections).items() for text in texts]
        self.report.by_rules = sum(told)
        self.report.taken_back = self.report.written + self.report.repaired - (len(told) - sum(told))


def blocks_of(section: Section) -> Iterator[list[list[Sentence]]]:
    """The runs of sentences about papers, each as blocks of sentences about one paper."""
    for about, run in groupby(section.sentences, key=_is_about_a_paper):
        if about:
            yield [list(block) for _, block in groupby(run, key=lambda sentence: sentence.citations[0])]


def texts_of(sections: Sequence[Section]) -> dict[str, list[str]]:
    """Paper → the sentences about it."""
    blocks = [block for section in sections for run in blocks_of(section) for block in run]
    return {block[0].citations[0]: [sentence.text for sentence in block] for block in blocks}


def told_anew(section: Section, retold: Retold) -> Section:
    """The section with the texts in place of the rules', the papers of each run in the order."""
    places = {paper: place for place, paper in enumerate(retold.order)}
    runs = blocks_of(section)
    sentences: list[Sentence] = []
    for about, rest in groupby(section.sentences, key=_is_about_a_paper):
        if not about:
            sentences += rest
            continue
        blocks = sorted(next(runs), key=lambda block: places.get(block[0].citations[0], len(places)))
        told = [sentence for block in blocks for sentence in _told(block, retold.texts.get(block[0].citations[0]))]
        opens = next(iter(rest)).opens_paragraph
        if not told[0].under_title and places:
            told = [replace(sentence, opens_paragraph=opens and not number) for number, sentence in enumerate(told)]
        sentences += told
    return Section(section.title, tuple(sentences))


def told_in(page: Mapping[str, Any], by_rules: Sequence[Section]) -> Retold:
    """What a page's JSON tells in place of these sections' sentences; raises what a broken JSON raises.

    Sentences are the model's where the rules have not made them. A paper that the page lacks is told by rules, so that
    a page cannot lose one unseen.
    """
    rules = texts_of(by_rules)
    titles = {section.title for section in by_rules}
    found: dict[str, tuple[str, ...]] = {}
    for part in page["sections"]:
        for sentence in part["sentences"] if part["title"] in titles else ():
            if len(sentence["citations"]) == 1 and not sentence["queries"]:
                paper = sentence["citations"][0]
                found[paper] = (*found.get(paper, ()), sentence["text"])
    report = Report.of_page(page)
    if report is None:
        raise ValueError("no model told of the page")
    retold = Retold(report)
    retold.texts = {paper: texts for paper, texts in found.items() if paper in rules and set(texts) - set(rules[paper])}
    if not any(sentence.under_title for section in by_rules for sentence in section.sentences):
        retold.order = list(found)
    return retold


def settle(
    by_rules: Sequence[Section], retold: Retold | None, finish: Callable[[Sequence[Section]], Finished], *, replay: bool
) -> Finished:
    """The finished page: what stands alone may still repeat another sentence of it, and is then taken back.

    `replay` says that the sentences are those of a finished page, whose report stays as it is.
    """
    if retold is None:
        return finish(by_rules)
    rules = texts_of(by_rules)
    if not replay:
        retold.leave_the_same(rules)
    while True:
        finished = finish([told_anew(section, retold) for section in by_rules])
        cut = {entry["text"]: NO_FIT for entry in finished.verification["cut"]}
        gone = [paper for paper, texts in retold.texts.items() if not cut.keys().isdisjoint(texts)]
        if not gone:
            break
        for paper in gone:
            retold.take_back(paper, cut, rules[paper])
    if not replay:
        titles = {section.title for section in by_rules}
        retold.count([section for section in finished.sections if section.title in titles], rules)
    return replace(finished, verification={**finished.verification, REFUSED: retold.report.refused})


def _is_about_a_paper(sentence: Sentence) -> bool:
    return bool(sentence.citations) and not sentence.queries


def _told(block: Sequence[Sentence], texts: Sequence[str] | None) -> Sequence[Sentence]:
    if texts is None:
        return block
    first = block[0]
    return [
        Sentence(
            text,
            citations=first.citations,
            opens_paragraph=first.opens_paragraph and not number,
            under_title=first.under_title,
        )
        for number, text in enumerate(texts)
    ]
