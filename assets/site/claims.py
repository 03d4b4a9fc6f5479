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
from dataclasses import dataclass
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
    holder = _Holder(store, site)
    holder.take(lease)
    try:
        yield holder.renew
    finally:
        holder.leave()


@dataclass
class _Holder:
    store: ObjectStore
    site: str
    version: str = ABSENT
    """The version of the claim that is ours."""
    knows_conditions: bool = True
    """False where the store says that it implements none: there, copies that begin in the same second both go on."""

    def take(self, lease: dt.timedelta) -> None:
        """Takes the claim where nobody holds it, or its holder is this site or has not renewed it for the lease."""
        found = self.store.get(CLAIM)
        other = _read(found[0]) if found else None
        age = dt.datetime.now(dt.UTC).timestamp() - found[1].modified if found else 0
        is_free = other is None or other.site == self.site or age > lease.total_seconds()
        if is_free and self._put(found[1].version if found else ABSENT):
            return
        other = _read((self.store.get(CLAIM) or (b"",))[0])
        who = f"a copy from {other.machine}, begun {other.since}," if other else "another copy"
        raise StorageError(
            f"{who} is publishing to {self.store}: publish again when it has ended. If it died, its claim ends "
            f"{lease.total_seconds() / 60:.0f} minutes after its last file, or at once when you delete "
            f"{self.store}/{CLAIM}."
        )

    def renew(self) -> None:
        """Says that the copy still goes on."""
        if not self._put(self.version):
            raise StorageError(f"another copy of a site has taken {self.store} over; publish again when it has ended.")

    def leave(self) -> None:
        """Removes the claim, but no other's: whoever took it over is at work. A store that is away keeps it."""
        with suppress(StorageError):
            if (found := self.store.stat(CLAIM)) and found.version == self.version:
                self.store.delete(CLAIM)

    def _put(self, version: str) -> bool:
        """Replaces a version of the claim by a new one of ours; whether it stands."""
        now = dt.datetime.now(dt.UTC)
        data = msgspec.json.encode(Claim(self.site, platform.node(), f"{now:%Y-%m-%d %H:%M} UTC", uuid.uuid4().hex))
        try:
            if self.knows_conditions:
                self.store.replace(CLAIM, data, version)
        except StorageError as error:
            if "501" not in str(error):
                raise
            self.knows_conditions = False
        if not self.knows_conditions:
            self.store.put(CLAIM, data)
        # Not by its answer: one that got lost is asked for again, and refused then though the first has written.
        found = self.store.get(CLAIM)
        if not found or found[0] != data:
            return False
        self.version = found[1].version
        return True


def _read(data: bytes) -> Claim | None:
    try:
        return msgspec.json.decode(data, type=Claim)
    except msgspec.DecodeError:
        return None
