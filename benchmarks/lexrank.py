"""LexRank (Erkan and Radev 2004): the sentence that is most like the others, the usual yardstick without training."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.rouge import stems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DAMPING = 0.15
ROUNDS = 50


def lexrank(sentences: Sequence[str], documents: Mapping[str, int], count: int) -> int:
    """Index of the central sentence; `documents` says in how many of `count` abstracts a stem stands."""
    vectors = []
    for sentence in sentences:
        raw = {stem: times * math.log(count / documents[stem]) for stem, times in Counter(stems(sentence)).items()}
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        vectors.append({stem: value / length for stem, value in raw.items()})
    likeness = [
        [sum(value * other.get(stem, 0.0) for stem, value in vector.items()) for other in vectors] for vector in vectors
    ]
    ranks = [1 / len(sentences)] * len(sentences)
    totals = [sum(row) or 1.0 for row in likeness]
    for _ in range(ROUNDS):
        ranks = [
            DAMPING / len(sentences)
            + (1 - DAMPING) * sum(ranks[other] * likeness[other][at] / totals[other] for other in range(len(sentences)))
            for at in range(len(sentences))
        ]
    return max(range(len(sentences)), key=lambda at: (ranks[at], -at))
