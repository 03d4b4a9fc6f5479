"""The ledgers of many days at once: with the rows that `ledger.ledger_rows` makes of each.

A day on which every listed record became a paper of its own has a ledger that only counts; such days are counted
together. Any other day, and one that does not add up, goes to `ledger_rows`, where the rules stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from assets.categories import all_categories
from assets.papers.ledger import DayTables, ledger_rows, unexplained
from assets.papers.schema import EVERYTHING, LISTING_LEDGER

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence


def ledgers(
    tables: Mapping[str, pl.DataFrame],
    days: Sequence[dt.date],
    notes: Mapping[str, str],
    followed: frozenset[str] | None,
) -> tuple[pl.DataFrame, dict[dt.date, list[str]]]:
    """The rows of LISTING_LEDGER of some days, in their order, and what does not add up, in sentences, by day.

    `tables` are the frames of the days (listing_receipts, raw_listings, papers, rejected_papers), `notes` what each day
    of raw_listings notes; the source gives no counts of its own and no records of other days.
    """
    receipts, raw, papers, rejected = (
        tables[name] for name in ("listing_receipts", "raw_listings", "papers", "rejected_papers")
    )
    categories = sorted(followed if followed is not None else all_categories())
    every = pl.DataFrame({"day": pl.Series(days, dtype=pl.Date())})
    names = pl.DataFrame({"category": [EVERYTHING, *categories]}).with_row_index("place")
    counted = (
        every.join(names, how="cross")
        .join(_fetched(receipts), on=["day", "category"], how="left")
        .join(_kept(papers, followed), on=["day", "category"], how="left")
        .with_columns(pl.col("fetched", "not_followed", "kept", "new").fill_null(0).cast(pl.Int64()))
        .with_columns((pl.col("fetched") - pl.col("kept")).alias("difference"))
        .with_columns((pl.col("difference") - pl.col("not_followed")).alias("unexplained"))
    )
    odd = {
        *rejected["day"],
        *counted.filter(pl.col("unexplained") != 0)["day"],
        *_other_papers(every, raw, papers),
        *receipts.filter(pl.col("fate").is_in(["listed", "not followed"]).not_())["day"],
        *papers.filter(pl.col("listing").str.starts_with("replace"))["day"],
    }
    problems, made = {}, []
    for day in sorted(odd):
        own = {name: frame.filter(pl.col("day") == day) for name, frame in tables.items()}
        looked = DayTables(
            day, own["listing_receipts"], own["raw_listings"], own["papers"], own["rejected_papers"], notes
        )
        rows = ledger_rows(looked, followed)
        if found := unexplained(rows, looked):
            problems[day] = found
        made.append(rows)
    outside = pl.format("{} outside of the followed categories", "not_followed")
    ordinary = counted.filter(pl.col("day").is_in(list(odd)).not_()).sort("day", "place")
    zeros = ("from_other_days", "to_other_days", "repeated", "rejected", "replaced")
    ordinary = ordinary.with_columns(
        pl.lit(notes.get("source", "unknown")).alias("source"),
        *(pl.lit(None, LISTING_LEDGER.polars_schema[name]).alias(name) for name in ("fallback_for", "announced")),
        *(pl.lit(0, pl.Int64()).alias(name) for name in zeros),
        (pl.col("kept") - pl.col("new")).alias("cross_listed"),
        pl.when(pl.col("not_followed") > 0).then(outside).alias("explanation"),
    ).select(list(LISTING_LEDGER.polars_schema))
    return pl.concat([ordinary, *made]).sort("day", maintain_order=True), problems


def _fetched(receipts: pl.DataFrame) -> pl.DataFrame:
    """`fetched` and `not_followed` by day and category, EVERYTHING among these."""
    return _by_category(
        receipts, pl.len().alias("fetched"), (pl.col("fate") == "not followed").sum().alias("not_followed")
    )


def _kept(papers: pl.DataFrame, followed: frozenset[str] | None) -> pl.DataFrame:
    """`kept` and `new` by day and category, EVERYTHING among these."""
    primary = pl.col("primary_category")
    whole = pl.lit(True) if followed is None else primary.is_in(list(followed))
    own = pl.when(pl.col("category") == EVERYTHING).then(whole).otherwise(primary == pl.col("category"))
    return _by_category(papers, pl.len().alias("kept"), ((pl.col("listing") == "new") & own).sum().alias("new"))


def _by_category(rows: pl.DataFrame, *counts: pl.Expr) -> pl.DataFrame:
    each = rows.select(pl.all().exclude("categories"), pl.col("categories").alias("category"))
    each = each.select("day", "category", pl.col("^(fate|listing|primary_category)$"))
    whole = each.with_columns(pl.lit(EVERYTHING).alias("category"))
    parted = each.filter(pl.col("category").list.len() > 0).explode("category")
    return pl.concat([whole, parted]).group_by("day", "category").agg(*counts)


def _other_papers(every: pl.DataFrame, raw: pl.DataFrame, papers: pl.DataFrame) -> list[dt.date]:
    """The days whose papers are not, one by one, those that were listed."""
    listed, kept = (
        every.join(rows.group_by("day", maintain_order=True).agg("paper_id"), on="day", how="left")
        for rows in (raw, papers)
    )
    same = listed["paper_id"].eq_missing(kept["paper_id"])
    return listed["day"].filter(~same).to_list()
