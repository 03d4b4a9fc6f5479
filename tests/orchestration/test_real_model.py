"""Ten papers through a small real model: what it writes is poor, what is tried is how the almanac deals with it."""

from __future__ import annotations

import collections
import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assets.listings.sample import CORPUS
from assets.papers.schema import PAPERS
from assets.summaries.engine.journal import FILE
from assets.summaries.fields import TEXT_FIELDS
from assets.summaries.judgement import incomplete_papers, text_problems
from assets.summaries.schema import SUMMARIES
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from tests.orchestration import llama_server
from tests.orchestration.conftest import Run

DAY, SUBMITTED = "2025-08-28", "Wed, 27 Aug 2025"
COUNT = 10

pytestmark = pytest.mark.real_model


@pytest.fixture
def model(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server with a real model, set as the endpoint; skips the test unless it was asked for by its marker."""
    if "real_model" not in request.config.getoption("markexpr"):
        pytest.skip("takes minutes: a real model is tried by `make real-model` alone")
    if lacking := llama_server.missing():
        pytest.skip(f"not installed: {', '.join(lacking)}; `make real-model` installs what a real model needs")
    with llama_server.serving(tmp_path / "server.log") as address:
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        yield


def snapshot(folder: Path) -> Path:
    """Ten invented papers of one day in a file of the snapshot's layout."""
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    chosen = [line for line in lines if re.search(f'"{SUBMITTED} (0|1[0-7])', line) and len(line) > 1_500][:COUNT]
    assert len(chosen) == COUNT
    path = folder / "ten.jsonl"
    path.write_text("\n".join(chosen) + "\n", encoding="utf-8")
    return path


@pytest.mark.usefixtures("model")
def test_a_real_model_loses_no_paper_and_publishes_nothing_corrupt(
    almanac: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    settings = {
        "home": home.root, "source": "snapshot", "snapshot": snapshot(tmp_path), "model": llama_server.MODEL,
        "categories": "all", "completeness": 0.9, "max_concurrency": llama_server.SLOTS,
    }  # fmt: skip
    examined = almanac("doctor", **settings)
    assert examined.code == 0, examined.out
    assert f"openai: {llama_server.MODEL}" in examined.out

    start = time.monotonic()
    told = almanac("run", DAY, "--no-roll-up", **settings)
    seconds = time.monotonic() - start
    lake = Lake(home.root / "lake")
    papers, rows = lake.read(PAPERS, [DAY]), lake.read(SUMMARIES, [DAY])
    answers = journal(home)
    statuses = collections.Counter(rows["status"])
    with capfd.disabled():
        report(seconds, statuses, answers, rows.select("paper_id", "status", "reason").rows())

    # Nothing is lost: each paper has its row, and each row without a model's whole text says why.
    assert papers.height == COUNT
    assert rows["paper_id"].to_list() == papers["paper_id"].to_list()
    assert set(statuses) <= {"complete", "repaired", "extractive", "pending"}
    for row in rows.iter_rows(named=True):
        if row["status"] in ("extractive", "pending"):
            assert row["reason"]
        if row["status"] == "pending":
            assert not any(row[field] for field in TEXT_FIELDS)
    # Nothing corrupt is published, and the digest holds every paper that is complete.
    assert text_problems(papers, rows) == []
    unfinished = incomplete_papers(papers, rows, ["en"])
    if len(unfinished) <= 0.1 * COUNT:
        assert told.code == 0, told.err
        digest = json.loads(home.digest(DAY)[1].read_text())
        assert sum(len(section["papers"]) for section in digest["sections"]) == COUNT
    else:
        assert told.code == 1
        assert not home.digest(DAY)[1].exists()

    # The server understood the form that it was asked for: what it finished is the object wanted.
    finished = [content for content, reason in answers if reason == "stop"]
    assert all(isinstance(json.loads(content), dict) for content in finished)

    # A second run asks only for what the first could not have.
    again = almanac("run", DAY, "--no-roll-up", **settings)
    assert again.code == told.code
    kept = rows.filter(rows["status"].is_in(["complete", "repaired"]))
    after = lake.read(SUMMARIES, [DAY])
    assert after.filter(after["paper_id"].is_in(kept["paper_id"].to_list())).equals(kept)


def journal(home: Home) -> list[tuple[str, str]]:
    """Text and reason of the end of each answer, as they came."""
    with closing(sqlite3.connect(home.root / "answers" / FILE)) as database:
        return database.execute("SELECT content, finish_reason FROM answers ORDER BY created_at").fetchall()


def report(
    seconds: float, statuses: collections.Counter[str], answers: list[tuple[str, str]], rows: list[tuple[object, ...]]
) -> None:
    """What happened, for the reader of the terminal."""
    ends = collections.Counter(reason for _, reason in answers)
    print(f"\n{COUNT} papers in {seconds:.0f} s: {dict(statuses)}; {len(answers)} answers, ended by {dict(ends)}")
    for paper, status, reason in rows:
        print(f"  {paper} {status}: {reason}")
