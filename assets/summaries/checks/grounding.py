"""Whether a text says what title and abstract say: its words, its numbers, its names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.summaries import limits
from assets.summaries.checks.kinds import Fault, fault
from assets.summaries.checks.source import RUN, Source, runs_of, source_of, stems
from assets.summaries.numbers import unknown_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def copy_faults(tokens: Sequence[str], source: Source) -> Iterator[Fault]:
    """Whether the words stand in the abstract, in that order."""
    if len(tokens) < limits.COPY_WORDS:
        return
    runs = runs_of(tuple(tokens), RUN)
    if sum(run in source.runs for run in runs) > limits.COPY * len(runs):
        yield fault("copied")


def number_faults(text: str, source: Source) -> Iterator[Fault]:
    """Whether title or abstract hold every number."""
    if invented := unknown_numbers(text, source.numbers):
        yield fault("invented_number", f"names {', '.join(invented[:5])}, which the abstract does not")


def novel_share(texts: Iterable[str], title: str, abstract: str) -> float | None:
    """Share of the different longer words of the texts that title and abstract don't hold; None for few words.

    The texts are English. Summaries of the same abstract and of another one are told apart by it (`limits.OFF_TOPIC`).
    """
    used = {stem for text in texts for stem in stems(text)}
    if len(used) < limits.OFF_TOPIC_WORDS:
        return None
    return len(used - source_of(title, abstract).stems) / len(used)


def off_topic(texts: Iterable[str], title: str, abstract: str) -> bool:
    """Whether the English texts, together, are not about the paper: an answer that follows an instruction in the
    abstract, or that belongs to another paper."""
    share = novel_share(texts, title, abstract)
    return share is not None and share > limits.OFF_TOPIC
