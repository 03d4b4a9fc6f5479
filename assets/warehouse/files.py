"""Files of this machine, written whole or not at all, with a sentence where they cannot be written."""

from __future__ import annotations

import errno
import fcntl
import os
import time
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from assets.errors import StorageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

TEMPORARY_PREFIX = ".tmp-"


def storage_error(error: OSError, path: Path) -> StorageError:
    """The sentence for a failure to write: which path, why, and what to do."""
    remedies = {
        errno.ENOSPC: "the disk is full; free some space and run again",
        errno.EDQUOT: "the disk quota is used up; free some space and run again",
        errno.EROFS: "the file system is read-only; set ALMANAC_HOME to a folder that can be written",
        errno.EACCES: "permission is denied; set ALMANAC_HOME to a folder that can be written",
        errno.EPERM: "permission is denied; set ALMANAC_HOME to a folder that can be written",
        errno.ENOTDIR: "a part of the path is a file, not a folder; set ALMANAC_HOME to a folder",
        errno.EEXIST: "a part of the path is a file, not a folder; set ALMANAC_HOME to a folder",
    }
    reason = remedies.get(error.errno or 0, f"{error.strerror or error}")
    return StorageError(f"cannot write {path}: {reason}.")


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Gives a temporary file beside `path` and moves it over `path` when the block ends well.

    The file and its folder are flushed to disk; on any error the temporary file is removed and
    `path` stays as it was. Raises StorageError where the disk or the permissions forbid it.
    """
    temporary = path.parent / f"{TEMPORARY_PREFIX}{uuid.uuid4().hex}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise storage_error(error, path) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a lock file for the block; whoever asks for it meanwhile waits. A killed holder lets go of it.

    Raises StorageError where the file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise storage_error(error, path) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def write_text(path: Path, text: str) -> None:
    """Writes a UTF-8 text file atomically. Raises StorageError."""
    with writing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def sweep(folder: Path, pattern: str, older_than: dt.timedelta) -> list[Path]:
    """Removes the files below a folder that fit the pattern and are older, and returns them."""
    before = time.time() - older_than.total_seconds()
    removed = []
    for path in folder.glob(pattern):
        # A writer that lives moves its file into place between one look and the next.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()
                removed.append(path)
    return removed
