"""The places to which a site is published: a folder, and a prefix of an S3-compatible object store."""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assets.errors import InputError, SettingsError
from assets.site.claims import claimed
from assets.site.manifest import put
from assets.site.media_types import cache_control, media_type
from assets.warehouse.files import storage_error
from assets.warehouse.object_store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager


@dataclass(frozen=True)
class Held:
    """What a place tells of a file without giving it."""

    size: int
    """Bytes."""
    digest: str = ""
    """The MD5 of its bytes where the place tells that."""

    def is_of(self, data: bytes) -> bool:
        """Whether it may be of these bytes."""
        return self.size == len(data)

    def is_surely(self, data: bytes) -> bool:
        """Whether it is of these bytes."""
        return self.is_of(data) and self.digest == hashlib.md5(data, usedforsecurity=False).hexdigest()


class Place(Protocol):
    """Takes files under paths with `/`. Every method raises StorageError where the place does not answer or refuses."""

    def there(self) -> Mapping[str, Held]:
        """What the place holds."""

    def headers(self, path: str) -> Mapping[str, str]:
        """What the place keeps with a file for who serves it."""

    def get(self, path: str) -> bytes | None:
        """The bytes of a file; None where it is not there."""

    def put(self, path: str, data: bytes) -> None:
        """Puts a file into its place, whole at once."""

    def remove(self, path: str) -> None:
        """Removes a file; one that is not there stays so."""

    def alone(self, site: str) -> AbstractContextManager[Callable[[], None]]:
        """Keeps other copies away for the block. What it gives is called now and then to keep doing so.

        `site` is the id of the site that is copied. Where another copy is under way, it waits for it or raises
        StorageError.
        """


@dataclass(frozen=True)
class Folder:
    """A folder of this machine, which some web server shows."""

    root: Path

    def there(self) -> Mapping[str, Held]:
        """All files below the folder."""
        found = {}
        try:
            for path in self.root.rglob("*"):
                if path.is_file():
                    found[path.relative_to(self.root).as_posix()] = Held(path.stat().st_size)
        except OSError as error:
            raise storage_error(error, self.root) from error
        return found

    def headers(self, path: str) -> Mapping[str, str]:  # noqa: ARG002 - the interface
        """The server's own business."""
        return {}

    def get(self, path: str) -> bytes | None:
        """The bytes of a file; None where it is not there or cannot be read."""
        with suppress(OSError):
            return (self.root / path).read_bytes()
        return None

    def put(self, path: str, data: bytes) -> None:
        """Moves a file with these bytes over the old one."""
        put(self.root / path, data)

    def remove(self, path: str) -> None:
        """Removes a file, and the folders that are empty without it; nothing outside the folder."""
        place = self.root / path
        if not place.resolve().is_relative_to(self.root.resolve()):
            return
        try:
            place.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(error, place) from error
        parent = place.parent
        with suppress(OSError):
            while parent != self.root:
                parent.rmdir()
                parent = parent.parent

    @contextmanager
    def alone(self, site: str) -> Iterator[Callable[[], None]]:  # noqa: ARG002 - the interface
        """Another copy to the folder waits."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            # The folder itself is what is locked: a file for it would be in the reader's way.
            lock = os.open(self.root, os.O_RDONLY)
        except OSError as error:
            raise storage_error(error, self.root) from error
        try:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield lambda: None
        finally:
            os.close(lock)


@dataclass(frozen=True)
class Bucket:
    """A prefix of an object store: each file is one PUT, with the type and the caching that it is served with."""

    store: ObjectStore

    def there(self) -> Mapping[str, Held]:
        """All objects below the prefix: one request for each thousand."""
        return {name: Held(held.size, held.version.strip('"')) for name, held in self.store.below("")}

    def headers(self, path: str) -> Mapping[str, str]:
        """Content-Type and Cache-Control."""
        return {"Content-Type": media_type(path), "Cache-Control": cache_control(path)}

    def get(self, path: str) -> bytes | None:
        """The bytes of an object; None where it is not there."""
        found = self.store.get(path)
        return found[0] if found else None

    def put(self, path: str, data: bytes) -> None:
        """Writes an object with its headers."""
        self.store.put(path, data, self.headers(path))

    def remove(self, path: str) -> None:
        """Removes an object."""
        self.store.delete(path)

    def alone(self, site: str) -> AbstractContextManager[Callable[[], None]]:
        """Another copy to the prefix fails, as nobody can be made to wait there."""
        return claimed(self.store, site)


def folder(target: str, home: Path, site: Path) -> Folder:
    """The folder that a user named, a relative one below `home`.

    Raises SettingsError for another kind of place, and InputError where it and the site hold one another.
    """
    if "://" in target.removeprefix("file://"):
        raise SettingsError(f"cannot publish to {target!r}: name a folder, or s3://bucket/prefix.")
    root = home / target.removeprefix("file://")
    if root.resolve().is_relative_to(site.resolve()) or site.resolve().is_relative_to(root.resolve()):
        raise InputError(f"{root} and the site in {site} hold one another: publish to a folder elsewhere.")
    return Folder(root)


def bucket(store: ObjectStore, lake: object) -> Bucket:
    """A prefix of an object store. Raises SettingsError where it is in the lake, whose tables have names of pages."""
    if (
        isinstance(lake, ObjectStore)
        and (lake.bucket, lake.endpoint) == (store.bucket, store.endpoint)
        and f"{store.prefix}/".startswith(f"{lake.prefix}/" if lake.prefix else "")
    ):
        raise SettingsError(
            f"cannot publish to {store}: the lake is in {lake}; name another prefix, or another bucket."
        )
    return Bucket(store)
