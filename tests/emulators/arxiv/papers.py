"""The papers that the emulator knows: a snapshot file's records, placed in time.

Belongs here: when each version of a paper was announced and when its record last changed. Does not
belong here: what is visible at a given moment (world.py) and how any protocol writes it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from assets.calendar.days import AnnouncementDayError, day_of_submission, submission_window
from assets.calendar.ids import ArxivId, parse_id
from assets.listings.sample import CORPUS
from assets.listings.snapshot_columns import read_entries
from assets.listings.snapshot_days import place
from assets.listings.snapshot_records import parse_time


@dataclass(frozen=True, slots=True)
class Version:
    """A version: its number, its submission time (UTC) and its announcement day."""

    number: int
    created: dt.datetime
    announced: dt.date


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the snapshot; `record` is its line, decoded.

    Three fields that snapshots do not have may stand in a line: `announced`, `crossed` (category →
    the later day on which the paper was cross-listed to it) and `deleted` (the day on which the record
    was deleted).
    """

    identifier: ArxivId
    record: Mapping[str, Any]
    categories: tuple[str, ...]
    versions: tuple[Version, ...]
    changed: dt.date | None = None
    crossed: Mapping[str, dt.date] = field(default_factory=dict)
    deleted: dt.date | None = None

    @property
    def paper_id(self) -> str:
        """The id without version."""
        return self.identifier.paper_id

    def text(self, name: str) -> str:
        """A text field of the record; "" where it is missing or no text."""
        value = self.record.get(name)
        return value if isinstance(value, str) else ""


def load(path: Path = CORPUS) -> list[Paper]:
    """The papers of a snapshot file (JSON Lines, plain, .gz or .zst), by id; without a path, the embedded sample.

    Lines that are no record, have no readable id or cannot be placed in time are left out: arXiv
    serves no such papers.
    """
    entries = read_entries(path, path.name)
    placed = pl.concat([place(month) for month in entries.partition_by("month", maintain_order=True)])
    good = placed.filter(pl.col("reason").is_null() & pl.col("paper_id").is_not_null())
    return papers_of((json.loads(text), day) for text, day in good.select("text", "day").iter_rows() if day is not None)


def papers_of(records: Iterable[tuple[Mapping[str, Any], dt.date]]) -> list[Paper]:
    """Papers of records and their announcement days, by id; of several records with one id, the last."""
    by_id: dict[str, tuple[ArxivId, Mapping[str, Any], dt.date]] = {}
    for record, day in records:
        identifier = parse_id(record.get("id") or "") if isinstance(record.get("id"), str | None) else None
        if identifier is not None:
            by_id[identifier.paper_id] = (identifier, record, day)
    ordered = sorted(by_id.values(), key=lambda one: one[0].order)
    times = _times_of_the_untimed(ordered)
    return [_paper(identifier, record, day, times.get(identifier.paper_id)) for identifier, record, day in ordered]


def _paper(identifier: ArxivId, record: Mapping[str, Any], day: dt.date, submitted: dt.datetime | None) -> Paper:
    versions = _versions(record.get("versions"), day)
    if not versions and submitted is not None:
        versions = (Version(1, submitted, day),)
    categories = record.get("categories")
    return Paper(
        identifier,
        record,
        tuple(dict.fromkeys(categories.split())) if isinstance(categories, str) else (),
        versions,
        _date(record.get("update_date")),
        {code: dt.date.fromisoformat(text) for code, text in (record.get("crossed") or {}).items()},
        _date(record.get("deleted")),
    )


def _versions(given: object, day: dt.date) -> tuple[Version, ...]:
    found: list[Version] = []
    for entry in given if isinstance(given, list) else ():
        created = parse_time(str(entry.get("created"))) if isinstance(entry, dict) else None
        number = str(entry.get("version", "")).removeprefix("v") if isinstance(entry, dict) else ""
        if created is None or not number.isdecimal():
            continue
        try:
            announced = day if int(number) == 1 else max(day, day_of_submission(created))
        except AnnouncementDayError:
            announced = day
        found.append(Version(int(number), created, announced))
    found.sort(key=lambda version: version.number)
    return tuple(found) if found and found[0].number == 1 else ()


def _times_of_the_untimed(papers: Iterable[tuple[ArxivId, Mapping[str, Any], dt.date]]) -> dict[str, dt.datetime]:
    """Submission times for records that give none: in order of ids, evenly between those that are known."""
    by_day: dict[dt.date, list[tuple[str, dt.datetime | None]]] = {}
    for identifier, record, day in papers:
        versions = _versions(record.get("versions"), day)
        by_day.setdefault(day, []).append((identifier.paper_id, versions[0].created if versions else None))
    times: dict[str, dt.datetime] = {}
    for day, listed in by_day.items():
        window = submission_window(day)
        after, waiting = window.opens, list[str]()
        for paper_id, known in [*listed, ("", window.closes)]:
            if known is None:
                waiting.append(paper_id)
            elif after <= known <= window.closes:
                step = (known - after) / (len(waiting) + 1)
                times |= {one: (after + place * step).replace(microsecond=0) for place, one in enumerate(waiting, 1)}
                after, waiting = known, []
    return times


def _date(text: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
