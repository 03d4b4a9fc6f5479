"""The schema of Dagster's storage: of this version, of an older one, or of a newer one.

A newer Dagster may add tables and columns to its databases; what it adds are alembic's revisions, and each database
holds the number of its own. Dagster opens a database of an older or a newer revision without a word, and what needs
the new tables fails later, in the middle of a run. Here it is known before: files below a home are migrated by the
first command, as the home itself is; a database that many machines share is migrated by `almanac prepare` alone, while
nothing else runs; and what a newer Dagster made is refused.
"""

from __future__ import annotations

import contextlib
import functools
import io
import sqlite3
from typing import TYPE_CHECKING, Literal

import sqlalchemy
from alembic.script import ScriptDirectory
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from dagster._core.storage.sql import get_alembic_config

from assets.errors import StorageError
from assets.warehouse.files import locked
from orchestration.postgres import CONNECT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import dagster as dg

    from assets.warehouse.home import Home

Age = Literal["today", "older", "newer"]

FILES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")
"""The databases below Dagster's folder; those of the single runs stand beside the index and are migrated with it."""

QUERY = "SELECT version_num FROM alembic_version"
LOCK = ".migration.lock"


@functools.cache
def known_revisions() -> tuple[str, frozenset[str]]:
    """The revision of the Dagster that is installed, and all up to it."""
    script = ScriptDirectory.from_config(get_alembic_config(sqlite_run_storage.__file__))
    return script.get_heads()[0], frozenset(revision.revision for revision in script.walk_revisions())


def age_of(revisions: Iterable[str]) -> Age:
    """How databases of these revisions stand to the Dagster that is installed; no revision is no database yet."""
    found = set(revisions)
    head, known = known_revisions()
    if found <= {head}:
        return "today"
    return "older" if found <= known else "newer"


def revisions_in_files(home: Home) -> list[str]:
    """The revisions of the databases of a home that exist. Nothing is made. Raises StorageError."""
    found = []
    for path in (home.dagster / name for name in FILES):
        if not path.is_file():
            continue
        try:
            with contextlib.closing(sqlite3.connect(path, timeout=CONNECT_SECONDS)) as database:
                tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
                if "alembic_version" in tables:
                    found += [row[0] for row in database.execute(QUERY)]
        except sqlite3.Error as error:
            raise StorageError(
                f"Dagster's storage {path} cannot be read ({error}): put it back from a backup, or move the folder"
                f" {home.dagster} away to begin a new one; the lake and its days are not part of it."
            ) from None
    return found


def revisions_in_database(url: sqlalchemy.URL) -> list[str]:
    """The revision of a PostgreSQL database that answers; none where Dagster has made no tables there yet."""
    engine = sqlalchemy.create_engine(url, connect_args={"connect_timeout": CONNECT_SECONDS})
    try:
        with engine.connect() as connection:
            if not sqlalchemy.inspect(connection).has_table("alembic_version"):
                return []
            return [row[0] for row in connection.execute(sqlalchemy.text(QUERY))]
    finally:
        engine.dispose()


def refuse_newer(revisions: Iterable[str], place: str) -> None:
    """Raises StorageError where a newer Dagster than the installed one made the storage."""
    found = list(revisions)
    if age_of(found) == "newer":
        head, known = known_revisions()
        raise StorageError(
            f"Dagster's storage in {place} was made by a newer Dagster (revision {sorted(set(found) - known)[0]}; the"
            f" installed one knows those up to {head}): install that version of the almanac again, or put back a backup"
            " from before."
        )


def settle_files(home: Home, instance: dg.DagsterInstance) -> bool:
    """Takes the storage of a home to the schema of the installed Dagster; returns whether it was an older one.

    One process at a time does so. A migration that is killed goes on with the next command. Raises StorageError.
    """
    revisions = revisions_in_files(home)
    refuse_newer(revisions, str(home.dagster))
    if age_of(revisions) == "today":
        return False
    with locked(home.dagster / LOCK):
        if age_of(revisions_in_files(home)) == "today":
            return False
        migrate(instance, str(home.dagster))
    return True


def settle_database(url: sqlalchemy.URL, place: str, instance: dg.DagsterInstance, *, may_migrate: bool) -> bool:
    """The same for a PostgreSQL database, where `may_migrate`; else StorageError says who migrates it."""
    revisions = revisions_in_database(url)
    refuse_newer(revisions, place)
    if age_of(revisions) == "today":
        return False
    if not may_migrate:
        raise StorageError(
            f"Dagster's storage in PostgreSQL at {place} was made by an older Dagster (revision {revisions[0]}): stop"
            " what else uses it, make a backup, and run `almanac prepare` once, which migrates it."
        )
    migrate(instance, f"PostgreSQL at {place}")
    return True


def migrate(instance: dg.DagsterInstance, place: str) -> None:
    """Has Dagster migrate its storage, without what it prints about each run. Raises StorageError."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            instance.upgrade()
    except Exception as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise StorageError(
            f"Dagster's storage in {place} is of an older Dagster and could not be migrated ({cause}): see whether"
            " another process uses it and whether its disk is full, then run the command again, which goes on."
        ) from error
