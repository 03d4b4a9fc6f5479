"""What the checks look up in a paper's title and abstract, worked out once a paper and only where it is asked for."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache

from assets.summaries.numbers import known_numbers
from assets.summaries.vocabulary import COMMON

WORD = re.compile(r"\w+(?:['’-]\w+)*|\$[^$]*\$")
LONGER_WORD = re.compile(r"[a-z]{4,}")
STEM = 5
"""Letters by which words are compared, so that "optimizing" is "optimization"."""
RUN = 8
"""Words in a row that count as copied."""


class Source:
    """A paper's title and abstract, prepared for look-ups."""

    def __init__(self, title: str, abstract: str) -> None:
        self.title = title
        self.abstract = abstract
        self.text = f"{title} {abstract}"

    @cached_property
    def lower(self) -> str:
        """Title and abstract in lower case."""
        return self.text.lower()

    @cached_property
    def numbers(self) -> frozenset[float]:
        """Every value that title or abstract state."""
        return known_numbers(self.text)

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """The abstract's runs of eight words."""
        return frozenset(runs_of(WORD.findall(self.abstract.lower()), RUN))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of the longer words."""
        return stems(self.text)


@lru_cache(maxsize=512)
def source_of(title: str, abstract: str) -> Source:
    """The paper's source, kept for the other texts of the same paper."""
    return Source(title, abstract)


@lru_cache(maxsize=4096)
def tokens_of(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, a formula as one word; shared by all checks of the text."""
    return tuple(WORD.findall(text.lower()))


def runs_of(tokens: list[str] | tuple[str, ...], length: int) -> list[tuple[str, ...]]:
    """All runs of so many tokens."""
    return [tuple(tokens[start : start + length]) for start in range(len(tokens) - length + 1)]


def stems(text: str) -> frozenset[str]:
    """The stems of a text's longer words that carry meaning."""
    return frozenset(word[:STEM] for word in LONGER_WORD.findall(text.lower()) if word not in COMMON)
