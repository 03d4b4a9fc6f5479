"""The table `digests`: the page of an announcement day, as text and as data."""

import polars as pl

from assets.warehouse.table import Column, Table

DIGESTS = Table(
    "digests",
    "day",
    "The digest of an announcement day: what was announced in the categories followed, one row a day.",
    (
        Column("day", pl.Date(), "announcement day, UTC"),
        Column("title", pl.String(), "title of the page"),
        Column("primary_papers", pl.Int32(), "papers whose primary category is followed"),
        Column("cross_lists", pl.Int32(), "papers of another primary category that cross-list to a followed one"),
        Column("markdown", pl.String(), "the page as Markdown"),
        Column("json", pl.String(), "the page as JSON: counts, sections, papers, summaries, rejected records"),
    ),
    key=("day",),
)
