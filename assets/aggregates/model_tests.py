"""Runs the tests that a model's YAML states against one of its partitions."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from assets.aggregates.periods import upstream_keys
from assets.aggregates.run import model_relation, models_relation
from assets.warehouse.connection import connect, in_schema, lake_relation
from assets.warehouse.lake import partition_value
from assets.warehouse.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from assets.aggregates.model_docs import ModelTest
    from assets.aggregates.models import Model, Models
    from assets.warehouse.lake import Lake

EXAMPLES = 5
"""Rows that a violation shows."""

ROWS_OF_A_BATCH = 2_000
"""Partitions are tested together until they have so many rows; a paper may have hundreds of terms."""


@dataclass(frozen=True)
class Violation:
    """A test that fails: how many rows it finds at fault, and the first of them."""

    test: str
    columns: tuple[str, ...]
    count: int
    examples: tuple[Mapping[str, object], ...]

    @property
    def sentence(self) -> str:
        """The violation in a line."""
        shown = "; ".join(str(dict(example)) for example in self.examples)
        rows = "1 row" if self.count == 1 else f"{self.count} rows"
        return f"{self.test} fails for {rows}, for example {shown}"


def run_tests_of(model: Model, models: Models, lake: Lake, keys: Sequence[str]) -> dict[str, list[Violation]]:
    """What `run_tests` finds in each of many partitions, at the price of few.

    The columns that the tests look at are read for many partitions at once; those that may fail one are
    tested alone.
    """
    suspected = set(keys)
    if model.tests:
        with connect() as connection, suppress(duckdb.Error):
            for batch in _batches(model, models, lake, keys):
                suspected.difference_update(set(batch) - _suspected(model, models, lake, batch, connection))
    return {key: run_tests(model, models, lake, key) if key in suspected else [] for key in keys}


def _batches(model: Model, models: Models, lake: Lake, keys: Sequence[str]) -> Iterator[list[str]]:
    """Neighbouring partitions with as many rows as are worth a batch; alone where they could see one another's rows."""
    alone = not model.stored and (model.history > 0 or any(models.table(name).period != "day" for name in model.tables))
    batch: list[str] = []
    rows = 0
    for key in keys:
        if batch and (alone or rows > ROWS_OF_A_BATCH):
            yield batch
            batch, rows = [], 0
        batch.append(key)
        tables = [model.table] if model.stored else [models.table(name) for name in model.tables]
        rows += sum(lake.row_count(table, key) for table in tables)
    if batch:
        yield batch


def _suspected(
    model: Model, models: Models, lake: Lake, keys: Sequence[str], connection: DuckDBPyConnection
) -> set[str]:
    """Those of some partitions that may fail a test."""
    period = model.period
    if period is None:
        return set(keys)
    if model.stored:
        relation = lake_relation(connection, lake, model.table, keys)
    else:
        relation = models_relation(model, models, lake, keys, connection)
    expressions = {f"expression {place}": test for place, test in enumerate(model.tests) if test.kind == "expression"}
    looked_at = {period, *(name for test in model.tests if test.kind != "expression" for name in test.columns)}
    columns = [duckdb.ColumnExpression(name) for name in sorted(looked_at)]
    columns += [duckdb.SQLExpression(test.expression).alias(name) for name, test in expressions.items()]
    # `.pl()` needs pyarrow; Polars reads the relation itself.
    rows = pl.DataFrame(Stream(relation.project(*columns)))
    faulty = [rows.filter(~pl.col(name)) for name in expressions]
    for test in model.tests:
        if test.kind == "unique":
            faulty.append(rows.filter(pl.struct(*{period, *test.columns}).is_duplicated()))
        elif test.kind == "relationships":
            for key in keys:
                of_key = rows.filter(pl.col(period) == partition_value(period, key))
                faulty.append(_faulty(test, of_key, model, models, lake, key).select(rows.columns))
        elif test.kind != "expression":
            faulty.append(_faulty(test, rows, model, models, lake, keys[0]))
    values = {value for frame in faulty for value in frame.get_column(period).unique()}
    return {key for key in keys if partition_value(period, key) in values or None in values}


def run_tests(model: Model, models: Models, lake: Lake, key: str, *, computed: bool = False) -> list[Violation]:
    """The tests that a partition fails, in the order of the YAML; an absent partition fails none.

    With `computed`, a table's rows are computed like a view's, and what is stored is not looked at.
    The partition of a table is read as it was written; a view's rows are computed for the period.
    A relationship is looked for in the other table's partitions of the same period.
    """
    violations: list[Violation] = []
    if not model.tests:
        return violations
    with connect() as connection:
        if model.stored and not computed:
            relation = lake_relation(connection, lake, model.table, [key])
        else:
            relation = model_relation(model, models, lake, key, connection)
        rows = in_schema(connection, relation, model.polars_schema)
        for test in model.tests:
            if test.kind == "expression":
                untrue = relation.filter(~duckdb.SQLExpression(test.expression))
                faulty = in_schema(connection, untrue, model.polars_schema)
            else:
                faulty = _faulty(test, rows, model, models, lake, key)
            if faulty.height:
                examples = tuple(faulty.head(EXAMPLES).to_dicts())
                violations.append(Violation(test.name, test.columns, faulty.height, examples))
    return violations


def _faulty(test: ModelTest, rows: pl.DataFrame, model: Model, models: Models, lake: Lake, key: str) -> pl.DataFrame:
    """The rows that fail a test of any kind but expression. NULL is a value for unique, and fine elsewhere."""
    if test.kind == "not_null":
        return rows.filter(pl.any_horizontal(pl.col(*test.columns).is_null()))
    if test.kind == "unique":
        return rows.filter(pl.struct(*test.columns).is_duplicated())
    name = test.columns[0]
    present = rows.filter(pl.col(name).is_not_null())
    if test.kind == "accepted_values":
        return present.filter(~pl.col(name).is_in(list(test.values)))
    other, column = models.table(test.reference[0]), test.reference[1]
    keys = upstream_keys(other.period, model.period or other.period, key, model.history)
    known = pl.concat([other.empty().select(column), *(lake.columns(other, key, [column]) for key in keys)])
    return present.join(known, left_on=name, right_on=column, how="anti")
