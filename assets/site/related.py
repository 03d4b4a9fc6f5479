"""Related papers: those of the last announcement days that use the same telling words.

Looks backward only, so that a new day changes no page of the history. Words weigh by how rare they are among the
papers that are compared (TF-IDF with cosine similarity); those of a title count twice.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assets.site.documents import DayDigest

WINDOW = 21
"""Announcement days that are looked at, the paper's own among them: about a month."""

AT_MOST = 6
LEAST = 0.11
"""Cosine below which two papers only share common words: of a month of real papers, 19 in 20 have one above it."""

COMMON = 0.25
"""Share of the papers from which on a word tells nothing, where that is more than RARE papers."""

RARE = 12

FEATURES = 2**20
"""Places of words; so many that two words of a month seldom share one."""

_WORD = r"(?u)\b[^\W\d_][\w-]+\b"
_NO_WORDS = re.compile(r"\$[^$]*\$|\\[a-z]+|https?://\S+")


@dataclass(frozen=True)
class DayWords:
    """The papers of an announcement day, and how often each uses which words (a row for each paper)."""

    day: str
    titles: dict[str, str]
    counts: Any


@dataclass
class Window:
    """The words and titles of the latest announcement days."""

    days: deque[DayWords] = field(default_factory=lambda: deque(maxlen=WINDOW))

    @property
    def keys(self) -> list[str]:
        """The days, in order."""
        return [one.day for one in self.days]

    def go_to(self, before: Sequence[str], read: Callable[[str], DayDigest]) -> None:
        """Makes these the latest days; only where they are not yet are their digests read."""
        if self.keys[-len(before) :] == [*before] if before else not self.days:
            return
        self.days.clear()
        for day in before:
            self.add(read(day))

    def add(self, digest: DayDigest) -> None:
        """Takes in the next day; the oldest one leaves."""
        self.days.append(words_of(digest))

    def related(self) -> dict[str, list[tuple[str, str, str]]]:
        """For each paper of the latest day the nearest others: id, title and day, the nearest first."""
        from scipy.sparse import vstack  # takes a second to import, and most builds make no paper's page
        from sklearn.feature_extraction.text import TfidfTransformer

        papers = [(paper, title, one.day) for one in self.days for paper, title in one.titles.items()]
        # A paper that was listed twice is compared as it is now.
        latest = sorted({paper: row for row, (paper, _, _) in enumerate(papers)}.values())
        own = range(len(papers) - len(self.days[-1].titles), len(papers))
        if len(latest) < 2 or not own:
            return {}
        counts = vstack([one.counts for one in self.days], format="csr")[latest]
        users = counts.getnnz(axis=0)
        telling = ((users >= 2) & (users <= max(RARE, COMMON * len(latest)))).nonzero()[0]
        if not len(telling):
            return {}
        weights = TfidfTransformer(sublinear_tf=True, smooth_idf=False).fit_transform(counts[:, telling])
        first = latest.index(own[0])
        found: dict[str, list[tuple[str, str, str]]] = {}
        for place, scores in enumerate((weights[first:] @ weights.T).tocsr(), start=first):
            near = [
                # Rounded, so that no order of adding up decides between equals.
                (-round(float(score), 6), *papers[latest[other]])
                for other, score in zip(scores.indices, scores.data, strict=True)
                if score >= LEAST and other != place
            ]
            if near:
                found[papers[latest[place]][0]] = [one[1:] for one in sorted(near)[:AT_MOST]]
        return found


def words_of(digest: DayDigest) -> DayWords:
    """The words of each paper's title, abstract and keywords."""
    texts = [
        _NO_WORDS.sub(" . ", f"{paper.title} . {paper.title} . {paper.abstract} . {' . '.join(paper.summary.keywords)}")
        for paper in digest.papers
    ]
    titles = {paper.id: paper.title for paper in digest.papers}
    # The empty text at the end, which leaves again, is for a day without papers: of no text nothing can be made.
    return DayWords(digest.day.isoformat(), titles, _vectorizer().transform([*texts, ""])[:-1])


@cache
def _vectorizer() -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer

    return HashingVectorizer(
        n_features=FEATURES, alternate_sign=False, norm=None, stop_words="english", token_pattern=_WORD
    )
