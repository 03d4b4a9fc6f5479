"""Keywords of a paper: the terms that it repeats and puts into its title, and that few other papers use.

How many papers use a word, which words stand together as a term ("neutron star", "number field") and which are names
("Cauchy") is counted by `benchmarks/train_keywords.py` over arXiv's public metadata and stored in terms.tsv.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import chain, pairwise
from math import log2
from typing import TYPE_CHECKING, NamedTuple

from assets.summaries.vocabulary import COMMON, GENERIC, NOUNS, TAILS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEYWORDS = 6
SYMBOL = re.compile(r"\$([A-Za-z0-9^*_{}]{1,7})\$-(?=[a-z]{3})")
SCRIPT = re.compile(r"[\^{}_]")
FORMULA = re.compile(r"\$[^$]*\$")
NO_WORDS = re.compile(r"https?://\S+|\bwww\.\S+|\\[A-Za-z]+|['’]s\b")
TOKEN = re.compile(r"\w+(?:\*?[-–'’]\w+)*|[^\s\w]")
MODIFIER = re.compile(
    r".*(?:[a-z]{2}(?:al|ive|ous|ary|able|ible|ful|less|ical|ular|ently|ant|ent|ed)|[a-z]{3}ic|-[a-z]+(?:ed|ing|al|ive|ic)"
    r"|-(?:based|free|driven|aware|level|order|scale|efficient|wise|agnostic|specific|dimensional|time|end|like|informed"
    r"|independent|dependent|rich|type|powered|only|preserving))$"
)
"""What ends like an adjective or participle makes no term alone and ends none."""
MODIFIER_ENDS = (
    "al", "ive", "ous", "ary", "ble", "ful", "less", "lar", "ently", "ant", "ent", "ed", "ic", "ing", "based", "free",
    "aware", "driven", "level", "order", "scale", "wise", "time", "end", "like", "rich", "type", "only",
)  # fmt: skip
"""Ends without one of which MODIFIER matches nothing."""
LENGTH_GAIN = (1.0, 1.75, 2.0)
"""What a term of one, two and three words counts."""
TITLE_GAIN = 1.5
"""Uses that standing in the title is worth."""
KNOWN_GAIN = 1.3
PASSING = 0.4
"""What a term counts that is no known one and stands once, not in the title."""
LEAST_TELLING = 3.2
"""Bits below which a single word tells too little to be a keyword."""
FEWEST_BITS = 1.0


Term = tuple[str, ...]
"""The keys of a term's words."""


@dataclass(frozen=True)
class Terms:
    """How many of `papers` papers use each word and term, by its key, and the usual spelling of names."""

    papers: int
    counts: Mapping[str, int]
    known: frozenset[Term]
    """The terms of two and three words."""
    names: Mapping[str, str]


@cache
def terms() -> Terms:
    """The stored counts."""
    lines = resources.files("assets.summaries").joinpath("terms.tsv").read_text("utf-8").splitlines()
    counts: dict[str, int] = {}
    names: dict[str, str] = {}
    papers = 0
    for line in lines:
        if line.startswith("#"):
            continue
        count, _, term = line.partition("\t")
        if not term.strip("*"):
            papers = int(count)
            continue
        key = " ".join(map(word_key, term.split(" ")))
        counts[key] = counts.get(key, 0) + int(count)
        if term[0].isupper() and " " not in term:
            names[key] = term
    known = frozenset(tuple(key.split(" ")) for key in counts if " " in key)
    return Terms(papers, counts, known, names)


@lru_cache(maxsize=100_000)
def word_key(token: str) -> str:
    """The word as terms are counted by: in lower case and singular."""
    lower = token.lower()
    if len(lower) < 4 or lower[-1] != "s" or lower.endswith(("ss", "us", "is", "as", "ics", "series", "species")):
        return lower
    if lower.endswith("ies"):
        return lower[:-3] + "y"
    if lower.endswith(("sses", "xes", "ches", "shes")):
        return lower[:-2]
    return lower[:-1]


