"""Dagster's storage: files of a home, or a PostgreSQL database for many machines."""

from __future__ import annotations

import datetime as dt
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from pydantic import SecretStr

from assets.digests.schema import DIGESTS
from assets.errors import SettingsError, StorageError
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.doctor import examine
from orchestration.event_log import store_reports
from orchestration.importing import reported
from orchestration.instance import instance_text, open_instance, prepare_instance
from orchestration.postgres import VARIABLE
from orchestration.settings import load_settings
from tests.orchestration.conftest import DAYS, Run
from tests.postgres_server import PASSWORD, PostgresServer, postgres_server


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        yield running


@pytest.fixture
def database(server: PostgresServer) -> str:
    return server.new_database()


def texts_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()


def test_a_backfill_lands_in_the_database_and_no_file_holds_its_password(
    almanac: Run, tmp_path: Path, database: str
) -> None:
    home = Home(tmp_path / "home")
    settings = {"home": home.root, "dagster_postgres_url": database}
    told = almanac("backfill", DAYS[0], DAYS[1], "--no-roll-up", **settings)
    assert told.code == 0, told.err
    assert Lake(home.root / "lake").keys(DIGESTS) == list(DAYS[:2])
    with open_instance(home, SecretStr(database)) as instance:
        assert type(instance.run_storage).__module__.startswith("dagster_postgres")
        assert set(instance.get_materialized_partitions(dg.AssetKey("daily_digest"))) == set(DAYS[:2])
        assert [run.status for run in instance.get_runs()] == [dg.DagsterRunStatus.SUCCESS]
    assert not list(home.dagster.rglob("*.db"))
    leaks = [path for path, content in texts_below(tmp_path) if PASSWORD.encode() in content]
    assert leaks == []


def test_what_is_reported_again_takes_the_place_of_the_former_report(tmp_path: Path, database: str) -> None:
    asset, check = dg.AssetKey("anything"), dg.AssetCheckKey(dg.AssetKey("anything"), "sound")
    with open_instance(Home(tmp_path / "home"), SecretStr(database)) as instance:
        storage = instance.event_log_storage
        assert isinstance(storage, SqlEventLogStorage)
        for passed in (False, True):
            told = [
                dg.AssetMaterialization(asset, partition="one"),
                dg.AssetCheckEvaluation(asset_key=asset, check_name="sound", passed=passed, partition="one"),
            ]
            store_reports(storage, list(map(reported, told)))
        history = storage.get_asset_check_execution_history(check, limit=5)
        assert [(record.partition, record.status.value) for record in history] == [("one", "SUCCEEDED")]
        assert instance.get_materialized_partitions(asset) == {"one"}


def test_two_processes_use_one_database_at_once(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, database)
    homes = [tmp_path / "one", tmp_path / "two"]
    # Both make the tables of the empty database at the same moment.
    processes = [
        subprocess.Popen([sys.executable, "-c", USE, str(home)], stdout=subprocess.PIPE, text=True) for home in homes
    ]
    assert [process.communicate(timeout=120)[0].strip() for process in processes] == ["25", "25"]
    with open_instance(Home(homes[0]), SecretStr(database)) as instance:
        found = instance.get_materialized_partitions(dg.AssetKey("anything"))
    assert found == {f"{home.name}-{number}" for home in homes for number in range(25)}


USE = """
import os, sys
from pathlib import Path
import dagster as dg
from pydantic import SecretStr
from assets.warehouse.home import Home
from orchestration.instance import open_instance
home = Path(sys.argv[1])
with open_instance(Home(home), SecretStr(os.environ["ALMANAC_DAGSTER_POSTGRES_URL"])) as instance:
    for number in range(25):
        instance.report_runless_asset_event(dg.AssetMaterialization("anything", partition=f"{home.name}-{number}"))
    keys = instance.get_materialized_partitions(dg.AssetKey("anything"))
    print(sum(key.startswith(home.name) for key in keys))
"""


