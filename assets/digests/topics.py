"""Papers of a section in groups of like topic, named by the terms that set them apart.

Term weights (tf-idf over the section) make each paper a vector; groups are merged as long as their papers are alike
on average (average linkage). Plain arithmetic without chance: the same papers give the same groups.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assets.digests.plain import MATHEMATICS
from assets.summaries.vocabulary import GENERIC

FEWEST_PAPERS = 8
"""A section of fewer papers stays in the order of the source: it is read whole."""

ALIKE = 0.045
"""Average similarity (cosine, 0 to 1) that two groups need to become one."""

LARGEST_SHARE = 0.2
"""A group holds at most this share of a section, so that there are groups and not one heap."""

NAMED_FROM = 4
"""Papers that a group needs to get a name."""

TERMS_AT_MOST = 60
"""Terms of a paper that count: those of the highest weight."""

LONGEST = 3
"""Words of a term."""

_TITLE_COUNTS = 3
_COMMON_SHARE = 0.3
_TERMS_IN_NAME = 2
_WORD = re.compile(r"[^\W\d_][\w-]*\w")
_SENTENCE = re.compile(r"[.,;:!?()\[\]“”\"]+")


@dataclass(frozen=True)
class Topic:
    """A group of papers: their places in what was given, in ascending order, and the group's name, where it has one."""

    places: tuple[int, ...]
    name: str | None


def topics(texts: Sequence[tuple[str, str]]) -> list[Topic]:
    """Groups of papers given as (title, abstract), the largest first; every paper is in exactly one.

    Papers that are like no other come last, as one group without a name. Fewer than FEWEST_PAPERS are one such group.
    """
    if len(texts) < FEWEST_PAPERS:
        return [Topic(tuple(range(len(texts))), None)] if texts else []
    surfaces: dict[str, Counter[str]] = {}
    vectors, documents = _vectors(texts, surfaces)
    groups = _merged(_similarities(vectors), max(2, math.ceil(LARGEST_SHARE * len(texts))))
    named = [(places, _name(places, vectors, documents, surfaces)) for places in groups]
    apart = sorted(place for places, name in named if name is None for place in places)
    found = sorted(((places, name) for places, name in named if name), key=lambda group: (-len(group[0]), group[0]))
    found = _with_one_name_each(found)
    return [Topic(tuple(places), name) for places, name in found] + ([Topic(tuple(apart), None)] if apart else [])


def _with_one_name_each(groups: list[tuple[list[int], str]]) -> list[tuple[list[int], str]]:
    """Groups that came to the same name are one."""
    by_name: dict[str, list[int]] = {}
    for places, name in groups:
        by_name.setdefault(name, []).extend(places)
    return [(sorted(places), name) for name, places in by_name.items()]


def _vectors(
    texts: Sequence[tuple[str, str]], surfaces: dict[str, Counter[str]]
) -> tuple[list[dict[str, float]], Counter[str]]:
    """Each paper's terms with weights of length 1, and the number of papers that use each term.

    `surfaces` takes the forms in which each term was written.
    """
    counted = [_terms(title, abstract, surfaces) for title, abstract in texts]
    documents = Counter(term for terms in counted for term in terms)
    most = max(3, _COMMON_SHARE * len(texts))
    vectors = []
    for terms in counted:
        weights = {
            term: (1 + math.log(number)) * math.log(len(texts) / documents[term])
            for term, number in terms.items()
            if 2 <= documents[term] <= most
        }
        heaviest = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:TERMS_AT_MOST]
        length = math.sqrt(sum(weight * weight for _, weight in heaviest)) or 1.0
        vectors.append({term: weight / length for term, weight in heaviest})
    return vectors, documents


