"""The statements of an abstract: its sentences as they can stand in a summary, long ones divided where there are few.

Extraction and completeness both count with these, so that "the abstract has too little for three fields" means the
same to the one that fills fields and to the one that checks them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.summaries import limits
from assets.summaries.checks import check_text, repeats
from assets.summaries.clauses import shielded
from assets.summaries.fields import REQUIRED_FIELDS
from assets.summaries.participles import BY_MEANS, OPENING_PARTICIPLES, PARTICIPLES, VERBS, doing, finite
from assets.summaries.reading import Reading
from assets.summaries.roles import BACKGROUND
from assets.summaries.sentences import split, tidy
from assets.summaries.voice import capitalize, retell, with_full_stop, without_opening

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORTEST_STATEMENT = 30
FEWEST_WORDS = 4
SHORTEST_PIECE = 25
LONG_STATEMENT = 110
"""Characters from which a sentence may say two things."""

LABELS = {
    "background": ("context", "background", "motivation", "introduction", "importance", "backgrounds", "problem"),
    "objective": ("aim", "aims", "objective", "objectives", "purpose", "goal", "goals", "question"),
    "method": (
        "method", "methods", "methodology", "approach", "materials and methods", "materials & methods", "design",
        "method and materials", "material and methods", "methods and materials", "data and methods", "study design",
    ),
    "result": ("result", "results", "findings", "main results", "key results", "key findings"),
    "conclusion": (
        "conclusion", "conclusions", "discussion", "significance", "implications", "interpretation",
        "conclusions and relevance", "discussion and conclusion", "discussion and conclusions", "impact",
    ),
}  # fmt: skip
ROLE_OF_LABEL = {label: role for role, labels in LABELS.items() for label in labels}
LABEL = re.compile(
    r"(?:\W{0,2})(" + "|".join(sorted(ROLE_OF_LABEL, key=len, reverse=True)) + r")\b(?:\s*\((?:results|methods)\))?"
    r"\s*(?:[:.—–]|\s-)\s*(?=[A-Z$\d\"“(\[]|$)",
    re.IGNORECASE,
)


LABEL_STARTS = re.compile("(?:" + "|".join(sorted({label[:4] for label in ROLE_OF_LABEL})) + ")", re.IGNORECASE)


NO_STATEMENT = re.compile(
    r"(?:(?:key ?-?words?(?: and phrases)?|index terms|subject class\w*|(?:ams |mathematics )?(?:subject class\w*|msc)"
    r"|pacs|ccs concepts?|jel(?: class\w*)?|report (?:no|number)|comments?)\b[^A-Za-z\n]{0,14}[:—–.-]"
    r"|(?:accepted|submitted|to appear) (?:at|to|in|by) (?:the )?(?-i:[A-Z])"
    r"|\d+ pages\b)",
    re.IGNORECASE,
)
NO_STATEMENT_STARTS = frozenset("KkIiSsAaMmPpCcJjRrTt0123456789")
"""How a piece of an abstract begins that says nothing of the paper's content: its keywords, classes, place."""


@dataclass(frozen=True)
class Sentence:
    """A sentence of the abstract and the role that a label before it ("Results:") gives it, if any."""

    text: str
    label: str | None = None


def labelled(sentences: tuple[str, ...]) -> list[Sentence]:
    """The sentences of a structured abstract without their labels; those of any other as they are.

    One label alone is no structure: then it is only taken away.
    """
    found: list[Sentence] = []
    label: str | None = None
    for text in sentences:
        if text[0] in NO_STATEMENT_STARTS and NO_STATEMENT.match(text):
            continue
        match = LABEL.match(text) if text[0].isupper() and LABEL_STARTS.match(text) else None
        label = ROLE_OF_LABEL[match[1].lower()] if match else label
        rest = text[match.end() :].strip() if match else text
        if rest:
            found.append(Sentence(rest, label))
    if len({sentence.label for sentence in found} - {None}) < 2:
        return [Sentence(sentence.text) for sentence in found]
    return found


def told(sentence: str, title: str, abstract: str, background: bool = False) -> str | None:
    """The sentence as a summary says it; None where it is too short for a statement or fails a check."""
    if len(sentence) < SHORTEST_STATEMENT:
        return None
    text = shortened(retell(doing(sentence, abstract), background))
    if len(text) < SHORTEST_STATEMENT or text.count(" ") < FEWEST_WORDS - 1:
        return None
    return text if passes(text, title, abstract) else None


