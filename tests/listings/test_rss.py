"""The feed source against the emulated feeds, over real HTTP."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from assets.calendar.days import announced_at
from assets.errors import InputError, SourceUnavailableError
from assets.listings.feed_items import read_feed
from assets.listings.rss import REPEATS, RssSource
from assets.listings.safe_xml import BrokenXmlError
from tests.emulators.arxiv.faults import Faults
from tests.emulators.arxiv.papers import papers_of
from tests.emulators.arxiv.server import Emulator
from tests.listings.corpus import record, submitted
from tests.listings.emulated import FOLLOWED, WORLD, ids, noon_of, quick_pace

DAY = WORLD.days[10]
FRIDAY = next(day for day in WORLD.days[10:] if day.weekday() == 4)


@pytest.fixture
def emulator(emulator: Emulator) -> Emulator:
    emulator.world.moment = noon_of(DAY)
    return emulator


@pytest.fixture
def source(emulator: Emulator, tmp_path: Path) -> RssSource:
    return RssSource(emulator.rss_url, tmp_path, quick_pace(tmp_path))


@pytest.mark.parametrize("day", WORLD.days[3:13])
def test_a_day_has_its_papers_with_their_types(source: RssSource, emulator: Emulator, day: dt.date) -> None:
    emulator.world.moment = noon_of(day)
    listing = source.listing(day, frozenset({"cs.LG"}))
    primary = {one["id"] for one, _ in WORLD.records if one["categories"].startswith("cs.LG")}
    new, replaced = WORLD.new_on(day, "cs.LG"), WORLD.replaced_on(day, "cs.LG")
    assert ids(listing, "new") == [one for one in new if one in primary]
    assert ids(listing, "cross") == [one for one in new if one not in primary]
    assert ids(listing, "replace") == [one for one in replaced if one in primary]
    assert ids(listing, "replace-cross") == [one for one in replaced if one not in primary]
    assert listing.announced_total == len(listing.records) == len(new) + len(replaced)
    assert not listing.faults


def test_all_categories_are_the_sum_of_all_archives(source: RssSource) -> None:
    listing = source.listing(DAY, None)
    assert ids(listing) == WORLD.new_on(DAY)
    assert ids(listing, "replace") == WORLD.replaced_on(DAY)


def test_an_item_becomes_a_record_in_the_snapshots_layout(source: RssSource) -> None:
    listing = source.listing(DAY, FOLLOWED)
    by_id = {one["id"]: one for one, _ in WORLD.records}
    for one in listing.records:
        given, found = by_id[str(one.paper_id)], json.loads(one.record)
        abstract = f"We invent the matter of {one.paper_id}. It is shown that $a < b$ holds for 5% of \\& all cases."
        assert found == {
            **given,
            "submitter": None,
            "authors": "Ada Example, Bo Sample, Cy Invented Jr",
            "title": f"On the matter of {one.paper_id}: $x < y$ & other invented things",
            "comments": None,
            "abstract": abstract,
            "versions": found["versions"],
            "update_date": f"{DAY}",
            "authors_parsed": None,
            "announced": f"{DAY}",
        }
        assert one.announced_by == "listed"
        assert one.source_ref == f"https://arxiv.org/abs/{one.paper_id}"
    versions = {record.listing: json.loads(record.record)["versions"] for record in listing.records}
    assert versions["new"] == [{"version": "v1", "created": None}]
    assert versions["replace"][0]["version"] != "v1"


def test_a_paper_cross_listed_later_is_listed_on_that_day_as_a_cross(tmp_path: Path) -> None:
    tuesday, thursday = dt.date(2025, 3, 4), dt.date(2025, 3, 6)
    crossed = record(
        "2503.00001", submitted(3, 10), categories="cs.CV cs.LG", crossed={"cs.LG": f"{thursday}"}, update_date=None
    )
    other = record("2503.00009", submitted(5, 10), update_date=None)
    with Emulator(papers_of([(crossed, tuesday), (other, thursday)])) as emulator:
        source = RssSource(emulator.rss_url, None, quick_pace(tmp_path))
        emulator.world.moment = noon_of(tuesday)
        assert not source.listing(tuesday, frozenset({"cs.LG"})).records
        assert ids(source.listing(tuesday, frozenset({"cs.CV"}))) == ["2503.00001"]
        emulator.world.moment = noon_of(thursday)
        listing = source.listing(thursday, frozenset({"cs.LG"}))
        assert ids(listing, "cross") == ["2503.00001"]
        assert ids(listing, "new") == ["2503.00009"]


def test_only_the_feeds_own_day_can_be_asked_for(source: RssSource) -> None:
    with pytest.raises(InputError, match=f"the feed holds {DAY} only, not {WORLD.days[9]}: ask for {DAY}"):
        source.listing(WORLD.days[9], FOLLOWED)


def test_a_feed_that_was_not_made_yet_is_told_by_its_date(source: RssSource, emulator: Emulator) -> None:
    emulator.world.moment = dt.datetime.combine(WORLD.days[11], dt.time(3), dt.UTC)
    with pytest.raises(SourceUnavailableError, match=f"still that of {DAY} and not yet of {WORLD.days[11]}"):
        source.listing(WORLD.days[11], FOLLOWED)


def test_a_stale_feed_is_told_by_its_date(source: RssSource, emulator: Emulator) -> None:
    emulator.world.feed_mode = "old"
    with pytest.raises(SourceUnavailableError, match=f"still that of {WORLD.days[9]}"):
        source.listing(DAY, FOLLOWED)


def test_a_feed_with_yesterdays_papers_is_told_by_their_overlap(source: RssSource, emulator: Emulator) -> None:
    before = source.listing(DAY, FOLLOWED)
    emulator.world.moment = noon_of(WORLD.days[11])
    emulator.world.feed_mode = "old contents"
    count = len(ids(before))
    with pytest.raises(SourceUnavailableError, match=f"{count} of its {count} new papers were those of {DAY}"):
        source.listing(WORLD.days[11], FOLLOWED)
    emulator.world.feed_mode = "fresh"
    assert ids(source.listing(WORLD.days[11], FOLLOWED))


def test_the_same_day_may_be_fetched_twice(source: RssSource) -> None:
    assert source.listing(DAY, FOLLOWED) == source.listing(DAY, FOLLOWED)


def test_a_few_repeated_papers_are_a_fault_and_no_stale_feed(
    source: RssSource, emulator: Emulator, tmp_path: Path
) -> None:
    listing = source.listing(DAY, FOLLOWED)
    (file,) = tmp_path.glob("feed-*.json")
    tomorrow = WORLD.new_on(WORLD.days[11], *FOLLOWED)
    file.write_text(json.dumps({f"{DAY}": [*filter(None, ids(listing)), tomorrow[0]]}))
    emulator.world.moment = noon_of(WORLD.days[11])
    faults = source.listing(WORLD.days[11], FOLLOWED).faults
    assert len(faults) == 1
    assert f"announced as new on {DAY} already" in faults[0]


def test_a_damaged_memory_of_batches_is_no_obstacle(source: RssSource, tmp_path: Path) -> None:
    listing = source.listing(DAY, FOLLOWED)
    (file,) = tmp_path.glob("feed-*.json")
    for text in ("", "[1]", '{"x": []}', '{"2025-03-04": 7}', "\x00"):
        file.write_text(text)
        assert source.listing(DAY, FOLLOWED) == listing


def test_an_empty_weekend_feed_is_an_empty_listing(source: RssSource, emulator: Emulator) -> None:
    saturday = FRIDAY + dt.timedelta(days=1)
    emulator.world.moment = noon_of(saturday)
    listing = source.listing(saturday, FOLLOWED)
    assert (listing.records, listing.announced_total, listing.faults) == ([], 0, [])


def test_an_empty_feed_on_an_announcement_day_is_an_outage(source: RssSource, emulator: Emulator) -> None:
    emulator.faults = Faults(rates={"empty_page": 1.0})
    for categories in (FOLLOWED, None):
        with pytest.raises(SourceUnavailableError, match=f"the feed of {DAY} is empty"):
            source.listing(DAY, categories)


def test_an_empty_feed_is_no_quiet_day_where_the_archives_feed_has_its_papers(
    source: RssSource, emulator: Emulator
) -> None:
    emulator.faults = Faults(script=["empty_page"])
    with pytest.raises(SourceUnavailableError, match=f"the feed of {DAY} is empty"):
        source.listing(DAY, FOLLOWED)
    assert [request.address for request in emulator.requests] == ["/rss/cs.LG+stat.ML", "/rss/cs+stat"]


def test_papers_that_appear_late_are_told_from_a_quiet_day(source: RssSource, emulator: Emulator) -> None:
    emulator.world.moment = announced_at(DAY) + dt.timedelta(hours=4, minutes=30)
    emulator.world.lag = dt.timedelta(hours=1)
    with pytest.raises(SourceUnavailableError, match=f"the feed of {DAY} is empty"):
        source.listing(DAY, FOLLOWED)
    emulator.world.moment += dt.timedelta(hours=1)
    listing = source.listing(DAY, FOLLOWED)
    assert {*ids(listing), *ids(listing, "cross")} == {*WORLD.new_on(DAY, *FOLLOWED)}


def test_a_category_without_papers_is_an_empty_listing_and_no_outage(source: RssSource) -> None:
    listing = source.listing(DAY, frozenset({"q-bio.BM"}))
    assert (listing.records, listing.announced_total) == ([], 0)


def test_a_feed_that_is_cut_off_is_asked_for_in_parts(emulator: Emulator, tmp_path: Path) -> None:
    whole = RssSource(emulator.rss_url, None, quick_pace(tmp_path)).listing(DAY, None)
    largest = max(len(WORLD.new_on(DAY, code)) + len(WORLD.replaced_on(DAY, code)) for code in ("cs.LG", "hep-th"))
    emulator.feed_items = largest + 1
    listing = RssSource(emulator.rss_url, None, quick_pace(tmp_path), most_items=largest + 1).listing(DAY, None)
    assert {one.paper_id for one in listing.records} == {one.paper_id for one in whole.records}
    assert ids(listing) == ids(whole)
    assert not listing.faults


def test_a_category_whose_feed_is_cut_off_is_a_fault(emulator: Emulator, tmp_path: Path) -> None:
    emulator.feed_items = 2
    source = RssSource(emulator.rss_url, None, quick_pace(tmp_path), most_items=2)
    listing = source.listing(DAY, frozenset({"cs.LG"}))
    assert len(listing.records) == 2
    assert len(listing.faults) == 1
    assert "cs.LG has 2 items, at which arXiv cuts it off" in listing.faults[0]


@pytest.mark.parametrize("fault", ["too_many_requests", "unavailable", "truncated", "dropped"])
def test_a_fault_that_stays_ends_in_a_sentence_after_all_tries(
    source: RssSource, emulator: Emulator, fault: str
) -> None:
    emulator.faults = Faults(rates={fault: 1.0}, retry_after="0")
    with pytest.raises(SourceUnavailableError, match=f"did not answer after {REPEATS + 1} tries"):
        source.listing(DAY, FOLLOWED)
    assert len(emulator.requests) == REPEATS + 1


def test_a_refused_feed_names_the_settings(source: RssSource) -> None:
    with pytest.raises(SourceUnavailableError, match=r"HTTP 400.*ALMANAC_CATEGORIES"):
        source.listing(DAY, frozenset({"cs.XX"}))


def test_a_server_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    source = RssSource("http://127.0.0.1:1/rss", None, quick_pace(tmp_path))
    with pytest.raises(SourceUnavailableError, match="did not answer"):
        source.listing(DAY, FOLLOWED)


def feed(item: str = "", date: str = "Thu, 18 Sep 2025 00:00:00 -0400", before: str = "") -> bytes:
    return f"""<?xml version='1.0' encoding='UTF-8'?>{before}
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">
<channel><pubDate>{date}</pubDate>{item}</channel></rss>""".encode()


def test_html_entities_in_an_item_become_characters() -> None:
    description = (
        "arXiv:2509.00001v2 Announce Type: replace \nAbstract: $a &amp;lt; b$, AT&amp;T, R\\&amp;D &amp;eacute;"
    )
    item = (
        f"<title>Caf&amp;eacute;</title><guid>oai:arXiv.org:2509.00001v2</guid><description>{description}</description>"
    )
    (found,) = read_feed(feed(f"<item>{item}</item>")).items
    written = json.loads(found.record)
    assert written["abstract"] == "$a < b$, AT&T, R\\&D é"
    assert written["title"] == "Café"
    assert (found.paper_id, found.listing) == ("2509.00001", "replace")


def test_an_item_with_an_unreadable_id_goes_on_to_be_rejected() -> None:
    item = "<item><guid>nonsense</guid><title>T</title><arxiv:announce_type>new</arxiv:announce_type></item>"
    (found,) = read_feed(feed(item)).items
    assert found.paper_id is None
    assert json.loads(found.record)["id"] == "nonsense"


@pytest.mark.parametrize(
    "body",
    [
        feed("<item><guid>oai:arXiv.org:2509.00001v1</guid></item>"),
        feed("<item><arxiv:announce_type>novel</arxiv:announce_type></item>"),
        feed(date="yesterday"),
        feed(before='<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'),
        feed(before='<!DOCTYPE rss SYSTEM "file:///etc/passwd">'),
        feed()[:-4],
        b"",
        b"<html><body>Rate exceeded.</body></html>",
        b"<rss/>",
    ],
)
def test_what_is_no_whole_feed_is_refused(body: bytes) -> None:
    with pytest.raises(BrokenXmlError):
        read_feed(body)
