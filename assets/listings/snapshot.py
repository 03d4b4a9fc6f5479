"""The source `snapshot`: a JSON Lines file in the layout of arXiv's public metadata snapshot.

The file may be of any size, plain, gzip or Zstandard: the first use indexes it by announcement day
in one pass, and each day is then read from the index in milliseconds.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from assets.calendar.days import is_announcement_day
from assets.errors import InputError
from assets.listings.snapshot_days import day_listing
from assets.listings.snapshot_index import (
    StoredDays,
    ensure_index,
    fingerprint,
    read_broken,
    read_day,
    repeated_papers,
)
from assets.listings.source import DayListing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assets.listings.snapshot_index import SnapshotIndex
    from assets.listings.snapshot_lines import Progress


class BrokenLine(NamedTuple):
    """A line of the file that is no record, and the day under which it is kept."""

    line: int
    reason: str
    day: dt.date


class SnapshotSource:
    """The listings of a snapshot file; `index_root` is the folder for its index.

    The file is indexed at the first use, and again when it has changed; `progress` is called with
    the bytes done and all of them. All methods raise InputError where the file cannot be read and
    StorageError where the index cannot be written.
    """

    name = "snapshot"

    def __init__(self, path: Path, index_root: Path, progress: Progress | None = None) -> None:
        self.path = path
        self._index_root = index_root
        self._progress = progress
        self._current: tuple[str, SnapshotIndex, Path] | None = None

    def listing(self, day: dt.date, categories: frozenset[str] | None) -> DayListing:
        """The records of a day, in the order of the file.

        Raises InputError for a day before or after those that the file holds, and for an announcement
        day between them of which it holds nothing: a hole is no quiet day.
        """
        index, folder = self._index()
        if day not in index.days:
            first, last = min(index.days), max(index.days)
            if not first <= day <= last:
                raise InputError(f"{self.path} holds {first} to {last}, not {day}: ask for a day that it holds.")
            if is_announcement_day(day):
                raise InputError(
                    f"{self.path} holds no paper of {day}, though arXiv announced papers on that day:"
                    " get a file that holds it."
                )
            return DayListing(day, [], edition=folder.name)
        rows = read_day(index, folder, day)
        listing = day_listing(rows, day, categories, file=str(self.path), reference=str(self.path))
        return replace(listing, edition=folder.name)

    def days(self) -> list[dt.date]:
        """The announcement days of which the file holds records, in order."""
        return sorted(self._index()[0].days)

    def edition(self) -> str:
        """A name of the file as it is now: another one when its content changes."""
        return self._index()[1].name

    def stored_days(self, days: Sequence[dt.date]) -> StoredDays:
        """Where the records of some days stand, for other processes to read."""
        index, folder = self._index()
        files = dict.fromkeys(file for day in days for file in index.days.get(day, []))
        return StoredDays(folder, tuple(files), tuple(days))

    def repeated_papers(self) -> dict[str, list[dt.date]]:
        """The papers that the file holds on more than one day, with these days in order."""
        return repeated_papers(*self._index())

    def broken_lines(self) -> list[BrokenLine]:
        """The lines of the whole file that are no record, in order."""
        rows = read_broken(*self._index())
        return [BrokenLine(*row) for row in rows.select("line", "reason", "day").iter_rows()]

    def _index(self) -> tuple[SnapshotIndex, Path]:
        name = fingerprint(self.path)
        if self._current is None or self._current[0] != name:
            self._current = (name, *ensure_index(self.path, self._index_root, self._progress))
        return self._current[1:]
