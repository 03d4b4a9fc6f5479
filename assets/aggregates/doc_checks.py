"""Holds the YAML of a model against the model: every column, table and expression in it must make sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import polars as pl

from assets.aggregates.model_files import complaint, did_you_mean
from assets.errors import ModelError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from assets.aggregates.model_docs import ModelDocs, ModelTest
    from assets.aggregates.models import Model, Models


def check_docs(model: Model, docs: ModelDocs, models: Models, connection: DuckDBPyConnection) -> None:
    """Raises ModelError, with file and line, for anything that the YAML of a model names and that does not exist.

    The connection holds an empty table with the model's name and columns, over which the
    expressions of its tests are tried.
    """
    names = list(model.polars_schema)

    def check_column(name: str, line: int) -> None:
        if name not in names:
            raise ModelError(
                f"{model.docs_path}:{line}: {model.name} has no column {name}{did_you_mean(name, names)}; "
                "correct the name or remove it."
            )

    for name, line in docs.column_lines.items():
        check_column(name, line)
    if model.tests and not model.stored and model.tables:
        try:
            models.home_of(model)
        except ValueError as error:
            raise ModelError(
                f"{model.docs_path}:{model.tests[0].line}: {error}; its tests would belong to no table: "
                f"make it a table per {model.period}, or begin it with the period of a table that it reads."
            ) from error
    for test in model.tests:
        for name in test.columns:
            check_column(name, test.line)
        if test.kind == "relationships":
            _check_reference(model, test, models)
        if test.kind == "accepted_values":
            dtype = model.polars_schema[test.columns[0]]
            try:
                pl.Series(test.values, dtype=dtype, strict=True)
            except (TypeError, pl.exceptions.PolarsError) as error:
                raise ModelError(
                    f"{model.docs_path}:{test.line}: the accepted values of {test.columns[0]} are not all {dtype} "
                    "as the column is; correct them."
                ) from error
        if test.kind == "expression":
            try:
                connection.table(model.name).filter(test.expression)
            except duckdb.Error as error:
                raise ModelError(
                    f"{model.docs_path}:{test.line}: the expression of test {test.name} is no condition on the columns "
                    f"of {model.name} ({complaint(error)}); mend it."
                ) from error


def _check_reference(model: Model, test: ModelTest, models: Models) -> None:
    table_name, column = test.reference
    where = f"{model.docs_path}:{test.line}"
    stored = {**models.sources, **{model.name: model.table for model in models.stored}}
    if table_name not in stored:
        raise ModelError(
            f"{where}: there is no table {table_name} in the lake{did_you_mean(table_name, stored)} for the "
            "relationship; correct the name."
        )
    if column not in (names := list(stored[table_name].polars_schema)):
        raise ModelError(
            f"{where}: {table_name} has no column {column}{did_you_mean(column, names)} for the relationship; "
            "correct the name."
        )
