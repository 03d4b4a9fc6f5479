"""What was harvested so far, on disk: one SQLite file, in which a page and the state it leads to are one write.

Belongs here: records by paper, the days of which they are all there, and how far an unfinished slice
has come. Does not belong here: which days are wanted and when they must be asked for again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import zstandard

from assets.calendar.days import AnnouncementDayError, day_of_submission
from assets.calendar.ids import parse_id
from assets.errors import StorageError
from assets.listings.oai_records import Harvested
from assets.warehouse.files import locked, storage_error

_LAYOUT = 2
_TABLES = """
CREATE TABLE IF NOT EXISTS papers (
    paper_id TEXT PRIMARY KEY, month TEXT NOT NULL, datestamp TEXT NOT NULL, submitted INTEGER,
    versions INTEGER NOT NULL, record BLOB NOT NULL, stamped TEXT
);
CREATE INDEX IF NOT EXISTS papers_by_month ON papers (month);
CREATE INDEX IF NOT EXISTS papers_by_datestamp ON papers (datestamp);
CREATE TABLE IF NOT EXISTS replacements (
    day TEXT NOT NULL, paper_id TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (day, paper_id, version)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS replacements_by_paper ON replacements (paper_id);
CREATE TABLE IF NOT EXISTS harvested_days (
    set_name TEXT NOT NULL, day TEXT NOT NULL, asked_at INTEGER NOT NULL, PRIMARY KEY (set_name, day)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unfinished (
    set_name TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL, token TEXT NOT NULL, began INTEGER NOT NULL,
    PRIMARY KEY (set_name, first, last)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS generation (number INTEGER NOT NULL);
"""


_FROM_LAYOUT_1 = """
ALTER TABLE papers ADD COLUMN stamped TEXT;
UPDATE papers SET stamped = datestamp WHERE versions = 1;
"""
_KEEP = """
INSERT INTO papers VALUES (:paper_id, :month, :datestamp, :submitted, :versions, :record, :stamped)
ON CONFLICT (paper_id) DO UPDATE SET
    month = excluded.month, datestamp = excluded.datestamp, submitted = excluded.submitted,
    versions = excluded.versions, record = excluded.record,
    stamped = min(coalesce(stamped, excluded.stamped), coalesce(excluded.stamped, stamped))
"""


class Slice(NamedTuple):
    """Days of datestamps (both included) of a set (None: everything) that are harvested as one list."""

    set_name: str | None
    first: dt.date
    last: dt.date


class Resumption(NamedTuple):
    """How far an unfinished slice has come; `began` is when its first page was asked for."""

    token: str
    began: dt.datetime


class StoredPaper(NamedTuple):
    """What places a harvested paper.

    `submitted` is that of version 1, None where unknown; `stamped` is the first datestamp under which
    the paper came while it had one version, None where it came with several.
    """

    paper_id: str
    submitted: dt.datetime | None
    stamped: dt.date | None


class HarvestStore:
    """The harvest in one file; safe to share by threads and processes of a machine.

    All methods raise StorageError where the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if self._layout() != _LAYOUT:
            # Two that turn the journal on at once do not wait for each other: SQLite's own lock is none yet.
            with self.alone():
                self._set_up(self._layout())

    def _layout(self) -> int:
        with self._session() as connection:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])

    def _set_up(self, layout: int) -> None:
        if layout not in (0, 1, _LAYOUT):
            raise StorageError(
                f"{self.path} was written by another version of the almanac (layout {layout}): delete it; what it held "
                "is fetched again."
            )
        with self._session() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            upgrade = _FROM_LAYOUT_1 if layout == 1 else ""
            connection.executescript(f"BEGIN; {upgrade} {_TABLES} PRAGMA user_version = {_LAYOUT}; COMMIT;")

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Waits until no other process harvests into this file, and keeps them waiting for the length of the block."""
        return locked(self.path.with_suffix(".lock"))

    def save_page(
        self,
        piece: Slice,
        records: Sequence[Harvested],
        token: str | None,
        began: dt.datetime,
        known: Iterable[dt.date],
    ) -> None:
        """Keeps a page and the state after it, both or neither.

        With a token the slice goes on from it; without one it is finished, and the `known` days
        count as asked for when it began.
        """
        name, first, last = _keys(piece)
        with self._session() as connection:
            for harvested in records:
                _replace(connection, harvested)
            connection.execute(
                "DELETE FROM unfinished WHERE set_name = ? AND first = ? AND last = ?", (name, first, last)
            )
            if token is not None:
                row = (name, first, last, token, int(began.timestamp()))
                connection.execute("INSERT INTO unfinished VALUES (?, ?, ?, ?, ?)", row)
            else:
                rows = [(name, f"{day}", int(began.timestamp())) for day in known]
                connection.executemany("INSERT OR REPLACE INTO harvested_days VALUES (?, ?, ?)", rows)
            number = self._generation(connection) + 1
            connection.execute("DELETE FROM generation")
            connection.execute("INSERT INTO generation VALUES (?)", (number,))

    def resumption(self, piece: Slice) -> Resumption | None:
        """How far a slice has come; None where it is not begun, or finished."""
        with self._session() as connection:
            row = connection.execute(
                "SELECT token, began FROM unfinished WHERE set_name = ? AND first = ? AND last = ?", _keys(piece)
            ).fetchone()
        return Resumption(row[0], _time(row[1])) if row else None

    def forget_resumption(self, piece: Slice) -> None:
        """The slice begins anew; its records stay."""
        with self._session() as connection:
            connection.execute("DELETE FROM unfinished WHERE set_name = ? AND first = ? AND last = ?", _keys(piece))

    def asked_at(self, set_name: str | None, first: dt.date, last: dt.date) -> dict[dt.date, dt.datetime]:
        """Of which days the records are there, and when they were asked for."""
        with self._session() as connection:
            rows = connection.execute(
                "SELECT day, asked_at FROM harvested_days WHERE set_name = ? AND day BETWEEN ? AND ?",
                (set_name or "", f"{first}", f"{last}"),
            ).fetchall()
        return {dt.date.fromisoformat(day): _time(asked) for day, asked in rows}

    def forget_days(self, first: dt.date) -> None:
        """The days from `first` on count as never asked for; their records stay."""
        with self._session() as connection:
            connection.execute("DELETE FROM harvested_days WHERE day >= ?", (f"{first}",))

    def generation(self) -> int:
        """A number that grows with every page."""
        with self._session() as connection:
            return self._generation(connection)

    def of_month(self, month: str) -> list[StoredPaper]:
        """The papers whose ids carry a month ("2026-01"; "" for ids that are none), by id."""
        with self._session() as connection:
            rows = connection.execute(
                "SELECT paper_id, submitted, stamped FROM papers WHERE month = ? ORDER BY paper_id",
                (month,),
            ).fetchall()
        return [
            StoredPaper(
                paper_id, None if time is None else _time(time), None if stamp is None else dt.date.fromisoformat(stamp)
            )
            for paper_id, time, stamp in rows
        ]

    def replaced_on(self, day: dt.date, highest: int) -> list[str]:
        """The papers of which a version from 2 to `highest` was submitted in the window of a day, by id."""
        with self._session() as connection:
            rows = connection.execute(
                "SELECT DISTINCT paper_id FROM replacements WHERE day = ? AND version <= ? ORDER BY paper_id",
                (f"{day}", highest),
            ).fetchall()
        return [row[0] for row in rows]

    def submitted_of(self, datestamp: dt.date) -> list[dt.datetime]:
        """When the papers that are stamped with a day were submitted."""
        with self._session() as connection:
            rows = connection.execute(
                "SELECT submitted FROM papers WHERE datestamp = ? AND submitted IS NOT NULL", (f"{datestamp}",)
            ).fetchall()
        return [_time(row[0]) for row in rows]

    def records(self, paper_ids: Sequence[str]) -> dict[str, str]:
        """The records of papers."""
        unpack = zstandard.ZstdDecompressor()
        found: dict[str, str] = {}
        with self._session() as connection:
            for paper_id in paper_ids:
                row = connection.execute("SELECT record FROM papers WHERE paper_id = ?", (paper_id,)).fetchone()
                if row is not None:
                    found[paper_id] = unpack.decompress(row[0]).decode()
        return found

    @contextlib.contextmanager
    def _session(self) -> Iterator[sqlite3.Connection]:
        """A connection and a transaction around the block."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_error(error, self.path) from error
        try:
            with contextlib.closing(sqlite3.connect(self.path, timeout=60.0)) as connection, connection:
                yield connection
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"cannot use {self.path} ({error}): free some disk space, or set ALMANAC_HOME to a folder that can be "
                "written."
            ) from error
        except sqlite3.DatabaseError as error:
            raise StorageError(
                f"{self.path} is damaged ({error}): delete it; what it held is fetched again."
            ) from error

    @staticmethod
    def _generation(connection: sqlite3.Connection) -> int:
        row = connection.execute("SELECT number FROM generation").fetchone()
        return int(row[0]) if row else 0


