"""Faults of a text's outer form: its end, its length, the same words again and again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assets.summaries import limits
from assets.summaries.checks.kinds import Fault, fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

END_MARKS = frozenset(".!?。！？…")
TERMINATED = re.compile(r"[.!?。！？…](?:[\"'”’»)\]}」』]|''|\$|\*)*$")
BROKEN_END = re.compile(
    r"(?:[,;:(（，、；：\[]|\s[-–—]|\b(?:the|an?|of|and|or|with|for|to|from|by|which|whose|their|its|than|because|between"
    r"|into|onto|that|as|is|are|when|if)|(?<=[\u4e00-\u9fff])[的和与及在对将把被从由以而或])$"
)
CUT_WORDS = frozenset(
    (
        *("the", "an", "of", "and", "or", "with", "for", "to", "from", "by", "which", "whose", "their", "its", "than"),
        *("because", "between", "into", "onto", "as", "including"),
    )
)
"""Words that seldom end a sentence."""
ELLIPSIS = re.compile(r"(?:(?<![\d.])\.\.\.|(?<!\d)…)$")
"""After a digit the dots are the digits that follow."""
TAIL = 24
"""Characters at the end that are looked at: no pattern here is longer."""
REPEATED = 4
"""Words in a row that count as said again."""


def breaks_off(text: str) -> bool:
    """Whether a text, before anything tidied it, ends where no sentence does."""
    return any(kind == "truncated" and severity == "error" for kind, _, severity in end_faults(text))


def end_faults(text: str) -> Iterator[Fault]:
    """Whether the text ends as a sentence does."""
    tail = max(len(text) - TAIL, 0)
    if text[-1] not in END_MARKS and not TERMINATED.search(text, tail):
        yield fault("truncated" if BROKEN_END.search(text, tail) else "no_final_punctuation")
    elif ELLIPSIS.search(text, tail):
        yield fault("truncated")
    elif text[-1] == "." and (text[-2:-1] in ",;:" or text[:-1].rpartition(" ")[2].lower() in CUT_WORDS):
        # The word before the full stop speaks for a cut, and may yet end a sentence.
        yield fault("truncated", severity="warning")


def length_faults(text: str, language: str, abstract: str) -> Iterator[Fault]:
    """Whether the text is as long as a summary's texts are."""
    shortest = limits.MINIMUM_LENGTH.get(language, limits.MINIMUM_LENGTH["en"])
    if len(text) < shortest and len(text) < (shortest := min(shortest, len(abstract.strip()))):
        yield fault("too_short", f"has {len(text)} characters, fewer than {shortest}")
    elif len(text) > (longest := limits.MAXIMUM_LENGTH.get(language, limits.MAXIMUM_LENGTH["en"])):
        yield fault("too_long", f"has {len(text)} characters, more than {longest}")


def repetition_faults(tokens: Sequence[str]) -> Iterator[Fault]:
    """Whether the words say the same again and again."""
    if len(tokens) < limits.REPETITION_WORDS:
        return
    count = len(tokens) - REPEATED + 1
    # Each different word but the last three begins a run of its own: where most words differ, most runs do.
    if len(set(tokens)) - REPEATED + 1 >= (1 - limits.REPETITION) * count:
        return
    runs = set(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))
    if 1 - len(runs) / count > limits.REPETITION:
        yield fault("repetition")
