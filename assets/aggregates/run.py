"""Runs a model for one partition: opens exactly the files that the period needs, nothing else.

A mart of a month reads the upstream days of that month (and of as many months before as its
`history` says), by name: no folder is listed and no pattern is expanded, so a day's update costs
the same in the thirty-fifth year as in the first.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import duckdb

from assets.aggregates.model_files import complaint
from assets.aggregates.periods import upstream_keys
from assets.errors import AlmanacError, ModelError, StorageError
from assets.warehouse.connection import connect, in_schema, lake_relation
from assets.warehouse.duckdb_files import sentence
from assets.warehouse.lake import partition_value
from assets.warehouse.parquet import damage

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from assets.aggregates.models import Model, Models
    from assets.warehouse.lake import Lake


def run_model(
    model: Model, models: Models, lake: Lake, key: str, connection: DuckDBPyConnection | None = None
) -> pl.DataFrame:
    """The rows of a partition: the model's columns and types, in the order of all its columns.

    A partition that an upstream table does not have is read as no rows. Nothing is written. Of a
    view it gives the rows that the view would have for that period; without a period, all.
    A connection of `connect` may be given to run many partitions on it one after the other: opening
    one takes longer than a day's rows.

    Raises ModelError where the data do not fit the SQL (a cast that fails, say), StorageError
    where a partition cannot be read.
    """
    with nullcontext(connection) if connection is not None else connect() as database:
        try:
            rows = model_relation(model, models, lake, key, database)
            return in_schema(database, rows, model.polars_schema)
        except duckdb.Error as error:
            raise _run_error(model, key, error) from error


def run_model_of(
    model: Model, models: Models, lake: Lake, keys: Sequence[str], connection: DuckDBPyConnection
) -> pl.DataFrame:
    """The rows of several partitions of a model, made at once and in their order; see `run_model`.

    Days of a closed month are in one file, which each of them alone would read.
    """
    try:
        return in_schema(connection, models_relation(model, models, lake, keys, connection), model.polars_schema)
    except duckdb.Error as error:
        raise _run_error(model, f"{keys[0]} to {keys[-1]}", error) from error


def input_keys(model: Model, models: Models, key: str) -> dict[str, list[str]]:
    """Keys of the partitions that a partition of the model is made from, by upstream table, there or not."""
    keys = {}
    for name in model.tables:
        table = models.table(name)
        keys[name] = upstream_keys(table.period, model.period or table.period, key, model.history)
    return keys


def model_relation(
    model: Model, models: Models, lake: Lake, key: str, connection: DuckDBPyConnection
) -> DuckDBPyRelation:
    """The rows of a partition as a DuckDB relation, not read yet, on a connection of `connect`.

    Every table and view that the model reads is made a view of the connection, in place of the one
    that an earlier partition left there: read the relation before the next.
    """
    return models_relation(model, models, lake, [key], connection)


def models_relation(
    model: Model, models: Models, lake: Lake, keys: Sequence[str], connection: DuckDBPyConnection
) -> DuckDBPyRelation:
    """The rows of several partitions, made at once from what each of them is made from; see `model_relation`."""
    inputs: dict[str, dict[str, None]] = {}
    for key in keys:
        for name, needed in input_keys(model, models, key).items():
            inputs.setdefault(name, {}).update(dict.fromkeys(needed))
    for name, all_needed in inputs.items():
        lake_relation(connection, lake, models.table(name), list(all_needed)).create_view(name, replace=True)
    for name in model.views:
        connection.sql(models[name].sql).create_view(name, replace=True)
    rows = connection.sql(model.sql)
    if model.period is None:
        return rows
    values = [duckdb.ConstantExpression(partition_value(model.period, key)) for key in keys]
    return rows.filter(duckdb.ColumnExpression(model.period).isin(*values))


def view_sql(model: Model) -> str:
    """The SELECT of a view as `warehouse.duckdb` can hold it: the file's own text, no semicolon at the end."""
    return model.sql.strip().rstrip(";").rstrip()


def _run_error(model: Model, key: str, error: duckdb.Error) -> AlmanacError:
    if told := sentence(error) or damage(error):
        return StorageError(told)
    words = complaint(error)
    if isinstance(error, duckdb.OutOfMemoryException):
        return StorageError(
            f"{model.name} of {key} needs more memory or temporary space than there is ({words}); free some."
        )
    if isinstance(error, duckdb.IOException):
        return StorageError(
            f"{model.name} of {key} cannot read its partitions ({words}); make the broken one anew and run again."
        )
    return ModelError(f"{model.path}: {model.name} cannot be made for {key}: {words}; mend the SQL or the rows.")
