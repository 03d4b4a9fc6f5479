"""A machine whose clock ran ahead and is set right: nothing is made or paid for twice, and nothing waits for it."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import dagster as dg
import pytest
import time_machine
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteInstigatorOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, InstigatorType, SensorInstigatorData

from assets.digests.schema import DIGESTS
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.clock import let_sensors_tick
from orchestration.instance import open_instance
from tests.emulators.llm.behaviour import Behaviour
from tests.emulators.llm.server import serving
from tests.orchestration.conftest import DAYS, Run


def test_a_clock_that_is_set_back_between_commands_has_nothing_made_or_paid_for_again(
    almanac: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    given = {"home": home.root, "source": "sample", "model": "emulated", "prices": "emulated=1/4"}
    with serving(Behaviour()) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=9), tick=True):
            assert almanac("backfill", DAYS[0], DAYS[0], "--no-roll-up", **given).code == 0
        asked = sum(endpoint.served.answers.values())
        written = home.digest(DAYS[0])[0].stat().st_mtime_ns
        # The answers of the future count against a budget, and the rest of the range is made.
        again = almanac("backfill", DAYS[0], DAYS[2], "--no-roll-up", max_cost_30_days_usd="1")
        assert again.code == 0, again.err
        assert "Left as found, being finished: 1 day" in again.out
        assert home.digest(DAYS[0])[0].stat().st_mtime_ns == written
        assert sum(endpoint.served.answers.values()) == len(endpoint.served.answers) == asked + 31 + 20
        assert almanac("status").code == 0
    assert Lake(home.root / "lake").keys(DIGESTS) == list(DAYS[:3])
    with open_instance(home) as instance:
        assert {run.status for run in instance.get_runs()} == {dg.DagsterRunStatus.SUCCESS}


@pytest.mark.parametrize(
    ("last_tick", "expected"), [(-60.0, -60.0), (60.0, 60.0), (9 * 86_400.0, 0.0)], ids=["past", "slack", "future"]
)
def test_a_sensor_does_not_wait_for_the_time_that_a_clock_ahead_has_shown(
    tmp_path: Path, last_tick: float, expected: float
) -> None:
    place = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("almanac"), "__repository__")
    now = time.time()
    data = SensorInstigatorData(last_tick_timestamp=now + last_tick, last_tick_start_timestamp=now, cursor="kept")
    origin = RemoteInstigatorOrigin(place, "missing_days")
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.add_instigator_state(InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.RUNNING, data))
        assert let_sensors_tick(instance) == (["missing_days"] if last_tick > 300 else [])
        (state,) = instance.all_instigator_state(instigator_type=InstigatorType.SENSOR)
    found = state.instigator_data
    assert isinstance(found, SensorInstigatorData)
    assert found.last_tick_timestamp == pytest.approx(now + expected, abs=30)
    assert found.cursor == "kept"
    assert state.status is InstigatorStatus.RUNNING
