"""Looking again: what came, what moved, what is gone; and what the source does not say changes nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assets.errors import InputError, SourceUnavailableError
from assets.listings.api import ApiSource
from assets.listings.reconcile import Looked, look_again, recent_days
from assets.listings.rss import RssSource
from assets.listings.schema import RAW_LISTINGS
from assets.listings.source import DayListing, ListingSource, RawRecord, Receipt, frame
from assets.warehouse.lake import Lake
from tests.emulators.arxiv.faults import Faults
from tests.emulators.arxiv.papers import papers_of
from tests.emulators.arxiv.server import Emulator
from tests.listings.emulated import FOLLOWED, WORLD, addresses, noon_of, oai_source, quick_pace

DAYS = WORLD.days[12:18]
TEXT = "cs.LG, stat.ML"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def made(lake: Lake, teller: ListingSource, days: list[dt.date], **notes: str) -> None:
    """Stores what a source says of the days, as `raw_listings` does."""
    for day in days:
        rows = frame(teller.listing(day, FOLLOWED), teller.name, noon_of(day))
        lake.write(RAW_LISTINGS, f"{day}", rows, {"source": teller.name, "categories": TEXT, **notes})


def judged(found: list[Looked]) -> dict[dt.date, str]:
    return {one.day: one.judgement for one in found if one.judgement != "unchanged"}


def look(source: ListingSource, lake: Lake, days: list[dt.date] | None = None) -> list[Looked]:
    return look_again(source, lake, days or recent_days(lake, 10), FOLLOWED, TEXT)


def without(*missing: str) -> list[object]:
    return list(papers_of(one for one in WORLD.records if one[0]["id"] not in missing))


@pytest.mark.parametrize("name", ["api", "oai"])
def test_nothing_new_changes_nothing_though_papers_were_replaced_meanwhile(
    emulator: Emulator, lake: Lake, tmp_path: Path, name: str
) -> None:
    def fresh(folder: str) -> ListingSource:
        if name == "api":
            return ApiSource(emulator.api_url, quick_pace(tmp_path))
        return oai_source(emulator, tmp_path / folder)

    emulator.world.moment = noon_of(DAYS[-1])
    made(lake, fresh("before"), DAYS)
    emulator.world.moment = noon_of(WORLD.days[-1])
    found = look(fresh("after"), lake)
    assert [one.day for one in found] == DAYS
    assert judged(found) == {}


@pytest.mark.parametrize("name", ["api", "oai"])
def test_papers_that_appear_late_change_exactly_their_days(
    emulator: Emulator, lake: Lake, tmp_path: Path, name: str
) -> None:
    def fresh(folder: str) -> ListingSource:
        if name == "api":
            return ApiSource(emulator.api_url, quick_pace(tmp_path))
        return oai_source(emulator, tmp_path / folder)

    late = [WORLD.new_on(DAYS[1], *FOLLOWED)[2], WORLD.new_on(DAYS[4], *FOLLOWED)[-1]]
    whole, emulator.world.papers = emulator.world.papers, without(*late)
    made(lake, fresh("before"), DAYS)
    emulator.world.papers = whole
    found = {one.day: one for one in look(fresh("after"), lake)}
    assert judged([*found.values()]) == {DAYS[1]: "changed", DAYS[4]: "changed"}
    assert [found[day].change.added for day in (DAYS[1], DAYS[4])] == [(late[0],), (late[1],)]  # type: ignore[union-attr]
    assert late[0] in found[DAYS[1]].sentences[0]


def test_the_services_are_asked_as_seldom_as_their_windows_allow(
    emulator: Emulator, lake: Lake, tmp_path: Path
) -> None:
    made(lake, ApiSource(emulator.api_url, quick_pace(tmp_path)), WORLD.days[6:16])
    emulator.requests.clear()
    look(ApiSource(emulator.api_url, quick_pace(tmp_path)), lake)
    # Ten days, the ten windows before them (six of which the world has) and two after: 22 windows in two searches.
    assert len(addresses(emulator)) == 2


def test_a_paper_that_moves_changes_both_of_its_days(lake: Lake) -> None:
    source = Told({DAYS[0]: ["a", "b"], DAYS[1]: ["c"], DAYS[2]: ["d"]})
    made(lake, source, DAYS[:3])
    source.days_ = {DAYS[0]: ["a"], DAYS[1]: ["c"], DAYS[2]: ["b", "d"]}
    found = {one.day: one for one in look(source, lake)}
    assert judged([*found.values()]) == {DAYS[0]: "changed", DAYS[2]: "changed"}
    assert found[DAYS[0]].change is not None
    assert found[DAYS[0]].change.moved == {"b": DAYS[2]}


def test_a_paper_that_moves_out_of_sight_changes_the_day_it_moved_to(lake: Lake) -> None:
    source = Told({day: [f"{day:%d}"] for day in DAYS[:4]} | {DAYS[3]: ["p", "q"]})
    made(lake, source, DAYS[:4])
    source.days_ = {**source.days_, DAYS[3]: ["q"]}
    source.elsewhere = {"p": DAYS[0]}
    assert judged(look(source, lake, DAYS[2:4])) == {DAYS[0]: "changed", DAYS[3]: "changed"}


def test_a_day_never_shrinks_because_the_source_has_a_gap(lake: Lake) -> None:
    source = Told({DAYS[0]: ["a", "b", "c"], DAYS[1]: ["d"]})
    made(lake, source, DAYS[:2])
    source.days_ = {DAYS[0]: ["a", "new"], DAYS[1]: ["d"]}
    found = look(source, lake)
    assert judged(found) == {DAYS[0]: "left"}
    told = " ".join(found[0].sentences)
    assert "2 are no longer given by the source: b, c." in told
    assert f"{DAYS[0]} stays as it is" in told


def test_a_paper_stays_where_it_is_as_long_as_its_new_day_cannot_be_made(lake: Lake) -> None:
    source = Told({DAYS[0]: ["a", "b"], DAYS[1]: ["c", "d"]})
    made(lake, source, DAYS[:2])
    source.days_ = {DAYS[0]: ["a"], DAYS[1]: ["b", "d"]}
    assert judged(look(source, lake)) == {DAYS[0]: "left", DAYS[1]: "left"}


@pytest.mark.parametrize("name", ["api", "oai"])
def test_an_outage_is_an_error_whatever_the_other_days_said(
    emulator: Emulator, lake: Lake, tmp_path: Path, name: str
) -> None:
    source: ListingSource = (
        ApiSource(emulator.api_url, quick_pace(tmp_path)) if name == "api" else oai_source(emulator, tmp_path)
    )
    made(lake, source, DAYS)
    emulator.faults = Faults(rates={"unavailable": 1.0}, retry_after="0")
    again: ListingSource = (
        ApiSource(emulator.api_url, quick_pace(tmp_path)) if name == "api" else oai_source(emulator, tmp_path / "new")
    )
    with pytest.raises(SourceUnavailableError, match="did not answer"):
        look(again, lake)


def test_a_day_that_another_source_made_is_made_again_when_the_first_answers(
    emulator: Emulator, lake: Lake, tmp_path: Path
) -> None:
    api = ApiSource(emulator.api_url, quick_pace(tmp_path))
    oai = oai_source(emulator, tmp_path)
    made(lake, oai, [DAYS[0], DAYS[2]])
    made(lake, api, [DAYS[1]], fallback_for="oai")
    found = {one.day: one for one in look(oai, lake)}
    assert judged([*found.values()]) == {DAYS[1]: "changed"}
    assert "was made by api" in found[DAYS[1]].sentences[0]


def test_days_made_with_other_settings_are_not_asked_for(lake: Lake) -> None:
    source = Told({DAYS[0]: ["a"], DAYS[1]: ["b"], DAYS[2]: ["c"]})
    made(lake, source, [DAYS[0]], categories="hep-th")
    made(lake, source, [DAYS[1]], source="snapshot")
    made(lake, source, [DAYS[2]])
    source.asked.clear()
    found = look(source, lake)
    assert judged(found) == {DAYS[0]: "not asked", DAYS[1]: "not asked"}
    assert source.asked == [DAYS[2]]
    assert "almanac backfill" in found[0].sentences[0]


def test_a_hole_between_days_is_to_be_made_and_what_lies_outside_is_not(lake: Lake) -> None:
    source = Told({day: [f"{day}"] for day in DAYS})
    made(lake, source, [DAYS[1], DAYS[3]])
    assert recent_days(lake, 10) == DAYS[1:4]
    assert judged(look(source, lake)) == {DAYS[2]: "missing"}
    assert recent_days(lake, 1) == [DAYS[3]]


def test_a_day_that_a_file_no_longer_holds_stays(lake: Lake) -> None:
    source = Told({DAYS[0]: ["a"], DAYS[1]: ["b"]})
    made(lake, source, DAYS[:2])
    del source.days_[DAYS[0]]
    assert judged(look(source, lake)) == {DAYS[0]: "left"}


def test_a_feed_cannot_be_asked_again(emulator: Emulator, lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="set ALMANAC_SOURCE to oai or api"):
        look_again(RssSource(emulator.rss_url, None, quick_pace(tmp_path)), lake, [], FOLLOWED, TEXT)
    assert not emulator.requests


def test_an_empty_lake_has_no_days_to_look_at(lake: Lake) -> None:
    assert recent_days(lake, 10) == []


class Told:
    """A source that says what it is told: day → papers."""

    name = "told"

    def __init__(self, days: dict[dt.date, list[str]]) -> None:
        self.days_ = days
        self.asked: list[dt.date] = []
        self.elsewhere: dict[str, dt.date] = {}

    def days(self) -> None:
        return None

    def listing(self, day: dt.date, categories: frozenset[str] | None) -> DayListing:
        assert categories == FOLLOWED
        self.asked.append(day)
        if day not in self.days_:
            raise InputError(f"the file does not hold {day}.")
        records = [RawRecord(paper, "new", "{}", "listed", f"told:{paper}") for paper in self.days_[day]]
        away = [Receipt(paper, "new", (), "other day", other, "told") for paper, other in self.elsewhere.items()]
        return DayListing(day, records, receipts=away)
