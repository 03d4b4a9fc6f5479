"""Invented records in the snapshot's layout, for the tests of the sources."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

REAL_DATA = Path(__file__).parents[2].parent / "shared" / "data"
NO_REAL_DATA = f"the real listings are not beside this checkout ({REAL_DATA})"


def submitted(day: int, hour: int = 12, month: int = 3, year: int = 2025) -> dt.datetime:
    """A time in March 2025, UTC."""
    return dt.datetime(year, month, day, hour, tzinfo=dt.UTC)


def record(paper_id: str | None, created: dt.datetime | None = None, **fields: object) -> dict[str, object]:
    """A record of the snapshot; without `created` it has no versions."""
    versions = [{"version": "v1", "created": f"{created:%a, %d %b %Y %H:%M:%S GMT}"}] if created else []
    return {
        "id": paper_id,
        "submitter": None,
        "authors": "Ada Example, Bo Sample",
        "title": f"On the matter of {paper_id}",
        "comments": None,
        "journal-ref": None,
        "doi": None,
        "report-no": None,
        "categories": "cs.LG",
        "license": None,
        "abstract": "We invent a matter. It is shown to hold.",
        "versions": versions,
        "update_date": "2025-03-20",
        "authors_parsed": [["Example", "Ada", ""], ["Sample", "Bo", ""]],
        **fields,
    }


def lines(*records: dict[str, object] | str) -> str:
    """Records, or texts as they are, as JSON Lines."""
    return "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in records)
