"""A whole column of arXiv's identifiers taken apart at once: `ids.parse_id` for many.

The forms that nearly all records have are read by Polars; any other spelling goes to `parse_id`.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from assets import categories
from assets.calendar.ids import parse_id

ID_PARTS = pl.Schema(
    {
        "paper_id": pl.String(),
        "year": pl.Int32(),
        "month": pl.Int32(),
        "archive": pl.String(),
        "number": pl.Int32(),
    }
)
"""The parts of an identifier, as in `ids.ArxivId`; all NULL where a text is none, `archive` NULL in the new forms."""

_PLAIN = r"^(?:([a-z]+(?:-[a-z]+)?)/([0-9]{2})([0-9]{2})([0-9]{3})|([0-9]{2})([0-9]{2})\.([0-9]{4,5}))$"
_APRIL_2007, _JANUARY_2015 = 2007 * 12 + 3, 2015 * 12
"""Months counted through: the first of each new form."""


def id_columns(texts: pl.Series) -> pl.DataFrame:
    """The parts of each text of a String column (a frame of `ID_PARTS`, in the same order)."""
    found = texts.to_frame("text").select("text", pl.col("text").str.extract_groups(_PLAIN).alias("parts"))
    old_year, old_month, old_number, year, month, number = (
        pl.col("parts").struct.field(field).cast(pl.Int32) for field in "234567"
    )
    archive = pl.col("parts").struct.field("1")
    found = found.select(
        "text",
        pl.coalesce(year + 2000, old_year + pl.when(old_year > 90).then(1900).otherwise(2000)).alias("year"),
        pl.coalesce(month, old_month).alias("month"),
        archive.alias("archive"),
        pl.coalesce(number, old_number).alias("number"),
        pl.col("parts").struct.field("7").str.len_bytes().alias("digits"),
    )
    of_all = pl.col("year") * 12 + pl.col("month") - 1
    form = (
        pl.when(pl.col("archive").is_null())
        .then((of_all >= _APRIL_2007) & (pl.col("digits") == pl.when(of_all >= _JANUARY_2015).then(5).otherwise(4)))
        .otherwise((of_all < _APRIL_2007) & pl.col("archive").is_in(_archives()))
    )
    plain = (form & pl.col("month").is_between(1, 12) & (pl.col("number") > 0)).fill_null(False)
    found = found.select(
        pl.when(plain).then("text").alias("paper_id"),
        *(pl.when(plain).then(pl.col(name)).cast(ID_PARTS[name]) for name in ("year", "month", "archive", "number")),
        (~plain & pl.col("text").is_not_null()).alias("odd"),
        "text",
    )
    if not found["odd"].any():
        return found.select(list(ID_PARTS))
    odd = found["odd"].arg_true()
    rows = {name: found[name].to_list() for name in ID_PARTS}
    for place, text in zip(odd.to_list(), found["text"].gather(odd).to_list(), strict=True):
        if (identifier := parse_id(text)) is not None:
            for name, column in rows.items():
                column[place] = getattr(identifier, name)
    return pl.DataFrame(rows, schema=ID_PARTS)


@cache
def _archives() -> list[str]:
    return sorted(categories.archives())
