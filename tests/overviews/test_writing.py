"""Overviews with a model, over real sockets: what it gets wrong is mended or told by rules, and all of it verifies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.overviews.json_form import overview_document, overview_json
from assets.overviews.parts import Overview, Section
from assets.overviews.verify import verify
from assets.overviews.writing.asking import ModelWriter
from assets.summaries.engine.settings import EngineSettings, Price
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.overviews import corpus

PAPERS = corpus.papers(range(36))
PLAIN = corpus.overview(PAPERS)


def written(base_url: str, folder: Path, **settings: Any) -> Overview:
    engine = EngineSettings(model="emulated", base_url=base_url, journal=folder / "answers", **settings)
    return corpus.overview(PAPERS, writer=ModelWriter(engine))


def topics(overview: Overview) -> Section:
    return next(section for section in overview.sections if section.title == "Topics of the year")


def cited(section: Section) -> list[str]:
    return sorted(paper for sentence in section.sentences for paper in sentence.citations)


def assert_sound(overview: Overview) -> None:
    found = verify(overview_document(overview), PAPERS, overview.evidence)
    assert found.problems == ()
    assert cited(topics(overview)) == cited(topics(PLAIN))


def test_a_model_tells_of_the_papers_and_the_page_says_so(tmp_path: Path) -> None:
    with serving(Behaviour()) as endpoint:
        overview = written(endpoint.base_url, tmp_path)
    assert_sound(overview)
    report = overview.made_with["model"]
    assert report["written"] + report["repaired"] == len(cited(topics(PLAIN)))
    assert report["by_rules"] == 0
    assert "a language model (emulated)" in overview.made_with["writer"]
    assert any(s.text.startswith("According to ") for s in topics(overview).sentences)


def test_a_rerun_asks_nothing_and_writes_the_same_bytes(tmp_path: Path) -> None:
    with serving(Behaviour()) as endpoint:
        first = overview_json(written(endpoint.base_url, tmp_path))
        asked = sum(endpoint.served.steps.values())
        again = overview_json(written(endpoint.base_url, tmp_path))
        assert sum(endpoint.served.steps.values()) == asked > 0
    assert again == first


@pytest.mark.parametrize(
    "kind", ["invented_paper", "other_number", "off_paper", "truncated", "prose_only", "refusal", "error_500"]
)
def test_what_is_published_verifies_whatever_the_model_gets_wrong(tmp_path: Path, kind: str) -> None:
    with serving(Behaviour(faults={kind: 0.5}, seed=3)) as endpoint:
        overview = written(endpoint.base_url, tmp_path, attempts=3)
        assert endpoint.served.step_faults[kind] > 0
    assert_sound(overview)


@pytest.mark.parametrize("kind", ["invented_paper", "other_number", "off_paper"])
def test_a_model_that_is_always_wrong_leaves_the_page_to_the_rules(tmp_path: Path, kind: str) -> None:
    with serving(Behaviour(faults={kind: 1.0})) as endpoint:
        overview = written(endpoint.base_url, tmp_path)
    assert overview.made_with["model"]["by_rules"] == len(cited(topics(PLAIN)))
    by_rules = {sentence.text for sentence in topics(PLAIN).sentences}
    assert {sentence.text for sentence in topics(overview).sentences} == by_rules
    assert "without a language model" in overview.made_with["writer"]


def test_a_sentence_that_fails_is_asked_for_again_and_named(tmp_path: Path) -> None:
    with serving(Behaviour(faults={"other_number": 0.4}, seed=5)) as endpoint:
        overview = written(endpoint.base_url, tmp_path)
    report = overview.made_with["model"]
    assert report["repaired"] > 0
    assert any("which none of its sources holds" in entry["reason"] for entry in overview.verification["refused"])
    assert_sound(overview)


def test_a_budget_that_is_used_up_leaves_the_rest_to_the_rules(tmp_path: Path) -> None:
    prices = {"emulated": Price(1.0, 1.0)}
    with serving(Behaviour()) as endpoint:
        overview = written(endpoint.base_url, tmp_path, prices=prices, max_cost_usd=0.006)
    report = overview.made_with["model"]
    assert "cost cap" in report["stopped"]
    assert report["cost_usd"] <= 0.006
    assert_sound(overview)


def test_a_dead_endpoint_gives_the_page_without_a_model(tmp_path: Path) -> None:
    with serving(Behaviour(outage=True)) as endpoint:
        overview = written(endpoint.base_url, tmp_path, attempts=2, outage_seconds=1.0)
    assert overview.made_with["model"]["written"] == 0
    assert [section.sentences for section in overview.sections] == [section.sentences for section in PLAIN.sections]


def judged(verdict: object) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A judge that says the same of every sentence."""
    return lambda honest: {"verdicts": [{**entry, "supported": verdict} for entry in honest["verdicts"]]}


JUDGES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "is out": lambda _: {},
    "answers with a text": lambda _: {"verdicts": "all of them are fine"},
    "leaves every sentence out": lambda _: {"verdicts": []},
    "names other numbers": lambda honest: {"verdicts": [{**v, "number": v["number"] + 9} for v in honest["verdicts"]]},
    "gives numbers as texts": lambda honest: {
        "verdicts": [{**v, "number": f"{v['number']}"} for v in honest["verdicts"]]
    },
    "contradicts itself": lambda honest: {
        "verdicts": [*honest["verdicts"], *({**v, "supported": False} for v in honest["verdicts"])]
    },
    "says no": judged(False),
    "says 'false' as a text": judged("false"),
    "says 'true' as a text": judged("true"),
    "says nothing": judged(None),
    "says 1": judged(1),
}


@pytest.mark.parametrize("judge", JUDGES.values(), ids=JUDGES)
def test_only_a_plain_yes_of_the_judge_lets_a_sentence_stand(
    tmp_path: Path, judge: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    with serving(Behaviour(judge=judge)) as endpoint:
        overview = written(endpoint.base_url, tmp_path)
    report = overview.made_with["model"]
    assert (report["written"], report["repaired"]) == (0, 0)
    assert report["by_rules"] == len(cited(topics(PLAIN)))
    assert any("judge" in entry["reason"] for entry in overview.verification["refused"])
    assert_sound(overview)


def test_a_judge_that_leaves_one_sentence_out_confirms_the_others_only(tmp_path: Path) -> None:
    with serving(Behaviour(judge=lambda honest: {"verdicts": honest["verdicts"][1:]})) as endpoint:
        overview = written(endpoint.base_url, tmp_path)
    report = overview.made_with["model"]
    assert report["written"] > 0
    assert report["by_rules"] > 0
    assert_sound(overview)


def test_a_judgement_that_was_lost_on_the_way_is_asked_for_again_in_parts(tmp_path: Path) -> None:
    def of_few(honest: dict[str, Any]) -> dict[str, Any]:
        return honest if len(honest["verdicts"]) < 2 else {"verdicts": []}

    with serving(Behaviour(judge=of_few)) as endpoint:
        overview = written(endpoint.base_url, tmp_path)
    assert overview.made_with["model"]["written"] > 0
    assert_sound(overview)
