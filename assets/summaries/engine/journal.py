"""Every answer, on disk before it counts: one SQLite file that all runs and processes of a home share.

SQLite's write-ahead log with full synchronization gives what is needed and nothing has to be invented: an answer is
there whole or not at all, whenever the process is killed; processes may write at the same time; one key is found
without reading the rest. Answers that arrive together share one synchronization. The folder must be on a local disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

FILE = "answers.sqlite"
PATIENCE = 120.0
"""Seconds that a process waits for another one's write."""
SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, day TEXT NOT NULL, paper_id TEXT NOT NULL, abstract_hash TEXT NOT NULL, model TEXT NOT NULL,
    prompt_version TEXT NOT NULL, content TEXT NOT NULL, finish_reason TEXT NOT NULL, refusal TEXT,
    input_tokens INTEGER, output_tokens INTEGER, cost_usd REAL, requests INTEGER NOT NULL, seconds REAL NOT NULL,
    created_at REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS answers_of_a_day ON answers (day);
"""


@dataclass(frozen=True)
class Entry:
    """An answer as it came, and what it cost."""

    key: str
    day: str
    paper_id: str
    abstract_hash: str
    model: str
    prompt_version: str
    content: str
    finish_reason: str
    refusal: str | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    requests: int
    """Requests that it took, this one and those that failed before it."""
    seconds: float
    created_at: float


COLUMNS = tuple(Entry.__dataclass_fields__)
INSERT = f"INSERT OR IGNORE INTO answers VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - only question marks
SELECT = f"SELECT {', '.join(COLUMNS)} FROM answers WHERE key = ?"  # noqa: S608 - the names are the dataclass's own


class Journal:
    """Open during a run, inside an event loop. Raises StorageError where the folder cannot be written."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._thread = ThreadPoolExecutor(1, "journal")
        self._queue: list[Entry] = []
        self._flush: asyncio.Task[None] | None = None
        with self._explained():
            folder.mkdir(parents=True, exist_ok=True)
            self._database = self._thread.submit(self._open).result()
            # Reading never waits for a write that is being synchronized.
            self._reader = sqlite3.connect(self.path, timeout=PATIENCE)

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.close()
        self._thread.submit(self._database.close).result()
        self._thread.shutdown()

    def find(self, key: str) -> Entry | None:
        """The answer to a request that was made before."""
        with self._explained():
            row = self._reader.execute(SELECT, (key,)).fetchone()
        return Entry(*row) if row else None

    async def append(self, entry: Entry) -> None:
        """Returns when the answer is on disk."""
        self._queue.append(entry)
        if self._flush is None or self._flush.done():
            self._flush = asyncio.create_task(self._write())
        await asyncio.shield(self._flush)

    def spent(self, day: str) -> float:
        """US dollars that the answers of a day's papers have cost so far, all runs together."""
        with self._explained():
            row = self._reader.execute(
                "SELECT coalesce(sum(cost_usd), 0) FROM answers WHERE day = ?", (day,)
            ).fetchone()
        return float(row[0])

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._queue:
            batch, self._queue = self._queue, []
            with self._explained():
                await loop.run_in_executor(self._thread, self._commit, batch)

    def _commit(self, batch: list[Entry]) -> None:
        with self._database:
            self._database.executemany(INSERT, [tuple(getattr(entry, name) for name in COLUMNS) for entry in batch])

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=PATIENCE)
        # Two processes that open a new file at once: the switch to the log does not wait by itself.
        for attempt in range(100):
            try:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("PRAGMA synchronous = FULL")
                database.executescript(SCHEMA)
                break
            except sqlite3.OperationalError:
                if attempt == 99:
                    raise
                time.sleep(0.05)
        return database

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise StorageError(
                f"The journal of model answers {self.path} cannot be used ({error}): give it a local folder with free "
                "space that may be written; a damaged file can be moved away, its answers are then asked for again."
            ) from None
