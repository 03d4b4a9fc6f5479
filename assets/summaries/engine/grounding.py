"""Whether texts are about the abstract at all: an answer that follows an instruction in it, or that belongs to another
paper, uses words that the abstract does not."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from assets.summaries.vocabulary import COMMON

if TYPE_CHECKING:
    from collections.abc import Iterable

WORD = re.compile(r"[a-z]{4,}")
STEM = 5
"""Letters by which words are compared, so that "optimizing" is "optimization"."""
OFF_TOPIC = 0.6
"""Share of new words from which a summary is not about its abstract."""
FEWEST = 15
"""Different words below which nothing is said."""


def novel_share(texts: Iterable[str], title: str, abstract: str) -> float | None:
    """Share of the different longer words of the texts that title and abstract don't hold; None for few words."""
    used = {stem for text in texts for stem in _stems(text)}
    if len(used) < FEWEST:
        return None
    return len(used - _stems(f"{title} {abstract}")) / len(used)


def off_topic(texts: Iterable[str], title: str, abstract: str) -> bool:
    """Whether the English texts are not about the paper."""
    share = novel_share(texts, title, abstract)
    return share is not None and share > OFF_TOPIC


@lru_cache(maxsize=64)
def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:STEM] for word in WORD.findall(text.lower()) if word not in COMMON)
