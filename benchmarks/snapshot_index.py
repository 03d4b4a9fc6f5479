"""Rows per second and memory of indexing a snapshot by day, against DuckDB's own reading of the same file.

    python -m benchmarks.snapshot_index [3000000] [--file snapshot.jsonl] [--folder /tmp]

Makes a file of invented records (`synthetic_snapshot`; 3,000,000 take 4 GB, and the index and DuckDB's table as
much again) unless `--file` names one, and reads it three times, each in a process of its own: into the index, which
keeps each line as it is, by announcement day; by DuckDB's `read_json` with all columns into Parquet; and into a table
of a database file. DuckDB has as many threads as the index has processes. Memory is the largest sum of what all
processes of a reading held at once, sampled ten times a second.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from assets.listings.workers import useful_workers
from benchmarks.synthetic_snapshot import write_snapshot
from benchmarks.watching import watched

PROCESSES = useful_workers()
DAYS_READ = 200
READINGS = {"index by day": "index", "read_json to Parquet": "parquet", "read_json to a table": "table"}


@dataclass(frozen=True)
class Reading:
    """What a reading took: seconds by the clock and of CPU, the most memory and what it wrote in MB."""

    name: str
    seconds: float
    cpu_seconds: float
    megabytes: float
    written: float
    said: str


def reading(name: str, kind: str, file: Path, folder: Path) -> Reading:
    """Runs a reading in a process of its own and watches it and its children."""
    command = [sys.executable, "-m", "benchmarks.snapshot_index", "--only", kind, "--file", str(file)]
    took = watched([*command, "--folder", str(folder)])
    written = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file())
    return Reading(name, took.seconds, took.cpu_seconds, took.megabytes, written / 1e6, took.said)


def index(file: Path, folder: Path) -> str:
    """The reading under test; says how long a day takes afterwards."""
    from assets.listings.snapshot import SnapshotSource

    source = SnapshotSource(file, folder / "index")
    days = source.days()
    chosen = random.Random(1).sample(days, min(DAYS_READ, len(days)))
    began = time.perf_counter()
    records = sum(len(source.listing(day, None).records) for day in chosen)
    took = (time.perf_counter() - began) / len(chosen)
    return f"{len(days):,} days; one of {records // len(chosen)} records is read in {took * 1e3:.1f} ms on average."


def duckdb_reading(kind: str, file: Path, folder: Path) -> None:
    """All columns by `read_json`, into Parquet or a table."""
    import duckdb

    source = f"read_json('{file}', format = 'newline_delimited')"
    with duckdb.connect(folder / "duck.db", config={"threads": PROCESSES, "memory_limit": "4GB"}) as connection:
        if kind == "parquet":
            connection.execute(
                f"COPY (FROM {source}) TO '{folder / 'duck.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
            )
        else:
            connection.execute(f"CREATE TABLE snapshot AS FROM {source}")
            connection.execute("CHECKPOINT")


def measure(file: Path, rows: int, folder: Path) -> None:
    """Prints the table of a file."""
    found = []
    for name, kind in (
        ("index by day", "index"),
        ("read_json to Parquet", "parquet"),
        ("read_json to a table", "table"),
    ):
        own = folder / kind
        own.mkdir()
        found.append(reading(name, kind, file, own))
        shutil.rmtree(own)
    print(f"{rows:,} records, {file.stat().st_size / 1e6:,.0f} MB, {PROCESSES} processes or threads\n")
    print("| reading | seconds | rows/s | CPU s | rows/CPU s | most MB held | written MB |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for one in found:
        print(
            f"| {one.name} | {one.seconds:.1f} | {rows / one.seconds:,.0f} | {one.cpu_seconds:.1f} "
            f"| {rows / one.cpu_seconds:,.0f} | {one.megabytes:,.0f} | {one.written:,.0f} |"
        )
    print()
    for other in found[1:]:
        print(
            f"The index's rows/s are {other.seconds / found[0].seconds:.2f} of those of {other.name}, "
            f"its rows/CPU s {other.cpu_seconds / found[0].cpu_seconds:.2f}."
        )
    print(found[0].said)


def main() -> None:
    """Measures, or does one reading for the process that measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int, nargs="?", default=3_000_000)
    parser.add_argument("--file", type=Path, help="a snapshot; default: invented records")
    parser.add_argument("--folder", type=Path, help="where there is room; default: the folder of temporary files")
    parser.add_argument("--quick", action="store_true", help="a tenth of the records")
    parser.add_argument("--only", choices=["index", "parquet", "table"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only == "index":
        print(index(given.file, given.folder))
    elif given.only:
        duckdb_reading(given.only, given.file, given.folder)
    else:
        with tempfile.TemporaryDirectory(prefix="almanac-bench-", dir=given.folder) as name:
            file, rows = given.file, given.rows // 10 if given.quick else given.rows
            if file is None:
                file = Path(name) / "snapshot.jsonl"
                write_snapshot(file, rows, processes=PROCESSES)
            else:
                with file.open("rb") as lines:
                    rows = sum(1 for _ in lines)
            measure(file, rows, Path(name))


if __name__ == "__main__":
    main()
