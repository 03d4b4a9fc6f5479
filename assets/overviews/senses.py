"""What a sentence may not turn round or make up beside its numbers in digits: number words, units, and its sense.

Words that the cited text holds are never a fault, so that a sentence taken from it passes whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_COUNTS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
VALUES: dict[str, float] = {
    **{word: float(value) for value, word in enumerate(_COUNTS.split()) if value > 1},
    **{word: float(value) for word, value in _TENS.items()},
    "hundred": 100.0,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "dozen": 12.0,
    "half": 0.5,
    "halves": 0.5,
    "halved": 0.5,
    "quarter": 0.25,
    "third": 1 / 3,
    "twice": 2.0,
    "thrice": 3.0,
    "double": 2.0,
    "doubles": 2.0,
    "doubled": 2.0,
    "triple": 3.0,
    "triples": 3.0,
    "tripled": 3.0,
}
"""Words that state a number; "one" is left out, because it is an article and a pronoun more often."""
_FACTORS = """
    half halves halved quarter third twice thrice double doubles doubled triple triples tripled
"""
FACTORS = frozenset(_FACTORS.split())
"""Of these, the ones that compare: in digits, only a factor stands for them."""
_FOLD = re.compile(r"\b(\w+?)-?fold\b")
_WORD = re.compile(r"[^\W\d_]+")
_APOSTROPHES = str.maketrans("", "", "'’")
_QUANTITY = r"(\d+(?:,\d{3})*(?:\.\d+)?)"
PERCENT = re.compile(rf"{_QUANTITY}\s?\$?\s?\\?(?:%|percent|per cent|percentage)")
TIMES = re.compile(rf"{_QUANTITY}\s?\$?\s?(?:times\b|×|x\b|\\times|-?\s?fold\b)")

_NEGATIONS = """
    not never no nor neither none nothing nobody cannot without hardly barely fail fails failed lack lacks
    dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt shouldnt hasnt havent hadnt
"""
NEGATIONS = frozenset(_NEGATIONS.split())
_DENIALS = """
    abandon reject refut deny denie discard ignor withdr doubt disprov contradict dismiss retract oppos refus
"""
DENIALS = _DENIALS.split()
"""First letters of verbs that turn what is said into its opposite."""
_OPPOSITES = """
    outperf/underp improv/worsen,degrad reduc,decrea,lower,shrink/increas,rais,grow higher/lower faster/slower
    better/worse more/fewer,less stronge/weaker larger/smalle rise,rose/fall,fell gain/lose,loss,lost
    superio/inferio acceler/slow simple/complic robust/fragil stable/unstab safe/unsafe
    efficie/ineffic effecti/ineffec possibl/impossi likely/unlikel reliabl/unrelia succeed,success/fail confirm/refut
"""
OPPOSITES = [tuple(side.split(",") for side in pair.split("/")) for pair in _OPPOSITES.split()]


def number_words(text: str, source: str, known: Callable[[float], bool]) -> list[str]:
    """Words of a text that state a number which the source (in lower case) holds neither as a word nor in digits."""
    held, factors = set(_words(source)), {_value(quantity) for quantity in TIMES.findall(source)}
    found = []
    for word in _words(text):
        if word in VALUES and word not in held:
            in_digits = VALUES[word] in factors if word in FACTORS else known(VALUES[word])
            found += [] if in_digits else [word]
    for fold in _FOLD.finditer(text.lower()):
        if fold[1] in VALUES and fold[0] not in source and VALUES[fold[1]] not in factors:
            found.append(fold[0])
    return found


def other_units(text: str, source: str) -> list[str]:
    """Numbers that a text gives in per cent or as a factor, and the source holds in no such form."""
    found = []
    for unit in (PERCENT, TIMES):
        held = {_value(quantity) for quantity in unit.findall(source)}
        found += [match[0] for match in unit.finditer(text.lower()) if _value(match[1]) not in held]
    return found


def turned(text: str, source: str) -> str | None:
    """A word by which a text denies what its source says or says the opposite; None without one."""
    said, held = list(_words(text)), set(_words(source))
    negated = bool(held & NEGATIONS)
    for word in said:
        if word in held:
            continue
        if word in NEGATIONS and not (negated and word in ("not", "no", "cannot")):
            return word
        if any(word.startswith(stem) for stem in DENIALS) and not _holds(held, DENIALS):
            return word
        for one, other in OPPOSITES:
            for mine, theirs in ((one, other), (other, one)):
                if _starts(word, mine) and _holds(held, theirs) and not _holds(held, mine):
                    return word
    return None


def _words(text: str) -> Iterator[str]:
    return (word.lower() for word in _WORD.findall(text.translate(_APOSTROPHES)))


def _starts(word: str, stems: list[str]) -> bool:
    return any(word.startswith(stem) for stem in stems)


def _holds(words: set[str], stems: list[str]) -> bool:
    return any(_starts(word, stems) for word in words)


def _value(quantity: str) -> float:
    return float(quantity.replace(",", ""))
