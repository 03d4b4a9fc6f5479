"""Dagster's own storage: its folder under the home, and the dagster.yaml that goes into it.

There are two kinds of instance. That of one machine keeps runs and events in SQLite files below
the home; that of many keeps them in PostgreSQL, at `ALMANAC_DAGSTER_POSTGRES_URL`. Their dagster.yaml
stands here alone: `deploy/dagster.yaml` is what `python -m orchestration.instance` prints, and a test
holds the Kubernetes values against it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import dagster as dg
import yaml
from sqlalchemy.exc import DatabaseError

from assets.errors import SettingsError, StorageError
from assets.warehouse.catalog import SMALLEST_FREE_BYTES
from assets.warehouse.files import storage_error, write_text
from orchestration.abandoned import end_abandoned, let_go
from orchestration.clock import let_sensors_tick
from orchestration.postgres import VARIABLE, database_url, require_database
from orchestration.storage_schema import refuse_newer, revisions_in_files, settle_database, settle_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import SecretStr

    from assets.warehouse.home import Home

Kind = Literal["sqlite", "postgres"]

HEADER = "# Written by the almanac for {}, as {}. A file that was changed by hand stays as it is."
"""First line of a dagster.yaml; the second blank holds a fingerprint of all that follows."""

SHARED = """\
telemetry:
  enabled: false
nux:
  enabled: false
run_monitoring:
  enabled: true
  start_timeout_seconds: 600
  free_slots_after_run_end_seconds: 60
run_retries:
  enabled: true
  max_retries: 0
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days:
      skipped: 7
      failure: 30
      success: -1
freshness:
  enabled: true
python_logs:
  dagster_handler_config:
    handlers:
      almanac:
        class: orchestration.run_log.JsonLines
"""

OWN: dict[Kind, str] = {
    "sqlite": """\
concurrency:
  pools:
    # Runs that ask arXiv or a model go one after the other; the others beside them.
    default_limit: 1
    granularity: run
  runs:
    max_concurrent_runs: 4
event_log_storage:
  module: orchestration.event_log
  class: PooledSqliteEventLogStorage
  config:
    base_dir:
      env: DAGSTER_HOME
""",
    "postgres": f"""\
concurrency:
  pools:
    # One step at a time asks arXiv, and one a model, on all machines together; more of these:
    # `dagster instance concurrency set model 8`.
    default_limit: 1
    granularity: op
  runs:
    max_concurrent_runs: 10
storage:
  postgres:
    postgres_url:
      env: {VARIABLE}
""",
}
FOR: dict[Kind, str] = {"sqlite": "one machine", "postgres": "PostgreSQL"}

BATCH_SIZE = "DAGSTER_EVENT_BATCH_SIZE"
FORMER = frozenset({"a775e37e761b"})
"""Fingerprints of whole files that earlier versions wrote, without a fingerprint in their first line."""


def instance_text(kind: Kind) -> str:
    """The dagster.yaml of an instance of this kind."""
    body = SHARED + OWN[kind]
    return f"{HEADER.format(FOR[kind], _fingerprint(body))}\n{body}"


def prepare_instance(home: Home, postgres: SecretStr | None = None) -> dict[str, str]:
    """Makes Dagster's folder and its dagster.yaml where they are missing or are those of another version.

    Returns the variables in which dagster.yaml lets Dagster look: with `postgres`, the address of a database.
    Raises StorageError, and SettingsError where the file says something else than
    the settings do.
    """
    kind: Kind = "sqlite" if postgres is None else "postgres"
    variables: dict[str, str] = {}
    if postgres is not None:
        url = database_url(postgres)
        require_database(url)
        variables[VARIABLE] = url.render_as_string(hide_password=False)
    path = home.dagster / "dagster.yaml"
    text = instance_text(kind)
    if path.is_file():
        found = path.read_text(encoding="utf-8")
        if found == text:
            return variables
        in_postgres = _uses_postgres(found)
        if in_postgres and kind == "sqlite":
            raise SettingsError(
                f"{path} keeps Dagster's storage in PostgreSQL, but {VARIABLE} is not set: set it, or delete the file"
                " to begin anew in files below the home."
            )
        if not _is_ours(found):
            if in_postgres or kind == "sqlite":
                return variables
            raise SettingsError(
                f"{path} was changed by hand and does not use PostgreSQL, but {VARIABLE} is set: delete the file, and"
                " it is written anew, or unset the variable."
            )
    try:
        home.dagster.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, home.dagster) from error
    write_text(path, text)
    return variables


@contextmanager
def open_instance(
    home: Home, postgres: SecretStr | None = None, *, may_migrate: bool = False
) -> Iterator[dg.DagsterInstance]:
    """The instance of a home, with its storage in a database where one is given, for the length of a block.

    Files that an older Dagster made are migrated; a database only where `may_migrate`. Raises StorageError where the
    storage cannot be opened or is of another version, SettingsError where a setting is wrong.
    """
    # Dagster's own records of many partitions, which come without a pause between them, are stored together.
    together = {BATCH_SIZE: os.environ.get(BATCH_SIZE, "100")}
    with _environment({**prepare_instance(home, postgres), **together}):
        os.environ["DAGSTER_HOME"] = str(home.dagster)
        if postgres is None:
            refuse_newer(revisions_in_files(home), str(home.dagster))
        try:
            instance = dg.DagsterInstance.from_config(str(home.dagster))
            _settle(home, postgres, instance, may_migrate)
            end_abandoned(home, instance)
            let_sensors_tick(instance)
        except StorageError:
            raise
        except Exception as error:
            if shutil.disk_usage(home.dagster).free < SMALLEST_FREE_BYTES:
                raise storage_error(OSError(errno.ENOSPC, "No space left on device"), home.dagster) from error
            # Dagster wraps the database's error in several of its own; the first line says enough.
            raise StorageError(
                f"cannot open Dagster's storage in {home.dagster}: {str(error).splitlines()[0]};"
                " mend its dagster.yaml or the folder's permissions and run again."
            ) from error
        try:
            with instance:
                yield instance
        finally:
            let_go(home)


def _settle(home: Home, postgres: SecretStr | None, instance: dg.DagsterInstance, may_migrate: bool) -> None:
    """Has the storage in the schema of the installed Dagster, or raises StorageError."""
    if postgres is None:
        settle_files(home, instance)
    else:
        url = database_url(postgres)
        settle_database(url, require_database(url), instance, may_migrate=may_migrate)


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Sets variables of this process for a block."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ |= variables
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def storage_failures() -> tuple[type[Exception], ...]:
    """What Dagster's storage raises where its disk or its database fails in the middle of a run."""
    try:
        from dagster_postgres.utils import DagsterPostgresException
    except ImportError:
        return (DatabaseError,)
    return DatabaseError, DagsterPostgresException


def _uses_postgres(text: str) -> bool:
    try:
        found: Any = yaml.safe_load(text)
    except yaml.YAMLError:
        return False
    storage = found.get("storage") if isinstance(found, dict) else None
    return isinstance(storage, dict) and "postgres" in storage


def _is_ours(text: str) -> bool:
    """Whether a dagster.yaml is as some version of the almanac wrote it."""
    first, _, body = text.partition("\n")
    return first in {HEADER.format(name, _fingerprint(body)) for name in FOR.values()} or _fingerprint(text) in FORMER


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


if __name__ == "__main__":
    print(instance_text("postgres"), end="")
