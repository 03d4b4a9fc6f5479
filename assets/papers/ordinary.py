"""Ordinary records as papers, a whole frame at once: with the result that `clean.clean_record` has one by one.

A record is ordinary where its fields have the types of the snapshot's layout, nothing that a paper must have is
missing, and its versions count upwards. What is odd in one field of it (TeX, signs among the authors) is read by the
function that knows the field's rules; every other record is left to `clean_record`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import polars as pl

from assets.calendar.id_columns import id_columns
from assets.calendar.ids import parse_id
from assets.categories import parse_given
from assets.collector import collector_paused
from assets.listings.times import mail_times
from assets.papers.columns import list_column
from assets.papers.names import author_lists
from assets.papers.plain_names import plain_names
from assets.papers.plain_tex import cleaned, folded
from assets.papers.record import Texts, parse_created
from assets.papers.schema import PAPERS
from assets.papers.withdrawn import is_withdrawn

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Version(msgspec.Struct, gc=False):
    version: str | None = None
    created: str | None = None


class _Usual(Texts, gc=False):
    """The layout with each version and author of the type that it should have."""

    versions: list[_Version] | None = None
    authors_parsed: list[list[str]] | None = None


_DECODER = msgspec.json.Decoder(_Usual)
_WITHDRAWN = r"(?i)ithdr|removed"
"""Without this in comment or abstract, no sentence of `is_withdrawn` is there."""


def ordinary_papers(raw: pl.DataFrame) -> pl.DataFrame:
    """The papers of the ordinary rows of RAW_LISTINGS, in their order.

    A frame of PAPERS, not validated yet, with one more column: `place` (UInt32), the row's number in `raw`. The
    rows that it does not name are those that must be looked at one by one.
    """
    with collector_paused():
        places, usual = _decoded(raw["record"])
    texts = pl.DataFrame(
        {
            "place": pl.Series(places, dtype=pl.UInt32()),
            **{
                name: pl.Series([getattr(record, name) for record in usual], dtype=pl.String())
                for name in ("id", "title", "abstract", "authors", "categories", *_OPTIONAL.values())
            },
        }
    )
    made = texts.select(
        "place",
        id_columns(texts["id"].fill_null(""))["paper_id"],
        folded(texts["title"].fill_null("")).alias("title_tex"),
        folded(texts["abstract"].fill_null("")).alias("abstract"),
        folded(texts["authors"].fill_null("")).alias("authors_given"),
        *(_or_null(folded(texts[field])).alias(name) for name, field in _OPTIONAL.items()),
    )
    made = made.with_columns(
        cleaned(made["title_tex"]).alias("title"),
        cleaned(made["abstract"]).alias("abstract"),
        *(_or_null(cleaned(made[name])).alias(name) for name in ("comment", "journal_ref")),
        *_versions(usual, texts["id"], made["paper_id"]),
        *_authors(made["authors_given"], usual),
        *_categories(texts["categories"].fill_null("")),
    ).filter(
        "in_order",
        pl.col("paper_id").is_not_null(),
        pl.col("title") != "",
        pl.col("abstract") != "",
        pl.col("authors").list.len() > 0,
        pl.col("categories").list.len() > 0,
    )
    rows = raw.select("day", "announced_by", "source", "listing")[made["place"]]
    made = made.with_columns(*rows, _is_withdrawn(made), pl.col("categories").list.first().alias("primary_category"))
    return made.select(*(pl.col(name).cast(dtype) for name, dtype in PAPERS.polars_schema.items()), "place")


_OPTIONAL = {
    "comment": "comments",
    "journal_ref": "journal_ref",
    "doi": "doi",
    "license": "license",
    "report_no": "report_no",
}
"""Column of PAPERS → the field that it comes from; NULL where that is missing or empty."""


def _decoded(records: pl.Series) -> tuple[list[int], list[_Usual]]:
    """The records that are of the layout, and their places in the column."""
    places, usual = [], []
    for place, text in enumerate(records):
        try:
            usual.append(_DECODER.decode(text))
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            continue
        places.append(place)
    return places, usual


def _or_null(texts: pl.Series) -> pl.Series:
    return texts.to_frame("text").select(pl.when(pl.col("text") != "").then("text")).to_series()


def _versions(usual: Sequence[_Usual], ids: pl.Series, paper_ids: pl.Series) -> list[pl.Series]:
    """`versions`, `version`, `submitted_at`, and whether each number stands once and they are `in_order`."""
    given = [record.versions or () for record in usual]
    flat = pl.DataFrame(
        {
            "row": pl.Series([row for row, versions in enumerate(given) for _ in versions], dtype=pl.UInt32()),
            "version": pl.Series([one.version for versions in given for one in versions], dtype=pl.String()),
            "created": mail_times(
                pl.Series([one.created for versions in given for one in versions], dtype=pl.String()), parse_created
            ),
        }
    ).with_columns(pl.col("version").str.extract(r"^v?([0-9]{1,4})$").cast(pl.Int16()))
    by_row = flat.group_by("row", maintain_order=True).agg(
        pl.struct("version", "created").alias("versions"),
        pl.col("version").last().alias("last"),
        pl.col("created").filter(pl.col("version") == 1).first().alias("submitted_at"),
        ((pl.col("version").diff() > 0).all() & pl.col("version").is_not_null().all()).alias("in_order"),
    )
    every = pl.DataFrame({"row": pl.int_range(len(usual), dtype=pl.UInt32, eager=True)})
    found = every.join(by_row, on="row", how="left", maintain_order="left")
    none = (found["last"].is_null() & (ids != paper_ids)).arg_true()  # the id may name the version
    named = [parse_id(text or "") for text in ids.gather(none)]
    last = found["last"].scatter(none, pl.Series([one.version if one else None for one in named], dtype=pl.Int16()))
    return [
        found["versions"].fill_null(pl.Series([[]], dtype=PAPERS.polars_schema["versions"])),
        last.alias("version"),
        found["submitted_at"],
        found["in_order"].fill_null(True),
    ]


def _authors(given: pl.Series, usual: Sequence[_Usual]) -> list[pl.Series]:
    """`authors` and `authors_tex`: `names.author_lists` of every row."""
    parsed = [record.authors_parsed or [] for record in usual]
    names, names_tex = plain_names(given, parsed)
    odd = names.is_null().arg_true()
    if not odd.is_empty():
        found = [author_lists(text, parsed[row]) for row, text in zip(odd, given.gather(odd), strict=True)]
        names = _with_lists(names, odd, [one for one, _ in found])
        names_tex = _with_lists(names_tex, odd, [one for _, one in found])
    return [names.alias("authors"), names_tex.alias("authors_tex")]


def _with_lists(column: pl.Series, places: pl.Series, values: Sequence[Sequence[str]]) -> pl.Series:
    """A column of lists with other ones at some places, which are in order."""
    made = pl.DataFrame({"row": places.cast(pl.UInt32()), "value": list_column(values, pl.String())})
    others = column.to_frame("value").with_row_index("row").filter(pl.col("value").is_not_null())
    return pl.concat([others, made]).sort("row")["value"]


def _categories(given: pl.Series) -> list[pl.Series]:
    """`categories_given` and `categories`; records name the same ones over and over."""
    texts = given.unique()
    told = folded(texts)
    known = pl.DataFrame(
        {"text": texts, "given": told, "known": list_column([parse_given(text) for text in told], pl.String())}
    )
    found = given.to_frame("text").join(known, on="text", how="left", maintain_order="left")
    return [found["given"].alias("categories_given"), found["known"].alias("categories")]


def _is_withdrawn(papers: pl.DataFrame) -> pl.Series:
    comment, abstract = papers["comment"], papers["abstract"]
    possible = (comment.str.contains(_WITHDRAWN).fill_null(False) | abstract.str.contains(_WITHDRAWN)).arg_true()
    judged = [is_withdrawn(*texts) for texts in zip(comment.gather(possible), abstract.gather(possible), strict=True)]
    none = pl.repeat(False, papers.height, dtype=pl.Boolean(), eager=True)
    return none.scatter(possible, judged).alias("is_withdrawn")
