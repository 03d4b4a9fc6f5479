"""Lists of names that need no reading, cut by patterns: a whole column at once.

`names.author_lists` knows suffixes, affiliations, collaborations and TeX. Most lists hold none of these: letters,
initials, commas and "and". The patterns here accept such lists only; a test holds the two against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

_BETWEEN = "\x1f"
"""Stands between parsed names: a character that no name holds, unlike the comma."""

_NAMES = "^[A-Za-zÀ-ÖØ-öø-ɏ .'{}-]*$"
_ODD = (
    "(?:^|{0}) *(?:{0}|$|['.-])"  # an empty name, or one that begins with a sign
    "| -|--| for | from |behalf"
    "|(?i:(?:^|[ {0}])(?:and|with)(?:[ {0}]|$)|\\bet\\b|collab|consorti|group|force"
    "|(?:^|{0}) *(?:jr|sr|ii|iii|iv|ph\\.?d|m\\.?d)\\b)"
)


def plain_names(given: pl.Series, parsed: Sequence[Sequence[Sequence[str]]]) -> tuple[pl.Series, pl.Series]:
    """`names.author_lists` of each row: names in letters, and in TeX form; both NULL where it must be asked itself.

    `given` are the folded author strings, `parsed` the snapshot's `authors_parsed`, [] where there is none.
    """
    in_string, in_entries = pl.col("given"), pl.col("joined")
    rows = pl.DataFrame({"given": given, "joined": pl.Series([_joined(one) for one in parsed], dtype=pl.String())})
    rows = rows.select(
        in_string.str.replace_all(",? and ", ",").str.replace_all(" *, *", ","),
        in_entries.str.replace_all(" +", " ").str.replace_all(f" *{_BETWEEN} *", _BETWEEN).str.strip_chars(" "),
    ).select(_cut(in_string, ","), _cut(in_entries, _BETWEEN))
    alone, count = in_entries.list.len() == 0, in_string.list.len()
    known = in_string.is_not_null() & in_entries.is_not_null()
    found = rows.select(
        pl.when(known).then(pl.when(alone).then(in_string).otherwise(in_entries)).alias("names"),
        pl.when(known)
        .then(pl.when(alone | (in_entries.list.len() == count)).then(in_string).otherwise(in_entries))
        .alias("names_tex"),
    )
    return found["names"], found["names_tex"]


def _joined(entries: Sequence[Sequence[str]]) -> str | None:
    """ "First Last Suffix" of each entry; None where one of them is empty."""
    try:
        return _BETWEEN.join(
            [
                f"{entry[1]} {entry[0]} {entry[2]}" if len(entry) > 2 else " ".join((*entry[1:2], entry[0]))
                for entry in entries
            ]
        )
    except IndexError:
        return None


def _cut(names: pl.Expr, between: str) -> pl.Expr:
    """The names of a text; none where it is empty, NULL where it is not plain."""
    plain = names.str.contains(_NAMES.format(between)) & names.str.contains(_ODD.format(between)).not_()
    nobody = pl.lit(pl.Series([[]], dtype=pl.List(pl.String())))
    return pl.when(names == "").then(nobody).when(plain).then(names.str.split(between)).alias(names.meta.output_name())
