"""Which papers stand for a theme: the most central ones that differ from each other.

Centrality is the cosine between a paper's words and the theme's average, both weighted by TF-IDF
(rare words count more). The words are those of the title and, where there is a summary, its first
sentence: enough to tell what a paper is about, and quick for a whole year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

SIMILAR = 0.4
"""Share of words in common (Jaccard) above which two papers are too alike to stand side by side."""

_STOP_WORDS = """
    the and for with from that this are our can its via using based into over under their these those through
    than which have has been was were authors propose paper approach method methods present study show new novel
    towards toward not but also such more most both between while where when how what why who all any each other
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True)
class Words:
    """TF-IDF weights of every paper, one row a paper and word: row, word, weight; weights of a paper have length 1."""

    weights: pl.DataFrame

    def central(self, rows: Sequence[int] | pl.Series, most: int) -> list[int]:
        """The `most` rows nearest to the average of `rows`, nearest first; ties by row number."""
        scores = self.centrality(rows).sort(["score", "row"], descending=[True, False])
        return scores["row"].head(most).to_list()

    def centrality(self, rows: Sequence[int] | pl.Series) -> pl.DataFrame:
        """`row` and `score`, the product with the sum of all: the cosine but for a factor; rows without words lack."""
        members = pl.DataFrame({"row": pl.Series(rows, dtype=pl.UInt32)})
        weights = self.weights.join(members, on="row", how="semi")
        centre = weights.group_by("word").agg(pl.col("weight").sum().alias("centre"))
        return (
            weights.join(centre, on="word")
            .group_by("row")
            .agg((pl.col("weight") * pl.col("centre")).sum().round(6).alias("score"))
        )


def words_of(texts: pl.Series) -> Words:
    """The weights of all papers from a text column (title and first sentence)."""
    words = (
        pl.DataFrame({"text": texts.str.to_lowercase().str.extract_all(r"\p{L}[\p{L}\-]{2,}")})
        .with_row_index("row")
        .explode("text")
        .drop_nulls()
        .rename({"text": "word"})
        .filter(~pl.col("word").is_in(list(STOP_WORDS)))
        .unique(maintain_order=True)
    )
    papers = max(1, len(texts))
    frequency = words.group_by("word").agg(pl.len().alias("papers"))
    weights = (
        words.join(frequency, on="word")
        .with_columns((pl.lit(float(papers)) / pl.col("papers")).log1p().alias("weight"))
        .with_columns((pl.col("weight") / (pl.col("weight") ** 2).sum().sqrt().over("row")).alias("weight"))
        .select("row", "word", "weight")
        .sort(["row", "word"])
    )
    return Words(weights)


def alike(first: str, second: str) -> bool:
    """Whether two titles or sentences are about so much the same that a reader would call it a repetition."""
    one, two = set(first.lower().split()), set(second.lower().split())
    return len(one & two) / max(1, len(one | two)) > SIMILAR
