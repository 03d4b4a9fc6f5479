"""A soak: announcement days in fast-forward, with faults everywhere and a daemon that is killed; and its account."""

from __future__ import annotations

import collections
import contextlib
import datetime as dt
import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assets.digests.schema import DIGESTS
from assets.listings.schema import RAW_LISTINGS
from assets.overviews.schema import OVERVIEWS, TREND_ARTICLES
from assets.papers.schema import PAPERS
from assets.summaries.engine.journal import FILE
from assets.summaries.schema import SUMMARIES
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.instance import instance_text
from tests.emulators.arxiv.faults import Faults
from tests.emulators.arxiv.invented import Invented, invent
from tests.emulators.arxiv.papers import papers_of
from tests.emulators.arxiv.server import Emulator
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import Running, serving
from tests.listings.emulated import FOLLOWED
from tests.orchestration.alerts.hooks import hooked

ROOT = Path(__file__).parents[2]
MODEL_FAULTS = {"rate_limit": 0.03, "error_500": 0.03, "error_502": 0.02, "reset": 0.02, "html": 0.01}
"""Shares of the requests that fail on their way: what comes is no answer, and is not charged for."""
ARXIV_FAULTS = 0.15
"""Share of the requests to arXiv that fail in ways from which asking again recovers."""
LAUNCHER = "run_launcher:\n  module: tests.soak.launcher\n  class: InThisProcess\n"


@dataclass
class Account:
    """What a soak came to; every list should be empty."""

    days: int
    papers: int
    kills: int
    processes: int
    seconds: float
    answers: int
    messages: int
    missing: list[str] = field(default_factory=list)
    """Days without a digest."""
    wrong: list[str] = field(default_factory=list)
    """Days with other papers than arXiv announced."""
    behind: list[str] = field(default_factory=list)
    """Months and years whose pages do not tell of their last day."""
    incomplete: list[str] = field(default_factory=list)
    """Papers whose summary is pending."""
    paid_twice: list[str] = field(default_factory=list)
    """Papers whose answer was delivered again although it was in the journal when the process started."""
    told_twice: list[str] = field(default_factory=list)
    """Messages that came more than once."""


def soak(folder: Path, days: int, kills: int, seed: int, papers_a_day: int = 6, first: str = "2025-10-27") -> Account:
    """Lets so many announcement days pass, with so many kills of the daemon at random moments.

    `first` is the evening of the first mailing that the schedule sees. Raises RuntimeError where the daemon ends
    without a kill before the days have passed.
    """
    begin = dt.date.fromisoformat(first)
    world = invent(begin - dt.timedelta(days=20), begin + dt.timedelta(days=int(days * 1.6) + 20), papers_a_day, seed)
    seen = [day for day in world.days if day > begin][:days]
    last = seen[-1] - dt.timedelta(days=1)
    home, clock = Home(folder / "home"), folder / "clock"
    home.dagster.mkdir(parents=True)
    (home.dagster / "dagster.yaml").write_text(instance_text("sqlite").split("\n", 1)[1] + LAUNCHER)
    chance, started = random.Random(seed), time.monotonic()
    with (
        Emulator(papers_of(world.records), page_size=40) as arxiv,
        serving(Behaviour(seed=seed, latency=0.01, faults=MODEL_FAULTS)) as model,
        hooked() as hook,
    ):
        arxiv.faults = Faults.mixed(ARXIV_FAULTS, seed, retry_after="0", slow_seconds=0.01)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("ALMANAC_", "OPENAI_"))},
            "PYTHONPATH": str(ROOT),
            "DAGSTER_HOME": str(home.dagster),
            "ALMANAC_HOME": str(home.root),
            "ALMANAC_SOURCE": "oai",
            "ALMANAC_OAI_URL": arxiv.oai_url,
            "ALMANAC_ARXIV_API_URL": arxiv.api_url,
            "ALMANAC_MODEL": "emulated",
            "ALMANAC_ALERT_WEBHOOK": hook.address,
            "ALMANAC_SITE": "no",
            "OPENAI_BASE_URL": model.base_url,
        }
        call = [sys.executable, "-m", "tests.soak.daemon", str(home.root), str(clock), first, f"{last}"]
        call.append(f"{arxiv.url}/_emulator")
        known: list[tuple[int, dict[str, int]]] = []
        done = processes = 0
        while True:
            processes += 1
            known.append((len(model.served.deliveries), _journaled(home)))
            with (folder / "log").open("ab") as log:
                process = subprocess.Popen(
                    call, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
                )
            if done < kills:
                answers = len(model.served.deliveries)
                patience = time.monotonic() + chance.uniform(5, 60)
                while process.poll() is None and len(model.served.deliveries) == answers:
                    if time.monotonic() > patience:
                        break
                    time.sleep(0.02)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(chance.uniform(0, 4))
            else:
                process.wait()
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                done += 1
            elif process.returncode:
                raise RuntimeError(f"the daemon ended with {process.returncode}; what it said is in {folder / 'log'}")
            else:
                break
        account = Account(
            len(seen), 0, done, processes, time.monotonic() - started, len(model.served.deliveries), len(hook.texts)
        )
        _check_days(account, Lake(home.root / "lake"), world, [f"{day}" for day in seen])
        _check_pages(account, Lake(home.root / "lake"), seen)
        account.paid_twice = _paid_twice(model, known, Lake(home.root / "lake"), [f"{day}" for day in seen])
        account.told_twice = [text for text, times in collections.Counter(hook.texts).items() if times > 1]
    return account


