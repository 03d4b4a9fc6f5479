"""Quiet days and outages: the calendar alone says that nothing is announced; any other empty answer is an error."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.calendar.days import AnnouncementDayError, is_announcement_day
from assets.errors import DayMissingError, InputError
from assets.listings.api import ApiSource
from assets.listings.rss import RssSource
from assets.listings.sample import SampleSource
from assets.listings.snapshot import SnapshotSource
from assets.listings.source import ListingSource
from tests.emulators.arxiv.server import Emulator
from tests.listings.corpus import lines, record
from tests.listings.emulated import FOLLOWED, WORLD, noon_of, oai_source, quick_pace

DAY = WORLD.days[10]
WEEKEND = next(day for day in WORLD.days[10:] if day.weekday() == 4) + dt.timedelta(days=1)
HOLIDAY = dt.date(2026, 1, 20)  # the mailing of Martin Luther King Jr. Day is cancelled

Make = Callable[[Emulator, Path], ListingSource]
LIVE: dict[str, Make] = {
    "api": lambda emulator, folder: ApiSource(emulator.api_url, quick_pace(folder)),
    "oai": oai_source,
    "rss": lambda emulator, folder: RssSource(emulator.rss_url, folder, quick_pace(folder)),
}


@pytest.mark.parametrize("categories", [FOLLOWED, None], ids=["followed", "all"])
@pytest.mark.parametrize("name", sorted(LIVE))
def test_a_live_source_that_has_nothing_of_an_announcement_day_is_in_error(
    emulator: Emulator, tmp_path: Path, name: str, categories: frozenset[str] | None
) -> None:
    emulator.world.moment = noon_of(DAY)
    whole = emulator.world.papers
    emulator.world.papers = [one for one in whole if one.versions[0].announced < DAY and len(one.versions) == 1]
    try:
        with pytest.raises(DayMissingError, match=f"{DAY}"):
            LIVE[name](emulator, tmp_path).listing(DAY, categories)
    finally:
        emulator.world.papers = whole


@pytest.mark.parametrize("day", [WEEKEND, HOLIDAY])
@pytest.mark.parametrize("name", ["api", "oai"])
def test_a_day_without_announcement_is_told_by_the_calendar_before_anybody_is_asked(
    emulator: Emulator, tmp_path: Path, name: str, day: dt.date
) -> None:
    emulator.world.moment = noon_of(dt.date(2026, 2, 2))
    with pytest.raises(AnnouncementDayError, match="arXiv announces nothing then"):
        LIVE[name](emulator, tmp_path).listing(day, FOLLOWED)
    assert not emulator.requests


def test_the_empty_feed_of_a_weekend_is_no_outage(emulator: Emulator, tmp_path: Path) -> None:
    emulator.world.moment = noon_of(WEEKEND)
    listing = LIVE["rss"](emulator, tmp_path).listing(WEEKEND, FOLLOWED)
    assert (listing.records, listing.faults) == ([], [])


def test_a_file_with_a_hole_is_no_quiet_day(tmp_path: Path) -> None:
    days = [dt.date(2026, 1, 16), dt.date(2026, 1, 22)]
    path = tmp_path / "hole.jsonl"
    path.write_text(lines(*(record(f"2601.{day:%d}001", announced=f"{day}") for day in days)))
    source = SnapshotSource(path, tmp_path / "index")
    assert not source.listing(HOLIDAY, None).records
    assert not source.listing(dt.date(2026, 1, 18), None).records
    for day in (dt.date(2026, 1, 19), dt.date(2026, 1, 21)):
        assert is_announcement_day(day)
        with pytest.raises(InputError, match=f"holds no paper of {day}"):
            source.listing(day, None)


def test_the_sample_knows_the_holiday_in_its_week(tmp_path: Path) -> None:
    assert not SampleSource().listing(dt.date(2025, 9, 2), FOLLOWED).records
    lone = tmp_path / "sample.jsonl"
    lone.write_text("".join(json.dumps(record(f"2503.0000{n}", announced=f"2025-03-0{n}")) + "\n" for n in (3, 5)))
    with pytest.raises(InputError, match="holds no paper of 2025-03-04"):
        SampleSource(lone).listing(dt.date(2025, 3, 4), FOLLOWED)
