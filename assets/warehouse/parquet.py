"""Parquet files as bytes: rows, columns, notes and size, with one sentence where a file is damaged."""

from __future__ import annotations

import io
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from assets.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assets.warehouse.storage import Storage

FOOTER_BYTES = 64 * 1024
"""Read from the end of a file in the hope that its metadata is in it; else what is missing is read, too."""

MAGIC_BYTES = 8
"""Behind the metadata: its length in four bytes, and Parquet's mark."""

REMEDY = "delete it and make its partition again, or put it back from a backup"


_FILE = re.compile(r"""['"]([^'"]+\.parquet)['"]""")


def damage(error: duckdb.Error) -> str | None:
    """The sentence for a damaged file that DuckDB met; None for any other error."""
    found = _FILE.search(str(error))
    if found and isinstance(error, (duckdb.InvalidInputException, duckdb.IOException)):
        return None if "annot open" in str(error) else _told(found[1], error)
    # What Parquet's own encoding of a page's head says of it comes without the name of the file.
    return _told("a Parquet file that was read", error) if str(error).startswith("TProtocolException") else None


@contextmanager
def sound(where: str) -> Iterator[None]:
    """Reads the file at `where` in the block. Raises StorageError where it is no Parquet file, or not one of ours."""
    try:
        yield
    except (pl.exceptions.PolarsError, KeyError, ValueError, TypeError) as error:
        raise StorageError(_told(where, error)) from error


def rows_of(data: bytes, where: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """The rows of a file, with all or some of its columns. Raises StorageError where it is damaged."""
    with sound(where):
        return pl.read_parquet(data, columns=list(columns) if columns else None, hive_partitioning=False)


def schema_of(data: bytes, where: str) -> pl.Schema:
    """The columns of a file, from its bytes or its footer. Raises StorageError where it is damaged."""
    with sound(where):
        return pl.Schema(pl.read_parquet_schema(io.BytesIO(data)))


def row_count_of(data: bytes, where: str) -> int:
    """How many rows a file has, from its bytes or its footer. Raises StorageError where it is damaged."""
    with sound(where):
        return int(pl.scan_parquet(io.BytesIO(data), hive_partitioning=False).select(pl.len()).collect().item())


def notes_of(data: bytes, where: str) -> dict[str, str]:
    """The notes in the metadata of a file or its footer, without what Polars adds to them.

    Raises StorageError where it is damaged.
    """
    with sound(where):
        return {name: note for name, note in pl.read_parquet_metadata(data).items() if name != "ARROW:schema"}


def footer(storage: Storage, name: str) -> bytes | None:
    """The end of a Parquet file with all of its metadata, which Polars reads as if it was the file; None without one.

    An object store sends these bytes and no more.
    """
    data = storage.tail(name, FOOTER_BYTES)
    if data and len(data) == FOOTER_BYTES:
        length = int.from_bytes(data[-MAGIC_BYTES:-4], "little") + MAGIC_BYTES
        if length > FOOTER_BYTES:
            return storage.tail(name, length + FOOTER_BYTES)
    return data


def _told(where: str, error: Exception) -> str:
    why = str(error).strip().partition("\n")[0].replace(f"'{where}'", "it").replace(f'"{where}"', "it")
    return f"{where} is damaged ({why or type(error).__name__}): {REMEDY}."
