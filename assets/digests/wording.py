"""Small words of the digest: counts with their nouns, lists, dates and authors. English only, as the page is."""

import re
from collections.abc import Sequence
from datetime import date

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
"""Names of our own: those of `strftime` change with the machine's locale, and a page must not."""

AUTHORS_AT_MOST = 10
"""Authors that a page names; collaborations have thousands."""


def long_date(day: date) -> str:
    """A date with its weekday: "Friday, 30 January 2026"."""
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def count(number: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun: "1 paper", "1,227 papers"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def listed(items: Sequence[str]) -> str:
    """Items as a list in prose: "a, b and c"; empty for none."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def author_list(authors: Sequence[str], at_most: int = AUTHORS_AT_MOST) -> str:
    """Authors as a page names them: "A, B and C"; past the limit, the first ones and "+N" for the rest."""
    if len(authors) <= at_most:
        return listed(authors)
    return f"{', '.join(authors[:at_most])} +{len(authors) - at_most:,}"


_FOLDERS = re.compile(r"(?:[A-Za-z]:|~|\\\\)?[\\/](?:.*[\\/])?(?=[^\\/]+$)")


def where_listed(source_ref: str) -> str:
    """Where in the source a record stands, as a page tells it: of a file its name and line.

    The folders above it are this machine's, and a page may be published.
    """
    match = _FOLDERS.match(source_ref)
    return source_ref[match.end() :] if match else source_ref
