"""Runs whose process was killed: found by the next command, and ended.

A command makes its runs in its own process. Where that is killed, Dagster shows them as started for
ever, and what they hold of a pool stays held: other runs would wait for it in vain. So each process
that makes runs holds the lock of a file of its own below Dagster's folder, and its runs name that
file. The lock is the kernel's: it goes with its holder, however that ends.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

import dagster as dg

from assets.warehouse.files import storage_error

if TYPE_CHECKING:
    from pathlib import Path

    from assets.warehouse.home import Home

PROCESS_TAG = "almanac/process"

UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
NOT_ENDED = [dg.DagsterRunStatus.QUEUED, *UNFINISHED]
"""Statuses of a run that waits or is under way."""

_held: dict[Path, int] = {}
"""The lock files of this process, one for each home, with their open descriptors."""


def process_tags(home: Home) -> dict[str, str]:
    """Tags for a run that this process makes itself. Raises StorageError where its file cannot be made."""
    for path in _held:
        if path.parent == _folder(home) and path.is_file():
            return {PROCESS_TAG: path.name}
    path = _folder(home) / uuid.uuid4().hex
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise storage_error(error, path) from error
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    _held[path] = descriptor
    return {PROCESS_TAG: path.name}


def let_go(home: Home) -> None:
    """Gives up the file of this process, when it makes no runs in this home any more."""
    for path in [path for path in _held if path.parent == _folder(home)]:
        path.unlink(missing_ok=True)
        os.close(_held.pop(path))


def end_abandoned(home: Home, instance: dg.DagsterInstance) -> list[str]:
    """Marks the unfinished runs of killed processes of this home as failed, and frees what they hold of pools.

    Returns their ids. Asks Dagster nothing where no process was killed.
    """
    if not _folder(home).is_dir():
        return []
    ended = []
    for path in [path for path in _folder(home).iterdir() if path not in _held]:
        if not _let_go(path):
            continue
        for run in instance.get_runs(dg.RunsFilter(tags={PROCESS_TAG: path.name}, statuses=UNFINISHED)):
            instance.report_run_failed(run, "The command that made this run was killed.")
            if instance.event_log_storage.supports_global_concurrency_limits:
                instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            ended.append(run.run_id)
        path.unlink(missing_ok=True)
    return ended


def _folder(home: Home) -> Path:
    return home.dagster / "processes"


def _let_go(path: Path) -> bool:
    """Whether the process that held a lock file has ended."""
    with suppress(OSError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
