"""Publishing is a copy: the files of the site that are new or changed go to a folder, those that left it are removed.

Each file is replaced as a whole, pages before the indexes and feeds that lead to them, and removals come last: whoever
reads meanwhile finds every page that is linked. What the folder holds beside the site is left alone.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from assets.errors import InputError, SettingsError
from assets.site import addresses
from assets.site.manifest import PRIVATE, put
from assets.warehouse.files import TEMPORARY_PREFIX, storage_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORD = ".almanac-published.json"
"""In the folder: what was put there, with hashes."""

_LAST = ("feeds/", "sitemap", addresses.INDEX, "days/index", "categories/", "months/", "topics/index", "authors/index")


@dataclass(frozen=True)
class Published:
    """What a copy did."""

    files: int
    copied: int
    removed: int


def publish(site: Path, target: Path) -> Published:
    """Brings a folder up to date with a site.

    Raises InputError where there is no site or the folder is inside it, and StorageError where it cannot be written.
    """
    if not (site / addresses.INDEX).is_file():
        raise InputError(f"there is no site in {site} yet: make it with `almanac site`.")
    if target.resolve().is_relative_to(site.resolve()) or site.resolve().is_relative_to(target.resolve()):
        raise InputError(f"{target} and the site in {site} hold one another: publish to a folder elsewhere.")
    known = _record(target)
    found: dict[str, str] = {}
    copied = 0
    for path in sorted(files_of(site), key=lambda path: (path.startswith(_LAST), path)):
        data = (site / path).read_bytes()
        found[path] = hashlib.sha256(data).hexdigest()
        if known.get(path) != found[path] or not (target / path).is_file():
            put(target / path, data)
            copied += 1
    # First what is there now, then what must go: a copy that is killed between them removes it the next time.
    put(target / RECORD, msgspec.json.encode({**known, **found}, order="sorted"))
    left = sorted(known.keys() - found.keys())
    for path in left:
        _remove(target, path)
    put(target / RECORD, msgspec.json.encode(found, order="sorted"))
    return Published(len(found), copied, len(left))


def folder_of(target: str, home: Path) -> Path:
    """The folder that a user named, a relative one below `home`. Raises SettingsError for another kind of place."""
    if "://" in target.removeprefix("file://"):
        raise SettingsError(
            f"cannot publish to {target!r}: this version copies to folders; publish to one and copy that to its bucket."
        )
    return home / target.removeprefix("file://")


def files_of(site: Path) -> Iterator[str]:
    """The files of a site that are published: all but its own records and what is being written."""
    for path in site.rglob("*"):
        relative = path.relative_to(site)
        if relative.parts[0] != PRIVATE and path.is_file() and not path.name.startswith(TEMPORARY_PREFIX):
            yield relative.as_posix()


def _record(target: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode((target / RECORD).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return {}


def _remove(target: Path, path: str) -> None:
    place = target / path
    if not place.resolve().is_relative_to(target.resolve()):
        return
    try:
        place.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(error, place) from error
    parent = place.parent
    with suppress(OSError):
        while parent != target:
            parent.rmdir()
            parent = parent.parent
