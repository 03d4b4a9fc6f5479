"""`almanac dev` in a real browser: a backfill over five days, started by hand in the UI, and what follows it.

Takes some minutes, for the web server and the daemon run as they do for a user; `make ui` runs it. The pictures that
it takes lie in the folder that it names at its end.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assets.digests.schema import DIGESTS
from assets.overviews.schema import OVERVIEWS, TREND_ARTICLES
from assets.summaries.schema import SUMMARIES
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake

pytestmark = pytest.mark.ui

DAYS = ["2025-08-28", "2025-08-29", "2025-09-01", "2025-09-03", "2025-09-04"]
PROGRAM = "from orchestration.cli import main; main()"
ROOT = Path(__file__).parents[2]
SECONDS = 300


@dataclass(frozen=True)
class Dev:
    """The command that runs."""

    home: Home
    address: str
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def dev(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    if "ui" not in request.config.getoption("markexpr"):
        pytest.skip("Dagster's UI in a browser takes minutes: run `make ui`")
    folder = tmp_path_factory.mktemp("dev")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("ALMANAC_", "DAGSTER_"))}
    own = {"ALMANAC_HOME": str(folder / "home"), "ALMANAC_SOURCE": "sample", "ALMANAC_SUMMARIZER": "embedded"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "dev", "--port", str(port)],
            cwd=folder,
            env={**outside, **own, "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            wait_until(lambda: _answers(port), "the web server answers", process)
            yield Dev(Home(folder / "home"), f"http://127.0.0.1:{port}", process)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(60)


def _answers(port: int) -> bool:
    with socket.socket() as asking:
        asking.settimeout(1)
        return asking.connect_ex(("127.0.0.1", port)) == 0


def wait_until(true: Callable[[], bool], what: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + SECONDS
    while not true():
        assert process.poll() is None, "almanac dev ended"
        assert time.monotonic() < until, f"waited {SECONDS} s until {what}"
        time.sleep(0.5)


@pytest.fixture
def page(dev: Dev, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1400, "height": 900}, base_url=dev.address)
    page.set_default_timeout(SECONDS * 1000)
    expect.set_options(timeout=SECONDS * 1000)  # its own default of 5 s is short on a machine that does other work
    elsewhere: list[str] = []
    page.on("request", lambda asked: None if asked.url.startswith(dev.address) else elsewhere.append(asked.url))
    yield page
    page.close()
    assert [url for url in elsewhere if not url.startswith(("data:", "blob:"))] == []


def test_a_backfill_is_started_in_the_ui_and_its_months_and_year_follow(dev: Dev, page: Page, tmp_path: Path) -> None:
    page.goto("/asset-groups")
    expect(page.get_by_text("listings", exact=True).first).to_be_visible()
    page.screenshot(path=tmp_path / "graph.png")

    page.goto("/locations/orchestration.definitions/jobs/daily")
    page.get_by_role("button", name="Materialize all").click()
    page.get_by_text("Show all partitions").click()
    days = page.get_by_placeholder("ex: 1991-08-14")
    days.fill(f"[{DAYS[0]}...{DAYS[-1]}]")
    days.press("Tab")
    expect(page.get_by_text("5 partitions", exact=True).first).to_be_visible()
    page.screenshot(path=tmp_path / "launch.png")
    page.get_by_role("button", name="Launch backfill").click()
    lake = Lake(dev.home.root / "lake")
    wait_until(lambda: lake.keys(DIGESTS) == DAYS, "five digests are there", dev.process)

    page.goto("/assets/summaries?view=checks&checkDetail=summaries_are_complete")
    expect(page.get_by_text("Succeeded").first).to_be_visible()
    expect(page.get_by_text("summaries_are_sound").first).to_be_visible()
    page.screenshot(path=tmp_path / "checks.png")
    page.goto(f"/assets/summaries?view=partitions&partition={DAYS[-1]}")
    expect(page.get_by_text("dagster/partition_row_count").first).to_be_visible()
    rows = lake.row_count(SUMMARIES, DAYS[-1])
    expect(page.get_by_role("cell", name=f"{rows}", exact=True).first).to_be_visible()
    page.screenshot(path=tmp_path / "partition.png")

    months = ["2025-08", "2025-09"]
    wait_until(lambda: lake.keys(TREND_ARTICLES) == months, "the months followed", dev.process)
    wait_until(lambda: lake.keys(OVERVIEWS) == ["2025"], "the year followed", dev.process)
    wait_until(lambda: dev.home.site.joinpath("index.html").exists(), "the site followed", dev.process)
    page.goto("/runs")
    expect(page.get_by_text("Backfill").first).to_be_visible()
    expect(page.get_by_text("Success").first).to_be_visible()
    expect(page.get_by_text("Failure")).to_have_count(0)
    page.screenshot(path=tmp_path / "runs.png")
    print(f"pictures: {tmp_path}")
