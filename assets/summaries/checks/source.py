"""What the checks look up in a paper's title and abstract, worked out once a paper and only where it is asked for."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache

from assets.summaries.checks.names import KnownNames
from assets.summaries.checks.quantities import Turns, Units, factors, quantities
from assets.summaries.numbers import known_numbers
from assets.summaries.vocabulary import GENERIC

WORD = re.compile(r"\w+(?:['’-]\w+)*|\$[^$]*\$")
ASCII_WORD = re.compile(WORD.pattern, re.ASCII)
"""The same of a text in ASCII, in two thirds of the time."""
WIDE = re.compile("[\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
PROPER = re.compile(
    r"(?<=[a-z,(–-] )[A-Z][A-Za-z]+|(?<=[-–])[A-Z][A-Za-z]+|[A-Za-z]+[A-Z][A-Za-z]*|[A-Z][a-z]+(?=[-–][A-Z])"
)
PLAIN_WORD = re.compile(r"\w+")
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
    def quantities(self) -> Units:
        """The units of each number."""
        return quantities(self.text)

    @cached_property
    def factors(self) -> Turns:
        """What got better or worse by each factor."""
        return factors(self.text)

    @cached_property
    def names(self) -> KnownNames:
        """The names, and the words that a name may be short for."""
        return KnownNames(self.lower)

    @cached_property
    def words(self) -> str:
        """The abstract's words in lower case with one space around each."""
        return f" {' '.join(tokens_of(self.abstract))} "

    @cached_property
    def plain_words(self) -> tuple[str, ...]:
        """The words of title and abstract in lower case, without any mark."""
        return tuple(PLAIN_WORD.findall(self.lower))

    @cached_property
    def proper(self) -> frozenset[str]:
        """The words, in lower case, that the abstract writes with a capital within a sentence: names."""
        return frozenset([word.lower() for word in PROPER.findall(self.abstract)])

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
    if text.isascii():
        return tuple(ASCII_WORD.findall(text.lower()))
    if WIDE.search(text):
        # Chinese and Japanese put no space between words: there each character counts.
        text = WIDE.sub(r" \g<0> ", text)
    return tuple(WORD.findall(text.lower()))


def stems(text: str) -> frozenset[str]:
    """The stems of a text's longer words that tell its topic."""
    return frozenset([word[:STEM] for word in set(LONGER_WORD.findall(text.lower())) - GENERIC])
