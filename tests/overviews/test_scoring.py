"""Statements about the next year: written as data, and scored by next year's numbers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

import polars as pl
import pytest

from assets.overviews.json_form import overview_json
from assets.overviews.parts import Overview, Section
from assets.overviews.scoring import TITLE, Statement, statements_of
from tests.overviews import corpus

PAPERS = corpus.papers(range(60))
MADE = Statement("loom control", "loom control", "cs.LG", 2025, 0.05, 0.1, "2024-12-31")


def section(overview: Overview) -> Section | None:
    return next((part for part in overview.sections if part.title == TITLE), None)


def test_the_statements_of_a_page_stand_in_its_json_as_data() -> None:
    overview = corpus.overview(PAPERS)
    found = statements_of(json.loads(overview_json(overview)))
    assert len(found) == len(overview.outlook) > 0
    for statement in found:
        assert (statement.year, statement.category, statement.made) == (2026, "cs.LG", "2025-12-30")
        assert 0 < statement.threshold <= statement.share


@pytest.mark.parametrize(("threshold", "verdict"), [(0.05, "held"), (0.9, "did not hold")])
def test_next_years_numbers_decide(threshold: float, verdict: str) -> None:
    overview = corpus.overview(PAPERS, statements=[dataclasses.replace(MADE, threshold=threshold)])
    (found,) = overview.scores
    share = corpus.terms(PAPERS).filter(term="loom control")["share"][0]
    assert (found.share, found.held) == (share, verdict == "held")
    told = section(overview)
    assert told is not None
    assert f"would mention “loom control” {verdict}: it is" in told.sentences[2].text
    assert TITLE not in {cut["section"] for cut in overview.verification["cut"]}


def test_a_topic_that_the_mart_has_dropped_is_counted_in_the_papers() -> None:
    none: Any = corpus.terms(PAPERS).clear()
    overview = corpus.overview(PAPERS, statements=[MADE], terms=none)
    primary = PAPERS.filter(pl.col("primary_category") == "cs.LG")
    papers = int(primary["abstract"].str.contains("loom control").sum())
    assert [(score.papers, score.share) for score in overview.scores] == [(papers, papers / primary.height)]


def test_statements_about_another_year_or_category_wait() -> None:
    others = [dataclasses.replace(MADE, year=2026), dataclasses.replace(MADE, category="stat.ML")]
    overview = corpus.overview(PAPERS, statements=others)
    assert overview.scores == ()
    assert section(overview) is None


def test_a_running_year_scores_so_far() -> None:
    told = section(corpus.overview(PAPERS, statements=[MADE], held=corpus.held_until(dt.date(2025, 11, 3))))
    assert told is not None
    text = " ".join(sentence.text for sentence in told.sentences)
    assert "the year is not over" in text
    assert "“loom control” holds so far" in text


def test_a_whole_year_is_scored_by_the_page_of_the_next() -> None:
    last = statements_of(json.loads(overview_json(corpus.overview(PAPERS))))
    next_year = [dataclasses.replace(statement, year=2025) for statement in last]
    overview = corpus.overview(PAPERS, statements=next_year)
    assert len(overview.scores) == len(last)
    assert all(score.held for score in overview.scores)
    assert json.loads(overview_json(overview))["scores"][0]["held"] is True
