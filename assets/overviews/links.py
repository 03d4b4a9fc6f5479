"""The sentences that may stand on a page without a source: they lead on, or say how the page was made.

All of them are written down here, so that the check can tell a connecting sentence from a claim that
only poses as one. A slot holds a name of ours, never a text of a paper. Glosses, which say what a topic is
about, come from the topics' settings and are told to the check beside these.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from assets.overviews.parts import Sentence

TEMPLATES: dict[str, str] = {
    "no impact": (
        "The metadata of arXiv holds no citation counts, so nothing here is ranked by impact; what follows are"
        " results that compare in numbers, taken from the middle of the larger topics."
    ),
    "middle": "Nearest to the middle of everything announced, by the words of titles and summaries, are the following.",
    "no trends": "The page makes no statement about trends, because the papers that it covers give none a basis.",
    "one day": (
        "Nothing is said here about topics that rise: the papers come from a single announcement day, and no earlier"
        " year is there to compare with."
    ),
    "few mentions": (
        "Nothing is said here about topics that rise: no topic is mentioned by enough papers for a comparison."
    ),
    "outlook rule": (
        "Each of these statements follows from this year’s numbers by a fixed rule, and next year’s numbers will"
        " say whether it held: a topic that rose keeps its share, and a large one most of it."
        " Papers are those with {category} as primary category."
    ),
    "scored rule": (
        "Last year’s overview ended with statements about this year, and this year’s numbers decide about them."
    ),
    "scored so far": (
        "Last year’s overview ended with statements about this year; the year is not over, so the scores are those"
        " of the days so far."
    ),
    "clusters": (
        "The words of titles and abstracts sort the papers into groups, each named after the terms that set it"
        " apart; papers from the middle of a group, with new terms or with readers in several fields, speak for it."
    ),
    "sorting": (
        "Each section takes one area, says how much was written in it, and then lets single papers speak; the links"
        " lead to them."
    ),
    "no ranking": (
        "The papers named here are examples: they were chosen because their words lie near the middle of their"
        " area, not because anyone has measured what they are worth."
    ),
    "preprints": (
        "Most of what arXiv announces has not been through peer review yet, and a result in a preprint is a report"
        " of its authors."
    ),
    "newest first": "Papers that the page tells of stand newest first, and a list of all others follows.",
    "reading": "Readers who want to go on may begin with these, one from each section.",
    "no month before": (
        "Nothing is said here about areas that grow or shrink: the almanac does not hold the month before."
    ),
    "quiet": "The almanac holds too few papers of this month to tell a story about them.",
}
SLOTS = {"category": r"[A-Za-z-]+(?:\.[A-Za-z-]+)?"}
_SLOT = re.compile(r"\\\{(\w+)\\\}")
_ALLOWED = re.compile(
    "|".join(f"(?:{_SLOT.sub(lambda slot: SLOTS[slot[1]], re.escape(template))})" for template in TEMPLATES.values())
)


def link(name: str, opens_paragraph: bool = False, **slots: str) -> Sentence:
    """A connecting sentence by its name, its slots filled."""
    return Sentence(TEMPLATES[name].format(**slots), kind="link", opens_paragraph=opens_paragraph)


def is_link(text: str, glosses: Collection[str] = ()) -> bool:
    """Whether a sentence is one of those that need no source, or one of the glosses."""
    return text in glosses or _ALLOWED.fullmatch(text) is not None
