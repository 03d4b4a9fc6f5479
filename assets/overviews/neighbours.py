"""What stands beside a number or a word: the neighbourhood by which two places in two texts say the same.

A number may stand in an abstract and yet not be the one that the sentence is about. Every place of the abstract's
numbers is compared with the place in the sentence by the words and numbers around: where another number's place fits
better than those of the number that is said, by more than a margin, the sentence has taken the wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assets.summaries.numbers import known_numbers, unknown_numbers

REACH = 6
"""Words and numbers on each side that belong to a place; none beyond a full stop or semicolon."""
NEXT = 1.5
"""Weight of what follows at once (the unit, the thing counted), of what precedes 1; the n-th weighs one n-th."""
MARGIN, MARGIN_STATED = 0.1, 0.35
"""By how much the place of another number must fit better: of one that the text leaves out, and of one that it states,
too, whose place is near for that reason alone."""
_TOKEN = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)*)|(?P<word>[^\W\d_]{2,}|(?<=\d)[dD]\b)|(?P<unit>%|×)|(?P<stop>[.;!?](?=\s|$))"
)
DIMENSION, DIMENSIONS = "d", frozenset(("1", "2", "3", "4"))
"""What "3D" is made of, which is said of a room or a picture whether the abstract says it or not."""
_SMALL = """
    the of and to in is are was were on at by an as it its or with from for that this than be up over per via into
    which while has have had their they we our can also both et al
"""
SMALL = frozenset(_SMALL.split())
LETTERS = 5

Place = Mapping[str, float]
"""What stands around, with its weight by nearness."""


@dataclass(frozen=True)
class Token:
    """A word (in small letters), a number as written, a unit, or a stop."""

    kind: str
    text: str

    @property
    def name(self) -> str:
        """By what it is known to its neighbours: a word by its first letters."""
        return self.text[:LETTERS] if self.kind == "word" else f"#{self.text}"


def tokens(text: str) -> list[Token]:
    """The tokens of a text without its small words."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "word" or match[0].lower() not in SMALL:
            found.append(Token(kind, match[0].lower()))
    return found


def place(all_tokens: Sequence[Token], at: int) -> Place:
    """What stands around a token."""
    around: dict[str, float] = {}
    for step in (-1, 1):
        distance, beside = 0, at + step
        while 0 <= beside < len(all_tokens) and distance < REACH and all_tokens[beside].kind != "stop":
            distance += 1
            weight = (NEXT if (step, distance) == (1, 1) else 1.0) / distance
            name = all_tokens[beside].name
            around[name] = max(around.get(name, 0.0), weight)
            beside += step
    return around


def likeness(one: Place, other: Place) -> float:
    """The part of the first place, by weight, that the other has, too; from 0 to 1."""
    total = sum(one.values())
    return sum(min(weight, other[name]) for name, weight in one.items() if name in other) / total if total else 0.0


def numbers_of(text: str) -> Iterator[tuple[str, Place]]:
    """The numbers of a text in digits, each with its place."""
    all_tokens = tokens(text)
    for at, token in enumerate(all_tokens):
        if token.kind == "number":
            yield token.text, place(all_tokens, at)


def misplaced(text: str, held: Sequence[tuple[str, Place]]) -> list[str]:
    """Numbers of a text that its papers hold (`numbers_of` them) beside other things than the text says."""
    values = {number: known_numbers(number) for number, _ in held}
    said = list(numbers_of(text))
    stated = frozenset[float]().union(*(known_numbers(number) for number, _ in said))
    found = []
    for number, here in said:
        if here.get(DIMENSION) == NEXT and number in DIMENSIONS:
            continue
        same, left_out, stated_too = [0.0], [0.0], [0.0]
        of = {other: not unknown_numbers(number, values[other]) for other in values}
        for other, there in held:
            fits = same if of[other] else left_out if values[other].isdisjoint(stated) else stated_too
            fits.append(likeness(here, there))
        if any(of.values()) and max(max(left_out) - MARGIN, max(stated_too) - MARGIN_STATED) > max(same):
            found.append(number)
    return found