def test_a_database_that_does_not_answer_is_one_sentence_without_the_password(
    almanac: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        told = almanac(
            "prepare", home=tmp_path / "home", dagster_postgres_url="postgresql://almanac:s3cret@127.0.0.1:1/x"
        )
    assert told.code == 1
    assert f"the PostgreSQL database of {VARIABLE}, does not open (connection to server at" in told.err
    assert len(told.err.strip().splitlines()) == 1
    assert "s3cret" not in told.err + told.out + caplog.text


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://almanac:s3cret@127.0.0.1:pg/almanac", "is no address of a database"),
        ("mysql://almanac:s3cret@127.0.0.1/almanac", "is no address of a PostgreSQL database"),
        ("postgresql+asyncpg://almanac:s3cret@127.0.0.1/almanac", "is no address of a PostgreSQL database"),
        ("s3cret", "is no address of a database"),
    ],
)
def test_what_is_no_address_is_told_without_repeating_it(tmp_path: Path, address: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as told:
        prepare_instance(Home(tmp_path / "home"), SecretStr(address))
    assert VARIABLE in str(told.value)
    assert "s3cret" not in str(told.value)
    assert not (tmp_path / "home").exists()


def test_a_wrong_password_or_database_is_told_by_the_doctor_without_repeating_it(
    server: PostgresServer, tmp_path: Path
) -> None:
    for address, words in (
        (server.address("postgres", "wr0ng"), "password authentication failed"),
        (server.address("nowhere"), 'database "nowhere" does not exist'),
    ):
        settings = load_settings(home=tmp_path / "home", dagster_postgres_url=address)
        found = {one.subject: one for one in examine(settings, dt.datetime.now(dt.UTC))}["dagster"]
        assert found.level == "fault"
        assert words in found.sentence
        assert "wr0ng" not in found.sentence
        assert PASSWORD not in found.sentence
        assert PASSWORD not in repr(settings)


def test_a_dagster_yaml_that_nobody_changed_follows_the_settings(tmp_path: Path, database: str) -> None:
    home = Home(tmp_path / "home")
    prepare_instance(home)
    path = home.dagster / "dagster.yaml"
    assert path.read_text() == instance_text("sqlite")
    prepare_instance(home, SecretStr(database))
    assert path.read_text() == instance_text("postgres")
    with pytest.raises(SettingsError, match=f"keeps Dagster's storage in PostgreSQL, but {VARIABLE} is not set"):
        prepare_instance(home)


def test_a_dagster_yaml_that_was_changed_by_hand_stays(tmp_path: Path, database: str) -> None:
    home = Home(tmp_path / "home")
    prepare_instance(home)
    path = home.dagster / "dagster.yaml"
    changed = path.read_text().replace("max_concurrent_runs: 4", "max_concurrent_runs: 2")
    path.write_text(changed)
    prepare_instance(home)
    assert path.read_text() == changed
    with pytest.raises(SettingsError, match="was changed by hand and does not use PostgreSQL"):
        prepare_instance(home, SecretStr(database))
    changed = instance_text("postgres").replace("max_concurrent_runs: 4", "max_concurrent_runs: 9")
    path.write_text(changed)
    prepare_instance(home, SecretStr(database))
    assert path.read_text() == changed


@pytest.mark.parametrize(("kind", "runs", "granularity"), [("sqlite", 4, "run"), ("postgres", 10, "op")])
def test_dagster_takes_every_entry_of_the_files(
    tmp_path: Path, kind: str, runs: int, granularity: str, request: pytest.FixtureRequest
) -> None:
    address = SecretStr(request.getfixturevalue("database")) if kind == "postgres" else None
    with open_instance(Home(tmp_path / "home"), address) as instance:
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled
        assert instance.run_monitoring_enabled
        assert instance.run_monitoring_start_timeout_seconds == 600
        concurrency = instance.get_concurrency_config()
        assert concurrency.run_queue_config is not None
        assert concurrency.run_queue_config.max_concurrent_runs == runs
        assert concurrency.pool_config.default_pool_limit == 1
        assert concurrency.pool_config.pool_granularity is not None
        assert concurrency.pool_config.pool_granularity.value == granularity
        assert instance.freshness_enabled
        assert instance.get_tick_retention_settings(InstigatorType.SCHEDULE)


def test_a_storage_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    prepare_instance(home)
    (home.dagster / "dagster.yaml").write_text("telemetry: 3\n")
    with pytest.raises(StorageError, match="cannot open Dagster's storage"), open_instance(home):
        pass