def without_formulas(text: str) -> str:
    """The text with a full stop for each formula, so that no term reaches across it; "$p$-adic" is "p-adic"."""
    if "$" not in text:
        return text
    text = SYMBOL.sub(lambda found: SCRIPT.sub("", found[1]) + "-", text)
    return FORMULA.sub(" . ", text)


def tokenized(text: str) -> list[str]:
    """Words and marks of a text without formulas; an address or a TeX command is a full stop."""
    return TOKEN.findall(NO_WORDS.sub(" . ", text))


CLOSING = frozenset(",.;:)")
"""Marks behind a word."""


class Word(NamedTuple):
    """A word or mark of a text."""

    key: str
    kind: int
    alone: float
    """The bits that it tells alone, 0 where it makes no keyword alone."""
    spelt: str


class Words(dict[str, tuple[Word, ...]]):
    """Text between two spaces → its words and marks, worked out once; forgets everything when it has grown large."""

    LARGEST = 200_000

    def __missing__(self, text: str) -> tuple[Word, ...]:
        """Takes the text apart."""
        if len(self) >= self.LARGEST:
            self.clear()
        if text.isalpha():
            found: tuple[Word, ...] = (_word(text),)
        elif text[-1] in CLOSING and text[:-1].isalpha():
            found = (*self[text[:-1]], *self[text[-1]])
        else:
            found = tuple(map(_word, tokenized(text)))
        self[text] = found
        return found


def _word(token: str) -> Word:
    key = word_key(token)
    kind = _kind(token, key)
    bits = _bits(key) if kind == ANYWHERE and not _modifies(key) else 0.0
    return Word(key, kind, bits if bits >= LEAST_TELLING else 0.0, token)


BREAK, IN_KNOWN, AT_END, ANYWHERE = range(4)
"""Kinds: ends a term's reach; stands in known terms only; ends terms, too; stands anywhere in a term."""
WORDS = Words()


def _kind(token: str, key: str) -> int:
    if not token[0].isalpha() and not (len(token) > 2 and token[0].isdigit() and token[1] == "-"):
        return BREAK
    lower = token.lower()
    if lower in COMMON or len(token) == 1:
        return BREAK
    if lower in GENERIC or lower.endswith("ly") or (len(token) < 3 and not token.isupper()):
        return AT_END if key in TAILS else IN_KNOWN
    return ANYWHERE


def _modifies(key: str) -> bool:
    return key.endswith(MODIFIER_ENDS) and bool(MODIFIER.match(key)) and key not in NOUNS


@lru_cache(maxsize=50_000)
def _bits(key: str) -> float:
    """How telling a word or known term is: -log2 of the share of papers that use it."""
    stored = terms()
    return log2(stored.papers / (stored.counts.get(key, 0) + 6))


HYPHEN = re.compile(r"[ –-]")
DASH = re.compile("([-–])")
SENTENCE_ENDS = frozenset(".:!?")


def keywords(title: str, abstract: str) -> tuple[str, ...]:
    """Up to six terms of one to three words, the most telling first, spelt as the paper spells them.

    A term scores by how often it is used, by standing in the title, by how few papers use its words, and by being a
    known one. A term that shares a word with a better one is left out.
    """
    body = list(chain.from_iterable(map(WORDS.__getitem__, without_formulas(abstract).split())))
    heading = list(chain.from_iterable(map(WORDS.__getitem__, without_formulas(title).split())))
    found = [*body, *WORDS["."], *heading]
    titled = len(body) + 1
    keys = [word.key for word in found]
    scored = _scored(keys, titled, dict(zip(keys, found, strict=True)))
    scored.sort()
    chosen: list[str] = []
    used: set[str] = set()
    for _, term in scored:
        parts = [part for key in term for part in HYPHEN.split(key)]
        if used.isdisjoint(parts):
            start = _place(keys, list(term))
            chosen.append(_spelling(found, start, start + len(term), titled))
            used.update(parts)
            if len(chosen) == KEYWORDS:
                break
    return tuple(chosen)


