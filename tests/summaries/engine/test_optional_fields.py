"""One optional field that no model can write costs the paper nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from assets.summaries.extract import summarize
from assets.summaries.schema import SUMMARIES
from tests.emulators.llm.texts import summary
from tests.summaries.engine.answering import Answer, answering, completion
from tests.summaries.engine.papers import assert_sound, engine, sample, statuses

WRONG = "The authors conclude that 7351 cases are enough for all of it."


def concluding() -> tuple[pl.DataFrame, dict[str, Any]]:
    """A paper of which an abstract states the conclusion, and what a model writes about it."""
    for paper in sample(60).iter_slices(1):
        title, abstract = paper.select("title", "abstract").row(0)
        told = summary(title, abstract, "en")
        if summarize(title, abstract).conclusion and told["conclusion"]:
            return paper, told
    raise AssertionError("the sample holds no such paper")


def asked_for(body: dict[str, Any]) -> list[str]:
    return list(body["response_format"]["json_schema"]["schema"]["required"])


def spoiling(told: dict[str, Any], spoils: Callable[[dict[str, Any]], bool]) -> Answer:
    """Answers with the wanted fields, the conclusion wrong where `spoils` says so of the request."""

    def answer(body: dict[str, Any]) -> tuple[int, bytes]:
        texts = {**told, "conclusion": WRONG} if spoils(body) else told
        return completion({name: texts[name] for name in asked_for(body)})

    return answer


def test_a_field_that_is_never_right_stays_empty_and_the_others_are_kept(tmp_path: Path) -> None:
    papers, told = concluding()
    with answering(spoiling(told, lambda _: True)) as endpoint:
        rows = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
        again = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], rows)
        assert len(endpoint.asked) == 3
    assert_sound(papers, rows)
    assert statuses(rows) == {"repaired": 1}
    assert rows["tldr"][0] == told["tldr"]
    assert rows["conclusion"][0] is None
    assert "not written: conclusion (" in rows["reason"][0]
    assert "conclusion" not in rows["reason"][0].partition("not stated: ")[2].partition(";")[0]
    assert again.equals(rows)


def test_the_fallback_model_is_asked_for_the_bad_field_only(tmp_path: Path) -> None:
    papers, told = concluding()
    with answering(spoiling(told, lambda body: body["model"] == "emulated")) as endpoint:
        summarizer = engine(endpoint.base_url, tmp_path, fallback_model="other")
        rows = summarizer.summarize(papers, ["en"], SUMMARIES.empty())
    asked = [asked_for(body) for body in endpoint.asked if body["model"] == "other"]
    assert asked == [["conclusion"]]
    assert_sound(papers, rows)
    assert rows["conclusion"][0] == told["conclusion"]
    assert rows["model"][0] == "emulated"
    assert "conclusion (by other)" in rows["reason"][0]


def test_a_field_that_no_model_can_write_costs_nothing_else(tmp_path: Path) -> None:
    papers, told = concluding()
    with answering(spoiling(told, lambda _: True)) as endpoint:
        summarizer = engine(endpoint.base_url, tmp_path, fallback_model="other")
        rows = summarizer.summarize(papers, ["en"], SUMMARIES.empty())
    assert_sound(papers, rows)
    assert (statuses(rows), rows["model"][0]) == ({"repaired": 1}, "emulated")
    assert "not written: conclusion (" in rows["reason"][0]
