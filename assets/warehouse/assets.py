"""The asset `compacted_months`: the day files of a closed month, put into one file a table."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import dagster as dg

from assets.materialization import Progress, each_partition, frame_metadata, table_metadata
from assets.owners import OWNERS
from assets.partitions import BACKFILL_POLICY, MONTHS, so_far
from assets.warehouse.compaction import is_over, pack
from assets.warehouse.lake import Lake
from assets.warehouse.schema import COMPACTED_MONTHS
from assets.warehouse.table import Table


def build_compaction(tables: Sequence[Table], made_by: Iterable[str]) -> dg.AssetsDefinition:
    """The asset that compacts the given tables by day, which the assets `made_by` make."""

    @dg.asset(
        name=COMPACTED_MONTHS.name,
        description=f"{COMPACTED_MONTHS.description} A month that is not over for a week stays as it is.",
        deps=[dg.AssetDep(name, partition_mapping=so_far()) for name in sorted(made_by)],
        partitions_def=MONTHS,
        backfill_policy=BACKFILL_POLICY,
        group_name="warehouse",
        kinds={"parquet"},
        owners=OWNERS,
        metadata=table_metadata(COMPACTED_MONTHS),
    )
    def compacted_months(
        context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], progress: dg.ResourceParam[Progress]
    ) -> None:
        today = dt.datetime.now(dt.UTC).date()

        def make(month: str) -> dict[str, dict[str, object]]:
            if is_over(month, today):
                for table in tables:
                    pack(lake, table, month)
            rows = COMPACTED_MONTHS.frame([row for table in tables if (row := _row(lake, table, month))])
            lake.write(COMPACTED_MONTHS, month, rows)
            return {COMPACTED_MONTHS.name: frame_metadata(rows)}

        each_partition(context, progress, make)

    return compacted_months


def _row(lake: Lake, table: Table, month: str) -> dict[str, Any] | None:
    found = lake.storage.stat(lake.month(table, month))
    if not found:
        return None
    days = lake.month_days(table, month)
    return {
        "month": month,
        "table_name": table.name,
        "days": len(days),
        "rows": sum(day.rows for day in days.values()),
        "bytes": found.size,
        "closed": lake.is_closed(table, month),
    }
