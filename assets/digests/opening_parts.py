"""What the opening paragraph of a digest consists of; `opening.py` makes it, `evidence.py` asks the queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Query:
    """A question to the warehouse with its answer, as the opening paragraph rests on it."""

    question: str
    sql: str
    parameters: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Statement:
    """A sentence of the opening, and the names of the queries that hold its numbers."""

    text: str
    queries: tuple[str, ...]


@dataclass(frozen=True)
class Highlight:
    """A paper that the opening names, and why."""

    paper_id: str
    reason: str
    queries: tuple[str, ...]


@dataclass(frozen=True)
class Opening:
    """What happened on the day: sentences, highlights, and the queries by name."""

    statements: tuple[Statement, ...] = ()
    highlights: tuple[Highlight, ...] = ()
    queries: Mapping[str, Query] = field(default_factory=dict)


SILENCE = Opening()
"""No opening: a day without papers, or one that nothing has been asked about."""
