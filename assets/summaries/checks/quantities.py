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
    r"(?<![\w.,^_{])(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?P<gap>[\s~-]|\\[,;]|\$\s?|\}?\$?)?"
    rf"(?:(?P<latin>{_LATIN})(?![A-Za-z])|(?P<other>{_OTHER}))?"
)


def quantities(text: str) -> dict[str, set[str | None]]:
    """Number, as written without separators → the units behind it; None where a unit that is known does not follow."""
    found: dict[str, set[str | None]] = {}
    for match in QUANTITY.finditer(text):
        token = match["latin"] or match["other"]
        found.setdefault(match["number"].replace(",", ""), set()).add(UNIT_OF[token] if token else None)
    return found


def changed_units(text: str, known: dict[str, set[str | None]]) -> Iterator[tuple[str, str, str]]:
    """Number, its unit in the text, and the unit that the abstract (`known`) has for it instead."""
    for number, units in quantities(text).items():
        theirs = known.get(number)
        if theirs is None or None in theirs:
            continue
        others = sorted(filter(None, theirs))
        # A scale ("8k") is compared with scales alone: with a unit it is another number.
        for unit in filter(None, units - theirs):
            if (unit in SCALES) == SCALES.issuperset(others):
                yield number, unit, others[0]


WORSE = re.compile(
    r"slow(?:s|ed|er|ing|down|downs|-down)?\b|overheads?\b|cost(?:s|ing)? more|减速|变慢|更慢|开销", re.I
)
BETTER = re.compile(
    r"fast(?:er)?\b|speed-?\s?ups?\b|speed(?:s|ed|ing)? up|accelerat\w+|sav(?:e|es|ed|ing|ings)\b|cheaper"
    r"|quicker|加速|更快|提速|节省|提升",
    re.IGNORECASE,
)
FACTOR = re.compile(
    r"(?<![\w.,])(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)\s?(?:\$?\\times\$?|[x×](?![A-Za-z])|-?\s?fold\b|\stimes\b|倍)"
)
NEAR = 60
"""Characters around a factor in which a word says what got better or worse by it."""
CLAUSE = re.compile(r"[.;:!?。；：！？](?:\s|$)|[。；：！？]")


def factors(text: str) -> dict[str, set[bool]]:
    """Factor, as written without separators → whether something got better by it (True) or worse (False)."""
    found: dict[str, set[bool]] = {}
    for match in FACTOR.finditer(text):
        before = CLAUSE.split(text[max(0, match.start() - NEAR) : match.start()])[-1]
        after = CLAUSE.split(text[match.end() : match.end() + NEAR])[0]
        told = found.setdefault(match["number"].replace(",", ""), set())
        for pattern, verdict in ((BETTER, True), (WORSE, False)):
            if pattern.search(before) or pattern.search(after):
                told.add(verdict)
    return found


def turned_factors(text: str, known: dict[str, set[bool]]) -> list[str]:
    """The factors that the text calls an improvement and the abstract (`known`) only the opposite, or the reverse."""
    return [
        number
        for number, told in factors(text).items()
        if len(told) == 1 and len(theirs := known.get(number, set())) == 1 and told != theirs
    ]
