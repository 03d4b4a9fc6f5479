"""Where the lake's files stand: what `Lake` asks of a storage, and the storage that is a local folder.

A file has a name, its path below the storage's root with `/` between the parts. It is read, written
and replaced whole. Two writers of one file exclude each other by its version: `replace` writes only
over the version that was read, so whoever changes what others change too reads, changes, replaces,
and begins again where somebody else was faster. No lock outlives its holder, and no server is needed.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assets.errors import StorageError
from assets.warehouse.files import TEMPORARY_PREFIX, locked, storage_error, sweep, writing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from duckdb import DuckDBPyConnection

ABSENT = ""
"""The version of a file that is not there."""

LOCK, TURN = ".lock", ".turn"

_NOT_THERE = (FileNotFoundError, NotADirectoryError)


@dataclass(frozen=True)
class Stored:
    """What a storage tells of a file without reading it."""

    size: int
    """Bytes."""
    modified: float
    """When it was written, seconds since 1970; an object store tells whole seconds, of its own clock."""
    version: str
    """Another one whenever the file is replaced by other bytes."""


class Storage(Protocol):
    """A place of files. Every method raises StorageError where the place does not answer or refuses."""

    def __hash__(self) -> int:
        """Two storages of the same place are the same."""

    @property
    def url(self) -> str:
        """The place, as DuckDB and people call it: a folder, or s3://bucket/prefix."""

    def stat(self, name: str) -> Stored | None:
        """What is known of a file; None where it is not there."""

    def get(self, name: str) -> tuple[bytes, Stored] | None:
        """All bytes of a file and what is known of exactly these; None where it is not there."""

    def tail(self, name: str, size: int) -> bytes | None:
        """The last `size` bytes of a file, or all where it has fewer; None where it is not there."""

    def put(self, name: str, data: bytes) -> None:
        """Writes a file, atomically; the last writer wins."""

    def replace(self, name: str, data: bytes, version: str) -> bool:
        """Writes a file where its version is still this one (or ABSENT); whether it is written."""

    def turn(self, name: str) -> AbstractContextManager[None]:
        """Held while a file is read, changed and replaced: others wait instead of beginning again, where they can.

        For speed alone: what is right rests on `replace`.
        """

    def delete(self, name: str) -> None:
        """Removes a file; one that is not there stays so."""

    def names(self, folder: str) -> list[str]:
        """What stands directly in a folder, files and folders, in order; nothing where there is none."""

    def holders(self, folder: str, file: str, start: str = "") -> list[str]:
        """The folders directly in a folder whose names begin so and in which there is a file of this name, in order."""

    def sweep(self, older_than: dt.timedelta) -> Sequence[str]:
        """Removes what killed writers left and is older, and returns the names."""

    def attach(self, connection: DuckDBPyConnection) -> None:
        """Lets a DuckDB connection read the place under its URL; once is enough, twice does no harm."""


@dataclass(frozen=True)
class LocalFolder:
    """A folder of this machine: a temporary file is flushed to disk and moved over the old one."""

    root: Path

    @property
    def url(self) -> str:
        """The folder's path."""
        return str(self.root)

    def stat(self, name: str) -> Stored | None:
        """What is known of a file; None where it is not there."""
        with suppress(*_NOT_THERE), _reading(path := self.root / name):
            return _stored(path.stat())
        return None

    def get(self, name: str) -> tuple[bytes, Stored] | None:
        """All bytes of a file; None where it is not there."""
        with suppress(*_NOT_THERE), _reading(path := self.root / name), path.open("rb") as file:
            return file.read(), _stored(os.fstat(file.fileno()))
        return None

    def tail(self, name: str, size: int) -> bytes | None:
        """The last bytes of a file; None where it is not there."""
        with suppress(*_NOT_THERE), _reading(path := self.root / name), path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - size))
            return file.read()
        return None

    def put(self, name: str, data: bytes) -> None:
        """Writes a file, atomically."""
        # By Python, whose errors say why the disk refuses; Polars' do not.
        with writing(self.root / name) as temporary:
            temporary.write_bytes(data)

    def replace(self, name: str, data: bytes, version: str) -> bool:
        """Writes a file where its version is still this one; those who do so wait for each other."""
        with locked(self._beside(name, LOCK)):
            found = self.stat(name)
            if (found.version if found else ABSENT) != version:
                return False
            self.put(name, data)
        return True

    def turn(self, name: str) -> AbstractContextManager[None]:
        """Held by one process after the other."""
        return locked(self._beside(name, TURN))

    def _beside(self, name: str, lock: str) -> Path:
        return self.root / Path(name).parts[0] / lock

    def delete(self, name: str) -> None:
        """Removes a file, and its folder where nothing else is in it."""
        path = self.root / name
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(error, path) from error
        with suppress(OSError):
            path.parent.rmdir()

    def names(self, folder: str) -> list[str]:
        """What stands directly in a folder."""
        with suppress(*_NOT_THERE), _reading(path := self.root / folder):
            return sorted(os.listdir(path))  # noqa: PTH208 - names alone, in one go
        return []

    def holders(self, folder: str, file: str, start: str = "") -> list[str]:
        """The folders directly in a folder that begin so and hold a file of this name."""
        names = [name for name in self.names(folder) if name.startswith(start)]
        return [name for name in names if (self.root / folder / name / file).is_file()]

    def sweep(self, older_than: dt.timedelta) -> Sequence[str]:
        """Removes the temporary files of killed writers."""
        removed = sweep(self.root, f"*/*/{TEMPORARY_PREFIX}*", older_than)
        return [path.relative_to(self.root).as_posix() for path in removed]

    def attach(self, connection: DuckDBPyConnection) -> None:
        """DuckDB reads folders by itself."""


def _stored(stat: os.stat_result) -> Stored:
    return Stored(stat.st_size, stat.st_mtime, f"{stat.st_ino}-{stat.st_mtime_ns}-{stat.st_size}")


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Raises StorageError for a file that is there and cannot be read."""
    try:
        yield
    except _NOT_THERE:
        raise
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror or error}.") from error
