"""One copy at a time: whoever publishes to an object store holds a claim there, so that two sites never mix.

The claim is an object beside the site, made by a conditional PUT. Its holder renews it while the copy goes on and
removes it in the end. A claim that a dead copy left behind is taken over: at once by the site that made it, by
others when it has not been renewed for `LEASE`.
"""

from __future__ import annotations

import datetime as dt
import platform
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import msgspec

from assets.errors import StorageError
from assets.warehouse.storage import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assets.warehouse.object_store import ObjectStore

CLAIM = ".almanac-publishing.json"

LEASE = dt.timedelta(minutes=30)
"""Longer than a batch of files takes over a slow line, and than the clocks of machine and store differ."""


class Claim(msgspec.Struct, frozen=True):
    """Who publishes: the site, its machine, since when, and what no other claim has."""

    site: str
    machine: str
    since: str
    nonce: str


@contextmanager
def claimed(store: ObjectStore, site: str, lease: dt.timedelta = LEASE) -> Iterator[Callable[[], None]]:
    """Holds the claim on a prefix for the block; what it gives renews it, and raises where another has taken it.

    Raises StorageError where another site's copy is under way.
    """
    version = _taken(store, site, lease)

    def renew() -> None:
        nonlocal version
        renewed = _put(store, site, version)
        if renewed is None:
            raise StorageError(f"another copy of a site has taken {store} over; publish again when it has ended.")
        version = renewed

    try:
        yield renew
    finally:
        # Only what is still ours: whoever took it over is at work. A store that is away keeps the claim.
        with suppress(StorageError):
            if (found := store.stat(CLAIM)) and found.version == version:
                store.delete(CLAIM)


def _taken(store: ObjectStore, site: str, lease: dt.timedelta) -> str:
    """Takes the claim; its version."""
    found = store.get(CLAIM)
    if found is None:
        version = _put(store, site, ABSENT)
    else:
        holder = _read(found[0])
        age = dt.datetime.now(dt.UTC).timestamp() - found[1].modified
        is_left = holder is None or holder.site == site or age > lease.total_seconds()
        version = _put(store, site, found[1].version) if is_left else None
    if version is None:
        holder = _read((store.get(CLAIM) or (b"",))[0])
        who = f"a copy from {holder.machine}, begun {holder.since}," if holder else "another copy"
        raise StorageError(
            f"{who} is publishing to {store}: publish again when it has ended. If it died, its claim ends "
            f"{lease.total_seconds() / 60:.0f} minutes after its last file, or at once when you delete "
            f"{store}/{CLAIM}."
        )
    return version


def _put(store: ObjectStore, site: str, version: str) -> str | None:
    """Replaces a version of the claim by a new one of ours; its version, or None where it was another's by now."""
    now = dt.datetime.now(dt.UTC)
    data = msgspec.json.encode(Claim(site, platform.node(), f"{now:%Y-%m-%d %H:%M} UTC", uuid.uuid4().hex))
    store.replace(CLAIM, data, version)
    # Not by its answer: one that got lost is asked for again, and refused then though the first has written.
    found = store.get(CLAIM)
    return found[1].version if found and found[0] == data else None


def _read(data: bytes) -> Claim | None:
    try:
        return msgspec.json.decode(data, type=Claim)
    except msgspec.DecodeError:
        return None
