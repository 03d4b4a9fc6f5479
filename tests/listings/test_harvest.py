"""How a harvest is kept: shared, resumed, extended, repeated after faults, and refused where it is damaged."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from assets.calendar.days import announced_at
from assets.errors import SourceUnavailableError, StorageError
from assets.listings.api_session import Pace
from assets.listings.harvest import REPEATS, SLICE_DAYS
from assets.listings.oai import OaiSource
from tests.emulators.arxiv.faults import Faults
from tests.emulators.arxiv.server import Emulator
from tests.listings.emulated import FOLLOWED, WORLD, addresses, ids, noon_of, oai_source, quick_pace

DAY = WORLD.days[10]


@pytest.fixture
def source(emulator: Emulator, tmp_path: Path) -> OaiSource:
    return oai_source(emulator, tmp_path)


def test_one_harvest_serves_all_days_after_its_first(source: OaiSource, emulator: Emulator) -> None:
    for day in WORLD.days:
        source.listing(day, frozenset({"hep-th"}))
    starts = [address for address in addresses(emulator) if "set=" in address]
    assert len(starts) == (emulator.world.now().date() - dt.date(2025, 2, 21)).days // SLICE_DAYS + 1
    assert all("set=physics%3Ahep-th" in address for address in starts)
    probes = [address for address in addresses(emulator) if "from=" in address and "set=" not in address]
    quiet = [day for day in WORLD.days if not WORLD.new_on(day, "hep-th")]
    assert len(set(probes)) == len(probes) <= len(quiet)


def test_each_new_day_costs_one_request_a_set(source: OaiSource, emulator: Emulator) -> None:
    for day in WORLD.days[:5]:
        emulator.world.moment = noon_of(day)
        emulator.requests.clear()
        source.listing(day, FOLLOWED)
        source.listing(day, FOLLOWED)
        assert len(emulator.requests) == 2


def test_a_day_is_the_same_whether_asked_at_once_or_weeks_later(emulator: Emulator, tmp_path: Path) -> None:
    late = oai_source(emulator, tmp_path / "late")
    expected = {day: ids(late.listing(day, FOLLOWED)) for day in WORLD.days[3:]}
    daily = oai_source(emulator, tmp_path / "daily")
    for day in WORLD.days:
        emulator.world.moment = noon_of(day)
        found = ids(daily.listing(day, FOLLOWED))
        assert day not in expected or found == expected[day]


def test_a_replacement_that_shows_after_its_datestamp_is_not_missed(emulator: Emulator, tmp_path: Path) -> None:
    day = next(day for day in WORLD.days[4:] if day.weekday() == 0 and WORLD.replaced_on(day, *FOLLOWED))
    source = oai_source(emulator, tmp_path)
    for moment in (noon_of(day - dt.timedelta(days=3)), noon_of(day - dt.timedelta(days=2))):
        emulator.world.moment = moment
        source.listing(day - dt.timedelta(days=3), FOLLOWED)
    emulator.world.moment = noon_of(day)
    assert ids(source.listing(day, FOLLOWED), "replace") == WORLD.replaced_on(day, *FOLLOWED)


def test_a_clock_that_goes_back_by_minutes_asks_for_nothing_again(emulator: Emulator, tmp_path: Path) -> None:
    clock = [emulator.world.now()]
    source = OaiSource(tmp_path, emulator.oai_url, quick_pace(tmp_path), now=lambda: clock[0])
    expected = ids(source.listing(DAY, FOLLOWED))
    emulator.requests.clear()
    clock[0] -= dt.timedelta(minutes=5)
    assert ids(source.listing(DAY, FOLLOWED)) == expected
    assert emulator.requests == []


def test_what_was_asked_by_a_clock_that_ran_ahead_is_asked_for_again_once_it_is_set_right(
    emulator: Emulator, tmp_path: Path
) -> None:
    """Before the service's update, by a clock that says that it is over: the next day would seem to have no paper."""
    mailed, clock = announced_at(DAY), [announced_at(DAY)]
    source = OaiSource(tmp_path, emulator.oai_url, quick_pace(tmp_path), now=lambda: clock[0])
    emulator.world.moment = mailed + dt.timedelta(minutes=15)
    clock[0] = emulator.world.moment + dt.timedelta(hours=5)
    source.listing(WORLD.days[WORLD.days.index(DAY) - 1], FOLLOWED)
    emulator.world.moment = clock[0] = mailed + dt.timedelta(hours=4)
    assert ids(source.listing(DAY, FOLLOWED)) == WORLD.new_on(DAY, *FOLLOWED)


