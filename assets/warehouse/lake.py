"""The lake: one Parquet file a partition, replaced atomically, read without locks.

`<root>/<table>/<period>=<key>/data.parquet`. A partition is written to a temporary file in its own
folder, flushed to disk and moved over the old one, so a reader sees the old partition or the new
one and a killed writer leaves nothing but a `.tmp-` file that `sweep` removes.

The days of a closed month are in one file, `<table>/month=<month>/data.parquet`, once the month has
a mark, `<table>/compacted/<month>`; the module `compaction` says when and why that is safe. A day
that is written then is put into that file. Callers of `Lake` need not know where a day stands.

Each table also has a *seed*: a partition before all others with the table's columns and no rows,
so that a view over the table exists before its first partition does.
"""

from __future__ import annotations

import datetime as dt
import errno
import fcntl
import hashlib
import io
import os
import time
import uuid
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from assets.errors import InputError, StorageError
from assets.warehouse.evolution import in_columns_of, refuse_incompatible
from assets.warehouse.months import DayInMonth, Month, days_of, notes_of, read_days, read_month

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from assets.warehouse.table import Period, Table

SEED_KEYS: dict[Period, str] = {"day": "0001-01-01", "month": "0001-01", "year": "1"}
"""Keys of the seed partitions: before every real one, and never listed by `keys`."""

DATA_FILE = "data.parquet"
TEMPORARY_PREFIX = ".tmp-"
MARKS = "compacted"
LOCK = ".lock"
EVOLVED = "almanac.evolved"
"""Note of a seed: partitions were written before the table had its columns of today."""

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


class ClosedMeanwhileError(Exception):
    """The month of a day's file was closed before the file was in its place."""


