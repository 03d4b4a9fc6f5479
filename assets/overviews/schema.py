"""The table `overviews`: the page of a year and a category, as text and as data."""

import polars as pl

from assets.warehouse.table import Column, Table

OVERVIEWS = Table(
    "overviews",
    "year",
    "The overview of a year in a category, every sentence with its papers or its named query: one row a category.",
    (
        Column("year", pl.Int32(), "year of the announcement days"),
        Column("category", pl.String(), "canonical category, e.g. cs.LG"),
        Column("title", pl.String(), "title of the page"),
        Column("as_of", pl.Date(), "day up to which the page knows what was announced"),
        Column("papers", pl.Int32(), "papers of the year that carry the category, cross-lists included"),
        Column("cited", pl.Int32(), "papers that the page cites"),
        Column("markdown", pl.String(), "the page as Markdown"),
        Column("json", pl.String(), "the page as JSON: sections, sentences, evidence, cited works, verification"),
    ),
    key=("year", "category"),
)
