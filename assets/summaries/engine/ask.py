"""A question about a paper, live or in a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assets.summaries.engine.prompt import Wanted


@dataclass(frozen=True)
class Ask:
    """One question about one paper; `key` is what the journal finds its answer by."""

    key: str
    day: str
    paper_id: str
    abstract_hash: str
    model: str
    messages: list[dict[str, str]]
    wanted: Wanted
    output_tokens: int
    input_estimate: int
    number: int = 0
    """0 for the first ask of a model about a paper, 1 for the next."""
    shape: Mapping[str, object] | None = None
    """JSON schema of the answer where it is not the wanted fields of a summary."""