def _terms(title: str, abstract: str, surfaces: dict[str, Counter[str]]) -> Counter[str]:
    """Words and rows of two or three words that may name a topic, in the singular, and how often each counts."""
    terms: Counter[str] = Counter()
    for text, counts in ((title, _TITLE_COUNTS), (abstract, 1)):
        for part in _SENTENCE.split(MATHEMATICS.sub(" . ", text)):
            written = [word.lower() for word in _WORD.findall(part)]
            words = [_singular(word) for word in written]
            for place in range(len(words)):
                for end in range(place + 1, min(place + LONGEST, len(words)) + 1):
                    if words[end - 1] in GENERIC:
                        break
                    term = " ".join(words[place:end])
                    terms[term] += counts
                    surfaces.setdefault(term, Counter())[" ".join(written[place:end])] += 1
    return terms


def _singular(word: str) -> str:
    """Without the s of a plural: "networks" and "network" are one term."""
    if len(word) > 4 and word.endswith(("ies", "sses", "xes")):
        return word[:-3] + "y" if word.endswith("ies") else word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "su" and word[-2:] != "is" else word


def _similarities(vectors: Sequence[Mapping[str, float]]) -> list[list[float]]:
    """The cosine of each pair."""
    users: dict[str, list[tuple[int, float]]] = {}
    for place, vector in enumerate(vectors):
        for term, weight in vector.items():
            users.setdefault(term, []).append((place, weight))
    alike = [[0.0] * len(vectors) for _ in vectors]
    for papers in users.values():
        for index, (one, weight) in enumerate(papers):
            row = alike[one]
            for other, other_weight in papers[index + 1 :]:
                row[other] += weight * other_weight
    for one, row in enumerate(alike):
        for other in range(one + 1, len(row)):
            alike[other][one] = row[other]
    return alike


def _merged(alike: list[list[float]], largest: int) -> list[list[int]]:
    """Groups of places, merged as long as two are alike on average and not too large together."""
    groups: dict[int, list[int]] = {place: [place] for place in range(len(alike))}

    def nearest(place: int) -> tuple[float, int]:
        row, size = alike[place], len(groups[place])
        return max(
            ((row[other], -other) for other in groups if other != place and size + len(groups[other]) <= largest),
            default=(0.0, 0),
        )

    best = {place: nearest(place) for place in groups}
    while True:
        (value, partner), one = max(((found, -place) for place, found in best.items()), default=((0.0, 0), 0))
        if value < ALIKE:
            return list(groups.values())
        one, other = -one, -partner
        weight, other_weight = len(groups[one]), len(groups[other])
        groups[one] += groups.pop(other)
        best.pop(other)
        for place in groups:
            if place != one:
                mean = (weight * alike[one][place] + other_weight * alike[other][place]) / (weight + other_weight)
                alike[one][place] = alike[place][one] = mean
        for place, (_, neighbour) in list(best.items()):
            if place == one or -neighbour in (one, other):
                best[place] = nearest(place)
            elif alike[place][one] > best[place][0] and len(groups[place]) + len(groups[one]) <= largest:
                best[place] = (alike[place][one], -one)


def _name(
    places: Sequence[int],
    vectors: Sequence[Mapping[str, float]],
    documents: Mapping[str, int],
    surfaces: Mapping[str, Counter[str]],
) -> str | None:
    """The terms that most of a group's papers use and few others; None for a small group or where there are none."""
    if len(places) < NAMED_FROM:
        return None
    inside = Counter(term for place in places for term in vectors[place])
    scores = {
        # A row of words says more than its words, and is used by fewer papers.
        term: inside[term] * inside[term] / documents[term] * (1.0 + term.count(" "))
        for term in inside
        if inside[term] >= max(2 + (" " not in term), len(places) / (4 if " " in term else 2))
    }
    chosen: list[str] = []
    for term in sorted(scores, key=lambda term: (-scores[term], term)):
        words = set(term.replace("-", " ").split())
        if not any(words & set(other.replace("-", " ").split()) for other in chosen):
            chosen.append(term)
        if len(chosen) == _TERMS_IN_NAME:
            break
    return ", ".join(min(surfaces[term].items(), key=lambda form: (-form[1], form[0]))[0] for term in chosen) or None
