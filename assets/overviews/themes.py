"""The themes of a year: which of the mart's terms name something that papers are about, and which rise.

The mart counts every word and pair of words. A page can only show those that name a topic:

- two words, a word in -ing with a hyphen ("fine-tuning"), or an acronym ("GRPO"; known by its capitals);
- used in titles: at least TITLE_SHARE of the papers that mention it do so in their title, which sets
  "federated learning" apart from "future research";
- whole: not a piece of a longer phrase ("graph neural" is nearly always followed by "networks");
- not the category's own name, and no acronym that stands in nearly every title: that is the name of a system.

Where the mart has few topics, because it keeps no term of fewer than ten papers, pairs of words of the titles are
counted besides.

Trends compare with the year before where the mart has it. Where it has none, the announcement days are
halved and the second half is compared with the first by the same rule.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice, pairwise
from typing import Any, Literal

import polars as pl

from assets import categories
from assets.overviews.material import Material
from assets.overviews.mentions import BREAK, LEAST_PAPERS, Trend, distinct, half_trends, mention, plain
from assets.overviews.selection import STOP_WORDS

TITLE_SHARE = 0.18
NAME_SHARE = 0.75
"""An acronym that this share of its papers have in their title is the name of a system, and no topic."""
CANDIDATES = 1500
"""Terms of the mart, the most frequent first, that are looked at."""
FOLLOWED_BY_ONE_WORD = 0.6
PRECEDED_BY_ONE_WORD = 0.9
ACRONYM = r"\b[A-Z][A-Za-z]*[A-Z][A-Za-z]*\b"
TITLE_WORD = re.compile(r"[^\W\d_](?:\w|-(?=\w)){2,}")
FEW_TOPICS = 8
"""Topics in the mart below which pairs of words of the titles are counted besides."""
TERM_COLUMNS = ("term", "papers", "share", "share_year_before", "ratio", "ratio_low", "ratio_high")
Basis = Literal["year before", "halves"]


@dataclass(frozen=True)
class Themes:
    """The year's themes. Lists are in order of weight, and each names a topic once.

    `rows` holds for every theme the papers (booleans by row) that mention it; `labels` how it is written.
    """

    leading: Sequence[Trend] = ()
    rising: Sequence[Trend] = ()
    falling: Sequence[Trend] = ()
    compared: int = 0
    rose: int = 0
    fell: int = 0
    basis: Basis | None = None
    half_day: str | None = None
    shares: dict[str, float] = field(default_factory=dict)
    """Term → its share of the year's new papers with the primary category, from the mart."""
    rows: dict[str, pl.Series] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    counted_here: frozenset[str] = frozenset()
    """Terms that come from the titles and were counted here, because the mart has few."""

    def label(self, term: str) -> str:
        """The term as papers write it: acronyms in their capitals."""
        return self.labels.get(term, term)

    def before(self, year: int) -> str:
        """What the themes are compared with, in words."""
        return str(year - 1) if self.basis == "year before" else "the first half of the days"


def find_themes(material: Material, most_leading: int, most_rising: int) -> Themes:
    """Themes of the page's papers; empty where no term names a topic of enough of them."""
    if not len(material):
        return Themes()
    found = _named(material, _mart_terms(material))
    own: frozenset[str] = frozenset()
    if len(found.terms) < FEW_TOPICS:
        more = _named(material, _title_terms(material, known={row["term"] for row in found.terms}))
        own = frozenset(str(row["term"]) for row in more.terms)
        found = _Named(
            sorted([*found.terms, *more.terms], key=lambda row: (-row["papers"], row["term"])),
            {**found.rows, **more.rows},
            {**found.labels, **more.labels},
        )
    named, rows, labels = found.terms, found.rows, found.labels
    trends, basis, half_day = _trends(material, named, rows)
    leading = [Trend(row["term"], row["papers"], row["share"], None, None, None, None) for row in named]
    rising = sorted((trend for trend in trends if trend.rises), key=lambda trend: (-trend.excess, trend.term))
    falling = sorted((trend for trend in trends if trend.falls), key=lambda trend: (trend.high or 0, trend.term))

    def pick(candidates: list[Trend], most: int) -> list[Trend]:
        whole: list[Trend] = []
        for trend in candidates:
            if len(whole) == 4 * most:
                break
            if _is_whole(material.texts.filter(rows[trend.term]), trend.term):
                whole.append(trend)
        return distinct(whole, rows, most)

    chosen = (pick(leading, most_leading), pick(rising, most_rising), pick(falling, 4))
    return Themes(
        *chosen,
        compared=len(trends),
        rose=sum(trend.rises for trend in trends),
        fell=sum(trend.falls for trend in trends),
        basis=basis,
        half_day=half_day,
        shares={row["term"]: row["share"] for row in named},
        rows={trend.term: rows[trend.term] for part in chosen for trend in part},
        labels=labels,
        counted_here=own,
    )


@dataclass(frozen=True)
class _Named:
    """Terms that name topics, as rows of the mart, with the papers that mention them and their spelling."""

    terms: list[dict[str, Any]]
    rows: dict[str, pl.Series]
    labels: dict[str, str]


def _named(material: Material, terms: pl.DataFrame) -> _Named:
    labels = _acronyms(material, terms)
    own_name = frozenset(plain(categories.name(material.inputs.category)).split())
    with_shape = (row for row in terms.iter_rows(named=True) if _has_shape(row["term"], labels, own_name))
    shaped = list(islice(with_shape, CANDIDATES))
    rows = mention(material.texts, [row["term"] for row in shaped])
    in_titles = mention(material.titles, rows)
    named = [row for row in shaped if _names_a_topic(row["term"], rows[row["term"]], in_titles[row["term"]], labels)]
    return _Named(named, {row["term"]: rows[row["term"]] for row in named}, labels)


