"""Whether the keywords of a summary are terms of its paper: no failure text, no broken TeX, no other script.

A keyword is published like a text, so what must not be published as a text is none. An English keyword stands in title
or abstract, in some form: "optimizing gates" for "the optimization of gates", "LLM" for "large language models".
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from assets.summaries import limits
from assets.summaries.checks.failures import answer_faults, failure_faults
from assets.summaries.checks.kinds import Fault, Finding, fault, finding
from assets.summaries.checks.language import strange_scripts
from assets.summaries.checks.names import names_of
from assets.summaries.checks.notation import character_faults, tex_faults
from assets.summaries.checks.source import STEM, Source, source_of
from assets.summaries.fields import KEYWORDS
from assets.summaries.sentences import math_spans
from assets.summaries.vocabulary import COMMON

if TYPE_CHECKING:
    from collections.abc import Sequence

PART = re.compile(r"[^\W_]+")
CODE = re.compile(r"[{}\\<>|=\[\]]|[\"']\s*:|://")
"""Marks of code, of a schema or of TeX, which no term has outside mathematics unless the paper has the term so."""
ENDING = re.compile(r"(?<=\w{3})(?:ings?|ed|ers?|es|e|s|y|ies)$")
SHORTEST_ACRONYM = 2
"""Letters up to which the initials of some words in a row are no acronym: two stand in every abstract."""
UNKNOWN = "unknown_term"


@lru_cache(maxsize=16_384)
def term_faults(term: str, title: str, abstract: str, language: str, extractive: bool) -> tuple[Fault, ...]:
    """What is wrong with one keyword of a summary of the paper with this title and abstract.

    `extractive` says that rules took it from title and abstract: then its words are theirs.
    """
    bare = term.strip()
    if not bare:
        return (fault("empty"),)
    found = [*character_faults(bare), *tex_faults(bare)]
    if extractive:
        return tuple(found)
    source = source_of(title, abstract)
    lower = bare.lower()
    if len(bare) > limits.KEYWORD_LENGTH:
        found.append(fault("too_long", f"has {len(bare)} characters, more than {limits.KEYWORD_LENGTH}"))
    if strange := strange_scripts(bare, language, source):
        found.append(fault("mixed_languages", f"is written in {', '.join(strange)} script, which is not {language}"))
    if lower not in source.lower:
        found += failure_faults(bare)
        found += answer_faults(bare, lower, source)
        if CODE.search(_prose(bare)):
            found.append(fault("schema_echo"))
        if language == "en" and not found and not _stands(bare, source):
            found.append(fault(UNKNOWN))
    return tuple(found)


def keyword_findings(
    terms: Sequence[object], *, title: str, abstract: str, language: str, extractive: bool
) -> list[Finding]:
    """What is wrong with the keywords of a stored summary.

    A term that the abstract does not hold is shown; where it holds none of them, they are those of something else.
    """
    by_term = {
        term: term_faults(term, title, abstract, language, extractive) for term in terms if isinstance(term, str)
    }
    alien = bool(by_term) and all(any(kind == UNKNOWN for kind, _, _ in faults) for faults in by_term.values())
    return [
        finding(
            kind,
            KEYWORDS,
            f"hold “{term[:40]}”, which {reason}",
            "warning" if kind == UNKNOWN and not alien else "error",
        )
        for term, faults in by_term.items()
        for kind, reason, _ in faults
    ]


def _prose(term: str) -> str:
    parts, at = [], 0
    for start, end in math_spans(term):
        parts.append(term[at:start])
        at = end
    return " ".join([*parts, term[at:]])


def folded(text: str) -> list[str]:
    """The words of a text in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", text)
    return PART.findall("".join(mark for mark in plain if not unicodedata.combining(mark)).casefold())


@lru_cache(maxsize=512)
def _forms(text: str) -> tuple[str, frozenset[str], frozenset[str]]:
    """The words of a paper without anything between them, as a set, and their stems."""
    words = folded(text)
    return "".join(words), frozenset(words), frozenset(_stem(word) for word in words)


def _stem(word: str) -> str:
    return ENDING.sub("", word)[:STEM]


def _stands(term: str, source: Source) -> bool:
    """Whether title or abstract hold the term in some form."""
    squeezed, words, stems = _forms(source.text)
    parts = folded(term)
    whole = "".join(parts)
    if whole in words or (len(whole) > STEM and whole in squeezed):
        return True
    if len(parts) > 2 and "".join(part[0] for part in parts) in words:
        return True
    acronyms = {name.casefold() for name in names_of(term) if len(name) > SHORTEST_ACRONYM}
    telling = [part for part in parts if len(part) > 1 and part not in COMMON] or parts
    return bool(telling) and all(
        part in words or _stem(part) in stems or (part in acronyms and source.names.holds(part)) for part in telling
    )
