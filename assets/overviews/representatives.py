"""Which papers speak for a group: central ones, before others that bring new terms or reach into several fields.

Three ranks inside the group are added up, with the weights below:

- *centrality*: the cosine between a paper's words and the group's average (`selection.Words`);
- *novelty of terms*: how much more often its words stand in the later half of the announcement days than in the
  earlier one, on the average and weighted like the words; words that became rarer count as unchanged;
- *spread*: the archives (cs, stat, math, …) among its categories.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from assets.overviews.selection import Words

CENTRALITY, NOVELTY, SPREAD = 0.6, 0.25, 0.15
FEWEST_IN_HALF = 3
"""Papers of the later half that must use a word before it counts as new."""


class Representatives:
    """Novelty and spread of all papers of a page, ready for any group of them."""

    def __init__(self, frame: pl.DataFrame, words: Words) -> None:
        """`frame` has `day` and `categories`; its rows are those of `words`."""
        self._words = words
        self._novelty = _novelty(frame, words)
        self._spread = frame.select(
            pl.col("categories").list.eval(pl.element().str.split(".").list.first()).list.n_unique().alias("archives")
        ).to_series()

    def ranked(self, rows: Sequence[int] | pl.Series, most: int) -> list[int]:
        """The first `most` rows of a group, best first; ties by row number."""
        members = pl.Series("row", rows, dtype=pl.UInt32).sort()
        if members.is_empty():
            return []
        scores = self._words.centrality(members)
        table = (
            pl.DataFrame({"row": members})
            .join(scores, on="row", how="left", maintain_order="left")
            .with_columns(
                pl.col("score").fill_null(0.0),
                self._novelty.gather(members).alias("novelty"),
                self._spread.gather(members).alias("archives"),
            )
        )
        number = max(1, table.height)
        total = (
            CENTRALITY * pl.col("score").rank("min") / number
            + NOVELTY * pl.col("novelty").rank("min") / number
            + SPREAD * pl.col("archives").rank("min") / number
        )
        return (
            table.with_columns(total.round(9).alias("total"))
            .sort(["total", "row"], descending=[True, False])["row"]
            .head(most)
            .to_list()
        )


def _novelty(frame: pl.DataFrame, words: Words) -> pl.Series:
    """For each row, the mean logarithm of its words' growth from the first half of the days to the second."""
    days = frame["day"].unique().sort()
    nothing = pl.repeat(0.0, frame.height, eager=True)
    if len(days) < 2:
        return nothing
    late = frame.select((pl.col("day") >= days[len(days) // 2]).alias("late")).with_row_index("row")
    of_late = int(late["late"].sum())
    of_early = frame.height - of_late
    marked = words.weights.join(late, on="row", maintain_order="left")
    growth = (
        marked.group_by("word")
        .agg(pl.col("late").sum().alias("now"), (~pl.col("late")).sum().alias("before"))
        .with_columns(
            pl.when(pl.col("now") >= FEWEST_IN_HALF)
            .then((((pl.col("now") + 0.5) / of_late) / ((pl.col("before") + 0.5) / of_early)).log().clip(0.0))
            .otherwise(0.0)
            .alias("growth")
        )
    )
    found = (
        marked.join(growth, on="word")
        .group_by("row")
        .agg(((pl.col("weight") * pl.col("growth")).sum() / pl.col("weight").sum()).round(6).alias("novelty"))
    )
    everyone = pl.DataFrame({"row": pl.Series(range(frame.height), dtype=pl.UInt32)})
    return everyone.join(found, on="row", how="left", maintain_order="left")["novelty"].fill_null(0.0)
