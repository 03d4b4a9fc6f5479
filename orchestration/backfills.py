"""How far the backfills are that Dagster runs, for `almanac status`: days, papers, dollars, time left, failed days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import dagster as dg
from dagster._core.definitions.partitions.partition_key_range import PartitionKeyRange
from dagster._core.execution.backfill import BULK_ACTION_TERMINAL_STATUSES, BulkActionsFilter
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    BACKFILL_ID_TAG,
    PARTITION_NAME_TAG,
)

from assets.partitions import DAYS
from assets.summaries.backfill import records_since, tally_of, target_days
from assets.summaries.tally import duration, time_left

if TYPE_CHECKING:
    from dagster._core.execution.backfill import PartitionBackfill

RECENT = dt.timedelta(days=7)
"""How long a backfill is told of after it was launched."""
MOST = 5
NAMED = 10
"""Failed days that are named."""
FAILED = [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
DIGEST = dg.AssetKey("daily_digest")


def tell_backfills(instance: dg.DagsterInstance, now: dt.datetime) -> list[str]:
    """A sentence for each recent backfill of days, the latest last."""
    found = instance.get_backfills(BulkActionsFilter(created_after=now - RECENT))
    by_days = [(backfill, days) for backfill in found if (days := target_days(backfill))]
    return [_sentence(instance, backfill, days, now) for backfill, days in reversed(by_days[:MOST])]


def _sentence(instance: dg.DagsterInstance, backfill: PartitionBackfill, days: list[str], now: dt.datetime) -> str:
    begun, ended = backfill.backfill_timestamp, backfill.backfill_end_timestamp
    tally = tally_of(instance, backfill)
    made = {day for _, day, _ in records_since(instance, DIGEST, begun)}
    failed = sorted(set(days).intersection(_failed(instance, backfill)) - made)
    left = ""
    if backfill.status in BULK_ACTION_TERMINAL_STATUSES:
        state = f"ended after {duration(ended - begun)}" if ended is not None and ended > begun else "ended"
    else:
        state = f"under way since {dt.datetime.fromtimestamp(begun, dt.UTC):%Y-%m-%d %H:%M} UTC"
        left = time_left(begun, now.timestamp(), tally.days, len(days))
    told = (
        f"Backfill {backfill.backfill_id}, {state}: {len(made.intersection(days))} of {len(days)} days made,"
        f" {tally.line()}{left}"
    )
    if not failed:
        return f"{told}."
    named = ", ".join(failed[:NAMED]) + (f" and {len(failed) - NAMED} more" if len(failed) > NAMED else "")
    return f"{told}; failed: {named} (`almanac backfill {failed[0]} {failed[-1]}` makes what is not finished)."


def _failed(instance: dg.DagsterInstance, backfill: PartitionBackfill) -> Iterator[str]:
    """The days of the runs of a backfill that failed or were cancelled."""
    for run in instance.get_runs(dg.RunsFilter(tags={BACKFILL_ID_TAG: backfill.backfill_id}, statuses=FAILED)):
        if ASSET_PARTITION_RANGE_START_TAG in run.tags:
            span = PartitionKeyRange(run.tags[ASSET_PARTITION_RANGE_START_TAG], run.tags[ASSET_PARTITION_RANGE_END_TAG])
            yield from DAYS.get_partition_keys_in_range(span)
        elif PARTITION_NAME_TAG in run.tags:
            yield run.tags[PARTITION_NAME_TAG]
