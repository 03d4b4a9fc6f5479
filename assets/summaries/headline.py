"""Which sentence of the abstract makes the best TL;DR, by what readers' own TL;DRs reward.

A linear model over hand-made features: the sentence's role and place, its opening, its length, the words
that it shares with the title and with the rest of the abstract. Its weights were learned by
`benchmarks/train_summarizer.py` on SciTLDR (Cachola et al. 2020, Apache-2.0) so that the expected ROUGE of the
sentence chosen is highest.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from assets.summaries.roles import load_weights
from assets.summaries.vocabulary import COMMON

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BACKGROUND_ODDS = -0.7
"""Log-probability of background below which a sentence is the paper's own."""
BEFORE_NAMES = tuple(f"before{role}" for role in range(5))
AFTER_NAMES = tuple(f"after{role}" for role in range(5))
ROLE_NAMES = tuple(f"role{role}" for role in range(5))


@cache
def headline_weights() -> Mapping[str, float]:
    """The trained weights, one number a feature."""
    stored = load_weights()["headline"]
    assert isinstance(stored, dict)
    return stored


def headline_features(
    tokens: Sequence[Sequence[str]], scores: Sequence[Sequence[float]], title: Sequence[str]
) -> list[list[tuple[str, float]]]:
    """For each sentence the features and their values; `scores` are the roles' log-probabilities."""
    count = len(tokens)
    sets = [frozenset(sentence) for sentence in tokens]
    content = [{word for word in words if len(word) > 2} - COMMON for words in sets]
    titled = {word for word in title if len(word) > 2} - COMMON
    spread = Counter(chain.from_iterable(content))
    features = []
    opened = False
    for index, sentence in enumerate(tokens):
        here = content[index]
        size = len(here) or 1
        shared = len(here & titled)
        length = len(sentence)
        row = [
            *((ROLE_NAMES[role], max(score, -6.0)) for role, score in enumerate(scores[index])),
            ("title in sentence", shared / (len(titled) or 1)),
            ("sentence in title", shared / size),
            ("central", (sum(map(spread.__getitem__, here)) - len(here)) / (size * count)),
            ("centrals", len([word for word in here if spread[word] > 1]) / size),
            ("place", index / count),
            (f"at{min(index, 6)}", 1.0),
            (f"left{min(count - index, 5)}", 1.0),
            (f"long{min(length // 5, 10)}", 1.0),
            ("length", min(length, 60) / 30),
            ("^" + "_".join(sentence[:2]), 1.0),
            ("^" + "_".join(sentence[:1]), 1.0),
        ]
        if index:
            row += [(BEFORE_NAMES[role], max(score, -6.0) / 2) for role, score in enumerate(scores[index - 1])]
        if index + 1 < count:
            row += [(AFTER_NAMES[role], max(score, -6.0) / 2) for role, score in enumerate(scores[index + 1])]
        if scores[index][0] < BACKGROUND_ODDS and not opened:
            opened = True
            row.append(("opens", 1.0))
        row += [(word, 0.5) for word in dict.fromkeys(sentence)]  # in order: the sum is the same in every process
        features.append(row)
    return features


def headline_scores(features: Sequence[Sequence[tuple[str, float]]], weights: Mapping[str, float]) -> list[float]:
    """A number per sentence; the highest makes the TL;DR."""
    return [round(sum([weights[name] * value for name, value in row if name in weights]), 6) for row in features]
