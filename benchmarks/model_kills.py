"""A day that is killed with SIGKILL twenty times at random moments: `python -m benchmarks.model_kills [--quick]`.

`almanac run` makes a day of 400 papers; the process group is killed, in four cases of five at a random moment within a
second of its first answer, else at a random moment of its start. Faults on the way: 3 % HTTP 500, 10 % of the answers
lack a field, so that some papers need two questions.

An answer is *paid twice* where the endpoint delivers, whole, the answer to a question whose answer was in the journal
when the process started. What it delivered and the process that was killed had not yet written down is counted apart:
that was on its way.
"""

from __future__ import annotations

import collections
import contextlib
import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from assets.papers.schema import PAPERS
from assets.summaries.engine.journal import FILE
from assets.summaries.judgement import incomplete_papers
from assets.summaries.schema import SUMMARIES
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from benchmarks.model_endpoint import DAY, MONTH, ROOT, endpoint, print_table, records, served
from benchmarks.model_options import scale_of
from tests.emulators.llm.judging import damaged_fields

KILLS, COUNT, CONCURRENCY = 20, 400, 8
WITHIN = 1.0
"""Seconds after the first answer of a process in which it is killed."""
PATIENCE = 120.0
OPTIONS = ("--latency", "0.3", "--sigma", "0.5", "--fault", "error_500=0.03", "--fault", "missing_field=0.1")


class Day:
    """The day, its home and its endpoint."""

    def __init__(self, home: Home, snapshot: Path, url: str) -> None:
        self.home, self.url = home, url
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("ALMANAC_", "OPENAI_"))},
            "ALMANAC_HOME": str(home.root),
            "ALMANAC_SOURCE": "snapshot",
            "ALMANAC_SNAPSHOT": str(snapshot),
            "ALMANAC_CATEGORIES": "all",
            "ALMANAC_MODEL": "emulated",
            "ALMANAC_MAX_CONCURRENCY": str(CONCURRENCY),
            "OPENAI_BASE_URL": url,
            "PYTHONPATH": str(ROOT),
        }
        self.known: list[Mapping[str, int]] = []
        """For each process: paper → answers in the journal when it started."""
        self.starts: list[int] = []
        """For each process: answers that the endpoint had delivered when it started."""

    def start(self) -> subprocess.Popen[bytes]:
        """Starts `almanac run` in a process group of its own."""
        self.known.append(self.journaled())
        self.starts.append(len(served(self.url)["deliveries"]))
        command = [sys.executable, "-m", "orchestration.cli", "run", str(DAY), "--no-roll-up"]
        return subprocess.Popen(
            command, cwd=self.home.root.parent, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def journaled(self) -> Mapping[str, int]:
        """Paper → answers in the journal."""
        path = self.home.answers / FILE
        if not path.exists():
            return {}
        with contextlib.closing(sqlite3.connect(path)) as database:
            return dict(database.execute("SELECT paper_id, count(*) FROM answers GROUP BY paper_id").fetchall())

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kills the group, and waits until the endpoint is done with what was on its way."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        deadline = time.monotonic() + 10
        # The call that asks is no completion, so it does not count itself.
        while served(self.url)["in_flight"] and time.monotonic() < deadline:
            time.sleep(0.05)

    def kill_somewhere(self, chance: random.Random) -> bool:
        """One process and its end; False where it was done before it could be killed."""
        process = self.start()
        delivered = self.starts[-1]
        early = chance.random() < 0.2
        deadline = time.monotonic() + PATIENCE
        while not early and len(served(self.url)["deliveries"]) == delivered and time.monotonic() < deadline:
            if process.poll() is not None:
                return False
            time.sleep(0.02)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, 3 * WITHIN if early else WITHIN))
            return False
        self.kill(process)
        return True


def main() -> None:
    """Kills, lets the last process finish, and counts."""
    scale = scale_of(__doc__)
    kills, count = max(3, int(KILLS * scale)), max(60, int(COUNT * scale))
    chance = random.Random(20260130)
    with tempfile.TemporaryDirectory() as name, endpoint(*OPTIONS) as url:
        day = Day(Home(Path(name) / "home"), _snapshot(Path(name), count), url)
        day.home.root.mkdir()
        done = 0
        while done < kills and day.kill_somewhere(chance):
            done += 1
        last = day.start()
        last.wait()
        counted = served(url)
        lake = Lake(day.home.root / "lake")
        papers, rows = lake.read(PAPERS, [str(DAY)]), lake.read(SUMMARIES, [str(DAY)])
        twice, on_their_way, hedges = _paid(day, papers, counted["deliveries"])
        digest = json.loads(day.home.digest(str(DAY))[1].read_text(encoding="utf-8"))
    shown = {paper["id"] for section in digest["sections"] for paper in section["papers"]}
    lost = papers.height - rows.filter(pl.col("status") != "pending").height
    by_paper = {row["paper_id"]: row for row in papers.iter_rows(named=True)}
    corrupt = sum(
        bool(damaged_fields(row, by_paper[row["paper_id"]]["title"], by_paper[row["paper_id"]]["abstract"]))
        for row in rows.iter_rows(named=True)
    )
    print(f"{papers.height} papers, `almanac run` killed {done} times; the last run's exit code is {last.returncode}")
    print_table(
        ["what", "count"],
        [
            ["answers delivered and charged for", len(counted["deliveries"])],
            ["of these, paid twice", twice],
            ["of these, asked for again because one was on its way at a kill", on_their_way],
            ["of these, second answers to a hedged request", hedges],
            ["papers without a row, or pending", lost],
            ["papers that the asset check finds incomplete", len(incomplete_papers(papers, rows, ["en"]))],
            ["papers missing from the digest", papers.height - len(shown)],
            ["corrupt rows", corrupt],
        ],
    )


def _snapshot(folder: Path, count: int) -> Path:
    """So many records of one day, in the layout of the snapshot."""
    if not MONTH.exists():
        raise SystemExit(f"the list of real papers is not there: {MONTH}")
    path = folder / "day.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        left = count
        for line in records(MONTH):
            record: dict[str, Any] = json.loads(line)
            if record.get("announced") == str(DAY) and record["categories"] and len(record["abstract"]) > 300 and left:
                lines.write(json.dumps(record) + "\n")
                left -= 1
    return path


def _paid(day: Day, papers: pl.DataFrame, deliveries: Sequence[tuple[str, str]]) -> tuple[int, int, int]:
    """Answers paid twice, answers asked for again because one was on its way at a kill, and second ones of hedges."""
    ids = {
        hashlib.sha256(abstract.encode()).hexdigest()[:16]: paper_id
        for paper_id, abstract in zip(papers["paper_id"], papers["abstract"], strict=True)
    }
    asked: collections.defaultdict[str, list[str]] = collections.defaultdict(list)
    for paper, question in deliveries:
        if question not in asked[paper]:
            asked[paper].append(question)
    twice = again = hedges = 0
    seen: dict[tuple[str, str], int] = {}
    for number, (paper, question) in enumerate(deliveries):
        process = max(index for index, start in enumerate(day.starts) if start <= number)
        # A paper's next question is put when the answer to the last one is in the journal, so these are the first.
        known = asked[paper][: day.known[process].get(ids[paper], 0)]
        before = seen.get((paper, question))
        twice += question in known
        again += before is not None and before < process and question not in known
        hedges += before == process
        seen[paper, question] = process
    return twice, again, hedges


if __name__ == "__main__":
    main()
