"""A storage that lists a table once and then knows what is there: for those who ask much and change nothing.

In an object store every question is a request. Whoever looks at a year of days asks thousands of times
whether a day or a mark is there; one listing of the table answers all of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import timedelta

    from duckdb import DuckDBPyConnection

    from assets.warehouse.object_store import ObjectStore
    from assets.warehouse.storage import Stored


class Listed:
    """An object store as it was when each of its tables was first asked for; what this object changes, it sees."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._tables: dict[str, dict[str, Stored]] = {}

    @property
    def url(self) -> str:
        """The address of the store."""
        return self._store.url

    def stat(self, name: str) -> Stored | None:
        """What the listing tells of an object."""
        return self._table(name).get(name)

    def get(self, name: str) -> tuple[bytes, Stored] | None:
        """All bytes of an object, as it is now, where the listing has it."""
        return self._store.get(name) if self.stat(name) else None

    def tail(self, name: str, size: int) -> bytes | None:
        """Its last bytes, as it is now, where the listing has it."""
        return self._store.tail(name, size) if self.stat(name) else None

    def put(self, name: str, data: bytes) -> None:
        """Writes an object."""
        self._store.put(name, data)
        self._forget(name)

    def replace(self, name: str, data: bytes, version: str) -> bool:
        """Writes an object where its version is still this one."""
        try:
            return self._store.replace(name, data, version)
        finally:
            self._forget(name)

    def turn(self, name: str) -> AbstractContextManager[None]:
        """As the store does it."""
        return self._store.turn(name)

    def delete(self, name: str) -> None:
        """Removes an object."""
        self._store.delete(name)
        self._forget(name)

    def names(self, folder: str) -> list[str]:
        """What stands directly in a folder."""
        below = (name.removeprefix(f"{folder}/") for name in self._table(folder) if name.startswith(f"{folder}/"))
        return sorted({name.partition("/")[0] for name in below})

    def holders(self, folder: str, file: str, start: str = "") -> list[str]:
        """The folders directly in a folder that begin so and hold an object of this name."""
        names = [name for name in self.names(folder) if name.startswith(start)]
        return [name for name in names if f"{folder}/{name}/{file}" in self._table(folder)]

    def sweep(self, older_than: timedelta) -> Sequence[str]:
        """A killed PUT leaves nothing."""
        return self._store.sweep(older_than)

    def attach(self, connection: DuckDBPyConnection) -> None:
        """DuckDB reads the store itself."""
        self._store.attach(connection)

    def look_anew(self) -> None:
        """Takes the store as it is from now on, for all who use this object."""
        self._tables = {}

    def _table(self, name: str) -> dict[str, Stored]:
        table, tables = name.partition("/")[0], self._tables  # which another thread may begin anew meanwhile
        if table not in tables:
            tables[table] = dict(self._store.below(table))
        return tables[table]

    def _forget(self, name: str) -> None:
        self._tables.pop(name.partition("/")[0], None)
