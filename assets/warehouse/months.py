"""Month files: the days of a closed month in one Parquet file, each with what its own file told.

The rows stand in the order of the days, in about a row group a week: one day is read without most of
the others, and the metadata of hundreds of months, which every query reads, stays small. For each day
the file's metadata keeps the number of rows, the fingerprint and the notes of the day's file and the
time at which it was written: whether a day was compacted makes no difference to anyone who asks for
it. When months are written is said in `compaction`.

A month is *open* while its days are in files of their own and it holds a copy of them; it is *sealed*
by being written without that note, and from then on it holds its days alone.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import io
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import polars as pl

from assets.warehouse.evolution import in_columns_of
from assets.warehouse.parquet import footer, notes_of, rows_of, sound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assets.warehouse.storage import Storage, Stored
    from assets.warehouse.table import Table

DAYS_KEY = "almanac.days"
OPEN_KEY = "almanac.open"
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
class Head:
    """What the metadata of a month file tells: the days in order, and whether it holds them alone."""

    days: Mapping[str, DayInMonth]
    sealed: bool


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

    def encoded(self, *, sealed: bool, level: int | None = None) -> bytes:
        """The Parquet file; `level` is that of its compression, by default the usual one."""
        buffer = io.BytesIO()
        days = json.dumps({key: asdict(day) for key, day in self.days.items()})
        self.rows.write_parquet(
            buffer,
            compression="zstd",
            compression_level=level,
            statistics=True,
            row_group_size=max(SMALLEST_ROW_GROUP, self.rows.height // ROW_GROUPS),
            metadata={DAYS_KEY: days} if sealed else {DAYS_KEY: days, OPEN_KEY: "yes"},
        )
        return buffer.getvalue()


def day_of_file(data: bytes, stored: Stored, table: Table, where: str) -> tuple[DayInMonth, pl.DataFrame]:
    """What a day's own file tells, and its rows. Raises StorageError where they do not fit the table."""
    rows = in_columns_of(table, rows_of(data, where), where)
    return DayInMonth(rows.height, hashlib.sha256(data).hexdigest(), stored.modified, notes_of(data, where)), rows


def head_of(storage: Storage, name: str) -> Head | None:
    """What the metadata of a month file tells; remembered as long as the file is the same; None without a file."""
    found = storage.stat(name)
    return _head(storage, name, found.version) if found else None


def parsed(data: bytes, where: str) -> Head:
    """What the metadata in a month file, or in its footer, tells. Raises StorageError where the file is damaged."""
    with sound(where):
        metadata = pl.read_parquet_metadata(data)
        days = {key: DayInMonth(**day) for key, day in json.loads(metadata[DAYS_KEY]).items()}
    return Head(days, sealed=OPEN_KEY not in metadata)


def month_of_file(data: bytes, table: Table, where: str) -> Month:
    """The content of a month file. Raises StorageError where its rows do not fit the table."""
    return Month(parsed(data, where).days, in_columns_of(table, rows_of(data, where), where))


def rows_of_days(data: bytes, table: Table, keys: Sequence[str], where: str) -> pl.DataFrame:
    """The rows of some days of a month file, in the order of the days."""
    days = [dt.date.fromisoformat(key) for key in keys]
    with sound(where):
        rows = pl.scan_parquet(io.BytesIO(data), hive_partitioning=False)
        wanted = rows.filter(pl.col("day").is_between(min(days), max(days)), pl.col("day").is_in(days)).collect()
    return in_columns_of(table, wanted, where)


@functools.lru_cache(maxsize=4096)
def _head(storage: Storage, name: str, version: str) -> Head | None:
    del version  # makes the entry another one when the file is
    data = footer(storage, name)
    return parsed(data, f"{storage.url}/{name}") if data is not None else None
