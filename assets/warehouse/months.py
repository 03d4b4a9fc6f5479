"""Month files: the days of a closed month in one Parquet file, each with what its own file told.

The rows stand in the order of the days, in about a row group a week: one day is read without most of
the others, and the metadata of hundreds of months, which every query reads, stays small. For each day
the file's metadata keeps the number of rows, the fingerprint and the notes of the day's file and the
time at which it was written: whether a day was compacted makes no difference to anyone who asks for
it. When months are written is said in `compaction`.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import io
import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import polars as pl

from assets.warehouse.evolution import in_columns_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from assets.warehouse.table import Table

DAYS_KEY = "almanac.days"
ROW_GROUPS = 4
SMALLEST_ROW_GROUP = 2048


@dataclass(frozen=True)
class DayInMonth:
    """What a day's own file told."""

    rows: int
    fingerprint: str
    """SHA-256 of the file, in hexadecimal."""
    written: float
    """When it was written, seconds since 1970."""
    notes: Mapping[str, str]


@dataclass(frozen=True)
class Month:
    """The content of a month file: the days in order, and their rows in one frame."""

    days: Mapping[str, DayInMonth]
    rows: pl.DataFrame

    def without(self, key: str) -> Month:
        """The month with nothing of a day."""
        days = {name: day for name, day in self.days.items() if name != key}
        return Month(days, self.rows.filter(pl.col("day") != dt.date.fromisoformat(key)))

    def with_day(self, key: str, day: DayInMonth, rows: pl.DataFrame) -> Month:
        """The month with a day as it is now, in the place of what was there of it."""
        others = self.without(key)
        return Month(
            dict(sorted({**others.days, key: day}.items())),
            pl.concat([others.rows, rows]).sort("day", maintain_order=True),
        )

    def encoded(self) -> bytes:
        """The Parquet file."""
        buffer = io.BytesIO()
        self.rows.write_parquet(
            buffer,
            compression="zstd",
            statistics=True,
            row_group_size=max(SMALLEST_ROW_GROUP, self.rows.height // ROW_GROUPS),
            metadata={DAYS_KEY: json.dumps({key: asdict(day) for key, day in self.days.items()})},
        )
        return buffer.getvalue()


def day_of_file(path: Path, table: Table) -> tuple[DayInMonth, pl.DataFrame]:
    """What a day's own file tells, and its rows, both of one reading. Raises StorageError, or OSError."""
    with path.open("rb") as file:
        data, written = file.read(), os.fstat(file.fileno()).st_mtime
    rows = in_columns_of(table, pl.read_parquet(data, hive_partitioning=False), path)
    return DayInMonth(rows.height, hashlib.sha256(data).hexdigest(), written, notes_of(data)), rows


def notes_of(source: Path | bytes) -> dict[str, str]:
    """The notes in a Parquet file's metadata; without what Polars adds to them."""
    return {name: note for name, note in pl.read_parquet_metadata(source).items() if name != "ARROW:schema"}


def days_of(path: Path) -> Mapping[str, DayInMonth]:
    """The days of a month file, read from its metadata; remembered as long as the file is the same."""
    stat = path.stat()
    return _days(path, (stat.st_ino, stat.st_mtime_ns, stat.st_size))


def read_month(path: Path, table: Table) -> Month:
    """All of a month file, read in one go: a file that is replaced meanwhile is read as it was."""
    data = path.read_bytes()
    rows = in_columns_of(table, pl.read_parquet(data, hive_partitioning=False), path)
    return Month(_parsed(pl.read_parquet_metadata(data)), rows)


def read_days(path: Path, table: Table, keys: Sequence[str]) -> pl.DataFrame:
    """The rows of some days of a month file, in the order of the days."""
    # From memory: a lazy reading of the file itself would open it more than once.
    rows = pl.scan_parquet(io.BytesIO(path.read_bytes()), hive_partitioning=False)
    days = [dt.date.fromisoformat(key) for key in keys]
    wanted = rows.filter(pl.col("day").is_between(min(days), max(days)), pl.col("day").is_in(days))
    return in_columns_of(table, wanted.collect(), path)


@functools.lru_cache(maxsize=4096)
def _days(path: Path, stamp: tuple[int, ...]) -> Mapping[str, DayInMonth]:
    del stamp  # makes the entry another one when the file is
    return _parsed(pl.read_parquet_metadata(path))


def _parsed(metadata: Mapping[str, str]) -> Mapping[str, DayInMonth]:
    return {key: DayInMonth(**day) for key, day in json.loads(metadata[DAYS_KEY]).items()}
