"""Partitions in one .duckdb file, beside the lake in a folder: `python -m benchmarks.one_file`.

What `benchmarks.lake_writers` does with the lake, both do here in turn. 365 days of 20 papers are written, then
replaced, by one process; then four processes replace days of one month, the same ones, while a reader counts the papers
of each day. In the file a day is replaced by a transaction (DELETE, INSERT) on a connection of its own: an open
connection keeps all other processes out. Whoever finds it taken waits some milliseconds and tries again, which counts
as a *retry*.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import duckdb

from assets.calendar.days import announcement_days
from assets.papers.schema import PAPERS
from assets.warehouse.catalog import open_catalog, write_catalog
from assets.warehouse.connection import empty_relation
from assets.warehouse.lake import Lake
from assets.warehouse.stream import Stream
from benchmarks.compaction import made_up, timed
from benchmarks.lake_writers import OPEN, PAPERS_A_DAY, WRITERS, days_of, started_together

if TYPE_CHECKING:
    from typing import Any

    import polars as pl

COUNT = "SELECT day, count(DISTINCT paper_id) FROM papers WHERE day BETWEEN ? AND ? GROUP BY day ORDER BY day"
PAUSE = 0.02
"""Seconds at most until a taken file is tried again."""


class Place(Protocol):
    """Where partitions are kept."""

    retries: int

    def replace(self, day: dt.date, frame: pl.DataFrame) -> None:
        """Replaces a day."""

    def count(self, first: dt.date, last: dt.date) -> Any:
        """The papers of each day of a range."""


class OneFile:
    """A table in a .duckdb file."""

    def __init__(self, folder: Path) -> None:
        self.path, self.retries = folder / "one.duckdb", 0
        if not self.path.exists():
            with closing(duckdb.connect(self.path)) as connection:
                empty_relation(connection, PAPERS.polars_schema).create("papers")

    def replace(self, day: dt.date, frame: pl.DataFrame) -> None:
        """Replaces a day in a transaction."""

        def work(connection: duckdb.DuckDBPyConnection) -> None:
            connection.register("portion", Stream(frame))
            connection.execute("BEGIN; DELETE FROM papers WHERE day = $day", {"day": day})
            connection.execute("INSERT INTO papers SELECT * FROM portion; COMMIT")

        self._with(work, read_only=False)

    def count(self, first: dt.date, last: dt.date) -> Any:
        """Counts on a connection that only reads."""
        return self._with(lambda connection: connection.execute(COUNT, [first, last]).fetchall(), read_only=True)

    def _with(self, work: Callable[[duckdb.DuckDBPyConnection], Any], *, read_only: bool) -> Any:
        while True:
            try:
                with closing(duckdb.connect(self.path, read_only=read_only)) as connection:
                    return work(connection)
            except duckdb.IOException as error:
                if "lock" not in str(error):
                    raise
                self.retries += 1
                time.sleep(random.uniform(0.001, PAUSE))


class InTheLake:
    """The same table in the lake, asked through the catalog."""

    def __init__(self, folder: Path) -> None:
        self.lake, self.path, self.retries = Lake(folder / "lake"), folder / "catalog.duckdb", 0
        if not self.path.exists():
            write_catalog(self.path, self.lake, [PAPERS])

    def replace(self, day: dt.date, frame: pl.DataFrame) -> None:
        """Replaces a day's file."""
        self.lake.write(PAPERS, f"{day}", frame)

    def count(self, first: dt.date, last: dt.date) -> Any:
        """Counts through the view."""
        with open_catalog(self.path, self.lake) as connection:
            return connection.execute(COUNT, [first, last]).fetchall()


PLACES: dict[str, Callable[[Path], Place]] = {"one .duckdb file": OneFile, "the lake": InTheLake}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--writer", nargs=2, metavar=("PLACE", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.writer:
        write(PLACES[given.writer[0]](Path(given.writer[1])), given.seconds)
        return
    print("| place | what | result |\n|---|---|---|")
    for name, make in PLACES.items():
        with tempfile.TemporaryDirectory(prefix="almanac-one-file-") as folder:
            place = make(Path(folder))
            for what in ("365 partitions written", "365 partitions replaced"):
                wall, cpu = timed(functools.partial(fill, place))
                print(f"| {name} | {what} | {wall:.1f} s, {cpu:.1f} CPU-s, {365 / wall:.0f} a second |", flush=True)
            found = race(name, folder, place, given.seconds)
            print(f"| {name} | {WRITERS} writers and a reader | {found} |", flush=True)


def fill(place: Place) -> None:
    """Replaces 365 days, those of the month of the race among them, one after the other."""
    last = days_of(OPEN)[-1]
    for day in announcement_days(last - dt.timedelta(days=600), last)[-365:]:
        place.replace(day, made_up(day, PAPERS_A_DAY))


def race(name: str, folder: str, place: Place, seconds: float) -> str:
    """Writers and a reader on the days of a month; what they did."""
    command = [sys.executable, "-m", "benchmarks.one_file", "--seconds", str(seconds), "--writer", name, folder]
    writers = started_together(command)
    days = days_of(OPEN)
    reads, wrong, retries, ends = 0, 0, place.retries, time.monotonic() + seconds
    while time.monotonic() < ends:
        found = place.count(days[0], days[-1])
        reads += 1
        wrong += found != [(day, PAPERS_A_DAY) for day in days]
    results = [json.loads(writer.communicate()[0]) for writer in writers]
    written, taken = (sum(result[key] for result in results) for key in ("written", "retries"))
    return (
        f"{written / seconds:.1f} partitions a second, {taken} retries; {reads} reads, {wrong} wrong answers,"
        f" {place.retries - retries} retries"
    )


def write(place: Place, seconds: float) -> None:
    """What a writer does: replaces days of a month at random, and prints how many."""
    days, chance = days_of(OPEN), random.Random()
    frames = {day: made_up(day, PAPERS_A_DAY) for day in days}
    print("ready", flush=True)
    sys.stdin.readline()
    written, ends = 0, time.monotonic() + seconds
    while time.monotonic() < ends:
        day = chance.choice(days)
        place.replace(day, frames[day])
        written += 1
    print(json.dumps({"written": written, "retries": place.retries}))


if __name__ == "__main__":
    main()