def _mart_terms(material: Material) -> pl.DataFrame:
    """The mart's terms of the category and year, the most frequent first."""
    inputs = material.inputs
    return (
        inputs.terms.filter((pl.col("category") == inputs.category) & (pl.col("year") == inputs.year))
        .filter(pl.col("papers") >= LEAST_PAPERS)
        .select(TERM_COLUMNS)
        .sort(["papers", "term"], descending=[True, False])
    )


def _title_terms(material: Material, known: set[str]) -> pl.DataFrame:
    """Pairs of words of the titles, counted over the papers of the primary category, in the mart's columns.

    For few papers: the mart keeps no term of fewer than ten.
    """
    pairs: Counter[str] = Counter()
    for title in material.frame["title"]:
        words = TITLE_WORD.findall(title.lower())
        pairs.update({f"{one} {two}" for one, two in pairwise(words) if not {one, two} & STOP_WORDS})
    primary = material.frame["primary_category"] == material.inputs.category
    rows = mention(material.texts, sorted(pair for pair, titles in pairs.items() if titles > 1 and pair not in known))
    counted = {term: int((marks & primary).sum()) for term, marks in rows.items()}
    kept = sorted((term for term, papers in counted.items() if papers >= LEAST_PAPERS), key=lambda t: (-counted[t], t))
    papers = [counted[term] for term in kept]
    missing = {name: pl.lit(None, pl.Float64).alias(name) for name in TERM_COLUMNS[3:]}
    return pl.DataFrame(
        {"term": kept, "papers": papers, "share": [number / int(primary.sum()) for number in papers]},
        schema={"term": pl.String, "papers": pl.Int64, "share": pl.Float64},
    ).with_columns(**missing)


def _trends(
    material: Material, named: list[dict[str, Any]], rows: dict[str, pl.Series]
) -> tuple[list[Trend], Basis | None, str | None]:
    """Trends against the year before, else between the halves of the year's announcement days; none of one day."""
    if any(row["share_year_before"] is not None for row in named):
        return [_from_mart(row) for row in named if row["ratio"] is not None], "year before", None
    halves = second_half(material)
    if halves is None:
        return [], None, None
    first_day, second = halves
    trends = half_trends({str(row["term"]): rows[str(row["term"])] for row in named}, second)
    return [trend for trend in trends if trend.ratio is not None], "halves", first_day


def second_half(material: Material) -> tuple[str, pl.Series] | None:
    """The first day of the second half of the announcement days, and the papers of that half; None for a single day."""
    days = material.frame["day"].unique().sort()
    if len(days) < 2:
        return None
    first: date = days[len(days) // 2]
    return first.isoformat(), material.frame["day"] >= first


def _from_mart(row: dict[str, object]) -> Trend:
    def number(name: str) -> float | None:
        value = row[name]
        return float(value) if isinstance(value, int | float) else None

    return Trend(
        str(row["term"]),
        int(number("papers") or 0),
        number("share") or 0.0,
        number("share_year_before"),
        number("ratio"),
        number("ratio_low"),
        number("ratio_high"),
    )


def _acronyms(material: Material, terms: pl.DataFrame) -> dict[str, str]:
    """Terms of one word that most of their papers write with capitals inside, with their usual spelling."""
    joined = material.frame.select(pl.concat_str("title", "abstract", separator=" ")).to_series()
    spelt = (
        pl.DataFrame({"spelling": joined.str.extract_all(ACRONYM)})
        .with_row_index("row")
        .explode("spelling")
        .drop_nulls()
        .unique()
        .with_columns(pl.col("spelling").str.to_lowercase().alias("term"))
        .join(terms.select("term", pl.col("papers").alias("counted")), on="term", how="inner")
    )
    usual = (
        spelt.group_by("term", "spelling", "counted")
        .agg(pl.col("row").n_unique().alias("papers"))
        .sort(["papers", "spelling"], descending=[True, False])
        .group_by("term", maintain_order=True)
        .agg(pl.col("spelling").first(), pl.col("papers").sum(), pl.col("counted").first())
        .filter((pl.col("papers") >= 0.6 * pl.col("counted")) & (pl.col("term").str.len_chars() >= 3))
        .sort("term")
    )
    return dict(zip(usual["term"].to_list(), usual["spelling"].to_list(), strict=True))


def _has_shape(term: str, acronyms: dict[str, str], own_name: frozenset[str]) -> bool:
    if not (" " in term or term in acronyms or ("-" in term and term.endswith("ing"))):
        return False
    return not set(plain(term).split()) <= own_name


def _names_a_topic(term: str, mentioned: pl.Series, in_title: pl.Series, acronyms: dict[str, str]) -> bool:
    """Whether titles use a term as one uses a topic: often enough, and (for acronyms) not nearly always."""
    papers, titled = int(mentioned.sum()), int(in_title.sum())
    if term in acronyms and titled > NAME_SHARE * papers:
        return False
    return titled >= TITLE_SHARE * max(LEAST_PAPERS, papers)


def _is_whole(texts: pl.Series, term: str) -> bool:
    """Whether a term stands on its own in normalised texts, and is not part of one longer phrase."""
    phrase = re.escape(plain(term))
    for pattern, most in ((rf" {phrase} (\S+)", FOLLOWED_BY_ONE_WORD), (rf"(\S+) {phrase} ", PRECEDED_BY_ONE_WORD)):
        beside = texts.str.extract(pattern).drop_nulls().to_list()
        words_beside = Counter(word for word in beside if word != BREAK and word not in STOP_WORDS)
        if any(papers > most * len(beside) for papers in words_beside.values()):
            return False
    return True
