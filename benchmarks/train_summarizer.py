"""Trains the embedded summarizer's two small models and writes assets/summaries/weights.json.

    python -m benchmarks.train_summarizer ../shared/data/rhetoric [--folds 5]

The folder holds csab_train.jsonl (CSAbstruct: {"sentences", "labels"}) and scitldr_train.jsonl (SciTLDR: {"source",
"title", "target"}). Both models are linear, trained by AdaGrad in plain Python with a fixed seed: the same data give
the same file. Only weights of single words, word pairs and openings are stored, none of the text. With --folds, it
writes nothing and prints what models trained on the other folds reach on each fold of the training data.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import random
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.summaries import headline
from assets.summaries.authorship import own_sentences, standings
from assets.summaries.lexicon import ROLES, Lexicon, build, features, places, words
from assets.summaries.roles import likeliest, role_scores
from assets.summaries.voice import retell
from benchmarks.rouge import rouge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

WEIGHTS = Path(__file__).parents[1] / "assets" / "summaries" / "weights.json"

ROLE_EPOCHS, ROLE_RATE, ROLE_DECAY = 5, 0.05, 1e-2
"""Passes over the data, step and weight decay."""
ROLE_MINIMUM, ROLE_LEAST = 4, 0.15
"""Sentences in which a feature must occur, and the weight that makes it worth storing."""
TRANSITION_WEIGHT = 0.5
HEADLINE_EPOCHS, HEADLINE_RATE, HEADLINE_DECAY, HEADLINE_MINIMUM, HEADLINE_LEAST = 3, 0.03, 1e-2, 8, 0.04
WORD_VALUE = 0.5
SHARPNESS = 15.0
"""How strongly the target distribution over an abstract's sentences favours the sentence of the best ROUGE."""
Row = list[tuple[str, float]]


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def softmax(values: Sequence[float], scale: float = 1.0) -> list[float]:
    """Probabilities proportional to exp(scale × value)."""
    top = max(values)
    raised = [math.exp(scale * (value - top)) for value in values]
    total = sum(raised)
    return [value / total for value in raised]


def role_rows(sentences: Sequence[str]) -> list[list[str]]:
    """For each sentence of an abstract the names of its features."""
    tokens = [words(sentence) for sentence in sentences]
    standing = standings(own_sentences(sentences, tokens))
    return [[*features(row), *places(index, len(tokens)), standing[index]] for index, row in enumerate(tokens)]


def train_roles(abstracts: Sequence[Mapping[str, Any]]) -> dict[str, list[float]]:
    """Multinomial logistic regression over a sentence's features: feature → a weight a role."""
    rows: list[tuple[list[str], int]] = []
    occurs: Counter[str] = Counter()
    for abstract in abstracts:
        for row, label in zip(role_rows(abstract["sentences"]), abstract["labels"], strict=True):
            rows.append((row, ROLES.index(label)))
            occurs.update(row)
    names = sorted(name for name, count in occurs.items() if count >= ROLE_MINIMUM)
    number = {name: index for index, name in enumerate(names)}
    weights = [[0.0] * len(ROLES) for _ in names]
    squares = [[1.0] * len(ROLES) for _ in names]
    examples = [([number[name] for name in row if name in number], label) for row, label in rows]
    shuffle = random.Random(0).shuffle
    for _ in range(ROLE_EPOCHS):
        shuffle(examples)
        for active, label in examples:
            gradient = softmax([sum([weights[index][role] for index in active]) for role in range(len(ROLES))])
            gradient[label] -= 1
            for index in active:
                weight, square = weights[index], squares[index]
                for role, slope in enumerate(gradient):
                    step = slope + ROLE_DECAY * weight[role]
                    square[role] += step * step
                    weight[role] -= ROLE_RATE * step / math.sqrt(square[role])
    return {
        name: [round(value, 2) for value in weight]
        for name, weight in zip(names, weights, strict=True)
        if max(map(abs, weight)) >= ROLE_LEAST
    }


def train_transitions(abstracts: Iterable[Mapping[str, Any]]) -> list[list[float]]:
    """Log-odds of role after role, weakened, for the scores know the place already."""
    follows = [[1] * len(ROLES) for _ in ROLES]
    prior = [1] * len(ROLES)
    for abstract in abstracts:
        labels = [ROLES.index(label) for label in abstract["labels"]]
        for label in labels:
            prior[label] += 1
        for before, label in itertools.pairwise(labels):
            follows[before][label] += 1
    return [
        [
            round(TRANSITION_WEIGHT * math.log(count / sum(row) / (prior[role] / sum(prior))), 3)
            for role, count in enumerate(row)
        ]
        for row in follows
    ]


def headline_rows(paper: Mapping[str, Any], lexicon: Lexicon) -> list[Row]:
    """For each sentence its features and their values."""
    tokens = [words(sentence) for sentence in paper["source"]]
    count = len(tokens)
    own = own_sentences(paper["source"], tokens)
    scores = role_scores(lexicon.columns(tokens, own))
    shapes = headline.shapes(tokens, scores, words(paper["title"]))
    rows: list[Row] = []
    for index, (sentence, shape) in enumerate(zip(tokens, shapes, strict=True)):
        row = [(name, 1.0 if " " in name else WORD_VALUE) for name in features(sentence)]
        # How a sentence stands to the paper's own is in the roles' scores already.
        row += [(name, 1.0) for name in places(index, count)]
        row.append((headline.LENGTHS[headline.length_step(sentence)], 1.0))
        row += zip((f"={name}" for name in headline.SHAPES), shape, strict=True)
        rows.append(row)
    return rows


