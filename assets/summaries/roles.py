"""What each sentence of an abstract does: background, objective, method, result or other.

A linear model scores every sentence by its words, word pairs, opening and place; Viterbi's algorithm then
finds the likeliest sequence, because roles follow one another in an order. The weights were learned by
`benchmarks/train_summarizer.py` from CSAbstruct (Cohan et al. 2019, Apache-2.0).
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from operator import add
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROLES = ("background", "objective", "method", "result", "other")

TOKEN = re.compile(r"[a-z]+|\d[\d.,]*%?|\$")
FORMULA = re.compile(r"\$[^$]*\$")
POSITIONS = 8


@dataclass(frozen=True)
class RoleModel:
    """Weights per feature (one number a role), and what a role costs after another."""

    weights: Mapping[str, Sequence[float]]
    start: Sequence[float]
    transitions: Sequence[Sequence[float]]


@cache
def load_weights() -> dict[str, object]:
    """The content of weights.json."""
    text = resources.files("assets.summaries").joinpath("weights.json").read_text("utf-8")
    weights: dict[str, object] = json.loads(text)
    return weights


@cache
def role_model() -> RoleModel:
    """The trained model."""
    stored = load_weights()["roles"]
    assert isinstance(stored, dict)
    return RoleModel(**stored)


def words(sentence: str) -> list[str]:
    """Lower-case words; a number is "0", a formula "$"."""
    text = FORMULA.sub(" $ ", sentence) if "$" in sentence else sentence
    return ["0" if token[0].isdigit() else token for token in TOKEN.findall(text.lower())]


def role_features(tokens: Sequence[str], index: int, count: int) -> list[str]:
    """Names of the features of the sentence at `index` of `count`."""
    features = [*dict.fromkeys(tokens), *dict.fromkeys(map("_".join, pairwise(tokens)))]
    features.append("^" + "_".join(tokens[:2]))
    features.append("^^" + "_".join(tokens[:3]))
    features.append(f"#at={index * POSITIONS // count}")
    features.append(f"#of={min(count, 12)}")
    if index == 0:
        features.append("#first")
    if index == count - 1:
        features.append("#last")
    if index == 1:
        features.append("#second")
    return features


def role_scores(tokens: Sequence[Sequence[str]], model: RoleModel) -> list[tuple[float, ...]]:
    """Log-probability of each role for each sentence, neighbours not considered."""
    count = len(tokens)
    weights = model.weights
    bias = weights["#bias"]
    scores: list[tuple[float, ...]] = []
    for index, sentence in enumerate(tokens):
        found = [weights[feature] for feature in role_features(sentence, index, count) if feature in weights]
        raw = [sum(column) for column in zip(bias, *found, strict=True)]
        top = max(raw)
        total = top + math.log(sum(math.exp(value - top) for value in raw))
        scores.append(tuple(value - total for value in raw))
    return scores


def likeliest(scores: Sequence[Sequence[float]], model: RoleModel) -> list[int]:
    """The sequence of roles (indexes into ROLES) of the highest score in all."""
    if not scores:
        return []
    best = [start + score for start, score in zip(model.start, scores[0], strict=True)]
    back: list[list[int]] = []
    arrivals = list(zip(*model.transitions, strict=True))
    for score in scores[1:]:
        came: list[int] = []
        now: list[float] = []
        for value, arrival in zip(score, arrivals, strict=True):
            options = list(map(add, best, arrival))
            top = max(options)
            came.append(options.index(top))
            now.append(top + value)
        back.append(came)
        best = now
    path = [best.index(max(best))]
    for came in reversed(back):
        path.append(came[path[-1]])
    return path[::-1]
