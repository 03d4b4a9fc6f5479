"""What the summarizer reads in each sentence of an abstract: role, cues, worth as TL;DR, what it leans on."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from assets.summaries.authorship import KINDS, own_sentences
from assets.summaries.headline import headline_scores
from assets.summaries.lexicon import CUED, CUES, SCALE, ZERO, lexicon, words
from assets.summaries.roles import BACKGROUND, likeliest, role_scores, transitions
from assets.summaries.voice import POINTER, without_opening

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.summaries.statements import Sentence

POINTING_WORDS = frozenset({
    "this", "these", "those", "such", "latter", "former", "aforementioned", "above", "it", "they", "its", "their",
    "that", "both", "another", "other", "others", "here", "there", "one", "resulting", "proposed", "second", "then",
    "two", "three", "four",
})  # fmt: skip
"""Words without which no sentence points back."""
IMPERSONAL = r"(?! (?:is|was|has been) (?:shown|proved|proven|found|demonstrated|argued|well|known|widely)\b)"
OPENING_POINTER = re.compile(
    rf"(?:[A-Z][^,.$]{{2,40}}, (?:they\b|it\b{IMPERSONAL}|th(?:is|ese)\b(?! (?:\w+ )?(?i:{KINDS})\b))"
    r"|(?:Below|Above|Beyond|Under|At|For|With|By|From|On|In|Within|Despite) (?:it|this|these|them|those|such|both)\b"
    rf"(?! (?:\w+ )?(?i:{KINDS})\b)"
    r"|(?:[A-Z][a-z]+, )?(?:This|These|It|They|Such|That|Those|Another|Both|Here|There|One|Its|Their|Other|Others|Each"
    r"|The (?:latter|former|second|other|resulting|first|key|main|proposed|above|same|two|three|four)(?![\w-]))\b"
    rf"(?! (?:\w+ )?(?i:{KINDS})\b){IMPERSONAL})"
)
LEANING = re.compile(
    r"(?:[A-Z][^,.$]{2,40}, (?=[a-z]))?(?:[Tt]h(?:is|ese|ey|ose)|[Ii]t|[Ss]uch|Its|Their|[Tt]he (?:latter|former))\b"
    rf"(?! (?:\w+ )?(?i:{KINDS})\b){IMPERSONAL}"
)
"""How a sentence opens whose subject is named before it."""
INNER_POINTER = re.compile(
    rf"\b(?:[Tt]h(?:is|ese|ose)(?! (?:\w+ )?(?:{KINDS})\b)|[Ss]uch(?! (?:as|that)\b)"
    r"|[Tt]he (?:latter|former|above|aforementioned)|aforementioned)\b"
)

ADVERBS = r"(?:also |then |further |furthermore |additionally |finally |first |next |now |briefly |thus |[a-z]+ly )?"
PAPER_SUBJECT = rf"(?:We|I|The authors?|(?:This|The|Our) (?:\w+ )?(?:{KINDS}))"
FINDING = re.compile(
    rf"(?:[A-Z][^,.$]{{2,80}}, |(?:As|In) a [a-z]+ )?{PAPER_SUBJECT} (?:have |has )?{ADVERBS}"
    r"(?:shows?|showed|shown|finds?|found|proves?|proved|reveals?|revealed"
    r"|observes?|observed|concludes?|concluded|confirms?|confirmed|demonstrates? that|demonstrated that)\b"
    r"|(?:(?:The|These|Our|Both|All|Some|Key|Main) )?(?:(?!of\b)[\w-]+ ){0,2}?(?:[Rr]esults?|[Ff]indings"
    r"|[Ee]xperiments(?= (?:show|demonstrate|reveal|confirm|indicate|suggest)))\b"
    r"(?! (?:(?:is|are|was|were) (?:based|obtained|derived)|rel(?:y|ies|ied)|builds?)\b)"
)
"""How a sentence opens that tells what came out."""
FINDINGS = frozenset({
    "show", "shows", "showed", "shown", "find", "finds", "found", "prove", "proves", "proved", "reveal", "reveals",
    "revealed", "observe", "observes", "observed", "conclude", "concludes", "concluded", "confirm", "confirms",
    "confirmed", "demonstrate", "demonstrates", "demonstrated", "result", "results", "findings", "experiments",
})  # fmt: skip
"""Words without which no sentence tells what came out."""
ANNOUNCING = re.compile(
    rf"{PAPER_SUBJECT} {ADVERBS}(?:discuss|comment|describe|outline|review|speculate|mention|explore|investigate"
    r"|examine|consider|address|aim|focus|hope|plan|seek|intend|introduce|propose|present)(?:s|es|ed)?\b"
    r"|(?:The|Our|My|One|Another|A|This (?:\w+ )?(?:paper|work|study)['’]s) (?:[\w-]+ )?(?:goals?|aims?|objectives?"
    r"|purpose|motivation)\b|(?:Possible|Potential|Some|Several|Further|Future) (?:[\w-]+ ){0,2}?(?:applications"
    r"|implications|extensions|generali[sz]ations|directions|consequences|connections)\b.* (?:is|are) (?:also |briefly "
    r"|then |further )?(?:discussed|outlined|given|presented|described|mentioned|considered)\b"
)
"""How a sentence opens that says what the paper talks of, and not what came out."""
ANNOUNCEMENTS = frozenset(
    f"{word}{ending}"
    for word in (
        "discuss", "comment", "describe", "outline", "review", "speculate", "mention", "explore", "investigate",
        "examine", "consider", "address", "aim", "focus", "hope", "plan", "seek", "intend", "introduce", "propose",
        "present", "goal", "objective", "purpose", "motivation", "given",
    )
    for ending in ("", "s", "d", "es", "ed")
)  # fmt: skip
"""Words without which no sentence only says what the paper talks of."""
OUTCOME = re.compile(
    r"\b(?:show|showing|find|finding|prove|proving|demonstrat(?:e|ing)|reveal|revealing|conclude|establish|obtain)\b"
    r"|\d ?%|\b(?:outperform|achiev|improv|reduc|increas)\w*"
)
"""What makes an announcement tell of its outcome as well."""


@lru_cache(maxsize=1024)
def tells_outcome(sentence: str) -> bool:
    """Whether a sentence opens as one that tells what came out."""
    return FINDING.match(without_opening(sentence)) is not None


@lru_cache(maxsize=1024)
def announces(sentence: str) -> bool:
    """Whether a sentence only says what the paper talks of."""
    sentence = without_opening(sentence)
    found = ANNOUNCING.match(sentence)
    return found is not None and OUTCOME.search(sentence, found.end()) is None


def leans(sentence: str) -> bool:
    """Whether the subject is named before, and no article can replace the pointer to it."""
    sentence = without_opening(sentence)
    return LEANING.match(sentence) is not None and POINTER.match(sentence) is None


@lru_cache(maxsize=1024)
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
        self.leaning = [
            pointing == 1.0 and leans(told.text) for told, pointing in zip(sentences, self.pointing, strict=True)
        ]
        """Whether its subject stands in a sentence before it, and no article can replace the pointer."""
        self.finding = [
            not FINDINGS.isdisjoint(sentence) and tells_outcome(told.text)
            for told, sentence in zip(sentences, tokens, strict=True)
        ]
        """Whether it opens as one that tells what came out."""
        self.announcing = [
            not ANNOUNCEMENTS.isdisjoint(sentence) and announces(told.text)
            for told, sentence in zip(sentences, tokens, strict=True)
        ]
        """Whether it only says what the paper talks of."""
