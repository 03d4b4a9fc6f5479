"""Prints what batches do when the run that waits for them is killed at random moments.

    python -m benchmarks.model_batches [--kills 20] [--days 5] [--papers 40] [--seed 0]

The emulated endpoint is a process of its own and ends each batch three seconds after it began; the first batch expires
half done. A run is killed with SIGKILL between 0 and 2.5 seconds after its work began, again and again, and then left
to end. A request may be submitted twice only where a batch left it unanswered; a batch may answer none of them twice.
The one request of each run that is asked live may be lost with the process.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from benchmarks.model_endpoint import ROOT, endpoint, served

RUN = """
import sys
from pathlib import Path
import polars as pl
from assets.summaries.engine.batches.summarizer import OpenAIBatchSummarizer
from assets.summaries.engine.settings import EngineSettings
from assets.summaries.schema import SUMMARIES
from benchmarks.model_endpoint import papers
url, folder, count, each = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
frame = papers(count * each)
days = {f"2026-01-{number + 1:02}": frame.slice(number * each, each) for number in range(count)}
days = {day: part.with_columns(day=pl.lit(day).str.to_date()) for day, part in days.items()}
settings = EngineSettings(model="emulated", journal=folder, base_url=url, batch_polls=(0.2, 0.5))
summarizer = OpenAIBatchSummarizer(settings)
print("ready", flush=True)
summarizer.prepare(list(days), ["en"], lambda day: (days[day], SUMMARIES.empty()))
rows = [summarizer.summarize(part, ["en"], SUMMARIES.empty()) for part in days.values()]
pl.concat(rows).write_parquet(folder / "rows.tmp")
(folder / "rows.tmp").replace(folder / "rows.parquet")
"""


def kills(wanted: int, days: int, each: int, seed: int) -> None:
    """Kills a run again and again, lets it end, and counts."""
    rng = random.Random(seed)
    options = ("--latency", "0.1", "--batch-seconds", "3", "--expired-batches", "1")
    with endpoint(*options) as url, tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "rows.parquet"
        done, start = 0, time.monotonic()
        while not result.exists():
            command = [sys.executable, "-c", RUN, url, folder, str(days), str(each)]
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
                assert process.stdout is not None
                process.stdout.readline()
                if done < wanted:
                    try:
                        process.wait(rng.uniform(0.0, 2.5))
                    except subprocess.TimeoutExpired:
                        process.send_signal(signal.SIGKILL)
                        done += 1
        counted = served(url)
        rows = pl.read_parquet(result)
        twice = collections.Counter(counted["submitted"].values())
        paid = sum(count - 1 for count in counted["batch_answers"].values())
        lost = counted["answers"] - int(rows["attempts"].sum())
        print(
            f"{done} kills in {time.monotonic() - start:.0f} s: {rows.height} of {days * each} rows,"
            f" {dict(rows['status'].value_counts().iter_rows())}; {counted['batches']} batches,"
            f" requests by times submitted {dict(sorted(twice.items()))};"
            f" answers of batches paid twice {paid}, live answers lost with a process {lost}"
        )


def main() -> None:
    """Reads the command line and runs it."""
    parser = argparse.ArgumentParser(description="Batches and runs that are killed.")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--papers", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    kills(given.kills, given.days, given.papers, given.seed)


if __name__ == "__main__":
    main()
