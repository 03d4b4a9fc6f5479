"""Dagster's own storage: its folder under the home, and the dagster.yaml that goes into it."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING

import dagster as dg

from assets.errors import StorageError
from assets.warehouse.catalog import SMALLEST_FREE_BYTES
from assets.warehouse.lake import storage_error, write_text

if TYPE_CHECKING:
    from assets.warehouse.home import Home

DAGSTER_YAML = """\
# Written by the almanac when it is missing; yours to change.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    default_limit: 1
    granularity: op
  runs:
    max_concurrent_runs: 4
run_monitoring:
  enabled: true
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
event_log_storage:
  module: orchestration.event_log
  class: PooledSqliteEventLogStorage
  config:
    base_dir:
      env: DAGSTER_HOME
"""


def prepare_instance(home: Home) -> None:
    """Makes Dagster's folder and its dagster.yaml where they are missing. Raises StorageError."""
    path = home.dagster / "dagster.yaml"
    if path.is_file():
        return
    try:
        home.dagster.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, home.dagster) from error
    write_text(path, DAGSTER_YAML)


def open_instance(home: Home) -> dg.DagsterInstance:
    """The instance of a home. Raises StorageError where its storage cannot be opened."""
    prepare_instance(home)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    try:
        return dg.DagsterInstance.from_config(str(home.dagster))
    except Exception as error:
        if shutil.disk_usage(home.dagster).free < SMALLEST_FREE_BYTES:
            raise storage_error(OSError(errno.ENOSPC, "No space left on device"), home.dagster) from error
        # Dagster wraps the database's error in several of its own; the first line says enough.
        raise StorageError(
            f"cannot open Dagster's storage in {home.dagster}: {str(error).splitlines()[0]};"
            " mend its dagster.yaml or the folder's permissions and run again."
        ) from error
