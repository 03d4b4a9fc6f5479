"""The fields of a summary, in the one order in which they are asked for, stored and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def not_stated(reason: str | None) -> frozenset[str]:
    """The fields that a row's reason calls "not stated"; other parts of the reason, after a semicolon, are not read."""
    for part in (reason or "").split(";"):
        name, _, listed = part.strip().partition(": ")
        if name == NOT_STATED:
            return frozenset(field.strip() for field in listed.split(",")) & frozenset(FIELDS)
    return frozenset()
