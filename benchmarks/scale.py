"""All of arXiv on one machine: import beside bare DuckDB, and all aggregates from nothing.

    python -m benchmarks.scale [--papers 3000000] [--since 1991] [--file snapshot.jsonl] [--folder /tmp]

Makes a file of invented records (`synthetic_snapshot`) unless `--file` names one; then, each in a process of its own:

- `almanac import FILE`, everything included: index, listings, cleaning, validation, ledger, checks, Dagster;
- the same again, when there is nothing to do: the start of Python, Dagster and the home, and the look for what is done;
- bare DuckDB: `COPY (SELECT … FROM read_json(…)) TO … (PARTITION_BY (day))`, which cleans, checks and records nothing;
- the same with a limit of memory (`MEMORY`), which is the import's own aim;
- every stored SQL model for every day, month and year that the lake holds; days are made by the month.

Memory is the largest sum of what all processes of a step held at once, sampled ten times a second.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from itertools import groupby
from pathlib import Path

from assets.listings.workers import useful_workers
from benchmarks.synthetic_snapshot import write_snapshot
from benchmarks.watching import Watched, watched
from orchestration.commands import FAULTY_INPUT

THREADS = useful_workers()

MEMORY = "1.5GB"
"""What the import may hold."""

BARE = """
COPY (
    SELECT * EXCLUDE (update_date), strptime(versions[1].created, '%a, %d %b %Y %H:%M:%S GMT')::DATE AS day
    FROM read_json($file, format = 'newline_delimited')
) TO $folder (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day))
"""


def environment(home: Path, file: Path) -> dict[str, str]:
    """The settings of a home that follows everything in the file."""
    return {
        "ALMANAC_HOME": str(home),
        "ALMANAC_SOURCE": "snapshot",
        "ALMANAC_SNAPSHOT": str(file),
        "ALMANAC_CATEGORIES": "all",
        "ALMANAC_SUMMARIZER": "embedded",
    }


def bare(file: Path, folder: Path, **limits: str) -> None:
    """The same file into day partitions by DuckDB alone."""
    import duckdb

    spill = str(folder / "spilled")
    with duckdb.connect(config={"threads": THREADS, "temp_directory": spill, **limits}) as connection:
        connection.execute(BARE, {"file": str(file), "folder": str(folder / "days")})


def all_models(home: Path) -> None:
    """Makes every partition of every stored model; prints the seconds of each."""
    from assets.aggregates.run import run_model, run_model_of
    from assets.papers.schema import PAPERS
    from assets.warehouse.connection import connect
    from assets.warehouse.lake import Lake
    from assets.warehouse.whole_months import write_month
    from orchestration.tables import load_almanac_models

    lake, models = Lake(home / "lake"), load_almanac_models()
    days = lake.keys(PAPERS)
    months = {month: list(group) for month, group in groupby(days, lambda day: day[:7])}
    keys = {"month": list(months), "year": sorted({day[:4] for day in days})}
    spent, rows = {}, {}
    for model in models.stored:
        began = time.perf_counter()
        rows[model.name] = 0
        with connect() as connection:
            if model.table.period == "day":
                for month, own in months.items():
                    frame = run_model_of(model, models, lake, own, connection)
                    write_month(lake, model.table, month, own, frame)
                    rows[model.name] += frame.height
            else:
                for key in keys[model.table.period]:
                    frame = run_model(model, models, lake, key, connection)
                    lake.write(model.table, key, frame)
                    rows[model.name] += frame.height
        spent[model.name] = time.perf_counter() - began
        print(f"{model.name}: {spent[model.name]:.1f} s", file=sys.stderr, flush=True)
    print(json.dumps({"seconds": spent, "rows": rows}))


BARE_STEPS: dict[str, dict[str, str]] = {"bare": {}, "within": {"memory_limit": MEMORY}}


def step(name: str, home: Path, file: Path) -> Watched:
    """Runs a step of this module in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scale", "--step", name, "--file", str(file), "--folder", str(home)]
    home.mkdir(exist_ok=True)
    try:
        return watched(command, environment(home, file))
    finally:
        if name in BARE_STEPS:
            shutil.rmtree(home)


