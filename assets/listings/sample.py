"""The source `sample`: a small corpus of invented papers that comes with the project.

It is read and placed by the snapshot's own functions, in memory: `sample/papers.jsonl` has the
snapshot's layout, its oddities and broken records included.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import polars as pl

from assets.calendar.days import is_announcement_day
from assets.errors import InputError
from assets.listings.snapshot_columns import read_entries
from assets.listings.snapshot_days import PLACED, day_listing, place
from assets.listings.source import DayListing

CORPUS = Path(__file__).parent / "sample" / "papers.jsonl"

NOTE = "The papers of this sample are invented: no such paper, author or result exists on arXiv."
"""What a reader must be told wherever the sample is shown."""


class SampleSource:
    """The listings of the embedded corpus, or of another file small enough for memory."""

    name = "sample"

    def __init__(self, path: Path = CORPUS) -> None:
        self.path = path

    def listing(self, day: dt.date, categories: frozenset[str] | None) -> DayListing:
        """The records of a day, in the order of the file.

        Raises InputError for a day before or after those of the corpus; a day without papers
        between them is an empty listing.
        """
        rows = _placed(self.path).filter(pl.col("day") == day)
        days = self.days()
        if rows.is_empty() and not days[0] <= day <= days[-1]:
            raise InputError(
                f"the sample holds {days[0]} to {days[-1]}, not {day}: ask for one of its days, or set "
                "ALMANAC_SOURCE to another source."
            )
        if rows.is_empty() and is_announcement_day(day):
            raise InputError(f"the sample holds no paper of {day}, though arXiv announced papers on that day.")
        return day_listing(rows, day, categories, file=self.path.name, reference=self.path.name)

    def days(self) -> list[dt.date]:
        """The announcement days of the corpus, in order."""
        return _placed(self.path)["day"].unique().sort().to_list()


@cache
def _placed(path: Path) -> pl.DataFrame:
    months = read_entries(path, path.name).partition_by("month", maintain_order=True)
    return pl.concat([pl.DataFrame(schema=PLACED), *map(place, months)]).sort("day", "line")
