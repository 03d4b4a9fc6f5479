"""Caps over more than a day: they hold over days, runs, processes, batches and pages, and loosen only with time."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

import polars as pl
import pytest

from assets.errors import SettingsError, StorageError
from assets.summaries.engine.caps import THIRTY_DAYS, Cap, of_a_command, of_thirty_days, spent_since, used_up
from assets.summaries.engine.journal import FILE, Entry, Journal
from assets.summaries.engine.settings import EngineSettings
from assets.summaries.schema import SUMMARIES
from tests.emulators.llm.behaviour import BatchBehaviour, Behaviour
from tests.emulators.llm.server import serving
from tests.summaries.engine.papers import done, engine, statuses
from tests.summaries.engine.test_batches import PRICES, answers, batch_engine, days, make

USD = 0.035
"""What some twenty of the emulated answers cost."""


def put(folder: Path, cost: float, seconds_ago: float) -> None:
    """An answer about something else, that was given so long ago."""

    async def append() -> None:
        with Journal(folder) as journal:
            await journal.append(
                Entry(
                    key=f"{cost} {seconds_ago}", day="2025-01-02", paper_id="2501.00001", abstract_hash="", model="m",
                    prompt_version="1", content="{}", finish_reason="stop", refusal=None, input_tokens=1,
                    output_tokens=1, cost_usd=cost, requests=1, seconds=1.0, created_at=time.time() - seconds_ago,
                )
            )  # fmt: skip

    asyncio.run(append())


def reasons(rows: pl.DataFrame) -> set[str]:
    return set(rows.filter(status="pending")["reason"])


@pytest.mark.parametrize("cap", [of_thirty_days(USD), of_a_command(USD, 0.0)], ids=["30 days", "command"])
def test_days_together_stay_below_the_cap_and_a_higher_one_pays_for_nothing_twice(tmp_path: Path, cap: Cap) -> None:
    papers = days(3, 14)
    with serving(Behaviour(latency=0.01)) as endpoint:

        def made(before: dict[str, pl.DataFrame], *caps: Cap) -> dict[str, pl.DataFrame]:
            # A summarizer for each day, as in runs that are processes of their own.
            return {
                day: engine(endpoint.base_url, tmp_path, prices=PRICES, caps=caps).summarize(
                    papers[day], ["en"], before.get(day, SUMMARIES.empty())
                )
                for day in papers
            }

        first = made({}, cap)
        asked = answers(endpoint)
        assert 0.7 * USD < spent_since(tmp_path, 0.0) <= USD
        assert [statuses(rows).get("pending", 0) for rows in first.values()][::2] == [0, 14]
        assert set.union(*map(reasons, first.values())) == {cap.reached}
        again = made(first, cap)
        # A smaller question may still fit, but never the cap be passed.
        assert spent_since(tmp_path, 0.0) <= USD
        assert answers(endpoint) - asked <= 1
        made(again, of_thirty_days(10.0))
        assert set(endpoint.served.answers.values()) == {1}
    assert len(endpoint.served.answers) == 42


def test_what_is_longer_ago_than_thirty_days_counts_no_more(tmp_path: Path) -> None:
    papers = days(1, 4)["2026-01-01"]
    with serving(Behaviour()) as endpoint:

        def done_with(folder: Path) -> int:
            made = engine(endpoint.base_url, folder, prices=PRICES, caps=(of_thirty_days(USD),))
            return done(made.summarize(papers, ["en"], SUMMARIES.empty()))

        put(tmp_path / "new", USD, THIRTY_DAYS - 3_600)
        put(tmp_path / "old", USD, THIRTY_DAYS + 3_600)
        # A clock that was set back: the answer is of a time that has not come yet, and was paid for all the same.
        put(tmp_path / "future", USD, -9 * 86_400)
        assert [done_with(tmp_path / name) for name in ("new", "old", "future")] == [0, 4, 0]


def test_a_command_counts_what_is_spent_after_it_began(tmp_path: Path) -> None:
    papers = days(1, 4)["2026-01-01"]
    put(tmp_path, 5.0, 60.0)
    with serving(Behaviour()) as endpoint:
        for before, made in ((5.0, 4), (5.0 - USD, 0)):
            summarizer = engine(endpoint.base_url, tmp_path, prices=PRICES, caps=(of_a_command(USD, before),))
            rows = summarizer.summarize(papers.head(made or 4), ["en"], SUMMARIES.empty())
            if made:
                assert done(rows) == made
        summarizer = engine(endpoint.base_url, tmp_path, prices=PRICES, caps=(of_a_command(0.0, 5.0),))
        rows = summarizer.summarize(days(2, 4)["2026-01-02"], ["en"], SUMMARIES.empty())
    assert statuses(rows) == {"pending": 4}


def test_batches_of_several_days_stay_below_the_cap_together(tmp_path: Path) -> None:
    papers, caps = days(3, 30), (of_thirty_days(USD),)
    with serving(Behaviour()) as endpoint:
        first = make(batch_engine(endpoint, tmp_path, caps=caps), papers)
        assert 0.4 * USD < spent_since(tmp_path, 0.0) <= USD
        assert set.union(*map(reasons, first.values())) == {caps[0].reached}
        make(batch_engine(endpoint, tmp_path, caps=caps), papers, first)
        assert spent_since(tmp_path, 0.0) <= USD
        make(batch_engine(endpoint, tmp_path), papers, first)
        assert set(endpoint.served.answers.values()) == {1}
    assert len(endpoint.served.answers) == 90


def test_what_open_batches_may_cost_is_not_given_out_again(tmp_path: Path) -> None:
    papers = days(2, 30)
    one, other = papers
    with serving(Behaviour(batches=BatchBehaviour(seconds=60.0))) as endpoint:
        stopped = batch_engine(endpoint, tmp_path, caps=(of_thirty_days(0.06),))

        def until_submitted(_: object) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            stopped.prepare([one], ["en"], lambda day: (papers[day], SUMMARIES.empty()), until_submitted)
        assert endpoint.served.batches == 1
        reserved = 0.06 - spent_since(tmp_path, 0.0)
        live = engine(endpoint.base_url, tmp_path, prices=PRICES, caps=(of_thirty_days(0.06),))
        rows = live.summarize(papers[other], ["en"], SUMMARIES.empty())
        assert reserved > 0.04
        assert statuses(rows)["pending"] > 5


@pytest.mark.parametrize(
    ("room", "live", "batches"), [(0.0, True, True), (0.002, True, True), (0.004, True, False), (0.006, False, False)]
)
def test_a_cap_is_used_up_when_no_answer_has_room(tmp_path: Path, room: float, live: bool, batches: bool) -> None:
    """An answer of 1,200 tokens may cost 0.0048 US dollars, and half of that in a batch."""
    put(tmp_path, 1.0, 60.0)
    cap = of_thirty_days(1.0 + room)
    settings = EngineSettings(model="emulated", journal=tmp_path, prices=PRICES, caps=(cap,))
    assert used_up(settings, in_batches=False) == (cap if live else None)
    assert used_up(settings, in_batches=True) == (cap if batches else None)
    assert used_up(EngineSettings(model="emulated", journal=tmp_path), in_batches=False) is None


def test_a_cap_needs_prices_and_a_journal_that_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ALMANAC_MAX_COST_30_DAYS_USD is set, but ALMANAC_PRICES has no price"):
        EngineSettings(model="emulated", journal=tmp_path, caps=(of_thirty_days(1.0),))
    assert spent_since(tmp_path / "absent", 0.0) == 0.0
    (tmp_path / FILE).write_bytes(b"no database at all")
    with pytest.raises(StorageError, match="journal of model answers"):
        spent_since(tmp_path, 0.0)


def test_a_journal_of_an_earlier_version_is_summed_up_without_being_read(tmp_path: Path) -> None:
    put(tmp_path, 1.5, 60.0)
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("DROP INDEX costs_by_time")
    put(tmp_path, 0.25, 30.0)
    assert spent_since(tmp_path, 0.0) == 1.75
    with sqlite3.connect(tmp_path / FILE) as database:
        plan = database.execute("EXPLAIN QUERY PLAN SELECT sum(cost_usd) FROM answers WHERE created_at >= 0").fetchall()
    assert "COVERING INDEX costs_by_time" in str(plan)
