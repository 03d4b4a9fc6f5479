"""The index of a snapshot by announcement day: made in one pass over the file, then read by day.

A folder below the index root, named by the file's fingerprint: Parquet files of some months of ids each,
sorted by announcement day and line, and `index.json`, which says what stands where. How it is made
stands in snapshot_build.py.

One process builds at a time (a lock below the root), in a folder that is renamed when it is whole:
a reader sees a whole index or none. What a killed run did is kept for the next one, which goes on with it
as long as the file is the same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

import assets.calendar
from assets.errors import InputError, StorageError
from assets.listings.snapshot_build import DamagedWorkError, build, clear, write_file
from assets.listings.snapshot_days import PLACED
from assets.warehouse.files import locked, storage_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.listings.snapshot_build import PlacedMonths
    from assets.listings.snapshot_lines import Progress

LAYOUT = 2
"""Version of the folder's layout; raised when it changes, so that older indexes are made anew."""

_INDEX_FILE = "index.json"
_BUILDING = ".building-"
_ORIGIN = "origin"


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
    the file are removed. A build that was interrupted or ran out of disk goes on where it stopped. Raises
    InputError where the file cannot be read or changes meanwhile, StorageError where the index cannot be written.
    """
    folder = root / fingerprint(path)
    if (found := _load(folder)) is None:
        with locked(root / ".lock"):
            if (found := _load(folder)) is None:
                _build(path, folder, progress)
                found = _load(folder)
    if found is None:
        raise InputError(f"{path} changed while it was indexed: run again when it is complete.")
    return found, folder


def read_day(index: SnapshotIndex, folder: Path, day: dt.date) -> pl.DataFrame:
    """The entries of a day as a frame of `PLACED`, in order of their lines."""
    return _read([folder / file for file in index.days.get(day, [])], pl.col("day") == day)


class StoredDays(NamedTuple):
    """Some days of an index: its folder, the files that hold them, and the days in order."""

    folder: Path
    files: tuple[str, ...]
    days: tuple[dt.date, ...]

    def read(self) -> pl.DataFrame:
        """Their entries as a frame of `PLACED`, in order of days and lines."""
        paths = [self.folder / file for file in self.files]
        return _read(paths, pl.col("day").is_in(self.days)).sort("day", "line")


def repeated_papers(index: SnapshotIndex, folder: Path) -> dict[str, list[dt.date]]:
    """The papers of which an index has entries on more than one day, with these days in order."""
    files = sorted({file for files in index.days.values() for file in files})
    found = (
        pl.scan_parquet([folder / file for file in files], hive_partitioning=False)
        .select("paper_id", "day")
        .filter(pl.col("paper_id").is_not_null())
        .unique()
        .filter(pl.col("paper_id").is_duplicated())
        .sort("paper_id", "day")
        .collect()
    )
    return dict(found.group_by("paper_id", maintain_order=True).agg("day").iter_rows())


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
        _sweep(root, path, building)
        building.mkdir(exist_ok=True)
        (building / _ORIGIN).write_text(str(path.resolve()), encoding="utf-8")
        if _load(building) is None:
            index = _index_of(path, _months(path, building, progress))
            if fingerprint(path) != folder.name:
                raise InputError(f"{path} changed while it was indexed: run again when it is complete.")
            clear(building)
            write_file(building / _INDEX_FILE, msgspec.json.encode(index), durable=True)
            _flush_folder(building)
        if folder.exists():
            shutil.rmtree(folder)
        building.rename(folder)
        _flush_folder(root)
        _remove_older(root, folder, str(path.resolve()))
    except InputError:
        shutil.rmtree(building, ignore_errors=True)
        raise
    except OSError as error:
        raise storage_error(error, root) from error


def _months(path: Path, building: Path, progress: Progress | None) -> list[PlacedMonths]:
    try:
        return build(path, building, progress)
    except DamagedWorkError:
        shutil.rmtree(building)
        building.mkdir()
        return build(path, building, progress)


def _index_of(path: Path, months: Sequence[PlacedMonths]) -> SnapshotIndex:
    days: dict[dt.date, list[str]] = {}
    for month in months:
        for day, files in month.days.items():
            days.setdefault(day, []).extend(files)
    status = path.stat()
    return SnapshotIndex(
        LAYOUT,
        str(path.resolve()),
        status.st_size,
        status.st_mtime_ns,
        sum(month.records for month in months),
        sum(month.broken for month in months),
        [file for month in months for file in month.broken_files],
        dict(sorted(days.items())),
    )


def _sweep(root: Path, path: Path, building: Path) -> None:
    """Removes unfinished indexes that nobody can go on with: of earlier states of this file and of any other."""
    for leftover in root.glob(f"{_BUILDING}*"):
        if leftover == building:
            continue
        try:
            origin = Path((leftover / _ORIGIN).read_text(encoding="utf-8"))
            if origin != path.resolve() and leftover.name == f"{_BUILDING}{fingerprint(origin)}":
                continue
        except (OSError, InputError, UnicodeDecodeError):
            pass
        shutil.rmtree(leftover)


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


@cache
def _calendar_digest() -> str:
    """Changes with the calendar's rules and holidays, which an index's days depend on."""
    folder = Path(str(assets.calendar.__file__)).parent
    digest = hashlib.sha256()
    for file in sorted([*folder.glob("*.py"), *folder.glob("*.toml")]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
