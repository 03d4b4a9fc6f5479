"""The tables of the pages over a month or a year, as text and as data: overviews, topic pages, articles."""

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

TOPIC_PAGES = Table(
    "topic_pages",
    "month",
    "What is new in a topic in a month, every paper with a summary in plain language: one row a topic.",
    (
        Column("month", pl.String(), "month of the announcement days, YYYY-MM"),
        Column("topic", pl.String(), "name of the topic in addresses, e.g. language-models"),
        Column("title", pl.String(), "title of the page"),
        Column("as_of", pl.Date(), "day up to which the page knows what was announced"),
        Column("papers", pl.Int32(), "papers of the month that belong to the topic"),
        Column("cited", pl.Int32(), "papers that the page lists"),
        Column("markdown", pl.String(), "the page as Markdown"),
        Column("json", pl.String(), "the page as JSON: sections, sentences, evidence, cited works, verification"),
    ),
    key=("month", "topic"),
)

TREND_ARTICLES = Table(
    "trend_articles",
    "month",
    "The article of a month for people outside the field, every claim with its papers or its named query: one row.",
    (
        Column("month", pl.String(), "month of the announcement days, YYYY-MM"),
        Column("title", pl.String(), "title of the page"),
        Column("as_of", pl.Date(), "day up to which the page knows what was announced"),
        Column("papers", pl.Int32(), "papers of the month in the followed categories"),
        Column("cited", pl.Int32(), "papers that the page cites"),
        Column("markdown", pl.String(), "the page as Markdown"),
        Column("json", pl.String(), "the page as JSON: sections, sentences, evidence, cited works, verification"),
    ),
    key=("month",),
)
