"""The declaration of a table: its columns, their types and their meaning, written once.

Validation (pandera), the Parquet files, DuckDB's column comments and Dagster's column schema
are all derived from the one `Table` that a room declares in its `schema.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandera.polars as pa
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from polars._typing import PolarsDataType

Period = Literal["day", "month", "year"]

UTC_TIME = pl.Datetime("us", "UTC")

PARTITION_TYPES: Mapping[Period, PolarsDataType] = {
    "day": pl.Date(),
    "month": pl.String(),
    "year": pl.Int32(),
}
"""Type of the partition column: a date, 'YYYY-MM', or the year as a number."""


@dataclass(frozen=True)
class Column:
    """A column: its Polars type, what it says, and the pandera checks that its values pass."""

    name: str
    dtype: PolarsDataType
    description: str
    nullable: bool = False
    checks: Sequence[pa.Check] = ()


@dataclass(frozen=True)
class Table:
    """A table of the lake, partitioned by announcement day, month or year.

    The first column is the partition's own (`day`, `month` or `year`).
    """

    name: str
    period: Period
    description: str
    columns: Sequence[Column]
    key: Sequence[str] = ()
    """Columns whose values no two rows share; what asks for it is the table's checks. Empty where it has no key."""

    def __post_init__(self) -> None:
        first = self.columns[0]
        if first.name != self.period or first.dtype != PARTITION_TYPES[self.period]:
            raise ValueError(
                f"table {self.name}: its first column must be {self.period} of type {PARTITION_TYPES[self.period]}"
            )
        if unknown := set(self.key) - {column.name for column in self.columns}:
            raise ValueError(f"table {self.name}: its key names {sorted(unknown)}, which are no columns of it")

    @property
    def polars_schema(self) -> pl.Schema:
        """Column names and Polars types, in order."""
        return pl.Schema({column.name: column.dtype for column in self.columns})

    def empty(self) -> pl.DataFrame:
        """A frame of this table with no rows."""
        return pl.DataFrame(schema=self.polars_schema)

    def frame(self, rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
        """Rows as a frame of this table; a key that is missing is NULL, an unknown one an error.

        Raises ValueError for a key that is no column.
        """
        names = set(self.polars_schema)
        for row in rows:
            if unknown := row.keys() - names:
                raise ValueError(f"table {self.name} has no column {sorted(unknown)}")
        return pl.DataFrame(
            {name: [row.get(name) for row in rows] for name in self.polars_schema}, schema=self.polars_schema
        )

    def pandera_schema(self) -> pa.DataFrameSchema:
        """The pandera schema: types, nullability and each column's checks; no column more or less."""
        return pa.DataFrameSchema(
            {
                column.name: pa.Column(column.dtype, nullable=column.nullable, checks=list(column.checks))
                for column in self.columns
            },
            strict=True,
            ordered=True,
            name=self.name,
        )
