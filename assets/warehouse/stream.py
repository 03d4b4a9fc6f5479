"""A query's rows on their way from DuckDB to Polars.

Polars remembers the type of everything that it reads until the process ends. Were that DuckDB's own type, DuckDB would
complain at the end of every command about objects that something still holds. This module, which knows nothing of
DuckDB, stands between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Stream:
    """Whatever offers an Arrow stream, under a type of its own."""

    rows: Any

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.rows.__arrow_c_stream__(requested_schema)
