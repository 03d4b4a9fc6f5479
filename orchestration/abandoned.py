"""Runs whose process was killed: found by the next command or by the sensor `roll_ups`, and ended.

A command makes its runs in its own process, and the launcher of one machine has each made in a process
that its code server starts. Where that is killed (with its server, which would have told of it), Dagster
shows the run as started for ever, and what it holds of a pool stays held: other runs would wait for it
in vain. So each process that makes runs holds the lock of a file of its own below Dagster's folder, and
its runs name that file. The lock is the kernel's: it goes with its holder, however that ends, and no
number of a process is compared. A launcher that asks after its runs itself (`K8sRunLauncher`) is left to do so.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

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
    while True:
        path = _folder(home) / uuid.uuid4().hex
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            raise storage_error(error, path) from error
        if path.is_file():
            break
        os.close(descriptor)  # between its making and its lock, another process took it for a killed one's
    _held[path] = descriptor
    return {PROCESS_TAG: path.name}


def watch(home: Home, instance: dg.DagsterInstance, run: dg.DagsterRun) -> None:
    """Lets a run that goes on in this process be found when the process is killed.

    Nothing to do where its launcher finds it, or where the command that makes it has seen to that. Raises StorageError.
    """
    if instance.run_launcher.supports_check_run_worker_health:
        return
    tags = process_tags(home)
    if run.tags.get(PROCESS_TAG) != tags[PROCESS_TAG]:
        instance.add_run_tags(run.run_id, tags)


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
        if (lock := _left(path)) is None:
            continue
        with lock:
            for run in instance.get_runs(dg.RunsFilter(tags={PROCESS_TAG: path.name}, statuses=UNFINISHED)):
                instance.report_run_failed(run, "The process that made this run was killed.")
                if instance.event_log_storage.supports_global_concurrency_limits:
                    instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
                ended.append(run.run_id)
            path.unlink(missing_ok=True)
    return ended


def _folder(home: Home) -> Path:
    return home.dagster / "processes"


def _left(path: Path) -> BinaryIO | None:
    """The lock file of a process that has ended, now locked by this one; None where its holder lives."""
    with suppress(OSError):
        file = path.open("r+b")  # NFS locks nothing that is open for reading alone
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise
        return file
    return None
