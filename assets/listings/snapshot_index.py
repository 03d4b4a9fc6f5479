"""The index of a snapshot by announcement day: made in one pass over the file, then read by day.

A folder below the index root, named by the file's fingerprint: Parquet files for each month of ids,
sorted by announcement day and line, and `index.json`, which says what stands where. The pass sorts
lines by the month of their ids, since that month bounds everything that a paper's day can be told
from; then each month, small enough for memory, gets its days.

One process builds at a time (a lock below the root), in a folder that is renamed when it is whole:
a reader sees a whole index or none, and what a killed run left is swept by the next one.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import io
import os
import shutil
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import polars as pl
import zstandard

import assets.calendar
from assets.errors import InputError, StorageError
from assets.listings.snapshot_days import PLACED, entry_frame, place
from assets.listings.snapshot_lines import numbered_lines
from assets.listings.snapshot_records import read_entries
from assets.warehouse.lake import storage_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assets.listings.snapshot_lines import Progress
    from assets.listings.snapshot_records import Entry

LAYOUT = 1
"""Version of the folder's layout; raised when it changes, so that older indexes are made anew."""

BUFFERED_CHARACTERS = 16_000_000
"""Text that waits in memory, over all months, before the largest month goes to disk."""

ROWS_PER_FILE = 8000
ROWS_PER_GROUP = 1000
"""Rows of a Parquet file, and of each row group in it: about a day, so that reading one skips the others."""

_INDEX_FILE = "index.json"
_BUILDING = ".building-"


class SnapshotIndex(msgspec.Struct, frozen=True):
    """What the index of a snapshot file holds.

    `days` gives, for each announcement day, the files that hold its entries; `broken` is the number
    of lines that are no record, `broken_files` where they stand.
    """

    layout: int
    path: str
    size: int
    modified_ns: int
    records: int
    broken: int
    broken_files: list[str]
    days: dict[dt.date, list[str]]


