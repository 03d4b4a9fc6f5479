"""The table `compacted_months`: which months of which tables are in one file."""

import polars as pl

from assets.warehouse.table import Column, Table

COMPACTED_MONTHS = Table(
    "compacted_months",
    "month",
    "The month files of the tables by day, as they were when the month was compacted: one row a table.",
    (
        Column("month", pl.String(), "the month, YYYY-MM"),
        Column("table_name", pl.String(), "the table whose days are in the file"),
        Column("days", pl.Int32(), "days that the file holds"),
        Column("rows", pl.Int64(), "rows that it holds"),
        Column("bytes", pl.Int64(), "its size"),
        Column("closed", pl.Boolean(), "whether readers used it already; otherwise they do an hour later or more"),
    ),
    key=("month", "table_name"),
)
