"""The words in which a model is asked, and whether a text gives them back instead of an answer.

Small models and broken endpoints return the instructions, the meanings of the fields or the schema's descriptions as
texts. They stand here, so that what is asked (`engine.prompt` builds its messages from them) is what is known again.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from assets.summaries import limits

if TYPE_CHECKING:
    from collections.abc import Sequence

MEANINGS = {
    "tldr": "the paper in one sentence: what it does and what comes of it",
    "motivation": "the problem and why it matters",
    "method": "what the authors did, and how",
    "result": "what they found, with the abstract's own figures",
    "conclusion": "what follows from it, as the abstract says",
    "practical": "in plain language: what a practitioner can do with it",
    "keywords": "three to six terms that tell this paper from others, as a list",
}
"""Field → what it is asked for as, in the messages and in the schema."""
WORD = re.compile(r"\w+")


@cache
def template() -> str:
    """The instructions, with slots in braces."""
    return files(__package__).joinpath("prompt.md").read_text(encoding="utf-8")


@cache
def _runs() -> frozenset[tuple[str, ...]]:
    """Every few words in a row that stand in a line of what is asked."""
    size = limits.ECHO_RUN
    found: set[tuple[str, ...]] = set()
    for line in (*MEANINGS.values(), *template().splitlines()):
        words = _words(line)
        found.update(tuple(words[at : at + size]) for at in range(len(words) - size + 1))
    return frozenset(found)


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower())


def echoes(text: str, source: Sequence[str]) -> bool:
    """Whether so many words of the text, or so many in a row, are those in which it was asked for.

    `source` holds the words of title and abstract; words in a row that stand there, too, are not held against a text.
    """
    words = _words(text)
    size, asked = limits.ECHO_RUN, _runs()
    starts = [at for at in range(len(words) - size + 1) if tuple(words[at : at + size]) in asked]
    if not starts:
        return False
    told = f" {' '.join(source)} "
    starts = [at for at in starts if f" {' '.join(words[at : at + size])} " not in told]
    given_back: set[int] = set()
    longest = row = 0
    for before, at in zip([-2, *starts], starts, strict=False):
        given_back.update(range(at, at + size))
        row = row + 1 if at == before + 1 else size
        longest = max(longest, row)
    return longest >= limits.ECHO_WORDS or len(given_back) > limits.ECHO * len(words)