def measure(file: Path, papers: int, folder: Path) -> None:
    """Prints all tables."""
    home = folder / "home"
    print(f"{papers:,} records, {file.stat().st_size / 1e6:,.0f} MB, {THREADS} cores\n")
    almanac = [sys.executable, "-m", "orchestration.cli", "import", str(file)]
    # Days with unusually many papers are told, and are exit code 3: a year of the invented ones begins at once.
    imported = watched(almanac, environment(home, file), ends=(0, FAULTY_INPUT))
    again = watched(almanac, environment(home, file))
    copied, within = (step(name, folder / "bare", file) for name in ("bare", "within"))
    print("| importing | seconds | rows/s | CPU s | rows/CPU s | most MB held |\n|---|---:|---:|---:|---:|---:|")
    rows = {
        "almanac import": imported,
        "bare DuckDB COPY by day": copied,
        f"bare DuckDB COPY by day within {MEMORY}": within,
        "almanac import again, nothing to do": again,
    }
    for name, one in rows.items():
        print(
            f"| {name} | {one.seconds:.1f} | {papers / one.seconds:,.0f} | {one.cpu_seconds:.1f}"
            f" | {papers / one.cpu_seconds:,.0f} | {one.megabytes:,.0f} |"
        )
    print(
        f"\nThe import's rows/s are {copied.seconds / imported.seconds:.2f} of those of the bare COPY, its rows/CPU s"
        f" {copied.cpu_seconds / imported.cpu_seconds:.2f}; of those of the COPY within {MEMORY}"
        f" {within.seconds / imported.seconds:.2f} and {within.cpu_seconds / imported.cpu_seconds:.2f}.\n",
        flush=True,
    )
    made = step("models", home, file)
    told = json.loads(made.said)
    print("| model | seconds | rows |\n|---|---:|---:|")
    for name, seconds in told["seconds"].items():
        print(f"| {name} | {seconds:.1f} | {told['rows'][name]:,} |")
    print(
        f"| all, from nothing | {made.seconds:.1f} | {sum(told['rows'].values()):,} |\n\n"
        f"{made.cpu_seconds:.1f} CPU-s, at most {made.megabytes:,.0f} MB held.\n",
        flush=True,
    )
    sizes = {
        path.name: sum(one.stat().st_size for one in path.rglob("*.parquet")) for path in (home / "lake").iterdir()
    }
    print("\n| table | MB | bytes a paper |\n|---|---:|---:|")
    for name, size in sorted(sizes.items(), key=lambda pair: -pair[1]):
        print(f"| {name} | {size / 1e6:,.1f} | {size / papers:,.0f} |")


def main() -> None:
    """Measures, or does one step for the process that measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=3_000_000)
    parser.add_argument("--since", default="1991", metavar="YYYY-MM", help="leave out the papers of the months before")
    parser.add_argument("--file", type=Path, help="a snapshot; default: invented records")
    parser.add_argument("--folder", type=Path, help="where there is room; default: the folder of temporary files")
    parser.add_argument("--quick", action="store_true", help="a hundredth of the papers")
    parser.add_argument("--step", choices=[*BARE_STEPS, "models"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step in BARE_STEPS:
        bare(given.file, given.folder, **BARE_STEPS[given.step])
    elif given.step == "models":
        all_models(given.folder)
    else:
        with tempfile.TemporaryDirectory(prefix="almanac-bench-", dir=given.folder) as name:
            file, papers = given.file, given.papers // 100 if given.quick else given.papers
            if file is None:
                file = Path(name) / "snapshot.jsonl"
                papers = write_snapshot(file, papers, processes=THREADS, since=given.since)
            else:
                with file.open("rb") as lines:
                    papers = sum(1 for _ in lines)
            measure(file.absolute(), papers, Path(name))


if __name__ == "__main__":
    main()