@dataclass(frozen=True)
class Lake:
    """The tables of the almanac as Parquet partitions below one folder."""

    root: Path

    def partition_file(self, table: Table, key: str) -> Path:
        """Path of a partition's own file, whether or not it exists; a day of a closed month has none."""
        return self.root / table.name / f"{table.period}={key}" / DATA_FILE

    def month_file(self, table: Table, month: str) -> Path:
        """Path of the file of a month's days, whether or not it exists."""
        return self.root / table.name / f"month={month}" / DATA_FILE

    def month_mark(self, table: Table, month: str) -> Path:
        """Path of the empty file that says that a month is closed: its days are in the month file alone."""
        return self.root / table.name / MARKS / month

    def is_closed(self, table: Table, key: str) -> bool:
        """Whether a day (or 'YYYY-MM') of a table is in a closed month."""
        return table.period == "day" and self.month_mark(table, key[:7]).is_file()

    def lock(self, table: Table) -> AbstractContextManager[None]:
        """Held while a day's file is put into its place, a month file is changed, or a month is closed."""
        return locked(self.root / table.name / LOCK)

    def closed_months(self, table: Table) -> set[str]:
        """The closed months of a table by day."""
        folder = self.root / table.name / MARKS
        return {entry.name for entry in folder.iterdir()} if table.period == "day" and folder.is_dir() else set()

    def keys(self, table: Table) -> list[str]:
        """Keys of the partitions that are there, in order; the seed is none."""
        folder = self.root / table.name
        if not folder.is_dir():
            return []
        closed = self.closed_months(table)
        prefix = f"{table.period}="
        own = (
            entry.name.removeprefix(prefix)
            for entry in folder.iterdir()
            if entry.name.startswith(prefix) and (entry / DATA_FILE).is_file()
        )
        found = {key for key in own if key != SEED_KEYS[table.period] and key[:7] not in closed}
        return sorted(found.union(*(days_of(self.month_file(table, month)) for month in closed)))

    def day_files(self, table: Table, month: str) -> dict[str, Path]:
        """The days of a month that have a file of their own, in order; no folder is listed."""
        days = (f"{month}-{day:02}" for day in range(1, 32))
        return {day: path for day in days if (path := self._own_file(table, day))}

    def has(self, table: Table, key: str) -> bool:
        """Whether the partition has been written."""
        return self._in_month(table, key) is not None or self._own_file(table, key) is not None

    def files(self, table: Table, keys: Iterable[str]) -> list[Path]:
        """Files that hold the partitions among `keys` that are there, each once, in the order of `keys`.

        The file of a closed month holds its other days, too: whoever reads it takes the rows of `keys`.
        """
        found = {
            self.month_file(table, key[:7]) if self._in_month(table, key) else self._own_file(table, key): None
            for key in keys
        }
        return [path for path in found if path]

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
        data = _encoded(frame, notes)
        if not self.is_closed(table, key):
            with suppress(ClosedMeanwhileError):
                return self._write_file(table, self.partition_file(table, key), data, unless_closed=key)
        day = DayInMonth(frame.height, hashlib.sha256(data).hexdigest(), time.time(), dict(notes or {}))
        return self._change_month(table, key, lambda month: month.with_day(key, day, frame))

    def remove(self, table: Table, key: str) -> None:
        """Removes a partition; one that is not there stays so. Raises StorageError."""
        with ExitStack() as held:
            if table.period == "day":
                held.enter_context(self.lock(table))
            if not self.is_closed(table, key):
                path = self.partition_file(table, key)
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    raise storage_error(error, path) from error
                with suppress(OSError):
                    path.parent.rmdir()
                return
        if self._in_month(table, key):
            self._change_month(table, key, lambda month: month.without(key))

    def notes(self, table: Table, key: str) -> dict[str, str]:
        """What was noted when the partition was written; nothing where it is not there."""
        if day := self._in_month(table, key):
            return dict(day.notes)
        path = self._own_file(table, key)
        return notes_of(path) if path else {}

    def read(self, table: Table, keys: Iterable[str]) -> pl.DataFrame:
        """The rows of the given partitions, in the order of `keys`; an absent one has no rows.

        A column that the table gained after a partition was written is NULL in it. Raises
        StorageError where a partition cannot be read as the table is today.
        """
        frames = [table.empty()]
        for closed, group in groupby(keys, lambda key: key[:7] if self.is_closed(table, key) else None):
            if closed:
                in_month = list(group)
                days = read_days(self.month_file(table, closed), table, in_month).partition_by("day", as_dict=True)
                frames += [found for key in in_month if (found := days.get((dt.date.fromisoformat(key),))) is not None]
            else:
                paths = [path for key in group if (path := self._own_file(table, key))]
                frames += [in_columns_of(table, pl.read_parquet(path, hive_partitioning=False), path) for path in paths]
        return pl.concat(frames, how="vertical")

    def columns(self, table: Table, key: str, names: Sequence[str]) -> pl.DataFrame:
        """Some columns of a partition; no rows where it is not there."""
        path = None if self.is_closed(table, key) else self._own_file(table, key)
        if path and set(names) <= pl.read_parquet_schema(path).keys():
            return pl.read_parquet(path, columns=list(names), hive_partitioning=False)
        return self.read(table, [key]).select(names)

    def require(self, table: Table, keys: Iterable[str]) -> pl.DataFrame:
        """The same as `read`, where every partition must be there. Raises InputError for one that is not."""
        keys = list(keys)
        for key in keys:
            if not self.has(table, key):
                raise InputError(f"{table.name} of {key} is not made yet: make it first, then what stands on it.")
        return self.read(table, keys)

    def fingerprint(self, table: Table, key: str) -> str:
        """SHA-256 of a partition's file, in hexadecimal; empty where it is not there. Compaction keeps it."""
        if day := self._in_month(table, key):
            return day.fingerprint
        path = self._own_file(table, key)
        return hashlib.sha256(path.read_bytes()).hexdigest() if path else ""

    def written(self, table: Table, key: str) -> float:
        """When a partition was written, in seconds since 1970; 0 where it is not there. Compaction keeps it."""
        if day := self._in_month(table, key):
            return day.written
        path = self._own_file(table, key)
        return path.stat().st_mtime if path else 0.0

    def row_count(self, table: Table, key: str) -> int:
        """Rows of a partition, read from the file's footer; 0 where it is not there."""
        if day := self._in_month(table, key):
            return day.rows
        path = self._own_file(table, key)
        if not path:
            return 0
        return int(pl.scan_parquet(path, hive_partitioning=False).select(pl.len()).collect().item())

    def seed(self, table: Table) -> bool:
        """Writes the table's seed partitions where they are missing or have other columns.

        Returns whether the lake may hold partitions with other columns than the table's: of a seed
        that was there before. Raises StorageError where those cannot be read as the table is now.
        """
        path = self.partition_file(table, SEED_KEYS[table.period])
        notes: Mapping[str, str] = {}
        if not path.is_file():
            self._refuse_other_period(table)
        else:
            notes = notes_of(path)
            stored = pl.Schema(pl.read_parquet_schema(path))
            if stored != table.polars_schema:
                refuse_incompatible(table, stored, path.parent.parent)
                notes = {EVOLVED: "yes"}
        of_months = self.month_file(table, SEED_KEYS["month"])
        for seed in (path, of_months) if table.period == "day" else (path,):
            if not seed.is_file() or pl.read_parquet_schema(seed) != table.polars_schema:
                self._write_file(table, seed, _encoded(table.empty(), notes))
        return EVOLVED in notes

    def sweep(self, older_than: dt.timedelta = LEFTOVER_AGE) -> list[Path]:
        """Removes the temporary files that killed writers left, and returns them."""
        return sweep(self.root, f"*/*/{TEMPORARY_PREFIX}*", older_than)

    def write_month(self, table: Table, name: str, month: Month) -> Path:
        """Writes the month file of a month that is not closed. Raises ClosedMeanwhileError where it is."""
        return self._write_file(table, self.month_file(table, name), month.encoded(), unless_closed=name)

    def _refuse_other_period(self, table: Table) -> None:
        folder = self.root / table.name
        for period in SEED_KEYS.keys() - {table.period}:
            if next(folder.glob(f"{period}=*"), None):
                raise StorageError(
                    f"{folder} holds partitions by {period}, and table {table.name} is by {table.period} now:"
                    " move that folder out of the lake and make the table again."
                )

    def _own_file(self, table: Table, key: str) -> Path | None:
        path = self.partition_file(table, key)
        return path if path.is_file() else None

    def _in_month(self, table: Table, key: str) -> DayInMonth | None:
        """What a closed month's file tells of a day; None where the month is open or has no such day."""
        return days_of(self.month_file(table, key[:7])).get(key) if self.is_closed(table, key) else None

    def _change_month(self, table: Table, key: str, change: Callable[[Month], Month]) -> Path:
        """Changes the file of a closed month, one writer after the other."""
        path = self.month_file(table, key[:7])
        with self.lock(table):
            data = change(read_month(path, table)).encoded()
            with writing(path) as temporary:
                temporary.write_bytes(data)
        return path

    def _write_file(self, table: Table, path: Path, data: bytes, unless_closed: str = "") -> Path:
        # Polars reports a full disk as a ComputeError without an error number, so the file is made
        # in memory (a partition is a few megabytes) and written by Python, whose errors say why.
        with ExitStack() as held, writing(path) as temporary:
            temporary.write_bytes(data)
            if unless_closed and table.period == "day":
                held.enter_context(self.lock(table))  # until the file is in its place
                if self.is_closed(table, unless_closed):
                    raise ClosedMeanwhileError
        return path


def _encoded(frame: pl.DataFrame, notes: Mapping[str, str] | None) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=True, metadata=dict(notes or {}))
    return buffer.getvalue()
