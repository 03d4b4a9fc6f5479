"""The topics of the year: every larger group of papers with its size, its trend where there is one, and its papers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from assets.digests.wording import count, listed
from assets.overviews.clusters import LARGE, Cluster
from assets.overviews.finishing import fault_of
from assets.overviews.links import link
from assets.overviews.material import Material, cited_sentences
from assets.overviews.mentions import ratio_interval
from assets.overviews.parts import Draft, Query, Scope, Section, Sentence
from assets.overviews.phrasing import iso_day_of, part, percent, quoted, ratio_text, short_authors
from assets.overviews.themes import second_half
from assets.overviews.writing.groups import Group, Report, write_groups
from assets.overviews.writing.prompts import Source

if TYPE_CHECKING:
    from assets.overviews.writing.asking import ModelWriter

FIELDS = ("tldr", "method", "result")
CANDIDATES = 80
TWICE = 0.05
"""Share of the papers from which a group is represented by two papers."""


def year_topics(material: Material, draft: Draft, clusters: Sequence[Cluster]) -> Section:
    """The groups over 2 % of the papers, largest first; all others are named by their number."""
    title = "Topics of the year"
    large = [cluster for cluster in clusters if cluster.is_large]
    if not large:
        return Section(title, ())
    sentences = [link("clusters"), _all(material, clusters, draft)]
    halves = second_half(material)
    for number, cluster in enumerate(large):
        query = _query(material, cluster, halves)
        sentences.append(Sentence(_size(query, cluster, number), queries=(draft.query(query),), opens_paragraph=True))
        if halves is not None and (told := _change(query, halves[0], number)) is not None:
            sentences.append(Sentence(told, queries=(query.name,)))
        ranked = material.representatives.ranked(cluster.rows, CANDIDATES)
        most = 2 if cluster.share >= TWICE else 1
        sentences += cited_sentences(
            material.examples(draft, ranked, most, FIELDS, show_title=number % 2 == 0, fill=most)
        )
    return Section(title, tuple(sentences))


def retold(
    section: Section, clusters: Sequence[Cluster], material: Material, scope: Scope, writer: ModelWriter
) -> tuple[Section, Report | None]:
    """The section with its papers told by a model, as far as the check and the model's own judgement let it.

    Sizes and trends stay as they are. Raises StorageError and SettingsError.
    """
    rows = {paper: row for row, paper in enumerate(material.frame["paper_id"])}
    topic_of = {row: listed(cluster.terms) or "mixed papers" for cluster in clusters for row in cluster.rows}
    runs: list[list[Sentence]] = []
    for sentence in section.sentences:
        if not sentence.citations:
            runs.append([])
        elif runs:
            runs[-1].append(sentence)
    groups = []
    for run in filter(None, runs):
        papers = [material.paper(rows[sentence.citations[0]]) for sentence in run]
        abstracts = material.frame["abstract"]
        sources = [
            Source(paper.id, paper.title, short_authors(paper.authors), abstracts[paper.row]) for paper in papers
        ]
        by_rules = {sentence.citations[0]: sentence for sentence in run}
        groups.append(Group(topic_of[papers[0].row], sources, by_rules))
    if not groups:
        return section, None
    cited = material.frame.filter(pl.col("paper_id").is_in([paper for group in groups for paper in group.by_rules]))
    page = f"overview {scope.period} {scope.category}"
    told, report = write_groups(writer, page, groups, lambda sentence: fault_of(scope, sentence, cited))
    new = iter(told)
    sentences: list[Sentence] = []
    place = iter(runs)
    for sentence in section.sentences:
        if not sentence.citations:
            sentences += [sentence, *(next(new) if next(place) else ())]
    return Section(section.title, tuple(sentences)), report


def taken_back(section: Section, by_rules: Section, kept: Collection[str], report: Report) -> Section:
    """The section with the sentences of rules in place of a model's whose papers the page would lose."""
    rules = {sentence.citations[0]: sentence for sentence in by_rules.sentences if sentence.citations}
    sentences = []
    for sentence in section.sentences:
        paper = sentence.citations[0] if sentence.citations else None
        if paper is not None and paper not in kept and sentence != rules[paper]:
            report.taken_back += 1
            report.by_rules += 1
            report.rejected.append({"text": sentence.text, "reason": "does not go with the rest of the page"})
            sentences.append(rules[paper])
        else:
            sentences.append(sentence)
    return Section(section.title, tuple(sentences))


def replayed(section: Section, page: Mapping[str, Any]) -> Section:
    """The section by rules with its papers told, and in the order, as in a page's JSON; each within its group.

    A paper that the page lacks is told by rules, so that a page cannot lose one unseen.
    """
    told = {
        sentence["citations"][0]: sentence["text"]
        for part in page["sections"]
        if part["title"] == section.title
        for sentence in part["sentences"]
        if len(sentence["citations"]) == 1
    }
    places = {paper: place for place, paper in enumerate(told)}
    sentences: list[Sentence] = []
    run: list[Sentence] = []
    for sentence in (*section.sentences, None):
        if sentence is not None and sentence.citations:
            run.append(sentence)
            continue
        run.sort(key=lambda entry: places.get(entry.citations[0], len(places)))
        sentences += [
            Sentence(told[by_rules.citations[0]], citations=by_rules.citations)
            if by_rules.citations[0] in told
            else by_rules
            for by_rules in run
        ]
        run = []
        if sentence is not None:
            sentences.append(sentence)
    return Section(section.title, tuple(sentences))


