"""A repair asks for exactly what needs it, replaces nothing by less, and gives up in time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from assets.papers.schema import PAPERS
from assets.preferences import Preferences
from assets.summaries.extract import MODEL_NAME
from assets.summaries.fields import TEXT_FIELDS
from assets.summaries.partition import prepare_repairs, repair_partition
from assets.summaries.repair import MOST_TRIES, Repaired, asked_with, exhausted, repair_day
from assets.summaries.schema import SUMMARIES, SUMMARY_REPAIRS
from assets.summaries.summarizer import EmbeddedSummarizer
from assets.warehouse.lake import Lake
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import Running, serving
from tests.summaries.engine.papers import assert_sound, engine, sample, statuses
from tests.summaries.engine.test_batches import batch_engine, days

REFUSES = Behaviour(faults={"refusal": 1.0})


def answered(endpoint: Running) -> int:
    return sum(endpoint.served.answers.values())


def repair(
    endpoint: Running, folder: Path, papers: pl.DataFrame, before: pl.DataFrame, tries: pl.DataFrame | None = None
) -> Repaired:
    summarizer = engine(endpoint.base_url, folder)
    return repair_day(papers, before, SUMMARY_REPAIRS.empty() if tries is None else tries, ["en"], summarizer)


def test_it_asks_for_what_is_pending_and_leaves_the_rest_byte_for_byte(tmp_path: Path) -> None:
    papers = sample(12)
    with serving(Behaviour(quota=5)) as endpoint:
        before = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        assert statuses(before) == {"complete": 5, "pending": 7}
        endpoint.emulator.behave(Behaviour())
        repaired = repair(endpoint, tmp_path, papers, before)
        assert answered(endpoint) == 12
    assert len(repaired.healed) == len(repaired.changed) == 7
    assert repaired.left == []
    made = before.filter(pl.col("status") == "complete")
    assert repaired.rows.join(made, on=SUMMARIES.polars_schema.names(), how="semi", nulls_equal=True).height == 5
    assert_sound(papers, repaired.rows)


def test_extractive_rows_are_asked_for_where_a_model_is_set_and_not_otherwise(tmp_path: Path) -> None:
    papers = sample(4)
    before = EmbeddedSummarizer().summarize(papers, ["en"], SUMMARIES.empty())
    by_rules = repair_day(papers, before, SUMMARY_REPAIRS.empty(), ["en"], EmbeddedSummarizer())
    assert by_rules.needed == {}
    assert by_rules.rows.equals(before)
    with serving(Behaviour()) as endpoint:
        by_model = repair(endpoint, tmp_path, papers, before)
        assert answered(endpoint) == 4
    assert statuses(by_model.rows) == {"complete": 4}
    assert set(by_model.needed.values()) == {"extractive"}


def test_a_text_that_todays_checks_reject_is_asked_for_and_no_other(tmp_path: Path) -> None:
    papers = sample(5)
    with serving(Behaviour()) as endpoint:
        good = engine(endpoint.base_url, tmp_path / "before").summarize(papers, ["en"], SUMMARIES.empty())
        bad = good["paper_id"][2]
        broken = pl.when(pl.col("paper_id") == bad).then(pl.lit("TODO")).otherwise(pl.col("tldr")).alias("tldr")
        before = good.with_columns(broken)
        repaired = repair(endpoint, tmp_path / "after", papers, before)
        assert answered(endpoint) == 5 + 1
    assert repaired.needed == {(bad, "en"): "rejected"}
    assert repaired.healed == {(bad, "en")}
    assert_sound(papers, repaired.rows)


def test_a_missing_row_is_made(tmp_path: Path) -> None:
    papers = sample(3)
    with serving(Behaviour()) as endpoint:
        before = engine(endpoint.base_url, tmp_path).summarize(papers.head(2), ["en"], SUMMARIES.empty())
        repaired = repair(endpoint, tmp_path, papers, before)
    assert list(repaired.needed.values()) == ["missing"]
    assert repaired.rows["paper_id"].to_list() == papers["paper_id"].to_list()


def test_only_the_language_that_needs_it_is_asked_for(tmp_path: Path) -> None:
    papers = sample(2)
    with serving(Behaviour()) as endpoint:
        english = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        summarizer = engine(endpoint.base_url, tmp_path)
        repaired = repair_day(papers, english, SUMMARY_REPAIRS.empty(), ["en", "zh"], summarizer)
        prompts = [body["messages"][0]["content"] for body in endpoint.served.bodies[2:]]
        assert len(prompts) == 2
        assert all("Simplified Chinese" in prompt and "English" not in prompt for prompt in prompts)
    assert repaired.rows.filter(language="en").equals(english)
    assert repaired.rows.filter(language="zh").height == 2


def test_what_the_model_cannot_do_stays_as_it_is_and_is_given_up_after_some_tries(tmp_path: Path) -> None:
    papers = sample(3)
    before = EmbeddedSummarizer().summarize(papers, ["en"], SUMMARIES.empty())
    tries = SUMMARY_REPAIRS.empty()
    with serving(REFUSES) as endpoint:
        requests = []
        for _ in range(MOST_TRIES + 2):
            repaired = repair(endpoint, tmp_path, papers, before, tries)
            assert repaired.rows.equals(before)
            tries = repaired.tries
            requests.append(answered(endpoint))
        each = requests[0]
        assert requests == [each, 2 * each, 3 * each, 3 * each, 3 * each]
    assert MOST_TRIES == 3
    assert tries["tries"].to_list() == [MOST_TRIES] * 3
    assert len(repaired.given_up) == 3
    assert repaired.left == []
    assert all("refused" in reason for reason in tries["reason"])


def test_given_up_rows_are_tried_again_by_another_model_or_other_checks() -> None:
    row = {
        "day": dt.date(2026, 1, 30), "paper_id": "2601.00001", "language": "en", "found": "extractive",
        "healed": False, "tries": MOST_TRIES, "asked_with": asked_with("one"), "tried_at": dt.datetime.now(dt.UTC),
        "input_tokens": 0, "output_tokens": 0, "cost_usd": 0.0, "attempts": 3, "seconds": 0.1,
    }  # fmt: skip
    tries = SUMMARY_REPAIRS.frame([row])
    assert exhausted(tries, "one") == {("2601.00001", "en")}
    assert exhausted(tries, "another") == set()
    assert exhausted(SUMMARY_REPAIRS.frame([{**row, "asked_with": f"{row['asked_with']}0"}]), "one") == set()


def test_the_healed_row_tells_what_the_tries_before_it_took(tmp_path: Path) -> None:
    papers = sample(1)
    with serving(REFUSES) as endpoint:
        before = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        failed = repair(endpoint, tmp_path, papers, before)
        endpoint.emulator.behave(Behaviour())
        healed = repair(endpoint, tmp_path, papers, failed.rows, failed.tries)
        assert healed.rows["attempts"].to_list() == [answered(endpoint)]
        assert healed.rows["attempts"][0] == 3
    assert failed.tries["attempts"].to_list() == [1]
    assert healed.rows["input_tokens"][0] > 2 * before["input_tokens"][0]
    assert healed.tries["healed"].to_list() == [True]


@pytest.mark.parametrize("behaviour", [Behaviour(quota=0), Behaviour(key="another")], ids=["quota", "key"])
def test_a_dead_endpoint_changes_nothing_and_counts_no_try(tmp_path: Path, behaviour: Behaviour) -> None:
    papers = sample(6)
    before = EmbeddedSummarizer().summarize(papers, ["en"], SUMMARIES.empty())
    with serving(behaviour) as endpoint:
        repaired = repair(endpoint, tmp_path, papers, before)
    assert repaired.rows.equals(before)
    assert repaired.tries.is_empty()
    assert repaired.stopped is not None
    assert len(repaired.left) == 6


def test_a_broken_text_that_no_model_mends_gives_way_to_the_abstracts_own_sentences(tmp_path: Path) -> None:
    papers = sample(2)
    with serving(Behaviour()) as endpoint:
        good = engine(endpoint.base_url, tmp_path / "before").summarize(papers, ["en"], SUMMARIES.empty())
        before = good.with_columns(pl.lit("TODO").alias("tldr"))
        endpoint.emulator.behave(REFUSES)
        repaired = repair(endpoint, tmp_path / "after", papers, before)
    assert statuses(repaired.rows) == {"extractive": 2}
    assert set(repaired.rows["model"]) == {MODEL_NAME}
    assert repaired.healed == frozenset()
    assert not repaired.rows.select(pl.any_horizontal(pl.col(*TEXT_FIELDS) == "TODO").any()).item()


def test_repairs_of_several_days_go_into_one_batch(tmp_path: Path) -> None:
    lake, preferences = Lake(tmp_path / "lake"), Preferences(frozenset({"cs.LG"}), ("en",))
    made = days(2, 5)
    for day, papers in made.items():
        lake.write(PAPERS, day, papers)
        lake.write(SUMMARIES, day, EmbeddedSummarizer().summarize(papers, ["en"], SUMMARIES.empty()))
    with serving(Behaviour()) as endpoint:
        summarizer = batch_engine(endpoint, tmp_path / "journal")
        prepare_repairs(lake, list(made), preferences, summarizer, lambda _: None)
        assert (endpoint.served.batches, answered(endpoint)) == (1, 10)
        repaired = [repair_partition(lake, day, preferences, summarizer, lambda _: None).repaired for day in made]
        assert (endpoint.served.batches, answered(endpoint)) == (1, 10)
    assert [len(found.healed) for found in repaired if found is not None] == [5, 5]