def _replace(connection: sqlite3.Connection, harvested: Harvested) -> None:
    connection.execute("DELETE FROM replacements WHERE paper_id = ?", (harvested.paper_id,))
    if harvested.record is None:
        connection.execute("DELETE FROM papers WHERE paper_id = ?", (harvested.paper_id,))
        return
    identifier = parse_id(harvested.paper_id)
    submitted = dict(harvested.versions).get(1)
    row = {
        "paper_id": harvested.paper_id,
        "month": f"{identifier.year:04}-{identifier.month:02}" if identifier else "",
        "datestamp": f"{harvested.datestamp}",
        "submitted": None if submitted is None else int(submitted.timestamp()),
        "versions": len(harvested.versions),
        "record": zstandard.ZstdCompressor(level=3).compress(harvested.record.encode("utf-8", "surrogatepass")),
        "stamped": f"{harvested.datestamp}" if len(harvested.versions) == 1 else None,
    }
    connection.execute(_KEEP, row)
    for number, created in harvested.versions:
        with contextlib.suppress(AnnouncementDayError):
            if number > 1:
                row_of_version = (f"{day_of_submission(created)}", harvested.paper_id, number)
                connection.execute("INSERT OR REPLACE INTO replacements VALUES (?, ?, ?)", row_of_version)


def _keys(piece: Slice) -> tuple[str, str, str]:
    return piece.set_name or "", f"{piece.first}", f"{piece.last}"


def _time(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
