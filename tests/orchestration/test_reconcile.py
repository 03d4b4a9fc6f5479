"""Looking again, end to end: by the job, the sensors and the runs they ask for, and by the command."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from assets.listings.api import ApiSource
from assets.listings.fallback import FallbackSource
from assets.listings.oai import OaiSource
from assets.listings.sample import SampleSource
from assets.listings.schema import RAW_LISTINGS
from assets.listings.source import ListingSource
from assets.papers.schema import LISTING_LEDGER, PAPERS
from assets.summaries.schema import SUMMARIES
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.definitions import build_definitions
from orchestration.reconciliation import FOLLOWED_UP, JOB_NAME
from orchestration.settings import load_settings
from tests.emulators.arxiv.faults import Faults
from tests.emulators.arxiv.papers import Paper
from tests.emulators.arxiv.server import Emulator
from tests.listings.emulated import FOLLOWED, WORLD, addresses, noon_of, oai_source, quick_pace, reset, served
from tests.orchestration.conftest import Run
from tests.orchestration.daemon import Daemon, asked_for
from tests.orchestration.test_bad_input import paper, write

DAYS = [f"{day}" for day in WORLD.days[12:15]]
LATE = (WORLD.new_on(WORLD.days[12], *FOLLOWED)[-1], WORLD.new_on(WORLD.days[14], *FOLLOWED)[0])
"""A paper of the first day and one of the third."""


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    with served() as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Iterator[Emulator]:
    reset(running)
    whole = running.world.papers
    yield running
    running.world.papers = whole


def without(emulator: Emulator, *missing: str) -> list[Paper]:
    return [one for one in emulator.world.papers if one.paper_id not in missing]


def daemon_of(emulator: Emulator, tmp_path: Path, name: str) -> Daemon:
    def source() -> ListingSource:
        if name == "api":
            return ApiSource(emulator.api_url, quick_pace(tmp_path))
        return oai_source(emulator, tmp_path / "harvest")

    return Daemon(Home(tmp_path / "home"), source, name)


def test_papers_that_appear_late_are_found_and_exactly_what_stands_on_them_is_made_again(
    emulator: Emulator, tmp_path: Path
) -> None:
    daemon = daemon_of(emulator, tmp_path, "api")
    whole, emulator.world.papers = emulator.world.papers, without(emulator, *LATE)
    daemon.make(DAYS)
    while requests := daemon.roll_ups():
        daemon.obey(requests)
    emulator.world.papers = whole
    emulator.requests.clear()
    looked = daemon.run(JOB_NAME)
    assert len(addresses(emulator)) == 1
    requests = daemon.after(looked)
    assert asked_for(requests) == [("daily", DAYS[0]), ("daily", DAYS[2])]
    summarized = daemon.lake.read(SUMMARIES, DAYS).select("paper_id", "created_at")
    untouched = {DAYS[1]: daemon.lake.fingerprint(PAPERS, DAYS[1])}
    daemon.obey(requests)
    assert [paper_id in daemon.listed(day) for paper_id, day in zip(LATE, (DAYS[0], DAYS[2]), strict=True)] == [
        True
    ] * 2
    assert {day: daemon.lake.fingerprint(PAPERS, day) for day in untouched} == untouched
    again = daemon.lake.read(SUMMARIES, DAYS).select("paper_id", "created_at")
    assert set(again.iter_rows()) - set(summarized.iter_rows()) == {row for row in again.iter_rows() if row[0] in LATE}
    assert set(daemon.lake.read(LISTING_LEDGER, DAYS)["unexplained"]) == {0}
    months = daemon.roll_ups()
    assert asked_for(months) == [("monthly", "2025-03")]
    daemon.obey(months)
    assert asked_for(daemon.roll_ups()) == [("yearly", "2025")]
    assert daemon.after(daemon.run(JOB_NAME)) == []


def test_a_day_that_was_late_as_a_whole_is_found_though_its_first_run_failed(
    emulator: Emulator, tmp_path: Path
) -> None:
    daemon = daemon_of(emulator, tmp_path, "oai")
    emulator.world.moment = noon_of(WORLD.days[12])
    daemon.make(DAYS[:1])
    emulator.world.moment = dt.datetime.combine(WORLD.days[13], dt.time(4), dt.UTC)
    emulator.world.lag = dt.timedelta(hours=3)
    assert not daemon.run("daily", DAYS[1]).success
    emulator.world.lag = dt.timedelta(0)
    emulator.world.moment = noon_of(WORLD.days[14])
    daemon.make([DAYS[2]])
    requests = daemon.after(daemon.run(JOB_NAME))
    assert asked_for(requests) == [("daily", DAYS[1])]
    daemon.obey(requests)
    assert daemon.listed(DAYS[1]) == WORLD.new_on(WORLD.days[13], *FOLLOWED)
    held = {paper for day in WORLD.days[:15] for paper in WORLD.new_on(day, *FOLLOWED)}
    assert {paper for day in DAYS[:3] for paper in daemon.listed(day)} <= held
    assert daemon.after(daemon.run(JOB_NAME)) == []


def test_an_outage_changes_nothing_and_says_so(emulator: Emulator, tmp_path: Path) -> None:
    daemon = daemon_of(emulator, tmp_path, "api")
    emulator.world.papers = without(emulator, *LATE)
    daemon.make(DAYS[:1])
    before = daemon.lake.fingerprint(RAW_LISTINGS, DAYS[0])
    emulator.faults = Faults(rates={"unavailable": 1.0}, retry_after="0")
    looked = daemon.run(JOB_NAME)
    assert not looked.success
    (failure,) = [event.step_failure_data for event in looked.all_events if event.is_step_failure]
    assert failure.user_failure_data is not None
    assert "did not answer" in str(failure.user_failure_data.description)
    assert str(failure.user_failure_data.description).endswith("Nothing was changed.")
    assert daemon.lake.fingerprint(RAW_LISTINGS, DAYS[0]) == before


def test_another_source_stands_in_and_gives_way_but_never_replaces_what_the_first_one_made(
    emulator: Emulator, tmp_path: Path
) -> None:
    out = True

    def source() -> ListingSource:
        nobody = OaiSource(tmp_path / "dead", "http://127.0.0.1:9/oai", quick_pace(tmp_path))
        first = nobody if out else oai_source(emulator, tmp_path / "harvest")
        return FallbackSource(first, ApiSource(emulator.api_url, quick_pace(tmp_path)))

    daemon = Daemon(Home(tmp_path / "home"), source, "oai")
    daemon.make(DAYS[:1])
    assert daemon.lake.notes(RAW_LISTINGS, DAYS[0])["fallback_for"] == "oai"
    assert set(daemon.lake.read(RAW_LISTINGS, DAYS[:1])["source"]) == {"api"}
    assert set(daemon.lake.read(LISTING_LEDGER, DAYS[:1])["fallback_for"]) == {"oai"}
    out = False
    requests = daemon.after(daemon.run(JOB_NAME))
    assert asked_for(requests) == [("daily", DAYS[0])]
    daemon.obey(requests)
    assert set(daemon.lake.read(RAW_LISTINGS, DAYS[:1])["source"]) == {"oai"}
    assert daemon.after(daemon.run(JOB_NAME)) == []
    out = True
    before = daemon.lake.fingerprint(RAW_LISTINGS, DAYS[0])
    assert not daemon.run("daily", DAYS[0]).success
    assert daemon.lake.fingerprint(RAW_LISTINGS, DAYS[0]) == before


def test_the_schedule_looks_again_on_mornings_of_announcement_days(tmp_path: Path) -> None:
    for source, expected in (("oai", [True, False, False]), ("rss", [False, False, False])):
        repository = build_definitions(load_settings(home=tmp_path, source=source)).get_repository_def()
        schedule = repository.get_schedule_def("look_again_at_recent_days")
        asked = []
        for date in ("2026-01-30", "2026-01-02", "2026-01-20"):
            at = dt.datetime.fromisoformat(f"{date}T06:30").replace(tzinfo=ZoneInfo("America/New_York"))
            context = dg.build_schedule_context(scheduled_execution_time=at, repository_def=repository)
            asked.append(bool(schedule.evaluate_tick(context).run_requests))
        assert asked == expected


WEEK = ("2026-01-26", "2026-01-27", "2026-01-28")


def week(folder: Path, *more: tuple[int, str]) -> Path:
    """A snapshot with two papers a day, and `more` of them (number, day); of equal numbers the last counts."""
    papers = {10 * place + number: day for place, day in enumerate(WEEK) for number in (1, 2)} | dict(more)
    return write(folder / "week.jsonl", [json.dumps(paper(number, announced=day)) for number, day in papers.items()])


def test_the_command_makes_what_changed_and_nothing_else(almanac: Run, tmp_path: Path) -> None:
    settings = {"home": tmp_path / "home", "source": "snapshot", "snapshot": week(tmp_path)}
    assert almanac("backfill", WEEK[0], WEEK[-1], **settings).code == 0
    lake = Lake(tmp_path / "home" / "lake")
    written = {day: lake.partition_file(RAW_LISTINGS, day).stat().st_mtime_ns for day in WEEK}
    told = almanac("reconcile")
    assert told.code == 0, told.err
    assert "Looked again at 3 days (2026-01-26 … 2026-01-28): nothing changed." in told.out
    assert {day: lake.partition_file(RAW_LISTINGS, day).stat().st_mtime_ns for day in WEEK} == written

    week(tmp_path, (2, WEEK[2]), (3, WEEK[2]))
    told = almanac("reconcile", "--no-roll-up")
    assert told.code == 0, told.err
    assert "2 days changed" in told.out
    assert "2026-01-26: 1 moved: 2601.90002 (on 2026-01-28 now)." in told.out
    assert lake.partition_file(RAW_LISTINGS, WEEK[1]).stat().st_mtime_ns == written[WEEK[1]]
    assert sorted(lake.read(PAPERS, [WEEK[2]])["paper_id"]) == [f"2601.{90000 + number}" for number in (2, 3, 21, 22)]
    shown = json.loads(Home(tmp_path / "home").digest(WEEK[0])[1].read_text())
    assert [one["id"] for section in shown["sections"] for one in section["papers"]] == ["2601.90001"]


def test_the_command_names_the_papers_that_a_day_would_lose_and_leaves_it(almanac: Run, tmp_path: Path) -> None:
    settings = {"home": tmp_path / "home", "source": "snapshot", "snapshot": week(tmp_path)}
    assert almanac("backfill", WEEK[0], WEEK[-1], "--no-roll-up", **settings).code == 0
    path = week(tmp_path)
    path.write_text("".join(line + "\n" for line in path.read_text().splitlines() if "2601.90011" not in line))
    told = almanac("reconcile")
    assert told.code == 3
    assert "2026-01-27: 1 are no longer given by the source: 2601.90011." in told.err
    assert "2026-01-27 stays as it is" in told.err
    assert Lake(tmp_path / "home" / "lake").row_count(RAW_LISTINGS, WEEK[1]) == 2
    told = almanac("run", WEEK[1], "--no-roll-up")
    assert told.code == 3
    assert "no_fewer_records_than_before" in told.err
    assert "2601.90011" in told.err


def test_the_command_in_an_empty_home_says_that_there_is_nothing(almanac: Run, tmp_path: Path) -> None:
    told = almanac("reconcile", home=tmp_path / "home", source="snapshot", snapshot=week(tmp_path))
    assert told.code == 0
    assert "There is no day to look at yet" in told.out


def test_what_the_command_found_is_not_made_once_more_by_the_sensor(tmp_path: Path) -> None:
    daemon = Daemon(Home(tmp_path / "home"), SampleSource, "sample")
    looked = daemon.run(JOB_NAME, None, **{FOLLOWED_UP: "command"})
    assert looked.success
    assert daemon.after(looked) == []
