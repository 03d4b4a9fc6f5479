"""The assets `raw_listings` and `listing_receipts`, and their checks."""

import datetime as dt
import json
from collections.abc import Iterator

import dagster as dg

from assets.checking import Verdict, judge_partitions
from assets.listings.changes import DayChange, as_json, compare, found_elsewhere, from_json, with_places
from assets.listings.counts import DayCounts
from assets.listings.fallback import without_fallback
from assets.listings.schema import LISTING_RECEIPTS, RAW_LISTINGS
from assets.listings.source import DayListing, ListingSource, frame, receipts_frame
from assets.listings.volume import Counts, needed_days, sentence, volumes
from assets.materialization import Progress, each_partition, frame_metadata, table_metadata
from assets.owners import OWNERS
from assets.partitions import BACKFILL_POLICY, DAYS
from assets.pools import ARXIV
from assets.preferences import Preferences
from assets.warehouse.lake import Lake


def made_with(source: str, preferences: Preferences) -> dict[str, str]:
    """What a day's listings depend on beside the day: a day made with other settings is not finished."""
    return {"source": source, "categories": preferences.categories_text}


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            "raw_listings",
            description=(
                "What the source said about the papers of an announcement day, untouched: one row a record. Holds"
                " every record that belongs to a followed category, as primary category or cross-list, and every"
                " record that cannot be judged because it is broken or names no category."
            ),
            group_name="listings",
            kinds={"python", "parquet"},
            owners=OWNERS,
            metadata=table_metadata(RAW_LISTINGS),
        ),
        dg.AssetSpec(
            "listing_receipts",
            description=(
                "Every record that the source returned for the day, and what became of it: listed, put on another"
                " announcement day, in no followed category, or given twice."
            ),
            group_name="listings",
            kinds={"python", "parquet"},
            owners=OWNERS,
            metadata=table_metadata(LISTING_RECEIPTS),
        ),
    ],
    partitions_def=DAYS,
    backfill_policy=BACKFILL_POLICY,
    pool=ARXIV,
)
def listed_records(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    source: dg.ResourceParam[ListingSource],
    preferences: dg.ResourceParam[Preferences],
    progress: dg.ResourceParam[Progress],
) -> Iterator[dg.MaterializeResult[None]]:
    """Asks the source for each day of the run and stores what it said."""

    def make(day: str) -> dict[str, dict[str, object]]:
        asked = without_fallback(source) if is_made_by(lake, day, source.name) else source
        listing = asked.listing(dt.date.fromisoformat(day), preferences.categories)
        rows, receipts = frame(listing, source.name, dt.datetime.now(dt.UTC)), receipts_frame(listing)
        before = lake.read(RAW_LISTINGS, [day])
        change = compare(before, listing) if lake.has(RAW_LISTINGS, day) else None
        notes = listing_notes(listing, source.name, preferences, change)
        lake.write(LISTING_RECEIPTS, day, receipts)
        lake.write(RAW_LISTINGS, day, rows, notes)
        for fault in listing.faults:
            context.log.warning(fault)
            progress.noticed(fault)
        metadata = {
            **frame_metadata(rows, ["position", "paper_id", "listing", "announced_by", "source_ref"]),
            **{name: value for name, value in notes.items() if name in ("source", "fallback_for", "categories")},
            "faults": len(listing.faults),
        }
        if listing.announced_total is not None:
            metadata["announced_total"] = listing.announced_total
        by_fate = dict(receipts.group_by("fate").len().sort("fate").iter_rows())
        return {
            "raw_listings": metadata,
            "listing_receipts": {**frame_metadata(receipts, ["paper_id", "fate", "other_day"]), "by_fate": by_fate},
        }

    each_partition(context, progress, make)
    for asset in (RAW_LISTINGS.name, LISTING_RECEIPTS.name):
        yield dg.MaterializeResult(asset)


def is_made_by(lake: Lake, day: str, source: str) -> bool:
    """Whether the source made a day itself: then an outage leaves it as it is, and no other source replaces it."""
    return lake.notes(RAW_LISTINGS, day).get("source") == source


def listing_notes(
    listing: DayListing, asked: str, preferences: Preferences, change: DayChange | None
) -> dict[str, str]:
    """What a day's partition says about itself: what it was made with, the source's own counts, and what changed.

    `asked` is the source of the settings, `change` the difference from what the partition held before.
    """
    notes = made_with(listing.source or asked, preferences)
    if listing.source not in (None, asked):
        notes["fallback_for"] = asked
    if listing.announced_total is not None:
        notes["announced"] = str(listing.announced_total)
    if listing.announced_by_category is not None:
        notes["announced_by_category"] = json.dumps(dict(listing.announced_by_category))
    if listing.edition is not None:
        notes["edition"] = listing.edition
    if change:
        notes["change"] = json.dumps(as_json(change))
    return notes


@dg.asset_check(asset="raw_listings", partitions_def=DAYS)
def no_fewer_records_than_before(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Warns where a day lost papers when it was made again, and names them; says where those are that moved."""

    def judge(day: str) -> Verdict:
        figures = {"now": lake.row_count(RAW_LISTINGS, day)}
        kept = lake.notes(RAW_LISTINGS, day).get("change")
        if kept is None:
            return first_time(figures["now"])
        change = from_json(json.loads(kept))
        change = with_places(change, found_elsewhere(lake, change.day, change.vanished))
        figures |= {"added": len(change.added), "moved": len(change.moved), "vanished": len(change.vanished)}
        lost = DayChange(change.day, moved=change.moved, unfollowed=change.unfollowed, vanished=change.vanished)
        return Verdict(lost.sentences, figures, passed=not change.vanished)

    return judge_partitions(context, judge, dg.AssetCheckSeverity.WARN)


def first_time(rows: int) -> Verdict:
    """What there is to say of a day of so many rows that was not there before."""
    return Verdict(figures={"now": rows}, note="Made for the first time.")


@dg.asset_check(asset="raw_listings", partitions_def=DAYS, additional_deps=["listing_receipts"])
def as_many_papers_as_usual(
    context: dg.AssetCheckExecutionContext,
    lake: dg.ResourceParam[Lake],
    preferences: dg.ResourceParam[Preferences],
) -> dg.AssetCheckResult:
    """Warns where a day has far fewer or far more papers than its weekday had lately, with the numbers."""
    counts = DayCounts(lake, preferences.categories_text)

    def judge(day: str) -> Verdict:
        date = dt.date.fromisoformat(day)
        first, last = needed_days(date)
        return volume_verdict(date, counts.between(first, last, and_also=date), preferences.categories)

    return judge_partitions(context, judge, dg.AssetCheckSeverity.WARN)


def volume_verdict(day: dt.date, counts: Counts, followed: frozenset[str] | None) -> Verdict:
    """What is said of a day's number of papers; `counts` has those of `needed_days` and its own."""
    found = volumes(day, counts, followed or ())
    figures: dict[str, object] = {}
    for one in found:
        figures[one.category] = one.count
        if one.expected is not None:
            figures[f"{one.category}, expected"] = round(one.expected, 1)
    figures["weekdays_compared"] = compared = found[0].weekdays
    note = "As usual."
    if found[0].expected is None:
        note = f"Not judged: the lake holds too little of the weeks before ({compared} days like {day})."
    return Verdict([sentence(day, one) for one in found if one.is_severe], figures, note=note)
