"""Rows of papers as a frame, fast: list columns are built flat and grouped, ten times quicker than value by value."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from assets.papers.schema import PAPERS


def papers_frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """The rows as a frame of PAPERS, equal to `PAPERS.frame(rows)`; lists must not be missing."""
    lists = [name for name, dtype in PAPERS.polars_schema.items() if isinstance(dtype, pl.List)]
    plain = PAPERS.frame([{name: value for name, value in row.items() if name not in lists} for row in rows])
    return plain.with_columns(_list_column(name, [row[name] for row in rows]) for name in lists)


def _list_column(name: str, values: Sequence[Sequence[Any]]) -> pl.Series:
    dtype = PAPERS.polars_schema[name]
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    flat = [value for row in values for value in row]
    if isinstance(inner, pl.Struct):
        parts = pl.DataFrame(
            {field.name: [value[field.name] for value in flat] for field in inner.fields},
            schema={field.name: field.dtype for field in inner.fields},
        )
        elements = parts.to_struct("element")
    else:
        elements = pl.Series("element", flat, dtype=inner)
    places = pl.Series("place", [place for place, row in enumerate(values) for _ in row], dtype=pl.UInt32)
    grouped = pl.DataFrame([places, elements]).group_by("place", maintain_order=True).agg("element")
    every = pl.DataFrame({"place": pl.int_range(len(values), dtype=pl.UInt32, eager=True)})
    column = every.join(grouped, on="place", how="left", maintain_order="left").get_column("element")
    return column.fill_null(pl.Series([[]], dtype=dtype)).cast(dtype).alias(name)
