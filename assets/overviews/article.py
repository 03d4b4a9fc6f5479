"""The article of a month: what happened in a handful of areas, told to people outside the field.

The areas are topics of the settings, those whose share changed first, then the largest. Each section has its numbers
from queries, and papers whose sentences are the plainest among those that speak for the area. The length is fitted:
the first plan of `PLANS` whose article has the wanted number of words is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from assets.overviews.article_model import WORDS, Planned, of_the_wanted_length, retell, words_of
from assets.overviews.article_phrases import common, led_in, title_text
from assets.overviews.finishing import made_with
from assets.overviews.forms import computed
from assets.overviews.framing import attributed, speaks_for_itself, standalone
from assets.overviews.links import link
from assets.overviews.material import Paper
from assets.overviews.month import Month, MonthPage, change, notice, statuses_of
from assets.overviews.parts import Draft, Query, Section, Sentence
from assets.overviews.phrasing import quoted, short_authors
from assets.overviews.plainness import hardness, tells_of_the_title
from assets.overviews.selection import alike
from assets.overviews.topics import Topic
from assets.overviews.writing.retelling import settle, texts_of, told_in

if TYPE_CHECKING:
    from assets.overviews.writing.asking import ModelWriter

RULES_VERSION = "3"
PLANS = ((5, 3), (5, 2), (6, 2), (4, 3), (6, 3), (4, 2), (6, 4), (6, 6))
"""Areas and papers in each, in the order in which they are tried."""
FEWEST_PAPERS = 3
"""Papers of an area below which it gets no section."""
CANDIDATES = 60
FIELDS = ("tldr", "conclusion", "result")
HARDNESS = 6.0
"""Places in the ranking that one obstacle in a sentence costs."""
POINTING = re.compile(r"\b[Aa]uthors? [a-z]+ (?:it|them|these|those|this|that)\b|\bthis (?!paper|work|study|article)")
"""What a reader cannot follow who has not read the sentence before."""
HOLLOW = re.compile(
    r"(?i)\b(?:numerical|simulation|experimental) (?:results|experiments|studies)\b|\bopen questions\b|\binsights\b"
    r"|\bsupports? (?:the|their) theor|\b(?:effectiveness|superiority|potential|importance) of\b|\bnarrows? the gap\b"
    r"|\bdiscuss\w*\b|\bfindings\b"
)
"""What sounds like a result and tells a reader from outside nothing."""
EMPTY, SECOND_HAND = 4.0, 2.0
"""Obstacles that a hollow sentence counts for, and one that is not the summary's first."""
INTRODUCES = r"(?i)\b(?:survey|review|tutorial|introduction|primer|overview|perspective|lecture notes)\b"


def build_article(
    month: Month, writer: ModelWriter | None = None, replay: Mapping[str, Any] | None = None
) -> MonthPage:
    """The article of a month, verified; the same inputs (and answers) give the same article.

    With a `writer`, a model tells of the papers of each area, from notes and a plan. `replay` is the JSON of an article
    of which a model told: its sentences are taken from there, and nobody is asked.
    """
    planned = _fitted(month)
    areas, papers = planned.areas, month.corpus.frame
    retold = None
    if replay is not None:
        retold = told_in(replay, planned.told)
        finished = settle(planned.told, retold, planned.finish, replay=True)
    elif writer is not None and areas:
        retold = retell(month, planned, writer)
        finished = of_the_wanted_length(planned, retold)
    else:
        finished = planned.finish(planned.told)
    shown = [work.id for work in finished.cited]
    in_areas = {paper for paper in texts_of(planned.told) if paper in shown}
    statuses = statuses_of(papers, in_areas, retold)
    report = retold.report if retold is not None else None
    covered = pl.repeat(False, len(month), dtype=pl.Boolean, eager=True)
    for topic in areas:
        covered = covered | month.rows[topic.key]
    return MonthPage(
        month=month.month,
        topic=None,
        title=title_text(month.name, [topic.name for topic in areas], month.held.mark),
        as_of=month.as_of,
        papers=len(month),
        notice=notice(month, list(statuses.values()), report),
        sections=finished.sections,
        cited=finished.cited,
        also=(),
        statuses=statuses,
        evidence=finished.evidence,
        coverage={
            "share": int(covered.sum()) / len(month) if len(month) else 0.0,
            "papers": int(covered.sum()),
            "of": len(month),
            "themes": len(areas),
            "words": words_of(finished.sections),
        },
        verification=finished.verification,
        made_with=made_with(
            month.summaries.filter(pl.col("paper_id").is_in(shown)).sort("paper_id"), RULES_VERSION, report
        ),
        source_note=month.source_note,
    )


