"""Rows of `raw_listings` for the tests."""

import json
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from assets.listings.schema import RAW_LISTINGS

DAY = date(2026, 1, 30)

RECORD: dict[str, Any] = {
    "id": "2601.20868",
    "submitter": None,
    "authors": "Ann Author, Bob Writer",
    "title": "On the Keeping of\n  Almanacs",
    "comments": "12 pages",
    "journal-ref": None,
    "doi": None,
    "report-no": None,
    "categories": "cs.LG stat.ML",
    "license": "http://creativecommons.org/licenses/by/4.0/",
    "abstract": "  We keep almanacs\nand count their days.\n",
    "versions": [{"version": "v1", "created": "Wed, 28 Jan 2026 17:59:03 GMT"}],
    "update_date": "2026-01-30",
    "authors_parsed": [["Author", "Ann", ""], ["Writer", "Bob", ""]],
}


def record(**changes: Any) -> dict[str, Any]:
    """The sample record with some fields changed; `_` in a name stands for the hyphen of the layout."""
    names = {"journal_ref": "journal-ref", "report_no": "report-no"}
    return RECORD | {names.get(name, name): value for name, value in changes.items()}


def listing(*records: Any, day: date = DAY, kinds: tuple[str, ...] = ()) -> pl.DataFrame:
    """A day of raw listings: dictionaries become JSON, texts stay as they are."""
    return RAW_LISTINGS.frame(
        [
            {
                "day": day,
                "position": position,
                "paper_id": entry.get("id") if isinstance(entry, dict) and isinstance(entry.get("id"), str) else None,
                "listing": kinds[position] if kinds else "new",
                "record": entry if isinstance(entry, str) else json.dumps(entry),
                "announced_by": "listed",
                "source": "sample",
                "source_ref": f"sample.jsonl:{position + 1}",
                "fetched_at": datetime(2026, 1, 31, tzinfo=UTC),
            }
            for position, entry in enumerate(records)
        ]
    )
