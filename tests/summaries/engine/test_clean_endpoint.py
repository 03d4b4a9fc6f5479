"""A day over an endpoint that does what it should."""

import json
from pathlib import Path

import pytest

from assets.summaries.engine.progress import Progress
from assets.summaries.engine.settings import EngineSettings, Price
from assets.summaries.engine.summarizer import OpenAISummarizer
from assets.summaries.schema import SUMMARIES
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.summaries.engine.papers import assert_sound, done, engine, real, sample, statuses


def test_189_real_papers_are_complete_with_hardly_a_second_request(tmp_path: Path) -> None:
    papers = real(189)
    with serving(Behaviour(latency=0.05)) as endpoint:
        rows = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        served = sum(endpoint.served.answers.values())
    assert_sound(papers, rows)
    assert served <= 200
    assert statuses(rows).get("complete", 0) >= 180


def test_a_row_says_where_it_comes_from(tmp_path: Path) -> None:
    papers = sample(3)
    with serving(Behaviour()) as endpoint:
        prices = {"emulated": Price(2.0, 10.0)}
        summarizer = engine(endpoint.base_url, tmp_path, prices=prices)
        rows = summarizer.summarize(papers, ["en"], SUMMARIES.empty())
    for row in rows.iter_rows(named=True):
        assert row["model"] == "emulated"
        assert row["input_tokens"] > 100 < row["output_tokens"]
        assert row["cost_usd"] == prices["emulated"].cost(row["input_tokens"], row["output_tokens"])
        assert row["attempts"] == 1
        assert row["seconds"] > 0
    assert summarizer.report is not None
    assert summarizer.report.spent_usd == pytest.approx(sum(rows["cost_usd"]), rel=1e-12)


def test_rows_of_an_unchanged_paper_are_kept_and_cost_nothing(tmp_path: Path) -> None:
    papers = sample(12)
    with serving(Behaviour()) as endpoint:
        before = engine(endpoint.base_url, tmp_path / "one").summarize(papers, ["en"], SUMMARIES.empty())
        again = engine(endpoint.base_url, tmp_path / "two").summarize(papers, ["en"], before)
        served = sum(endpoint.served.answers.values())
    assert again.equals(before)
    assert served == 12


def test_the_same_abstract_on_another_day_is_not_paid_for_again(tmp_path: Path) -> None:
    papers = sample(8)
    with serving(Behaviour()) as endpoint:
        first = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        later = papers.with_columns(day=papers["day"].dt.offset_by("3d"))
        second = engine(endpoint.base_url, tmp_path).summarize(later, ["en"], SUMMARIES.empty())
        served = sum(endpoint.served.answers.values())
    assert served == 8
    assert second["tldr"].to_list() == first["tldr"].to_list()
    assert sum(second["cost_usd"].fill_null(0)) == 0


def test_one_request_fills_several_languages(tmp_path: Path) -> None:
    papers = sample(10)
    with serving(Behaviour()) as endpoint:
        rows = engine(endpoint.base_url, tmp_path).summarize(papers, ["en", "zh"], SUMMARIES.empty())
        served = sum(endpoint.served.answers.values())
    assert_sound(papers, rows, ["en", "zh"])
    assert served == 10


def test_a_language_that_is_added_later_is_all_that_is_asked_for(tmp_path: Path) -> None:
    papers = sample(5)
    with serving(Behaviour()) as endpoint:
        before = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        rows = engine(endpoint.base_url, tmp_path).summarize(papers, ["en", "zh"], before)
        shapes = [body["response_format"]["json_schema"]["schema"] for body in endpoint.served.bodies[5:]]
        chinese = [body["messages"][0]["content"] for body in endpoint.served.bodies[5:]]
    assert_sound(papers, rows, ["en", "zh"])
    assert len(shapes) == 5
    assert all("Simplified Chinese" in prompt and "English" not in prompt for prompt in chinese)
    assert rows.filter(rows["language"] == "en").equals(before)


def test_an_empty_day_needs_no_request(tmp_path: Path) -> None:
    with serving(Behaviour()) as endpoint:
        rows = engine(endpoint.base_url, tmp_path).summarize(sample(0), ["en"], SUMMARIES.empty())
        assert sum(endpoint.served.requests.values()) == 0
    assert rows.equals(SUMMARIES.empty())


def test_progress_ends_with_all_papers_done(tmp_path: Path) -> None:
    seen: list[Progress] = []
    with serving(Behaviour()) as endpoint:
        settings = EngineSettings(model="emulated", journal=tmp_path, base_url=endpoint.base_url)
        OpenAISummarizer(settings).summarize(sample(6), ["en"], SUMMARIES.empty(), seen.append)
    assert (seen[-1].done, seen[-1].papers, seen[-1].in_flight) == (6, 6, 0)
    assert "6 of 6 papers" in seen[-1].line()


def test_nothing_grows_with_the_number_of_papers_in_flight(tmp_path: Path) -> None:
    with serving(Behaviour(latency=0.02)) as endpoint:
        rows = engine(endpoint.base_url, tmp_path, max_concurrency=5).summarize(sample(60), ["en"], SUMMARIES.empty())
        assert endpoint.served.most_in_flight <= 5
    assert done(rows) == 60


def test_the_key_is_nowhere_but_in_the_request(tmp_path: Path) -> None:
    key = "sk-secret-0123456789abcdef"
    with serving(Behaviour(key=key)) as endpoint:
        summarizer = engine(endpoint.base_url, tmp_path, api_key=key)
        rows = summarizer.summarize(sample(2), ["en"], SUMMARIES.empty())
        wrong = engine(endpoint.base_url, tmp_path / "wrong", api_key=key + "-old")
        refused = wrong.summarize(sample(2), ["en"], SUMMARIES.empty())
    assert done(rows) == 2
    assert statuses(refused) == {"pending": 2}
    told = (
        json.dumps([rows.to_dicts(), refused.to_dicts()], default=str) + repr(summarizer.settings) + repr(wrong.report)
    )
    assert "sk-secret" not in told
    assert all(b"sk-secret" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
