"""Every live source under every fault of the emulated services: complete, or a sentence; never a part for the whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assets.calendar.days import announced_at
from assets.errors import SourceUnavailableError
from assets.listings.api import ApiSource
from assets.listings.oai import OaiSource
from assets.listings.rss import RssSource
from assets.listings.source import DayListing, ListingSource
from tests.emulators.arxiv.faults import FAULTS, PASSING, Faults
from tests.emulators.arxiv.server import Emulator
from tests.listings.emulated import FOLLOWED, WORLD, ids, noon_of, quick_pace, reset, served

Make = Callable[[Emulator, Path], ListingSource]

SOURCES: dict[str, Make] = {
    "api": lambda emulator, folder: ApiSource(emulator.api_url, quick_pace(folder), page_size=20),
    "oai": lambda emulator, folder: OaiSource(folder, emulator.oai_url, quick_pace(folder), now=emulator.world.now),
    "rss": lambda emulator, folder: RssSource(emulator.rss_url, folder, quick_pace(folder)),
}
BEFALL = {
    "api": set(FAULTS) - {"expired_token", "wrong_total"},
    "oai": set(FAULTS) - {"wrong_total"},
    "rss": set(FAULTS) - {"expired_token", "wrong_total", "empty_page"},
}
IMPOSSIBLE = {("api", "expired_token"), ("rss", "expired_token"), ("oai", "wrong_total"), ("rss", "wrong_total")}
"""Tokens are OAI-PMH's alone, and so are totals the API's."""

OF_THEIR_OWN = {("api", "wrong_total"), ("rss", "empty_page")}
"""Faults that no repetition within the same run can mend; each has a test of its own."""

SHOWN_AFTER = {"api": 0.0, "oai": 2.5, "rss": 4.0}
"""Hours from a mailing to its appearance."""

DAY = WORLD.days[12]


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    with served(page_size=8) as emulator:
        yield emulator


@pytest.fixture
def emulator(emulator: Emulator) -> Emulator:
    emulator.world.moment = noon_of(DAY)
    return emulator


@pytest.fixture(scope="module")
def expected(running: Emulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, DayListing]:
    """What each source says of the day when nothing fails."""
    reset(running)
    running.world.moment = noon_of(DAY)
    return {name: make(running, tmp_path_factory.mktemp(name)).listing(DAY, FOLLOWED) for name, make in SOURCES.items()}


@pytest.mark.parametrize(
    ("name", "fault"), [(name, fault) for name, faults in BEFALL.items() for fault in sorted(faults)]
)
def test_a_fault_that_passes_costs_nothing_but_requests(
    emulator: Emulator, expected: dict[str, DayListing], tmp_path: Path, name: str, fault: str
) -> None:
    assert ids(expected[name])
    emulator.faults = Faults(script=[fault, fault], retry_after="0", slow_seconds=0.05)
    found = SOURCES[name](emulator, tmp_path).listing(DAY, FOLLOWED)
    assert [one.fault for one in emulator.requests].count(fault) == min(2, len(emulator.requests))
    assert [one.paper_id for one in found.records] == [one.paper_id for one in expected[name].records]
    assert not found.faults


def test_every_source_is_tried_under_every_fault() -> None:
    tried = {(name, fault) for name, faults in BEFALL.items() for fault in faults}
    assert tried | OF_THEIR_OWN == {(name, fault) for name in SOURCES for fault in FAULTS} - IMPOSSIBLE
    assert not tried & OF_THEIR_OWN


@pytest.mark.parametrize("name", ["api", "oai"])
def test_an_empty_page_in_the_middle_of_a_list_is_asked_for_again(
    emulator: Emulator, expected: dict[str, DayListing], tmp_path: Path, name: str
) -> None:
    pages = 0

    class AfterTheFirst(Faults):
        def befalling(self, possible: frozenset[str]) -> str | None:
            nonlocal pages
            pages += 1
            return "empty_page" if pages in (2, 3, 5) and "empty_page" in possible else None

    emulator.faults = AfterTheFirst()
    found = SOURCES[name](emulator, tmp_path).listing(DAY, FOLLOWED)
    assert pages > 5
    assert [one.paper_id for one in found.records] == [one.paper_id for one in expected[name].records]


def test_an_empty_feed_is_an_error_on_a_day_of_announcement_and_the_next_run_has_it(
    emulator: Emulator, expected: dict[str, DayListing], tmp_path: Path
) -> None:
    source = SOURCES["rss"](emulator, tmp_path)
    emulator.faults = Faults(rates={"empty_page": 1.0})
    with pytest.raises(SourceUnavailableError, match="is empty, though arXiv announces papers on that day"):
        source.listing(DAY, FOLLOWED)
    emulator.faults = Faults()
    assert [one.paper_id for one in source.listing(DAY, FOLLOWED).records] == [
        one.paper_id for one in expected["rss"].records
    ]


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_papers_that_appear_an_hour_late_are_waited_for_and_then_all_there(
    emulator: Emulator, expected: dict[str, DayListing], tmp_path: Path, name: str
) -> None:
    emulator.world.lag = dt.timedelta(hours=1)
    shown = announced_at(DAY) + dt.timedelta(hours=SHOWN_AFTER[name])
    emulator.world.moment = shown + dt.timedelta(minutes=30)
    with pytest.raises(SourceUnavailableError, match="later"):
        SOURCES[name](emulator, tmp_path).listing(DAY, FOLLOWED)
    emulator.world.moment = shown + dt.timedelta(minutes=61)
    assert ids(SOURCES[name](emulator, tmp_path).listing(DAY, FOLLOWED)) == ids(expected[name])


def test_a_wrong_total_is_never_taken_in_silence(emulator: Emulator, tmp_path: Path) -> None:
    emulator.faults = Faults(rates={"wrong_total": 1.0})
    try:
        listing = SOURCES["api"](emulator, tmp_path).listing(DAY, FOLLOWED)
    except SourceUnavailableError:
        return
    assert listing.faults


@pytest.mark.parametrize(
    ("name", "fault"),
    [(name, fault) for name, faults in BEFALL.items() for fault in sorted(faults & {*PASSING} - {"slow"})],
)
def test_a_fault_that_stays_is_an_error_and_never_a_part_of_the_day(
    emulator: Emulator, tmp_path: Path, name: str, fault: str
) -> None:
    emulator.faults = Faults(rates={fault: 1.0}, retry_after="0")
    source = SOURCES[name](emulator, tmp_path)
    with pytest.raises(SourceUnavailableError, match="run"):
        source.listing(DAY, FOLLOWED)
    assert len(emulator.requests) < 20


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_thirty_days_end_complete_though_a_fifth_of_the_requests_fails(
    emulator: Emulator, tmp_path: Path, name: str
) -> None:
    def run(folder: Path) -> tuple[list[list[str | None]], int]:
        emulator.requests.clear()
        source = SOURCES[name](emulator, folder)
        found = []
        for day in WORLD.days:
            emulator.world.moment = noon_of(day)
            listing = _until_it_answers(source, day)
            found.append([one.paper_id for one in listing.records])
        return found, len(emulator.requests)

    whole, minimum = run(tmp_path / "whole")
    assert len(WORLD.days) == 30
    for seed in range(1 if name == "oai" else 4):
        emulator.faults = Faults.mixed(0.2, seed, retry_after="0", slow_seconds=0.02)
        found, requests = run(tmp_path / f"failing {seed}")
        assert found == whole
        assert sum(one.fault is not None for one in emulator.requests) >= 0.1 * requests
        assert minimum < requests <= 1.6 * minimum


def _until_it_answers(source: ListingSource, day: dt.date) -> DayListing:
    """What a schedule does: it runs a failed day again."""
    for _ in range(2):
        try:
            return source.listing(day, FOLLOWED)
        except SourceUnavailableError:
            continue
    return source.listing(day, FOLLOWED)
