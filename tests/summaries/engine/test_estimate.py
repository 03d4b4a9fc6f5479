"""What a day would take, told before anything is sent."""

import sqlite3
from pathlib import Path

from assets.summaries.engine.estimate import Estimate, estimate
from assets.summaries.engine.settings import Price
from assets.summaries.schema import SUMMARIES
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.summaries.engine.papers import engine, sample

PRICES = {"emulated": Price(1.0, 4.0)}


def test_the_estimate_is_near_what_a_day_takes(tmp_path: Path) -> None:
    papers = sample(60)
    with serving(Behaviour(faults={"missing_field": 0.3}, faulty_attempts=1)) as endpoint:
        summarizer = engine(endpoint.base_url, tmp_path, prices=PRICES)
        first, second = papers.head(30), papers.tail(30)
        before = estimate(first, ["en"], SUMMARIES.empty(), summarizer.settings)
        rows = summarizer.summarize(first, ["en"], SUMMARIES.empty())
        learned = estimate(second, ["en"], SUMMARIES.empty(), summarizer.settings)
        others = summarizer.summarize(second, ["en"], SUMMARIES.empty())
    assert before.papers == learned.papers == 30
    assert before.cost_usd is not None
    assert learned.cost_usd is not None
    assert 0.6 < before.cost_usd / sum(rows["cost_usd"]) < 2.0
    assert 0.8 < learned.cost_usd / sum(others["cost_usd"]) < 1.25
    assert 0.8 < learned.input_tokens / sum(others["input_tokens"]) < 1.25
    assert 0.8 < learned.requests / sum(others["attempts"]) < 1.25
    assert learned.batch_cost_usd == learned.cost_usd / 2
    assert learned.seconds is not None


def test_what_is_there_already_costs_nothing(tmp_path: Path) -> None:
    papers = sample(10)
    with serving(Behaviour()) as endpoint:
        summarizer = engine(endpoint.base_url, tmp_path, prices=PRICES)
        rows = summarizer.summarize(papers.head(6), ["en"], SUMMARIES.empty())
    nothing = Estimate(0, 0, 0, 0, 0.0, 0.0, 0.0)
    assert estimate(papers.head(6), ["en"], rows, summarizer.settings) == nothing
    # The rows are lost, but the journal has the answers.
    assert estimate(papers.head(6), ["en"], SUMMARIES.empty(), summarizer.settings) == nothing
    assert estimate(papers, ["en"], rows, summarizer.settings).papers == 4
    assert estimate(papers, ["en", "zh"], rows, summarizer.settings).papers == 10


def test_papers_like_those_that_are_answered_cost_what_these_did(tmp_path: Path) -> None:
    papers = sample(24)
    with serving(Behaviour()) as endpoint:
        summarizer = engine(endpoint.base_url, tmp_path, prices=PRICES)
        rows = summarizer.summarize(papers, ["en"], SUMMARIES.empty())
    others = estimate(papers, ["en"], SUMMARIES.empty(), summarizer.settings, anew=True)
    assert others.papers == 24
    assert others.cost_usd is not None
    # The sizes of the answers are known by now.
    assert 0.95 < others.cost_usd / sum(rows["cost_usd"]) < 1.05


def test_days_add_up_and_an_unknown_price_or_time_stays_unknown(tmp_path: Path) -> None:
    papers = sample(4)
    priced = engine("http://127.0.0.1:9/v1", tmp_path, prices=PRICES, requests_per_minute=8.0).settings
    plain = engine("http://127.0.0.1:9/v1", tmp_path).settings
    one = estimate(papers, ["en"], SUMMARIES.empty(), priced)
    other = estimate(papers, ["en"], SUMMARIES.empty(), plain)
    assert one.seconds == 30.0
    assert (one + one).input_tokens == 2 * one.input_tokens
    assert (other.cost_usd, other.batch_cost_usd, other.seconds) == (None, None, None)
    assert (one + other).cost_usd is None
    assert not any(tmp_path.iterdir())


def test_a_journal_of_an_earlier_version_is_taken_on(tmp_path: Path) -> None:
    papers = sample(3)
    with serving(Behaviour()) as endpoint:
        summarizer = engine(endpoint.base_url, tmp_path, prices=PRICES)
        rows = summarizer.summarize(papers, ["en"], SUMMARIES.empty())
        with sqlite3.connect(tmp_path / "answers.sqlite") as database:
            for column in ("number", "languages", "input_estimate", "batch"):
                database.execute(f"ALTER TABLE answers DROP COLUMN {column}")
        database.close()
        again = summarizer.summarize(papers, ["en"], SUMMARIES.empty())
        assert sum(endpoint.served.answers.values()) == 3
    assert again["tldr"].to_list() == rows["tldr"].to_list()
    assert estimate(papers, ["en"], SUMMARIES.empty(), summarizer.settings).papers == 0
