"""The tables `papers` and `rejected_papers` (every listed record is in exactly one), and the ledger of a day."""

import polars as pl

from assets.listings.schema import DAY_SOURCES, LISTING_KINDS
from assets.papers import checks
from assets.warehouse.table import UTC_TIME, Column, Table

PAPERS = Table(
    "papers",
    "day",
    "The papers announced on a day, cleaned and validated; cross-lists to a followed category included.",
    (
        Column("day", pl.Date(), "announcement day, UTC"),
        Column("paper_id", pl.String(), "arXiv id without version", checks=(checks.IS_ID,)),
        Column(
            "version",
            pl.Int16(),
            "latest version known to the source; NULL where it gives none",
            nullable=True,
            checks=(checks.AT_LEAST_ONE,),
        ),
        Column(
            "title",
            pl.String(),
            "title in plain letters; mathematics stays as TeX between dollars, a literal dollar is \\$",
            checks=(*checks.TEXT, checks.PAIRED_DOLLARS, checks.at_most(1_000)),
        ),
        Column(
            "title_tex",
            pl.String(),
            "title as the authors typed it, white space folded",
            checks=(*checks.TEXT, checks.at_most(1_000)),
        ),
        Column(
            "abstract",
            pl.String(),
            "abstract, cleaned; mathematics stays as TeX between dollars, a literal dollar is \\$",
            checks=(*checks.TEXT, checks.PAIRED_DOLLARS, checks.at_most(20_000)),
        ),
        Column(
            "authors",
            pl.List(pl.String()),
            "authors in order, in plain letters",
            checks=(checks.NOT_EMPTY_LIST, checks.CLEAN_NAMES),
        ),
        Column(
            "categories",
            pl.List(pl.String()),
            "canonical categories, the primary first",
            checks=(checks.NOT_EMPTY_LIST, checks.ARE_CATEGORIES, checks.EACH_ONCE),
        ),
        Column("categories_given", pl.String(), "categories as the source gave them"),
        Column("primary_category", pl.String(), "canonical primary category", checks=(checks.IS_CATEGORY,)),
        Column("submitted_at", UTC_TIME, "submission of version 1; NULL where unknown", nullable=True),
        Column(
            "announced_by",
            pl.String(),
            "how the day is known: listed, submission or id order",
            checks=(checks.one_of(DAY_SOURCES),),
        ),
        Column("comment", pl.String(), "authors' comment, cleaned like the abstract", nullable=True),
        Column("journal_ref", pl.String(), "journal reference, cleaned like the abstract", nullable=True),
        Column("doi", pl.String(), "DOI of the published version", nullable=True),
        Column("license", pl.String(), "address of the licence", nullable=True),
        Column("is_withdrawn", pl.Boolean(), "withdrawn by its authors or by arXiv"),
        Column("source", pl.String(), "the source's name"),
        Column(
            "authors_tex",
            pl.List(pl.String()),
            "the same authors as given, TeX accents kept",
            checks=(checks.NOT_EMPTY_LIST, checks.CLEAN_NAMES),
        ),
        Column(
            "versions",
            pl.List(pl.Struct({"version": pl.Int16(), "created": UTC_TIME})),
            "every version known to the source, in order, with its submission time (NULL where it gives none); the API "
            "tells the first and the latest, the feeds the latest only",
        ),
        Column("report_no", pl.String(), "report number", nullable=True),
        Column("listing", pl.String(), "new, cross, replace or replace-cross", checks=(checks.one_of(LISTING_KINDS),)),
    ),
    key=("day", "paper_id"),
)

REJECTED_PAPERS = Table(
    "rejected_papers",
    "day",
    "Every listed record that is not in papers, with the field, the rule and the value that kept it out.",
    (
        Column("day", pl.Date(), "announcement day, UTC"),
        Column("position", pl.Int32(), "the record's position in raw_listings of that day"),
        Column("paper_id", pl.String(), "arXiv id; NULL where the record has none", nullable=True),
        Column("field", pl.String(), "the field that fails, in the snapshot's layout"),
        Column("rule", pl.String(), "the rule's short name, e.g. not_empty, known_category, json, duplicate"),
        Column("value", pl.String(), "the value found, cut to 500 characters", nullable=True),
        Column("reason", pl.String(), "one sentence: what is wrong and what to do"),
        Column("source", pl.String(), "the source's name"),
        Column("source_ref", pl.String(), "where in the source the record stands"),
    ),
    key=("day", "position"),
)

EVERYTHING = "all"
"""Stands for the whole listing where the ledger names a category."""

LISTING_LEDGER = Table(
    "listing_ledger",
    "day",
    "The accounts of each announcement day, one row a followed category and one for the whole listing: what the "
    "source announced, what was fetched, what was kept, and why they differ.",
    (
        Column("day", pl.Date(), "announcement day, UTC"),
        Column("category", pl.String(), "a followed category; all for the whole listing"),
        Column("source", pl.String(), "the source that answered"),
        Column(
            "fallback_for",
            pl.String(),
            "the source of the settings, which did not answer, where this one stood in for it",
            nullable=True,
        ),
        Column(
            "announced",
            pl.Int64(),
            "the source's own count: of the feed's items (rss), or of the papers submitted for the day (api, for the "
            "whole listing only); NULL where it gives none",
            nullable=True,
        ),
        Column("fetched", pl.Int64(), "records of the day that came back, whatever became of them"),
        Column("from_other_days", pl.Int64(), "of these: submitted for an earlier day and held over to this one"),
        Column("to_other_days", pl.Int64(), "fetched with the day, but announced on another one"),
        Column("repeated", pl.Int64(), "given more than once by the source"),
        Column("not_followed", pl.Int64(), "in none of the followed categories"),
        Column("rejected", pl.Int64(), "in rejected_papers, duplicates that were merged among them"),
        Column("kept", pl.Int64(), "in papers: new + cross_listed + replaced"),
        Column("new", pl.Int64(), "new papers whose primary category is this one (for all: is followed)"),
        Column("cross_listed", pl.Int64(), "new papers of another primary category, and papers cross-listed later"),
        Column(
            "replaced",
            pl.Int64(),
            "papers listed for a new version; 0 with sources that list new papers only (api, snapshot, sample)",
        ),
        Column("difference", pl.Int64(), "announced (fetched, where there is no count) less kept"),
        Column("unexplained", pl.Int64(), "what of the difference no other column explains; 0 where all is well"),
        Column(
            "explanation", pl.String(), "why the counts differ, and the papers; NULL where none does", nullable=True
        ),
    ),
)
