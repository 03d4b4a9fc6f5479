"""The SQL models of a folder: what each reads, what it makes, and in which order they go.

    <folder>/staging/<name>.sql   rows of other tables in a handier shape; a view, if the YAML says nothing else
    <folder>/marts/<name>.sql     what people ask for; a table, if the YAML says nothing else
    <name>.yaml beside either     description, materialization, column docs, tests (see `model_docs`); may be missing

The name of the file is the name of the model. A view is stored nowhere; a table is Parquet in the lake
with a partition for each period, and the period is the name of its first column: `day` (DATE), `month`
(VARCHAR, 'YYYY-MM') or `year` (INTEGER). Everything else is read from the SQL: its dependencies by
sqlglot, its columns and their types by DuckDB itself, over empty tables.
"""

from __future__ import annotations

import graphlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import duckdb
import polars as pl

from assets.aggregates.doc_checks import check_docs
from assets.aggregates.model_docs import ModelDocs, ModelTest, read_docs
from assets.aggregates.model_files import did_you_mean, duckdb_error, read_statement
from assets.errors import ModelError
from assets.warehouse.connection import connect, empty_relation, polars_type
from assets.warehouse.table import PARTITION_TYPES, Column, Period, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from assets.aggregates.model_files import Reference, Statement

ModelKind = Literal["staging", "mart"]
FOLDERS: Mapping[str, ModelKind] = {"staging": "staging", "marts": "mart"}


