"""How sensors and schedules look at the lake: each tick has a minute, and most of what it asks about is as it was.

In an object store every question is a request: a tick lists the tables it asks about, and knows what is there. What
only the content tells, such as whether a day's summaries need a repair, is not asked again while the day is as it was.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from assets.warehouse.lake import Lake
from assets.warehouse.listed import Listed
from assets.warehouse.object_store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.warehouse.storage import Stored
    from assets.warehouse.table import Table
    from orchestration.settings import Settings

Told = tuple["Stored | None", ...]


def lake_as_it_is(settings: Settings) -> Lake:
    """The lake as it is now, for one tick; of an object store, each table is listed when it is first asked for."""
    place = settings.lake_root
    if not isinstance(place, ObjectStore):
        return Lake(place)
    listed = _listed(place)
    listed.look_anew()
    return Lake(listed)


def told_of(lake: Lake, tables: Sequence[Table], day: str) -> Told:
    """What the storage tells of a day without reading it: something else once one of the tables has it anew."""
    month = day[:7]
    return tuple(
        lake.storage.stat(name)
        for table in tables
        for name in (lake.partition(table, day), lake.month(table, month), lake.mark(table, month))
    )


@cache
def _listed(store: ObjectStore) -> Listed:
    """One for all ticks of this process: what was read of a month's file is remembered by the storage."""
    return Listed(store)
