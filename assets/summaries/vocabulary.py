"""Word lists: words without a meaning of their own, and words that papers of every field use."""

from __future__ import annotations

from importlib import resources


def _words_of(name: str) -> frozenset[str]:
    text = resources.files("assets.summaries").joinpath(name).read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


COMMON = _words_of("common_words.txt")
"""English words that carry no meaning of their own, in lower case."""

GENERIC = COMMON | _words_of("generic_words.txt")
"""The common words and those that papers of every field use: no keyword holds one, unless it is a known term."""

NOUNS = _words_of("nouns.txt")
"""Nouns that end like an adjective or a participle."""

TAILS = _words_of("term_tails.txt")
"""Generic words that end the names of particular things: "gauge field", "Casimir effect"."""
