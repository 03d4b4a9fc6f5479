"""A summary is replaced by a better one or one as good, and by nothing less."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from assets.summaries.schema import SUMMARIES
from assets.summaries.summarizer import EmbeddedSummarizer
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.summaries.engine.papers import done, engine, sample, statuses

LANGUAGES = ["en", "zh"]
MODELS = ("emulated", "newer")


def by_a_model(folder: Path, papers: pl.DataFrame) -> pl.DataFrame:
    with serving(Behaviour()) as endpoint:
        rows = engine(endpoint.base_url, folder).summarize(papers, LANGUAGES, SUMMARIES.empty())
    assert done(rows) == rows.height
    return rows


def test_what_a_model_wrote_outlives_a_run_without_a_model(tmp_path: Path) -> None:
    papers = sample(4)
    before = by_a_model(tmp_path, papers)
    assert EmbeddedSummarizer().summarize(papers, LANGUAGES, before).equals(before)


def test_what_a_model_wrote_outlives_a_model_that_refuses(tmp_path: Path) -> None:
    papers = sample(4)
    before = by_a_model(tmp_path, papers)
    with serving(Behaviour(models=MODELS, faults={"refusal": 1.0})) as endpoint:
        refusing = engine(endpoint.base_url, tmp_path, model="newer")
        assert refusing.summarize(papers, LANGUAGES, before).equals(before)
        endpoint.emulator.behave(Behaviour(models=MODELS))
        # A model that writes it as well takes its place.
        rows = engine(endpoint.base_url, tmp_path / "other", model="newer").summarize(papers, LANGUAGES, before)
    assert set(rows["model"]) == {"newer"}
    assert done(rows) == rows.height


def test_an_abstract_that_changed_loses_its_old_summary(tmp_path: Path) -> None:
    papers = sample(2)
    before = by_a_model(tmp_path, papers)
    changed = papers.with_columns(abstract=pl.col("abstract") + " A later version adds an analysis of other cases.")
    rows = EmbeddedSummarizer().summarize(changed, LANGUAGES, before)
    assert statuses(rows) == {"extractive": 2, "pending": 2}


def test_a_summary_that_todays_checks_reject_is_replaced_by_the_abstracts_own_sentences(tmp_path: Path) -> None:
    papers = sample(2)
    before = by_a_model(tmp_path, papers).with_columns(result=pl.lit("The accuracy of the model is 7351 in all cases."))
    rows = EmbeddedSummarizer().summarize(papers, ["en"], before)
    assert statuses(rows) == {"extractive": 2}