def _check_days(account: Account, lake: Lake, world: Invented, days: list[str]) -> None:
    """Compares each day with what was announced on it."""
    for day in days:
        if not lake.has(DIGESTS, day):
            account.missing.append(day)
            continue
        listed = lake.read(RAW_LISTINGS, [day]).filter(listing="new")["paper_id"].to_list()
        announced = world.new_on(dt.date.fromisoformat(day), *FOLLOWED)
        if sorted(listed) != sorted(announced):
            account.wrong.append(day)
        rows = lake.read(SUMMARIES, [day])
        account.papers += rows.height
        account.incomplete += rows.filter(status="pending")["paper_id"].to_list()
        papers = set(lake.read(PAPERS, [day])["paper_id"])
        account.incomplete += sorted(papers - set(rows["paper_id"]))


def _check_pages(account: Account, lake: Lake, days: Sequence[dt.date]) -> None:
    """Looks how far the pages of each month and year reach."""
    latest = {f"{day}"[:length]: day for day in sorted(days) for length in (4, 7)}
    for key, day in latest.items():
        table = OVERVIEWS if len(key) == 4 else TREND_ARTICLES
        reached = lake.read(table, [key])["as_of"].to_list()
        if not reached or min(reached) < day:
            account.behind.append(key)


def _journaled(home: Home) -> dict[str, int]:
    """Paper → answers in the journal."""
    path = home.answers / FILE
    if not path.exists():
        return {}
    with contextlib.closing(sqlite3.connect(path)) as database:
        return dict(database.execute("SELECT paper_id, count(*) FROM answers GROUP BY paper_id").fetchall())


def _paid_twice(model: Running, known: list[tuple[int, dict[str, int]]], lake: Lake, days: list[str]) -> list[str]:
    """Papers of which an answer was delivered that the journal held when the process started that asked for it."""
    papers = lake.read(PAPERS, days)
    ids = {
        hashlib.sha256(abstract.encode()).hexdigest()[:16]: paper
        for paper, abstract in zip(papers["paper_id"], papers["abstract"], strict=True)
    }
    asked: collections.defaultdict[str, list[str]] = collections.defaultdict(list)
    for paper, question in model.served.deliveries:
        if question not in asked[paper]:
            asked[paper].append(question)
    twice = []
    for number, (paper, question) in enumerate(model.served.deliveries):
        journaled = [held for start, held in known if start <= number][-1]
        # A paper's next question is put when the answer to the last one is in the journal, so these are the first.
        if paper in ids and question in asked[paper][: journaled.get(ids[paper], 0)]:
            twice.append(ids[paper])
    return twice
