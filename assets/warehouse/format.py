"""Which form a home has: written into it, so that no version works on one that it does not know.

Columns that a table gained need no change of form (a partition without them reads as NULL, and a change
that cannot be read is refused by the table, `evolution`). The form changes when the almanac's files move
or mean something else; then `MIGRATIONS` gets a step, and an older home is taken there by the next run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

from assets.errors import StorageError
from assets.warehouse.files import storage_error, write_text
from assets.warehouse.home import Home


def from_unmarked(home: Home) -> None:
    """The first form had no mark; nothing else differs from it."""
    if home.format.exists():
        raise ValueError(f"{home.format} is there")


MIGRATIONS: Mapping[int, Callable[[Home], None]] = {0: from_unmarked}
"""Form → what takes a home from it to the next."""

FORMAT = max(MIGRATIONS) + 1
"""The form that this version writes."""


def marked(home: Home) -> tuple[int, str]:
    """The form of a home and the version that gave it this form; (0, "") where there is no mark.

    Raises StorageError where the mark cannot be read.
    """
    try:
        found: Any = json.loads(home.format.read_text(encoding="utf-8"))
        return int(found["format"]), str(found["written_by"])
    except FileNotFoundError:
        return 0, ""
    except OSError as error:
        raise storage_error(error, home.format) from error
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"{home.format} cannot be read: put it back from a backup of the home, or delete it if no other version of"
            " the almanac has written this home."
        ) from error


def form_of(home: Home) -> int:
    """The form of a home, 0 without a mark.

    Raises StorageError where a newer version made it: what this one would read or write there, nobody could trust.
    """
    found, by = marked(home)
    if found > FORMAT:
        raise StorageError(
            f"{home.root} was made by version {by} of the almanac (form {found}), and this is version"
            f" {version('preprint-almanac')} (form {FORMAT}): install that version or a later one, or set ALMANAC_HOME"
            " to another folder."
        )
    return found


def settle_format(home: Home) -> None:
    """Takes a home to the form of this version, step by step, and marks it. Raises StorageError as `form_of` does."""
    for step in range(form_of(home), FORMAT):
        MIGRATIONS[step](home)
        mark = {"format": step + 1, "written_by": version("preprint-almanac")}
        write_text(home.format, json.dumps(mark, indent=1) + "\n")
