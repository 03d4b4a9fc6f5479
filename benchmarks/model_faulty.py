"""1,000 papers at an endpoint with a limit that it does not tell, and with faults: `python -m benchmarks.model_faulty`.

Lognormal latency of median 600 ms, a token bucket of 10 requests a second, 3 % HTTP 500, 2 % hang, 4 % bad JSON (single
backslashes, trailing commas, fences), 2 % cut off. The bound is the time in which the bucket lets in all papers and the
attempts that these faults force, drawn as the endpoint draws them, bad JSON included though it can be mended.
Tools run at the same time, the engine's two runs first: they wait for the endpoint nearly all the time.
"""

from __future__ import annotations

import hashlib

import polars as pl

from benchmarks.model_endpoint import papers, print_table
from benchmarks.model_options import scale_of
from benchmarks.model_race import OURS, PEERS, Result, race
from tests.emulators.llm.behaviour import Behaviour

RATE = 10
FAULTS = {
    "error_500": 0.03, "hang": 0.02, "single_backslash": 0.02, "trailing_comma": 0.01, "fence": 0.01, "truncated": 0.02,
}  # fmt: skip
OPTIONS = [
    *("--latency", "0.6", "--sigma", "0.5", "--requests-per-second", str(RATE)),
    *(part for kind, share in FAULTS.items() for part in ("--fault", f"{kind}={share}")),
]
PATIENCE = 240.0


def forced(frame: pl.DataFrame) -> int:
    """Attempts that end in a fault before each paper's first sound one."""
    behaviour = Behaviour(faults=FAULTS)
    count = 0
    for abstract in frame["abstract"]:
        paper = hashlib.sha256(abstract.encode()).hexdigest()[:16]
        attempt = 1
        while behaviour.fault(paper, attempt) is not None:
            attempt, count = attempt + 1, count + 1
    return count


def main() -> None:
    """Measures the engine, then the other tools."""
    scale = scale_of(__doc__)
    frame = papers(max(50, int(1_000 * scale)))
    again = forced(frame)
    bound = (frame.height + again) / RATE
    ours = race([(OURS, OPTIONS), (OURS, [*OPTIONS, "--retry-after"])], frame, PATIENCE)
    others = race([(tool, [*OPTIONS, "--retry-after"]) for tool in PEERS], frame, PATIENCE)
    print(
        f"{frame.height} papers, {RATE} requests/s, faults force {again} attempts more: bound {bound:.1f} s; "
        f"what another tool has not got after {PATIENCE:.0f} s is missing"
    )
    names = [f"{OURS}, a 429 says nothing", f"{OURS}, a 429 says how long", *PEERS]
    rows = [_row(name, found, bound) for name, found in zip(names, [*ours, *others], strict=True)]
    columns = ["tool", "seconds", "of the bound", "missing", "damaged", "429s", "requests let in", "CPU ms/request"]
    print_table(columns, rows)
    for name, found in zip(names, [*ours, *others], strict=True):
        if isinstance(found, Result) and (found.why or found.statuses):
            print(f"{name}: {found.why or found.statuses}")


def _row(name: str, found: Result | tuple[str, str], bound: float) -> list[object]:
    if isinstance(found, tuple):
        return [name, found[1], *"------"]
    return [
        name, found.seconds, f"{found.seconds / bound:.2f}", found.missing, found.damaged, found.limited,
        found.requests - found.limited, found.cpu_ms,
    ]  # fmt: skip


if __name__ == "__main__":
    main()
