"""The topics of the year: every larger group of papers with its size, its trend where there is one, and its papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from assets.digests.wording import listed
from assets.overviews.clusters import LARGE, Cluster
from assets.overviews.forms import computed, wordings_of
from assets.overviews.links import link
from assets.overviews.material import Material, cited_sentences
from assets.overviews.mentions import ratio_interval
from assets.overviews.parts import Draft, Query, Section, Sentence
from assets.overviews.phrasing import quoted
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
    sentences = [link("clusters"), _all(clusters, draft)]
    halves = second_half(material)
    for number, cluster in enumerate(large):
        query = _query(material, cluster, halves)
        sentences.append(computed(draft, "group", (query,), number, opens_paragraph=True))
        if wordings_of("group change", (query,)):
            sentences.append(computed(draft, "group change", (query,), number))
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


MADE_BY = "sorting the papers by the words of titles and abstracts: TF-IDF, SVD, k-means (assets/overviews/clusters.py)"
"""What says how large the groups are: no SQL."""


def _all(clusters: Sequence[Cluster], draft: Draft) -> Sentence:
    large = [cluster for cluster in clusters if cluster.is_large]
    query = Query(
        "groups",
        "Groups into which the words of titles and abstracts sort the papers.",
        "",
        {
            "groups": len(clusters),
            "large": len(large),
            "large_from": LARGE,
            "papers": sum(len(cluster.rows) for cluster in large),
            "share": sum(cluster.share for cluster in large),
        },
        made_by=MADE_BY,
    )
    return computed(draft, "groups", (query,))


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
        "",
        values,
        made_by=MADE_BY,
    )
