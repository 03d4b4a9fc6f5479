"""Numbers as a page prints them, checked against the values of its queries.

The rounding rule of every page: a number printed with k decimals stands for a value v when v rounds
to it, that is, when they differ by at most half a unit of the last decimal printed. A number
followed by "%" stands for a share (a fraction of 1) times 100. What a paper's own numbers are is
told by `assets.summaries.numbers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

NUMBER = re.compile(r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(\s?%)?")
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Number:
    """A number as printed: its text, its value (12 for "12 %"), its decimals, and whether it is a percentage."""

    text: str
    value: float
    decimals: int
    is_percentage: bool

    def stands_for(self, value: float) -> bool:
        """Whether the value, rounded as printed, is this number; a whole number without "%" stands for no share."""
        if not (self.is_percentage or self.decimals) and 0 < value < 1:
            return False
        scaled = value * 100 if self.is_percentage else value
        half_a_unit = 0.5 * float(10**-self.decimals)
        return abs(scaled - self.value) <= half_a_unit + TOLERANCE * max(1.0, abs(scaled))


def numbers_in(text: str) -> list[Number]:
    """The numbers that a text writes in digits, in order, also inside names ("GPT-4")."""
    return [
        Number(
            match[0],
            float(match[1].replace(",", "") + (match[2] or "")),
            len(match[2] or ".") - 1,
            match[3] is not None,
        )
        for match in NUMBER.finditer(text)
    ]


def values_of(values: object) -> tuple[list[float], list[str]]:
    """All numbers and all texts inside a query's values, however deep; a number inside a text (a date) is a number."""
    if isinstance(values, bool) or values is None:
        return [], []
    if isinstance(values, int | float):
        return [float(values)], []
    if isinstance(values, str):
        return [number.value for number in numbers_in(values)], [values]
    inner: Iterable[object] = ()
    if isinstance(values, Mapping):
        inner = values.values()
    elif isinstance(values, Sequence):
        inner = values
    numbers: list[float] = []
    texts: list[str] = []
    for value in inner:
        more_numbers, more_texts = values_of(value)
        numbers += more_numbers
        texts += more_texts
    return numbers, texts
