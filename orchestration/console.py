"""What the command line prints: progress bars, sentences and errors, on one console."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from assets.digests.wording import count
from assets.summaries.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

FAILED = 1
"""Exit code of a command that could not do all of its work."""

FILE_WIDTH = 200
"""Width of a table that goes into a file or a pipe, where no terminal says how wide it is."""


def _console(stream: TextIO, *, stderr: bool) -> Console:
    width = None if stream.isatty() else FILE_WIDTH
    return Console(stderr=stderr, highlight=False, soft_wrap=True, width=width)


OUT = _console(sys.stdout, stderr=False)
ERR = _console(sys.stderr, stderr=True)


class ProgressBar:
    """A bar over the assets' partitions; an `assets.materialization.Progress`.

    Also keeps the sentences about bad input, each once, for the end of the command.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._seen: set[tuple[str, str]] = set()
        self._tally = Tally()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=ERR,
            transient=True,
            disable=not ERR.is_terminal,  # in a file or a pipe it would leave an empty line
        )
        self._task = self._bar.add_task("", total=0)
        self._file: TaskID | None = None
        self._part: TaskID | None = None
        self._expected = 0

    def __enter__(self) -> ProgressBar:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def expect(self, partitions: int) -> None:
        """Lengthens the bar by asset partitions that are going to be made."""
        self._expected += partitions
        self._bar.update(self._task, total=self._expected)

    def made(self, asset: str, partition: str, metadata: Mapping[str, Any] | None = None) -> None:
        """Moves the bar on by one; a partition that is made again does not count twice.

        Beside the latest partition stand the days whose summaries were made, their papers and what they cost.
        """
        first_time = (asset, partition) not in self._seen
        self._seen.add((asset, partition))
        if asset == "summaries" and metadata is not None:
            self._tally.add("", partition, metadata)
        days = f" ({count(self._tally.days, 'day')}: {self._tally.line()})" if self._tally.days > 1 else ""
        self._bar.update(self._task, advance=1 if first_time else 0, description=f"{partition} {asset}{days}")

    def reading(self, done: int, total: int) -> None:
        """Shows a bar of its own while a large file is read."""
        if self._file is None:
            self._file = self._bar.add_task("reading the snapshot (MB)")
        self._bar.update(self._file, completed=done // 1_000_000, total=total // 1_000_000, visible=done < total)

    def working(self, asset: str, partition: str, done: int, total: int, note: str) -> None:
        """Shows a bar of its own while a partition is made that takes long."""
        if self._part is None:
            self._part = self._bar.add_task("", visible=False)
        described = ", ".join(part for part in (f"{partition} {asset}", note) if part)
        self._bar.update(self._part, completed=done, total=total, description=described, visible=done < total)

    def noticed(self, sentence: str) -> None:
        """Keeps a sentence about bad input."""
        if sentence not in self.faults:
            self.faults.append(sentence)
