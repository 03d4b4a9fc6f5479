"""kill -9 at random moments, on a folder and on an S3 server: `python -m benchmarks.lake_kills [--rounds N]`.

In each round two processes write days, a third one compacts their months and writes the catalog anew, and all of them
are killed within half a second. Then it is looked at what is there: every day once and whole, in the lake and in the
view, no older than the last write that had ended, no newer than the one that had begun. After the last round, the next
run's start heals what is left, and it is looked at again. `lost` are days that are missing or older than they may be,
`half` those with rows missing or of two writes, `doubled` those with too many rows.
"""

from __future__ import annotations

import argparse
import collections
import datetime as dt
import functools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from assets.errors import AlmanacError
from assets.warehouse.catalog import View, open_catalog, write_catalog
from assets.warehouse.compaction import pack, settle
from assets.warehouse.lake import Lake
from benchmarks.lake_stores import named, stores, told
from tests.warehouse.tables import COUNTS, counts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROUNDS, ROWS, LONGEST = 50, 200, 0.5
ROUNDS_A_MONTH = 10
DAYS_A_MONTH = 12
NOW = dt.timedelta(0)
ROOT = Path(__file__).parents[1]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--on", nargs=2, metavar=("STORAGE", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.on:
        print(json.dumps(measure(given.on[0], Path(given.on[1]), given.rounds)))
        return
    print("| storage | rounds | processes killed | writes ended | lost | half | doubled | errors | left over |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory(prefix="almanac-kills-") as name, stores(Path(name)) as found:
        for kind, store in found.items():
            # A process of its own, which forks: it must not have used Polars, DuckDB or the store before.
            command = [sys.executable, "-m", "benchmarks.lake_kills", "--rounds", str(given.rounds)]
            command += ["--on", told(store), name]
            done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
            result = json.loads(done.stdout)
            names = ("killed", "ended", "lost", "half", "doubled", "errors", "left")
            print(f"| {kind} | {given.rounds} | {' | '.join(str(result[name]) for name in names)} |", flush=True)


def measure(storage: str, folder: Path, rounds: int) -> Mapping[str, int]:
    """The rounds on one storage; how often what went wrong."""
    total: collections.Counter[str] = collections.Counter(dict.fromkeys(("lost", "half", "doubled", "errors"), 0))
    ended: dict[str, int] = {}
    name = "folder" if storage.startswith("/") else "s3"
    chance = random.Random(1)
    for number in range(rounds):
        path = folder / f"{name}-{number}.duckdb"  # so that each round makes a new one
        year = 2000 + number // ROUNDS_A_MONTH
        days = [f"{year}-{month:02}-{day:02}" for month in (1, 2) for day in range(1, DAYS_A_MONTH + 1)]
        reading, writing = os.pipe()
        tell = functools.partial(os.write, writing)
        works = [functools.partial(write, storage, mine, ended, tell) for mine in (days[::2], days[1::2])]
        works.append(functools.partial(compact, storage, path, [f"{year}-01", f"{year}-02"]))
        started = [forked(work) for work in works]
        os.close(writing)
        time.sleep(chance.uniform(0.15, 0.15 + LONGEST))
        for process in started:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        total["killed"] += len(started)
        with os.fdopen(reading) as lines:
            for line in lines.read().splitlines():
                day, turn = line.split()
                ended[day] = int(turn)
                total["ended"] += 1
        total.update(asked(functools.partial(look, storage, path, ended)))
    total.update(asked(functools.partial(heal, storage, path, ended)))
    return {**total, "left": total["left"]}


def forked(work: Callable[[], object]) -> int:
    """Starts a process that does the work, and returns its number."""
    process = os.fork()
    if process:
        return process
    try:
        work()
    finally:
        os._exit(0)


def asked(work: Callable[[], Mapping[str, int]]) -> Mapping[str, int]:
    """What the work returns, done by a process of its own."""
    reading, writing = os.pipe()
    process = forked(lambda: os.write(writing, json.dumps(work()).encode()))
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(process, 0)
    found: Mapping[str, int] = json.loads(text or '{"errors": 1}')
    return found


def write(storage: str, days: list[str], ended: Mapping[str, int], tell: Callable[[bytes], int]) -> None:
    """Writes the days again and again, each time with a higher number, and tells each write that has ended."""
    lake, chance, turns = Lake(named(storage)), random.Random(), dict(ended)
    while True:
        day = chance.choice(days)
        turns[day] = turns.get(day, 0) + 1
        lake.write(COUNTS, day, counts(day, *[turns[day]] * ROWS))
        tell(f"{day} {turns[day]}\n".encode())


def compact(storage: str, path: Path, months: list[str]) -> None:
    """Packs, closes and clears the months, and writes the catalog, each time with another view."""
    lake, turn = Lake(named(storage)), 0
    while True:
        turn += 1
        view = View(f"half_{turn % 2}", "SELECT day, papers / 2 AS half FROM counts", "Half of them.")
        write_catalog(path, lake, [COUNTS], [view])
        for month in months:
            if not lake.is_closed(COUNTS, month):
                pack(lake, COUNTS, month)
        settle(lake, COUNTS, NOW)


def look(storage: str, path: Path, ended: Mapping[str, int]) -> Mapping[str, int]:
    """What is wrong with the days, in the lake and in the view."""
    lake, found = Lake(named(storage)), collections.Counter[str]()
    try:
        write_catalog(path, lake, [COUNTS])
        with open_catalog(path, lake) as connection:
            shown = connection.execute(
                "SELECT day::VARCHAR, count(*), min(papers), max(papers) FROM counts GROUP BY day"
            ).fetchall()
        rows = lake.read(COUNTS, lake.keys(COUNTS)).group_by("day").agg(
            pl.len(), pl.min("papers").alias("low"), pl.max("papers").alias("high")
        )  # fmt: skip
        for held in (shown, rows.with_columns(pl.col("day").cast(pl.String)).rows()):
            found.update(faults({str(day): tuple(rest) for day, *rest in held}, ended))
    except (AlmanacError, duckdb.Error, pl.exceptions.PolarsError) as error:
        print(error, file=sys.stderr)
        found["errors"] += 1
    return found


def faults(held: Mapping[str, tuple[Any, ...]], ended: Mapping[str, int]) -> collections.Counter[str]:
    """What is wrong with days of (rows, lowest number, highest number); `ended` has the last that had ended."""
    found = collections.Counter[str]()
    for day, turn in ended.items():
        rows, low, high = held.get(day, (0, -1, -1))
        if rows > ROWS:
            found["doubled"] += 1
        elif rows and (rows < ROWS or low != high):
            found["half"] += 1
        elif not turn <= low <= turn + 1:
            found["lost"] += 1
    return found


def heal(storage: str, path: Path, ended: Mapping[str, int]) -> Mapping[str, int]:
    """What the next runs' starts leave: files of writers that were killed, day files of closed months, faults."""
    lake = Lake(named(storage))
    for _ in range(3):
        settle(lake, COUNTS, NOW)
    lake.sweep(NOW)
    left = [name for name in lake.storage.names(COUNTS.name) if name.startswith(".tmp-")]
    for folder in lake.storage.names(COUNTS.name):
        left += [name for name in lake.storage.names(f"{COUNTS.name}/{folder}") if name.startswith(".tmp-")]
    for month in lake.closed_months(COUNTS):
        left += lake.days_with_files(COUNTS, month)
    return {**look(storage, path, ended), "left": len(left)}


if __name__ == "__main__":
    main()
