"""Each paper is new once: what two days of the lake call new is found by reading ids of few days."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assets.calendar.days import announcement_days
from assets.papers.once import NewPapers, sentence
from assets.papers.schema import PAPERS
from assets.warehouse.lake import Lake
from tests.digests.rows import paper

DAYS = announcement_days(dt.date(2026, 1, 5), dt.date(2026, 2, 27))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A paper a day; its id carries the month of the announcement."""
    made = Lake(tmp_path / "lake")
    for number, day in enumerate(DAYS, start=1):
        write(made, day, f"26{day:%m}.{number:05}")
    return made


def write(lake: Lake, day: dt.date, *ids: str, listing: str = "new") -> None:
    lake.write(PAPERS, f"{day}", PAPERS.frame([paper(one, day=day, listing=listing) for one in ids]))


def test_papers_that_are_new_once_are_no_finding(lake: Lake) -> None:
    papers = NewPapers(lake)
    assert all(papers.also_new_elsewhere(f"{day}") == {} for day in DAYS)


@pytest.mark.parametrize(("first", "second"), [(3, 4), (3, 15), (15, 3)])
def test_a_paper_that_is_new_on_two_days_is_named_with_both(lake: Lake, first: int, second: int) -> None:
    write(lake, DAYS[first], "2601.77777", "2601.00001")
    write(lake, DAYS[second], "2601.77777", "2601.00002")
    found = NewPapers(lake).also_new_elsewhere(f"{DAYS[first]}")
    assert found == {"2601.77777": [f"{DAYS[second]}"]} | ({"2601.00001": [f"{DAYS[0]}"]})
    assert "2601.77777 is new on" in sentence(f"{DAYS[first]}", "2601.77777", found["2601.77777"])


@pytest.mark.parametrize("listing", ["cross", "replace", "replace-cross"])
def test_a_paper_that_is_listed_again_is_new_once(lake: Lake, listing: str) -> None:
    write(lake, DAYS[10], "2601.00003", listing=listing)
    assert NewPapers(lake).also_new_elsewhere(f"{DAYS[10]}") == {}
    assert NewPapers(lake).also_new_elsewhere(f"{DAYS[2]}") == {}


def test_only_the_days_of_the_ids_month_and_the_neighbours_are_read(lake: Lake) -> None:
    for day in DAYS[-10:]:
        lake.partition_file(PAPERS, f"{day}").write_bytes(b"unreadable")
    assert NewPapers(lake).also_new_elsewhere(f"{DAYS[2]}") == {}
