"""Checks of a summary's texts, whoever made them: the embedded summarizer, a model, or a person.

`check_text` judges one text and `check_summary` all of a summary; both give findings. A finding has a kind
(`kinds.KINDS` says what each means), a reason for people and a severity: an error keeps the text from being published,
a warning is shown. The kinds come in groups, so that a check of an asset can select its own: `VALIDITY_KINDS`,
`GROUNDING_KINDS`, `LANGUAGE_KINDS`. Thresholds are in `assets.summaries.limits`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from assets.summaries.checks.failures import answer_faults, failure_faults
from assets.summaries.checks.form import end_faults, length_faults, repetition_faults
from assets.summaries.checks.grounding import (
    copy_faults,
    extract_faults,
    name_faults,
    novel_share,
    number_faults,
    off_topic,
    off_topic_fields,
)
from assets.summaries.checks.kinds import (
    FAILED_KINDS,
    GROUNDING_KINDS,
    KINDS,
    LANGUAGE_KINDS,
    VALIDITY_KINDS,
    Fault,
    Finding,
    Severity,
    fault,
    finding,
)
from assets.summaries.checks.language import language_faults
from assets.summaries.checks.notation import character_faults, dress_faults, eaten_commands, tex_faults
from assets.summaries.checks.overlap import content_words, overlaps, repeats
from assets.summaries.checks.source import source_of, tokens_of
from assets.summaries.checks.terms import keyword_findings, term_faults
from assets.summaries.fields import KEYWORDS, TEXT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "GROUNDING_KINDS",
    "KINDS",
    "LANGUAGE_KINDS",
    "VALIDITY_KINDS",
    "Finding",
    "Severity",
    "check_summary",
    "check_text",
    "content_words",
    "eaten_commands",
    "finding",
    "forget",
    "novel_share",
    "off_topic",
    "off_topic_fields",
    "overlaps",
    "repeats",
    "term_faults",
]


def check_text(
    field: str, text: str, *, title: str, abstract: str, language: str = "en", extractive: bool
) -> list[Finding]:
    """What is wrong with one text of a summary of the paper with this title and abstract.

    `language` is ISO 639-1. `extractive` says that the text was taken from the abstract by rules: copying it is
    then no fault, and what only a model does is not looked for. An empty list means that the text may be published.
    """
    return [
        Finding(kind, field, reason, severity)
        for kind, reason, severity in _faults(text, title, abstract, language, extractive)
    ]


@lru_cache(maxsize=16_384)
def _faults(text: str, title: str, abstract: str, language: str, extractive: bool) -> tuple[Fault, ...]:
    """Kept by text: what is made, stored and shown is checked at each of these steps."""
    bare = text.strip()
    if not bare:
        return (fault("empty"),)
    if failed := tuple(failure_faults(bare)):
        # What stands for a text that was not made has no other faults worth a word.
        return failed
    source = source_of(title, abstract)
    found: list[Fault] = []
    if not extractive:
        found += answer_faults(bare, bare.lower(), source)
        if any(kind in FAILED_KINDS for kind, _, _ in found):
            return tuple(found)
    tokens = tokens_of(bare)
    found += character_faults(text)
    found += tex_faults(bare)
    found += end_faults(bare)
    found += length_faults(bare, language, abstract)
    found += repetition_faults(tokens)
    if extractive:
        found += extract_faults(bare, tokens, source)
    else:
        found += dress_faults(bare, source)
        found += language_faults(bare, tokens, language, source)
        found += copy_faults(tokens, source)
        found += number_faults(bare, source)
        found += name_faults(bare, source)
    return tuple(found)


def check_summary(
    fields: Mapping[str, object], *, title: str, abstract: str, language: str = "en", extractive: bool
) -> list[Finding]:
    """What is wrong with a summary: the findings of each text that is there, of the texts together, of the keywords.

    `fields` maps field names to texts, and `keywords` to a list of terms; None and missing keys are left to
    `completeness.is_complete`.
    """
    texts = tuple([(field, text) for field in TEXT_FIELDS if isinstance(text := fields.get(field), str)])
    found = list(_findings(texts, title, abstract, language, extractive))
    terms = fields.get(KEYWORDS)
    if isinstance(terms, list):
        found += keyword_findings(terms, title=title, abstract=abstract, language=language, extractive=extractive)
    return found


@lru_cache(maxsize=8192)
def _findings(
    texts: tuple[tuple[str, str], ...], title: str, abstract: str, language: str, extractive: bool
) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    made: dict[str, str] = {}
    for field, text in texts:
        found = check_text(field, text, title=title, abstract=abstract, language=language, extractive=extractive)
        findings += found
        if not found or FAILED_KINDS.isdisjoint([one.kind for one in found]):
            made[field] = text
    if language == "en" and not extractive:
        findings += [finding("off_topic", field) for field in off_topic_fields(made, title, abstract)]
    return (*findings, *overlaps(made))


def forget() -> None:
    """Empties what is kept of texts and papers that were judged before: for measurements."""
    for kept in (_faults, _findings, term_faults, source_of, tokens_of, content_words):
        kept.cache_clear()
