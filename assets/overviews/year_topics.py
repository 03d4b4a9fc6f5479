"""The topics of the year: every larger group of papers with its size, its trend where there is one, and its papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from assets.digests.wording import count, listed
from assets.overviews.clusters import LARGE, Cluster
from assets.overviews.links import link
from assets.overviews.material import Material, cited_sentences
from assets.overviews.mentions import ratio_interval
from assets.overviews.parts import Draft, Query, Section, Sentence
from assets.overviews.phrasing import iso_day_of, part, percent, quoted, ratio_text
from assets.overviews.themes import second_half
from assets.overviews.writing.prompts import Group
from assets.overviews.writing.retelling import blocks_of
from assets.overviews.writing.sources import source_of

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


def groups_to_tell(section: Section, clusters: Sequence[Cluster], material: Material) -> list[Group]:
    """The papers of each group of the section, for a model to tell of."""
    rows = {paper: row for row, paper in enumerate(material.frame["paper_id"])}
    topic_of = {row: listed(cluster.terms) or "mixed papers" for cluster in clusters for row in cluster.rows}
    return [
        Group(
            topic_of[rows[run[0][0].citations[0]]],
            [source_of(material, rows[block[0].citations[0]]) for block in run],
        )
        for run in blocks_of(section)
    ]


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
