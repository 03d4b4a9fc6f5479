"""Worker processes change how fast extracts are made, never what they say or in what order they come."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

from assets.summaries.extract import Extract, summarize
from assets.summaries.workers import PAPERS_AT_ONCE, Workers

PAPERS = [
    (f"Solver {number}", f"We propose solver number {number} for stiff equations. It needs {number} steps on average.")
    for number in range(3 * PAPERS_AT_ONCE + 7)
]


def test_workers_give_the_same_extracts_in_the_same_order() -> None:
    workers = Workers(cores=2, papers_alone=0)
    try:
        assert texts(workers) == [summarize(*paper) for paper in PAPERS]
    finally:
        workers.close()


def test_a_killed_worker_costs_no_paper() -> None:
    workers = Workers(cores=2, papers_alone=0)
    try:
        first = texts(workers)
        for pid in children(os.getpid()):
            os.kill(pid, signal.SIGKILL)
        assert texts(workers) == first
    finally:
        workers.close()


def test_workers_that_die_in_the_middle_leave_the_rest_to_the_process_itself() -> None:
    workers = Workers(cores=2, papers_alone=0)
    made = workers.extracts(PAPERS)
    found = [next(made)[0]]
    for pid in children(os.getpid()):
        os.kill(pid, signal.SIGKILL)
    found += [extract for extract, _ in made]
    workers.close()
    assert found == [summarize(*paper) for paper in PAPERS]


def test_few_papers_start_no_process() -> None:
    before = set(children(os.getpid()))
    workers = Workers(cores=2)
    texts(workers)
    assert set(children(os.getpid())) == before


def test_workers_end_with_a_process_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(
            """
            import sys
            from assets.summaries.workers import Workers

            if __name__ == "__main__":
                workers = Workers(cores=2, papers_alone=0)
                papers = [("A title", "We prove that every map has a fixed point.")] * 150
                list(workers.extracts(papers))
                print("made", flush=True)
                sys.stdin.read()
            """
        )
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "made\n"
    workers = children(parent.pid)
    assert workers
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 20
    while (left := [pid for pid in workers if alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left


def texts(workers: Workers) -> list[Extract]:
    """The extracts of the papers."""
    return [extract for extract, _ in workers.extracts(PAPERS)]


def children(pid: int) -> list[int]:
    """The worker processes that this one started and that live."""
    started = [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
    return [child for child in started if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
