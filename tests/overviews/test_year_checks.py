"""A finished overview against the one built anew: whatever differs is a problem, and what a model wrote is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.overviews.held import Held
from assets.overviews.parts import Inputs, Overview
from assets.overviews.rebuilt import page_problems
from assets.overviews.rows import overview_row
from assets.overviews.writing.asking import ModelWriter
from assets.overviews.year_checks import overview_problems
from assets.summaries.engine.settings import EngineSettings
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.overviews import corpus

PAPERS = corpus.papers(range(60))
INPUTS = Inputs(
    2025,
    "cs.LG",
    PAPERS,
    corpus.summaries(PAPERS),
    corpus.months(PAPERS),
    corpus.years(60),
    corpus.terms(PAPERS),
    Held.of_year(2025),
)
Spoil = Callable[[dict[str, Any]], object]


def problems(overview: Overview, spoil: Spoil | None = None, **changes: object) -> list[str]:
    row = overview_row(overview)
    if spoil is not None:
        document = json.loads(row["json"])
        spoil(document)
        row["json"] = json.dumps(document)
    return overview_problems(INPUTS, None, [], {**row, **changes})


@pytest.fixture(scope="module")
def plain() -> Overview:
    return corpus.overview(PAPERS)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Overview:
    """Told by a model that is wrong now and then."""
    folder: Path = tmp_path_factory.mktemp("answers")
    with serving(Behaviour(faults={"other_number": 0.3}, seed=5)) as endpoint:
        settings = EngineSettings(model="emulated", base_url=endpoint.base_url, journal=folder)
        return corpus.overview(PAPERS, writer=ModelWriter(settings))


def of_topics(document: dict[str, Any]) -> list[dict[str, Any]]:
    (section,) = (section for section in document["sections"] if section["title"] == "Topics of the year")
    return [sentence for sentence in section["sentences"] if sentence["citations"]]


def query_of_its_own(document: dict[str, Any]) -> None:
    document["evidence"]["x"] = {"description": "d", "source": "SELECT 1", "values": {"share": 0.73}, "parameters": {}}
    document["sections"][0]["sentences"].append(
        {"text": "73 % have left.", "citations": [], "queries": ["x"], "kind": "claim", "opens_paragraph": False}
    )


def claim_on_a_real_query(document: dict[str, Any]) -> None:
    document["sections"][0]["sentences"].append(
        {
            "text": "The field has reached a turning point.",
            "citations": [],
            "queries": ["volume"],
            "kind": "claim",
            "opens_paragraph": False,
        }
    )


SPOILS: dict[str, Spoil] = {
    "a query of its own": query_of_its_own,
    "a claim on a query that says nothing of it": claim_on_a_real_query,
    "another title": lambda d: d.update(title="Nonsense"),
    "another day": lambda d: d.update(as_of="1999-01-01"),
    "another number of papers": lambda d: d.update(papers=999_999),
    "another threshold of the outlook": lambda d: d["outlook"][0].update(threshold=0.9),
    "another coverage": lambda d: d["coverage"].update(share=0.01),
    "a cut sentence hidden": lambda d: d["verification"].update(sentences=1),
    "another author of the page": lambda d: d["made_with"].update(writer="a human editor"),
    "an empty page": lambda d: (d["sections"].clear(), d["cited"].clear(), d["evidence"].clear()),
    "an empty sentence": lambda d: d["sections"][0]["sentences"][0].update(text=""),
    "a number of another query": lambda d: d["sections"][0]["sentences"][0].update(queries=["teams"]),
    "a paper of the topics left out": lambda d: of_topics(d)[0].update(citations=[]),
}


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
def test_whatever_differs_from_the_overview_built_anew_is_a_problem(plain: Overview, spoil: Spoil) -> None:
    row = overview_row(plain)
    document = json.loads(row["json"])
    spoil(document)
    assert page_problems({**row, "json": json.dumps(document)}, row, PAPERS, plain.evidence)


@pytest.mark.parametrize("name", ["another title", "a query of its own", "a paper of the topics left out"])
def test_what_a_model_did_not_write_is_compared_on_its_pages_too(told: Overview, name: str) -> None:
    assert problems(told, SPOILS[name])


def test_overviews_as_they_were_made_have_no_problem(plain: Overview, told: Overview) -> None:
    assert told.made_with["model"]["written"] > 0
    assert problems(plain) == []
    assert problems(told) == []


def test_markdown_and_columns_are_compared_too(plain: Overview) -> None:
    for change in ({"markdown": "# Another\n"}, {"cited": 1}, {"json": "{"}, {"json": "{}"}):
        assert len(problems(plain, **change)) == 1


def test_a_sentence_of_a_model_is_free_in_its_words_and_bound_to_its_paper(plain: Overview, told: Overview) -> None:
    def other_words(document: dict[str, Any]) -> None:
        sentence = of_topics(document)[0]
        sentence["text"] = "Cheese ripens slowly where humid cellars keep summer heat outside the village."

    assert any(
        "foreign to its papers" in problem or "does not name" in problem for problem in problems(told, other_words)
    )
    assert problems(plain, other_words)


def test_a_page_without_a_model_may_not_hold_other_sentences_by_naming_one(plain: Overview, told: Overview) -> None:
    def posing(document: dict[str, Any]) -> None:
        document["made_with"]["model"] = dict(told.made_with["model"])

    assert problems(plain, posing)
