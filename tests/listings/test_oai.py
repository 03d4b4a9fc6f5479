"""The OAI-PMH source against the emulated service, over real HTTP."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from assets.categories import all_categories
from assets.errors import InputError, SourceUnavailableError
from assets.listings.oai import OaiSource
from assets.listings.oai_records import sets_of
from tests.emulators.arxiv.invented import CATEGORIES
from tests.emulators.arxiv.papers import papers_of
from tests.emulators.arxiv.server import Emulator
from tests.emulators.arxiv.sets import all_sets, is_in
from tests.listings.corpus import record, submitted
from tests.listings.emulated import FOLLOWED, WORLD, ids, noon_of, oai_source, quick_pace

DAY = WORLD.days[10]


@pytest.fixture
def source(emulator: Emulator, tmp_path: Path) -> OaiSource:
    return oai_source(emulator, tmp_path)


@pytest.fixture(scope="module")
def harvested(running: Emulator, tmp_path_factory: pytest.TempPathFactory) -> OaiSource:
    """A source whose harvest is shared by tests that change nothing."""
    return oai_source(running, tmp_path_factory.mktemp("harvest"))


@pytest.mark.parametrize("day", WORLD.days[3:])
def test_a_day_has_its_new_papers_held_ones_too_and_its_replacements(
    harvested: OaiSource, emulator: Emulator, day: dt.date
) -> None:
    assert emulator.world.now() > noon_of(WORLD.days[-1])
    listing = harvested.listing(day, FOLLOWED)
    assert ids(listing) == WORLD.new_on(day, *FOLLOWED)
    assert ids(listing, "replace") == WORLD.replaced_on(day, *FOLLOWED)
    assert {one.announced_by for one in listing.records} <= {"submission", "id order"}
    assert not listing.faults


def test_every_paper_is_new_on_one_day_only(source: OaiSource) -> None:
    listed = [paper_id for day in WORLD.days for paper_id in ids(source.listing(day, None))]
    assert len(listed) == len(set(listed))
    assert set(listed) == {one["id"] for one, _ in WORLD.records}


def test_a_record_has_the_snapshots_layout_with_all_versions(source: OaiSource) -> None:
    listing = source.listing(DAY, None)
    by_id = {one["id"]: one for one, _ in WORLD.records}
    for one in listing.records:
        given, found = by_id[str(one.paper_id)], json.loads(one.record)
        assert {**found, "update_date": None} == {**given, "update_date": None, "authors_parsed": None}
        assert one.source_ref.endswith(f"&identifier=oai:arXiv.org:{one.paper_id}")


def test_an_update_that_is_late_is_told_from_a_quiet_day_and_asked_for_again(
    emulator: Emulator, tmp_path: Path
) -> None:
    source = oai_source(emulator, tmp_path)
    emulator.world.moment = dt.datetime.combine(DAY, dt.time(5), dt.UTC)
    emulator.world.lag = dt.timedelta(hours=4)
    for categories in (FOLLOWED, None):
        with pytest.raises(SourceUnavailableError, match=f"no paper of {DAY}, an announcement day"):
            source.listing(DAY, categories)
    emulator.world.moment += dt.timedelta(hours=4)
    assert ids(source.listing(DAY, FOLLOWED)) == WORLD.new_on(DAY, *FOLLOWED)


def test_a_category_without_papers_is_an_empty_listing_and_no_outage(source: OaiSource) -> None:
    assert not source.listing(DAY, frozenset({"q-bio.BM"})).records


def test_a_day_whose_mailing_has_not_left_is_an_input_error(emulator: Emulator, tmp_path: Path) -> None:
    emulator.world.moment = dt.datetime.combine(DAY - dt.timedelta(days=1), dt.time(12), dt.UTC)
    with pytest.raises(InputError, match="not announced yet"):
        oai_source(emulator, tmp_path).listing(DAY, FOLLOWED)
    assert not emulator.requests


def test_deleted_records_are_tolerated_and_leave_the_listing(tmp_path: Path) -> None:
    day = dt.date(2025, 3, 5)
    papers = [
        (record("2503.00001", submitted(4, 10), update_date=None), day),
        (record("2503.00002", submitted(4, 11), update_date=None, deleted="2025-03-10"), day),
    ]
    with Emulator(papers_of(papers), noon_of(day)) as emulator:
        source = oai_source(emulator, tmp_path)
        assert ids(source.listing(day, None)) == ["2503.00001", "2503.00002"]
        emulator.world.moment = noon_of(dt.date(2025, 3, 10))
        assert ids(source.listing(day, None)) == ["2503.00001"]


def test_a_version_from_before_the_announcement_is_no_replacement(tmp_path: Path) -> None:
    tuesday, friday = dt.date(2025, 3, 4), dt.date(2025, 3, 7)
    written = [f"{submitted(day, 10):%a, %d %b %Y %H:%M:%S GMT}" for day in (3, 4, 6)]
    versions = [{"version": f"v{number}", "created": text} for number, text in enumerate(written[:2], start=1)]
    papers = [
        (record("2503.00001", submitted(3, 11), update_date=None), tuesday),
        (record("2503.00002", versions=versions, update_date=None), friday),
        (record("2503.00003", submitted(6, 10), update_date=None), friday),
        (record("2503.00004", submitted(4, 10), update_date=None), dt.date(2025, 3, 5)),
    ]
    with Emulator(papers_of(papers), noon_of(friday)) as emulator:
        source = oai_source(emulator, tmp_path)
        assert ids(source.listing(dt.date(2025, 3, 5), None), "replace") == []


def test_a_held_paper_that_either_mailing_explains_is_of_the_day_that_it_was_first_stamped_with(tmp_path: Path) -> None:
    tuesday, friday = dt.date(2025, 3, 4), dt.date(2025, 3, 7)
    written = [f"{time:%a, %d %b %Y %H:%M:%S GMT}" for time in (submitted(3, 10, month=2), submitted(10, 10))]
    versions = [{"version": f"v{number}", "created": text} for number, text in enumerate(written, start=1)]
    papers = [
        (record("2503.00001", submitted(3, 10), update_date=None), tuesday),
        (record("2503.00002", versions=versions, update_date=None), friday),
        (record("2503.00003", submitted(6, 10), update_date=None), friday),
    ]
    with Emulator(papers_of(papers), noon_of(friday)) as emulator:
        source = oai_source(emulator, tmp_path)
        for moment in (friday, dt.date(2025, 3, 12)):
            emulator.world.moment = noon_of(moment)
            listed = ids(source.listing(friday, frozenset({"cs.LG"})))
            assert listed == ["2503.00002", "2503.00003"]


def test_an_unknown_set_names_the_settings(emulator: Emulator, tmp_path: Path) -> None:
    source = OaiSource(
        tmp_path, emulator.oai_url, quick_pace(tmp_path), now=lambda: noon_of(DAY) + dt.timedelta(days=900)
    )
    with pytest.raises(SourceUnavailableError, match=r"BadArgument.*ALMANAC_OAI_URL"):
        source.listing(DAY, FOLLOWED)


def test_a_server_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    source = OaiSource(tmp_path, "http://127.0.0.1:1/oai", quick_pace(tmp_path))
    with pytest.raises(SourceUnavailableError, match="did not answer after"):
        source.listing(DAY, FOLLOWED)


def test_every_category_has_a_set_that_the_service_knows_and_that_holds_it() -> None:
    for category in all_categories():
        (found,) = sets_of(frozenset({category}))
        assert found in all_sets()
        assert is_in((category,), str(found))


def test_many_categories_of_a_group_are_asked_for_as_one_set() -> None:
    assert sets_of(None) == [None]
    assert sets_of(FOLLOWED) == ["cs:cs:LG", "stat:stat:ML"]
    everything = sets_of(frozenset(all_categories()))
    assert everything == ["cs", "econ:econ:EM", "econ:econ:GN", "econ:econ:TH", "eess:eess:AS", "eess:eess:IV",
                          "eess:eess:SP", "eess:eess:SY", "math", "physics", "q-bio", "q-fin", "stat"]  # fmt: skip
    assert {code for text in CATEGORIES for code in text.split()} - {"cs.NA"} <= set(all_categories())
