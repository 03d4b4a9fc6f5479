"""The ids of the last batches of a feed, kept on disk, to tell a feed with yesterday's papers from a new one.

A paper is announced as new once. So the new papers of two days have none in common, and a feed that
repeats them was not made anew, whatever date it carries.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Collection
from pathlib import Path

from assets.warehouse.files import write_text

KEPT_DAYS = 5


class Batches:
    """The batches of one feed, in one small JSON file of a folder."""

    def __init__(self, folder: Path, feed: str) -> None:
        self._path = folder / f"feed-{hashlib.sha256(feed.encode()).hexdigest()[:12]}.json"

    def repeated(self, day: dt.date, new: Collection[str]) -> tuple[dt.date, int] | None:
        """The other day with which a day's new papers have most in common, and how many; None for no paper in common.

        A file that cannot be read counts as none: it only helps to notice a fault.
        """
        shared = {other: len(set(ids).intersection(new)) for other, ids in self._batches().items() if other != day}
        most = max(shared, key=lambda other: (shared[other], other), default=None)
        return (most, shared[most]) if most is not None and shared[most] else None

    def keep(self, day: dt.date, new: Collection[str]) -> None:
        """Keeps a day's new papers, and those of the last days before it. Raises StorageError."""
        batches = self._batches() | {day: sorted(new)}
        latest = sorted(batches)[-KEPT_DAYS:]
        write_text(self._path, json.dumps({f"{other}": batches[other] for other in latest}) + "\n")

    def _batches(self) -> dict[dt.date, list[str]]:
        with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return {dt.date.fromisoformat(day): [*map(str, ids)] for day, ids in found.items()}
        return {}
