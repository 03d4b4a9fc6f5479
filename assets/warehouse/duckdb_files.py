"""How DuckDB reads a lake in an object store: a file system that it asks for names and bytes.

DuckDB's own extension for S3 (httpfs) has to be downloaded for each version of DuckDB; this needs nothing
but the storage. It only reads, and only the lake. A file that is replaced while a query reads it is read
as it was when the query opened it: a small one is fetched whole, a large one in ranges of that version.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import threading
import zlib
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from fsspec.spec import AbstractFileSystem
from obstore.exceptions import PreconditionError

from assets.errors import StorageError

if TYPE_CHECKING:
    import duckdb

    from assets.warehouse.object_store import ObjectStore
    from assets.warehouse.storage import Stored

WHOLE_BYTES = 4 * 1024 * 1024
"""Files up to this size are fetched in one go."""

KEPT_BYTES = 64 * 1024 * 1024
"""Of those, so many bytes are kept for the next opening."""

AGAIN = ": ask again."
"""The end of a sentence about what is right when the query is asked once more."""


class LakeFiles(AbstractFileSystem):
    """The objects of one lake, under their s3:// addresses.

    DuckDB opens a file more than once for a query: first for its metadata, then on each thread for its
    rows. All of these must be of one version, so a name stands for the version that was opened first
    until the name is looked up again, with which every query begins, and is another one then.
    """

    protocol = "s3"
    cachable = False

    def __init__(self, store: ObjectStore) -> None:
        super().__init__()
        self._store = store
        self._guard = threading.Lock()
        self._pinned: dict[str, Stored] = {}
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def glob(self, path: str) -> list[str]:
        """The addresses that fit a pattern with *, ? and […], which do not reach over a /."""
        name = self._name(path)
        if not re.search(r"[*?\[]", name):
            there = self._store.stat(name)
            found = {name: there} if there else {}
        else:
            folder, _, start = re.split(r"[*?\[]", name, maxsplit=1)[0].rpartition("/")
            inside = {"*": "[^/]*", "?": "[^/]"}
            parts = re.split(r"(\*|\?|\[[^\]]*\])", name)
            fits = re.compile("".join(inside.get(part) or _in_pattern(part) for part in parts))
            found = {entry: there for entry, there in self._store.below(folder, start) if fits.fullmatch(entry)}
        with self._guard:
            for entry, there in found.items():
                if (pinned := self._pinned.get(entry)) and pinned.version != there.version:
                    del self._pinned[entry]
                    self._kept.pop(entry, None)
        return [f"{self._store.url}/{entry}" for entry in found]

    def open(self, path: str, mode: str = "rb") -> io.IOBase:
        """A file to read. Raises StorageError where it has gone or was replaced since the query first opened it."""
        if mode not in ("r", "rb"):
            raise StorageError(f"{path} cannot be written: a query only reads.")
        name = self._name(path)
        with self._guard:
            pinned, data = self._pinned.get(name), self._kept.get(name)
        if data is not None:
            return io.BytesIO(data)
        if pinned and pinned.size > WHOLE_BYTES:
            return Ranges(self._store, name, pinned)
        try:
            data, found = self._store.get_some(name, {"if_match": pinned.version} if pinned else {}, WHOLE_BYTES)
        except FileNotFoundError:
            raise StorageError(f"{path} is not there any more{AGAIN}") from None
        except PreconditionError:
            raise StorageError(f"{path} was replaced meanwhile{AGAIN}") from None
        with self._guard:
            first = self._pinned.setdefault(name, found)
            if data is not None and first.version == found.version:
                self._kept[name] = data
                while sum(map(len, self._kept.values())) > KEPT_BYTES:
                    self._kept.popitem(last=False)
        if first.version != found.version:
            return self.open(path)  # another thread was faster, and has opened another version
        return Ranges(self._store, name, found) if data is None else io.BytesIO(data)

    def info(self, path: str) -> dict[str, Any]:
        """Size, time and kind of a file. Raises FileNotFoundError."""
        name = self._name(path)
        found = self._pinned.get(name) or self._store.stat(name)
        if not found:
            raise FileNotFoundError(path)
        return {"name": path, "size": found.size, "type": "file", "mtime": found.modified, "version": found.version}

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        return self._store.stat(self._name(path)) is not None

    def modified(self, path: str) -> dt.datetime:
        """When a file was written; two versions of one second, which is all that a store tells, differ in it."""
        info = self.info(path)
        part = zlib.crc32(info["version"].encode()) % 1_000_000
        return dt.datetime.fromtimestamp(int(info["mtime"]), dt.UTC) + dt.timedelta(microseconds=part)

    def _name(self, path: str) -> str:
        address = path if path.startswith("s3://") else f"s3://{path}"
        if not address.startswith(f"{self._store.url}/") or "/../" in address:
            raise StorageError(f"{address} is not in the lake, {self._store.url}.")
        return address.removeprefix(f"{self._store.url}/")


def _in_pattern(part: str) -> str:
    return part if part.startswith("[") else re.escape(part)


class Ranges(io.RawIOBase):
    """A large object, read in ranges of one version. Each thread has its own place in it: DuckDB seeks, then reads."""

    def __init__(self, store: ObjectStore, name: str, found: Stored) -> None:
        self._store, self._name, self._found = store, name, found
        self._places: dict[int, int] = {}

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._places.get(threading.get_ident(), 0)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Moves to a place."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: self._found.size}[whence]
        self._places[threading.get_ident()] = max(0, start + offset)
        return self.tell()

    def readinto(self, buffer: Any) -> int:
        """Fills a buffer. Raises StorageError where the object has been replaced since it was opened."""
        start = self.tell()
        size = min(len(buffer), self._found.size - start)
        if size <= 0:
            return 0
        wanted = (start, start + size)
        try:
            data, _ = self._store.get_some(self._name, {"range": wanted, "if_match": self._found.version})
        except PreconditionError:
            raise StorageError(f"{self._store.url}/{self._name} was replaced meanwhile{AGAIN}") from None
        assert data is not None
        buffer[: len(data)] = data
        self._places[threading.get_ident()] = start + len(data)
        return len(data)


def sentence(error: duckdb.Error) -> str | None:
    """The sentence of a StorageError that a file of a lake raised while DuckDB read it; None for any other error."""
    lines = str(error).strip().splitlines()
    if not lines or not lines[0].startswith("Traceback") or StorageError.__name__ not in lines[-1]:
        return None
    return lines[-1].partition(f"{StorageError.__name__}: ")[2]
