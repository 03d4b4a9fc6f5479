"""Column lineage: from which columns of the stored tables each column of a model is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage

from assets.aggregates.model_files import DIALECT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot.lineage import Node

    from assets.aggregates.models import Model, Models

ColumnLineage = dict[str, list[tuple[str, str]]]
"""For each column of a model, in order, the (table, column) pairs that it comes from, sorted."""


def column_lineage(model: Model, models: Models) -> ColumnLineage:
    """The columns of tables and marts behind each column of a model; views are followed to what they read.

    A column that counts rows or is a constant comes from no column and has an empty list. So have
    all columns of a model whose SQL is good for DuckDB but beyond sqlglot: lineage is for the
    reader and stops nobody.
    """
    known: dict[str, ColumnLineage] = {}
    for name in (*model.views, model.name):
        known[name] = _of_one(models[name], models, known)
    return known[model.name]


def _of_one(model: Model, models: Models, views: Mapping[str, ColumnLineage]) -> ColumnLineage:
    schemas = {
        name: models[name].polars_schema if name in models.by_name else models.table(name).polars_schema
        for name in model.reads
    }
    try:
        # The types do not matter here, only which columns there are: they resolve names and stars.
        nodes = lineage(
            None,
            model.sql,
            {name: dict.fromkeys(schema, "unknown") for name, schema in schemas.items()},
            dialect=DIALECT,
            trim_selects=False,  # only for drawing, and dear
        )
    except (SqlglotError, ValueError):
        nodes = {}
    # sqlglot puts names into small letters: the true ones are found by them.
    true_names = {
        (name.lower(), column.lower()): (name, column) for name, schema in schemas.items() for column in schema
    }
    found: ColumnLineage = {column.name: [] for column in model.columns}
    if len(nodes) != len(found):
        return found
    for column_name, node in zip(found, nodes.values(), strict=True):
        sources: set[tuple[str, str]] = set()
        for name, column in (true_names[leaf] for leaf in _leaves(node) if leaf in true_names):
            sources.update(views[name][column] if name in views else [(name, column)])
        found[column_name] = sorted(sources)
    return found


def _leaves(node: Node) -> list[tuple[str, str]]:
    """Table and column, in small letters, at the ends of a lineage graph."""
    return [
        (leaf.expression.name.lower(), leaf.name.rpartition(".")[2].strip('"').lower())
        for leaf in node.walk()
        if not leaf.downstream and isinstance(leaf.expression, exp.Table)
    ]
