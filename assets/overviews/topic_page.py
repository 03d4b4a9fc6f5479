"""What is new in a topic in a month: its numbers, papers in two plain sentences each, and all others by title.

The first sentence tells what a paper does, the second what a practitioner gets from it, or else what came out, or how.
By rules both come from its summary; where the summary has nothing that stands on its own, the paper is in the list
only. A model tells of the same papers, and what it cannot tell the rules do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from assets.overviews.finishing import Finished, fault_of, finish, made_with, works
from assets.overviews.forms import computed
from assets.overviews.framing import AUTHORS, afterwards, goes_on, is_hollow, speaks_for_itself, standalone
from assets.overviews.links import link
from assets.overviews.month import Month, MonthPage, change, notice, statuses_of
from assets.overviews.parts import Draft, Query, Scope, Section, Sentence
from assets.overviews.phrasing import lower_first
from assets.overviews.selection import alike
from assets.overviews.topics import Topic
from assets.overviews.writing.entries import Entries, write_entries
from assets.overviews.writing.prompts import DOES, GIVES
from assets.overviews.writing.report import Report
from assets.overviews.writing.retelling import Retold, settle, texts_of, told_in
from assets.overviews.writing.sources import source_of
from assets.summaries.checks import repeats

if TYPE_CHECKING:
    from assets.overviews.writing.asking import ModelWriter

RULES_VERSION = "3"
TOLD = 40
"""Papers of a topic that the page tells of; the others it lists."""
FIRST = ("tldr", "method", "result")
SECOND = ("practical", "conclusion", "result", "method")
"""The fields of a summary that rules take the sentences from, in the order in which they are tried."""


def build_topic_pages(month: Month, topics: Sequence[Topic], writer: ModelWriter | None = None) -> list[MonthPage]:
    """The pages of some topics in a month, verified; the same inputs (and answers) give the same pages.

    With a `writer`, a model tells of the papers; a paper that stands on several pages is asked about once.
    """
    drafts = [_drafted(month, topic) for topic in topics]
    if writer is None:
        return [_page(month, drafted, None) for drafted in drafts]
    told = {sentence.citations[0] for drafted in drafts for sentence in drafted.entries.sentences}
    frame, scope = month.corpus.frame, Scope(month.month)
    rows = frame.select(pl.col("paper_id").is_in(list(told))).to_series().arg_true()
    alone = {frame["paper_id"][row]: frame[row] for row in rows}
    entries = write_entries(
        writer,
        f"topics {month.month}",
        [source_of(month.corpus, row) for row in rows],
        lambda sentence: fault_of(scope, sentence, alone[sentence.citations[0]]),
    )
    return [_page(month, drafted, _retold(drafted.entries, entries)) for drafted in drafts]


def build_topic_page(month: Month, topic: Topic, replay: Mapping[str, Any] | None = None) -> MonthPage:
    """The page of a topic in a month, verified; the same inputs give the same page.

    `replay` is the JSON of a page of which a model told: its sentences are taken from there, and nobody is asked.
    """
    drafted = _drafted(month, topic)
    retold = told_in(replay, [drafted.entries]) if replay is not None else None
    return _page(month, drafted, retold, replay=replay is not None)


@dataclass(frozen=True)
class _Drafted:
    """A page as rules write it, before it is verified."""

    topic: Topic
    draft: Draft
    numbers: Section
    entries: Section


def _drafted(month: Month, topic: Topic) -> _Drafted:
    draft = Draft()
    numbers = _numbers(month, topic, draft)
    chosen = _chosen(month, month.rows[topic.key])
    entries = Section("New papers", tuple(sentence for _, told in chosen for sentence in told))
    return _Drafted(topic, draft, numbers, entries)


def _retold(section: Section, entries: Entries) -> Retold:
    """The section's papers as a model told of them; where it has no second sentence, the rules may have one."""
    retold = Retold(Report(entries.model))
    report, spent = retold.report, []
    for paper, rules in texts_of([section]).items():
        entry = entries.by_paper.get(paper)
        if entry is None:
            report.unanswered += 1
            continue
        spent.append(entry.spent)
        for text, reason in entry.refused:
            report.reject(paper, text, reason)
        if not entry.texts:
            continue
        report.written += len(entry.texts) - entry.repaired
        report.repaired += entry.repaired
        does, gives = entry.texts[DOES], entry.texts.get(GIVES)
        second = gives or next(iter(rules[1:]), "")
        if not second or alike(second, does) or repeats(second, does):
            retold.texts[paper] = (does,)
            if gives is not None:
                report.reject(paper, gives, "says what the first sentence says")
        else:
            retold.texts[paper] = (does, second)
    report.pay(spent)
    if report.unanswered:
        report.stopped = entries.stopped
    return retold


