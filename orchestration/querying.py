"""`almanac query`: a read-only query on the warehouse, and rows as a table, CSV or JSON."""

from __future__ import annotations

import csv
import json
import sys
from typing import TYPE_CHECKING, Any

import duckdb
from rich.table import Table

from assets.errors import AlmanacError, SettingsError
from assets.warehouse.catalog import guard, is_question, looks_into, open_catalog
from assets.warehouse.duckdb_files import AGAIN, sentence
from assets.warehouse.format import form_of
from assets.warehouse.lake import Lake
from assets.warehouse.parquet import damage
from assets.warehouse.storage import LocalFolder
from orchestration.console import OUT
from orchestration.resources import prepare_home
from orchestration.settings import load_settings
from orchestration.tables import load_almanac_models

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestration.settings import Settings

FORMATS = ("table", "csv", "json")
TABLE_ROWS = 200
ATTEMPTS = 3


def run_query(sql: str, output: str) -> int:
    """Prints the result of a query. Raises AlmanacError for a wrong query or format."""
    check_format(output)
    if not sql.strip():
        raise AlmanacError('the query is empty: write one, for example "SELECT count(*) FROM papers".')
    with open_warehouse(load_settings()) as connection:
        try:
            if not is_question(sql):
                raise AlmanacError(
                    "almanac query takes one SELECT and changes nothing: to write the rows to a file, use --format csv"
                    " or json and redirect the output; to take the data away, use almanac export."
                )
            header, rows = _ask(connection, sql)
        except duckdb.Error as error:
            raise AlmanacError(f"the query failed: {sentence(error) or damage(error) or error}") from error
    show_rows(header, rows, output)
    return 0


def _ask(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows. A question is asked again where a file went while it was asked: a compacted day's."""
    for attempt in range(ATTEMPTS):
        try:
            result = connection.execute(sql)
            return [column[0] for column in result.description or ()], result.fetchall()
        except duckdb.Error as error:
            went = isinstance(error, duckdb.IOException) or (sentence(error) or "").endswith(AGAIN)
            if not went or attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("the last attempt returns or raises")


def open_warehouse(settings: Settings) -> duckdb.DuckDBPyConnection:
    """The catalog of a home, opened for questions alone; its views are mended first where the home was moved.

    A lake in an object store may have been made by other machines: a home without a catalog gets one.
    Raises StorageError where there is none yet, it cannot be opened, or a newer version made the home.
    """
    form_of(settings.home_folder)
    path, lake = settings.home_folder.warehouse, Lake(settings.lake_root)
    is_shared = not isinstance(lake.storage, LocalFolder)
    if (path.is_file() or is_shared) and not looks_into(path, lake):
        prepare_home(settings, load_almanac_models())
    connection = open_catalog(path, lake)
    guard(connection, lake)
    return connection


def check_format(output: str) -> None:
    """Raises SettingsError for a format that there is not."""
    if output not in FORMATS:
        raise SettingsError(f"--format is {output!r}: use one of {', '.join(FORMATS)}.")


def show_rows(header: Sequence[str], rows: Sequence[Sequence[Any]], output: str) -> None:
    """Prints rows in one of the formats."""
    if output == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    elif output == "json":
        json.dump([dict(zip(header, row, strict=True)) for row in rows], sys.stdout, ensure_ascii=False, default=str)
        sys.stdout.write("\n")
    else:
        _print_table(header, rows)


def _print_table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    table = Table(*header, box=None, header_style="bold")
    for row in rows[:TABLE_ROWS]:
        table.add_row(*("" if value is None else str(value).replace("[", "\\[") for value in row))
    OUT.print(table)
    if len(rows) > TABLE_ROWS:
        OUT.print(f"… and {len(rows) - TABLE_ROWS} more rows: use --format csv, or LIMIT.")
