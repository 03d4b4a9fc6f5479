"""A small invented year: papers with abstracts, summaries made by the embedded summarizer, and mart rows.

Nothing here is any real paper's text. The same call gives the same corpus.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any

import polars as pl

from assets.overviews.held import Held
from assets.overviews.mentions import ratio_interval
from assets.overviews.overview import build_overview
from assets.overviews.parts import Overview
from assets.papers.schema import PAPERS
from assets.summaries.schema import SUMMARIES
from assets.summaries.summarizer import EmbeddedSummarizer

TOPICS = ("glacier forecasting", "orchard mapping", "tide reconstruction", "loom control", "harp transcription")
SYSTEMS = ("Frostline", "Pomona", "Ebbflow", "Weftwise", "Stringsong")
GOALS = ("in steep valleys", "under thin cloud", "from sparse gauges", "with worn parts", "in noisy halls", "by night")
METHODS = ("diffusion models", "graph neural networks", "Gaussian processes", "reinforcement learning", "transformers")
SURNAMES = ("Abara", "Bjornson", "Castellano", "Dvorak", "Eriksen", "Farouk", "Galanis", "Haddad", "Ivanova", "Jansen")
GIVEN = ("Ada", "Bo", "Chidi", "Dora", "Emil", "Fatima", "Goran")
COMMENTS = (
    "Accepted at IVC 2025 (oral)",
    "12 pages, 3 figures",
    None,
    "Published in Journal of Invented Results, 2025",
)

FIRST_DAY = dt.date(2025, 3, 3)


def paper(number: int, **changes: object) -> dict[str, Any]:
    """A row of PAPERS: the number decides topic, method, authors and day; `changes` replace columns."""
    topic, system = TOPICS[number % 5], f"{SYSTEMS[number % 5]}-{chr(65 + number % 26)}{chr(65 + number // 26)}"
    method, goal = METHODS[(number // 5) % 5], GOALS[(number // 3) % 6]
    gain = 11 + number
    authors = [f"{GIVEN[(number + k) % 7]} {SURNAMES[(3 * number + k * k) % 10]}" for k in range(1 + number % 4)]
    abstract = (
        f"Reliable {topic} {goal} matters to many people, yet it remains difficult. "
        f"We propose {system}, a method for {topic} that builds on {method} and learns {goal}. "
        f"It is trained on {1000 + 7 * number} recordings. "
        f"Experiments on {2 + number % 7} collections show that {system} reduces the error of {topic} by {gain}% "
        f"compared with earlier systems. The code of {system} is publicly available to practitioners."
    )
    row: dict[str, Any] = {
        "day": FIRST_DAY + dt.timedelta(days=7 * (number // 10) + number % 5),
        "paper_id": f"2503.{number + 1:05}",
        "title": f"{system}: {topic.capitalize()} {goal} with {method}",
        "title_tex": "",
        "abstract": abstract,
        "authors": authors,
        "categories": ["cs.LG", "stat.ML"] if number % 3 else ["stat.ML", "cs.LG", "physics.ao-ph"],
        "categories_given": "cs.LG",
        "primary_category": "cs.LG" if number % 3 else "stat.ML",
        "announced_by": "listed",
        "comment": COMMENTS[number % 4],
        "is_withdrawn": False,
        "source": "test",
        "authors_tex": authors,
        "versions": [],
        "listing": "new",
    }
    return {**row, **changes}


def papers(numbers: Sequence[int]) -> pl.DataFrame:
    """Papers by their numbers."""
    return PAPERS.frame([paper(number) for number in numbers])


@cache
def _summary(title: str, abstract: str) -> pl.DataFrame:
    row = paper(0, title=title, abstract=abstract)
    return EmbeddedSummarizer().summarize(PAPERS.frame([row]), ["en"], SUMMARIES.empty())


def summaries(of: pl.DataFrame) -> pl.DataFrame:
    """The embedded summarizer's rows of some papers."""
    made = [
        _summary(row["title"], row["abstract"]).with_columns(
            pl.lit(row["paper_id"]).alias("paper_id"), pl.lit(row["day"]).alias("day")
        )
        for row in of.iter_rows(named=True)
    ]
    return pl.concat(made).select(SUMMARIES.empty().columns) if made else SUMMARIES.empty()


def term(name: str, papers: int, of: int, before: int | None = None, of_before: int | None = None) -> dict[str, Any]:
    """A row of `term_trends` for cs.LG in 2025."""
    interval = ratio_interval(papers, of, before, of_before) if before and of_before else None
    ratio, low, high = interval or (None, None, None)
    return {
        "year": 2025,
        "category": "cs.LG",
        "term": name,
        "papers": papers,
        "category_papers": of,
        "share": papers / of,
        "papers_year_before": before,
        "category_papers_year_before": of_before,
        "share_year_before": before / of_before if before is not None and of_before else None,
        "ratio": ratio,
        "ratio_low": low,
        "ratio_high": high,
    }


TERM_TYPES: dict[str, Any] = {
    "year": pl.Int32,
    "category": pl.String,
    "term": pl.String,
    "papers": pl.Int64,
    "category_papers": pl.Int64,
    "share": pl.Float64,
    "papers_year_before": pl.Int64,
    "category_papers_year_before": pl.Int64,
    "share_year_before": pl.Float64,
    "ratio": pl.Float64,
    "ratio_low": pl.Float64,
    "ratio_high": pl.Float64,
}


def terms(of: pl.DataFrame, before: dict[str, int] | None = None, of_before: int = 200) -> pl.DataFrame:
    """The topics of the corpus as the mart counts them; `before` gives their papers of the year before."""
    primary = of.filter(pl.col("primary_category") == "cs.LG")
    rows = []
    for topic in TOPICS:
        count = int(primary["abstract"].str.contains(topic, literal=True).sum())
        if count:
            rows.append(term(topic, count, primary.height, (before or {}).get(topic), of_before if before else None))
    return pl.DataFrame({name: [row[name] for row in rows] for name in TERM_TYPES}, schema=TERM_TYPES)


def months(of: pl.DataFrame) -> pl.DataFrame:
    """Rows of `category_monthly`."""
    return (
        of.filter(pl.col("primary_category") == "cs.LG")
        .group_by(pl.col("day").dt.strftime("%Y-%m").alias("month"))
        .agg(pl.len().cast(pl.Int64).alias("papers"))
        .with_columns(pl.lit("cs.LG").alias("category"))
        .sort("month")
    )


def years(now: int, before: int | None = None, days: int = 250, days_before: int = 250) -> pl.DataFrame:
    """The row of `category_yearly`."""
    return pl.DataFrame(
        {
            "year": [2025],
            "category": ["cs.LG"],
            "papers": [now],
            "days": [days],
            "days_year_before": [days_before if before is not None else None],
            "papers_year_before": [before],
        },
        schema_overrides={"papers_year_before": pl.Int64, "days_year_before": pl.Int64},
    )


def held_until(last: dt.date, missing: Sequence[dt.date] = ()) -> Held:
    """The days of 2025 up to one, without some."""
    return Held.of_year(2025, [day for day in Held.of_year(2025).of if day <= last and day not in missing])


def overview(of: pl.DataFrame, **changes: Any) -> Overview:
    """The overview of cs.LG in 2025 over some papers; `changes` replace arguments of `build_overview`."""
    arguments: dict[str, Any] = {
        "year": 2025,
        "category": "cs.LG",
        "papers": of,
        "summaries": summaries(of),
        "category_months": months(of),
        "category_years": years(of.height),
        "terms": terms(of),
        "held": Held.of_year(2025),
    }
    return build_overview(**{**arguments, **changes})
