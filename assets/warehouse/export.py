"""One self-contained DuckDB file of native tables, for people who want to take the data away.

Unlike the catalog it needs no lake beside it. Tables have their columns' types, comments, NOT NULL and
keys; the views of the models stand on them. The file is written under another name and moved into its
place when it is complete.
"""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from assets.errors import StorageError
from assets.warehouse.catalog import SMALLEST_FREE_BYTES, STORAGE_VERSION, comments, identifier, quoted
from assets.warehouse.connection import connect, duckdb_type, lake_relation
from assets.warehouse.files import TEMPORARY_PREFIX, storage_error
from assets.warehouse.parquet import damage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from assets.warehouse.catalog import View
    from assets.warehouse.lake import Lake
    from assets.warehouse.table import Table


def export(
    target: Path,
    lake: Lake,
    tables: Sequence[Table],
    views: Sequence[View] = (),
    span: tuple[str, str] = ("0000", "9999"),
    *,
    replace: bool = False,
) -> Mapping[str, int]:
    """Writes the tables into one file and returns their rows by name.

    `span` holds the first and the last day ('YYYY-MM-DD') whose rows are taken; of tables by month or
    year, the periods that hold one of its days. Raises StorageError: where the file exists (and
    `replace` is not set), cannot be written, or where the rows of a table do not fit its key.
    """
    _refuse(target, replace)
    temporary = target.with_name(f"{TEMPORARY_PREFIX}{uuid.uuid4().hex}.duckdb")
    try:
        with connect() as connection:
            connection.execute(
                f"ATTACH {quoted(str(temporary))} AS taken_away (STORAGE_VERSION {quoted(STORAGE_VERSION)})"
            )
            rows = {table.name: _copy(connection, lake, table, span) for table in tables}
            connection.execute("USE taken_away")
            for view in views:
                connection.execute(f"CREATE VIEW {identifier(view.name)} AS {view.select}")
                for statement in comments("VIEW", view):
                    connection.execute(statement)
            connection.execute("USE memory")
            connection.execute("DETACH taken_away")
        _move(temporary, target, replace)
    except OSError as error:
        raise storage_error(error, target) from error
    except duckdb.IOException as error:
        if shutil.disk_usage(target.parent).free < SMALLEST_FREE_BYTES:
            raise storage_error(OSError(errno.ENOSPC, "No space left on device"), target) from error
        raise StorageError(damage(error) or f"cannot write {target}: {str(error).splitlines()[0]}.") from error
    except duckdb.InvalidInputException as error:
        raise StorageError(damage(error) or f"cannot write {target}: {str(error).splitlines()[0]}.") from error
    finally:
        for left in (temporary, Path(f"{temporary}.wal")):
            with suppress(OSError):
                left.unlink()
    return rows


def _refuse(target: Path, replace: bool) -> None:
    if not target.parent.is_dir():
        raise StorageError(f"cannot write {target}: the folder {target.parent} does not exist; make it first.")
    if target.is_dir():
        raise StorageError(f"cannot write {target}: it is a folder; name a file in it.")
    if target.exists() and not replace:
        raise StorageError(f"{target} exists already: choose another name, or replace it with --force.")
    if Path(f"{target}.wal").exists():
        # Changes that a program has not merged yet would be applied to the new file.
        raise StorageError(
            f"{target} is open in another program, or was left by one: close that or remove {target}.wal,"
            " then try again."
        )


def _move(temporary: Path, target: Path, replace: bool) -> None:
    descriptor = os.open(temporary, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if replace:
        temporary.replace(target)
        return
    try:
        os.link(temporary, target)  # unlike a move, it never replaces what came there meanwhile
    except FileExistsError as error:
        raise StorageError(f"{target} exists already: choose another name, or replace it with --force.") from error
    except OSError:  # a file system without links
        temporary.rename(target)


def _copy(connection: DuckDBPyConnection, lake: Lake, table: Table, span: tuple[str, str]) -> int:
    name = f"taken_away.{identifier(table.name)}"
    columns = [
        f"{identifier(column.name)} {duckdb_type(connection, column.dtype)}{'' if column.nullable else ' NOT NULL'}"
        for column in table.columns
    ]
    if table.key:
        nullable = {column.name for column in table.columns if column.nullable}
        kind = "UNIQUE" if nullable.intersection(table.key) else "PRIMARY KEY"
        columns.append(f"{kind} ({', '.join(map(identifier, table.key))})")
    connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
    for keys in _portions(lake, table, span):
        try:
            lake_relation(connection, lake, table, keys).create_view("portion", replace=True)
            connection.execute(f"INSERT INTO {name} SELECT * FROM portion")  # noqa: S608 - an identifier
        except duckdb.ConstraintException as error:
            raise StorageError(
                f"{table.name} of {keys[0]} … {keys[-1]} does not fit its key ({str(error).splitlines()[0]}):"
                " see the checks of that table, make what they name again, and export again."
            ) from error
    connection.execute("USE taken_away")
    for statement in comments("TABLE", table):
        connection.execute(statement)
    connection.execute("USE memory")
    row = connection.execute(f"SELECT count(*) FROM {name}").fetchone()  # noqa: S608 - an identifier
    return int(row[0]) if row else 0


def _portions(lake: Lake, table: Table, span: tuple[str, str]) -> Iterator[list[str]]:
    """The keys of the table's partitions that hold a day of the span, a month or a year at a time."""
    length = {"day": 10, "month": 7, "year": 4}[table.period]
    first, last = (day[:length] for day in span)
    keys = [key for key in lake.keys(table) if first <= key <= last]
    for _, group in groupby(keys, lambda key: key[: 7 if table.period == "day" else 4]):
        yield list(group)
