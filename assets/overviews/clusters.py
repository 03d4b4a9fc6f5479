"""The papers of a year sorted into groups by their words: TF-IDF, truncated SVD, k-means (scikit-learn).

Title and abstract are read without addresses, formulas, TeX and the phrases that every abstract holds. The
number of groups follows from the number of papers. Seeds are fixed, the arithmetic runs in one thread, and groups are
ordered by size, so that a rerun gives the same groups and the order of the rows changes nothing.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from assets.overviews.distinctive import stem
from assets.overviews.material import Corpus
from assets.overviews.mentions import mention, plain
from assets.overviews.selection import STOP_WORDS

if TYPE_CHECKING:
    import numpy as np

SEED = 20250101
DIMENSIONS = 60
FEWEST_PAPERS = 24
"""Papers below which there are no groups."""
MOST_GROUPS = 24
LARGE = 0.02
"""Share of the papers from which a group must be represented by cited papers."""
STARTS = 4
MENTIONED = 1 / 3
"""Share of a group's papers that must mention a term for the group to be named after it."""
MOST_TERMS, CANDIDATES = 3, 12
WORDS = 30_000
_NOISE = r"(?i)https?://\S+|www\.\S+|\$[^$]*\$|\\[a-z]+\*?|\b\d[\d.,%×x]*\b"
_BOILERPLATE = r"""(?ix)
    \b(?:code|data|models?|implementation|project\ page)\b
    [^.]{0,60} \b(?:available|released|open-?sourced?|github)\b [^.]*
  | \b(?:extensive|comprehensive)\ (?:experiments|evaluations)\b
  | \b(?:experimental|empirical|numerical)\ (?:results|evaluations?|studies)\b
  | \bstate[- ]of[- ]the[- ]art\b
  | \b(?:in\ this\ (?:paper|work|study|article)|this\ (?:paper|work|study))\b
"""
_COMMON = """
    propose proposed proposes introduce introduces present presents show shows demonstrate demonstrates results result
    method methods approach approaches model models learning data performance framework existing based using novel new
    paper work study significant significantly achieve achieves improve improves improved outperforms experiments
    however further various several different recent including provide provides tasks task problem problems
"""


@dataclass(frozen=True)
class Cluster:
    """A group of papers, named after the terms that set it apart."""

    number: int
    """Its place by size, from 0."""
    terms: tuple[str, ...]
    """Pairs of words of its titles, or single words, that a third of its papers mention; empty for a mixed group."""

    rows: tuple[int, ...]
    share: float

    @property
    def is_large(self) -> bool:
        """Whether the page must cite a paper of it."""
        return self.share > LARGE


def find_clusters(corpus: Corpus) -> list[Cluster]:
    """The groups of a corpus, largest first; none for few papers, and for papers whose words tell none apart."""
    papers = len(corpus)
    if papers < FEWEST_PAPERS:
        return []
    # Imported here, because it takes seconds and every command would wait for it.
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer
    from sklearn.preprocessing import normalize
    from threadpoolctl import threadpool_limits

    texts = corpus.frame.select(
        pl.concat_str("title", "title", "abstract", separator=" . ")
        .str.replace_all(_NOISE, " ")
        .str.replace_all(_BOILERPLATE, " ")
    ).to_series()
    stop_words = sorted(STOP_WORDS | ENGLISH_STOP_WORDS | frozenset(_COMMON.split()))
    vectorizer = TfidfVectorizer(
        token_pattern=r"(?u)\b[^\W\d_][\w-]+\b",
        stop_words=stop_words,
        min_df=2 if papers < 1_000 else 5,
        max_df=0.3 if papers >= 100 else 0.6,
        max_features=WORDS,
        sublinear_tf=True,
        dtype=np.float32,
    )
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            weights = vectorizer.fit_transform(texts.to_list())
        except ValueError:
            return []  # no word is in more papers than one, and in few enough to tell some apart
        dimensions = min(DIMENSIONS, papers - 1, weights.shape[1] - 1)
        if dimensions < 2:
            return []
        places = normalize(TruncatedSVD(dimensions, random_state=SEED).fit_transform(weights).astype(np.float64))
        found = KMeans(group_count(papers), n_init=STARTS, random_state=SEED).fit_predict(places)
    return _named(corpus, found, weights, vectorizer.get_feature_names_out())


def group_count(papers: int) -> int:
    """How many groups: about the square root of a twentieth of the papers, from 4 to MOST_GROUPS."""
    return max(4, min(MOST_GROUPS, round(math.sqrt(papers / 20))))


def _named(corpus: Corpus, found: np.ndarray, weights: Any, words: np.ndarray) -> list[Cluster]:
    """The groups in the order of their size, each with terms that no larger one has and that its papers mention."""
    groups = [tuple((found == number).nonzero()[0].tolist()) for number in range(int(found.max()) + 1)]
    groups = sorted((rows for rows in groups if rows), key=lambda rows: (-len(rows), rows))
    clusters: list[Cluster] = []
    taken: list[str] = []
    for number, rows in enumerate(groups):
        names = [term for term, _ in corpus.names.distinctive(rows, CANDIDATES, taken)]
        names += [corpus.names.spelled(word, rows) for word in _own_words(rows, weights, words)]
        terms = _telling(names, corpus.texts.gather(list(rows)), taken)
        taken += terms
        clusters.append(Cluster(number, tuple(terms), rows, len(rows) / len(corpus)))
    return clusters


def _telling(names: Sequence[str], texts: pl.Series, taken: Collection[str]) -> list[str]:
    """The first names that enough of the texts mention, none of them a form or a part of an earlier one."""
    marks = mention(texts, names)
    stems = {_root(word) for phrase in taken for word in plain(phrase).split()}
    chosen: list[str] = []
    for name in names:
        own = {_root(word) for word in plain(name).split()}
        if len(chosen) < MOST_TERMS and not own & stems and int(marks[name].sum()) >= MENTIONED * len(texts):
            chosen.append(name)
            stems |= own
    return chosen


def _root(word: str) -> str:
    """A word without a plural's s, in short words, too: "LLMs" is no other name than "LLM"."""
    return stem(word).removesuffix("s")


def _own_words(rows: tuple[int, ...], weights: Any, words: np.ndarray) -> list[str]:
    """The words whose mean weight in the group exceeds that among all papers the most."""
    above = weights[list(rows)].mean(axis=0) - weights.mean(axis=0)
    order = (-above).A1.argsort(kind="stable")[:CANDIDATES]
    return [str(words[place]) for place in order]
