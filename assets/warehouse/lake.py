"""The lake: one Parquet file a partition, replaced atomically, read without locks.

`<root>/<table>/<period>=<key>/data.parquet`, below a local folder or a prefix of an object store (see
`storage`). A partition is replaced in one step, so a reader sees the old one or the new one, and the
last of several writers wins.

The days of a closed month are in one file, `<table>/month=<month>/data.parquet`, once the month has
a mark, `<table>/compacted/<month>`; the module `compaction` says when and why that is safe. A day
that is written then is put into that file. Callers of `Lake` need not know where a day stands.

Each table also has a *seed*: a partition before all others with the table's columns and no rows,
so that a view over the table exists before its first partition does.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import random
import re
import time
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from assets.errors import InputError, StorageError
from assets.warehouse.evolution import in_columns_of, refuse_incompatible
from assets.warehouse.months import (
    DayInMonth,
    Head,
    Month,
    day_of_file,
    head_of,
    month_of_file,
    parsed,
    rows_of_days,
)
from assets.warehouse.parquet import footer, notes_of, row_count_of, rows_of, schema_of
from assets.warehouse.storage import ABSENT, LocalFolder, Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from assets.warehouse.table import Period, Table

SEED_KEYS: dict[Period, str] = {"day": "0001-01-01", "month": "0001-01", "year": "1"}
"""Keys of the seed partitions: before every real one, and never listed by `keys`."""

DATA_FILE = "data.parquet"
MARKS = "compacted"
EVOLVED = "almanac.evolved"
"""Note of a seed: partitions were written before the table had its columns of today."""

LEFTOVER_AGE = dt.timedelta(hours=1)
"""A temporary file older than this belongs to no writer that lives."""

PATIENCE = 60.0
"""Seconds for which a writer tries to change a month file that others change, too."""

LONGEST_PAUSE = 0.5
"""Seconds between two such tries at most."""


def partition_value(period: Period, key: str) -> dt.date | str | int:
    """The value of the partition column for a partition key: a date, 'YYYY-MM', or a year."""
    if period == "day":
        return dt.date.fromisoformat(key)
    return key if period == "month" else int(key)


class Lake:
    """The tables of the almanac as Parquet partitions in one storage; given a path, in that folder."""

    def __init__(self, place: Path | Storage) -> None:
        self.storage: Storage = LocalFolder(place) if isinstance(place, Path) else place

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lake) and self.storage == other.storage

    def __hash__(self) -> int:
        return hash(self.storage)

    @property
    def url(self) -> str:
        """Where the lake stands: a folder, or s3://bucket/prefix."""
        return self.storage.url

    def partition(self, table: Table, key: str) -> str:
        """Name of a partition's own file, whether or not it exists; a day of a closed month has none."""
        return f"{table.name}/{table.period}={key}/{DATA_FILE}"

    def partition_file(self, table: Table, key: str) -> Path:
        """The same as a path, for a lake in a local folder."""
        return Path(self.where(self.partition(table, key)))

    def month(self, table: Table, month: str) -> str:
        """Name of the file of a month's days, whether or not it exists."""
        return f"{table.name}/month={month}/{DATA_FILE}"

    def mark(self, table: Table, month: str) -> str:
        """Name of the empty file that says that a month is closed: its days are in the month file alone."""
        return f"{table.name}/{MARKS}/{month}"

    def where(self, name: str) -> str:
        """A file as DuckDB and people call it."""
        return f"{self.url}/{name}"

    def is_closed(self, table: Table, key: str) -> bool:
        """Whether a day (or 'YYYY-MM') of a table is in a closed month."""
        return table.period == "day" and self.storage.stat(self.mark(table, key[:7])) is not None

    def closed_months(self, table: Table) -> set[str]:
        """The closed months of a table by day."""
        names = self.storage.names(f"{table.name}/{MARKS}") if table.period == "day" else []
        return {name for name in names if re.fullmatch(r"\d{4}-\d{2}", name)}

    def month_days(self, table: Table, month: str) -> Mapping[str, DayInMonth]:
        """The days that the file of a month holds, closed or not; none where there is no such file."""
        head = head_of(self.storage, self.month(table, month))
        return head.days if head else {}

    def keys(self, table: Table) -> list[str]:
        """Keys of the partitions that are there, in order; the seed is none."""
        closed = {month: head for month in self.closed_months(table) if (head := self._sealed(table, month))}
        prefix = f"{table.period}="
        folders = self.storage.holders(table.name, DATA_FILE)
        own = {name.removeprefix(prefix) for name in folders if name.startswith(prefix)}
        found = {key for key in own if key != SEED_KEYS[table.period] and key[:7] not in closed}
        return sorted(found.union(*(head.days for head in closed.values())))

    def days_with_files(self, table: Table, month: str) -> list[str]:
        """The days of a month that have a file of their own, in order; no folder is listed."""
        return [day for day in (f"{month}-{day:02}" for day in range(1, 32)) if self._has_file(table, day)]

    def has(self, table: Table, key: str) -> bool:
        """Whether the partition has been written."""
        head = self._sealed(table, key)
        return key in head.days if head else self._has_file(table, key)

    def files(self, table: Table, keys: Iterable[str]) -> list[str]:
        """Files that hold the partitions among `keys` that are there, each once, in the order of `keys`.

        The file of a closed month holds its other days, too: whoever reads it takes the rows of `keys`.
        """
        keys, found = list(keys), dict[str, None]()
        sealed = self._all_sealed(table, keys)
        for key in keys:
            head = sealed.get(key[:7])
            if key in head.days if head else self._has_file(table, key):
                found[self.month(table, key[:7]) if head else self.partition(table, key)] = None
        return [self.where(name) for name in found]

    def write(self, table: Table, key: str, frame: pl.DataFrame, notes: Mapping[str, str] | None = None) -> None:
        """Replaces a partition by `frame`.

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
            self.storage.put(self.partition(table, key), data)
            if not self.is_closed(table, key):  # else it may have been closed without this file
                return
        day = DayInMonth(frame.height, hashlib.sha256(data).hexdigest(), time.time(), dict(notes or {}))
        self.change_month(table, key[:7], lambda month: month.with_day(key, day, frame))

    def remove(self, table: Table, key: str) -> None:
        """Removes a partition; one that is not there stays so. Raises StorageError."""
        self.storage.delete(self.partition(table, key))
        if self.is_closed(table, key):
            self.change_month(table, key[:7], lambda month: month.without(key))

    def notes(self, table: Table, key: str) -> dict[str, str]:
        """What was noted when the partition was written; nothing where it is not there."""
        if head := self._sealed(table, key):
            return dict(head.days[key].notes) if key in head.days else {}
        name = self.partition(table, key)
        data = footer(self.storage, name)
        return notes_of(data, self.where(name)) if data is not None else {}

    def read(self, table: Table, keys: Iterable[str]) -> pl.DataFrame:
        """The rows of the given partitions, in the order of `keys`; an absent one has no rows.

        A column that the table gained after a partition was written is NULL in it. Raises
        StorageError where a partition cannot be read as the table is today.
        """
        keys, frames = list(keys), [table.empty()]
        sealed = self._all_sealed(table, keys)
        for month, group in groupby(keys, lambda key: key[:7] if key[:7] in sealed else None):
            if month:
                in_month, name = list(group), self.month(table, month)
                if found := self.storage.get(name):
                    rows = rows_of_days(found[0], table, in_month, self.where(name))
                    days = rows.partition_by("day", as_dict=True)
                    dates = [(dt.date.fromisoformat(key),) for key in in_month]
                    frames += [days[date] for date in dates if date in days]
                continue
            for name in (self.partition(table, key) for key in group):
                if found := self.storage.get(name):
                    frames.append(in_columns_of(table, rows_of(found[0], self.where(name)), self.where(name)))
        return pl.concat(frames, how="vertical")

    def columns(self, table: Table, key: str, names: Sequence[str]) -> pl.DataFrame:
        """Some columns of a partition; no rows where it is not there."""
        name = self.partition(table, key)
        found = None if self._sealed(table, key) else self.storage.get(name)
        if found and set(names) <= schema_of(found[0], self.where(name)).keys():
            return rows_of(found[0], self.where(name), names)
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
        if head := self._sealed(table, key):
            return head.days[key].fingerprint if key in head.days else ""
        return self.own_fingerprint(table, key)

    def own_fingerprint(self, table: Table, key: str) -> str:
        """The same of the partition's own file, whether or not that counts."""
        found = self.storage.get(self.partition(table, key))
        return hashlib.sha256(found[0]).hexdigest() if found else ""

    def written(self, table: Table, key: str) -> float:
        """When a partition was written, in seconds since 1970; 0 where it is not there. Compaction keeps it."""
        if head := self._sealed(table, key):
            return head.days[key].written if key in head.days else 0.0
        found = self.storage.stat(self.partition(table, key))
        return found.modified if found else 0.0

    def row_count(self, table: Table, key: str) -> int:
        """Rows of a partition, read from the file's footer; 0 where it is not there."""
        if head := self._sealed(table, key):
            return head.days[key].rows if key in head.days else 0
        name = self.partition(table, key)
        data = footer(self.storage, name)
        return row_count_of(data, self.where(name)) if data is not None else 0

    def seed(self, table: Table) -> bool:
        """Writes the table's seed partitions where they are missing or have other columns.

        Returns whether the lake may hold partitions with other columns than the table's: of a seed
        that was there before. Raises StorageError where those cannot be read as the table is now.
        """
        own = self.partition(table, SEED_KEYS[table.period])
        notes: Mapping[str, str] = {}
        if not (data := footer(self.storage, own)):
            self._refuse_other_period(table)
        else:
            notes = notes_of(data, self.where(own))
            stored = schema_of(data, self.where(own))
            if stored != table.polars_schema:
                refuse_incompatible(table, stored, self.where(table.name))
                notes = {EVOLVED: "yes"}
        of_months = self.month(table, SEED_KEYS["month"])
        for name in (own, of_months) if table.period == "day" else (own,):
            found = data if name == own else footer(self.storage, name)
            if not found or schema_of(found, self.where(name)) != table.polars_schema:
                self.storage.put(name, _encoded(table.empty(), notes))
        return EVOLVED in notes

    def sweep(self, older_than: dt.timedelta = LEFTOVER_AGE) -> Sequence[str]:
        """Removes what killed writers left, and returns its names."""
        return self.storage.sweep(older_than)

    def copied(self, table: Table, month: str) -> Month:
        """The days of a month that have files of their own, read from these. Raises StorageError."""
        days, frames = dict[str, DayInMonth](), [table.empty()]
        for key in self.days_with_files(table, month):
            name = self.partition(table, key)
            if found := self.storage.get(name):
                days[key], rows = day_of_file(*found, table, self.where(name))
                frames.append(rows)
        return Month(days, pl.concat(frames))

    def seal(self, table: Table, month: str) -> None:
        """Makes the file of a closed month say that it holds its days alone, and hold what they are now."""
        if not self._sealed(table, month):
            self.change_month(table, month, lambda days: days)

    def _refuse_other_period(self, table: Table) -> None:
        names = self.storage.names(table.name)
        for period in SEED_KEYS.keys() - {table.period}:
            if any(name.startswith(f"{period}=") for name in names):
                raise StorageError(
                    f"{self.where(table.name)} holds partitions by {period}, and table {table.name} is by"
                    f" {table.period} now: move that folder out of the lake and make the table again."
                )

    def _has_file(self, table: Table, key: str) -> bool:
        return self.storage.stat(self.partition(table, key)) is not None

    def _sealed(self, table: Table, key: str) -> Head | None:
        """What a sealed month's file tells of its days; None where the days have files of their own."""
        if not self.is_closed(table, key):
            return None
        head = head_of(self.storage, self.month(table, key[:7]))
        return head if head and head.sealed else None

    def _all_sealed(self, table: Table, keys: Iterable[str]) -> dict[str, Head]:
        """The same for all months of some keys: those that are sealed."""
        months = dict.fromkeys(key[:7] for key in keys) if table.period == "day" else {}
        return {month: head for month in months if (head := self._sealed(table, month))}

    def change_month(self, table: Table, month: str, change: Callable[[Month], Month]) -> None:
        """Changes the file of a closed month, and seals it; nothing that others change meanwhile is lost.

        Raises StorageError where they do so all the time.
        """
        name, ends, pause = self.month(table, month), time.monotonic() + PATIENCE, 0.005
        while time.monotonic() < ends:
            with self.storage.turn(name):
                found = self.storage.get(name)
                if found and parsed(found[0], self.where(name)).sealed:
                    before = month_of_file(found[0], table, self.where(name))
                else:
                    before = self.copied(table, month)
                data = change(before).encoded(sealed=True)
                if self.storage.replace(name, data, found[1].version if found else ABSENT):
                    return
            time.sleep(random.uniform(0, pause))
            pause = min(2 * pause, LONGEST_PAUSE)
        raise StorageError(f"{self.where(name)} was changed by others for {PATIENCE:.0f} s: run again.")


def _encoded(frame: pl.DataFrame, notes: Mapping[str, str] | None) -> bytes:
    # In memory: a partition is a few megabytes.
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=True, metadata=dict(notes or {}))
    return buffer.getvalue()
