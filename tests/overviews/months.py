"""An invented month: the papers of `corpus` on the days of March 2025, and topics that they belong to."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from assets.overviews.held import Held
from assets.overviews.month import Month, MonthPage
from assets.overviews.topics import Link, Topic
from assets.papers.schema import PAPERS
from tests.overviews import corpus

TOPICS = (
    Topic("ice", "Ice", "Ice is water that has become solid.", None, (), ("glacier forecasting",)),
    Topic("trees", "Trees", "Trees stand.", Link("A book", "https://example.org"), (), ("orchard mapping",)),
    Topic("looms", "Looms", "Looms are machines that weave.", None, (), ("loom control",)),
    Topic("harps", "Harps", "Harps have strings.", None, (), ("harp transcription",)),
    Topic("physics", "Physics", "Physics asks how the world works.", None, ("physics.ao-ph",), ()),
)
NUMBERS = range(160)
MARCH = Held.between(dt.date(2025, 3, 1), dt.date(2025, 3, 31), lambda _: True)


def papers_of(numbers: range, day: dt.date = dt.date(2025, 3, 3)) -> pl.DataFrame:
    return PAPERS.frame(
        [corpus.paper(number, day=day + dt.timedelta(days=(number % 5) + 7 * (number % 4))) for number in numbers]
    )


def month(papers: pl.DataFrame | None = None, before: pl.DataFrame | None = None, **changes: Any) -> Month:
    papers = papers_of(NUMBERS) if papers is None else papers
    arguments: dict[str, Any] = {"held": MARCH, "topics": TOPICS}
    arguments |= {"summaries": corpus.summaries(papers), "before": PAPERS.empty() if before is None else before}
    return Month("2025-03", papers, **(arguments | changes))


def told(page: MonthPage) -> str:
    return " ".join(sentence.text for section in page.sections for sentence in section.sentences)


def about_papers(page: MonthPage) -> dict[str, list[str]]:
    """Paper → the sentences that tell of it, recommended reading left out."""
    found: dict[str, list[str]] = {}
    for section in page.sections:
        for sentence in section.sentences if section.title != "Recommended reading" else ():
            if sentence.citations:
                found.setdefault(sentence.citations[0], []).append(sentence.text)
    return found
