"""The catalog: `warehouse.duckdb`, the one file that people open to query the lake.

It holds views over the lake and nothing else, so it is written only when a table's columns, a
model's SQL or the lake's place changes; an open reader blocks nobody the rest of the time. It is
written in place and never renamed over, because a reader's leftover `.wal` would replay onto the
new file.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import duckdb

from assets.errors import StorageError
from assets.warehouse.files import locked, storage_error, write_text
from assets.warehouse.lake import DATA_FILE, MARKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.warehouse.lake import Lake
    from assets.warehouse.table import Column, Table

STORAGE_VERSION = "v1.4.0"
"""DuckDB's storage version of the file: command lines and editors from 1.4 on open it."""


_BEGINNING = b"DUCK"
"""What stands in a DuckDB file behind the checksum with which it begins."""

SMALLEST_FREE_BYTES = 1_000_000
"""DuckDB reports a full disk in several ways; with less than this left, the disk is what is wrong."""


_HELD = ("Could not set lock", "Unique file handle conflict")
"""What DuckDB says where another program, or another connection of this one, has a file open."""


class CatalogHeldError(StorageError):
    """Another program has the catalog open, so that its views cannot be changed now; the next to write tries again."""


@dataclass(frozen=True)
class View:
    """A view of the catalog: its name, its SELECT, what it says and what its columns say."""

    name: str
    select: str
    description: str
    columns: Sequence[Column] = ()