def _fitted(month: Month) -> Planned:
    """The article by the first plan that gives the wanted length; without one, by that which comes nearest."""
    best: tuple[int, Planned] | None = None
    for most_areas, examples in PLANS:
        areas = _areas(month, most_areas)
        draft = Draft()
        planned = Planned(month, areas, list(_sections(month, areas, examples, draft)), draft)
        words = words_of(planned.finish(planned.told).sections)
        off = max(WORDS[0] - words, words - WORDS[1], 0)
        if best is None or off < best[0]:
            best = off, planned
        if not off:
            break
    assert best is not None
    return best[1]


def _areas(month: Month, most: int) -> list[Topic]:
    """The topics of the article: those whose share changed, by how much, then the others by size; largest first."""
    sizes = {topic.key: int(month.rows[topic.key].sum()) for topic in month.topics}
    present = [topic for topic in month.topics if sizes[topic.key] >= FEWEST_PAPERS]

    def weight(topic: Topic) -> tuple[float, int, str]:
        query = month.topic_count(topic)
        moved = abs(query.values["share"] - query.values["share_before"]) if change(query) else 0.0
        return -moved, -sizes[topic.key], topic.key

    chosen = sorted(present, key=weight)[:most]
    return sorted(chosen, key=lambda topic: (-sizes[topic.key], topic.key))


@dataclass
class _Telling:
    """What varies the wording from one sentence and section to the next."""

    sentences: int = 0
    changes: int = 0
    groups: int = 0


def _sections(month: Month, areas: Sequence[Topic], examples: int, draft: Draft) -> Iterator[Section]:
    telling = _Telling()
    yield _opening(month, areas, draft)
    if not areas:
        return
    for number, topic in enumerate(areas):
        yield _area(month, topic, number, examples, draft, telling)
    yield _reading(month, areas, draft)


def _opening(month: Month, areas: Sequence[Topic], draft: Draft) -> Section:
    volume = month.volume()
    title = "The month in brief"
    sentences = [computed(draft, "month volume", (volume,))]
    if not len(month):
        return Section(title, tuple(sentences))
    sentences.append(link("preprints"))
    if volume.values["several"]:
        sentences.append(computed(draft, "several", (volume,)))
    if areas:
        sentences += _movements(month, draft) if len(month.before) else [link("no month before")]
    sentences += [link("sorting", opens_paragraph=True), link("no ranking")] if areas else [link("quiet")]
    return Section(title, tuple(sentences))


def _movements(month: Month, draft: Draft) -> list[Sentence]:
    """Which topics rose and which fell against the month before, all in one sentence each."""
    told: list[Sentence] = []
    for direction in ("rose", "fell"):
        queries = [query for topic in month.topics if change(query := month.topic_count(topic)) == direction]
        if queries:
            told.append(computed(draft, "movements", queries, len(told)))
    return told


