"""A second source in the place of the first: only for an outage, only where it is needed, and never in silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.errors import DayMissingError, InputError, SourceRefusedError, SourceUnavailableError
from assets.listings.api import ApiSource
from assets.listings.fallback import FallbackSource, without_fallback
from assets.listings.oai import OaiSource
from assets.listings.rss import RssSource
from assets.listings.source import ListingSource, frame
from tests.emulators.arxiv.faults import Faults
from tests.emulators.arxiv.server import Emulator
from tests.listings.emulated import FOLLOWED, WORLD, addresses, ids, noon_of, oai_source, quick_pace

DAY, NEXT = WORLD.days[10], WORLD.days[11]
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def api(emulator: Emulator, tmp_path: Path) -> ApiSource:
    return ApiSource(emulator.api_url, quick_pace(tmp_path))


def dead_oai(folder: Path) -> OaiSource:
    return OaiSource(folder / "dead", f"{NOBODY}/oai", quick_pace(folder))


def test_the_first_source_answers_alone_as_long_as_it_can(emulator: Emulator, api: ApiSource, tmp_path: Path) -> None:
    source = FallbackSource(oai_source(emulator, tmp_path), api)
    listing = source.listing(DAY, FOLLOWED)
    assert (source.name, listing.source, list(listing.faults)) == ("oai", None, [])
    assert all(address.startswith("/oai") for address in addresses(emulator))


@pytest.mark.parametrize("first", ["oai", "api"])
def test_an_outage_makes_the_other_one_stand_in_and_the_day_says_so(
    emulator: Emulator, api: ApiSource, tmp_path: Path, first: str
) -> None:
    dead_api = ApiSource(f"{NOBODY}/api/query", quick_pace(tmp_path))
    source: FallbackSource = (
        FallbackSource(dead_oai(tmp_path), api)
        if first == "oai"
        else FallbackSource(dead_api, oai_source(emulator, tmp_path))
    )
    listing = source.listing(DAY, FOLLOWED)
    other = {"oai": "api", "api": "oai"}[first]
    assert ids(listing) == WORLD.new_on(DAY, *FOLLOWED)
    assert listing.source == other
    assert len(listing.faults) == 1
    assert listing.faults[0].startswith(f"{DAY} was made by the source {other}, because {first} did not serve it: ")
    rows = frame(listing, source.name, dt.datetime.now(dt.UTC))
    assert set(rows["source"]) == {other}


def test_a_source_that_is_out_is_left_alone_for_the_days_that_follow(api: ApiSource, tmp_path: Path) -> None:
    class Counting(OaiSource):
        asked = 0

        def listing(self, day: dt.date, categories: frozenset[str] | None):  # type: ignore[no-untyped-def]
            Counting.asked += 1
            return super().listing(day, categories)

    source = FallbackSource(Counting(tmp_path / "dead", f"{NOBODY}/oai", quick_pace(tmp_path)), api)
    assert [ids(source.listing(day, FOLLOWED)) for day in (DAY, NEXT)] == [
        WORLD.new_on(day, *FOLLOWED) for day in (DAY, NEXT)
    ]
    assert Counting.asked == 1


def test_a_day_that_is_not_there_yet_is_made_by_the_other_and_the_next_is_asked_for_first(
    emulator: Emulator, api: ApiSource, tmp_path: Path
) -> None:
    emulator.world.moment = dt.datetime.combine(NEXT, dt.time(1, 30), dt.UTC)  # mailed, but before OAI-PMH's update
    source = FallbackSource(oai_source(emulator, tmp_path), api)
    assert source.listing(NEXT, FOLLOWED).source == "api"
    assert source.listing(DAY, FOLLOWED).source is None


@pytest.mark.parametrize(
    ("make", "categories"),
    [
        (lambda emulator, folder: RssSource(emulator.rss_url, None, quick_pace(folder)), frozenset({"cs.XX"})),
        (
            lambda emulator, folder: OaiSource(folder / "h", emulator.oai_url, quick_pace(folder), now=_in_years),
            FOLLOWED,
        ),
        (lambda emulator, folder: ApiSource(f"{emulator.url}/nowhere", quick_pace(folder)), FOLLOWED),
    ],
    ids=["rss", "oai", "api"],
)
def test_a_wrong_setting_is_told_and_no_other_source_hides_it(
    emulator: Emulator, tmp_path: Path, make: Callable[[Emulator, Path], ListingSource], categories: frozenset[str]
) -> None:
    emulator.world.moment = noon_of(DAY)
    second = ApiSource(emulator.api_url, quick_pace(tmp_path))
    with pytest.raises(SourceRefusedError, match="check ALMANAC_"):
        FallbackSource(make(emulator, tmp_path), second).listing(DAY, categories)


def test_data_that_cannot_be_read_is_no_outage(emulator: Emulator, api: ApiSource, tmp_path: Path) -> None:
    emulator.world.moment = noon_of(DAY)
    feed = RssSource(emulator.rss_url, None, quick_pace(tmp_path))
    with pytest.raises(InputError, match="the feed holds"):
        FallbackSource(feed, api).listing(WORLD.days[9], FOLLOWED)


def test_where_neither_answers_both_reasons_are_told(emulator: Emulator, api: ApiSource, tmp_path: Path) -> None:
    emulator.faults = Faults(rates={"unavailable": 1.0}, retry_after="0")
    with pytest.raises(SourceUnavailableError, match=r"OAI-PMH did not answer .* api could not stand in: the API did"):
        FallbackSource(dead_oai(tmp_path), api).listing(DAY, FOLLOWED)


def test_a_day_that_neither_has_yet_is_missing_and_no_outage(
    emulator: Emulator, api: ApiSource, tmp_path: Path
) -> None:
    emulator.world.moment = noon_of(DAY)
    emulator.world.lag = dt.timedelta(hours=20)
    with pytest.raises(DayMissingError, match=r"OAI-PMH knows of no paper .* the API answered no paper"):
        FallbackSource(oai_source(emulator, tmp_path), api).listing(DAY, FOLLOWED)


def test_the_first_source_can_be_had_alone(api: ApiSource, tmp_path: Path) -> None:
    oai = dead_oai(tmp_path)
    assert without_fallback(FallbackSource(oai, api)) is oai
    assert without_fallback(api) is api


def _in_years() -> dt.datetime:
    return noon_of(DAY) + dt.timedelta(days=900)