@dataclass(frozen=True)
class Model:
    """A SQL file as it is known once its references and its columns have been found."""

    name: str
    kind: ModelKind
    stored: bool
    """Whether its rows are a table of the lake; otherwise it is a view."""
    path: Path
    sql: str
    description: str
    columns: tuple[Column, ...]
    reads: tuple[str, ...]
    """Tables, marts and views that the SQL names."""
    tables: tuple[str, ...]
    """Tables and marts that it stands on once its views are followed: its dependencies as an asset."""
    views: tuple[str, ...]
    """Views that it needs, each after those that it reads itself."""
    period: Period | None
    """What its rows are partitioned by; None for a view without a period, such as a list of words."""
    history: int
    """Earlier periods of its own that the SQL needs to see."""
    tests: tuple[ModelTest, ...]

    @property
    def polars_schema(self) -> pl.Schema:
        """Column names and their types as the runner makes them, in order."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    @property
    def docs_path(self) -> Path:
        """The YAML beside the SQL, whether or not it exists."""
        return self.path.with_suffix(".yaml")

    @property
    def materialization(self) -> str:
        """How its rows are kept, in the words of its YAML: `view`, or `table per month`."""
        return f"table per {self.period}" if self.stored else "view"

    @property
    def table(self) -> Table:
        """The table of the lake that a stored model is. Raises ValueError for a view."""
        if not self.stored or self.period is None:
            raise ValueError(f"{self.name} is a view: it is stored nowhere")
        unique = (test.columns for test in self.tests if test.kind == "unique" and self.period in test.columns)
        return Table(self.name, self.period, self.description, self.columns, key=next(unique, ()))


@dataclass(frozen=True)
class Models:
    """All models of a folder by name, each after those that it reads, with the tables they stand on."""

    by_name: Mapping[str, Model]
    sources: Mapping[str, Table]

    def __iter__(self) -> Iterator[Model]:
        return iter(self.by_name.values())

    def __len__(self) -> int:
        return len(self.by_name)

    def __getitem__(self, name: str) -> Model:
        try:
            return self.by_name[name]
        except KeyError:
            raise ModelError(f"There is no model {name!r}{did_you_mean(name, self.by_name)}.") from None

    @property
    def views(self) -> list[Model]:
        """The models that are views, in order."""
        return [model for model in self if not model.stored]

    @property
    def stored(self) -> list[Model]:
        """The models that are tables of the lake, in order."""
        return [model for model in self if model.stored]

    def home_of(self, view: Model) -> str | None:
        """The table whose checks a view's tests are: the first of the view's own period that it stands on.

        None for a view that stands on no table, such as a list of words. Raises ValueError where
        there are tables, but none of that period.
        """
        if not view.tables:
            return None
        periods = {name: self.table(name).period for name in view.tables}
        found = next((name for name, period in periods.items() if view.period in (None, period)), None)
        if found is None:
            raise ValueError(f"{view.name} is by {view.period}, and what it reads is not: {periods}")
        return found

    def table(self, name: str) -> Table:
        """A table of the lake by name: one that the models stand on, or a stored model."""
        return self.sources[name] if name in self.sources else self[name].table


@dataclass(frozen=True)
class _File:
    name: str
    kind: ModelKind
    path: Path
    statement: Statement
    docs: ModelDocs


def load_models(folder: Path, sources: Sequence[Table]) -> Models:
    """Reads the models of a folder that stand on the given tables.

    Raises ModelError, which names file and line, for anything in them that could not run: a table,
    column or function that does not exist, a circle, a table without a period, a name used twice,
    documentation or a test of something that is not there.
    """
    tables = {table.name: table for table in sources}
    with connect() as connection:
        files = _files(folder, tables, connection)
        known = {name.lower(): name for name in (*tables, *files)}
        reads = {name: _reads(file, known) for name, file in files.items()}
        order = _order(files, reads)
        for table in sources:
            empty_relation(connection, table.polars_schema).create(table.name)
        models: dict[str, Model] = {}
        for name in order:
            models[name] = _resolve(files[name], reads[name], models, connection)
        result = Models(models, tables)
        for model in result:
            check_docs(model, files[model.name].docs, result, connection)
    return result


def _files(folder: Path, tables: Mapping[str, Table], connection: DuckDBPyConnection) -> dict[str, _File]:
    files: dict[str, _File] = {}
    taken = {name.lower(): f"the table {name}" for name in tables}
    for subfolder, kind in FOLDERS.items():
        for path in sorted((folder / subfolder).glob("*.sql")):
            name = path.stem
            if name.lower() in taken:
                raise ModelError(f"{path}:1: {taken[name.lower()]} has this name already; give the file another name.")
            taken[name.lower()] = f"the model {path}"
            if not name.isidentifier():
                raise ModelError(
                    f"{path}:1: {name!r} cannot be the name of a table; use letters, digits and underscores."
                )
            files[name] = _File(
                name, kind, path, read_statement(path, connection), read_docs(path.with_suffix(".yaml"))
            )
        for path in sorted((folder / subfolder).glob("*.y*ml")):
            if path.suffix != ".yaml" or path.stem not in files:
                raise ModelError(
                    f"{path}:1: there is no model {path.with_suffix('.sql').name} beside it"
                    f"{did_you_mean(path.stem, files)}; name the documentation after its model, with .yaml."
                )
    return files


def _reads(file: _File, known: Mapping[str, str]) -> dict[str, Reference]:
    """What a file names, by the true name: SQL does not tell small letters from capitals."""
    found = {}
    for reference in file.statement.references:
        name = known.get(reference.name.lower())
        if name is None:
            raise ModelError(
                f"{file.path}:{reference.line}: there is no table or model {reference.name}"
                f"{did_you_mean(reference.name, known.values())}; correct the name or add the model."
            )
        found[name] = reference
    return found


def _order(files: Mapping[str, _File], reads: Mapping[str, Mapping[str, Reference]]) -> list[str]:
    """The models, each after those that it reads; otherwise by kind and name."""
    graph = {name: [read for read in reads[name] if read in files] for name in files}
    try:
        return list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        chain: list[str] = error.args[1][::-1]
        line = reads[chain[0]][chain[1]].line
        raise ModelError(
            f"{files[chain[0]].path}:{line}: the models go in a circle: {' reads '.join(chain)}; "
            "one of them must do without the next."
        ) from error


def _resolve(
    file: _File, reads: Mapping[str, Reference], models: Mapping[str, Model], connection: DuckDBPyConnection
) -> Model:
    """Lets DuckDB find the columns of a file over its empty upstream tables, and adds it to them."""
    sql = file.statement.sql
    try:
        rows = connection.sql(sql)
        names, types = list(rows.columns), list(rows.types)
    except duckdb.Error as error:
        raise duckdb_error(file.path, sql, _with_line(sql, error, connection)) from error
    small = [name.lower() for name in names]
    if twice := next((name for position, name in enumerate(names) if name.lower() in small[:position]), None):
        raise ModelError(
            f"{file.path}:{_line_of(sql, twice)}: two columns are named {twice}; give one another name with AS."
        )
    columns = []
    for position, (name, duckdb_type) in enumerate(zip(names, types, strict=True), 1):
        dtype = polars_type(duckdb_type)
        if dtype is None:
            raise ModelError(
                f"{file.path}:{_line_of(sql, name)}: column {position}, {name}, is of type {duckdb_type}, which the "
                "lake does not have; cast it to one of numbers, VARCHAR, BOOLEAN, DATE, TIMESTAMP, lists or structs."
            )
        columns.append(Column(name, dtype, file.docs.columns.get(name, ""), nullable=True))
    # Downstream models see an empty table of these columns: the types as the lake gives them back.
    empty_relation(connection, pl.Schema({column.name: column.dtype for column in columns})).create(file.name)
    not_null = {name for test in file.docs.tests if test.kind == "not_null" for name in test.columns}
    first = columns[0]
    period = next((period for period in get_args(Period) if _is_period(first, period)), None)
    stated = file.docs.materialization
    stored = file.kind == "mart" if stated is None else stated != "view"
    if stored and period is None:
        raise ModelError(
            f"{file.path}:{_line_of(sql, first.name)}: the first column is {first.name} ({types[0]}), which is no "
            "period; begin with day (DATE), month (VARCHAR, 'YYYY-MM') or year (INTEGER)."
        )
    if stored and stated not in (None, period):
        raise ModelError(
            f"{file.path.with_suffix('.yaml')}:{file.docs.materialization_line}: {file.name} cannot be a table per "
            f"{stated}: its first column is {first.name}; write table per {period}, or begin the SELECT with {stated}."
        )
    tables: dict[str, None] = {}
    views: dict[str, None] = {}
    for name in reads:
        upstream = models.get(name)
        if upstream is not None and not upstream.stored:
            tables.update(dict.fromkeys(upstream.tables))
            views.update(dict.fromkeys((*upstream.views, name)))
        else:
            tables[name] = None
    return Model(
        name=file.name,
        kind=file.kind,
        stored=stored,
        path=file.path,
        sql=sql,
        description=file.docs.description,
        columns=tuple(
            # Without a period there is no partition, so no row has a NULL for one.
            replace(column, nullable=column.name not in not_null and column is not first)
            for column in columns
        ),
        reads=tuple(reads),
        tables=tuple(tables),
        views=tuple(views),
        period=period,
        history=file.docs.history,
        tests=file.docs.tests,
    )


def _with_line(sql: str, error: duckdb.Error, connection: DuckDBPyConnection) -> duckdb.Error:
    """The same error with its line: DuckDB tells it when a statement is executed, not when it becomes a relation."""
    try:
        connection.execute(sql)
    except duckdb.Error as placed:
        return placed
    return error


def _is_period(column: Column, period: Period) -> bool:
    return column.name == period and column.dtype == PARTITION_TYPES[period]


def _line_of(sql: str, name: str) -> int:
    """The last line of the file on which a column's name stands: in its outermost SELECT, most often."""
    lines = [number for number, line in enumerate(sql.splitlines(), 1) if name in line]
    return lines[-1] if lines else 1
