"""Whether two fields say the same."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from assets.summaries import limits
from assets.summaries.checks.kinds import Finding, finding
from assets.summaries.checks.source import WIDE, tokens_of
from assets.summaries.vocabulary import COMMON

if TYPE_CHECKING:
    from collections.abc import Mapping


@lru_cache(maxsize=4096)
def content_words(text: str) -> frozenset[str]:
    """The different words of a text that carry meaning, formulas included."""
    tokens = tokens_of(text)
    if text.isascii() or not WIDE.search(text):
        return frozenset(tokens) - COMMON
    # A single character says little where words have two: neighbours count in pairs.
    pairs = (f"{one}{two}" for one, two in pairwise(tokens) if WIDE.match(one) and WIDE.match(two))
    return frozenset((*pairs, *(token for token in tokens if not WIDE.match(token))))


def repeats(text: str, other: str) -> bool:
    """Whether the shorter of two texts says little that the longer one does not."""
    if text == other:
        return True
    words, others = content_words(text), content_words(other)
    shorter = min(len(words), len(others))
    if shorter < limits.OVERLAP_WORDS or (both := len(words & others)) <= limits.OVERLAP * shorter:
        return False
    return both > limits.OVERLAP_WIDE * shorter or not (WIDE.search(text) and WIDE.search(other))


def overlaps(texts: Mapping[str, str]) -> list[Finding]:
    """Pairs of fields of which one says what the other says; the later field has the finding."""
    findings = []
    told = list(texts.items())
    for index, (field, text) in enumerate(told):
        for earlier, other in told[:index]:
            if repeats(text, other):
                findings.append(finding("overlap", field, f"says what {earlier} says"))
                break
    return findings