def passes(text: str, title: str, abstract: str) -> bool:
    """Whether the checks have nothing against publishing the text as an extract of this abstract."""
    findings = check_text("tldr", text, title=title, abstract=abstract, extractive=True)
    return not any(finding.severity == "error" for finding in findings)


def shortened(text: str, longest: int = limits.MAXIMUM_LENGTH["en"]) -> str:
    """A text of at most `longest` characters: cut after a clause, else after a word, never in a formula or bracket."""
    if len(text) <= longest:
        return text
    mask = shielded(text)
    for mark in ("; ", ": ", ", ", " "):
        at = mask.rfind(mark, longest // 3, longest - 1)
        if at != -1:
            return with_full_stop(text[:at])
    return text


SUBJECT = re.compile(
    r"(?:We|I|(?:This|The|Our) (?:\w+ )?(?:paper|work|article|note|study|letter|authors|survey|thesis))\b"
)
SEMICOLON = re.compile(r"(?:;|:|\s(?:--|---|–|—))\s+(?=[A-Za-z$])")
NEW_SUBJECT = re.compile(r",?\s+(?:and|but|where|while|whereas|so|so that)\s+(?=(?:we|our|it|this|they|I)\b)")
SECOND_VERB = re.compile(
    rf",?\s+(?:and|then)\s+(?:also\s+|then\s+|further\s+|finally\s+)?(?=(?:{VERBS}|analy[sz]es|applies|classifies|studies"
    rf"|discusses|verifies|(?:{VERBS})s)\b)"
)
LISTED_VERB = re.compile(rf",\s+(?:{VERBS})(?:e?s|d)?\b")
"""A verb in a list of verbs, which is no list any more when its last member is gone."""
RELATIVE = re.compile(
    r",\s+which\s+(?=(?P<verb>is|was|has|are|were|have|can|could|may|will|allows|enables|improves|generalizes|extends|gives"
    r"|provides|leads|implies|shows|yields|makes|in turn|leverages|uses|utilizes|employs|exploits|combines|integrates"
    r"|incorporates|captures|learns|estimates|achieves|reduces|requires|consists|contains|includes|holds|admits|satisfies"
    r"|outperforms|relies|aims|takes|avoids|guarantees|ensures|preserves|characterizes|describes|determines|depends)\b)"
)
PARTICIPLE = re.compile(rf",?\s+(?:thereby |thus |hence )?(?P<verb>{'|'.join(OPENING_PARTICIPLES)})\s+(?=\w|\$)")
MEANS = re.compile(
    r",?\s+(?=(?P<means>by means of|by [a-z]+ing|using|via|with the help of|based on|through the use of)\s)"
)
WHERE = re.compile(
    r",?\s+(?P<word>where|such that|in which|under the assumption that|provided that|when|if)\s+(?=[a-z$A-Z])"
)


def divided(sentence: str) -> tuple[str, str] | None:
    """A long sentence as two, each a full statement; None where no clause can stand for itself.

    What the second one needs to stand is added: its subject ("and prove Y" → "We prove Y"), or "This is done"
    before the means ("by solving Z").
    """
    sentence = without_opening(sentence)
    mask = shielded(sentence)
    if found := SEMICOLON.search(mask):
        right = sentence[found.end() :]
        if (pair := _pair(sentence[: found.start()], capitalize(right))) and right.count(" ") >= FEWEST_WORDS:
            return pair
    if (found := NEW_SUBJECT.search(mask)) and (
        pair := _pair(sentence[: found.start()], capitalize(sentence[found.end() :]))
    ):
        return pair
    subject = SUBJECT.match(sentence)
    if subject:
        for found in SECOND_VERB.finditer(mask):
            if LISTED_VERB.search(mask, subject.end(), found.start()):
                break
            if not _agrees(subject[0], mask[found.end() :]):
                continue
            if pair := _pair(sentence[: found.start()], f"{subject[0]} {sentence[found.end() :]}"):
                return pair
    for found in RELATIVE.finditer(mask):
        which = "These" if found["verb"] in ("are", "were", "have") else "This"
        if pair := _pair(sentence[: found.start()], f"{which} {sentence[found.end() :]}"):
            return pair
    for found in PARTICIPLE.finditer(mask):
        rest = finite(f" {sentence[found.end() :]}", f" {mask[found.end() :]}")
        if rest and (pair := _pair(sentence[: found.start()], f"This {PARTICIPLES[found['verb']]}{rest}")):
            return pair
    for found in MEANS.finditer(mask) if subject else ():
        # What others did by some means is not the paper's own doing.
        if pair := _pair(sentence[: found.start()], f"{BY_MEANS}{sentence[found.end() :]}"):
            return pair
    for found in WHERE.finditer(mask):
        if found["word"] == "where" and (pair := _pair(sentence[: found.start()], f"Here {sentence[found.end() :]}")):
            return pair
    return None


BASE_VERB = re.compile(rf"(?:also |then |further |finally )?(?:{VERBS})\b")


def _agrees(subject: str, rest: str) -> bool:
    """Whether the verb that begins the rest is one of the subject's: "We … a rule that finds X and improves Y" has one
    that is the rule's."""
    plural = subject in ("We", "I") or subject.endswith("authors")
    return (BASE_VERB.match(rest) is not None) == plural


UNFINISHED = re.compile(
    r"\b(?:is|are|was|were|be|been|being|the|an?|of|and|or|with|for|to|from|by|as|that|which|whose|only|both|either|if|when"
    r"|obtained|constructed|defined|given|proved|done|achieved|while|although|since)$"
)


def _pair(left: str, right: str) -> tuple[str, str] | None:
    left = left.rstrip(" ,")
    if (
        min(len(left), len(right)) < SHORTEST_PIECE
        or min(left.count(" "), right.count(" ")) < FEWEST_WORDS - 1
        or UNFINISHED.search(left)
        or (left.startswith(("If ", "While ", "Although ", "When ", "Since ", "Let ", "For ")) and "," not in left)
    ):
        return None
    return with_full_stop(left), with_full_stop(right)


def few_statements(sentences: list[Sentence], title: str, abstract: str) -> list[Sentence]:
    """The sentences that can be told, divided until there is one for each required field or nothing is left to divide.

    A sentence that says what an earlier one said is no statement of its own.
    """
    usable: list[Sentence] = []
    texts: list[str] = []
    for sentence in sentences:
        text = told(sentence.text, title, abstract)
        if text and not any(repeats(text, other) for other in texts):
            usable.append(sentence)
            texts.append(text)
    while len(usable) < len(REQUIRED_FIELDS):
        for index in sorted(range(len(usable)), key=lambda at: (-len(usable[at].text), at)):
            pieces = divided(usable[index].text)
            telling = [told(piece, title, abstract) for piece in pieces or ()]
            others = [told(sentence.text, title, abstract) for at, sentence in enumerate(usable) if at != index]
            if pieces and _all_different([*telling, *others]):
                usable[index : index + 1] = [Sentence(piece, usable[index].label) for piece in pieces]
                break
        else:
            break
    return usable


def _all_different(texts: list[str | None]) -> bool:
    return all(
        text is not None and not any(other is None or repeats(text, other) for other in texts[:at])
        for at, text in enumerate(texts)
    )


def finest(sentences: list[Sentence], prior: Sequence[bool], title: str, abstract: str) -> list[Sentence]:
    """What stood before the paper, as it is, and behind it the paper's own statements, divided where there are few."""
    before = [sentence for sentence, is_prior in zip(sentences, prior, strict=True) if is_prior]
    return [*before, *few_statements(_without(sentences, prior), title, abstract)]


def statement_count(title: str, abstract: str, *, background: bool) -> int:
    """How many statements the abstract offers, counted up to the number of required fields or beyond.

    `background` says whether what stood before the paper counts, as it does for who writes in words of their own: an
    extract has nothing else to say with it.
    """
    title, abstract = tidy(title), tidy(abstract)
    sentences = labelled(split(abstract))
    if not background:
        sentences = _without(sentences, Reading(sentences, title).prior)
    return len(few_statements(sentences, title, abstract))


def _without(sentences: list[Sentence], prior: Sequence[bool]) -> list[Sentence]:
    return [sentence for sentence, is_prior in zip(sentences, prior, strict=True) if not is_prior]


def halved(sentences: list[Sentence], roles: Sequence[int]) -> list[Sentence]:
    """The sentences with those of the paper's own work divided where each half says something of its own.

    Empty where none can be divided.
    """
    finer: list[Sentence] = []
    for sentence, role in zip(sentences, roles, strict=True):
        pieces = None if role == BACKGROUND or len(sentence.text) < LONG_STATEMENT else divided(sentence.text)
        finer += [Sentence(piece, sentence.label) for piece in pieces] if pieces else [sentence]
    return finer if len(finer) > len(sentences) else []
