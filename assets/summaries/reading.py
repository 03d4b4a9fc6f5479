"""What the summarizer reads in each sentence of an abstract: role, cues, worth as TL;DR, what it leans on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assets.summaries.authorship import KINDS, own_sentences
from assets.summaries.headline import headline_scores
from assets.summaries.lexicon import CUED, CUES, SCALE, ZERO, lexicon, words
from assets.summaries.roles import BACKGROUND, likeliest, role_scores, transitions
from assets.summaries.voice import without_opening

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.summaries.statements import Sentence

POINTING_WORDS = frozenset({
    "this", "these", "those", "such", "latter", "former", "aforementioned", "above", "it", "they", "its", "their",
    "that", "both", "another", "other", "others", "here", "there", "one", "resulting", "proposed", "second", "then",
})  # fmt: skip
"""Words without which no sentence points back."""
IMPERSONAL = r"(?! (?:is|was|has been) (?:shown|proved|proven|found|demonstrated|argued|well|known|widely)\b)"
OPENING_POINTER = re.compile(
    rf"(?:[A-Z][^,.$]{{2,40}}, (?:they\b|it\b{IMPERSONAL}|th(?:is|ese)\b(?! (?:\w+ )?(?:{KINDS})\b))"
    r"|(?:Below|Above|Beyond|Under|At|For|With|By|From|On|In|Within|Despite) (?:it|this|these|them|those|such|both)\b"
    rf"(?! (?:\w+ )?(?:{KINDS})\b)"
    r"|(?:[A-Z][a-z]+, )?(?:This|These|It|They|Such|That|Those|Another|Both|Here|There|One|Its|Their|Other|Others|Each"
    r"|The (?:latter|former|second|other|resulting|first|key|main|proposed|above|same))\b"
    rf"(?! (?:\w+ )?(?:{KINDS})\b){IMPERSONAL})"
)
INNER_POINTER = re.compile(
    rf"\b(?:[Tt]h(?:is|ese|ose)(?! (?:\w+ )?(?:{KINDS})\b)|[Ss]uch(?! (?:as|that)\b)"
    r"|[Tt]he (?:latter|former|above|aforementioned)|aforementioned)\b"
)


def points_back(sentence: str) -> float:
    """How much a sentence leans on one before it: 1 where its subject stands there, less where some word does."""
    rest = without_opening(sentence)
    if OPENING_POINTER.match(rest):
        return 1.0
    return 0.8 if INNER_POINTER.search(rest) else 0.0


class Reading:
    """Parallel lists, one value a sentence."""

    def __init__(self, sentences: Sequence[Sentence], title: str) -> None:
        """Reads the sentences of an abstract under its title."""
        tokens = [words(sentence.text) for sentence in sentences]
        self.own = own_sentences([told.text for told in sentences], tokens)
        """Whether the sentence is in the first person or speaks of the paper."""
        self.first_own = self.own.index(True) if True in self.own else len(self.own)
        columns = lexicon().columns(tokens, self.own)
        self.scores = role_scores(columns)
        """Log-probabilities of the roles."""
        self.roles = likeliest(self.scores, transitions())
        self.prior = [
            index < self.first_own < len(self.own) and role == BACKGROUND and sentence.label is None
            for index, (role, sentence) in enumerate(zip(self.roles, sentences, strict=True))
        ]
        """Whether the sentence only tells what stood before the paper: background, before all that is its own."""
        self.headline = headline_scores(columns, tokens, self.scores, words(title))
        cued = [[(value - ZERO) / SCALE for value in sums[CUES]] for sums in columns]
        motivation, method, result, conclusion, practical, availability = range(len(CUED))
        self.motivation = [sums[motivation] for sums in cued]
        self.method = [sums[method] for sums in cued]
        self.result = [sums[result] for sums in cued]
        self.conclusion = [sums[conclusion] for sums in cued]
        self.practical = [sums[practical] for sums in cued]
        self.availability = [sums[availability] for sums in cued]
        self.pointing = [
            0.0 if POINTING_WORDS.isdisjoint(sentence) else points_back(told.text)
            for told, sentence in zip(sentences, tokens, strict=True)
        ]
        """How much the sentence leans on one before it."""
