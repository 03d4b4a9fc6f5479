"""Keywords of a paper: the terms that its title and abstract use and repeat."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from assets.summaries.vocabulary import GENERIC

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYWORDS = 6
TOKEN = re.compile(r"\w+(?:[-–'’]\w+)*|[^\s\w]")
FORMULA = re.compile(r"\$[^$]*\$|https?://\S+|\bwww\.\S+|['’]s\b")
LENGTH_WEIGHTS = (1.0, 1.9, 2.2)
TITLE_WEIGHTS = (1.5, 3.0, 3.0)


@lru_cache(maxsize=50_000)
def _word_key(token: str) -> str | None:
    """The word as terms are counted by, in lower case and singular; None for what no keyword holds."""
    lower = token.lower()
    if not token[0].isalnum() or token.isdigit() or lower in GENERIC or (len(token) < 3 and not token.isupper()):
        return None
    if lower.endswith("ly") and len(lower) > 4:
        return None
    if len(lower) > 4 and lower.endswith("s") and not lower.endswith(("ss", "us", "is", "ics")):
        return lower[:-1]
    return lower


def _tokens(text: str) -> list[str]:
    """Words and marks; a formula or an address is a full stop, so that no term reaches across it."""
    return TOKEN.findall(FORMULA.sub(" . ", text))


def keywords(title: str, abstract: str) -> tuple[str, ...]:
    """Up to six terms of one to three words, the most telling first, spelt as the paper spells them.

    A term scores by how often it is used, by standing in the title, and by its words' being specific. Names keep
    their capitals; a term that shares a word with a better one is left out.
    """
    heading, body = _tokens(title), _tokens(abstract)
    tokens = [*body, ".", *heading]
    keys = [_word_key(token) for token in tokens]
    titled = set(_terms(keys[len(body) + 1 :]))
    counts = Counter(_terms(keys))
    repeated = [(term, count) for term, count in counts.items() if count > 1 or term in titled]
    scored = sorted(
        (-_score(term, count, term in titled), term) for term, count in repeated or counts.items() if None not in term
    )
    chosen: list[str] = []
    used: set[str | None] = set()
    for _, term in scored:
        if used.isdisjoint(term) and not (len(term) > 1 and str(term[0]).endswith(("ing", "ed"))):
            at = _place(keys, term)
            opens = at == 0 or tokens[at - 1] in ".:!?"
            chosen.append(_spelling(tokens[at : at + len(term)], at > len(body), opens))
            used.update(term)
            if len(chosen) == KEYWORDS:
                break
    return tuple(chosen)


def _place(keys: list[str | None], term: tuple[str | None, ...]) -> int:
    """Where the term stands first; it does stand somewhere."""
    at = keys.index(term[0])
    while tuple(keys[at : at + len(term)]) != term:
        at = keys.index(term[0], at + 1)
    return at


def _terms(keys: list[str | None]) -> Iterator[tuple[str | None, ...]]:
    """Every run of one, two and three words; those that hold a None are no terms."""
    return chain(zip(keys), pairwise(keys), zip(keys, keys[1:], keys[2:]))  # noqa: B905


def _score(term: tuple[str | None, ...], count: int, in_title: bool) -> float:
    size = len(term) - 1
    return count * LENGTH_WEIGHTS[size] + (TITLE_WEIGHTS[size] if in_title else 0.0) - (0.6 if count == 1 else 0.0)


def _spelling(words: list[str], in_title: bool, opens: bool) -> str:
    """Lower case for a capital that only the title or the start of a sentence gave."""
    return " ".join(
        word.lower() if word.istitle() and len(word) > 1 and (in_title or (opens and at == 0)) else word
        for at, word in enumerate(words)
    )
