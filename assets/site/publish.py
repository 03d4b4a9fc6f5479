"""Publishing is a copy: what is new or changed in the site goes to a place, what left the site is removed from it.

The order keeps every link of the place whole, also while a copy goes on and after one that was killed: first what
pages load, then pages that the place does not have yet, then those that changed, then indexes, feeds and the entry to
the search, the front page last of them; removals come at the very end. What the place holds beside the site is left
alone. One copy at a time: two sites would mix, and the record of what is there would be that of neither.
"""

from __future__ import annotations

import hashlib
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from assets.errors import InputError
from assets.site import addresses, search
from assets.site.manifest import PRIVATE
from assets.warehouse.files import TEMPORARY_PREFIX, locked, write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from assets.site.places import Place

RECORD = ".almanac-published.json"
"""At the place: what was put there, with hashes; an empty hash for what a copy was about to put."""

INDEXES = (
    "feeds/", "sitemap", "days/index", "categories/", "months/", "years/", "topics/index", "authors/index",
    "authors/letters/", "search/",
)  # fmt: skip
ENTRIES = (search.ENTRY, search.PARTS)

AT_ONCE = 16
"""Files on their way at once: an object store answers each after some milliseconds, and takes many."""

BATCH = 500
"""Files between two renewals of what keeps other copies away."""


@dataclass(frozen=True)
class Published:
    """What a copy did."""

    files: int
    copied: int
    removed: int


def publish(site: Path, place: Place) -> Published:
    """Brings a place up to date with a site; a build of the site waits until the copy has ended.

    Raises InputError where there is no site, and StorageError where the place cannot be read or written, or another
    copy to it is under way.
    """
    if not (site / addresses.INDEX).is_file():
        raise InputError(f"there is no site in {site} yet: make it with `almanac site`.")
    with locked(site / PRIVATE / "lock"), place.alone(_id(site)) as renew:
        return _publish(site, place, renew)


def _id(site: Path) -> str:
    """What tells a site from every other, on whichever machine."""
    file = site / PRIVATE / "id"
    if not file.is_file():
        write_text(file, uuid.uuid4().hex)
    return file.read_text(encoding="utf-8")


def _publish(site: Path, place: Place, renew: Callable[[], None]) -> Published:
    known, there = _record(place), place.there()
    found: dict[str, str] = {}
    steps: dict[int, list[str]] = {}
    for path in files_of(site):
        data = (site / path).read_bytes()
        found[path] = fingerprint(data, place.headers(path))
        if path in there and known.get(path) == found[path] and there[path].is_of(data):
            continue
        # A copy that was killed had put some of what it was about to put; a store tells which.
        if path in there and known.get(path) == "" and there[path].is_surely(data):
            continue
        steps.setdefault(step_of(path, path in there), []).append(path)
    copied = sum(map(len, steps.values()))
    if copied:
        about = dict.fromkeys((path for paths in steps.values() for path in paths), "")
        place.put(RECORD, _text({**known, **about}))
    for _, paths in sorted(steps.items()):
        _all(lambda path: place.put(path, (site / path).read_bytes()), paths, renew)
    renew()
    left = sorted(known.keys() - found.keys())
    if left:
        place.put(RECORD, _text({**known, **found}))
        _all(place.remove, left, renew)
    if known != found:
        place.put(RECORD, _text(found))
    return Published(len(found), copied, len(left))


def step_of(path: str, is_there: bool) -> int:
    """When a file's turn is, the lowest first: nothing comes before what it loads or leads to."""
    name = path.rpartition("/")[2]
    if path == addresses.INDEX:
        return 4
    if path.startswith(INDEXES) or name in ENTRIES:
        return 3
    if not name.endswith(".html"):
        return 0
    return 2 if is_there else 1


def fingerprint(data: bytes, headers: Mapping[str, str]) -> str:
    """Changes with the bytes of a file and with the headers that it is served with."""
    told = hashlib.sha256(data)
    if headers:
        told.update(msgspec.json.encode(headers, order="sorted"))
    return told.hexdigest()


def files_of(site: Path) -> Iterator[str]:
    """The files of a site that are published, in order: all but its own records and what is being written."""
    found = []
    for path in site.rglob("*"):
        relative = path.relative_to(site)
        if relative.parts[0] != PRIVATE and path.is_file() and not path.name.startswith(TEMPORARY_PREFIX):
            found.append(relative.as_posix())
    yield from sorted(found)


def _all(act: Callable[[str], None], paths: Sequence[str], renew: Callable[[], None]) -> None:
    """Does the same with many files, some at once; after a failure begins no more. Raises the first one."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for start in range(0, len(paths), BATCH):
            renew()
            doing = [pool.submit(act, path) for path in paths[start : start + BATCH]]
            try:
                for one in doing:
                    one.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise


def _record(place: Place) -> dict[str, str]:
    try:
        return msgspec.json.decode(place.get(RECORD) or b"{}", type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def _text(record: Mapping[str, str]) -> bytes:
    return msgspec.json.encode(record, order="sorted")