def quoted(text: str) -> str:
    """Text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def table_view(lake: Lake, table: Table, *, evolved: bool = False) -> View:
    """The view over all partitions of a lake table.

    For `evolved`, some of them may have been written before the table had its columns: all files are
    then opened to see what each holds, which takes seconds where there are thousands.
    """
    hive_type = {"day": "DATE", "month": "VARCHAR", "year": "INTEGER"}[table.period]
    columns = ", ".join(identifier(column.name) for column in table.columns)
    by_name = ", union_by_name = true" if evolved else ""
    folder = lake.where(table.name)
    own = (
        f"SELECT {columns} FROM read_parquet({quoted(f'{folder}/{table.period}=*/{DATA_FILE}')},"  # noqa: S608 - quoted
        f" hive_partitioning = true, hive_types = {{{quoted(table.period)}: {hive_type}}}{by_name})"
    )
    if table.period != "day":
        return View(table.name, own, table.description, table.columns)
    # A day is in its own file or, once its month is closed, in the file of the month (see `compaction`).
    # `coalesce` keeps DuckDB from turning the question into a join that could hold the table in memory.
    is_closed = "coalesce(date_trunc('month', day) IN (SELECT month FROM closed), false)"
    select = (
        "WITH closed AS MATERIALIZED ("  # noqa: S608 - quoted
        "SELECT strptime(right(file, 7), '%Y-%m') AS month"
        f" FROM glob({quoted(f'{folder}/{MARKS}/[0-9][0-9][0-9][0-9]-[0-9][0-9]')}))"
        f" {own} WHERE NOT {is_closed}"
        f" UNION ALL SELECT {columns} FROM read_parquet({quoted(f'{folder}/month=*/{DATA_FILE}')},"
        f" hive_partitioning = false{by_name}) WHERE {is_closed}"
    )
    return View(table.name, select, table.description, table.columns)


def write_catalog(path: Path, lake: Lake, tables: Sequence[Table], model_views: Sequence[View] = ()) -> bool:
    """Brings the catalog up to date: a view per table, then the models' views in their order.

    Writes each table's seed partition first, so that every view works before its first partition.
    Returns whether the file had to be written. Raises StorageError where it cannot be, and of these
    CatalogHeldError where another program has it open, be it for reading.
    """
    views = [*(table_view(lake, table, evolved=lake.seed(table)) for table in tables), *model_views]
    statements = _statements(views)
    fingerprint = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    mark = _mark(path)
    written = json.dumps({"lake": lake.url, "views": fingerprint}, ensure_ascii=False)
    if path.is_file() and mark.is_file() and mark.read_text(encoding="utf-8") == written:
        return False
    with locked(path.with_name(f".{path.name}.lock")):
        try:
            _write(path, lake, statements)
        except duckdb.Error as error:
            if shutil.disk_usage(path.parent).free < SMALLEST_FREE_BYTES:
                raise storage_error(OSError(errno.ENOSPC, "No space left on device"), path) from error
            kind = CatalogHeldError if any(told in str(error) for told in _HELD) else StorageError
            raise kind(
                f"cannot write {path}: {str(error).splitlines()[0]};"
                " close the program that has it open and run again, the data itself is safe in the lake."
            ) from error
        write_text(mark, written)
    return True


def looks_into(path: Path, lake: Lake) -> bool:
    """Whether a catalog's views look for the lake where it is: they hold its path, so a move leads them astray."""
    try:
        found: object = json.loads(_mark(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("lake") == lake.url


def _mark(path: Path) -> Path:
    """The file beside a catalog that tells what is in it."""
    return path.with_name(f".{path.name}.views")


def open_catalog(path: Path, lake: Lake | None = None) -> duckdb.DuckDBPyConnection:
    """A read-only connection to the catalog, which can read its lake where that is given or in a folder.

    Raises StorageError where there is no catalog yet or it cannot be opened.
    """
    if not path.is_file():
        raise StorageError(f"{path} does not exist yet: make a day first, e.g. with `almanac run`.")
    try:
        connection = duckdb.connect(str(path), read_only=True, config={"python_enable_replacements": False})
    except duckdb.Error as error:
        raise StorageError(
            f"cannot open {path}: {str(error).splitlines()[0]}; close the program that has it open for writing, or,"
            " if it is damaged, delete it: the next run makes it anew, the data itself is safe in the lake."
        ) from error
    if lake:
        lake.storage.attach(connection)
    return connection


def guard(connection: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """Keeps the queries of a connection to the lake: no other file can be read, no setting changed any more.

    DuckDB cannot keep them from writing into the lake's folder: that is for `is_question`.
    """
    connection.execute(f"SET allowed_directories = [{quoted(f'{lake.url}/')}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def is_question(sql: str) -> bool:
    """Whether the SQL is one statement that only reads. Raises duckdb.Error where it does not parse.

    DuckDB takes a COPY, which writes files, within a SELECT (WITH … AS (COPY …)), and in a text that a
    function executes.
    """
    statements = duckdb.extract_statements(sql)
    if len(statements) != 1 or statements[0].type not in _QUESTIONS:
        return False
    starts = [start for start, kind in duckdb.tokenize(sql) if kind != duckdb.token_type.comment]
    ends = [*(start for start, _ in duckdb.tokenize(sql)), len(sql)]
    words = [sql[start : min(end for end in ends if end > start)].strip().lower() for start in starts]
    executes = (
        name.strip('"') in _EXECUTING and follows.startswith("(") for name, follows in itertools.pairwise(words)
    )
    return "copy" not in words and not any(executes)


_QUESTIONS = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI)
"""MULTI is a PIVOT, which DuckDB carries out in several steps."""

_EXECUTING = frozenset({"query", "json_execute_serialized_sql"})
"""Functions that execute a text."""


def comments(kind: Literal["VIEW", "TABLE"], described: View | Table) -> list[str]:
    """The statements that describe a view or a table and its columns."""
    name = identifier(described.name)
    statements = [f"COMMENT ON {kind} {name} IS {quoted(described.description)}"]
    statements.extend(
        f"COMMENT ON COLUMN {name}.{identifier(column.name)} IS {quoted(column.description)}"
        for column in described.columns
    )
    return statements


def _statements(views: Sequence[View]) -> list[str]:
    statements = []
    for view in views:
        statements.append(f"CREATE OR REPLACE VIEW {identifier(view.name)} AS {view.select}")
        statements.extend(comments("VIEW", view))
    return statements


def _write(path: Path, lake: Lake, statements: Sequence[str]) -> None:
    """Writes the views: in place, but for a catalog that is not there yet, or was never finished.

    That one gets its name when it is complete: a program that is killed while DuckDB makes the file would
    leave one that no program can open any more. Nobody has it open, so a move is safe here.
    """
    if _is_whole(path):
        _write_into(path, lake, statements)
        return
    new = path.with_name(f".{path.name}.new")  # one writer at a time has the lock
    leftovers = [Path(f"{place}{ending}") for place, ending in ((new, ""), (new, ".wal"), (path, ".wal"))]
    try:
        for left in leftovers:
            left.unlink(missing_ok=True)
        _write_into(new, lake, statements)
        with new.open("rb+") as file:
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise storage_error(error, path) from error
    finally:
        for left in leftovers:
            with suppress(OSError):
                left.unlink()


def _is_whole(path: Path) -> bool:
    """Whether there is a file that DuckDB has begun and finished."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(8 + len(_BEGINNING)).endswith(_BEGINNING)


def _write_into(path: Path, lake: Lake, statements: Sequence[str]) -> None:
    with duckdb.connect() as connection:
        lake.storage.attach(connection)
        connection.execute(f"ATTACH {quoted(str(path))} AS warehouse (STORAGE_VERSION {quoted(STORAGE_VERSION)})")
        connection.execute("USE warehouse")
        connection.execute("BEGIN")
        rows = connection.execute(
            "SELECT view_name FROM duckdb_views() WHERE database_name = 'warehouse' AND NOT internal"
        ).fetchall()
        for (name,) in rows:
            connection.execute(f"DROP VIEW {identifier(name)}")
        for statement in statements:
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("USE memory")
        connection.execute("DETACH warehouse")