def _page(month: Month, drafted: _Drafted, retold: Retold | None, *, replay: bool = False) -> MonthPage:
    topic = drafted.topic
    papers = month.corpus.frame.filter(month.rows[topic.key])
    scope = Scope(month.month, topic=topic.key)

    def finished_with(entries: Sequence[Section]) -> Finished:
        return finish(scope, [drafted.numbers, *entries], papers, drafted.draft.evidence, [topic.intro])

    finished = settle([drafted.entries], retold, finished_with, replay=replay)
    shown = {work.id for work in finished.cited}
    also = papers.filter(~pl.col("paper_id").is_in(list(shown))).sort(["day", "paper_id"], descending=[True, False])
    statuses = statuses_of(papers, shown, retold)
    report = retold.report if retold is not None else None
    return MonthPage(
        month=month.month,
        topic=topic,
        title=f"What’s new in {lower_first(topic.name)}: {month.name}{month.held.mark}",
        as_of=month.as_of,
        papers=papers.height,
        notice=notice(month, list(statuses.values()), report),
        sections=finished.sections,
        cited=finished.cited,
        also=tuple(works(also)),
        statuses=statuses,
        evidence=finished.evidence,
        coverage={
            "share": 1.0,
            "papers": papers.height,
            "of": papers.height,
            "told": len(shown),
            "listed": also.height,
        },
        verification=finished.verification,
        made_with=made_with(
            month.summaries.filter(pl.col("paper_id").is_in(list(shown))).sort("paper_id"), RULES_VERSION, report
        ),
        source_note=month.source_note,
    )


def _numbers(month: Month, topic: Topic, draft: Draft) -> Section:
    """What the topic is about, how much was written, and whether that is more or less than before."""
    query = month.topic_count(topic)
    gloss = Sentence(topic.intro, kind="link")
    return Section("The month in numbers", (gloss, *counted(query, draft, month), link("newest first")))


def counted(query: Query, draft: Draft, month: Month) -> Iterator[Sentence]:
    """The topic's size and, where the interval leaves out 1, its change."""
    volume = () if month.held.is_over or not query.values["papers"] else (month.volume(),)
    yield computed(draft, "topic volume", (query, *volume))
    if query.values["papers"] and change(query) is not None:
        yield computed(draft, "topic share", (query,))


def _chosen(month: Month, rows: pl.Series) -> list[tuple[int, list[Sentence]]]:
    """The papers to tell of with their sentences, newest first; those of a day by their rank."""
    corpus = month.corpus
    ranked = corpus.representatives.ranked(rows.arg_true(), 3 * TOLD)
    found: list[tuple[int, list[Sentence]]] = []
    for row in ranked:
        if len(found) == TOLD:
            break
        if not corpus.frame["is_withdrawn"][row] and (told := _two_sentences(month, row)):
            found.append((row, told))
    days = corpus.frame["day"]
    return sorted(found, key=lambda pair: days[pair[0]], reverse=True)


def _two_sentences(month: Month, row: int) -> list[Sentence]:
    """What a paper does and what one gets from it; fewer where the summary has fewer that stand on their own."""
    paper = month.corpus.paper(row)
    texts = [text for name in FIRST if (text := standalone(paper.summary[name]))]
    does = next((text for text in texts if speaks_for_itself(text, paper.title) and not is_hollow(text)), None)
    if does is None:
        return []
    gives = next(
        (
            text
            for name in SECOND
            if (text := standalone(paper.summary[name], addresses=True))
            and text != does
            and not alike(text, does)
            and goes_on(text)
        ),
        None,
    )
    told = [Sentence(does, citations=(paper.id,), opens_paragraph=True, under_title=True)]
    if gives is not None:
        # "They" needs somebody to mean.
        second = afterwards(gives) if AUTHORS.search(does) else gives
        told.append(Sentence(second, citations=(paper.id,), under_title=True))
    return told
