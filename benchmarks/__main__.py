"""All measurements that the docs quote, one after the other: `make bench`, or some of them:

    python -m benchmarks [NAME …] [--quick] [--write]

NAME is the beginning of a module's name: `model` runs all of the model engine. `--quick` makes those that can be made
smaller a tenth of their size. `--write` puts what was printed into docs/benchmarks.md, where that has a place for it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

BENCHMARKS = (
    "pipeline", "announcement_days", "listings_under_faults", "snapshot_index", "volume_check", "summarizer_quality",
    "check_calibration", "check_speed",
    "model_clean", "model_faulty", "model_limits", "model_kills", "model_kinds", "model_many", "model_batches",
    "model_pages",
    "compaction", "scale", "one_more_day", "runs_of_days", "lake_writers", "one_file", "lake_kills",
    "site", "overviews_year", "overview_mutations", "soak",
)  # fmt: skip
SCALABLE = (
    "snapshot_index", "scale", "one_more_day",
    "model_clean", "model_faulty", "model_limits", "model_kills", "model_kinds", "model_many",
)  # fmt: skip
ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
LONGEST = 1_800.0
"""Seconds after which a measurement is ended."""
LONGER = {"pipeline": 7_200.0, "scale": 14_400.0, "soak": 21_600.0}
"""The same for those that take their time: a year, 35 years, 250 evenings."""


def run(name: str, options: list[str]) -> tuple[int, str]:
    """Runs one in a process of its own; its exit code and what it printed, which is shown at once, too."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *options]
    lines: list[str] = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        ending = threading.Timer(LONGER.get(name, LONGEST), process.kill)
        ending.start()
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
        ending.cancel()
    return process.returncode, "".join(lines)


def machine() -> str:
    """Where and when this was measured."""
    load = ", ".join(f"{part:.1f}" for part in os.getloadavg())
    day = dt.datetime.now(dt.UTC).date()
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {day}, load average at the start {load}"


def write(page: str, name: str, text: str) -> str:
    """The page with the text in its place for the name; unchanged where it has none."""
    place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    return place.sub(lambda found: f"{found[1]}{text.strip()}\n{found[2]}", page)


def shown(text: str) -> str:
    """What was printed, as Markdown: tables and lists are that already, and anything else keeps its columns."""
    is_markdown = any(line.startswith(("|", "- ")) for line in text.splitlines())
    return text if is_markdown else f"```\n{text.strip()}\n```\n"


def main() -> int:
    """Runs what the command line names; 1 where one of them failed."""
    parser = argparse.ArgumentParser(description="The measurements that the docs quote.")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    chosen = [name for name in BENCHMARKS if not given.names or name.startswith(tuple(given.names))]
    if not chosen:
        parser.error(f"there is no such measurement; there are {', '.join(BENCHMARKS)}")
    failed = []
    for name in chosen:
        where, start = machine(), time.monotonic()
        print(f"\n== {name} ==", flush=True)
        code, text = run(name, ["--quick"] if given.quick and name in SCALABLE else [])
        told = f"({where}; took {time.monotonic() - start:.0f} s)"
        print(told, flush=True)
        if code:
            failed.append(f"{name} (exit code {code})")
        elif given.write:
            PAGE.write_text(write(PAGE.read_text(encoding="utf-8"), name, f"{shown(text)}\n{told}"), encoding="utf-8")
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
