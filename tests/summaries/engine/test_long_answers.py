"""An answer of any length holds up nobody."""

from __future__ import annotations

import json
from pathlib import Path

from assets.summaries.engine.endpoint import LONGEST_BODY
from assets.summaries.schema import SUMMARIES
from tests.emulators.llm.texts import summary
from tests.summaries.engine.answering import answering, completion
from tests.summaries.engine.papers import assert_sound, engine, sample, statuses


def test_a_body_without_an_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    papers = sample(1)
    with answering(lambda _: (200, b" " * (LONGEST_BODY + 1_000_000))) as endpoint:
        rows = engine(endpoint.base_url, tmp_path, attempts=2).summarize(papers, ["en"], SUMMARIES.empty())
    assert statuses(rows) == {"pending": 1}
    assert f"longer than {LONGEST_BODY:,} bytes" in rows["reason"][0]


def test_long_thoughts_before_an_answer_do_not_count(tmp_path: Path) -> None:
    papers = sample(1)
    told = summary(papers["title"][0], papers["abstract"][0], "en")
    text = f"<think>{'It may be so. ' * 20_000}</think>{json.dumps(told)}"
    with answering(lambda _: completion(text)) as endpoint:
        rows = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
    assert_sound(papers, rows)
    assert len(endpoint.asked) == 1


def test_an_answer_of_white_space_is_asked_for_again(tmp_path: Path) -> None:
    papers = sample(1)
    answers = iter(["{" + "\n" * 200_000])
    good = summary(papers["title"][0], papers["abstract"][0], "en")
    with answering(lambda _: completion(next(answers, good))) as endpoint:
        rows = engine(endpoint.base_url, tmp_path).summarize(papers, ["en"], SUMMARIES.empty())
    assert_sound(papers, rows)
    assert len(endpoint.asked) == 2
