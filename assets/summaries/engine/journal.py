"""Every answer, on disk before it counts: one SQLite file that all runs and processes of a home share.

SQLite's write-ahead log with full synchronization gives what is needed and nothing has to be invented: an answer is
there whole or not at all, whenever the process is killed; processes may write at the same time; one key is found
without reading the rest. Answers that arrive together share one synchronization. The folder must be on a local disk.

What is under way when the process is killed has no answer yet and is asked for again: an endpoint keeps no answer for
one who comes back, and may bill for it, live and for the few fields that a run of batches asks for live.

An answer that is here is not asked for again, live or by batch, on any day, unless what it depends on has changed
(abstract, prompt version, model, the languages that one request fills) or every model failed at its paper: a
later run then asks anew, because the same answer would fail again.
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
CREATE INDEX IF NOT EXISTS costs_by_time ON answers (created_at, cost_usd);
"""
LATER_COLUMNS = {"number": "INTEGER", "languages": "INTEGER", "input_estimate": "INTEGER", "batch": "TEXT"}
"""Columns that a journal of an earlier version lacks."""


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
    number: int | None = None
    """0 for the first ask of a model about a paper, 1 for the next; None in a journal of an earlier version."""
    languages: int | None = None
    """Languages that were asked for."""
    input_estimate: int | None = None
    """Tokens that the request was taken to have before it was sent."""
    batch: str | None = None
    """The batch that brought it; None for one that was asked by itself."""


@dataclass(frozen=True)
class Sizes:
    """What the answers of a model have taken so far, on the average."""

    firsts: int
    """First asks that were answered."""
    repairs: float
    """Further asks for each first one."""
    input_factor: float
    """Tokens that were sent for each that was estimated."""
    output_tokens: float
    """Of a first answer, in one language."""
    repair_input_tokens: float
    repair_output_tokens: float
    seconds: float | None
    """Of one ask, its waiting included; None where none was asked by itself."""


COLUMNS = tuple(Entry.__dataclass_fields__)
INSERT = f"INSERT OR IGNORE INTO answers ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - the names are the dataclass's own
SIZES = """
SELECT count(*) FILTER (WHERE number = 0),
    1.0 * count(*) FILTER (WHERE number > 0) / count(*) FILTER (WHERE number = 0),
    1.0 * sum(input_tokens) / sum(input_estimate),
    1.0 * sum(output_tokens) FILTER (WHERE number = 0) / sum(languages) FILTER (WHERE number = 0),
    avg(input_tokens) FILTER (WHERE number > 0), avg(output_tokens) FILTER (WHERE number > 0),
    avg(seconds) FILTER (WHERE batch IS NULL)
FROM answers WHERE model = ? AND prompt_version = ? AND languages > 0 AND input_tokens > 0 AND output_tokens > 0
"""
SPENT_SINCE = "SELECT coalesce(sum(cost_usd), 0) FROM answers WHERE created_at >= ?"
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
        try:
            if self._queue:
                # Answers that came while others were being written, in a run that ends early.
                left, self._queue = self._queue, []
                with self._explained():
                    self._thread.submit(self._commit, left).result()
        finally:
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

    def spent_since(self, since: float) -> float:
        """US dollars that all answers since a time (of the Unix clock) have cost, whatever they are for."""
        with self._explained():
            row = self._reader.execute(SPENT_SINCE, (since,)).fetchone()
        return float(row[0])

    def sizes(self, model: str, prompt_version: str) -> Sizes | None:
        """What answers of a model to a prompt take; None before the first one with its tokens counted."""
        with self._explained():
            row = self._reader.execute(SIZES, (model, prompt_version)).fetchone()
        firsts, repairs, factor, output, repair_input, repair_output, seconds = row
        if not firsts:
            return None
        return Sizes(firsts, repairs, factor, output, repair_input or 0.0, repair_output or 0.0, seconds)

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._queue:
            batch, self._queue = self._queue, []
            with self._explained():
                await loop.run_in_executor(self._thread, self._commit, batch)

    def _commit(self, batch: list[Entry]) -> None:
        with self._database:
            self._database.executemany(INSERT, [values(entry) for entry in batch])

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=PATIENCE)
        # Two processes that open a new file at once: the switch to the log does not wait by itself.
        for attempt in range(100):
            try:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("PRAGMA synchronous = FULL")
                database.executescript(SCHEMA)
                present = {row[1] for row in database.execute("PRAGMA table_info(answers)")}
                for name, kind in LATER_COLUMNS.items():
                    if name not in present:
                        database.execute(f"ALTER TABLE answers ADD COLUMN {name} {kind}")
                break
            except sqlite3.OperationalError:
                if attempt == 99:
                    raise
                time.sleep(0.05)
        return database

    def _explained(self) -> contextlib.AbstractContextManager[None]:
        return explained(self.path)


def values(entry: Entry) -> tuple[object, ...]:
    """An answer as INSERT takes it."""
    return tuple(getattr(entry, name) for name in COLUMNS)


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns what SQLite and the file system say of the journal into a sentence."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StorageError(
            f"The journal of model answers {path} cannot be used ({error}): give it a local folder with free "
            "space that may be written; a damaged file can be moved away, its answers are then asked for again."
        ) from None
