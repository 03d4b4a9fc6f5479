"""How far a backfill is that Dagster runs: days, papers, dollars and the time left, told by the summaries that it made.

Summaries are what a backfill takes its time and money for. Dagster launches the runs of a backfill one by one, each
in a process of its own; what they have in common is a tag, and what they did stands in the records of their partitions.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster._core.storage.tags import BACKFILL_ID_TAG

from assets.summaries.schema import SUMMARIES
from assets.summaries.tally import Tally, time_left

if TYPE_CHECKING:
    from dagster._core.execution.backfill import PartitionBackfill

KEY = dg.AssetKey(SUMMARIES.name)
PAGE = 1_000
"""Records read at a time."""
DAY = len("2026-01-30")
"""Length of the key of a day, by which it is told from a month or a year."""


def target_days(backfill: PartitionBackfill) -> list[str]:
    """The days whose summaries a backfill makes; none for a backfill of something else, or of a Dagster before 1.10."""
    if not backfill.is_asset_backfill:
        wanted = backfill.asset_selection is None or KEY in backfill.asset_selection
        return [name for name in backfill.partition_names or () if wanted and len(name) == DAY]
    data = backfill.asset_backfill_data
    if data is None or KEY not in data.target_subset.asset_keys:
        return []
    return sorted(data.get_target_partitions_subset(KEY).get_partition_keys())


def records_since(
    instance: dg.DagsterInstance, asset: dg.AssetKey, begun: float
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Run, partition and metadata of what was made of an asset since a time, the oldest first."""
    records = dg.AssetRecordsFilter(asset_key=asset, after_timestamp=begun)
    cursor = None
    while True:
        page = instance.fetch_materializations(records, PAGE, cursor, ascending=True)
        for record in page.records:
            event = record.asset_materialization
            if event is not None and event.partition is not None:
                yield record.run_id, event.partition, {name: value.value for name, value in event.metadata.items()}
        if not page.has_more:
            return
        cursor = page.cursor


def tally_of(instance: dg.DagsterInstance, backfill: PartitionBackfill) -> Tally:
    """What the runs of a backfill have made so far."""
    runs = set(instance.get_run_ids(dg.RunsFilter(tags={BACKFILL_ID_TAG: backfill.backfill_id})))
    found = Tally()
    for run_id, day, metadata in records_since(instance, KEY, backfill.backfill_timestamp):
        if run_id in runs:
            found.add(run_id, day, metadata)
    return found


class Watch:
    """Tells, within one run of a backfill, how far the backfill is after each day."""

    def __init__(self, backfill: PartitionBackfill, run_id: str, days: list[str], tally: Tally) -> None:
        self._backfill = backfill
        self._run_id = run_id
        self._total = len(days)
        self._tally = tally

    @classmethod
    def of_run(cls, context: dg.AssetExecutionContext) -> Watch | None:
        """The watch of a run; None for a run of no backfill, or of one that makes one day.

        What other runs make meanwhile is heard of by the next run: most of them wait for one another.
        """
        named = context.run.tags.get(BACKFILL_ID_TAG)
        backfill = context.instance.get_backfill(named) if named else None
        if backfill is None:
            return None
        days = target_days(backfill)
        if len(days) < 2:
            return None
        return cls(backfill, context.run.run_id, days, tally_of(context.instance, backfill))

    def after(self, day: str, metadata: Mapping[str, Any]) -> str:
        """One sentence, after a day that was made with this metadata."""
        self._tally.add(self._run_id, day, metadata)
        done = self._tally.days
        left = time_left(self._backfill.backfill_timestamp, time.time(), done, self._total)
        waiting = f"; of {self._tally.waiting} some are pending" if self._tally.waiting else ""
        return (
            f"Backfill {self._backfill.backfill_id}: {done} of {self._total} days have their summaries,"
            f" {self._tally.line()}{left}{waiting}."
        )