def fingerprint(path: Path) -> str:
    """Name of the index of a file as it is now: another path, size, time or calendar gives another.

    Raises InputError where the file cannot be looked at.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check the path of the snapshot.") from error
    facts = (LAYOUT, str(path.resolve()), status.st_size, status.st_mtime_ns, _calendar_digest())
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:24]


def ensure_index(path: Path, root: Path, progress: Progress | None = None) -> tuple[SnapshotIndex, Path]:
    """The index of a file and its folder below `root`; made first where there is none.

    A second process that wants the same index waits for the first one's. Indexes of earlier states of
    the file are removed. Raises InputError where the file cannot be read or changes meanwhile,
    StorageError where the index cannot be written.
    """
    folder = root / fingerprint(path)
    if (found := _load(folder)) is None:
        with _only_builder(root):
            if (found := _load(folder)) is None:
                _build(path, folder, progress)
                found = _load(folder)
    if found is None:
        raise InputError(f"{path} changed while it was indexed: run again when it is complete.")
    return found, folder


def read_day(index: SnapshotIndex, folder: Path, day: dt.date) -> pl.DataFrame:
    """The entries of a day as a frame of `PLACED`, in order of their lines."""
    return _read([folder / file for file in index.days.get(day, [])], pl.col("day") == day)


def read_broken(index: SnapshotIndex, folder: Path) -> pl.DataFrame:
    """The lines that are no record as a frame of `PLACED`, in order."""
    return _read([folder / file for file in index.broken_files], pl.col("reason").is_not_null())


def _read(files: Sequence[Path], rows: pl.Expr) -> pl.DataFrame:
    try:
        parts = [pl.scan_parquet(file, hive_partitioning=False).filter(rows).collect() for file in files]
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StorageError(
            f"a part of the snapshot's index cannot be read ({error}): remove {files[0].parent} and run again."
        ) from error
    return pl.concat([pl.DataFrame(schema=PLACED), *parts]).sort("line")


def _build(path: Path, folder: Path, progress: Progress | None) -> None:
    root = folder.parent
    building = root / f"{_BUILDING}{folder.name}"
    try:
        for leftover in root.glob(f"{_BUILDING}*"):
            shutil.rmtree(leftover)
        building.mkdir()
        try:
            spilled = _spill(path, building, progress)
            index = _place_months(path, building, spilled)
            if fingerprint(path) != folder.name:
                raise InputError(f"{path} changed while it was indexed: run again when it is complete.")
            _write(building / _INDEX_FILE, msgspec.json.encode(index))
            _flush_folder(building)
            if folder.exists():
                shutil.rmtree(folder)
            building.rename(folder)
            _flush_folder(root)
        finally:
            shutil.rmtree(building, ignore_errors=True)
        _remove_older(root, folder, index.path)
    except OSError as error:
        raise storage_error(error, root) from error


def _spill(path: Path, building: Path, progress: Progress | None) -> dict[str, list[Path]]:
    """First pass: the entries of the file, sorted by month into files of bounded size."""
    spilled: dict[str, list[Path]] = {}
    buffers: dict[str, list[Entry]] = {}
    characters: dict[str, int] = {}
    total = 0

    def flush(month: str) -> None:
        nonlocal total
        files = spilled.setdefault(month, [])
        part = building / f"{month}.{len(files):05}.part"
        files.append(part)
        buffer = io.BytesIO()
        entry_frame(buffers.pop(month)).write_ipc(buffer, compression="uncompressed")
        # Compressed as one piece: several times faster than Polars' own compression of each column.
        _write(part, zstandard.compress(buffer.getbuffer(), -3), durable=False)
        total -= characters.pop(month)

    for entry in read_entries(numbered_lines(path, progress), str(path)):
        buffers.setdefault(entry.month, []).append(entry)
        size = len(entry.text) + 200
        characters[entry.month] = characters.get(entry.month, 0) + size
        total += size
        if total > BUFFERED_CHARACTERS:
            flush(max(characters, key=characters.__getitem__))
    for month in list(buffers):
        flush(month)
    return spilled


def _place_months(path: Path, building: Path, spilled: dict[str, list[Path]]) -> SnapshotIndex:
    """Second pass: the entries of each month get their days and are written in order of day and line."""
    days: dict[dt.date, list[str]] = {}
    broken_files = []
    records = broken = 0
    for month, parts in sorted(spilled.items()):
        placed = place(pl.concat([pl.read_ipc(zstandard.decompress(part.read_bytes())) for part in parts]))
        for part in parts:
            part.unlink()
        order = placed.select(pl.arg_sort_by("day", "line")).to_series()
        for number, start in enumerate(range(0, placed.height, ROWS_PER_FILE)):
            rows = placed[order[start : start + ROWS_PER_FILE]]
            file = f"{month}.{number:02}.parquet"
            # Polars reports a full disk without an error number; Python's own write says why.
            buffer = io.BytesIO()
            rows.write_parquet(buffer, compression="zstd", compression_level=1, row_group_size=ROWS_PER_GROUP)
            _write(building / file, buffer.getbuffer())
            for day in rows["day"].unique():
                days.setdefault(day, []).append(file)
            if unreadable := rows["reason"].count():
                broken_files.append(file)
            records += rows.height - unreadable
            broken += unreadable
    status = path.stat()
    return SnapshotIndex(
        LAYOUT,
        str(path.resolve()),
        status.st_size,
        status.st_mtime_ns,
        records,
        broken,
        broken_files,
        dict(sorted(days.items())),
    )


def _load(folder: Path) -> SnapshotIndex | None:
    try:
        return msgspec.json.decode((folder / _INDEX_FILE).read_bytes(), type=SnapshotIndex)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return None
    except OSError as error:
        raise storage_error(error, folder) from error


def _remove_older(root: Path, current: Path, path: str) -> None:
    for folder in root.iterdir():
        if folder != current and folder.is_dir() and (other := _load(folder)) is not None and other.path == path:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _only_builder(root: Path) -> Iterator[None]:
    """Holds the lock of the index root; it is let go even when the process is killed."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = os.open(root / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise storage_error(error, root) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@cache
def _calendar_digest() -> str:
    """Changes with the calendar's rules and holidays, which an index's days depend on."""
    folder = Path(str(assets.calendar.__file__)).parent
    digest = hashlib.sha256()
    for file in sorted([*folder.glob("*.py"), *folder.glob("*.toml")]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _write(path: Path, data: bytes | memoryview, *, durable: bool = True) -> None:
    with path.open("wb") as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
