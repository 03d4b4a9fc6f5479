"""The kinds of faults that the checks know, by name: what each says of a text, and whether it may be published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """What is wrong with a field: the kind of fault, the reason in words, and whether it may be published."""

    kind: str
    field: str
    reason: str
    severity: Severity = "error"


@dataclass(frozen=True)
class Kind:
    """A kind of fault: what it says of a text, as a sentence without its subject, and how grave it is."""

    reason: str
    severity: Severity = "error"


Fault = tuple[str, str, Severity]
"""A kind, its reason and its severity: a finding that is not yet about a field."""

VALIDITY = {
    "missing": Kind("is empty, and nothing excuses it"),
    "empty": Kind("holds no text"),
    "placeholder": Kind("is a placeholder"),
    "failure_text": Kind("says that the making failed"),
    "not_stated": Kind("says that the abstract does not state it, where it should be empty"),
    "api_error": Kind("holds the error message of a service"),
    "refusal": Kind("is a model's refusal or apology"),
    "moderation_block": Kind("says that a filter blocked the text"),
    "schema_echo": Kind("repeats the answer's schema, its JSON or the instruction"),
    "label_leak": Kind("begins with a field's label"),
    "template_slot": Kind("holds a slot that nothing was put into"),
    "prompt_leak": Kind("speaks to the asker or repeats the prompt"),
    "control_characters": Kind("holds control characters or the replacement character U+FFFD"),
    "eaten_tex": Kind("a TeX command lost its backslash and first letter to a control character"),
    "literal_escape": Kind("holds an escape sequence that nothing decoded"),
    "unbalanced_math": Kind("a formula opens or closes a brace or a dollar too many"),
    "orphan_tex": Kind("holds a TeX command outside mathematics"),
    "line_breaks": Kind("holds line breaks or tabs", "warning"),
    "markdown": Kind("holds the marks of Markdown", "warning"),
    "no_final_punctuation": Kind("does not end with a full stop"),
    "truncated": Kind("breaks off in the middle"),
    "too_short": Kind("has too few characters"),
    "too_long": Kind("has too many characters"),
    "repetition": Kind("says the same words again and again"),
    "copied": Kind("is the abstract's own text"),
    "overlap": Kind("says what another field says"),
}
"""Kinds about a text as such: whether it is one, whole, and in its own words."""

GROUNDING = {
    "invented_number": Kind("names a number that the abstract does not"),
    "changed_unit": Kind("tells a number in another unit than the abstract"),
    "turned_claim": Kind("tells a factor as the opposite of what the abstract says"),
    "unknown_name": Kind("holds a name or acronym that the abstract does not", "warning"),
    "unknown_term": Kind("stands in neither title nor abstract"),
    "not_an_extract": Kind("is called an extract and shares no words in a row with the abstract"),
    "off_topic": Kind("is not about this abstract"),
}
"""Kinds about what a text says, seen from title and abstract."""

LANGUAGE = {
    "wrong_language": Kind("is not written in the language asked for"),
    "mixed_languages": Kind("holds words in a script of another language"),
}
"""Kinds about the language in which a text is written."""

KINDS = VALIDITY | GROUNDING | LANGUAGE
"""Name → kind, all of them."""

FAILED_KINDS = frozenset(
    ("empty", "placeholder", "failure_text", "not_stated", "api_error", "refusal", "moderation_block")
)
"""Kinds of texts that stand for one that was not made: they have no other faults worth a word."""
VALIDITY_KINDS = frozenset(VALIDITY)
GROUNDING_KINDS = frozenset(GROUNDING)
LANGUAGE_KINDS = frozenset(LANGUAGE)


def fault(kind: str, reason: str | None = None, severity: Severity | None = None) -> Fault:
    """A fault of this kind, with the kind's own reason and severity unless others are given."""
    known = KINDS[kind]
    return kind, reason or known.reason, severity or known.severity


def finding(kind: str, field: str, reason: str | None = None, severity: Severity | None = None) -> Finding:
    """The same, of a field."""
    name, told, gravity = fault(kind, reason, severity)
    return Finding(name, field, told, gravity)
