"""Numbers with what they count: the unit behind a number, and whether something got faster or slower by it.

A number that the abstract states may still be told wrongly: 12 hours as 12 minutes, a slowdown as a saving. Only what
is stated plainly is compared: where the abstract names the number without a unit, or says both, nothing is said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNITS = {
    "percent": "% \\% percent pp points 个百分点",
    "times": "x X × times fold \\times 倍",
    "nanoseconds": "ns nanoseconds 纳秒", "microseconds": "μs µs us microseconds 微秒",
    "milliseconds": "ms milliseconds millisecond 毫秒", "seconds": "s sec secs second seconds 秒",
    "minutes": "min mins minute minutes 分钟", "hours": "h hr hrs hour hours 小时", "days": "day days 天",
    "weeks": "week weeks 周", "months": "month months 个月", "years": "yr yrs year years 年",
    "KB": "KB kB", "MB": "MB", "GB": "GB", "TB": "TB",
    "nm": "nm nanometers nanometres", "μm": "μm µm um microns micrometers", "mm": "mm millimeters 毫米",
    "cm": "cm centimeters 厘米", "km": "km kilometers kilometres 公里 千米", "pc": "pc", "kpc": "kpc", "Mpc": "Mpc",
    "eV": "eV", "keV": "keV", "MeV": "MeV", "GeV": "GeV", "TeV": "TeV",
    "Hz": "Hz", "kHz": "kHz", "MHz": "MHz", "GHz": "GHz", "THz": "THz",
    "thousand": "k K thousand", "million": "M million", "billion": "B billion", "trillion": "T trillion",
}  # fmt: skip
UNIT_OF = {token: unit for unit, tokens in _UNITS.items() for token in tokens.split()}
SCALES = frozenset(("thousand", "million", "billion", "trillion"))
_LATIN = "|".join(sorted((t for t in UNIT_OF if (t.isalpha() and t.isascii()) or t[0] in "μµ"), key=len, reverse=True))
_OTHER = "|".join(
    re.escape(t) for t in sorted((t for t in UNIT_OF if not (t.isalpha() and t.isascii())), key=len, reverse=True)
)
QUANTITY = re.compile(
    r"(?P<number>\d(?<![\w.,^_{]\d)\d*(?:,\d{3})*(?:\.\d+)?)(?P<gap>[\s~-]|\\[,;]|\$\s?|\}?\$?)?"
    rf"(?:(?P<latin>{_LATIN})(?![A-Za-z])|(?P<other>{_OTHER}))?"
)


Units = dict[str, set[str | None]]
"""Number → the units behind it; None where a unit that is known does not follow."""
Turns = dict[str, set[bool]]
"""Factor → whether something got better by it (True) or worse (False)."""


def quantities(text: str) -> Units:
    """The numbers of a text, as written without separators, with their units."""
    found: Units = {}
    for match in QUANTITY.finditer(text):
        token = match["latin"] or match["other"]
        found.setdefault(match["number"].replace(",", ""), set()).add(UNIT_OF[token] if token else None)
    return found


def changed_units(told: Units, known: Units) -> Iterator[tuple[str, str, str]]:
    """Number, its unit as `told`, and the unit that the abstract (`known`) has for it instead."""
    for number, units in told.items():
        theirs = known.get(number)
        if theirs is None or None in theirs:
            continue
        others = sorted(filter(None, theirs))
        # A scale ("8k") is compared with scales alone: with a unit it is another number.
        for unit in filter(None, units - theirs):
            if (unit in SCALES) == SCALES.issuperset(others):
                yield number, unit, others[0]


WORSE = re.compile(r"slow(?:s|ed|er|ing|down|downs|-down)?\b|减速|变慢|更慢", re.IGNORECASE)
BETTER = re.compile(
    r"fast(?:er)?\b|speed-?\s?ups?\b|speed(?:s|ed|ing)? up|accelerat\w+|sav(?:e|es|ed|ing|ings)\b|quicker"
    r"|加速|更快|提速|节省",
    re.IGNORECASE,
)
FACTOR = re.compile(
    r"(?P<number>\d(?<![\w.,]\d)\d*(?:,\d{3})*(?:\.\d+)?)\s?(?:\$?\\times\$?|[x×](?![A-Za-z])|-?\s?fold\b|\stimes\b|倍)"
)
NEAR = 60
"""Characters around a factor in which a word says what got better or worse by it."""
CLAUSE = re.compile(r"[.;:!?。；：！？](?:\s|$)|[。；：！？]")


def factors(text: str) -> Turns:
    """The factors of a text, as written without separators, with what the words near them say."""
    found: Turns = {}
    for match in FACTOR.finditer(text):
        before = CLAUSE.split(text[max(0, match.start() - NEAR) : match.start()])[-1]
        after = CLAUSE.split(text[match.end() : match.end() + NEAR])[0]
        told = found.setdefault(match["number"].replace(",", ""), set())
        for pattern, verdict in ((BETTER, True), (WORSE, False)):
            if pattern.search(before) or pattern.search(after):
                told.add(verdict)
    return found


def turned_factors(told: Turns, known: Turns) -> list[str]:
    """The factors `told` as an improvement that the abstract (`known`) tells only as the opposite, or the reverse."""
    return [
        number
        for number, verdicts in told.items()
        if len(verdicts) == 1 and len(theirs := known.get(number, set())) == 1 and verdicts != theirs
    ]
