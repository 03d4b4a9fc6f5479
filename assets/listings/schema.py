"""The tables of listings: what the source said, untouched, and what became of each record that it returned."""

from typing import Literal

import polars as pl

from assets.warehouse.table import UTC_TIME, Column, Table

LISTING_KINDS = ("new", "cross", "replace", "replace-cross")
"""How arXiv's announcement lists a paper; the names are those of its RSS feeds."""

DAY_SOURCES = ("listed", "submission", "id order")
"""How an announcement day is known: given by the source, told from the submission time, or, for
papers that moderation held, told from the neighbours' ids."""

Fate = Literal["listed", "other day", "not followed", "repeated"]
"""What became of a record that a source returned for a day: it is in `raw_listings` of that day; it
belongs to another announcement day; none of its categories is followed; the source gave it twice."""

RAW_LISTINGS = Table(
    "raw_listings",
    "day",
    "What the source said about the papers of an announcement day, untouched: one row a record.",
    (
        Column("day", pl.Date(), "announcement day, UTC"),
        Column("position", pl.Int32(), "place of the record in the day's listing, from 0"),
        Column("paper_id", pl.String(), "arXiv id without version; NULL where the record has none", nullable=True),
        Column("listing", pl.String(), "new, cross, replace or replace-cross"),
        Column(
            "record",
            pl.String(),
            "the record as JSON in the field layout of arXiv's metadata snapshot; the text itself where it is not JSON",
        ),
        Column("announced_by", pl.String(), "how the day is known: listed, submission or id order"),
        Column("source", pl.String(), "the source's name: sample, snapshot, api, …"),
        Column("source_ref", pl.String(), "where in the source: file and line, or the request's address"),
        Column("fetched_at", UTC_TIME, "when the record was read"),
    ),
    key=("day", "position"),
)

LISTING_RECEIPTS = Table(
    "listing_receipts",
    "day",
    "Every record that the source returned for an announcement day, and what became of it.",
    (
        Column("day", pl.Date(), "announcement day, UTC, that the source was asked for"),
        Column("paper_id", pl.String(), "arXiv id without version; NULL where the record has none", nullable=True),
        Column("listing", pl.String(), "new, cross, replace or replace-cross"),
        Column("categories", pl.List(pl.String()), "canonical categories, the primary first"),
        Column("fate", pl.String(), "listed (in raw_listings), other day, not followed or repeated"),
        Column(
            "other_day",
            pl.Date(),
            "of fate other day: the announcement day that it was put on; of fate listed: the day whose submission "
            "window holds it, where that is an earlier one; NULL otherwise",
            nullable=True,
        ),
        Column("source_ref", pl.String(), "where in the source: file and line, or the request's address"),
    ),
)
