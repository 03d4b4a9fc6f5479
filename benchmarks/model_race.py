"""Tools side by side at the same endpoint, each in its own process against an endpoint of its own."""

from __future__ import annotations

import collections
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from assets.summaries.engine.prompt import Wanted, messages, schema
from assets.summaries.fields import FIELDS
from benchmarks.model_client import CLIENTS
from benchmarks.model_endpoint import ROOT, endpoint, judge, requests_of, served

OURS = "almanac"
PEERS = tuple(CLIENTS)
PEER_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
STARTING = 60.0
"""Seconds that a process may take to start and to end."""
NOT_INSTALLED = "not installed: `make bench` installs it"


@dataclass(frozen=True)
class Result:
    """What a tool made of the papers; times are seconds."""

    tool: str
    seconds: float
    finished: bool
    missing: int
    damaged: int
    limited: int
    """Requests that the endpoint refused for its rate."""
    requests: int
    cpu_ms: float
    """CPU time of the client for each request that it sent."""
    statuses: dict[str, int]
    why: dict[str, int]
    counted: dict[str, Any]


def python_of(tool: str) -> Path | None:
    """The interpreter that has the tool; None where it is not installed."""
    if tool in ("instructor", "litellm"):
        return PEER_PYTHON if PEER_PYTHON.exists() else None
    return Path(sys.executable)


def race(
    runs: Sequence[tuple[str, Sequence[str]]], frame: pl.DataFrame, patience: float
) -> list[Result | tuple[str, str]]:
    """Runs (tool, options of its endpoint) at the same time; one Result, or (tool, why there is none), for each.

    What another tool has not got after `patience` seconds is missing; a process that then does not end is ended.
    """
    found: list[Result | tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        source = folder / "input.json"
        source.write_text(json.dumps(_input(frame)), encoding="utf-8")
        started: list[tuple[str, str, subprocess.Popen[bytes] | None, float]] = []
        for number, (tool, options) in enumerate(runs):
            python = python_of(tool)
            if python is None:
                started.append((tool, "", None, 0.0))
                continue
            url = stack.enter_context(endpoint(*options))
            files = (str(source), str(folder / str(number)))
            command = [str(python), "-m", "benchmarks.model_client", tool, url, str(patience), *files]
            process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            started.append((tool, url, process, time.monotonic()))
        for number, (tool, url, running, start) in enumerate(started):
            if running is None:
                found.append((tool, NOT_INSTALLED))
                continue
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(max(0.0, start + patience + STARTING - time.monotonic()))
            running.kill()
            running.wait()
            found.append(_result(tool, frame, url, folder / str(number), time.monotonic() - start))
    return found


def _input(frame: pl.DataFrame) -> dict[str, Any]:
    wanted: Wanted = {"en": FIELDS}
    rows = list(zip(frame["title"], frame["abstract"], strict=True))
    return {"papers": rows, "messages": [messages(*row, wanted) for row in rows], "schema": schema(wanted)}


def _result(tool: str, frame: pl.DataFrame, url: str, output: Path, waited: float) -> Result:
    counted = served(url)
    sent = requests_of(counted)
    finished = output.exists()
    told: dict[str, Any] = {"texts": [None] * frame.height, "why": [], "seconds": waited, "cpu": 0.0}
    if finished:
        told |= json.loads(output.read_text(encoding="utf-8"))
    missing, damaged = judge(frame, told["texts"])
    return Result(
        tool=tool, seconds=told["seconds"], finished=finished, missing=missing, damaged=damaged,
        limited=int(counted["faults"].get("limited", 0)), requests=sent, cpu_ms=1000 * told["cpu"] / max(sent, 1),
        statuses=told.get("statuses", {}), why=dict(collections.Counter(told["why"]).most_common(4)), counted=counted,
    )  # fmt: skip