def _scored(keys: Sequence[str], titled: int, info: Mapping[str, Word]) -> list[tuple[float, Term]]:
    """Every term that may be a keyword with its score, negative, so that the best is first in order."""
    heading = keys[titled:]
    entitled: set[str] | set[Term] = set(heading)
    scored: list[tuple[float, Term]] = []
    for key, count in Counter(keys).items():
        if alone := info[key].alone:
            uses = count + TITLE_GAIN - 0.4 if key in entitled else count - 0.4 if count > 1 else PASSING * 0.6
            scored.append((-round(uses * alone, 6), (key,)))
    known = terms().known
    fit = [info[key].kind > BREAK for key in keys]
    starts = [at for at, (one, two) in enumerate(pairwise(fit)) if one and two]
    twos = [(keys[at], keys[at + 1]) for at in starts]
    threes = [(keys[at], keys[at + 1], keys[at + 2]) for at, behind in pairwise(starts) if behind == at + 1]
    for runs, headings in ((twos, pairwise(heading)), (threes, zip(heading, heading[1:], heading[2:], strict=False))):
        entitled = set(headings)
        counted = Counter(runs)
        common = known.intersection(counted)
        for run in common:
            scored.append((-round(_longer(run, counted[run], run in entitled, True), 6), run))
        repeated = {run for run, count in counted.items() if count > 1} if len(counted) < len(runs) else set()
        for run in (repeated | entitled.intersection(counted)) - common:
            if _reads([info[key] for key in run]):
                scored.append((-round(_longer(run, counted[run], run in entitled, False), 6), run))
    return scored


def _place(keys: Sequence[str], term: list[str]) -> int:
    """Where the term stands first; it does stand somewhere."""
    at = keys.index(term[0])
    while keys[at : at + len(term)] != term:
        at = keys.index(term[0], at + 1)
    return at


def _reads(run: Sequence[Word]) -> bool:
    """Whether words that are no known term may be one: telling ones, no verb form in front, no adjective behind."""
    *front, last = run
    if any(word.kind != ANYWHERE for word in front) or last.kind < AT_END:
        return False
    return not run[0].key.endswith(("ing", "ed")) and not _modifies(last.key)


def _longer(term: Term, count: int, in_title: bool, known: bool) -> float:
    size = len(term)
    weight = (count + TITLE_GAIN * in_title) * LENGTH_GAIN[size - 1]
    telling = [_bits(key) for key in term if key not in TAILS]
    bits = sum(telling) / len(telling) if telling else FEWEST_BITS
    if known:
        return weight * KNOWN_GAIN * (bits + _bits(" ".join(term))) / 2
    return weight * bits * (0.9 if size == 3 and count - in_title < 2 else 1.0)


def _spelling(found: Sequence[Word], start: int, end: int, titled: int) -> str:
    """As the paper spells it, in lower case where only the title or the start of a sentence gave a capital."""
    spelt = []
    for at in range(start, end):
        word = found[at].spelt
        given = at > titled or at == 0 or found[at - 1].spelt in SENTENCE_ENDS
        spelt.append(_lowered(found[at], found, titled) if given and word[0].isupper() else word)
    return " ".join(spelt)


def _lowered(word: Word, found: Sequence[Word], titled: int) -> str:
    """A capitalized word in lower case, unless it is a name or written with the capital within a sentence."""
    names = terms().names
    if word.key in names:
        return word.spelt
    parts = DASH.split(word.spelt)
    lower = [
        part.lower() if part.istitle() and len(part) > 1 and word_key(part) not in names else part for part in parts
    ]
    if lower == parts:
        return word.spelt
    for at in range(1, titled):
        if found[at].spelt == word.spelt and found[at - 1].spelt not in SENTENCE_ENDS:
            return word.spelt
    return "".join(lower)
