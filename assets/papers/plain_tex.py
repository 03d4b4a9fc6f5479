"""Texts that need no reading of TeX, cleaned by patterns: a whole column at once.

`text.fold` and `tex.to_text` read a text by Python, `to_text` command by command. Most texts need none of it: they hold
no sign of TeX, or mathematics between dollars that could be nothing else, a per cent sign behind a backslash, words in
`\\emph{…}`. The patterns here accept such texts only; what they do not accept goes to the two functions, which is where
the rules stand. A test holds both against each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from assets.papers.tex import to_text
from assets.papers.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable

_PER_CENT, _OPENS, _CLOSES = "\ue000", "\ue001", "\ue002"
_MARKS = f"{_PER_CENT}{_OPENS}{_CLOSES}"
"""Stand for `\\%` and for the beginning and end of emphasis, until it is known that none of them is in mathematics."""

_EMPHASIS = r"\\(?:emph|text(?:it|bf|sl|sc|sf|tt|rm))\{([A-Za-z0-9](?:[A-Za-z0-9 ,.'-]*[A-Za-z0-9.])?)\}"

_LETTER = "A-Za-z"
_SEPARATOR = "\\s(\"'“"
_OTHER = f"[^${_LETTER}{_SEPARATOR}{_MARKS}]"
_NO_DIGIT = f"[^${_LETTER}{_SEPARATOR}{_MARKS}\\d]"
_END = f"[^${_LETTER}{_SEPARATOR}{_MARKS}\\\\/–—-]"
_REST = f"[^${_SEPARATOR}{_MARKS}]*"
_PART = f"(?:[{_LETTER}]?(?:{_OTHER}{_REST})?)"
"""What may stand behind a space, a parenthesis or a quotation mark: no two letters, which could begin a word."""
_HEAD = f"(?:[{_LETTER}](?:{_OTHER}{_REST})?|{_NO_DIGIT}{_REST}|[(\"'“]{_PART})"
"""How mathematics with a space in it may begin: not like a word or an amount."""
_LAST = f"(?:[{_LETTER}]|[{_LETTER}]?{_OTHER}{_REST}[{_LETTER}]|[{_LETTER}]?(?:{_OTHER}{_REST})?{_END})"
_SPACED = f"{_HEAD}(?:[{_SEPARATOR}]{_PART})*[{_SEPARATOR}]{_LAST}"
_WITHOUT_SPACE = f"[^$\\s{_MARKS}]*[^$\\s{_MARKS}\\\\/–—-]"
_OUTSIDE = "[^\\\\${}~`]*"
_FOLLOWING = "[ .,;:!?)\\]\"'’”A-Za-z-]"
"""What may stand behind the closing dollar; a digit or another dollar could make an amount of it."""

_CLEAN = f"^{_OUTSIDE}(?:\\$(?:{_WITHOUT_SPACE}|{_SPACED})\\$(?:{_FOLLOWING}{_OUTSIDE}|$))*$"

_NEVER = r"--|''|[~`]|\}(?:ambda|mega)|\\(?:text|mbox|hbox|tag|footnote|[()])"
"""Typography of TeX, and what opens a text within mathematics."""

_PLAIN = r"^[\x20-\x25\x27-\x7e\n]*$"
"""ASCII that can be printed, line breaks, and no "&", which may begin an entity."""


def folded(texts: pl.Series) -> pl.Series:
    """`text.fold` of every text of a String column; NULL stays NULL."""
    text = pl.col("text")
    line = text.str.replace_all("\n", " ", literal=True).str.strip_chars(" ")
    spaced = pl.when(line.str.contains("  ", literal=True)).then(line.str.replace_all(" +", " ")).otherwise(line)
    found = texts.to_frame("text").select(pl.when(text.str.contains(_PLAIN)).then(spaced)).to_series()
    return _with_others(texts, found, fold)


def cleaned(texts: pl.Series) -> pl.Series:
    """`tex.to_text` of every folded text of a String column; NULL stays NULL."""
    text = pl.col("text")
    marked = (
        pl.when(text.str.contains("\\", literal=True))
        .then(
            text.str.replace_all("\\%", _PER_CENT, literal=True).str.replace_all(_EMPHASIS, f"{_OPENS}${{1}}{_CLOSES}")
        )
        .otherwise(text)
    )
    unmarked = pl.col("marked").str.replace_all(_PER_CENT, "%", literal=True).str.replace_all(f"[{_MARKS}]", "")
    found = (
        texts.to_frame("text")
        .with_columns(marked.alias("marked"), text.str.contains(f"[{_MARKS}]").not_().alias("unmarked"))
        .with_columns(pl.when("unmarked", pl.col("marked").str.contains(_CLEAN)).then("marked").alias("marked"))
        .with_columns(pl.when(pl.col("marked") == text).then(text).otherwise(unmarked).alias("done"))
        .select(pl.when(pl.col("done").str.contains(_NEVER).not_()).then("done"))
        .to_series()
    )
    return _with_others(texts, found, to_text)


def _with_others(texts: pl.Series, found: pl.Series, clean: Callable[[str], str]) -> pl.Series:
    """What was found, and what a function makes of the texts for which nothing was."""
    others = (found.is_null() & texts.is_not_null()).arg_true()
    if others.is_empty():
        return found.alias(texts.name)
    made = pl.Series([clean(text) for text in texts.gather(others)], dtype=pl.String())
    return found.scatter(others, made).alias(texts.name)