def test_a_day_before_the_harvest_is_fetched_without_fetching_the_rest_again(
    source: OaiSource, emulator: Emulator
) -> None:
    source.listing(DAY, FOLLOWED)
    emulator.requests.clear()
    assert ids(source.listing(WORLD.days[3], FOLLOWED)) == WORLD.new_on(WORLD.days[3], *FOLLOWED)
    assert all("until=2025-03-0" in address for address in addresses(emulator) if "from=" in address)


def test_a_harvest_of_one_server_is_not_taken_for_anothers(emulator: Emulator, tmp_path: Path) -> None:
    oai_source(emulator, tmp_path).listing(DAY, FOLLOWED)
    emulator.requests.clear()
    address = emulator.oai_url.replace("127.0.0.1", "localhost")
    OaiSource(tmp_path, address, quick_pace(tmp_path), now=emulator.world.now).listing(DAY, FOLLOWED)
    assert emulator.requests


HARVEST = """
import datetime as dt, os, sys
from pathlib import Path
from assets.listings.api_session import Pace
from assets.listings.harvest_store import HarvestStore
from assets.listings.oai import OaiSource
folder, url, day, now, pages = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])
saved, save_page = 0, HarvestStore.save_page
def save_and_die(*arguments):
    global saved
    save_page(*arguments)
    saved += 1
    if saved == pages:
        os.kill(os.getpid(), 9)
HarvestStore.save_page = save_and_die
moment = dt.datetime.fromisoformat(now)
OaiSource(folder, url, Pace(0.0, 0.0, folder / "pace"), now=lambda: moment).listing(dt.date.fromisoformat(day), None)
"""


def test_a_killed_harvest_goes_on_where_it_stopped(emulator: Emulator, tmp_path: Path) -> None:
    now = emulator.world.now()
    arguments = [str(tmp_path), emulator.oai_url, f"{DAY}", now.isoformat(), "3"]
    killed = subprocess.run([sys.executable, "-c", HARVEST, *arguments], cwd=Path(__file__).parents[2], check=False)
    assert killed.returncode == -9
    assert len(emulator.requests) == 3
    before = addresses(emulator)
    listing = oai_source(emulator, tmp_path).listing(DAY, None)
    assert ids(listing) == WORLD.new_on(DAY)
    assert not set(before) & set(addresses(emulator)[3:])
    fresh = oai_source(emulator, tmp_path / "fresh")
    count = len(emulator.requests)
    assert fresh.listing(DAY, None) == listing
    assert len(emulator.requests) == 2 * count


def test_a_token_of_yesterday_is_not_trusted(emulator: Emulator, tmp_path: Path) -> None:
    emulator.faults = Faults(rates={"unavailable": 1.0}, retry_after="0")
    source = oai_source(emulator, tmp_path)
    emulator.faults.rates = {}
    now = emulator.world.now()
    arguments = [str(tmp_path), emulator.oai_url, f"{DAY}", now.isoformat(), "2"]
    subprocess.run([sys.executable, "-c", HARVEST, *arguments], cwd=Path(__file__).parents[2], check=False)
    emulator.requests.clear()
    emulator.world.moment = now + dt.timedelta(days=1)
    assert ids(source.listing(DAY, None)) == WORLD.new_on(DAY)
    assert "resumptionToken" not in addresses(emulator)[0]


def test_two_runs_at_once_share_one_harvest(emulator: Emulator, tmp_path: Path) -> None:
    alone = oai_source(emulator, tmp_path / "alone")
    expected = alone.listing(DAY, FOLLOWED)
    minimum = len(emulator.requests)
    emulator.requests.clear()
    found = []
    shared = [oai_source(emulator, tmp_path / "shared") for _ in range(3)]
    threads = [threading.Thread(target=lambda one=one: found.append(one.listing(DAY, FOLLOWED))) for one in shared]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 3
    assert len(emulator.requests) == minimum


def test_an_expired_token_restarts_its_slice(source: OaiSource, emulator: Emulator) -> None:
    emulator.faults = Faults(script=["expired_token"])
    assert ids(source.listing(DAY, None)) == WORLD.new_on(DAY)
    starts = [address for address in addresses(emulator) if "resumptionToken" not in address]
    assert starts[0] == starts[1]


