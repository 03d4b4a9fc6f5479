"""Runs the tests that a model's YAML states against one of its partitions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from assets.aggregates.periods import upstream_keys
from assets.aggregates.run import model_relation
from assets.warehouse.connection import connect, in_schema, lake_relation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assets.aggregates.model_docs import ModelTest
    from assets.aggregates.models import Model, Models
    from assets.warehouse.lake import Lake

EXAMPLES = 5
"""Rows that a violation shows."""


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
