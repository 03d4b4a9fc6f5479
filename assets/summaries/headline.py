"""Which sentence of the abstract makes the best TL;DR, by what readers' own TL;DRs reward.

A linear model over the sentence's words and opening, its role and its neighbours' roles, its place, its length and the
words that it shares with the title and with the rest of the abstract. Its weights were learned by
`benchmarks/train_summarizer.py` on SciTLDR (Cachola et al. 2020, Apache-2.0) so that the expected ROUGE of the
sentence chosen is highest.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from operator import mul
from string import ascii_lowercase
from typing import TYPE_CHECKING

from assets.summaries.lexicon import HEADLINE, stored_weights, weight
from assets.summaries.vocabulary import COMMON

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BACKGROUND_ODDS = -0.7
"""Log-probability of background below which a sentence is the paper's own."""
LEAST_ODDS = -6.0
UNTELLING = COMMON | {"0", "$"} | set(ascii_lowercase) | set(map("".join, product(ascii_lowercase, repeat=2)))
"""Words that two texts share without being about the same."""

SHAPES = (
    *(f"role {role}" for role in range(5)),
    *(f"before {role}" for role in range(5)),
    *(f"after {role}" for role in range(5)),
    "title in sentence",
    "sentence in title",
    "central",
    "opens",
)
"""Names of the features that are no words, in the order of their values."""
LENGTHS = tuple(f"long {step}" for step in range(13))
NOWHERE = (LEAST_ODDS / 2,) * 5


@cache
def shape_weights() -> tuple[Sequence[float], Mapping[int, float]]:
    """The weights of SHAPES, and those of a sentence's words in fives."""
    stored: Mapping[str, float] = stored_weights()["headline shapes"]
    lengths = {step: stored.get(name, 0.0) for step, name in enumerate(LENGTHS)}
    return [stored.get(name, 0.0) for name in SHAPES], lengths


def shapes(
    tokens: Sequence[Sequence[str]], scores: Sequence[Sequence[float]], title: Sequence[str]
) -> list[tuple[float, ...]]:
    """For each sentence the values of SHAPES; `scores` are the roles' log-probabilities."""
    titled = set(title) - UNTELLING
    content = [set(sentence) - UNTELLING for sentence in tokens]
    seen: set[str] = set()
    again: set[str] = set()
    for here in content:
        again |= seen & here
        seen |= here
    whole = len(titled) or 1
    own = [[max(score, LEAST_ODDS) for score in row] for row in scores]
    halves = [NOWHERE, *([score / 2 for score in row] for row in own), NOWHERE]
    values = []
    opened = False
    for index, here in enumerate(content):
        size = len(here) or 1
        shared = len(here & titled)
        opens = not opened and own[index][0] < BACKGROUND_ODDS
        opened = opened or opens
        values.append(
            (
                *own[index],
                *halves[index],
                *halves[index + 2],
                shared / whole,
                shared / size,
                len(here & again) / size,
                float(opens),
            )
        )
    return values


def length_step(tokens: Sequence[str]) -> int:
    """The sentence's words in fives, up to the last step."""
    return min(len(tokens) // 5, len(LENGTHS) - 1)


def headline_scores(
    columns: Sequence[Sequence[int]],
    tokens: Sequence[Sequence[str]],
    scores: Sequence[Sequence[float]],
    title: Sequence[str],
) -> list[float]:
    """A number per sentence; the highest makes the TL;DR. `columns` are the sentences' sums in the lexicon."""
    weights, lengths = shape_weights()
    return [
        round(
            weight(sums[HEADLINE]) + lengths[length_step(sentence)] + sum(map(mul, weights, row)),
            6,
        )
        for sums, sentence, row in zip(columns, tokens, shapes(tokens, scores, title), strict=True)
    ]
