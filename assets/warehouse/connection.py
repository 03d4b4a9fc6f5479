"""DuckDB as the almanac uses it: in memory, in UTC, and with the types that the lake has.

Nothing here opens a .duckdb file. Values reach DuckDB as expressions and identifiers as column
expressions or view names, never by putting SQL together from strings.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import duckdb.sqltypes as sql
import polars as pl

from assets.warehouse.stream import Stream
from assets.warehouse.table import UTC_TIME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duckdb import DuckDBPyConnection, DuckDBPyRelation
    from duckdb.sqltypes import DuckDBPyType
    from polars._typing import PolarsDataType

    from assets.warehouse.lake import Lake
    from assets.warehouse.table import Table

MEMORY_LIMIT = "2GB"
"""What one model may use before it spills to the temporary folder; the whole almanac fits in 4 GB."""

POLARS_TYPES: Mapping[str, PolarsDataType] = {
    "boolean": pl.Boolean(),
    "tinyint": pl.Int8(),
    "smallint": pl.Int16(),
    "integer": pl.Int32(),
    "bigint": pl.Int64(),
    "utinyint": pl.UInt8(),
    "usmallint": pl.UInt16(),
    "uinteger": pl.UInt32(),
    "ubigint": pl.UInt64(),
    # A sum of BIGINT is a HUGEINT in DuckDB; nothing that the almanac adds up needs more than 64 bits.
    "hugeint": pl.Int64(),
    "float": pl.Float32(),
    "double": pl.Float64(),
    "varchar": pl.String(),
    "enum": pl.String(),
    "uuid": pl.String(),
    "blob": pl.Binary(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us"),
    "timestamp with time zone": UTC_TIME,
}
"""The type in the lake for each simple DuckDB type; what is not here has none."""

DUCKDB_TYPES: Mapping[PolarsDataType, DuckDBPyType] = {
    pl.Boolean(): sql.BOOLEAN,
    pl.Int8(): sql.TINYINT,
    pl.Int16(): sql.SMALLINT,
    pl.Int32(): sql.INTEGER,
    pl.Int64(): sql.BIGINT,
    pl.UInt8(): sql.UTINYINT,
    pl.UInt16(): sql.USMALLINT,
    pl.UInt32(): sql.UINTEGER,
    pl.UInt64(): sql.UBIGINT,
    pl.Float32(): sql.FLOAT,
    pl.Float64(): sql.DOUBLE,
    pl.String(): sql.VARCHAR,
    pl.Binary(): sql.BLOB,
    pl.Date(): sql.DATE,
    pl.Datetime("us"): sql.TIMESTAMP,
    UTC_TIME: sql.TIMESTAMP_TZ,
}


def connect() -> DuckDBPyConnection:
    """An empty in-memory database in UTC that takes no Python variable for a table and never goes online."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "python_enable_replacements": "false",
            "autoinstall_known_extensions": "false",
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": str(Path(tempfile.gettempdir()) / f"almanac-{uuid.uuid4().hex}"),
        },
    )
    # Only after the start: the time zone belongs to an extension that is not loaded before.
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def polars_type(duckdb_type: DuckDBPyType) -> PolarsDataType | None:
    """The type in the lake for a type of DuckDB; None where it has none (INTERVAL, MAP, NULL, …)."""
    parts: dict[str, Any] = dict(duckdb_type.children) if duckdb_type.id in ("decimal", "list", "struct") else {}
    if duckdb_type.id == "decimal":
        return pl.Decimal(parts["precision"], parts["scale"])
    if duckdb_type.id == "list":
        inner = polars_type(parts["child"])
        return None if inner is None else pl.List(inner)
    if duckdb_type.id == "struct":
        fields = {name: polars_type(child) for name, child in parts.items()}
        known = {name: dtype for name, dtype in fields.items() if dtype is not None}
        return pl.Struct(known) if len(known) == len(fields) else None
    return POLARS_TYPES.get(duckdb_type.id)


def duckdb_type(connection: DuckDBPyConnection, dtype: PolarsDataType) -> DuckDBPyType:
    """The type of DuckDB for a type in the lake. Raises ValueError where it has none."""
    if isinstance(dtype, pl.Decimal):
        return connection.decimal_type(dtype.precision or 38, dtype.scale)
    if isinstance(dtype, pl.List):
        return connection.list_type(duckdb_type(connection, dtype.inner))
    if isinstance(dtype, pl.Struct):
        return connection.struct_type({field.name: duckdb_type(connection, field.dtype) for field in dtype.fields})
    try:
        return DUCKDB_TYPES[dtype]
    except KeyError:
        raise ValueError(f"DuckDB has no type for the Polars type {dtype}") from None


def empty_relation(connection: DuckDBPyConnection, schema: pl.Schema) -> DuckDBPyRelation:
    """A relation of the given columns and types with no rows."""
    nothing = duckdb.ConstantExpression(None)
    columns = [nothing.cast(duckdb_type(connection, dtype)).alias(name) for name, dtype in schema.items()]
    return connection.sql("SELECT 1").project(*columns).limit(0)


def lake_relation(connection: DuckDBPyConnection, lake: Lake, table: Table, keys: Sequence[str]) -> DuckDBPyRelation:
    """Exactly these partitions of a table as one relation; one that is not there has no rows.

    A column that a partition does not have yet is NULL in its rows; one that the table lost is left out.
    """
    schema = table.polars_schema
    files = lake.files(table, keys)
    if not files:
        return empty_relation(connection, schema)
    lake.storage.attach(connection)
    rows = connection.read_parquet(files, union_by_name=True, hive_partitioning=False)
    if table.period == "day" and any("/month=" in file for file in files):
        # The file of a closed month holds its other days, too.
        days = [duckdb.ConstantExpression(dt.date.fromisoformat(key)) for key in keys]
        rows = rows.filter(duckdb.ColumnExpression("day").isin(*days))
    found = dict(zip(rows.columns, rows.types, strict=True))
    columns = []
    for name, dtype in schema.items():
        wanted = duckdb_type(connection, dtype)
        column = duckdb.ColumnExpression(name) if name in found else duckdb.ConstantExpression(None)
        columns.append((column if found.get(name) == wanted else column.cast(wanted)).alias(name))
    return rows.project(*columns)


def in_schema(connection: DuckDBPyConnection, rows: DuckDBPyRelation, schema: pl.Schema) -> pl.DataFrame:
    """The rows with the columns' types cast to the schema's, in the order of all columns that can be ordered."""
    columns = [
        duckdb.ColumnExpression(name).cast(duckdb_type(connection, dtype)).alias(name) for name, dtype in schema.items()
    ]
    order = [duckdb.ColumnExpression(name) for name in schema]
    # `.pl()` needs pyarrow; Polars reads the relation itself.
    return pl.DataFrame(Stream(rows.project(*columns).sort(*order))).cast(schema)
