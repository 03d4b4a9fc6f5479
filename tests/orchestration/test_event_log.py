"""The event log in files: events that are stored together get there together, or not at all."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from assets.materialization import stored_together
from assets.warehouse.home import Home
from orchestration.event_log import PooledSqliteEventLogStorage
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
