"""What is new in a topic in a month: its numbers, papers in two plain sentences each, and all others by title.

The first sentence tells what a paper does, the second what a practitioner gets from it, or else what came out.
Both come from its summary; where the summary has nothing that stands on its own, the paper is in the list only.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from assets.digests.wording import count
from assets.overviews.finishing import finish, made_with, works
from assets.overviews.framing import afterwards, is_hollow, speaks_for_itself, standalone
from assets.overviews.links import link
from assets.overviews.month import WRITTEN_BY_RULES, Month, MonthPage, change, notice
from assets.overviews.parts import Draft, Query, Scope, Section, Sentence
from assets.overviews.phrasing import lower_first, month_of, part, percent, ratio_text
from assets.overviews.selection import alike
from assets.overviews.topics import Topic

RULES_VERSION = "2"
TOLD = 40
"""Papers of a topic that the page tells of; the others it lists."""
DOES = ("tldr", "method", "result")
GIVES = ("practical", "conclusion", "result", "method")


def build_topic_page(month: Month, topic: Topic) -> MonthPage:
    """The page of a topic in a month, verified; the same inputs give the same page."""
    draft = Draft()
    rows = month.rows[topic.key]
    numbers = _numbers(month, topic, draft)
    chosen = _chosen(month, rows)
    entries = Section("New papers", tuple(sentence for _, told in chosen for sentence in told))
    papers = month.corpus.frame.filter(rows)
    finished = finish(Scope(month.month, topic=topic.key), [numbers, entries], papers, draft.evidence, [topic.intro])
    shown = {work.id for work in finished.cited}
    also = papers.filter(~pl.col("paper_id").is_in(list(shown))).sort(["day", "paper_id"], descending=[True, False])
    statuses = dict(
        papers.filter(pl.col("paper_id").is_in(list(shown))).sort("paper_id").select("paper_id", "status").rows()
    )
    return MonthPage(
        month=month.month,
        topic=topic,
        title=f"What’s new in {lower_first(topic.name)}: {month.name}{month.held.mark}",
        as_of=month.as_of,
        papers=papers.height,
        notice=notice(month, list(statuses.values()), WRITTEN_BY_RULES),
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
            month.summaries.filter(pl.col("paper_id").is_in(list(shown))).sort("paper_id"), RULES_VERSION
        ),
        source_note=month.source_note,
    )


def _numbers(month: Month, topic: Topic, draft: Draft) -> Section:
    """What the topic is about, how much was written, and whether that is more or less than before."""
    query = month.topic_count(topic)
    gloss = Sentence(topic.intro, kind="link")
    return Section("The month in numbers", (gloss, *counted(query, draft, month, topic), link("newest first")))


def counted(query: Query, draft: Draft, month: Month, topic: Topic) -> Iterator[Sentence]:
    """The topic's size and, where the interval leaves out 1, its change."""
    values = query.values
    papers, of = values["papers"], values["of"]
    name = draft.query(query)
    if not papers:
        yield Sentence(
            f"None of the {count(of, 'new paper')} of {month.name} belongs to {quoted_name(topic)}.", queries=(name,)
        )
        return
    announced = "arXiv announced" if month.held.is_over else f"the almanac holds from {month.held.text}"
    where = "in" if month.held.is_over else "of"
    volume = () if month.held.is_over else (draft.query(month.volume()),)
    yield Sentence(
        f"Of the {count(of, 'new paper')} that {announced} {where} {month.name} in the categories followed,"
        f" {papers:,} ({part(papers, of)}) {'belongs' if papers == 1 else 'belong'} here.",
        queries=(name, *volume),
    )
    if (direction := change(query)) is not None:
        yield Sentence(
            f"The share {direction} from {percent(values['share_before'])} in {month_of(values['month_before'])} to"
            f" {percent(values['share'])}, which is more than chance would do (95 % interval of the ratio"
            f" {ratio_text(values['low'], values['high'])}).",
            queries=(name,),
        )


def quoted_name(topic: Topic) -> str:
    """The topic's name between quotation marks, as a query's value holds it."""
    return f"“{topic.name}”"


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
    texts = [text for name in DOES if (text := standalone(paper.summary[name]))]
    does = next((text for text in texts if speaks_for_itself(text, paper.title)), None)
    if does is None:
        return []
    gives = next(
        (
            text
            for name in GIVES
            if (text := standalone(paper.summary[name], addresses=True))
            and text != does
            and not alike(text, does)
            and not is_hollow(text)
        ),
        None,
    )
    told = [Sentence(does, citations=(paper.id,), opens_paragraph=True, under_title=True)]
    if gives is not None:
        told.append(Sentence(afterwards(gives), citations=(paper.id,), under_title=True))
    return told
