"""The asset `raw_listings` and its check."""

import datetime as dt

import dagster as dg

from assets.checking import Verdict, judge_partitions
from assets.listings.schema import RAW_LISTINGS
from assets.listings.source import ListingSource, frame
from assets.materialization import Progress, each_partition, frame_metadata, table_metadata
from assets.owners import OWNERS
from assets.partitions import BACKFILL_POLICY, DAYS
from assets.preferences import Preferences
from assets.warehouse.lake import Lake

ROW_COUNT = "dagster/partition_row_count"


def made_with(source: str, preferences: Preferences) -> dict[str, str]:
    """What a day's listings depend on beside the day: a day made with other settings is not finished."""
    return {"source": source, "categories": preferences.categories_text}


@dg.asset(
    partitions_def=DAYS,
    backfill_policy=BACKFILL_POLICY,
    group_name="listings",
    kinds={"python", "parquet"},
    owners=OWNERS,
    metadata=table_metadata(RAW_LISTINGS),
)
def raw_listings(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    source: dg.ResourceParam[ListingSource],
    preferences: dg.ResourceParam[Preferences],
    progress: dg.ResourceParam[Progress],
) -> None:
    """What the source said about the papers of an announcement day, untouched: one row a record.

    Holds every record that belongs to a followed category, as primary category or cross-list, and
    every record that cannot be judged because it is broken or names no category.
    """

    def make(day: str) -> dict[str, dict[str, object]]:
        listing = source.listing(dt.date.fromisoformat(day), preferences.categories)
        rows = frame(listing, source.name, dt.datetime.now(dt.UTC))
        lake.write(RAW_LISTINGS, day, rows, made_with(source.name, preferences))
        for fault in listing.faults:
            context.log.warning(fault)
            progress.noticed(fault)
        metadata = {
            **frame_metadata(rows, ["position", "paper_id", "listing", "announced_by", "source_ref"]),
            "source": source.name,
            "categories": preferences.categories_text,
            "faults": len(listing.faults),
        }
        if listing.announced_total is not None:
            metadata["announced_total"] = listing.announced_total
        return {"raw_listings": metadata}

    each_partition(context, progress, make)


@dg.asset_check(asset=raw_listings, partitions_def=DAYS)
def no_fewer_records_than_before(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Warns where a day was replaced by fewer records than it held."""
    operation = context.op_execution_context

    def judge(day: str) -> Verdict:
        now = lake.row_count(RAW_LISTINGS, day)
        earlier = operation.instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=raw_listings.key, asset_partitions=[day]), limit=50
        ).records
        for record in earlier:
            materialization = record.asset_materialization
            if (
                record.run_id == operation.run_id
                or materialization is None
                or ROW_COUNT not in materialization.metadata
            ):
                continue
            before = materialization.metadata[ROW_COUNT].value
            if isinstance(before, int) and now < before:
                return Verdict([f"{day} held {before} records and holds {now} now."], {"before": before, "now": now})
            break
        return Verdict(figures={"now": now})

    return judge_partitions(context, judge, dg.AssetCheckSeverity.WARN)
