"""Replacing partitions of the lake, alone and by several processes with a reader: `python -m benchmarks.lake_writers`.

On a folder and on an S3 server of this machine, which takes its share of the two cores. 365 days of 20 papers are
written, then replaced, by one process. Then four processes replace days for ten seconds each, the same ones, while a
reader counts the papers of each day through the catalog and looks whether each day is whole: first days that have files
of their own, then days of one closed month, which are all in one file. A retry is a change of such a file that came too
late and was made again.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from assets.calendar.days import announcement_days
from assets.papers.schema import PAPERS
from assets.warehouse.catalog import open_catalog, write_catalog
from assets.warehouse.compaction import pack, settle
from assets.warehouse.lake import Lake
from benchmarks.compaction import made_up
from benchmarks.lake_stores import named, stores, told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from assets.warehouse.object_store import ObjectStore
    from assets.warehouse.storage import LocalFolder

WRITERS, PAPERS_A_DAY = 4, 20
ROOT = Path(__file__).parents[1]
NOW = dt.timedelta(0)
OPEN, CLOSED = "2025-02", "2025-01"


class Counting:
    """A storage that counts the replacements that came too late."""

    def __init__(self, storage: Any) -> None:
        self._storage, self.late = storage, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def replace(self, name: str, data: bytes, version: str) -> bool:
        """The same, counted."""
        done: bool = self._storage.replace(name, data, version)
        self.late += not done
        return done


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--writer", nargs=2, metavar=("STORAGE", "MONTH"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.writer:
        write(given.writer[0], given.writer[1], given.seconds)
        return
    rows = []
    with tempfile.TemporaryDirectory(prefix="almanac-writers-") as name, stores(Path(name)) as found:
        for kind, store in found.items():
            lake, path = Lake(store), Path(name) / f"{kind}.duckdb"
            write_catalog(path, lake, [PAPERS])
            days = announcement_days(dt.date(2023, 1, 1), dt.date(2024, 12, 31))[:365]
            for what in ("365 partitions written", "365 partitions replaced"):
                wall, cpu = time.perf_counter(), time.process_time()
                for day in days:
                    lake.write(PAPERS, f"{day}", made_up(day, PAPERS_A_DAY))
                wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
                rows.append((kind, what, f"{wall:.1f} s, {cpu:.1f} CPU-s, {365 / wall:.0f} a second"))
                print(rows[-1], file=sys.stderr)
            for month in (OPEN, CLOSED):
                for day in days_of(month):
                    lake.write(PAPERS, f"{day}", made_up(day, PAPERS_A_DAY))
            pack(lake, PAPERS, CLOSED)
            settle(lake, PAPERS, NOW)
            settle(lake, PAPERS, NOW)
            for month, state in ((OPEN, "open month"), (CLOSED, "closed month")):
                what = f"{WRITERS} writers and a reader, days of a{'n' if state[0] == 'o' else ''} {state}"
                rows.append((kind, what, race(store, path, month, given.seconds)))
                print(rows[-1], file=sys.stderr)
    print("| storage | what | result |\n|---|---|---|")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def days_of(month: str) -> Sequence[dt.date]:
    """The announcement days of a month."""
    first = dt.date.fromisoformat(f"{month}-01")
    return announcement_days(first, first + dt.timedelta(days=27))


def started_together(command: Sequence[str]) -> list[subprocess.Popen[str]]:
    """WRITERS processes, each of which said a line when it was ready, and was told to go when all were."""
    writers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(WRITERS)
    ]
    for writer in writers:
        assert writer.stdout
        writer.stdout.readline()
    for writer in writers:
        assert writer.stdin
        writer.stdin.write("go\n")
        writer.stdin.flush()
    return writers


def race(store: LocalFolder | ObjectStore, path: Path, month: str, seconds: float) -> str:
    """Writers and a reader on the days of a month; what they did."""
    command = [sys.executable, "-m", "benchmarks.lake_writers", "--seconds", str(seconds)]
    command += ["--writer", told(store), month]
    writers = started_together(command)
    reads, errors, wrong, ends = 0, 0, 0, time.monotonic() + seconds
    question = "SELECT day, count(DISTINCT paper_id) FROM papers WHERE day BETWEEN ? AND ? GROUP BY day ORDER BY day"
    expected = [(day, PAPERS_A_DAY) for day in days_of(month)]
    while time.monotonic() < ends:
        try:
            with open_catalog(path, Lake(store)) as connection:
                found = connection.execute(question, [expected[0][0], expected[-1][0]]).fetchall()
        except duckdb.Error as error:
            errors += 1
            print(error, file=sys.stderr)
        else:
            reads += 1
            wrong += found != expected
    results = [json.loads(writer.communicate()[0]) for writer in writers]
    written, late = (sum(result[name] for result in results) for name in ("written", "late"))
    return (
        f"{written / seconds:.0f} partitions a second, {late} retries; {reads} reads,"
        f" {errors} reader errors, {wrong} wrong answers"
    )


def write(storage: str, month: str, seconds: float) -> None:
    """What a writer does: replaces days of a month at random, and prints how many."""
    counting = Counting(named(storage))
    lake, chance, days = Lake(counting), random.Random(), days_of(month)
    frames = {day: made_up(day, PAPERS_A_DAY) for day in days}
    print("ready", flush=True)
    sys.stdin.readline()
    written, ends = 0, time.monotonic() + seconds
    while time.monotonic() < ends:
        day = chance.choice(days)
        lake.write(PAPERS, f"{day}", frames[day], {"turn": str(chance.random())})
        written += 1
    print(json.dumps({"written": written, "late": counting.late}))


if __name__ == "__main__":
    main()
