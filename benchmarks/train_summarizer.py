"""Trains the embedded summarizer's two small models and writes assets/summaries/weights.json.

    python -m benchmarks.train_summarizer ../shared/data/rhetoric

The folder holds csab_train.jsonl (CSAbstruct: {"sentences", "labels"}) and scitldr_train.jsonl (SciTLDR: {"source",
"title", "target"}). Both models are linear, trained by AdaGrad in plain Python with a fixed seed: the same data give
the same file. Only weights of single words, word pairs and openings are stored, none of the text.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from assets.summaries.headline import headline_features
from assets.summaries.roles import ROLES, RoleModel, role_features, role_scores, words
from assets.summaries.voice import retell
from benchmarks.rouge import rouge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WEIGHTS = Path(__file__).parents[1] / "assets" / "summaries" / "weights.json"

ROLE_EPOCHS, ROLE_RATE, ROLE_DECAY, ROLE_MINIMUM = 5, 0.05, 1e-2, 4
"""Passes over the data, step, weight decay, and the sentences in which a feature must occur."""
TRANSITION_WEIGHT = 0.5
HEADLINE_EPOCHS, HEADLINE_RATE, HEADLINE_DECAY, HEADLINE_MINIMUM = 3, 0.03, 1e-2, 8
SHARPNESS = 20.0
"""How strongly the target distribution over an abstract's sentences favours the sentence of the best ROUGE."""


def read(path: Path) -> list[dict[str, list[str]]]:
    """The rows of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def softmax(values: Sequence[float], scale: float = 1.0) -> list[float]:
    """Probabilities proportional to exp(scale × value)."""
    top = max(values)
    raised = [math.exp(scale * (value - top)) for value in values]
    total = sum(raised)
    return [value / total for value in raised]


def train_roles(abstracts: Sequence[Mapping[str, list[str]]]) -> RoleModel:
    """Multinomial logistic regression over a sentence's features, and log-odds of role after role."""
    rows: list[tuple[list[str], int]] = []
    occurs: Counter[str] = Counter()
    starts = [1] * len(ROLES)
    follows = [[1] * len(ROLES) for _ in ROLES]
    prior = [1] * len(ROLES)
    for abstract in abstracts:
        tokens = [words(sentence) for sentence in abstract["sentences"]]
        labels = [ROLES.index(label) for label in abstract["labels"]]
        for index, label in enumerate(labels):
            features = role_features(tokens[index], index, len(tokens))
            rows.append((features, label))
            occurs.update(features)
            prior[label] += 1
            if index:
                follows[labels[index - 1]][label] += 1
        starts[labels[0]] += 1
    names = [*sorted(name for name, count in occurs.items() if count >= ROLE_MINIMUM), "#bias"]
    number = {name: index for index, name in enumerate(names)}
    weights = [[0.0] * len(ROLES) for _ in names]
    squares = [[1.0] * len(ROLES) for _ in names]
    examples = [([number[name] for name in row if name in number] + [number["#bias"]], label) for row, label in rows]
    shuffle = random.Random(0).shuffle
    for _ in range(ROLE_EPOCHS):
        shuffle(examples)
        for active, label in examples:
            gradient = softmax([sum(weights[index][role] for index in active) for role in range(len(ROLES))])
            gradient[label] -= 1
            for index in active:
                weight, square = weights[index], squares[index]
                for role, slope in enumerate(gradient):
                    step = slope + ROLE_DECAY * weight[role]
                    square[role] += step * step
                    weight[role] -= ROLE_RATE * step / math.sqrt(square[role])
    kept = {
        name: [round(value, 2) for value in weight]
        for name, weight in zip(names, weights, strict=True)
        if max(map(abs, weight)) >= 0.02
    }
    transitions = [
        [
            round(TRANSITION_WEIGHT * math.log(count / sum(row) / (prior[role] / sum(prior))), 3)
            for role, count in enumerate(row)
        ]
        for row in follows
    ]
    return RoleModel(kept, [0.0] * len(ROLES), transitions)


def train_headline(papers: Sequence[Mapping[str, object]], roles: RoleModel) -> dict[str, float]:
    """Weights under which the sentences of high ROUGE get the probability (listwise softmax)."""
    examples: list[tuple[list[list[tuple[str, float]]], list[float]]] = []
    occurs: Counter[str] = Counter()
    for paper in papers:
        source, targets, title = paper["source"], paper["target"], paper["title"]
        assert isinstance(source, list)
        assert isinstance(targets, list)
        assert isinstance(title, str)
        if len(source) < 2:
            continue
        tokens = [words(sentence) for sentence in source]
        features = headline_features(tokens, role_scores(tokens, roles), words(title))
        rewards = [rouge(retell(sentence), targets) for sentence in source]
        examples.append((features, softmax([one + 0.5 * two + 0.5 * long for one, two, long in rewards], SHARPNESS)))
        for row in features:
            occurs.update(name for name, _ in row)
    weights = {name: 0.0 for name, count in sorted(occurs.items()) if count >= HEADLINE_MINIMUM}
    squares = dict.fromkeys(weights, 0.1)
    shuffle = random.Random(0).shuffle
    for _ in range(HEADLINE_EPOCHS):
        shuffle(examples)
        for features, target in examples:
            chosen = softmax([sum(weights.get(name, 0.0) * value for name, value in row) for row in features])
            slopes: dict[str, float] = defaultdict(float)
            for row, ours, theirs in zip(features, chosen, target, strict=True):
                for name, value in row:
                    if name in weights:
                        slopes[name] += (ours - theirs) * value
            for name, slope in slopes.items():
                step = slope + HEADLINE_DECAY * weights[name]
                squares[name] += step * step
                weights[name] -= HEADLINE_RATE * step / math.sqrt(squares[name])
    return {name: round(value, 3) for name, value in weights.items() if abs(value) >= 0.005}


def main(folder: Path) -> None:
    """Trains both models on the folder's training splits and writes the weights."""
    roles = train_roles(read(folder / "csab_train.jsonl"))
    headline = train_headline(read(folder / "scitldr_train.jsonl"), roles)
    content = {
        "made by": "benchmarks/train_summarizer.py",
        "learned from": "CSAbstruct and SciTLDR (Apache-2.0)",
        "roles": {"weights": roles.weights, "start": roles.start, "transitions": roles.transitions},
        "headline": headline,
    }
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    WEIGHTS.write_text(text.replace('],"', '],\n"') + "\n", "utf-8")
    print(f"{WEIGHTS}: {len(roles.weights)} and {len(headline)} weights, {WEIGHTS.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