def cluster_coverage(material: Material, clusters: Sequence[Cluster], cited: set[str]) -> list[dict[str, Any]]:
    """Each group with its size and the papers of it that the page cites."""
    ids = material.frame["paper_id"]
    return [
        {
            "terms": list(cluster.terms),
            "papers": len(cluster.rows),
            "share": cluster.share,
            "cited": [ids[row] for row in cluster.rows if ids[row] in cited],
        }
        for cluster in clusters
    ]


def _all(material: Material, clusters: Sequence[Cluster], draft: Draft) -> Sentence:
    large = [cluster for cluster in clusters if cluster.is_large]
    query = Query(
        "groups",
        "Groups into which the words of titles and abstracts sort the papers.",
        f"clusters.find_clusters over the rows of papers in {material.inputs.year} that carry $category",
        {
            "groups": len(clusters),
            "large": len(large),
            "large_from": LARGE,
            "papers": sum(len(cluster.rows) for cluster in large),
            "share": sum(cluster.share for cluster in large),
        },
    )
    if len(large) == len(clusters):
        text = f"There are {len(clusters)} such groups, and each holds more than {100 * LARGE:g} % of the papers."
    else:
        text = (
            f"There are {len(clusters)} such groups; the {len(large)} that hold more than {100 * LARGE:g} % of the"
            f" papers follow, together {percent(query.values['share'])} of them."
        )
    return Sentence(text, queries=(draft.query(query),))


def _query(material: Material, cluster: Cluster, halves: tuple[str, pl.Series] | None) -> Query:
    """A group's size and, between the halves of the days, the ratio of its shares with the 95 % interval."""
    values: dict[str, Any] = {
        "terms": list(cluster.terms),
        "papers": len(cluster.rows),
        "of": len(material),
        "share": cluster.share,
    }
    if halves is not None:
        first_day, second = halves
        late = int(second.sum())
        now = int(second.gather(pl.Series(cluster.rows, dtype=pl.UInt32)).sum())
        interval = ratio_interval(now, late, len(cluster.rows) - now, len(material) - late)
        if interval is not None:
            ratio, low, high = interval
            values |= {
                "first_day": first_day,
                "share_after": now / late,
                "share_before": (len(cluster.rows) - now) / (len(material) - late),
                "ratio": ratio,
                "low": low,
                "high": high,
                "interval": 0.95,
            }
    return Query(
        f"group {cluster.number + 1}",
        f"Papers of the group named after {listed([quoted(term) for term in cluster.terms])}."
        if cluster.terms
        else "Papers of a group of which no term is mentioned by a third.",
        f"clusters.find_clusters over the rows of papers in {material.inputs.year} that carry $category",
        values,
    )


def _size(query: Query, cluster: Cluster, number: int) -> str:
    papers, share = len(cluster.rows), part(len(cluster.rows), query.values["of"])
    names = listed([quoted(term) for term in cluster.terms])
    if not names:
        mixed = (
            f"A mixed group, of which no term is mentioned by a third, holds {count(papers, 'paper')} ({share}).",
            f"{papers:,} others ({share}) have no name in common.",
            f"For {count(papers, 'paper')} more, {share} of all, no term speaks for even a third of them.",
            f"{share} lie together without a common term: {count(papers, 'paper')}.",
        )
        return mixed[number % len(mixed)]
    told = count(papers, "paper")
    forms = (
        f"{names} name a group of {told} ({share}).",
        f"Another {papers:,} ({share}) gather around {names}.",
        f"{told[0].upper()}{told[1:]}, {share} of all, belong to the group of {names}.",
        f"The words {names} hold together {told} ({share}).",
        f"{names} mark a further group, {told} or {share}.",
        f"Next come {told} ({share}) that often speak of {names}.",
    )
    return forms[number % len(forms)]


def _change(query: Query, first_day: str, number: int) -> str | None:
    """How the group's share moved within the year; None where the interval holds 1."""
    values = query.values
    if "low" not in values or values["low"] <= 1 <= values["high"]:
        return None
    before, after = percent(values["share_before"]), percent(values["share_after"])
    interval = f"95 % interval of the ratio {ratio_text(values['low'], values['high'])}"
    up = values["low"] > 1
    forms = (
        f"It {'grew' if up else 'shrank'} within the year, from {before} of the papers before {iso_day_of(first_day)}"
        f" to {after} afterwards ({interval}).",
        f"Its share {'rose' if up else 'fell'} from {before} in the first half of the days to {after} in the second"
        f" ({interval}).",
    )
    return forms[number % len(forms)]
