"""`almanac backfill --estimate` tells what a range would take, and calls no model for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.orchestration.conftest import DAYS, Run

MODEL = {"model": "emulated", "prices": "emulated=1/4"}
NOBODY = "http://127.0.0.1:9/v1"


def figures(out: str, how: str) -> list[str]:
    """The columns of a line after its label: papers, requests, tokens sent, received, dollars, dollars by batch."""
    line = next(line for line in out.splitlines() if how in line)
    return line.split(how)[1].split()


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", NOBODY)


@pytest.mark.usefixtures("nobody")
def test_a_file_is_counted_and_nothing_is_made(almanac: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    told = almanac("backfill", DAYS[0], DAYS[-1], "--estimate", home=home, source="sample", **MODEL)
    assert told.code == 0, told.err
    papers, requests, _, _, dollars, by_batch = figures(told.out, "counted in the source (sample)")
    assert papers == "139"
    assert 139 <= int(requests) <= 150
    assert float(dollars) > 0
    assert float(by_batch) == pytest.approx(float(dollars) / 2, abs=0.01)
    assert "How long it takes is not known" in told.out
    assert not (home / "lake" / "papers").exists()


@pytest.mark.usefixtures("nobody")
def test_limits_tell_how_long_it_takes(almanac: Run, tmp_path: Path) -> None:
    told = almanac(
        "backfill", DAYS[0], DAYS[-1], "--estimate",
        home=tmp_path / "home", source="sample", requests_per_minute=1, **MODEL,
    )  # fmt: skip
    assert "About 2.4 hours" in told.out


def test_unknown_days_of_a_live_source_are_taken_to_be_like_the_known_and_labelled(
    almanac: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    assert almanac("import", str(snapshot(tmp_path)), home=home).code == 0
    monkeypatch.setenv("OPENAI_BASE_URL", NOBODY)
    told = almanac("backfill", "2026-01-29", "2026-02-02", "--estimate", home=home, source="api", **MODEL)
    assert told.code == 0, told.err
    assert figures(told.out, "counted in the lake")[0] == "4"
    assert figures(told.out, "by the average of 1 known day (an assumption)")[0] == "8"
    assert figures(told.out, "all")[0] == "12"


def test_unknown_days_are_not_free_because_the_known_one_is_summarized(
    almanac: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = {"home": tmp_path / "home", **MODEL}
    with serving(Behaviour()) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        assert almanac("run", DAYS[2], "--no-roll-up", source="sample", **home).code == 0
        told = almanac("backfill", "2026-01-21", "2026-01-22", "--estimate", source="api", **home)
    papers, requests, *_, dollars, _ = figures(told.out, "by the average of 1 known day (an assumption)")
    assert papers == "40"
    assert int(requests) >= 40
    assert float(dollars) > 0


@pytest.mark.usefixtures("nobody")
def test_without_a_known_day_it_says_what_to_do(almanac: Run, tmp_path: Path) -> None:
    told = almanac("backfill", "2026-01-29", "2026-02-02", "--estimate", home=tmp_path / "home", source="api", **MODEL)
    assert told.code == 1
    assert "make one day with `almanac run`" in told.err


def test_what_is_made_already_is_not_counted_again(
    almanac: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = {"home": tmp_path / "home", "source": "sample", **MODEL}
    with serving(Behaviour()) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        assert almanac("run", DAYS[2], "--no-roll-up", **home).code == 0
        before = sum(endpoint.served.requests.values())
        told = almanac("backfill", DAYS[2], DAYS[2], "--estimate", **home)
        assert sum(endpoint.served.requests.values()) == before
    assert figures(told.out, "counted in the lake") == ["20", "0", "0", "0", "0.00", "0.00"]


def test_the_embedded_summarizer_costs_nothing(almanac: Run, tmp_path: Path) -> None:
    told = almanac("backfill", DAYS[0], DAYS[-1], "--estimate", home=tmp_path / "home", source="sample")
    assert told.code == 0
    assert "nothing is to be paid" in told.out


def snapshot(folder: Path) -> Path:
    from tests.orchestration.test_bad_input import lines, write

    return write(folder / "s.jsonl", lines(4))
