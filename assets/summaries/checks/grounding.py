"""Whether a text says what title and abstract say: its words, its numbers, its names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assets.summaries import limits
from assets.summaries.checks.kinds import Fault, fault
from assets.summaries.checks.names import unknown_names
from assets.summaries.checks.quantities import changed_units, factors, quantities, turned_factors
from assets.summaries.checks.source import RUN, Source, source_of, stems
from assets.summaries.fields import REQUIRED_FIELDS
from assets.summaries.numbers import DIGIT, unknown_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

DIGITS = re.compile(r"\d+")
EXTRACT_RUN = 3
"""Words in a row that an extract shares with its abstract at least once, however it was retold."""


def copy_faults(tokens: Sequence[str], source: Source) -> Iterator[Fault]:
    """Whether the words stand in the abstract, in that order."""
    if len(tokens) < limits.COPY_WORDS:
        return
    runs = len(tokens) - RUN + 1
    foreign = 0
    for start in range(runs):
        if f" {' '.join(tokens[start : start + RUN])} " not in source.words:
            foreign += 1
            if foreign >= (1 - limits.COPY_WARNING) * runs:
                return
    yield fault("copied", severity="error" if runs - foreign > limits.COPY * runs else "warning")


def extract_faults(text: str, tokens: Sequence[str], source: Source) -> Iterator[Fault]:
    """Whether what is called an extract is one: its numbers and some of its words in a row are the abstract's."""
    if any(digits not in source.text for digits in DIGITS.findall(text)):
        yield from number_faults(text, source)
    starts = range(len(tokens) - EXTRACT_RUN + 1)
    if len(tokens) >= limits.EXTRACT_WORDS and not any(
        f" {' '.join(tokens[at : at + EXTRACT_RUN])} " in source.words for at in starts
    ):
        yield fault("not_an_extract")


def number_faults(text: str, source: Source) -> Iterator[Fault]:
    """Whether title or abstract hold every number, told with the unit and the sense that it has there."""
    if invented := unknown_numbers(text, source.numbers):
        yield fault("invented_number", f"names {', '.join(invented[:5])}, which the abstract does not")
    if not DIGIT.search(text):
        return
    told = quantities(text)
    if any(unit for units in told.values() for unit in units):
        for number, unit, theirs in changed_units(told, source.quantities):
            yield fault("changed_unit", f"tells {number} in {unit}, where the abstract has {theirs}")
    turns = factors(text)
    if turns:
        for number in turned_factors(turns, source.factors):
            yield fault("turned_claim", f"tells the factor of {number} as the opposite of what the abstract says")


def name_faults(text: str, source: Source) -> Iterator[Fault]:
    """Whether title or abstract hold every name and acronym."""
    if unknown := unknown_names(text, source.names):
        yield fault("unknown_name", f"names {', '.join(unknown[:5])}, which the abstract does not")


def novel_share(texts: Iterable[str], title: str, abstract: str, fewest: int = limits.OFF_TOPIC_WORDS) -> float | None:
    """Share of the different longer words of the texts that title and abstract don't hold; None below `fewest` words.

    The texts are English. Summaries of the same abstract and of another one are told apart by it (`limits.OFF_TOPIC`).
    """
    used = {stem for text in texts for stem in stems(text)}
    if len(used) < fewest:
        return None
    return len(used - source_of(title, abstract).stems) / len(used)


def off_topic(texts: Iterable[str], title: str, abstract: str) -> bool:
    """Whether the English texts, together, are not about the paper: an answer that follows an instruction in the
    abstract, or that belongs to another paper."""
    share = novel_share(texts, title, abstract)
    return share is not None and share > limits.OFF_TOPIC


def off_topic_fields(texts: Mapping[str, str], title: str, abstract: str) -> list[str]:
    """The fields whose English texts are not about the paper: all where they are not together, else each that must
    be filled and is not alone. The other fields may say in words of their own why something matters."""
    if off_topic(texts.values(), title, abstract):
        return list(texts)
    found = []
    for field in REQUIRED_FIELDS:
        if text := texts.get(field):
            share = novel_share([text], title, abstract, limits.OFF_TOPIC_ALONE_WORDS)
            if share is not None and share > limits.OFF_TOPIC_ALONE:
                found.append(field)
    return found
