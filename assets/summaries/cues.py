"""How strongly a sentence's phrases speak for a field: the phrases and weights of cues.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@cache
def cues() -> Mapping[str, Sequence[tuple[str, float]]]:
    """Phrase (words joined by a space) → the fields that it speaks for, with its weight."""
    text = resources.files("assets.summaries").joinpath("cues.toml").read_text("utf-8")
    found: dict[str, list[tuple[str, float]]] = {}
    for field, phrases in tomllib.loads(text).items():
        for phrase, weight in phrases.items():
            found.setdefault(phrase, []).append((field, float(weight)))
    return found


@cache
def longest_from() -> Mapping[str, int]:
    """First word of a phrase → words of the longest phrase that begins with it; most words of a sentence begin none."""
    longest: dict[str, int] = {}
    for phrase in cues():
        words = phrase.lstrip("^").split()
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return longest


def cue_scores(tokens: Sequence[str]) -> dict[str, float]:
    """Field → sum of the weights of its phrases in the sentence; a field without a phrase is absent."""
    known, longest = cues(), longest_from()
    scores: dict[str, float] = {}
    for index, token in enumerate(tokens):
        if token not in longest:
            continue
        for size in range(1, min(longest[token], len(tokens) - index) + 1):
            phrase = " ".join(tokens[index : index + size]) if size > 1 else token
            if phrase in known:
                for field, weight in known[phrase]:
                    scores[field] = scores.get(field, 0.0) + weight
            if index == 0:
                for field, weight in known.get(f"^{phrase}", ()):
                    scores[field] = scores.get(field, 0.0) + weight
    return scores
