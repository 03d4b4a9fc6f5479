"""The pandera checks of a cleaned paper: each a name, a Polars expression and the sentence for the reader.

`schema.py` gives them to the columns; `validate.py` runs them. The names are the rules that
`rejected_papers` shows.
"""

from collections.abc import Callable, Sequence

import pandera.polars as pa
import polars as pl

MEANING: dict[str, str] = {
    "not_nullable": "is missing",
}
"""Rule → what is wrong with a value that breaks it, as the predicate of a sentence."""

# Control, zero-width and direction characters, soft hyphens, byte order marks, replacement characters.
_INVISIBLE = (
    r"[\p{Cc}\u{ad}\u{61c}\u{180e}\u{200b}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fff9}-\u{fffd}]"
)
_NEW_FORM = r"\d{4}\.\d{4,5}"
_OLD_FORM = r"[a-z]+(?:-[a-z]+)?/\d{7}"
_CATEGORY = r"^[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]+(?:-[A-Za-z]+)*)?$"


def _check(rule: str, meaning: str, holds: Callable[[pl.Expr], pl.Expr]) -> pa.Check:
    MEANING[rule] = meaning
    return pa.Check(lambda data: data.lazyframe.select(holds(pl.col(data.key))), name=rule)


def _each(holds: Callable[[pl.Expr], pl.Expr]) -> Callable[[pl.Expr], pl.Expr]:
    return lambda column: column.list.eval(holds(pl.element())).list.all()


def _clean(column: pl.Expr) -> pl.Expr:
    return column.str.contains(_INVISIBLE).not_()


def _folded(column: pl.Expr) -> pl.Expr:
    return column.str.contains(r"^\s|\s$|\s\s").not_()


def _composed(texts: pl.Series) -> pl.Series:
    # Normalizing is dear and says nothing about ASCII, which most abstracts are.
    other = (texts.str.len_bytes() != texts.str.len_chars()).arg_true()
    if other.is_empty():
        return pl.repeat(True, texts.len(), dtype=pl.Boolean(), eager=True)
    selected = texts.gather(other)
    bad = other.filter(selected.str.normalize("NFC") != selected)
    return ~pl.int_range(texts.len(), eager=True).is_in(bad.implode())


def _named(column: pl.Expr) -> pl.Expr:
    return (column.str.len_chars() > 0) & _clean(column)


def at_most(count: int) -> pa.Check:
    """Text of no more than so many characters."""
    return _check(
        f"at_most_{count}_characters", f"is longer than {count:,} characters", lambda c: c.str.len_chars() <= count
    )


def one_of(values: Sequence[str]) -> pa.Check:
    """One of the values."""
    return _check("known_value", f"is none of {', '.join(values)}", lambda c: c.is_in(list(values)))


IS_ID = _check("valid_id", "is no arXiv identifier", lambda c: c.str.contains(f"^(?:{_NEW_FORM}|{_OLD_FORM})$"))
AT_LEAST_ONE = _check("at_least_one", "is less than 1", lambda c: c >= 1)
NOT_EMPTY = _check("not_empty", "is empty", lambda c: c.str.len_chars() > 0)
NO_CONTROL = _check("no_control_characters", "holds control or invisible characters", _clean)
FOLDED = _check("folded", "holds line breaks or double spaces", _folded)
NFC = _check("nfc", "is not in Unicode's composed form", lambda c: c.map_batches(_composed, return_dtype=pl.Boolean()))
PAIRED_DOLLARS = _check(
    "paired_dollars",
    "has a dollar of mathematics without a partner",
    lambda c: (c.str.count_matches("$", literal=True) - c.str.count_matches("\\$", literal=True)) % 2 == 0,
)
IS_CATEGORY = _check("valid_category", "is no category", lambda c: c.str.contains(_CATEGORY))

NOT_EMPTY_LIST = _check("not_empty", "is empty", lambda c: c.list.len() > 0)
CLEAN_NAMES = _check("clean_names", "holds an empty name or one with control characters", _each(_named))
ARE_CATEGORIES = _check(
    "valid_category", "holds what is no category", _each(lambda element: element.str.contains(_CATEGORY))
)
EACH_ONCE = _check("each_once", "names something twice", lambda c: c.list.n_unique() == c.list.len())

TEXT = (NOT_EMPTY, NO_CONTROL, FOLDED, NFC)
"""What every text of a paper has to be."""


def _row_check(rule: str, meaning: str, holds: pl.Expr) -> pa.Check:
    MEANING[rule] = meaning
    return pa.Check(lambda data: data.lazyframe.select(holds), name=rule)


ROW_CHECKS = {
    "authors": _row_check(
        "as_many_names",
        "has another number of names than their TeX forms",
        pl.col("authors").list.len() == pl.col("authors_tex").list.len(),
    ),
    "categories": _row_check(
        "primary_first",
        "does not begin with the primary category",
        pl.col("categories").list.first() == pl.col("primary_category"),
    ),
}
"""Checks over several columns of a row, by the column that they are reported for."""
