"""A backfill as the UI starts one, until its runs are launched: a turn of the daemon for backfills and of the queue."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import dagster as dg
from dagster._core.execution.backfill import PartitionBackfill
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._daemon.backfill import execute_backfill_iteration
from dagster._daemon.run_coordinator import QueuedRunCoordinatorDaemon

LOGGER = logging.getLogger("daemon")


def launch_backfill(
    instance: dg.DagsterInstance, context: WorkspaceProcessContext, name: str, days: Sequence[str]
) -> None:
    """Has the assets by day of some days made, and the queue let their runs through."""
    graph = context.create_request_context().asset_graph
    digest = graph.get(dg.AssetKey("daily_digest"))
    daily = [key for key in graph.get_all_asset_keys() if graph.get(key).partitions_def == digest.partitions_def]
    backfill = PartitionBackfill.from_asset_partitions(
        backfill_id=name,
        asset_graph=graph,
        partition_names=list(days),
        asset_selection=daily,
        backfill_timestamp=time.time(),
        tags={},
        dynamic_partitions_store=instance,
        all_partitions=False,
        title=None,
        description=None,
        run_config=None,
    )
    instance.add_backfill(backfill)
    assert not [error for error in execute_backfill_iteration(context, LOGGER) if error]
    assert not [error for error in QueuedRunCoordinatorDaemon(interval_seconds=1).run_iteration(context) if error]
