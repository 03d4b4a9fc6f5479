"""How far a day is, for those who watch: each word goes to the bar, a line every few seconds to the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from assets.materialization import Progress as Watcher
    from assets.summaries.engine.progress import Progress

LOG_SECONDS = 5.0
"""Seconds between two lines in the log at first; a day that takes less has none."""

LOG_SHARE = 60
"""Later, a line goes out each time that the day has gone on for a sixtieth of what it took so far: at most some
hundred lines, whether it takes minutes or a night."""


class Teller:
    """Hears how far the summaries of a day are."""

    def __init__(self, day: str, log: Callable[[str], object], watcher: Watcher) -> None:
        self._day = day
        self._log = log
        self._watcher = watcher
        self._next = LOG_SECONDS

    def __call__(self, moment: Progress) -> None:
        """Passes it on."""
        self._watcher.working("summaries", self._day, moment.done, moment.papers, moment.note())
        if moment.seconds >= self._next and moment.done < moment.papers:
            self._log(f"{self._day}: {moment.line()}")
            self._next = moment.seconds + max(LOG_SECONDS, moment.seconds / LOG_SHARE)
