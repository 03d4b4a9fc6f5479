"""The lake: one Parquet file a partition, replaced atomically, read without locks.

`<root>/<table>/<period>=<key>/data.parquet`. A partition is written to a temporary file in its own
folder, flushed to disk and moved over the old one, so a reader sees the old partition or the new
one and a killed writer leaves nothing but a `.tmp-` file that `sweep` removes.

Each table also has a *seed*: a partition before all others with the table's columns and no rows,
so that a view over the table exists before its first partition does.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import io
import os
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from assets.errors import InputError, StorageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from assets.warehouse.table import Period, Table

SEED_KEYS: dict[Period, str] = {"day": "0001-01-01", "month": "0001-01", "year": "1"}
"""Keys of the seed partitions: before every real one, and never listed by `keys`."""

DATA_FILE = "data.parquet"
TEMPORARY_PREFIX = ".tmp-"
LEFTOVER_AGE = dt.timedelta(hours=1)
"""A temporary file older than this belongs to no writer that lives."""


def partition_value(period: Period, key: str) -> dt.date | str | int:
    """The value of the partition column for a partition key: a date, 'YYYY-MM', or a year."""
    if period == "day":
        return dt.date.fromisoformat(key)
    return key if period == "month" else int(key)


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


def write_text(path: Path, text: str) -> None:
    """Writes a UTF-8 text file atomically. Raises StorageError."""
    with writing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def sweep(folder: Path, pattern: str, older_than: dt.timedelta = LEFTOVER_AGE) -> list[Path]:
    """Removes the files below a folder that fit the pattern and are older, and returns them."""
    before = time.time() - older_than.total_seconds()
    removed = [path for path in folder.glob(pattern) if path.stat().st_mtime < before]
    for path in removed:
        path.unlink(missing_ok=True)
    return removed


@dataclass(frozen=True)
class Lake:
    """The tables of the almanac as Parquet partitions below one folder."""

    root: Path

    def partition_file(self, table: Table, key: str) -> Path:
        """Path of a partition's data file, whether or not it exists."""
        return self.root / table.name / f"{table.period}={key}" / DATA_FILE

    def pattern(self, table: Table) -> str:
        """Glob of all data files of a table, the seed's included."""
        return str(self.root / table.name / f"{table.period}=*" / DATA_FILE)

    def keys(self, table: Table) -> list[str]:
        """Keys of the partitions that are there, in order; the seed is none."""
        folder = self.root / table.name
        if not folder.is_dir():
            return []
        prefix = f"{table.period}="
        return sorted(
            entry.name.removeprefix(prefix)
            for entry in folder.iterdir()
            if entry.name.startswith(prefix)
            and entry.name != f"{prefix}{SEED_KEYS[table.period]}"
            and (entry / DATA_FILE).is_file()
        )

    def has(self, table: Table, key: str) -> bool:
        """Whether the partition has been written."""
        return self.partition_file(table, key).is_file()

    def files(self, table: Table, keys: Iterable[str]) -> list[Path]:
        """Data files of the partitions among `keys` that are there, in the order of `keys`."""
        paths = (self.partition_file(table, key) for key in keys)
        return [path for path in paths if path.is_file()]

    def write(self, table: Table, key: str, frame: pl.DataFrame, notes: Mapping[str, str] | None = None) -> Path:
        """Replaces a partition by `frame` and returns its file.

        `notes` go into the file's own metadata: what the partition was made with, for `notes` to
        tell. `frame` has exactly the table's columns and types, and `key`'s value throughout in its
        partition column: ValueError otherwise. Raises StorageError where it cannot be written.
        """
        if frame.schema != table.polars_schema:
            raise ValueError(f"table {table.name}: frame has {frame.schema}, not {table.polars_schema}")
        value = partition_value(table.period, key)
        if not frame.select((pl.col(table.period) == value).all()).item():
            raise ValueError(f"table {table.name}: rows of another {table.period} in partition {key}")
        return self._write(table, key, frame, notes)

    def notes(self, table: Table, key: str) -> dict[str, str]:
        """What was noted when the partition was written; nothing where it is not there."""
        path = self.partition_file(table, key)
        return pl.read_parquet_metadata(path) if path.is_file() else {}

    def read(self, table: Table, keys: Iterable[str]) -> pl.DataFrame:
        """The rows of the given partitions, in the order of `keys`; an absent one has no rows."""
        frames = [pl.read_parquet(path, hive_partitioning=False) for path in self.files(table, keys)]
        return pl.concat([table.empty(), *frames], how="vertical")

    def columns(self, table: Table, key: str, names: Sequence[str]) -> pl.DataFrame:
        """Some columns of a partition; no rows where it is not there."""
        path = self.partition_file(table, key)
        if not path.is_file():
            return table.empty().select(names)
        return pl.read_parquet(path, columns=list(names), hive_partitioning=False)

    def require(self, table: Table, keys: Iterable[str]) -> pl.DataFrame:
        """The same, where every partition must be there. Raises InputError for one that is not."""
        keys = list(keys)
        for key in keys:
            if not self.has(table, key):
                raise InputError(f"{table.name} of {key} is not made yet: make it first, then what stands on it.")
        return self.read(table, keys)

    def fingerprint(self, table: Table, key: str) -> str:
        """SHA-256 of a partition's file, in hexadecimal; empty where it is not there."""
        path = self.partition_file(table, key)
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""

    def row_count(self, table: Table, key: str) -> int:
        """Rows of a partition, read from the file's footer; 0 where it is not there."""
        path = self.partition_file(table, key)
        if not path.is_file():
            return 0
        return int(pl.scan_parquet(path, hive_partitioning=False).select(pl.len()).collect().item())

    def seed(self, table: Table) -> Path:
        """Writes the table's seed partition where it is missing or has other columns."""
        key = SEED_KEYS[table.period]
        path = self.partition_file(table, key)
        if path.is_file() and pl.read_parquet_schema(path) == table.polars_schema:
            return path
        return self._write(table, key, table.empty(), None)

    def sweep(self, older_than: dt.timedelta = LEFTOVER_AGE) -> list[Path]:
        """Removes the temporary files that killed writers left, and returns them."""
        return sweep(self.root, f"*/*/{TEMPORARY_PREFIX}*", older_than)

    def _write(self, table: Table, key: str, frame: pl.DataFrame, notes: Mapping[str, str] | None) -> Path:
        # Polars reports a full disk as a ComputeError without an error number, so the file is made
        # in memory (a partition is a few megabytes) and written by Python, whose errors say why.
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", statistics=True, metadata=dict(notes or {}))
        path = self.partition_file(table, key)
        with writing(path) as temporary:
            temporary.write_bytes(buffer.getbuffer())
        return path
