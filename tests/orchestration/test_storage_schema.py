"""Dagster's storage of another version: an older one is migrated, or says who does so; a newer one is left alone."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from dagster._core.storage.sql import get_alembic_config, run_alembic_downgrade
from pydantic import SecretStr

from assets.errors import StorageError
from assets.warehouse.home import Home
from orchestration.doctor import Finding, examine
from orchestration.instance import open_instance
from orchestration.postgres import database_url
from orchestration.settings import Settings, load_settings
from orchestration.storage_schema import (
    FILES,
    age_of,
    known_revisions,
    revisions_in_database,
    revisions_in_files,
)
from tests.orchestration.conftest import Run
from tests.postgres_server import PostgresServer, postgres_server

OLDER = "5771160a95ad"
"""A schema of Dagster 1.3: it has no table for the evaluations of checks, among others."""
NEWER = "ffffffffffff"
SECONDS = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


@dg.asset
def thing() -> None:
    """An asset to have in a storage."""


@dg.asset_check(asset=thing)
def is_good() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


def downgrade(url: str) -> None:
    """What the migrations of later versions added is taken away, by their own scripts."""
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        run_alembic_downgrade(get_alembic_config(sqlite_run_storage.__file__), connection, rev=OLDER)
    engine.dispose()


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a run in its storage."""
    found = Home(tmp_path_factory.mktemp("pattern") / "home")
    with open_instance(found) as instance:
        assert dg.materialize([thing], instance=instance).success
    return found


@pytest.fixture
def home(pattern: Home, tmp_path: Path) -> Home:
    """A copy of that home."""
    return Home(shutil.copytree(pattern.root, tmp_path / "home"))


@pytest.fixture
def older(home: Home) -> Home:
    """A home whose storage an older Dagster made, with that of its run."""
    databases = [*home.dagster.glob("history/*.db"), *home.dagster.glob("history/runs/*.db")]
    assert len(databases) == 3
    for path in [*databases, home.dagster / "schedules" / "schedules.db"]:
        downgrade(f"sqlite:///{path}")
    return home


def columns(path: Path, table: str) -> set[str]:
    with sqlite3.connect(path) as database:
        return {row[1] for row in database.execute(f"PRAGMA table_info({table})")}


def found_by_the_doctor(settings: Settings) -> Finding:
    return {finding.subject: finding for finding in examine(settings, SECONDS)}["dagster"]


def test_files_of_an_older_dagster_are_migrated_and_keep_what_they_hold(older: Home) -> None:
    settings = load_settings(home=older.root, source="sample")
    assert revisions_in_files(older) == [OLDER] * 3
    told = found_by_the_doctor(settings)
    assert (told.level, OLDER in told.sentence) == ("warning", True)
    assert "the next command migrates them: make a backup before" in told.sentence
    assert revisions_in_files(older) == [OLDER] * 3, "the doctor changes nothing"
    with open_instance(older) as instance:
        assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.SUCCESS]
        assert instance.get_latest_materialization_event(dg.AssetKey("thing")) is not None
        assert dg.materialize([thing, is_good], instance=instance).success
        assert len(instance.get_runs()) == 2
    assert revisions_in_files(older) == [known_revisions()[0]] * 3
    assert "backfill_id" in columns(older.dagster / "history" / "runs.db", "runs")
    assert found_by_the_doctor(settings).level == "ok"


def test_a_migration_that_was_killed_goes_on_with_the_next_command(older: Home) -> None:
    with open_instance(older):
        pass
    # The index comes after the runs' storage and before the schedules'.
    for name in FILES[1:]:
        downgrade(f"sqlite:///{older.dagster / name}")
    assert age_of(revisions_in_files(older)) == "older"
    with open_instance(older) as instance:
        assert dg.materialize([thing, is_good], instance=instance).success
    assert age_of(revisions_in_files(older)) == "today"


def test_files_of_a_newer_dagster_are_left_alone(almanac: Run, home: Home) -> None:
    for name in FILES:
        with sqlite3.connect(home.dagster / name) as database:
            database.execute("UPDATE alembic_version SET version_num = ?", (NEWER,))
    for command in (["prepare"], ["doctor"]):
        told = almanac(*command, home=home.root, source="sample")
        words = " ".join((told.out + told.err).split())
        assert told.code == 1
        assert f"was made by a newer Dagster (revision {NEWER};" in words
        assert "install that version of the almanac again, or put back a backup" in words
    assert revisions_in_files(home) == [NEWER] * 3


def test_a_file_that_is_no_database_is_told_with_what_to_do(almanac: Run, home: Home) -> None:
    (home.dagster / FILES[0]).write_bytes(b"no database at all" * 100)
    told = almanac("prepare", home=home.root, source="sample")
    assert told.code == 1
    assert len(told.err.strip().splitlines()) == 1
    assert "put it back from a backup, or move the folder" in told.err


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        yield running


def test_a_database_of_an_older_dagster_is_migrated_by_prepare_alone(
    almanac: Run, tmp_path: Path, server: PostgresServer
) -> None:
    address = SecretStr(server.new_database())
    home, url = Home(tmp_path / "home"), database_url(address)
    settings = load_settings(home=home.root, source="sample", dagster_postgres_url=address.get_secret_value())
    with open_instance(home, address) as instance:
        assert dg.materialize([thing], instance=instance).success
    downgrade(url.render_as_string(hide_password=False))
    assert revisions_in_database(url) == [OLDER]
    told = found_by_the_doctor(settings)
    assert (told.level, "run `almanac prepare`" in told.sentence) == ("warning", True)
    refused = pytest.raises(StorageError, match=r"made by an older Dagster .* run `almanac prepare` once")
    with refused, open_instance(home, address):
        pass
    assert revisions_in_database(url) == [OLDER]
    prepared = almanac("prepare", home=home.root, source="sample", dagster_postgres_url=address.get_secret_value())
    assert (prepared.code, prepared.err) == (0, "")
    with open_instance(home, address) as instance:
        assert dg.materialize([thing, is_good], instance=instance).success
        assert len(instance.get_runs()) == 2
