"""The event log in files: events that are stored together get there together, or not at all."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from assets.materialization import stored_together
from assets.warehouse.home import Home
from orchestration.event_log import PooledSqliteEventLogStorage
from orchestration.importing import reported
from orchestration.instance import open_instance

ASSET = dg.AssetKey("anything")


def report(instance: dg.DagsterInstance, *partitions: str) -> None:
    for partition in partitions:
        instance.report_runless_asset_event(dg.AssetMaterialization(ASSET, partition=partition))


def report_and_fail(instance: dg.DagsterInstance) -> None:
    report(instance, "one")
    raise ZeroDivisionError


def test_what_is_stored_together_is_seen_by_others_at_the_end_of_the_block(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with open_instance(home) as writer, open_instance(home) as reader:
        assert isinstance(writer.event_log_storage, PooledSqliteEventLogStorage)
        report(writer, "before")
        with stored_together(writer):
            report(writer, "one", "two")
            assert reader.get_materialized_partitions(ASSET) == {"before"}
        report(writer, "after")
        assert reader.get_materialized_partitions(ASSET) == {"before", "one", "two", "after"}


def test_a_block_that_fails_stores_nothing_and_the_storage_goes_on(tmp_path: Path) -> None:
    with open_instance(Home(tmp_path / "home")) as instance:
        with pytest.raises(ZeroDivisionError), stored_together(instance):
            report_and_fail(instance)
        assert instance.get_materialized_partitions(ASSET) == set()
        report(instance, "two")
        assert instance.get_materialized_partitions(ASSET) == {"two"}


def test_a_runs_new_database_is_one_of_dagsters_own(tmp_path: Path) -> None:
    @dg.job
    def nothing() -> None:
        pass

    schemas = []
    for name, kind in (("own", SqliteEventLogStorage), ("copied", PooledSqliteEventLogStorage)):
        storage = kind(str(tmp_path / name))
        instance = dg.DagsterInstance.ephemeral()
        for run_id in (f"{uuid.UUID(int=1)}", f"{uuid.UUID(int=2)}"):
            run = nothing.execute_in_process(instance=instance, run_id=run_id)
            for record in instance.get_records_for_run(run.run_id).records:
                storage.store_event(record.event_log_entry)
            assert len(storage.get_logs_for_run(run_id)) == len(instance.all_logs(run_id)) > 0
            with closing(sqlite3.connect(tmp_path / name / f"{run_id}.db")) as database:
                tables = database.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
                version = database.execute("SELECT version_num FROM alembic_version").fetchall()
                schemas.append((tables, version, database.execute("PRAGMA journal_mode").fetchall()))
        storage.dispose()
        assert sorted(storage.get_all_run_ids()) == [f"{uuid.UUID(int=1)}", f"{uuid.UUID(int=2)}"]
        assert not list((tmp_path / name).glob(".*"))
    assert all(schema == schemas[0] for schema in schemas)


def test_a_batch_of_reports_is_stored_as_each_of_them_would_be(tmp_path: Path) -> None:
    events: list[dg.AssetMaterialization | dg.AssetCheckEvaluation] = [
        dg.AssetMaterialization(ASSET, partition="one", metadata={"rows": 1}, tags={"kind": "first"}),
        dg.AssetCheckEvaluation(asset_key=ASSET, check_name="sound", passed=False, partition="one", description="no"),
        dg.AssetMaterialization(ASSET, partition="two", metadata={"rows": 2}),
        dg.AssetCheckEvaluation(asset_key=ASSET, check_name="sound", passed=True, partition="two"),
    ]
    told = []
    for name in ("singly", "together"):
        with open_instance(Home(tmp_path / name)) as instance:
            if name == "singly":
                for event in events:
                    instance.report_runless_asset_event(event)
            else:
                instance.event_log_storage.store_event_batch(list(map(reported, events)))
            told.append(everything(instance))
    assert told[0] == told[1]
    assert told[0][0] == {"one", "two"}


def everything(instance: dg.DagsterInstance) -> list[object]:
    """What an instance says of the asset, but for times."""
    check = dg.AssetCheckKey(ASSET, "sound")
    latest = instance.get_latest_materialization_event(ASSET)
    records = instance.fetch_materializations(ASSET, limit=10).records
    history = instance.event_log_storage.get_asset_check_execution_history(check, limit=10)
    assert latest is not None
    assert latest.asset_materialization is not None
    return [
        instance.get_materialized_partitions(ASSET),
        latest.asset_materialization.metadata,
        [(record.storage_id, record.partition_key, record.event_log_entry.message) for record in records],
        [(one.partition, one.status, one.event and one.event.asset_check_evaluation.description) for one in history],
        instance.get_event_tags_for_asset(ASSET),
        instance.all_asset_keys(),
    ]


def test_the_log_of_a_single_run_may_be_deleted_and_its_days_stay_made(tmp_path: Path) -> None:
    @dg.asset(key=ASSET, partitions_def=dg.StaticPartitionsDefinition(["one", "two"]))
    def anything() -> None:
        pass

    home = Home(tmp_path / "home")
    with open_instance(home) as instance:
        first, second = (
            dg.materialize([anything], instance=instance, partition_key=key).run_id for key in ("one", "two")
        )
    history = home.dagster / "history" / "runs"
    files = [path for path in history.iterdir() if path.name.startswith(f"{first}.db")]
    assert files
    for path in files:
        path.unlink()
    with open_instance(home) as instance:
        assert instance.get_materialized_partitions(ASSET) == {"one", "two"}
        assert {run.run_id for run in instance.get_runs()} == {first, second}
        assert instance.all_logs(first) == []
        assert instance.all_logs(second) != []
        # As `dagster run delete` does, which the runbook warns of.
        instance.delete_run(second)
        assert instance.get_materialized_partitions(ASSET) == {"one"}
