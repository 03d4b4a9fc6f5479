"""Small words: shares, ratios, quotations, dates and authors, as an editor writes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from assets.digests.wording import MONTHS

_PARTICLES = """
    van von der den de del della di da dos du la le ter ten el al bin ibn af zu
"""
PARTICLES = frozenset(_PARTICLES.split())
_SUFFIXES = """
    jr jr. sr sr. ii iii iv
"""
SUFFIXES = frozenset(_SUFFIXES.split())
FEW = 20
"""Below this, parts are given as counts."""
PAGES = re.compile(r"[\s,;(]*\b\d+ ?\+? ?(?:pages?|pp|figures?|figs?|tables?)\b.*$", re.IGNORECASE)
VENUE = re.compile(r"\b(?:19|20)\d\d\b|[A-Z]{3,}|[Jj]ournal|[Cc]onference|[Ww]orkshop|[Pp]roceedings|[Tt]ransactions")
GROUP = re.compile(r"\b(?:(?i:collaboration|team|group|consortium|project|lab|labs|institute|community|network)|AI)\b")


def percent(share: float) -> str:
    """A fraction of 1 as per cent, with the decimals that it needs: "0.04 %", "3.2 %", "41 %", "99.6 %".

    What is not all is never printed as 100 %, up to one paper in ten thousand.
    """
    value = share * 100
    if 99.5 <= value < 100:
        return f"{value:.1f} %" if value < 99.95 else f"{value:.2f} %"
    if value == 0 or value >= 9.95:
        return f"{value:.0f} %"
    return f"{value:.1f} %" if value >= 0.095 else f"{value:.2f} %"


def part(number: int, of: int) -> str:
    """A part of a whole: "12 %"; of few, the count, since a percentage would pretend to more: "3 of 12"."""
    return percent(number / of) if of >= FEW else f"{number} of {of}"


def times(ratio: float) -> str:
    """A ratio with one decimal: "3.2"; without one from 10 on."""
    return f"{ratio:.1f}" if ratio < 9.95 else f"{ratio:.0f}"


def ratio_text(low: float, high: float) -> str:
    """An interval of ratios: "1.2 to 1.9"; more decimals where these would hide the side of 1 that it lies on."""
    digits = 1
    while digits < 4 and not (
        (round(low, digits) > 1 or round(high, digits) < 1) and f"{low:.{digits}f}" != f"{high:.{digits}f}"
    ):
        digits += 1
    return f"{low:.{digits}f} to {high:.{digits}f}"


def quoted(text: str) -> str:
    """A text between typographic quotes; quotes inside it become single."""
    inner = text.replace("“", "‘").replace("”", "’")
    parts = inner.split('"')
    single = "".join(part + ("‘" if n % 2 == 0 else "’") for n, part in enumerate(parts[:-1])) + parts[-1]
    return f"“{single}”"


def lower_first(name: str) -> str:
    """A name inside a sentence: its first letter small, unless it begins with an acronym."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def day_of(day: date) -> str:
    """A date in words: "30 January 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def iso_day_of(day: str) -> str:
    """The same from "2026-01-30"."""
    return day_of(date.fromisoformat(day))


def days_between(first: str, last: str) -> str:
    """A range of dates that says no month or year twice: "3 January to 30 December 2025", "6 to 10 October 2025"."""
    same = (
        " ".join(iso_day_of(last).split()[1:]) if first[:7] == last[:7] else last[:4] if first[:4] == last[:4] else ""
    )
    return f"{iso_day_of(first).removesuffix(f' {same}')} to {iso_day_of(last)}"


def month_of(month: str) -> str:
    """The name of a 'YYYY-MM': "January"."""
    return MONTHS[int(month[5:7]) - 1]


def surname(author: str) -> str:
    """The name that a citation uses: the last word with its particles, or the whole name of a group."""
    words = author.split()
    if len(words) < 2 or GROUP.search(author):
        return author
    while len(words) > 2 and words[-1].lower() in SUFFIXES:
        words.pop()
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in PARTICLES and words[start - 1][0].islower():
        start -= 1
    return " ".join(words[start:]).rstrip(",")


def short_authors(authors: Sequence[str]) -> str:
    """Authors as a sentence names them: "Chen", "Chen and Ruiz", "Chen et al."; empty for none."""
    if not authors:
        return ""
    if len(authors) == 1:
        return surname(authors[0])
    if len(authors) == 2:
        first, second = surname(authors[0]), surname(authors[1])
        return f"{first} and {second}" if first != second else f"{authors[0]} and {authors[1]}"
    return f"{surname(authors[0])} et al."


def short_comment(comment: str | None, *patterns: str) -> str | None:
    """The part of an authors' comment that a pattern finds, first pattern first: "ICML 2025 (Oral)"; None without one.

    A comment is cut at full stops, semicolons and counts of pages; what is long, holds an address or names no venue
    is left out.
    """
    pieces = re.split(r"(?<=[^\d\s][^\s])[.;]\s+|[;\n]", comment or "")
    pieces = [PAGES.sub("", piece.strip(" .;,")).strip(" .;,") for piece in pieces]
    for pattern in patterns:
        for piece in pieces:
            fits = 8 <= len(piece) <= 90 and piece[:1].isupper() and "http" not in piece and "$" not in piece
            if fits and piece.count("(") == piece.count(")") and re.search(pattern, piece) and VENUE.search(piece):
                return piece
    return None