def train_headline(papers: Iterable[Mapping[str, Any]], lexicon: Lexicon) -> tuple[dict[str, float], dict[str, float]]:
    """Weights under which the sentences of high ROUGE get the probability: of words and places, and of shapes."""
    examples: list[tuple[list[Row], list[float]]] = []
    occurs: Counter[str] = Counter()
    for paper in papers:
        if len(paper["source"]) < 2:
            continue
        rows = headline_rows(paper, lexicon)
        rewards = [rouge(retell(sentence), paper["target"]) for sentence in paper["source"]]
        examples.append((rows, softmax([one + 0.5 * two + 0.5 * long for one, two, long in rewards], SHARPNESS)))
        for row in rows:
            occurs.update(name for name, _ in row)
    weights = {name: 0.0 for name, count in sorted(occurs.items()) if count >= HEADLINE_MINIMUM}
    squares = dict.fromkeys(weights, 0.1)
    examples = [([[pair for pair in row if pair[0] in weights] for row in rows], target) for rows, target in examples]
    shuffle = random.Random(0).shuffle
    for _ in range(HEADLINE_EPOCHS):
        shuffle(examples)
        for rows, target in examples:
            chosen = softmax([sum([weights[name] * value for name, value in row]) for row in rows])
            slopes: dict[str, float] = {}
            for row, ours, theirs in zip(rows, chosen, target, strict=True):
                for name, value in row:
                    slopes[name] = slopes.get(name, 0.0) + (ours - theirs) * value
            for name, slope in slopes.items():
                step = slope + HEADLINE_DECAY * weights[name]
                squares[name] += step * step
                weights[name] -= HEADLINE_RATE * step / math.sqrt(squares[name])
    shapes = {
        name.removeprefix("="): round(value, 3)
        for name, value in weights.items()
        if name[0] == "=" or name in headline.LENGTHS
    }
    in_lexicon = {
        name: round(value if " " in name else WORD_VALUE * value, 2)
        for name, value in weights.items()
        if name[0] != "=" and name not in headline.LENGTHS
    }
    return {name: value for name, value in in_lexicon.items() if abs(value) >= HEADLINE_LEAST}, shapes


def fold(rows: Sequence[dict[str, Any]], folds: int, number: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows outside and inside a fold."""
    return (
        [row for index, row in enumerate(rows) if index % folds != number],
        [row for index, row in enumerate(rows) if index % folds == number],
    )


def report_folds(abstracts: Sequence[dict[str, Any]], papers: Sequence[dict[str, Any]], folds: int) -> None:
    """Prints role accuracy and the chosen sentences' ROUGE, each on data that the model has not seen."""
    right, total = 0, 0
    sums = [0.0, 0.0, 0.0]
    for number in range(folds):
        learn, held = fold(abstracts, folds, number)
        roles, gains = train_roles(learn), train_transitions(learn)
        lexicon = build(roles, {}, {})
        for abstract in held:
            found = likeliest(role_scores(columns(abstract["sentences"], lexicon)), gains)
            total += len(found)
            right += sum(ROLES[role] == label for role, label in zip(found, abstract["labels"], strict=True))
        learn, held = fold(papers, folds, number)
        score = scorer(*train_headline(learn, lexicon), lexicon)
        for paper in held:
            best = max(zip(score(paper), paper["source"], strict=True), key=lambda pair: pair[0])[1]
            sums = [one + two for one, two in zip(sums, rouge(retell(best), paper["target"]), strict=True)]
        print(f"after fold {number + 1}: role accuracy {right / total:.4f}", flush=True)
    print("ROUGE-1 / -2 / -L " + " / ".join(f"{100 * value / len(papers):.2f}" for value in sums))


def columns(sentences: Sequence[str], lexicon: Lexicon) -> list[tuple[int, ...]]:
    """The sums of the lexicon's columns, a row a sentence."""
    tokens = [words(text) for text in sentences]
    return lexicon.columns(tokens, own_sentences(sentences, tokens))


def scorer(
    lexical: Mapping[str, float], shapes: Mapping[str, float], lexicon: Lexicon
) -> Callable[[Mapping[str, Any]], list[float]]:
    """A function that scores a paper's sentences by weights that are not stored."""
    weights = {
        **{name: value if " " in name else value / WORD_VALUE for name, value in lexical.items()},
        **{name if name in headline.LENGTHS else f"={name}": value for name, value in shapes.items()},
    }
    return lambda paper: [
        sum(weights.get(name, 0.0) * value for name, value in row) for row in headline_rows(paper, lexicon)
    ]


def main() -> None:
    """Trains both models on the folder's training splits and writes the weights, or reports on folds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    chosen = parser.parse_args()
    abstracts = read(chosen.folder / "csab_train.jsonl")
    papers = read(chosen.folder / "scitldr_train.jsonl")
    if chosen.folds:
        report_folds(abstracts, papers, chosen.folds)
        return
    roles = train_roles(abstracts)
    lexical, shapes = train_headline(papers, build(roles, {}, {}))
    content = {
        "made by": "benchmarks/train_summarizer.py",
        "learned from": "CSAbstruct and SciTLDR (Apache-2.0)",
        "roles": roles,
        "transitions": train_transitions(abstracts),
        "headline": lexical,
        "headline shapes": shapes,
    }
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    WEIGHTS.write_text(text.replace('],"', '],\n"') + "\n", "utf-8")
    print(f"{WEIGHTS}: {len(roles)} and {len(lexical)} weights, {WEIGHTS.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
