"""What each sentence of an abstract does: background, objective, method, result or other.

A linear model scores every sentence by its words, word pairs, opening and place; Viterbi's algorithm then finds the
likeliest sequence, because roles follow one another in an order. The weights were learned by
`benchmarks/train_summarizer.py` from CSAbstruct (Cohan et al. 2019, Apache-2.0).
"""

from __future__ import annotations

from functools import cache
from math import exp, log
from typing import TYPE_CHECKING

from assets.summaries.lexicon import OWN, SCALE, ZERO, stored_weights

if TYPE_CHECKING:
    from collections.abc import Sequence

BACKGROUND, OBJECTIVE, METHOD, RESULT, OTHER = range(5)


@cache
def transitions() -> tuple[tuple[float, ...], ...]:
    """What a role (column) gains behind another (row)."""
    rows: list[list[float]] = stored_weights()["transitions"]
    return tuple(map(tuple, rows))


def role_scores(columns: Sequence[Sequence[int]]) -> list[tuple[float, ...]]:
    """Log-probability of each role for each sentence, neighbours not considered, from the sums in the lexicon."""
    scores: list[tuple[float, ...]] = []
    for sums in columns:
        a, b, c, d, e = [(value - ZERO) / SCALE for value in sums[OWN]]
        total = log(exp(a) + exp(b) + exp(c) + exp(d) + exp(e))
        scores.append((a - total, b - total, c - total, d - total, e - total))
    return scores


def likeliest(scores: Sequence[Sequence[float]], gains: Sequence[Sequence[float]]) -> list[int]:
    """The sequence of roles (indexes into ROLES) of the highest score in all."""
    if not scores:
        return []
    best = list(scores[0])
    back: list[list[int]] = []
    arrivals = list(zip(*gains, strict=True))
    for score in scores[1:]:
        came: list[int] = []
        now: list[float] = []
        a, b, c, d, e = best
        for value, (f, g, h, i, j) in zip(score, arrivals, strict=True):
            options = [a + f, b + g, c + h, d + i, e + j]
            top = max(options)
            came.append(options.index(top))
            now.append(top + value)
        back.append(came)
        best = now
    path = [best.index(max(best))]
    for came in reversed(back):
        path.append(came[path[-1]])
    return path[::-1]
