"""What the reader of the almanac has chosen: the categories followed, languages, thresholds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from assets.errors import SettingsError

DEFAULT_COMPLETENESS = 0.99
"""Share of a day's papers whose summaries must be complete before its digest is made."""


@dataclass(frozen=True)
class Reader:
    """What the reader wants first, and what not at all; it orders a digest and changes nothing else."""

    include: tuple[str, ...] = ()
    """Words and phrases: papers that use one come first in their section."""
    exclude: tuple[str, ...] = ()
    """Words and phrases: papers that use one are left out, counted and named."""
    authors: tuple[str, ...] = ()
    """Names: papers of theirs come first of all."""


NOBODY = Reader()
"""A reader who follows and excludes nothing."""


@dataclass(frozen=True)
class Preferences:
    """The choices that the rooms share; the settings of `orchestration` fill them."""

    categories: frozenset[str] | None
    """Canonical categories followed; None follows all."""
    languages: tuple[str, ...] = ("en",)
    """Languages of the summaries, ISO 639-1; digests are in the first."""
    completeness: float = DEFAULT_COMPLETENESS
    max_cost_usd: float | None = None
    """The most that the summaries of a day may cost, in US dollars; None for no limit."""
    reader: Reader = NOBODY
    topics: Path | None = None
    """File of the topics of the monthly pages; None for those that come with the almanac."""

    @property
    def categories_text(self) -> str:
        """The followed categories in a line."""
        return "all" if self.categories is None else ", ".join(sorted(self.categories))


LONGEST_TERM = 100
"""Characters of a term or a name that a reader follows."""

_LETTERS = re.compile(r"[^\W_]|(?<=\w)[+#]")
_QUOTES = re.compile('["“”„]')


def reader_of(include: str, exclude: str, authors: str) -> Reader:
    """What a reader follows, from lists: terms by commas or lines, names by semicolons or lines.

    Raises SettingsError for a term that no text can have or every text has, and for one that is both followed and
    excluded.
    """
    reader = Reader(
        _items("ALMANAC_INCLUDE", include, r"[,\n]"),
        _items("ALMANAC_EXCLUDE", exclude, r"[,\n]"),
        _items("ALMANAC_AUTHORS", authors, r"[;\n]"),
    )
    for name in reader.authors:
        if name.count(",") > 1:
            raise SettingsError(
                f"ALMANAC_AUTHORS names {name!r}, which has several commas: put a semicolon between names, and write"
                " each as Ada Ono or Ono, Ada."
            )
    both = {term.casefold() for term in reader.include} & {term.casefold() for term in reader.exclude}
    if both:
        raise SettingsError(
            f"ALMANAC_INCLUDE and ALMANAC_EXCLUDE both name {', '.join(sorted(both))}: take it out of one of them."
        )
    return reader


def _items(variable: str, text: str, separator: str) -> tuple[str, ...]:
    """The parts of a list, white space folded and quotation marks dropped, each once."""
    parts = (" ".join(_QUOTES.sub("", part).split()) for part in re.split(separator, text))
    items = {part.casefold(): part for part in parts if part}
    for item in items.values():
        if len(item) > LONGEST_TERM:
            raise SettingsError(
                f"{variable} names {item[:40]!r}…, which has {len(item)} characters: {LONGEST_TERM} are the most;"
                " separate the parts."
            )
        if len(_LETTERS.findall(item)) < 2 or ("*" in item[:-1]):
            raise SettingsError(
                f"{variable} names {item!r}: write at least two letters or digits, and a * at the end only."
            )
    return tuple(items.values())
