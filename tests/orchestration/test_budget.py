"""Budgets of more than a day: a command's own, and one for 30 days that holds for runs which Dagster starts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import dagster as dg
import pytest

from assets.digests.schema import DIGESTS
from assets.summaries.engine.caps import of_thirty_days, spent_since
from assets.summaries.schema import SUMMARIES
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.last_words import STOPPED
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import Running, serving
from tests.orchestration.conftest import DAYS, Run
from tests.orchestration.modelled import Modelled, modelled

PAPERS = 25 + 31
"""Of the first two days."""
USD = 0.03
"""Less than the first day costs."""


def answered(endpoint: Running) -> int:
    return sum(endpoint.served.answers.values())


def pending(home: Home, day: str) -> int:
    return Lake(home.root / "lake").read(SUMMARIES, [day]).filter(status="pending").height


def wanted_repairs(made: Modelled) -> str | list[str | None] | None:
    """The days that the schedule of the repairs asks for, or why it asks for none."""
    repository = made.definitions.get_repository_def()
    at = dt.datetime(2025, 9, 5, 12, 15, tzinfo=dt.UTC)
    context = dg.build_schedule_context(scheduled_execution_time=at, repository_def=repository)
    data = repository.get_schedule_def("repairs").evaluate_tick(context)
    return data.skip_message or [request.partition_key for request in data.run_requests or []]


def test_a_command_stops_at_its_budget_says_what_is_left_and_the_next_one_pays_for_the_rest(
    almanac: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    given = {"home": home.root, "source": "sample", "model": "emulated", "prices": "emulated=1/4"}
    with serving(Behaviour()) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        told = almanac("backfill", DAYS[0], DAYS[0], "--max-cost", str(USD), "--no-roll-up", **given)
        spent, left = spent_since(home.answers, 0.0), pending(home, DAYS[0])
        assert told.code == STOPPED, told.err
        assert 0.7 * USD < spent <= USD
        assert 0 < left < 25
        assert Lake(home.root / "lake").keys(DIGESTS) == []
        assert told.err.count("almanac: ") == 1
        for words in (
            f"{DAYS[0]}: {left} of 25 summaries are pending",
            f"the cost cap of {USD} US dollars for this command (--max-cost) is reached ({spent:.4f} are spent)",
            f"`almanac repair {DAYS[0]} {DAYS[0]} --max-cost USD`",
            f"{left} request",
            ", about 0.0",
        ):
            assert words in told.err
        # The next one has a budget of its own, and asks for nothing that is there.
        healed = almanac("backfill", DAYS[0], DAYS[0], "--max-cost", "1", "--no-roll-up")
        assert healed.code == 0, healed.err
        assert answered(endpoint) == len(endpoint.served.answers) == 25
    assert Lake(home.root / "lake").keys(DIGESTS) == [DAYS[0]]


def test_runs_that_dagster_starts_stay_below_a_budget_together(tmp_path: Path) -> None:
    """The runs of a backfill from the UI know of one another by the journal alone."""
    home, reached = Home(tmp_path / "home"), of_thirty_days(USD).reached
    with serving(Behaviour()) as endpoint:
        with modelled(endpoint, home.root, max_cost_30_days_usd=USD) as made:
            for day in DAYS[:2]:
                assert not made.run("daily", day).success
                assert made.metadata(day)["stopped"] == reached
            assert 0.7 * USD < spent_since(home.answers, 0.0) <= USD
            assert pending(home, DAYS[1]) == 31
            asked = answered(endpoint)
            # What looks after days that wait keeps to the budget, too.
            assert not made.run("repair", DAYS[1]).success
            assert answered(endpoint) == asked
        spent = spent_since(home.answers, 0.0)
        with modelled(endpoint, home.root, max_cost_30_days_usd=spent) as made:
            assert wanted_repairs(made) == f"Nothing can be asked for: {of_thirty_days(spent).reached}."
        with modelled(endpoint, home.root, max_cost_30_days_usd=1.0) as made:
            assert wanted_repairs(made) == [DAYS[1], DAYS[0]]
            assert made.run("daily", DAYS[0], DAYS[1]).success
        assert answered(endpoint) == len(endpoint.served.answers) == PAPERS
