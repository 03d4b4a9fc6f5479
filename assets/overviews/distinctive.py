"""What a group of papers is called: the pairs of words of its titles that set it apart from the rest.

A pair counts once a title; its singular and its plural are one. The score is the pair's share in the group times
the logarithm of that share over the one among all papers, so that a pair must be both frequent and the group's own.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from assets.overviews.mentions import COMMON_WORDS, plain
from assets.overviews.selection import STOP_WORDS

_FORMULA = re.compile(r"\$[^$]*\$|https?://\S+|\\[A-Za-z]+")
_WORD = re.compile(r"[^\W\d_](?:[\w’']|-(?=\w))+|[:;,.?!()–—/]")
_WEAK_WORDS = """
    we is it an as of in on at to by or be do does no one two three first second case study approach analysis survey
    review using use toward beyond under across without within less more better learn learning-based guided driven
    enhanced improved improving efficient effective robust novel unified framework towards application applications
    evaluation perspective aware based model models data technical report
"""
_WEAK = STOP_WORDS | frozenset(_WEAK_WORDS.split())
"""Words that make no name, whatever stands beside them."""
_NAMES = """
    gaussian bayesian bayes monte carlo markov thompson wasserstein fourier riemannian euclidean hilbert hamiltonian
    lagrangian laplace poisson boltzmann langevin kalman lipschitz bregman shapley koopman hessian jacobian nash bellman
    hawkes gibbs galerkin schrödinger kolmogorov-arnold sinkhorn stein lyapunov turing rademacher english chinese arabic
"""
_PROPER = frozenset(_NAMES.split())
"""People and languages, whose capital is no capital of a title."""
FEWEST, LEAST_SHARE = 3, 0.012
"""Titles of a group that must hold a pair, as a number and as a share."""
PIECE = 0.6
"""A pair that the same word follows or precedes in this share of its titles is a piece of a longer name."""


class Titles:
    """The pairs of words of each title, counted over all papers once."""

    def __init__(self, titles: Iterable[str]) -> None:
        self._pairs: list[dict[str, str]] = []
        self._beside: dict[str, Counter[str]] = {}
        self._forms: list[dict[str, list[str]]] = []
        for title in titles:
            self._pairs.append(self._read(title))
            forms: dict[str, list[str]] = {}
            for word in _WORD.findall(title):
                forms.setdefault(word.lower(), []).append(word)
            self._forms.append(forms)
        self._everywhere: Counter[str] = Counter()
        self._spelled: dict[str, Counter[str]] = {}
        for pairs in self._pairs:
            self._everywhere.update(pairs.keys())
            for pair, spelling in pairs.items():
                self._spelled.setdefault(pair, Counter())[spelling] += 1

    def _read(self, title: str) -> dict[str, str]:
        """Stem → spelling of the pairs of neighbouring words; punctuation stands between words that are no pair."""
        tokens = _WORD.findall(_FORMULA.sub(" . ", title))
        pairs: dict[str, str] = {}
        for at, (one, two) in enumerate(pairwise(tokens)):
            low = one.lower(), two.lower()
            if any(not word[0].isalpha() or word in _WEAK or len(word) < 3 for word in low):
                continue
            pair = " ".join(stem(word) for word in low)
            pairs.setdefault(pair, " ".join(map(_spelled, (one, two))))
            beside = self._beside.setdefault(pair, Counter())
            beside.update(f"before {token.lower()}" for token in tokens[max(0, at - 1) : at] if token[0].isalpha())
            beside.update(f"after {stem(token.lower())}" for token in tokens[at + 2 : at + 3] if token[0].isalpha())
        return pairs

    def spelled(self, word: str, rows: Sequence[int]) -> str:
        """A word in lower case as the titles of a group write it inside a sentence: "LLM", "Gaussian", "attention"."""
        forms = Counter(form for row in rows for form in self._forms[row].get(word, ()))
        return _spelled(min(forms, key=lambda form: (-forms[form], form))) if forms else _spelled(word)

    def _is_piece(self, pair: str) -> bool:
        """Whether the pair is nearly always a part of the same longer name ("convolutional neural networks")."""
        most = max((n for beside, n in self._beside[pair].items() if beside.split()[1] not in STOP_WORDS), default=0)
        return most > PIECE * self._everywhere[pair]

    def distinctive(self, rows: Sequence[int], most: int, without: Collection[str] = ()) -> list[tuple[str, int]]:
        """The pairs that name a group of rows best, with their papers in it; none that shares a telling word.

        `without` are phrases that say nothing new here, such as the terms by which the group was found.
        """
        inside: Counter[str] = Counter()
        for row in rows:
            inside.update(self._pairs[row].keys())
        taken = {word for phrase in without for word in _telling(phrase)}
        total, group = len(self._pairs), max(1, len(rows))

        def score(pair: str) -> float:
            share = inside[pair] / group
            return share * math.log(share / (self._everywhere[pair] / total) + 1e-9)

        fewest = max(min(FEWEST, max(2, group // 20)), LEAST_SHARE * group)
        candidates = sorted((s for s, n in inside.items() if n >= fewest), key=lambda s: (-round(score(s), 9), s))
        chosen: list[tuple[str, int]] = []
        for pair in candidates:
            if len(chosen) == most:
                break
            telling = _telling(pair)
            if not telling or telling & taken or (group < total and score(pair) <= 0) or self._is_piece(pair):
                continue
            taken |= telling
            spelled = self._spelled[pair]
            chosen.append((min(spelled, key=lambda s: (-spelled[s], s)), inside[pair]))
        return chosen


def _spelled(word: str) -> str:
    """A word as it stands inside a sentence: acronyms and names keep their capitals, others lose the title's."""
    if _is_name(word):
        return word
    low = word.lower()
    return word.capitalize() if stem(low) in _PROPER else low


def _is_name(word: str) -> bool:
    """Whether a word keeps its capitals: an acronym or a name with a capital inside."""
    return any(letter.isupper() for letter in word[1:])


def stem(word: str) -> str:
    """A word without the s of its plural."""
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 4 else word


def _telling(phrase: str) -> set[str]:
    return {stem(word)[:6] for word in plain(phrase).split() if stem(word) not in COMMON_WORDS}
