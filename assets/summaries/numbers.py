"""The numbers of a text, so that a summary's can be looked up in the abstract."""

from __future__ import annotations

import re

NUMBER = re.compile(
    r"(?P<digits>\d{1,3}(?:(?:,|\{,\}|\\,|\\;|[\u202f\u2009\u00a0])\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:(?P<letter>[kKMBT])(?![A-Za-z])|(?P<space>\s|-|~)?(?P<scale>thousand|million|billion|trillion)\b"
    r"|(?P<wide>[千万亿]))?",
)
LIST_MARKER = re.compile(
    r"(?:(?<=^)|(?<=[\s,;:]))(?:\(\d{1,2}\)|\d{1,2}\)|\d{1,2}\.(?=\s+[^\W\d_]))"
    r"|（\d{1,2}）|(?<=[。；：，、])\s*\d{1,2}[.)、）]"
)
SCALES = {
    "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12,
    "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "千": 1e3, "万": 1e4, "亿": 1e8,
}  # fmt: skip
WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "hundreds": 100, "thousand": 1000, "thousands": 1000,
    "million": 1e6, "billion": 1e9, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "once": 1,
    "twice": 2, "thrice": 3, "single": 1, "double": 2, "doubles": 2, "pair": 2, "triple": 3, "dual": 2, "both": 2,
    "dozen": 12, "half": 0.5, "quarter": 0.25, "twofold": 2, "threefold": 3, "fourfold": 4, "fivefold": 5,
    "tenfold": 10, "unit": 1,
}  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WORD = re.compile(r"[a-z]+")
COMPOUND = re.compile(rf"\b({'|'.join(TENS)})[ -]({'|'.join(ONES)})\b")


def _values(text: str) -> list[tuple[str, set[float]]]:
    found = []
    for match in NUMBER.finditer(text):
        plain = float(re.sub(r"[^\d.]", "", match["digits"]))
        scale = SCALES.get(match["letter"] or match["scale"] or match["wide"] or "", 1.0)
        found.append((match[0], {plain, round(plain * scale, 6)} if scale != 1.0 else {plain}))
    return found


def known_numbers(text: str) -> frozenset[float]:
    """Every value that the text states, in digits (12k and 12 thousand as 12,000 and as 12) or in words."""
    values = {value for _, readings in _values(text) for value in readings}
    lower = text.lower()
    values.update(WORDS[word] for word in WORD.findall(lower) if word in WORDS)
    values.update(WORDS[tens] + WORDS[ones] for tens, ones in COMPOUND.findall(lower))
    return frozenset(values)


def unknown_numbers(text: str, known: frozenset[float]) -> list[str]:
    """The numbers of the text, as written, of which no reading is among the known; list markers are none."""
    unknown = []
    for written, readings in _values(LIST_MARKER.sub(" ", text)):
        wanted = max(readings)
        if readings & known or wanted == 0 or wanted / 1000 in known:
            continue
        unknown.append(written.strip())
    return unknown
