"""189 papers at an endpoint that does what it should in 300 ms: `python -m benchmarks.model_clean [--quick]`.

The bound is what requests that start at once would take: one latency.
"""

from __future__ import annotations

from benchmarks.model_endpoint import papers_of_a_day, print_table
from benchmarks.model_options import scale_of
from benchmarks.model_race import OURS, PEERS, race

LATENCY = 0.3


def main() -> None:
    """Measures each tool after the other, so that none takes the processor from another."""
    count = int(189 * scale_of(__doc__))
    frame = papers_of_a_day(count)
    rows: list[list[object]] = []
    for tool in (OURS, *PEERS):
        (found,) = race([(tool, ["--latency", str(LATENCY)])], frame, 120)
        if isinstance(found, tuple):
            rows.append([*found, *"----"])
            continue
        rows.append([tool, found.seconds, found.missing, found.damaged, found.requests, found.cpu_ms])
    print(f"{count} papers, {1000 * LATENCY:.0f} ms an answer, default settings")
    print_table(["tool", "seconds", "missing", "damaged", "requests", "CPU ms/request"], rows)


if __name__ == "__main__":
    main()
