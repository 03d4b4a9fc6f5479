"""Summaries through Dagster's own jobs, over an emulated model: figures, checks, the repair and what follows it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterEventType

from assets.digests.schema import DIGESTS
from assets.materialization import Silence
from assets.papers.schema import PAPERS as PAPERS_TABLE
from assets.summaries import verdicts
from assets.summaries.repair import MOST_TRIES
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from orchestration.definitions import build_definitions
from orchestration.repairs import changed_days
from orchestration.runs import IMPORTED
from orchestration.settings import Settings
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import Running, serving
from tests.orchestration.modelled import QUIET, Modelled, modelled

DAY, NEXT = "2025-08-29", "2025-09-01"
PAPERS, NEXT_PAPERS = 31, 20
SECRET = "sk-secret-0123456789"


def answered(endpoint: Running) -> int:
    return sum(endpoint.served.answers.values())


def checks(result: dg.ExecuteInProcessResult, day: str | None = None) -> dict[str, bool]:
    """The checks of summaries that a run evaluated, for a day or in all."""
    return {
        found.check_name: found.passed
        for found in result.get_asset_check_evaluations()
        if found.asset_key == dg.AssetKey("summaries") and (day is None or found.partition == day)
    }


def test_a_day_tells_its_figures_and_keeps_the_key_to_itself(tmp_path: Path) -> None:
    faults = {"error_500": 0.2, "refusal": 0.1, "rate_limit": 0.1}
    with (
        serving(Behaviour(faults=faults, latency=0.01)) as endpoint,
        modelled(endpoint, tmp_path / "home", openai_api_key=SECRET, completeness=0.5) as home,
    ):
        result = home.run("daily", DAY)
        told = home.metadata(DAY)
        served = endpoint.served
    assert result.success
    assert sum(told[status] for status in ("complete", "repaired", "extractive", "pending")) == PAPERS
    assert told["requests"] >= told["answers"] == answered(endpoint)
    assert told["retries"] == told["requests"] - told["answers"] > 0
    assert told["refused_for_rate"] == served.faults["rate_limit"] > 0
    assert told["requests_failed"] >= served.faults["error_500"] > 0
    assert 0 < told["p50_seconds"] <= told["p95_seconds"]
    assert told["input_tokens"] > 10_000
    assert told["cost_usd"] == pytest.approx((told["input_tokens"] + 4 * told["output_tokens"]) / 1e6, rel=0.01)
    assert 0 < told["complete_share"] <= 1
    extractive = Lake(home.settings.lake_root).read(SUMMARIES, [DAY]).filter(status="extractive")
    assert extractive.height > 0
    assert all(paper in told["failures"] for paper in extractive["paper_id"])
    assert told["by_reason"]["no model could write it"] == extractive.height
    plotted = {name for name, value in told.items() if isinstance(value, (int, float))}
    assert {"requests", "retries", "refused_for_rate", "cost_usd", "p95_seconds", "complete_share"} <= plotted
    assert SECRET not in json.dumps(told, default=str)


def test_each_check_is_evaluated_for_each_day_of_a_range(tmp_path: Path) -> None:
    of_view = "stg_summaries"  # the tests that the YAML of the view states
    all_checks = {verdicts.COMPLETE, verdicts.SOUND, verdicts.GROUNDED, verdicts.LANGUAGE, verdicts.COST, of_view}
    with serving(Behaviour(quota=PAPERS + 5)) as endpoint, modelled(endpoint, tmp_path / "home") as home:
        result = home.run("daily", DAY, NEXT)
        assert endpoint.served.faults["quota"] > 0
        stopped = home.metadata(NEXT)["stopped"]
    assert checks(result, DAY) == dict.fromkeys(all_checks, True)
    assert checks(result, NEXT) == dict.fromkeys(all_checks, True) | {verdicts.COMPLETE: False}
    assert "quota" in stopped
    assert Lake(home.settings.lake_root).keys(DIGESTS) == [DAY]


def test_a_day_that_keeps_its_summaries_because_the_model_is_unknown_says_so(tmp_path: Path) -> None:
    class Heard(Silence):
        def __init__(self) -> None:
            self.sentences: list[str] = []

        def noticed(self, sentence: str) -> None:
            self.sentences.append(sentence)

    def make(settings: Settings, instance: dg.DagsterInstance, heard: Heard) -> None:
        names = [*IMPORTED, "summaries"]
        job = build_definitions(settings, heard).resolve_job_def("daily")
        job.execute_in_process(
            run_config=QUIET,
            instance=instance,
            partition_key=DAY,
            asset_selection=[dg.AssetKey(name) for name in names],
        )

    with serving(Behaviour()) as endpoint, modelled(endpoint, tmp_path / "home") as home:
        right, wrong = Heard(), Heard()
        make(home.settings, home.instance, right)
        before = Lake(home.settings.lake_root).read(SUMMARIES, [DAY])
        make(home.settings.model_copy(update={"model": "gone", "prices": None}), home.instance, wrong)
        after = Lake(home.settings.lake_root).read(SUMMARIES, [DAY])
    assert [sentence for sentence in right.sentences if "model" in sentence] == []
    (told,) = [sentence for sentence in wrong.sentences if "model" in sentence]
    assert told.startswith(f"{DAY}: the model was not asked about every paper, because ")
    assert "gone" in told
    assert after.equals(before)


@pytest.mark.parametrize(("latency", "most"), [(0.0, 0), (1.0, 2)], ids=["short", "long"])
def test_a_short_day_leaves_no_progress_in_the_event_log_and_a_long_one_some(
    tmp_path: Path, latency: float, most: int
) -> None:
    with (
        serving(Behaviour(latency=latency)) as endpoint,
        modelled(endpoint, tmp_path / "home", max_concurrency=3) as home,
    ):
        result = home.run("daily", NEXT)
        lines = [
            event for event in home.instance.all_logs(result.run_id)
            if not event.is_dagster_event and event.step_key == "summaries"
        ]  # fmt: skip
    assert min(most, 1) <= len(lines) <= most


def request_days(home: Modelled, tick: dt.datetime) -> list[str | None]:
    repository = home.definitions.get_repository_def()
    context = dg.build_schedule_context(
        instance=home.instance, scheduled_execution_time=tick, repository_def=repository
    )
    data = repository.get_schedule_def("repairs").evaluate_tick(context)
    return [request.partition_key for request in data.run_requests or []]


def test_the_repair_job_heals_what_waits_and_the_schedule_finds_it(tmp_path: Path) -> None:
    tick = dt.datetime(2026, 2, 2, 3, 15, tzinfo=dt.UTC)
    with serving(Behaviour(quota=PAPERS + 5)) as endpoint, modelled(endpoint, tmp_path / "home") as home:
        home.run("daily", DAY, NEXT)
        assert request_days(home, tick) == [NEXT]
        lake = Lake(home.settings.lake_root)
        untouched = lake.partition_file(SUMMARIES, DAY).read_bytes()
        made = lake.read(SUMMARIES, [NEXT]).filter(status="complete")
        endpoint.emulator.behave(Behaviour())
        result = home.run("repair", DAY, NEXT)
        assert answered(endpoint) == PAPERS + NEXT_PAPERS
        assert result.success
        assert changed_days(home.instance, result.run_id) == [NEXT]
        assert lake.partition_file(SUMMARIES, DAY).read_bytes() == untouched
        healed = lake.read(SUMMARIES, [NEXT])
        assert healed.join(made, on=healed.columns, how="semi", nulls_equal=True).height == made.height == 5
        assert set(healed["status"]) <= {"complete", "repaired"}
        assert home.metadata(NEXT)["repair_healed"] == NEXT_PAPERS - 5
        assert request_days(home, tick) == []
        again = home.run("repair", NEXT)
        assert changed_days(home.instance, again.run_id) == []
        assert answered(endpoint) == PAPERS + NEXT_PAPERS


def test_what_stands_on_a_repaired_day_is_asked_for_and_nothing_else(tmp_path: Path) -> None:
    with serving(Behaviour(quota=PAPERS + 5)) as endpoint, modelled(endpoint, tmp_path / "home") as home:
        home.run("daily", DAY, NEXT)
        endpoint.emulator.behave(Behaviour())
        repaired = home.run("repair", DAY, NEXT)
        before = home.materializations("daily_digest", DAY)
        assert follow(home, repaired) == [("after_summaries", NEXT)]
        result = home.run("after_summaries", NEXT)
        made = {event.asset_key for event in result.all_events if event.event_type is MATERIALIZED}
        assert made == {dg.AssetKey("daily_digest"), dg.AssetKey("summary_completeness")}
        assert home.materializations("daily_digest", DAY) == before


def test_the_days_that_a_repair_healed_are_followed_though_it_failed_for_another(tmp_path: Path) -> None:
    with serving(Behaviour(quota=0)) as endpoint, modelled(endpoint, tmp_path / "home") as home:
        home.run("daily", DAY, NEXT)
        endpoint.emulator.behave(Behaviour())
        Lake(home.settings.lake_root).remove(PAPERS_TABLE, DAY)
        repaired = home.run("repair", DAY, NEXT)
        assert not repaired.success
        assert follow(home, repaired) == [("after_summaries", NEXT)]


MATERIALIZED = DagsterEventType.ASSET_MATERIALIZATION


def follow(home: Modelled, result: dg.ExecuteInProcessResult) -> list[tuple[str | None, str | None]]:
    """What the sensor of its end asks for after a run."""
    name, end = (
        ("after_repair", DagsterEventType.RUN_SUCCESS)
        if result.success
        else ("after_failed_repair", DagsterEventType.RUN_FAILURE)
    )
    repository = home.definitions.get_repository_def()
    event = next(event for event in result.all_events if event.event_type is end)
    context = dg.build_run_status_sensor_context(
        name, event, home.instance, result.dagster_run, repository_def=repository
    )
    return [(request.job_name, request.partition_key) for request in repository.get_sensor_def(name)(context)]


def test_a_day_that_the_model_cannot_do_is_not_asked_for_for_ever(tmp_path: Path) -> None:
    tick = dt.datetime(2026, 2, 2, 3, 15, tzinfo=dt.UTC)
    with serving(Behaviour(faults={"refusal": 1.0})) as endpoint, modelled(endpoint, tmp_path / "home") as home:
        home.run("daily", NEXT)
        digest = Lake(home.settings.lake_root).partition_file(DIGESTS, NEXT).read_bytes()
        for _ in range(MOST_TRIES):
            assert request_days(home, tick) == [NEXT]
            repaired = home.run("repair", NEXT)
            assert changed_days(home.instance, repaired.run_id) == []
        assert request_days(home, tick) == []
        assert answered(endpoint) == NEXT_PAPERS * (1 + MOST_TRIES)
        assert home.metadata(NEXT)["repair_given_up"] == NEXT_PAPERS
        assert Lake(home.settings.lake_root).partition_file(DIGESTS, NEXT).read_bytes() == digest
