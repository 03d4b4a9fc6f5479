"""Related papers: those of the last announcement days that use the same rare terms.

Looks backward only, so that a new day changes no page of the history. Terms weigh by how rare they are among
the papers that are compared (TF-IDF with cosine similarity), in whole numbers, so that the order of adding up
cannot change a score.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assets.site.documents import DayDigest

WINDOW = 21
"""Announcement days that are looked at, the paper's own among them: about a month."""

AT_MOST = 6
LEAST = 0.12
"""Cosine below which two papers only share common words."""

COMMON = 0.08
"""Share of the papers from which on a term tells nothing, where that is more than RARE papers."""

RARE = 12

TERMS_AT_MOST = 40
"""The rarest terms of a paper that are compared."""

_WORD = r"\p{L}[\p{L}\p{N}]{2,}(?:-[\p{L}\p{N}]+)*"
_NO_WORDS = r"\$[^$]*\$|\\[a-z]+|https?://\S+"


@dataclass
class Window:
    """The terms and titles of the latest announcement days."""

    days: deque[tuple[str, pl.DataFrame, dict[str, str]]] = field(default_factory=lambda: deque(maxlen=WINDOW))

    @property
    def keys(self) -> list[str]:
        """The days, in order."""
        return [day for day, _, _ in self.days]

    def go_to(self, before: Sequence[str], read: Callable[[str], DayDigest]) -> None:
        """Makes these the latest days; only where they are not yet are their digests read."""
        if self.keys[-len(before) :] == [*before] if before else not self.days:
            return
        self.days.clear()
        for day in before:
            self.add(read(day))

    def add(self, digest: DayDigest) -> None:
        """Takes in the next day; the oldest one leaves."""
        titles = {paper.id: paper.title for paper in digest.papers}
        self.days.append((digest.day.isoformat(), terms_of(digest), titles))

    def related(self) -> dict[str, list[tuple[str, str, str]]]:
        """For each paper of the latest day the nearest others: id, title and day, the nearest first."""
        titles = {paper: (title, day) for day, _, found in self.days for paper, title in found.items()}
        # A paper that was listed twice is compared as it is now.
        every = pl.concat([terms for _, terms, _ in self.days]).unique(
            ["paper_id", "term"], keep="last", maintain_order=True
        )
        total = len(titles)
        own = list(self.days[-1][2])
        if total < 2:
            return {}
        frequency = (
            every.group_by("term")
            .agg(papers=pl.len())
            .filter((pl.col("papers") >= 2) & (pl.col("papers") <= max(RARE, int(total * COMMON))))
        )
        weights = (
            every.join(frequency, on="term")
            .with_columns(weight=(100 * (total / pl.col("papers")).log()).round().cast(pl.Int64))
            .sort("paper_id", "weight", "term", descending=[False, True, False])
            .group_by("paper_id", maintain_order=True)
            .head(TERMS_AT_MOST)
            .select("paper_id", "term", "weight")
        )
        lengths = weights.group_by("paper_id").agg(length=(pl.col("weight") ** 2).sum())
        pairs = (
            weights.filter(pl.col("paper_id").is_in(own))
            .join(weights, on="term", suffix="_other")
            .filter(pl.col("paper_id") != pl.col("paper_id_other"))
            .group_by("paper_id", "paper_id_other")
            .agg(shared=(pl.col("weight") * pl.col("weight_other")).sum())
            .join(lengths, on="paper_id")
            .join(lengths, left_on="paper_id_other", right_on="paper_id", suffix="_other")
            .with_columns(score=pl.col("shared") / (pl.col("length").cast(pl.Float64) * pl.col("length_other")).sqrt())
            .filter(pl.col("score") >= LEAST)
            .sort("paper_id", "score", "paper_id_other", descending=[False, True, False])
            .group_by("paper_id", maintain_order=True)
            .head(AT_MOST)
        )
        found: dict[str, list[tuple[str, str, str]]] = {}
        for paper, other in pairs.select("paper_id", "paper_id_other").iter_rows():
            found.setdefault(paper, []).append((other, *titles[other]))
        return found


def terms_of(digest: DayDigest) -> pl.DataFrame:
    """The words of each paper's title, abstract and keywords, each once: columns `paper_id` and `term`."""
    papers = pl.DataFrame(
        {
            "paper_id": [paper.id for paper in digest.papers],
            "text": [
                f"{paper.title} . {paper.abstract} . {' . '.join(paper.summary.keywords)}" for paper in digest.papers
            ],
        },
        schema={"paper_id": pl.String(), "text": pl.String()},
    )
    return (
        papers.with_columns(
            term=pl.col("text").str.to_lowercase().str.replace_all(_NO_WORDS, " . ").str.extract_all(_WORD)
        )
        .select("paper_id", "term")
        .explode("term")
        .drop_nulls("term")
        .unique(maintain_order=True)
    )
