"""The fields of a summary, in the one order in which they are asked for, stored and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TEXT_FIELDS = ("tldr", "motivation", "method", "result", "conclusion", "practical")
"""The fields that hold prose; `keywords`, the last field, is a list."""

KEYWORDS = "keywords"

FIELDS = (*TEXT_FIELDS, KEYWORDS)

REQUIRED_FIELDS = ("tldr", "method", "result")

STATUSES = ("complete", "repaired", "extractive", "pending")

NOT_STATED = "not stated"
"""Why an optional field is empty: the abstract has nothing to say about it."""


def not_stated_reason(empty: Iterable[str]) -> str | None:
    """The reason of a row whose fields in `empty` the abstract says nothing about: "not stated: conclusion, practical".

    None where no field is empty. Raises ValueError for a name that is no field.
    """
    names = set(empty)
    if unknown := names - set(FIELDS):
        raise ValueError(f"no field of a summary: {sorted(unknown)}")
    return f"{NOT_STATED}: {', '.join(field for field in FIELDS if field in names)}" if names else None


NOT_WRITTEN = "not written"
"""Why an optional field is empty of which the abstract says something: no text for it passed the checks."""


def not_written_reason(kinds: Mapping[str, str]) -> str | None:
    """The reason of a row without these fields: "not written: conclusion (invented_number)"; None without any.

    `kinds` maps the fields to what was wrong with their texts.
    """
    told = [f"{field} ({kinds[field]})" for field in FIELDS if field in kinds]
    return f"{NOT_WRITTEN}: {', '.join(told)}" if told else None


def not_written(reason: str | None) -> frozenset[str]:
    """The fields that a row's reason calls "not written"."""
    return _listed(reason, NOT_WRITTEN)


def not_stated(reason: str | None) -> frozenset[str]:
    """The fields that a row's reason calls "not stated"; other parts of the reason, after a semicolon, are not read."""
    return _listed(reason, NOT_STATED)


def _listed(reason: str | None, wanted: str) -> frozenset[str]:
    for part in (reason or "").split(";"):
        name, _, listed = part.strip().partition(": ")
        if name == wanted:
            return frozenset(field.partition(" (")[0].strip() for field in listed.split(",")) & frozenset(FIELDS)
    return frozenset()
