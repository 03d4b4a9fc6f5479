"""What a sentence may not turn round or make up beside its numbers in digits: number words, units, and its sense.

Words that the cited text holds are never a fault, so that a sentence taken from it passes whole.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator

from assets.overviews.neighbours import REACH, Place, Token, likeness, place, tokens

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
COMMON = frozenset(("two", "three"))
"""What a summary counts for itself ("a two-step method") and no abstract need say."""
_FOLD = re.compile(r"\b(\w+?)-?fold\b")
_ORDINAL = re.compile(r"(?i)(?<!\ba )(?<!\bone )(?<!\bby )\bthird\b")
"""A place in a row, not a part."""
_WORD = re.compile(r"[^\W\d_]+")
_APOSTROPHES = str.maketrans("", "", "'’")
_RANGE = r"(?:\s?[%×x]?\s?(?:[-–—]+|to)\s?[\d.,]+)?"
_TIMES = r"\s?\$?\s?(?:times\b|×|x\b|\\times|-?\s?fold\b)"
_QUANTITY = r"(\d+(?:,\d{3})*(?:\.\d+)?)"
PERCENT = re.compile(rf"{_QUANTITY}\s?\$?\s?\\?(?:%|percent\b|per cent\b)")
TIMES = re.compile(rf"{_QUANTITY}{_TIMES}")
HELD_PERCENT = re.compile(rf"{_QUANTITY}{_RANGE}\s?\$?\s?\\?(?:%|percent|per cent)")
HELD_TIMES = re.compile(rf"{_QUANTITY}{_RANGE}{_TIMES}")
"""In a source, the unit may stand behind the second number of a range, and points of a percentage are per cent."""

ECHO, ECHO_IN_OWN_WORDS = 0.4, 0.75
"""How much of what stands around a word must stand around its opposite in the source, too, for it to be turned round:
in a text that keeps to the source's words, and in one of its own words, where a turn is hard to see and a judge sees
more."""
LOOSE = 12
"""A text of which one word in so many is not the source's is told in other words."""
NEAR = 3
"""Words within which a negation of the source is that of a place."""
_NEGATIONS = """
    not never no nor neither none nothing nobody cannot hardly barely fail fails failed lack lacks
    dont doesnt didnt isnt arent wasnt werent cant couldnt wont wouldnt shouldnt hasnt havent hadnt
"""
NEGATIONS = frozenset(_NEGATIONS.split())
LACKING = frozenset(("fail", "fails", "failed", "lack", "lacks"))
"""Negations by which a summary in its own words mostly tells what was wrong before the paper."""
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
    for word in _words(_ORDINAL.sub(" ", text)):
        if word in VALUES and word not in held and word not in COMMON:
            in_digits = VALUES[word] in factors if word in FACTORS else known(VALUES[word])
            found += [] if in_digits else [word]
    for fold in _FOLD.finditer(text.lower()):
        if fold[1] in VALUES and fold[0] not in source and VALUES[fold[1]] not in factors:
            found.append(fold[0])
    return found


def other_units(text: str, source: str) -> list[str]:
    """Numbers that a text gives in per cent or as a factor, and the source holds in no such form."""
    found = []
    for unit, in_source in ((PERCENT, HELD_PERCENT), (TIMES, HELD_TIMES)):
        held = {_value(quantity) for pattern in (unit, in_source) for quantity in pattern.findall(source)}
        found += [match[0] for match in unit.finditer(text.lower()) if not _rounds(match[1], held)]
    return found


def turned(text: str, source: str) -> str | None:
    """A word by which a text denies what its source says or says the opposite; None without one.

    What counts is the place: "fails to reduce the error" where the source reduces it; a "fails" or "improves" that is
    said of something else is no fault.
    """
    said, held = tokens(text.translate(_APOSTROPHES)), tokens(source.translate(_APOSTROPHES))
    words = [token.text if token.kind == "word" else "" for token in held]
    known = set(words)
    stems = {token.name for token in held}
    own = [token.text for token in said if token.kind == "word" and token.name not in stems]
    loose = len(own) > max(1, len(said) / LOOSE)
    echo = ECHO_IN_OWN_WORDS if loose else ECHO
    for at, token in enumerate(said):
        word = token.text
        if token.kind != "word" or word in known:
            continue
        if word in NEGATIONS and not (loose and word in LACKING):
            here = place(said, at)
            if any(likeness(here, there) >= echo for there in _gaps(held)):
                return word
        if not loose and _starts(word, DENIALS) and not _holds(known, DENIALS):
            return word
        for one, other in OPPOSITES:
            for mine, theirs in ((one, other), (other, one)):
                if _starts(word, mine) and not _holds(known, mine):
                    here = place(said, at)
                    opposite = (place(held, k) for k, other_word in enumerate(words) if _starts(other_word, theirs))
                    if any(likeness(here, there) >= echo for there in opposite):
                        return word
    return None


def _gaps(held: list[Token]) -> Iterator[Place]:
    """What stands around each gap between two words of a source, where no negation stands near."""
    for at in range(len(held)):
        if not any(token.text in NEGATIONS for token in held[max(0, at - NEAR) : at + NEAR]):
            beside = held[max(0, at - REACH) : at]
            yield place([*beside, Token("word", ""), *held[at : at + REACH]], len(beside))


def _words(text: str) -> Iterator[str]:
    return (word.lower() for word in _WORD.findall(text.translate(_APOSTROPHES)))


def _starts(word: str, stems: list[str]) -> bool:
    return any(word.startswith(stem) for stem in stems)


def _holds(words: set[str], stems: list[str]) -> bool:
    return any(_starts(word, stems) for word in words)


def _rounds(quantity: str, held: set[float]) -> bool:
    """Whether a quantity is one of those held, as such or with its last digits rounded or cut off."""
    scale = 10.0 ** len(quantity.partition(".")[2])
    wanted = round(_value(quantity) * scale)
    return any(wanted in (math.floor(value * scale + 1e-9), round(value * scale)) for value in held)


def _value(quantity: str) -> float:
    return float(quantity.replace(",", ""))
