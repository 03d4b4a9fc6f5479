"""20,000 papers in one process, a thousand at a time: `python -m benchmarks.model_many [--quick]`.

Seconds, CPU time of the client per request, and the memory that the process holds after each thousand.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from assets.summaries.engine.settings import EngineSettings
from assets.summaries.engine.summarizer import OpenAISummarizer
from assets.summaries.schema import SUMMARIES
from benchmarks.model_endpoint import endpoint, papers, print_table
from benchmarks.model_options import scale_of

BATCH, BATCHES = 1_000, 20


def resident_mb() -> float:
    """Memory of this process in MB."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the system does not tell the memory of a process")


def main() -> None:
    """One row for each thousand, the middle ones left out."""
    batch = max(50, int(BATCH * scale_of(__doc__)))
    frame = papers(batch * BATCHES)
    rows: list[list[object]] = []
    failed = 0
    with endpoint("--latency", "0.05") as url, tempfile.TemporaryDirectory() as folder:
        made = OpenAISummarizer(EngineSettings(model="emulated", journal=Path(folder), base_url=url))
        for number in range(BATCHES):
            part = frame.slice(number * batch, batch)
            start, cpu = time.monotonic(), time.process_time()
            texts = made.summarize(part, ["en"], SUMMARIES.empty())
            seconds, cpu = time.monotonic() - start, time.process_time() - cpu
            assert made.report is not None
            failed += part.height - int(texts["status"].is_in(["complete", "repaired"]).sum())
            cpu_ms = 1000 * cpu / made.report.requests
            rows.append([f"{number * batch + 1:,} to {(number + 1) * batch:,}", seconds, cpu_ms, resident_mb()])
    print(f"{frame.height:,} papers in one process, {failed} not complete or repaired")
    print_table(["papers", "seconds", "CPU ms/request", "memory, MB"], [*rows[:2], *rows[4:-1:5], rows[-1]])
    print(f"\nthe last against the first: CPU {rows[-1][2] / rows[0][2]:.2f}, memory {rows[-1][3] / rows[0][3]:.2f}")  # type: ignore[operator]


if __name__ == "__main__":
    main()
