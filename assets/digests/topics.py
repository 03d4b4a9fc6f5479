"""Papers of a section in groups of like topic, named by the terms that set them apart.

Term weights (tf-idf over the section) make each paper a vector; average linkage of the vectors' cosines makes a tree,
and the tree is cut where its branches are alike on average and not too large. No chance is in it: the same papers
give the same groups.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assets.digests.plain import MATHEMATICS
from assets.summaries.vocabulary import GENERIC

FEWEST_PAPERS = 8
"""A section of fewer papers stays in the order of the source: it is read whole."""

ALIKE = 0.045
"""Average similarity (cosine, 0 to 1) that the papers of a group need."""

LARGEST_SHARE = 0.2
"""A group holds at most this share of a section, so that there are groups and not one heap."""

NAMED_FROM = 4
"""Papers that a group needs to get a name."""

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
    written: Counter[tuple[str, str]] = Counter()
    counted = [_terms(title, abstract, written) for title, abstract in texts]
    documents = Counter(term for terms in counted for term in terms)
    # A term of one paper joins none, and one of many papers tells none apart.
    most = max(3, _COMMON_SHARE * len(texts))
    telling = [[term for term in terms.elements() if 2 <= documents[term] <= most] for terms in counted]
    named = [(places, _name(places, telling, documents, written)) for places in _groups(telling)]
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


def _terms(title: str, abstract: str, written: Counter[tuple[str, str]]) -> Counter[str]:
    """Words and rows of two or three words that may name a topic, in the singular, and how often each counts.

    Each term with the form that the text has of it is counted in `written`, too.
    """
    in_title, in_abstract = _rows_of_words(title), _rows_of_words(abstract)
    written.update(in_title)
    written.update(in_abstract)
    return Counter([term for term, _ in in_title] * _TITLE_COUNTS + [term for term, _ in in_abstract])


def _rows_of_words(text: str) -> list[tuple[str, str]]:
    """Each row of one to three words that no generic word interrupts, in the singular and as it is written."""
    found = []
    for part in _SENTENCE.split(MATHEMATICS.sub(" . ", text)):
        forms = [word.lower() for word in _WORD.findall(part)]
        words = list(map(_singular, forms))
        ends = [word in GENERIC for word in words] + [True]
        for place, word in enumerate(words):
            if ends[place]:
                continue
            row, form = word, forms[place]
            found.append((row, form))
            for more in range(place + 1, place + LONGEST):
                if ends[more]:
                    break
                row, form = f"{row} {words[more]}", f"{form} {forms[more]}"
                found.append((row, form))
    return found


@lru_cache(maxsize=65_536)
def _singular(word: str) -> str:
    """Without the s of a plural: "networks" and "network" are one term."""
    if len(word) > 4 and word.endswith(("ies", "sses", "xes")):
        return word[:-3] + "y" if word.endswith("ies") else word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "su" and word[-2:] != "is" else word


def _groups(telling: Sequence[Sequence[str]]) -> list[list[int]]:
    """Groups of places, each alike on average and not too large; `telling` are the terms of each paper."""
    from sklearn.cluster import AgglomerativeClustering  # takes a second to import, and small sections need none
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not any(telling):
        return [[place] for place in range(len(telling))]
    vectors = TfidfVectorizer(analyzer=list, sublinear_tf=True, smooth_idf=False).fit_transform(telling)
    distances = 1.0 - (vectors @ vectors.T).toarray()
    tree = AgglomerativeClustering(
        n_clusters=None, distance_threshold=0.0, metric="precomputed", linkage="average"
    ).fit(distances)
    branches: list[list[int]] = [[place] for place in range(len(telling))]
    for one, other in tree.children_:
        branches.append(sorted(branches[one] + branches[other]))
    return _cut(branches, tree)


def _cut(branches: Sequence[list[int]], tree: Any) -> list[list[int]]:
    """The largest branches of a tree that may be groups, from the root down."""
    leaves, largest = len(tree.children_) + 1, max(2, math.ceil(LARGEST_SHARE * (len(tree.children_) + 1)))
    found, waiting = [], [len(branches) - 1]
    while waiting:
        branch = waiting.pop()
        joined = branch - leaves
        if joined < 0 or (len(branches[branch]) <= largest and tree.distances_[joined] <= 1 - ALIKE):
            found.append(branches[branch])
        else:
            waiting += (int(child) for child in tree.children_[joined])
    return found


def _name(
    places: Sequence[int],
    telling: Sequence[Sequence[str]],
    documents: Mapping[str, int],
    written: Mapping[tuple[str, str], int],
) -> str | None:
    """The terms that most of a group's papers use and few others; None for a small group or where there are none."""
    if len(places) < NAMED_FROM:
        return None
    inside = Counter(term for place in places for term in dict.fromkeys(telling[place]))
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
    forms = sorted((term, -times, form) for (term, form), times in written.items() if term in chosen)
    return ", ".join(next(form for other, _, form in forms if other == term) for term in chosen) or None
