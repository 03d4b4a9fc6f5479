"""A day summarized by a model, through Dagster and over real HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assets.papers.schema import PAPERS
from assets.summaries.checks import check_summary
from assets.summaries.fields import TEXT_FIELDS
from assets.summaries.schema import SUMMARIES
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.orchestration.conftest import Run

DAY = "2025-09-01"
KEY = "sk-not-to-be-seen-anywhere"


def test_a_day_is_summarized_by_the_model_and_its_key_is_nowhere(
    almanac: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    with serving(Behaviour()) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        told = almanac("run", DAY, "--no-roll-up", home=home.root, source="sample", model="emulated")
        examined = almanac("doctor", home=home.root, source="sample", model="emulated")
    assert told.code == 0, told.err
    rows = Lake(home.root / "lake").read(SUMMARIES, [DAY])
    assert set(rows["status"]) <= {"complete", "repaired"}
    assert set(rows["model"]) == {"emulated"}
    digest = json.loads(home.digest(DAY)[1].read_text())
    assert digest["counts"]["status"]["extractive"] == 0
    assert "summarizer" in examined.out
    assert KEY not in told.out + told.err + examined.out + examined.err
    holding = [path for path in home.root.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert holding == []


def test_a_backfill_through_batches_asks_for_all_its_days_at_once(
    almanac: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    given = {"home": home.root, "source": "sample", "model": "emulated", "summarizer": "openai-batch"}
    with serving(Behaviour()) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        assert almanac("run", "2025-08-29", "--no-roll-up", **given).code == 0
        batches, papers = server.served.batches, len(server.served.answers)
        # The day between is finished, so Dagster makes the two others in two runs.
        told = almanac("backfill", "2025-08-28", "2025-09-01", "--no-roll-up", **given)
        assert told.code == 0, told.err
        assert batches == 1
        assert server.served.batches == 2
        assert set(server.served.answers.values()) == {1}
    rows = Lake(home.root / "lake").read(SUMMARIES, ["2025-08-28", "2025-08-29", "2025-09-01"])
    assert set(rows["status"]) <= {"complete", "repaired"}
    assert 0 < papers < rows.height


def test_the_doctor_tells_that_the_endpoint_is_away(
    almanac: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    examined = almanac("doctor", home=tmp_path / "home", source="sample", model="emulated")
    assert examined.code == 1
    assert "the model endpoint did not answer" in examined.out


FAULTS = ("copied", "invented_number", "wrong_language", "placeholder", "control_characters", "off_topic")


def test_what_fails_a_check_is_repaired_or_falls_and_is_never_published_as_it_was(
    almanac: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    with serving(Behaviour(faults=dict.fromkeys(FAULTS, 0.14), seed=4)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        told = almanac("run", DAY, "--no-roll-up", home=home.root, source="sample", model="emulated")
        struck = {kind for kind in FAULTS if server.served.faults[kind]}
    assert told.code == 0, told.err
    assert struck == set(FAULTS)
    lake = Lake(home.root / "lake")
    abstracts = dict(lake.read(PAPERS, [DAY]).select("paper_id", "abstract").iter_rows())
    titles = dict(lake.read(PAPERS, [DAY]).select("paper_id", "title").iter_rows())
    rows = {row["paper_id"]: row for row in lake.read(SUMMARIES, [DAY]).iter_rows(named=True)}
    digest = json.loads(home.digest(DAY)[1].read_text())
    markdown = home.digest(DAY)[0].read_text()
    shown = [entry for section in digest["sections"] for entry in section["papers"]]
    assert {"repaired", "extractive"} <= {entry["status"] for entry in shown}
    for entry in shown:
        paper, status = entry["id"], entry["status"]
        assert status == rows[paper]["status"]
        texts = {field: entry["summary"][field] for field in TEXT_FIELDS}
        findings = check_summary(
            texts, title=titles[paper], abstract=abstracts[paper], extractive=status == "extractive"
        )
        assert [finding for finding in findings if finding.severity == "error"] == []
        # The abstract's own sentences are called so; a TL;DR that a model is said to have written is no copy of them.
        taken = texts["tldr"].rstrip(".") in abstracts[paper]
        assert status == "extractive" or not taken
    assert markdown.count("*extractive*") > sum(entry["status"] == "extractive" for entry in shown)
