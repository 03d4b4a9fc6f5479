"""Reading partitions that were written when their table had other columns.

A column that a table gains is NULL in the partitions that were written before; one that it loses is
left out of them. A column may also become wider (more bits, a struct with more fields), as no value
is lost by that. Any other change of a type is refused: what is stored would have to be guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from assets.errors import StorageError

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

    from assets.warehouse.table import Table

_BITS: dict[PolarsDataType, int] = {pl.Int8(): 8, pl.Int16(): 16, pl.Int32(): 32, pl.Int64(): 64}
_UNSIGNED_BITS: dict[PolarsDataType, int] = {pl.UInt8(): 8, pl.UInt16(): 16, pl.UInt32(): 32, pl.UInt64(): 64}


def holds(wide: PolarsDataType, narrow: PolarsDataType) -> bool:
    """Whether every value of the narrow type is a value of the wide one."""
    if wide == narrow or narrow == pl.Null:
        return True
    if isinstance(wide, pl.List) and isinstance(narrow, pl.List):
        return holds(wide.inner, narrow.inner)
    if isinstance(wide, pl.Struct) and isinstance(narrow, pl.Struct):
        inside = {field.name: field.dtype for field in narrow.fields}
        return all(holds(field.dtype, inside.get(field.name, pl.Null())) for field in wide.fields)
    if narrow in _BITS:
        return _BITS[narrow] < _BITS.get(wide, 0) or (wide == pl.Float64 and _BITS[narrow] <= 32)
    if narrow in _UNSIGNED_BITS:
        bits = _UNSIGNED_BITS[narrow]
        return bits < max(_UNSIGNED_BITS.get(wide, 0), _BITS.get(wide, 0)) or (wide == pl.Float64 and bits <= 32)
    return wide == pl.Float64 and narrow == pl.Float32


def refuse_incompatible(table: Table, stored: pl.Schema, where: object) -> None:
    """Raises StorageError where the table's columns cannot take what is stored at `where`."""
    for name, dtype in table.polars_schema.items():
        if name in stored and not holds(dtype, stored[name]):
            raise StorageError(
                f"{where} holds {name} as {stored[name]}, and table {table.name} has it as {dtype} now: move the folder"
                f" of {table.name} out of the lake and make its partitions again, or use the version that wrote it."
            )


def in_columns_of(table: Table, frame: pl.DataFrame, where: object) -> pl.DataFrame:
    """A stored partition with the table's columns and types of today. Raises StorageError, as above."""
    if frame.schema == table.polars_schema:
        return frame
    refuse_incompatible(table, frame.schema, where)
    columns = [
        pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in table.polars_schema.items()
    ]
    return frame.select(columns)