def test_tokens_that_always_expire_end_in_a_sentence(source: OaiSource, emulator: Emulator) -> None:
    emulator.faults = Faults(rates={"expired_token": 1.0})
    with pytest.raises(SourceUnavailableError, match="token expire 6 times"):
        source.listing(DAY, None)


@pytest.mark.parametrize("fault", ["empty_page", "too_many_requests", "unavailable", "truncated", "dropped"])
def test_a_fault_that_stays_ends_in_a_sentence_after_all_tries(
    source: OaiSource, emulator: Emulator, fault: str
) -> None:
    emulator.faults = Faults(rates={fault: 1.0}, retry_after="0")
    with pytest.raises(SourceUnavailableError, match=f"did not answer after {REPEATS + 1} tries"):
        source.listing(DAY, FOLLOWED)
    assert len(emulator.requests) == REPEATS + 1


def test_an_answer_that_stops_is_given_up_and_asked_for_again(emulator: Emulator, tmp_path: Path) -> None:
    emulator.faults = Faults(script=["slow"], slow_seconds=1.0)
    source = oai_source(emulator, tmp_path, timeout=(1.0, 0.3))
    assert ids(source.listing(DAY, FOLLOWED)) == WORLD.new_on(DAY, *FOLLOWED)
    assert addresses(emulator)[0] == addresses(emulator)[1]


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_heeded(emulator: Emulator, tmp_path: Path, form: str) -> None:
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=2)
    header = "1" if form == "seconds" else f"{moment:%a, %d %b %Y %H:%M:%S GMT}"
    emulator.faults = Faults(script=["unavailable"], retry_after=header)
    oai_source(emulator, tmp_path).listing(DAY, frozenset({"hep-th"}))
    refused, repeated = emulator.requests[:2]
    assert refused.status == 503
    assert refused.address == repeated.address
    if form == "seconds":
        assert repeated.at - refused.at >= 0.95
    else:
        assert dt.datetime.now(dt.UTC) >= moment.replace(microsecond=0)


def test_requests_keep_the_pace_and_name_the_product(emulator: Emulator, tmp_path: Path) -> None:
    began = time.monotonic()
    pace = Pace(interval=0.1, first_pause=0.0, file=tmp_path / "pace")
    OaiSource(tmp_path, emulator.oai_url, pace, now=emulator.world.now).listing(DAY, frozenset({"hep-th"}))
    assert len(emulator.requests) > 2
    assert time.monotonic() - began >= 0.1 * (len(emulator.requests) - 1)
    assert all(request.agent.startswith("preprint-almanac") for request in emulator.requests)


def test_a_damaged_harvest_says_what_to_do(source: OaiSource, tmp_path: Path) -> None:
    source.listing(DAY, frozenset({"hep-th"}))
    (file,) = tmp_path.glob("harvest-*.sqlite")
    for journal in tmp_path.glob("harvest-*.sqlite-*"):
        journal.unlink()
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(StorageError, match="delete it"):
        source.listing(DAY, frozenset({"hep-th"}))


def test_a_harvest_of_another_layout_is_refused(source: OaiSource, tmp_path: Path) -> None:
    source.listing(DAY, frozenset({"hep-th"}))
    (file,) = tmp_path.glob("harvest-*.sqlite")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StorageError, match="another version"):
        source.listing(DAY, frozenset({"hep-th"}))


def test_a_harvest_of_the_first_layout_goes_on(source: OaiSource, emulator: Emulator, tmp_path: Path) -> None:
    expected = ids(source.listing(DAY, FOLLOWED))
    (file,) = tmp_path.glob("harvest-*.sqlite")
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        stamps = connection.execute("SELECT paper_id, stamped FROM papers ORDER BY paper_id").fetchall()
        connection.execute("ALTER TABLE papers DROP COLUMN stamped")
        connection.execute("PRAGMA user_version = 1")
    asked = len(emulator.requests)
    assert ids(oai_source(emulator, tmp_path).listing(DAY, FOLLOWED)) == expected
    assert len(emulator.requests) == asked
    with contextlib.closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT paper_id, stamped FROM papers ORDER BY paper_id").fetchall() == stamps
