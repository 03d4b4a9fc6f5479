"""Rows of papers as a frame, fast: list columns are built flat and grouped, ten times quicker than value by value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from assets.papers.schema import PAPERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from polars._typing import PolarsDataType


def papers_frame(rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """The rows as a frame of PAPERS, equal to `PAPERS.frame(rows)`; lists must not be missing."""
    lists = {name: dtype for name, dtype in PAPERS.polars_schema.items() if isinstance(dtype, pl.List)}
    plain = PAPERS.frame([{name: value for name, value in row.items() if name not in lists} for row in rows])
    return plain.with_columns(
        list_column([row[name] for row in rows], dtype.inner).alias(name) for name, dtype in lists.items()
    )


def list_column(values: Sequence[Sequence[Any]], inner: PolarsDataType) -> pl.Series:
    """Lists as a column of lists of a type."""
    dtype = pl.List(inner)
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
    return column.fill_null(pl.Series([[]], dtype=dtype)).cast(dtype)
