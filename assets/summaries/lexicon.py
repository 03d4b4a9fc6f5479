"""What words, word pairs and openings speak for, all of it in one look-up a word.

Each feature of a sentence has a weight in several columns: one for each role that the sentence may have, one for the
TL;DR, and one for each field that its phrases are cues of. The columns of a feature are packed into one integer,
so that the sum of the integers holds the sums of all columns. The weights of roles and TL;DR come from weights.json,
those of the cues from cues.toml.
"""

from __future__ import annotations

import json
import re
import struct
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from assets.summaries.authorship import standings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROLES = ("background", "objective", "method", "result", "other")
CUED = ("motivation", "method", "result", "conclusion", "practical", "availability")

COLUMNS = (
    *ROLES,
    "headline",
    *CUED,
    "longer",
)
"""The last one says whether a longer phrase begins with this word pair."""
OWN, HEADLINE, CUES, LONGER = slice(0, 5), 5, slice(6, 12), 12

BITS = 16
SCALE = 100
"""A weight of 1.0 as an integer; sums reach from -327 to 327."""
ZERO = 1 << (BITS - 1)
BASE = sum(ZERO << (BITS * column) for column in range(len(COLUMNS)))
LAYOUT = struct.Struct(f"<{len(COLUMNS)}H")

TOKEN = re.compile(r"[a-z]+|\d[\d.,]*%?|\$")
FORMULA = re.compile(r"\$[^$]*\$")
PLACES, MOST_SENTENCES = 8, 12

Key = str | tuple[str, ...]


class Pieces(dict[str, tuple[str, ...]]):
    """Text between two spaces → its words, worked out once; forgets everything when it has grown large."""

    LARGEST = 200_000

    def __missing__(self, text: str) -> tuple[str, ...]:
        """Takes the text apart."""
        if len(self) >= self.LARGEST:
            self.clear()
        lower = text.lower()
        word = lower.rstrip(",.;:")
        if word.isalpha() and word.isascii():
            pieces: tuple[str, ...] = (word,)
        else:
            pieces = tuple("0" if token[0] < ":" and token != "$" else token for token in TOKEN.findall(lower))
        self[text] = pieces
        return pieces


PIECES = Pieces()


def words(sentence: str) -> list[str]:
    """Lower-case words; a number is "0", a formula "$"."""
    text = FORMULA.sub(" $ ", sentence) if "$" in sentence else sentence
    return list(chain.from_iterable(map(PIECES.__getitem__, text.split())))


def features(tokens: Sequence[str]) -> list[str]:
    """Names of a sentence's features: words, pairs of words, and its first one, two and three words after "^"."""
    return [
        *dict.fromkeys(tokens),
        *dict.fromkeys(map(" ".join, pairwise(tokens))),
        *(" ".join(("^", *tokens[:size])) for size in (1, 2, 3)),
    ]


def places(index: int, count: int) -> list[str]:
    """Names of the features of the place of sentence `index` (from 0) of `count`."""
    return [f"#at {index * PLACES // count}", f"#of {min(count, MOST_SENTENCES)}", f"#from front {min(index, 6)}",
            f"#from back {min(count - 1 - index, 5)}"]  # fmt: skip


def pack(weights: Mapping[int, float]) -> int:
    """Weights, by the number of their column, as one integer that can be added to others."""
    return sum(round(weight * SCALE) << (BITS * column) for column, weight in weights.items())


def weight(value: int) -> float:
    """The sum of weights that a column holds."""
    return (value - ZERO) / SCALE


@dataclass(frozen=True)
class Lexicon:
    """The packed weights: of words, pairs and openings, of places, and of phrases of three words or more."""

    known: Mapping[Key, int]
    places: Mapping[str, int]
    longer: Mapping[tuple[str, ...], Sequence[tuple[tuple[str, ...], int]]]
    by_place: dict[tuple[int, int, str], int] = field(default_factory=dict)
    """Index, count and standing → the packed sum of the place, filled as it is asked for."""

    def text_sum(self, tokens: Sequence[str]) -> int:
        """The packed sums of a sentence's words, wherever it stands."""
        get = self.known.get
        total = sum(filter(None, map(get, set(tokens))), BASE)
        total = sum(filter(None, map(get, pairwise(tokens))), total)
        for size in (1, 2, 3):
            total += get(("^", *tokens[:size]), 0)
        if (total >> (BITS * LONGER)) != ZERO:
            total += self._longer(tokens)
        return total

    def columns(self, tokens: Sequence[Sequence[str]], own: Sequence[bool]) -> list[tuple[int, ...]]:
        """For each sentence of an abstract, of these words, the sums of all columns, to be read by `weight`.

        `own` says which sentences tell of the paper itself.
        """
        count = len(tokens)
        return [
            LAYOUT.unpack((self.text_sum(words) + self._place(index, count, standing)).to_bytes(LAYOUT.size, "little"))
            for index, (words, standing) in enumerate(zip(tokens, standings(own), strict=True))
        ]

    def _place(self, index: int, count: int, standing: str) -> int:
        key = (index, count, standing)
        found = self.by_place.get(key)
        if found is None:
            found = self.by_place[key] = sum(self.places.get(name, 0) for name in (*places(index, count), standing))
        return found

    def _longer(self, tokens: Sequence[str]) -> int:
        return sum(
            packed
            for at, pair in enumerate(pairwise(tokens))
            for rest, packed in self.longer.get(pair, ())
            if tuple(tokens[at + 2 : at + 2 + len(rest)]) == rest
        )


@cache
def stored_weights() -> Mapping[str, Any]:
    """The content of weights.json."""
    text = resources.files("assets.summaries").joinpath("weights.json").read_text("utf-8")
    weights: dict[str, Any] = json.loads(text)
    return weights


@cache
def cues() -> Mapping[str, Mapping[str, float]]:
    """The content of cues.toml: field → phrase → weight."""
    return tomllib.loads(resources.files("assets.summaries").joinpath("cues.toml").read_text("utf-8"))


@cache
def lexicon() -> Lexicon:
    """The lexicon of the stored weights and cues."""
    stored = stored_weights()
    return build(stored["roles"], stored["headline"], cues())


def build(
    roles: Mapping[str, Sequence[float]],
    headline: Mapping[str, float],
    phrases: Mapping[str, Mapping[str, float]],
) -> Lexicon:
    """The lexicon of the weights of roles (feature → one a role), of the TL;DR and of cues (field → phrase)."""
    known: dict[Key, int] = {}
    place: dict[str, int] = {}
    longer: dict[tuple[str, ...], list[tuple[tuple[str, ...], int]]] = {}

    def add(name: str, packed: int) -> None:
        parts = tuple(name.split(" "))
        if name.startswith("#"):
            place[name] = place.get(name, 0) + packed
        elif len(parts) > 2 and parts[0] != "^":
            longer.setdefault(parts[:2], []).append((parts[2:], packed))
        else:
            key = parts[0] if len(parts) == 1 else parts
            known[key] = known.get(key, 0) + packed

    for name, weights in roles.items():
        add(name, pack(dict(enumerate(weights))))
    for name, weight in headline.items():
        add(name, pack({HEADLINE: weight}))
    for column, cued in enumerate(CUED, CUES.start):
        for phrase, weight in phrases.get(cued, {}).items():
            add(phrase.replace("^", "^ "), pack({column: weight}))
    for pair in longer:
        known[pair] = known.get(pair, 0) + pack({LONGER: 1.0})
    return Lexicon(known, place, longer)
