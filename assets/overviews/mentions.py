"""Which papers mention a term, how its share compares with before, and which terms rise.

A paper mentions a term when the term's words stand in its title or abstract as whole words, in any
case, the last one also with a plural s; a hyphen is a space ("fine-tuning" is "fine tuning").

A term *rises* when the 95 % interval of the ratio of its shares (this period over the one before)
lies above 1; it falls when the interval lies below 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

Z = 1.959963984540054
LEAST_PAPERS = 5
"""Papers of one of two periods that must mention a term before anything is said about its trend."""

BREAK = "|"
"""What stands between two normalised texts: no word, so no term reaches across it."""

_COMMON_WORDS = """
    model learning network neural deep data based method large training machine system time language analysis
    algorithm theory problem function equation process structure field space optimization agent reasoning
"""
COMMON_WORDS = frozenset(_COMMON_WORDS.split())
"""Words that two terms may share without being about the same thing, in the singular."""


@dataclass(frozen=True)
class Trend:
    """A term's papers and share in a period, against the period before (None where there is none)."""

    term: str
    papers: int
    share: float
    share_before: float | None
    ratio: float | None
    low: float | None
    high: float | None

    @property
    def rises(self) -> bool:
        """Whether the interval lies above 1."""
        return self.low is not None and self.low > 1

    @property
    def falls(self) -> bool:
        """Whether the interval lies below 1."""
        return self.high is not None and self.high < 1

    @property
    def excess(self) -> float:
        """Papers beyond what the share before would give, at the cautious end of the interval."""
        return self.papers * (1 - 1 / self.low) if self.low and self.low > 1 else 0.0


def ratio_interval(now: int, of_now: int, before: int, of_before: int) -> tuple[float, float, float] | None:
    """Ratio of two shares with its 95 % interval (low, high); None where either whole is zero.

    As in the mart `term_trends`: normal on the logarithm, half a paper added to each count, which keeps the
    ratio finite where a count is 0 (Walter, Biometrika 62, 1975).
    """
    if not (of_now and of_before):
        return None
    one, of_one, other, of_other = now + 0.5, of_now + 0.5, before + 0.5, of_before + 0.5
    ratio = (one / of_one) / (other / of_other)
    spread = math.exp(Z * math.sqrt(1 / one - 1 / of_one + 1 / other - 1 / of_other))
    return ratio, ratio / spread, ratio * spread


def normalised(text: pl.Expr) -> pl.Expr:
    """Text as words between single spaces, lower case, with a space at both ends."""
    words = text.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
    return pl.lit(" ") + words + pl.lit(" ")


def plain(term: str) -> str:
    """A term in the same form, without the spaces at its ends."""
    return " ".join("".join(c if c.isalnum() else " " for c in term.lower()).split())


def patterns(term: str) -> list[str]:
    """What to look for in normalised text: the term, its plural, and its singular where it ends in s."""
    words = plain(term)
    if not words:
        return []
    hisses = words.endswith(("s", "x", "z", "ch", "sh"))
    forms = {words, f"{words}{'es' if hisses else 's'}"}
    if words.endswith("y"):
        forms.add(f"{words[:-1]}ies")
    if words.endswith(("ses", "xes", "zes", "ches", "shes")):
        forms.add(words[:-2])
    if words.endswith("s") and not words.endswith("ss") and len(words) > 4:
        forms.add(words[:-1])
    return sorted(f" {form} " for form in forms)


def mention(texts: pl.Series, terms: Iterable[str]) -> dict[str, pl.Series]:
    """For each term, in order, the rows (booleans) of a normalised text column that mention it; one pass for all."""
    wanted = list(dict.fromkeys(terms))
    forms = [(form, number) for number, term in enumerate(wanted) for form in patterns(term)]
    if not forms:
        return {}
    term_of = pl.DataFrame(forms, schema={"form": pl.String, "term": pl.UInt32}, orient="row")
    found = (
        pl.DataFrame({"form": texts.str.extract_many(sorted({form for form, _ in forms}), overlapping=True)})
        .with_row_index("row")
        .explode("form")
        .drop_nulls()
        .unique()
        .join(term_of, on="form")
        .select("row", "term")
        .unique()
    )
    by_term = {key[0]: group["row"] for key, group in found.partition_by("term", as_dict=True).items()}
    rows = {}
    for number, term in enumerate(wanted):
        marks = pl.Series([False]).new_from_index(0, len(texts)) if len(texts) else pl.Series([], dtype=pl.Boolean)
        rows[term] = marks.scatter(by_term[number], True) if number in by_term else marks
    return rows


def says_one_of(text: str, terms: Iterable[str]) -> bool:
    """Whether a single text mentions one of the terms."""
    words = f" {plain(text)} "
    return any(form in words for term in terms for form in patterns(term))


def half_trends(rows: dict[str, pl.Series], second: pl.Series) -> list[Trend]:
    """Trends from the rows of the first half to those of the second (`second`: booleans)."""
    late, early = int(second.sum()), int((~second).sum())
    trends = []
    for term, mentioned in rows.items():
        now, before = int((mentioned & second).sum()), int((mentioned & ~second).sum())
        interval = ratio_interval(now, late, before, early) if max(now, before) >= LEAST_PAPERS else None
        ratio, low, high = interval or (None, None, None)
        trends.append(
            Trend(
                term,
                papers=now,
                share=now / late if late else 0.0,
                share_before=before / early if early else None,
                ratio=ratio,
                low=low,
                high=high,
            )
        )
    return trends


def distinct(trends: Sequence[Trend], rows: dict[str, pl.Series], most: int, overlap: float = 0.5) -> list[Trend]:
    """The first `most` trends that are not another name for an earlier one.

    Terms that share a telling word, or more than `overlap` of the rarer term's papers, count as one.
    """
    chosen: list[Trend] = []
    for trend in trends:
        if len(chosen) == most:
            break
        mine, stems = rows[trend.term], _stems(trend.term)
        for other in chosen:
            both = int((mine & rows[other.term]).sum())
            if stems & _stems(other.term) or both > overlap * max(1, min(int(mine.sum()), int(rows[other.term].sum()))):
                break
        else:
            chosen.append(trend)
    return chosen


def _stems(term: str) -> set[str]:
    """The first letters of a term's telling words: "models" is no more telling than "model"."""
    return {word[:6] for word in plain(term).split() if word.rstrip("s") not in COMMON_WORDS}
