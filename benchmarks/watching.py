"""A command in a process of its own: its seconds, its CPU-seconds, and the most memory that it held."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS_BETWEEN_SAMPLES = 0.1


@dataclass(frozen=True)
class Watched:
    """What a command took, in seconds and MB, and what it printed."""

    seconds: float
    cpu_seconds: float
    megabytes: float
    said: str


def watched(
    command: Sequence[str], environment: Mapping[str, str] | None = None, ends: Collection[int] = (0,)
) -> Watched:
    """Runs a command to its end. Memory is the largest sum of what all its processes held at once, sampled.

    Python may keep what it has compiled, as it does wherever it is not told otherwise: without, a start of the almanac
    compiles Dagster anew.

    Raises SystemExit where it ends with another code than one of `ends`.
    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    most = 0
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**variables, **(environment or {})}
    ) as process:
        while process.poll() is None:
            most = max(most, held_by(process.pid))
            time.sleep(SECONDS_BETWEEN_SAMPLES)
        seconds = time.perf_counter() - began
        said = process.stdout.read().strip() if process.stdout else ""
    if process.returncode not in ends:
        raise SystemExit(f"failed with {process.returncode}: {' '.join(command)}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Watched(seconds, cpu, most / 1e6, said)


def held_by(process: int) -> int:
    """Bytes of a process and its descendants that are in memory; what they share counts several times."""
    total, waiting = 0, [process]
    while waiting:
        one = Path("/proc") / str(waiting.pop())
        try:
            total += int((one / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for thread in (one / "task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
        except (OSError, ValueError):
            continue
    return total
