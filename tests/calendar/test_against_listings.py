"""The calendar and the inference against arXiv's own listings, where the collected data is at hand."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from assets.calendar import days
from assets.calendar.ids import parse_id
from benchmarks.announcement_days import measure, read_listings, thinned

DATA = Path(__file__).parents[2].parent / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not (DATA / "announcement_days.json").exists(), reason="the collected listings are not beside the checkout"
)


class Listed(NamedTuple):
    """A day of which arXiv published a listing, with the smallest and the largest id seen in it."""

    day: date
    first: str
    last: str


@pytest.fixture(scope="module")
def listed() -> list[Listed]:
    found = json.loads((DATA / "announcement_days.json").read_text())
    return [Listed(date.fromisoformat(entry["date"]), entry["min_id"], entry["max_id"]) for entry in found]


def test_the_days_of_announcement_are_those_of_the_listings(listed: list[Listed]) -> None:
    assert days.announcement_days(listed[0].day, listed[-1].day) == [entry.day for entry in listed]


def test_the_ids_of_every_day_carry_its_month(listed: list[Listed]) -> None:
    for entry in listed:
        for text in (entry.first, entry.last):
            found = parse_id(text)
            assert found is not None
            assert (found.year, found.month) == days.id_month(entry.day), entry


def test_most_days_follow_from_the_submission_and_nearly_all_from_the_ids() -> None:
    found = measure("July 2025", read_listings(DATA, months=("2507",)))
    assert found.with_time > 1500
    assert found.by_submission > 0.9
    assert found.by_id_order > 0.995
    assert found.without_time > 0.9


def test_a_few_submission_times_place_the_other_papers() -> None:
    found = measure("a tenth of July 2025", thinned(read_listings(DATA, months=("2507",)), 0.1))
    assert 100 < found.with_time < 0.15 * found.papers
    assert found.without_time > 0.9
