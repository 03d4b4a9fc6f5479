"""What was submitted in batches and what became of it: two tables beside the answers, in the journal's file.

A batch is written down before it is uploaded and again when it has its number. Its token is in the metadata that the
endpoint keeps, so a batch of which a killed process never learned the number is found again and not paid for twice.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.summaries.engine.journal import FILE, INSERT, PATIENCE, Entry, explained, values

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager
    from types import TracebackType

    from assets.summaries.engine.faults import Fault
    from assets.summaries.engine.settings import EngineSettings

SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
    token TEXT PRIMARY KEY, endpoint TEXT NOT NULL, model TEXT NOT NULL, requests INTEGER NOT NULL,
    tokens INTEGER NOT NULL, planned_at REAL NOT NULL, file_id TEXT, batch_id TEXT, submitted_at REAL, ended_at REAL,
    status TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batch_requests (
    token TEXT NOT NULL, key TEXT NOT NULL, day TEXT NOT NULL, paper_id TEXT NOT NULL, abstract_hash TEXT NOT NULL,
    prompt_version TEXT NOT NULL, number INTEGER NOT NULL, languages INTEGER NOT NULL, input_estimate INTEGER NOT NULL,
    reserved_usd REAL NOT NULL, fault TEXT, PRIMARY KEY (token, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS batch_requests_by_key ON batch_requests (key);
CREATE INDEX IF NOT EXISTS batch_requests_by_day ON batch_requests (day);
"""
BATCH = "token, endpoint, model, requests, tokens, planned_at, file_id, batch_id, submitted_at"


@dataclass(frozen=True)
class Submission:
    """A batch that has not ended, as far as is known here. Times are seconds of the Unix clock."""

    token: str
    endpoint: str
    model: str
    requests: int
    tokens: int
    """Tokens sent, by estimate."""
    planned_at: float
    file_id: str | None = None
    batch_id: str | None = None
    """None where the process ended before it had the number."""
    submitted_at: float | None = None


@dataclass(frozen=True)
class Request:
    """One request of a batch; `key` is what the journal finds its answer by, and its name in the batch."""

    key: str
    day: str
    paper_id: str
    abstract_hash: str
    prompt_version: str
    number: int
    languages: int
    input_estimate: int
    reserved_usd: float


class BatchStore:
    """Open beside a Journal of the same folder; one endpoint's batches. Raises StorageError."""

    def __init__(self, settings: EngineSettings) -> None:
        self.path = settings.journal / FILE
        # The address itself may hold a password.
        self.endpoint = hashlib.sha256((settings.base_url or "").encode()).hexdigest()[:16]
        with self._explained():
            self._database = sqlite3.connect(self.path, timeout=PATIENCE)
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.executescript(SCHEMA)

    def __enter__(self) -> BatchStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def plan(self, batch: Submission, requests: Iterable[Request]) -> None:
        """Writes a batch down before anything is sent."""
        with self._explained(), self._database as database:
            database.execute(
                f"INSERT INTO batches ({BATCH}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - the columns' names
                tuple(getattr(batch, name) for name in BATCH.split(", ")),
            )
            database.executemany(
                "INSERT INTO batch_requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                ((batch.token, *(getattr(request, name) for name in Request.__dataclass_fields__))
                 for request in requests),
            )  # fmt: skip

    def uploaded(self, token: str, file_id: str) -> None:
        """The batch's file has its number."""
        with self._explained(), self._database as database:
            database.execute("UPDATE batches SET file_id = ? WHERE token = ?", (file_id, token))

    def submitted(self, token: str, batch_id: str) -> None:
        """The batch has its number."""
        with self._explained(), self._database as database:
            database.execute(
                "UPDATE batches SET batch_id = ?, submitted_at = ? WHERE token = ?", (batch_id, time.time(), token)
            )

    def drop(self, token: str) -> None:
        """The batch never came to be."""
        with self._explained(), self._database as database:
            database.execute("DELETE FROM batch_requests WHERE token = ?", (token,))
            database.execute("DELETE FROM batches WHERE token = ?", (token,))

    def request(self, token: str, key: str) -> Request | None:
        """What the batch asked under that name."""
        names = ", ".join(Request.__dataclass_fields__)
        with self._explained():
            row = self._database.execute(
                f"SELECT {names} FROM batch_requests WHERE token = ? AND key = ?",  # noqa: S608 - the dataclass's names
                (token, key),
            ).fetchone()
        return Request(*row) if row else None

    def record(self, token: str, answers: Iterable[Entry], faults: Iterable[tuple[str, Fault]]) -> None:
        """Some results of a batch, in one transaction; those that are there already stay."""
        with self._explained(), self._database as database:
            database.executemany(INSERT, (values(entry) for entry in answers))
            database.executemany(
                "UPDATE batch_requests SET fault = ? WHERE token = ? AND key = ?",
                ((fault.reason, token, key) for key, fault in faults),
            )

    def end(self, token: str, status: str) -> None:
        """All results of the batch are recorded; nothing is reserved for it any more."""
        with self._explained(), self._database as database:
            database.execute(
                "UPDATE batches SET status = ?, ended_at = ? WHERE token = ?", (status, time.time(), token)
            )

    def open(self) -> list[Submission]:
        """The endpoint's batches of which not all results are recorded, the oldest first."""
        with self._explained():
            rows = self._database.execute(
                f"SELECT {BATCH} FROM batches WHERE ended_at IS NULL AND endpoint = ? ORDER BY planned_at",  # noqa: S608
                (self.endpoint,),
            ).fetchall()
        return [Submission(*row) for row in rows]

    def open_batch(self, key: str) -> Submission | None:
        """The batch in which an ask is under way."""
        with self._explained():
            row = self._database.execute(
                f"SELECT {BATCH} FROM batches WHERE ended_at IS NULL AND endpoint = ? AND token IN"  # noqa: S608
                " (SELECT token FROM batch_requests WHERE key = ?)",
                (self.endpoint, key),
            ).fetchone()
        return Submission(*row) if row else None

    def keys(self, token: str) -> list[str]:
        """The asks of a batch."""
        with self._explained():
            rows = self._database.execute("SELECT key FROM batch_requests WHERE token = ?", (token,)).fetchall()
        return [row[0] for row in rows]

    def fault(self, key: str) -> str | None:
        """Why the endpoint cannot answer an ask, where a batch came back with that."""
        with self._explained():
            row = self._database.execute(
                "SELECT fault FROM batch_requests WHERE key = ? AND fault IS NOT NULL", (key,)
            ).fetchone()
        return str(row[0]) if row else None

    def reserved(self, day: str | None = None) -> float:
        """US dollars that the requests in open batches may cost; only those of a day where one is given."""
        with self._explained():
            row = self._database.execute(
                "SELECT coalesce(sum(reserved_usd), 0) FROM batch_requests JOIN batches USING (token)"
                " WHERE ended_at IS NULL AND (?1 IS NULL OR day = ?1)",
                (day,),
            ).fetchone()
        return float(row[0])

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self.path)
