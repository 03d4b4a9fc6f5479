"""Titles and abstracts for invented papers that are to be summarized: sentences about things that do not exist."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

_NAMES = (
    "Lanterna",
    "Ostrakon",
    "Pebblenet",
    "Quillon",
    "Ravel",
    "Siltwise",
    "Tarnflow",
    "Umbral",
    "Velloway",
    "Wicket",
)
_THINGS = (
    "graph traversal", "sparse retrieval", "tabular prediction", "speech segmentation", "program repair",
    "causal discovery", "time series forecasting", "image restoration", "route planning", "protein folding",
)  # fmt: skip
_MEANS = (
    "a contrastive objective over pairs of partial observations",
    "a two-stage sampler that first sketches and then refines each candidate",
    "low-rank updates of a frozen encoder",
    "a Bayesian filter with learned transition noise",
    "a curriculum that orders examples by their gradient variance",
)
_PROBLEMS = (
    "Current approaches to {thing} need large labelled sets, which are rarely at hand.",
    "Progress in {thing} has been held back by models that fail silently under shift.",
    "Although {thing} is well studied, its cost still grows quadratically with the input.",
)
_METHODS = (
    "We propose {name}, a method for {thing} that is based on {means}.",
    "In this paper, we introduce {name}, which treats {thing} through {means}.",
    "We present {name}, a framework that combines {means} with a simple decoder for {thing}.",
)
_RESULTS = (
    "Experiments on {count} data sets show that {name} reduces the error by {gain}% at {share}% of the cost.",
    "On {count} benchmarks, {name} outperforms the strongest baseline by {gain} points, with $k = {count}$ samples.",
    "{name} improves accuracy from {share}% to {more}% and needs {count} times fewer updates.",
)
_CONCLUSIONS = (
    "These findings suggest that {thing} does not need larger models, but better {last}.",
    "We conclude that {means} is sufficient for {thing} in practice.",
    "",
)


def title_and_abstract(draw: random.Random) -> Mapping[str, str]:
    """The fields `title` and `abstract` of a paper."""
    share = draw.randrange(20, 70)
    words = {
        "name": draw.choice(_NAMES),
        "thing": draw.choice(_THINGS),
        "means": draw.choice(_MEANS),
        "last": draw.choice(("priors", "objectives", "sampling")),
        "count": draw.randrange(3, 19),
        "gain": round(draw.uniform(0.5, 14), 1),
        "share": share,
        "more": share + draw.randrange(2, 25),
    }
    parts: Sequence[str] = [draw.choice(group) for group in (_PROBLEMS, _METHODS, _RESULTS, _CONCLUSIONS)]
    return {
        "title": "{name}: towards {thing} with {means}".format(**words),
        "abstract": "  " + " ".join(part.format(**words) for part in parts if part) + "\n",
    }
