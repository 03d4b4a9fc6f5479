"""ROUGE-1, ROUGE-2 and ROUGE-L (F1) as SciTLDR's authors report them.

Words are runs of ASCII letters and digits in lower case; those of more than three letters are cut to their Porter stem,
as `rouge_score` with `use_stemmer=True` does. Of several references the one of the highest ROUGE-1 gives all three
figures, as in SciTLDR's own evaluation (Cachola et al. 2020).
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import snowballstemmer

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

WORD = re.compile(r"[a-z0-9]+")
STEMMER = snowballstemmer.stemmer("porter")
LONGEST_UNSTEMMED = 3


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The word's Porter stem."""
    return word if len(word) <= LONGEST_UNSTEMMED else str(STEMMER.stemWord(word))


@lru_cache(maxsize=100_000)
def stems(text: str) -> tuple[str, ...]:
    """The stems of a text's words, in order."""
    return tuple(map(stem, WORD.findall(text.lower())))


def _f1(shared: int, ours: int, theirs: int) -> float:
    return 2 * shared / (ours + theirs) if shared else 0.0


def _overlap(ours: Sequence[Hashable], theirs: Sequence[Hashable]) -> float:
    return _f1((Counter(ours) & Counter(theirs)).total(), len(ours), len(theirs))


def _common_subsequence(ours: Sequence[str], theirs: Sequence[str]) -> int:
    before = [0] * (len(theirs) + 1)
    for word in ours:
        now = [0]
        for index, other in enumerate(theirs):
            now.append(before[index] + 1 if word == other else max(before[index + 1], now[index]))
        before = now
    return before[-1]


def rouge(text: str, references: Sequence[str]) -> tuple[float, float, float]:
    """ROUGE-1, -2 and -L between 0 and 1, against the reference of the highest ROUGE-1."""
    ours = stems(text)
    theirs = max(map(stems, references), key=lambda reference: _overlap(ours, reference))
    return (
        _overlap(ours, theirs),
        _overlap(list(pairwise(ours)), list(pairwise(theirs))),
        _f1(_common_subsequence(ours, theirs), len(ours), len(theirs)),
    )
