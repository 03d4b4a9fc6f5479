"""The papers that a page cites, prepared for the check, and what is wrong with the page's lists of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from assets.digests.links import abstract_url
from assets.overviews.neighbours import Place, numbers_of
from assets.overviews.parts import Query, Scope
from assets.overviews.phrasing import short_authors
from assets.overviews.support import WORLDLY, stems_of
from assets.summaries.numbers import known_numbers

QUOTES = str.maketrans("", "", "“”‘’\"'`")


@dataclass(frozen=True)
class Source:
    """A cited paper, prepared for look-ups."""

    numbers: frozenset[float]
    words: frozenset[str]
    names: tuple[str, ...]
    text: str
    """What the paper says, in small letters without quotation marks."""
    row: Mapping[str, Any]

    @cached_property
    def places(self) -> list[tuple[str, Place]]:
        """Its numbers, each with what stands around it."""
        said = (self.row[name] or "" for name in ("title", "abstract", "comment", "journal_ref"))
        return list(numbers_of(" . ".join(said)))


def sentences_in(document: Mapping[str, Any]) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    for section, content in enumerate(document["sections"]):
        for number, sentence in enumerate(content["sentences"]):
            yield section, number, sentence


def scope_of(document: Mapping[str, Any]) -> Scope:
    """What the page says that it is about."""
    return Scope(str(document.get("month") or document["year"]), document.get("category"), document.get("topic"))


def prepared(document: Mapping[str, Any], scope: Scope, papers: pl.DataFrame) -> dict[str, Source]:
    """The cited papers that are of the page's scope."""
    wanted = {paper for _, _, sentence in sentences_in(document) for paper in sentence["citations"]}
    wanted |= {work["id"] for work in document["cited"]}
    found = papers.filter(
        pl.col("paper_id").is_in(sorted(wanted))
        & pl.col("day").dt.to_string("iso").str.starts_with(scope.period)
        & (pl.lit(scope.category is None) | pl.col("categories").list.contains(scope.category or ""))
    ).sort(["day", "paper_id"])
    # What the page itself calls its parts ("Vision: “…”, by …") is no word of a paper's and needs none.
    headings = set(stems_of(" . ".join(section["title"] for section in document["sections"]))) - WORLDLY
    sources: dict[str, Source] = {}
    for row in found.iter_rows(named=True):
        said = " \n ".join(row[name] or "" for name in ("title", "abstract", "comment", "journal_ref"))
        known = f"{said} {' '.join(row['authors'])}"
        names = (short_authors(row["authors"]), plainly(row["title"]))
        sources.setdefault(
            row["paper_id"],
            Source(known_numbers(known), frozenset((*stems_of(known), *headings)), names, plainly(said), row),
        )
    return sources


def list_problems(
    document: Mapping[str, Any], scope: Scope, sources: Mapping[str, Source], evidence: Mapping[str, Query]
) -> list[str]:
    """What is wrong with the page's lists: cited works and evidence."""
    problems = []
    cited = {paper for _, _, sentence in sentences_in(document) for paper in sentence["citations"]}
    listed = [work["id"] for work in document["cited"]]
    for work in document["cited"]:
        source = sources.get(work["id"])
        if source is None:
            problems.append(f"cited work {work['id']} is no paper of {scope.name}")
        elif (work["title"], work["authors"], work["day"], work["url"]) != (
            source.row["title"],
            list(source.row["authors"]),
            source.row["day"].isoformat(),
            abstract_url(work["id"], None),
        ):
            problems.append(f"cited work {work['id']} differs from the paper in title, authors, day or address")
    problems += [f"{paper} is cited and not among the cited works" for paper in sorted(cited - set(listed))]
    problems += [f"{paper} is among the cited works and not cited" for paper in sorted(set(listed) - cited)]
    problems += [
        f"{paper} is among the cited works twice" for paper in sorted({p for p in listed if listed.count(p) > 1})
    ]
    for name, entry in document["evidence"].items():
        if name not in evidence or dict(evidence[name].values) != entry["values"]:
            problems.append(f"the values of the query {name!r} are not what the query gives")
    return problems


def plainly(text: str) -> str:
    """A text in small letters, with single spaces and without quotation marks."""
    return " ".join(text.translate(QUOTES).lower().split())
