"""What is published is what the model meant, judged without the product's own checks."""

from pathlib import Path

import pytest

from assets.summaries.judgement import text_problems
from assets.summaries.schema import SUMMARIES
from tests.emulators.llm.behaviour import CONTENT, FORMAT, OF_THE_PAPER, Behaviour
from tests.emulators.llm.judging import damaged_fields
from tests.emulators.llm.server import serving
from tests.emulators.llm.texts import summary
from tests.summaries.engine.papers import assert_sound, damaged_rows, done, engine, real, sample, statuses

OF_AN_ANSWER = (*FORMAT, *CONTENT, *OF_THE_PAPER)


@pytest.mark.parametrize("papers", ["real", "sample"])
def test_all_faults_of_answers_at_once_let_no_wrong_text_through(tmp_path: Path, papers: str) -> None:
    frame = real(189) if papers == "real" else sample(90)
    faults = dict.fromkeys(OF_AN_ANSWER, 0.6 / len(OF_AN_ANSWER))
    with serving(Behaviour(faults=faults, seed=7)) as endpoint:
        rows = engine(endpoint.base_url, tmp_path).summarize(frame, ["en"], SUMMARIES.empty())
        struck = {kind for kind in OF_AN_ANSWER if endpoint.served.faults[kind]}
    assert_sound(frame, rows)
    assert len(struck) > 0.8 * len(OF_AN_ANSWER)
    assert "pending" not in statuses(rows)


def test_all_faults_of_answers_in_two_languages_at_once_let_no_wrong_text_through(tmp_path: Path) -> None:
    frame = sample(60)
    faults = dict.fromkeys(OF_AN_ANSWER, 0.6 / len(OF_AN_ANSWER))
    with serving(Behaviour(faults=faults, seed=11)) as endpoint:
        rows = engine(endpoint.base_url, tmp_path).summarize(frame, ["zh", "en"], SUMMARIES.empty())
        struck = {kind for kind in OF_AN_ANSWER if endpoint.served.faults[kind]}
    assert len(struck) > 0.5 * len(OF_AN_ANSWER)
    assert list(zip(rows["paper_id"], rows["language"], strict=True)) == [
        (paper, language) for paper in frame["paper_id"] for language in ("zh", "en")
    ]
    assert text_problems(frame, rows) == []
    assert damaged_rows(frame, rows) == {}
    # Where no model writes a paper, its own sentences stand in in English, and the other language waits and says why.
    waiting = rows.filter(status="pending")
    assert set(waiting["language"]) <= {"zh"}
    assert all("no model could write it" in reason for reason in waiting["reason"])
    assert done(rows) + waiting.height + rows.filter(status="extractive").height == 120


def test_the_judge_sees_one_eaten_backslash_one_wrong_number_and_a_cut_text() -> None:
    title, abstract = sample(1).select("title", "abstract").row(0)
    meant = summary(title, abstract, "en")
    assert damaged_fields(meant, title, abstract) == []
    text = str(meant["tldr"])
    for wrong in (f"{text[:20]}\x0c{text[21:]}", text.replace(" ", " 7 ", 1), text[: len(text) // 2]):
        assert damaged_fields({**meant, "tldr": wrong}, title, abstract) == ["tldr"]
