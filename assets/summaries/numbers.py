"""The numbers of a text, so that a summary's can be looked up in the abstract.

A number is known where the abstract states its value in any of the forms that people use: digits with separators, k, M
and B, "12 thousand", number words, powers of ten, the fraction behind a percentage, and a value of which it is the
rounding.
"""

from __future__ import annotations

import math
import re

NUMBER = re.compile(
    r"(?P<digits>\d(?:\d{0,2}(?:(?:,|\{,\}|\\,|\\;|[\u202f\u2009\u00a0])\d{3})+|\d*)(?:\.\d+)?)"
    r"(?:(?P<letter>[kKMBT])(?![A-Za-z])|(?P<space>\s|-|~)?(?P<scale>thousand|million|billion|trillion)\b"
    r"|(?P<wide>万[亿億]|[十百千]?[万亿億]|千(?![米克瓦秒赫电字伏帕卡焦比]))|\s?(?P<prefix>[kMGT])(?=(?:yr|Hz|eV|pc|bps|B|W)\b))?",
)
LIST_MARKER = re.compile(
    r"(?<![\w^_])[(（]\d{1,2}[)）]|(?:^|(?<=[\s,;:。；：，、]))\d{1,2}(?:[)、）]|\.(?=\s+[^\W\d_])|\.(?=[^\W\d_a-zA-Z]))"
)
DIGIT = re.compile(r"\d")
SEPARATORS = re.compile(r"[^\d.]")
DECIMAL_COMMA = re.compile(r"\d(?<![\d,]\d)\d*,\d{1,2}(?![\d,])")
PERCENT = re.compile(r"\s?(?:\\?%|percent|per cent)")
CONVERTED = re.compile(r"\s?\$?\s?(?:\\[,;])?\s?[nμµmkMGT]?(?:m|s|eV|Hz|B|pc|g|W|V|L)\b")
"""Units of which a thousand make another: 955 nm may be told as 0.955 µm."""
DIMENSION = re.compile(r"[Dd]\b")
MONTH_MARK = re.compile(r"(?:\s?[-–~至到、和]\s?\d{1,2})?\s?月")
SCALES = {
    "k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12, "G": 1e9,
    "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "千": 1e3, "万": 1e4, "亿": 1e8, "億": 1e8, "十万": 1e5, "百万": 1e6, "千万": 1e7, "十亿": 1e9, "百亿": 1e10,
    "千亿": 1e11, "万亿": 1e12, "十億": 1e9, "百億": 1e10, "千億": 1e11, "万億": 1e12,
}  # fmt: skip
ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
TENS = frozenset(word for word, value in ONES.items() if value >= 20)
MULTIPLIERS = {"hundred": 100.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
WORDS: dict[str, tuple[float, ...]] = {
    **{word: (float(value),) for word, value in ONES.items()},
    **{word: (value,) for word, value in MULTIPLIERS.items()},
    "hundreds": (100.0,), "thousands": (1000.0,), "first": (1.0,), "second": (2.0,), "third": (3.0, 33.0, 33.3),
    "thirds": (3.0, 67.0, 66.7), "fourth": (4.0,), "fifth": (5.0, 20.0), "once": (1.0,), "twice": (2.0,),
    "thrice": (3.0,), "single": (1.0,), "double": (2.0, 100.0), "doubles": (2.0, 100.0), "doubling": (2.0, 100.0),
    "doubled": (2.0, 100.0), "pair": (2.0,), "triple": (3.0,), "triples": (3.0,), "dual": (2.0,), "both": (2.0,),
    "dozen": (12.0,), "half": (0.5, 50.0, 2.0), "halves": (0.5, 50.0, 2.0), "halving": (0.5, 50.0, 2.0),
    "quarter": (0.25, 25.0, 4.0), "quarters": (0.75, 75.0, 4.0), "twofold": (2.0,), "threefold": (3.0,),
    "fourfold": (4.0,), "fivefold": (5.0,), "tenfold": (10.0,), "unit": (1.0,), "binary": (2.0,), "magnitude": (10.0,),
}  # fmt: skip
"""What a word may be told as, in digits: half is also 50 (per cent) and the half of 2."""
_MONTHS = "january february march april may june july august september october november december"
MONTHS = {name: number for number, name in enumerate(_MONTHS.split(), 1)}
WORD = re.compile(r"[a-z]+")
DIGITS = re.compile(r"\d+")
_NUMBER_WORD = "|".join(sorted((*ONES, *MULTIPLIERS), key=len, reverse=True))
SPELLED = re.compile(
    rf"\b(?<!-)(?:{'|'.join(sorted(ONES, key=len, reverse=True))})(?:(?:[\s-]+(?:and\s+)?)(?:{_NUMBER_WORD}))*\b",
    re.IGNORECASE,
)
"""Number words in a row, the first of which stands for a number alone."""
LEAST_SPELLED = 10
"""Smaller numbers in words are mostly said of nothing that was counted: "the two", "one of them"."""
ORDINAL = re.compile(
    r"-?\s?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|fold|odd|some)\b|\s+orders? of magnitude"
    r"|\s?['’]s\b|-(?:page|sided)\b",
    re.IGNORECASE,
)
"""What makes another number or none of the words before it."""
ROUNDED = 0.05
"""How far a rounded number may be from what it stands for, as a share of it."""


class _Written:
    """A number as a text writes it."""

    __slots__ = ("end", "plain", "scaled", "text")

    def __init__(self, match: re.Match[str]) -> None:
        digits, scale = match["digits"], match[0]
        self.text = match[0].strip()
        self.end = match.end()
        self.plain = float(digits if digits.replace(".", "", 1).isdecimal() else SEPARATORS.sub("", digits))
        if len(scale) == len(digits) and match["prefix"] is None:
            self.scaled = self.plain
        else:
            letter = match["letter"] or match["scale"] or match["wide"] or match["prefix"]
            self.scaled = round(self.plain * SCALES[letter], 6) if letter else self.plain

    @property
    def readings(self) -> tuple[float, ...]:
        return (self.plain,) if self.scaled == self.plain else (self.plain, self.scaled)


def known_numbers(text: str) -> frozenset[float]:
    """Every value that the text states, in digits (12k and 12 thousand as 12,000 and as 12) or in words.

    A month's name counts as its number below zero (-5 for May), so that it stands for nothing but a month.
    """
    values: set[float] = set()
    for match in NUMBER.finditer(text):
        values.update(_Written(match).readings)
    if "," in text:
        values.update(float(written.replace(",", ".")) for written in DECIMAL_COMMA.findall(text))
    words = WORD.findall(text.lower())
    different = set(words)
    for word in different & WORDS.keys():
        values.update(WORDS[word])
    values.update(-float(MONTHS[word]) for word in different & MONTHS.keys())
    if not different.isdisjoint(MULTIPLIERS) or "magnitude" in different or not different.isdisjoint(TENS):
        values.update(_spelled(words))
    return frozenset(values)


def _spelled(words: list[str]) -> set[float]:
    """The values of number words in a row: "two hundred", "forty two", "three orders of magnitude"."""
    values: set[float] = set()
    total = current = 0.0
    open_number = False
    for at, word in enumerate([*words, ""]):
        if word in ONES:
            value = float(ONES[word])
            if open_number and not ((current % 100 >= 20 and value < 10) or (current >= 100 and current % 100 == 0)):
                values.add(total + current)
                total = current = 0.0
            current += value
            open_number = True
            if words[at + 1 : at + 4] == ["orders", "of", "magnitude"]:
                values.add(10.0**value)
        elif word in MULTIPLIERS and open_number:
            if word == "hundred":
                current *= 100
            else:
                total += current * MULTIPLIERS[word]
                current = 0.0
        elif open_number and word != "and":
            values.add(total + current)
            total = current = 0.0
            open_number = False
    return values


def unknown_numbers(text: str, known: frozenset[float]) -> list[str]:
    """The numbers of the text, as written, that are not among the known in any form; list markers are none."""
    unknown = _unknown_words(text, known)
    if not DIGIT.search(text):
        return unknown
    body = _without_markers(text)
    return [
        *(
            number.text
            for match in NUMBER.finditer(body)
            if not _is_known(number := _Written(match), body, match, known)
        ),
        *unknown,
    ]


def _without_markers(text: str) -> str:
    """The text with spaces for the markers of a list, 1, 2, … in this order: a number before a full stop is none."""
    markers = list(LIST_MARKER.finditer(text))
    if len(markers) < 2:
        return text
    row: list[re.Match[str]] = []
    found: list[re.Match[str]] = []
    for marker in markers:
        value = int(DIGITS.search(marker[0])[0])  # type: ignore[index]
        if value == len(row) + 1:
            row.append(marker)
        elif value == 1:
            found += row if len(row) > 1 else []
            row = [marker]
    found += row if len(row) > 1 else []
    for marker in found:
        text = text[: marker.start()] + " " * len(marker[0]) + text[marker.end() :]
    return text


def _unknown_words(text: str, known: frozenset[float]) -> list[str]:
    """The numbers from ten on that the text tells in words and that are not among the known: "seventy percent"."""
    unknown = []
    for found in SPELLED.finditer(text):
        value = max(_spelled(WORD.findall(found[0].lower())), default=0.0)
        if value < LEAST_SPELLED or value in known or ORDINAL.match(text, found.end()):
            continue
        if PERCENT.match(text, found.end()) and round(value / 100, 8) in known:
            continue
        if not any(_rounds_to(one, value, f"{value:.0f}") for one in known):
            unknown.append(found[0])
    return unknown


def _is_known(number: _Written, text: str, match: re.Match[str], known: frozenset[float]) -> bool:
    plain, scaled = number.plain, number.scaled
    if scaled == 0 or scaled in known:
        return True
    if plain in known and not ((match["scale"] or match["wide"]) and not _in_powers(plain, scaled, known)):
        return True
    if PERCENT.match(text, number.end):
        if round(plain / 100, 8) in known:
            return True
    elif plain < 1 and round(plain * 100, 8) in known:
        return True
    if CONVERTED.match(text, number.end) and not {round(plain * 1000, 8), round(plain / 1000, 8)}.isdisjoint(known):
        return True
    if plain <= 12 and -plain in known and MONTH_MARK.match(text, number.end):
        return True
    if plain <= 4 and DIMENSION.match(text, number.end):
        # "3D" is said of a room or of a picture, whether the abstract says it or not.
        return True
    return any(_rounds_to(value, scaled, match["digits"]) for value in known)


def _rounds_to(value: float, wanted: float, digits: str) -> bool:
    """Whether the wanted number is the value with its last digits dropped or rounded off."""
    if not wanted < value * (1 + ROUNDED) or not wanted > value * (1 - ROUNDED):
        return False
    places = len(digits) - digits.index(".") - 1 if "." in digits else 0
    unit = 10.0**-places
    if wanted >= 1000 and wanted == math.floor(wanted):
        while wanted % (unit * 10) == 0:
            unit *= 10
    steps, told = value / unit, wanted / unit
    if math.isclose(steps, round(steps), abs_tol=1e-9, rel_tol=0):
        return False
    return any(math.isclose(told, rounded, abs_tol=1e-6) for rounded in (math.floor(steps), math.floor(steps + 0.5)))


def _in_powers(plain: float, scaled: float, known: frozenset[float]) -> bool:
    """Whether the scale may stand in the abstract as a power of ten."""
    return 10.0 in known and float(round(math.log10(scaled / plain))) in known