def _area(month: Month, topic: Topic, number: int, examples: int, draft: Draft, telling: _Telling) -> Section:
    """One area: what it is, its numbers, what sets it apart, and papers."""
    query = month.topic_count(topic)
    rows = month.rows[topic.key].arg_true().to_list()
    sentences = [Sentence(topic.intro, kind="link"), computed(draft, "topic size", (query,), number)]
    if change(query) is not None:
        sentences.append(computed(draft, "topic change", (query,), telling.changes))
        telling.changes += 1
    groups = common(month.corpus.names.distinctive(rows, 3, (*topic.terms, topic.name)), len(rows))
    if groups:
        sentences.append(computed(draft, "titles", (_groups(month, topic, groups),), telling.groups))
        telling.groups += 1
    shown: list[Sentence] = []
    for paper, text in _plainest(month, rows, examples, draft):
        show_title = telling.sentences % 2 == 0 or not tells_of_the_title(text, paper.title)
        told = attributed(text, paper.authors, paper.title, telling.sentences, show_title=show_title)
        told = led_in(told, short_authors(paper.authors), len(shown), telling.sentences)
        shown.append(Sentence(told, citations=(paper.id,), opens_paragraph=not shown))
        telling.sentences += 1
    return Section(topic.name, (*sentences, *shown))


def _groups(month: Month, topic: Topic, groups: Sequence[tuple[str, int]]) -> Query:
    """Pairs of words that set the topic's titles apart, with the papers of the topic whose title holds them."""
    return Query(
        f"titles: {topic.key}",
        f"Papers of {month.month} in the topic {topic.name} whose title holds a pair of words.",
        "",
        {"month": month.month, "terms": [{"term": term, "papers": papers} for term, papers in groups]},
        made_by="counting pairs of neighbouring words in the titles (assets/overviews/distinctive.py)",
    )


def _plainest(month: Month, rows: Sequence[int], most: int, draft: Draft) -> Iterator[tuple[Paper, str]]:
    """Papers that speak for the area, with their sentence; a plain sentence goes before a harder one."""
    candidates = []
    for place, row in enumerate(month.corpus.representatives.ranked(rows, CANDIDATES)):
        paper = month.corpus.paper(row)
        if paper.id in draft.used or month.corpus.frame["is_withdrawn"][row]:
            continue
        texts = [
            (hardness(text) + (0.0 if name == FIELDS[0] else SECOND_HAND) + EMPTY * bool(HOLLOW.search(text)), text)
            for name in FIELDS
            if (text := standalone(paper.summary[name]))
            and speaks_for_itself(text, paper.title)
            and not POINTING.search(text)
        ]
        if texts:
            hard, text = min(texts)
            candidates.append((place + HARDNESS * hard, row, paper, text))
    chosen: list[Paper] = []
    for _, _, paper, text in sorted(candidates, key=lambda entry: entry[:2]):
        if len(chosen) == most:
            return
        if not any(alike(paper.title, other.title) for other in chosen):
            chosen.append(paper)
            draft.used.add(paper.id)
            yield paper, text


def _reading(month: Month, areas: Sequence[Topic], draft: Draft) -> Section:
    """A further paper of each area, one that introduces or surveys where there is one."""
    sentences = []
    for topic in areas:
        rows = month.corpus.representatives.ranked(month.rows[topic.key].arg_true(), 2 * CANDIDATES)
        free = [
            row
            for row in rows
            if month.corpus.frame["paper_id"][row] not in draft.used and not month.corpus.frame["is_withdrawn"][row]
        ]
        titles = month.corpus.frame["title"]
        introducing = [row for row in free if pl.Series([titles[row]]).str.contains(INTRODUCES)[0]]
        if not free:
            continue
        paper = month.corpus.paper((introducing or free)[0])
        draft.used.add(paper.id)
        by = f", by {short_authors(paper.authors)}" if paper.authors else ""
        text = f"{topic.name}: {quoted(paper.title)}{by}."
        sentences.append(Sentence(text, citations=(paper.id,), opens_paragraph=True))
    return Section("Recommended reading", (link("reading"), *sentences) if sentences else ())
