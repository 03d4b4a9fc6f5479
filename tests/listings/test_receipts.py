"""Every record that a source returns for a day has a receipt that says what became of it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from assets.listings.api import ApiSource
from assets.listings.rss import RssSource
from assets.listings.sample import SampleSource
from assets.listings.schema import LISTING_RECEIPTS
from assets.listings.source import DayListing, Receipt, receipts_frame
from tests.emulators.arxiv.papers import papers_of
from tests.emulators.arxiv.server import Emulator
from tests.listings.corpus import record, submitted
from tests.listings.emulated import FOLLOWED, WORLD, ids, noon_of, oai_source, quick_pace

TUESDAY, WEDNESDAY, FRIDAY = dt.date(2025, 3, 4), dt.date(2025, 3, 5), dt.date(2025, 3, 7)

HELD = [
    (record("2503.00001", submitted(3, 10), update_date=None), TUESDAY),
    (record("2503.00002", submitted(3, 12), update_date=None), TUESDAY),
    (record("2503.00003", submitted(4, 10), update_date=None), WEDNESDAY),
    (record("2503.00004", submitted(4, 12), update_date=None), WEDNESDAY),
    (record("2503.00005", submitted(4, 15), categories="hep-th", update_date=None), WEDNESDAY),
    (record("2503.00006", submitted(5, 10), update_date=None), dt.date(2025, 3, 6)),
    (record("2503.00007", submitted(5, 12), update_date=None), dt.date(2025, 3, 6)),
    (record("2503.00008", submitted(4, 11), update_date=None), FRIDAY),
    (record("2503.00009", submitted(6, 10), update_date=None), FRIDAY),
    (record("2503.00010", submitted(6, 12), update_date=None), FRIDAY),
]
"""00008 was submitted for Wednesday and held until Friday."""


def by_fate(listing: DayListing) -> Counter[str]:
    return Counter(receipt.fate for receipt in listing.receipts)


def receipt_of(listing: DayListing, paper_id: str) -> Receipt:
    (found,) = [receipt for receipt in listing.receipts if receipt.paper_id == paper_id]
    return found


@pytest.mark.parametrize("name", ["api", "oai"])
def test_a_held_paper_is_accounted_for_on_both_of_its_days(tmp_path: Path, name: str) -> None:
    with Emulator(papers_of(HELD), noon_of(dt.date(2025, 3, 11))) as emulator:
        source = ApiSource(emulator.api_url, quick_pace(tmp_path)) if name == "api" else oai_source(emulator, tmp_path)
        wednesday, friday = (source.listing(day, frozenset({"cs.LG"})) for day in (WEDNESDAY, FRIDAY))
    assert ids(wednesday) == ["2503.00003", "2503.00004"]
    gone, came = receipt_of(wednesday, "2503.00008"), receipt_of(friday, "2503.00008")
    assert (gone.fate, gone.other_day) == ("other day", FRIDAY)
    assert ids(friday) == ["2503.00008", "2503.00009", "2503.00010"]
    assert (came.fate, came.other_day) == ("listed", WEDNESDAY)
    assert receipt_of(friday, "2503.00009").other_day is None
    assert wednesday.announced_total == (3 if name == "api" else None)
    assert friday.announced_total == (2 if name == "api" else None)


def test_the_apis_own_count_of_a_day_is_that_of_its_submission_window(emulator: Emulator, tmp_path: Path) -> None:
    source = ApiSource(emulator.api_url, quick_pace(tmp_path))
    for day in WORLD.days[12:16]:
        listing = source.listing(day, FOLLOWED)
        held_here = sum(one.fate == "listed" and one.other_day is not None for one in listing.receipts)
        assert listing.announced_total == len(listing.receipts) - held_here
        assert by_fate(listing)["listed"] == len(listing.records)


def test_a_record_of_other_categories_is_set_aside_with_its_categories(emulator: Emulator, tmp_path: Path) -> None:
    day = WORLD.days[10]
    source = oai_source(emulator, tmp_path)
    source.listing(day, None)
    listing = source.listing(day, frozenset({"hep-th"}))
    assert by_fate(listing)["not followed"] == len(listing.receipts) - len(listing.records) > 0
    assert all("hep-th" not in one.categories for one in listing.receipts if one.fate == "not followed")


def test_the_feed_counts_its_items_in_all_and_by_category(emulator: Emulator, tmp_path: Path) -> None:
    day = WORLD.days[10]
    emulator.world.moment = noon_of(day)
    listing = RssSource(emulator.rss_url, None, quick_pace(tmp_path)).listing(day, FOLLOWED)
    assert listing.announced_by_category is not None
    assert listing.announced_by_category["stat.ML"] == sum("stat.ML" in one.categories for one in listing.receipts)
    assert listing.announced_total == len(listing.receipts)


def test_a_paper_that_two_feeds_list_is_given_twice_and_listed_once(tmp_path: Path) -> None:
    categories = {"2503.00001": "cs.LG stat.ML", "2503.00002": "cs.LG", "2503.00003": "stat.ML"}
    papers = [
        (record(paper, submitted(3, 10 + hour), categories=codes, update_date=None), TUESDAY)
        for hour, (paper, codes) in enumerate(categories.items())
    ]
    with Emulator(papers_of(papers), noon_of(TUESDAY), feed_items=3) as emulator:
        listing = RssSource(emulator.rss_url, None, quick_pace(tmp_path), most_items=3).listing(TUESDAY, FOLLOWED)
    assert by_fate(listing) == {"listed": 3, "repeated": 1}
    assert sorted(str(one.paper_id) for one in listing.records) == sorted(categories)
    assert listing.announced_total == 4
    assert listing.announced_by_category == {"cs.LG": 3, "stat.ML": 3}


def test_every_line_of_a_file_has_a_receipt_in_order() -> None:
    source = SampleSource()
    for day in source.days():
        listing = source.listing(day, FOLLOWED)
        listed = [one.source_ref for one in listing.receipts if one.fate == "listed"]
        assert listed == [one.source_ref for one in listing.records]
        assert {*by_fate(listing)} <= {"listed", "not followed"}
        rows = receipts_frame(listing)
        assert rows.schema == LISTING_RECEIPTS.polars_schema
        assert rows.height == len(listing.receipts)


def test_days_that_are_prepared_together_need_one_search(emulator: Emulator, tmp_path: Path) -> None:
    days = WORLD.days[14:20]
    alone, together = (ApiSource(emulator.api_url, quick_pace(tmp_path)) for _ in range(2))
    listed = [ids(alone.listing(day, FOLLOWED)) for day in days]
    assert len(emulator.requests) == len(days)
    emulator.requests.clear()
    together.prepare(days, FOLLOWED)
    assert [ids(together.listing(day, FOLLOWED)) for day in days] == listed
    assert len(emulator.requests) == 1
