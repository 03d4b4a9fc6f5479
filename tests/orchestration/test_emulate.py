"""`almanac emulate` as a new user tries it: its printed settings lead to a live set-up on this machine alone."""

from __future__ import annotations

import datetime as dt
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from assets.calendar.days import latest_announced_day, previous_announcement_day
from assets.listings import api_session
from assets.listings.schema import RAW_LISTINGS
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from orchestration import emulation
from tests.orchestration.conftest import Run

ROOT = Path(__file__).parents[2]
PROGRAM = "from orchestration.cli import main; main()"


@contextmanager
def emulated(folder: Path, *options: str) -> Iterator[dict[str, str]]:
    """The command as a process in a folder, ended by what Ctrl-C sends; the settings that it printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "emulate", "--port", "0", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    settings: dict[str, str] = {}
    last = "ALMANAC_MODEL" if "--llm" in options else "ALMANAC_HOME"
    try:
        assert process.stdout is not None
        while last not in settings and (line := process.stdout.readline()):
            if exported := re.fullmatch(r"export ([A-Z_]+)=(.*)\n", line):
                (settings[exported[1]],) = shlex.split(exported[2], comments=True)
        yield settings
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert (process.returncode, said) == (0, "")
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def own_pace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pace of this machine is kept in a file of this test, so that no other test has to wait for it."""
    monkeypatch.setattr(api_session.tempfile, "tempdir", str(tmp_path))


@pytest.mark.usefixtures("own_pace")
def test_the_printed_settings_lead_to_every_source_and_a_model(
    almanac: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    latest = latest_announced_day(dt.datetime.now(dt.UTC))
    before = previous_announcement_day(latest)
    found: dict[str, set[str | None]] = {}

    def run(source: str, *arguments: str) -> str:
        told = almanac(*arguments, "--no-roll-up", home=tmp_path / source, source=source)
        assert told.code == 0, told.err
        rows = Lake(tmp_path / source / "lake").read(RAW_LISTINGS, [f"{before}"])
        found[source] = set(rows.filter(rows["listing"] == "new")["paper_id"])
        return told.out

    with emulated(tmp_path) as settings:
        assert settings["ALMANAC_HOME"] == str(tmp_path / "almanac-emulated")
        assert settings["ALMANAC_SOURCE"] == "oai"
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        assert "Made 1 day" in run("oai", "backfill", f"{before}", f"{before}")
        assert "Made 1 day" in run("api", "run", f"{before}")
        address = settings["ALMANAC_RSS_URL"].removesuffix("rss") + "_emulator"
        assert httpx2.post(address, json={"now": f"{before}T12:00:00Z"}).is_success
        with emulated(tmp_path, "--llm") as model:
            for name, value in model.items():
                monkeypatch.setenv(name, value)
            assert "Made 1 day" in run("rss", "run", f"{before}")
        served = httpx2.get(address).json()["by_service"]
    assert set(served) == {"oai", "api", "rss"}
    assert len(found["oai"]) > 10
    # The API tells nothing of announcements: a paper that was held for more than ten days is not found by it.
    assert found["api"] <= found["oai"]
    assert len(found["api"]) >= len(found["oai"]) - 3
    # A feed calls a paper new where its primary category was asked for, and a cross-list elsewhere.
    assert found["rss"] < found["oai"]
    rows = Lake(tmp_path / "rss" / "lake").read(SUMMARIES, [f"{before}"])
    assert set(rows["model"]) == {"emulated"}


def test_faults_a_clock_and_a_file_of_ones_own_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    shutil.copy(ROOT / "assets" / "listings" / "sample" / "papers.jsonl", path)
    options = ["--snapshot", path.name, "--now", "2025-09-04T12:00:00Z", "--lag", "60"]
    options += ["--share", "1", "--fault", "too_many_requests"]
    with emulated(tmp_path, *options) as settings:
        refused = httpx2.get(f"{settings['ALMANAC_OAI_URL']}?verb=Identify")
        state = httpx2.get(settings["ALMANAC_RSS_URL"].removesuffix("rss") + "_emulator").json()
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, False)
    assert (state["now"], state["lag_minutes"]) == ("2025-09-04T12:00:00+00:00", 60)
    assert state["papers"] > 140


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--snapshot", "none.jsonl"], 1, "none.jsonl does not exist"),
        (["--fault", "fire"], 2, "invalid choice: 'fire'"),
    ],
)
def test_a_wrong_option_gets_a_sentence(tmp_path: Path, options: list[str], code: int, said: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, "emulate", "--port", "0", *options],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == code
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_installation_without_the_servers_says_what_to_do(
    almanac: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emulation, "CHECKOUT", tmp_path)
    for option in ([], ["--llm"]):
        told = almanac("emulate", *option)
        assert told.code == 1
        assert "call almanac from a checkout" in told.err
        assert told.err.count("\n") == 1
