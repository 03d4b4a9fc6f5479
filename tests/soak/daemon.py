"""Dagster's daemon on a clock that jumps from one hour of interest to the next: `python -m tests.soak.daemon`.

Scheduler, sensors, run queue and run monitoring are Dagster's own, called in turn; only the waiting between their turns
is left out. The clock of this process (time-machine) and that of the emulated arXiv go together. Where the process
stands is in a file, so that one that was killed is followed by another which goes on from there.

Arguments: home, file of the clock, first and last evening (ISO dates), address that sets the emulator's clock.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import random
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import time_machine
from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._daemon.monitoring.run_monitoring import execute_run_monitoring_iteration
from dagster._daemon.run_coordinator import QueuedRunCoordinatorDaemon
from dagster._daemon.sensor import execute_sensor_iteration
from dagster._scheduler.scheduler import ScheduleIterationTimes, launch_scheduled_runs

EASTERN = ZoneInfo("America/New_York")
HOURS = (
    (20, 0), (23, 20), (23, 50), (0, 30), (2, 30), (4, 30), (6, 35), (12, 20), (16, 0),
)  # fmt: skip
"""Times in the East at which something may be due: the mailing, the schedules, and looks between them."""
FEW = ((20, 0), (23, 20), (0, 30))
"""Those that the first day of a soak needs."""
LAGS = (0, 0, 0, 0, 45, 200, 420)
"""Minutes by which a mailing may be late; arXiv is on time on most evenings."""
MINUTE = dt.timedelta(seconds=65)
TURNS = 12
"""Turns at an hour at most; each gives the sensors a minute."""
SCHEDULES = ("daily_announcement", "repairs", "look_again_at_recent_days")


def hours(first: dt.date, last: dt.date) -> Iterator[dt.datetime]:
    """All hours of interest from the evening of `first` until the afternoon after `last`."""
    of_a_day = HOURS if first < last else FEW
    for number in range((last - first).days + 2):
        for hour, minute in sorted(of_a_day):
            at = dt.datetime.combine(first + dt.timedelta(days=number), dt.time(hour, minute), EASTERN)
            if dt.datetime.combine(first, dt.time(19), EASTERN) < at:
                yield at.astimezone(dt.UTC)


def lag(evening: dt.date) -> int:
    """Minutes by which the mailing of an evening is late, the same in every process."""
    return random.Random(f"{evening}").choice(LAGS)


def tell(address: str, now: dt.datetime) -> None:
    """Sets the emulator's clock, and how late the mailings around it are."""
    evening = (now.astimezone(EASTERN) - dt.timedelta(hours=12)).date()
    said = json.dumps({"now": now.isoformat(), "lag_minutes": lag(evening)}).encode()
    request = urllib.request.Request(address, said, {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=30).read()


class Daemon:
    """The parts of the daemon, on one instance and code location."""

    def __init__(self, instance: dg.DagsterInstance, context: WorkspaceProcessContext) -> None:
        self._instance, self._context = instance, context
        self._log = logging.getLogger("soak")
        self._log.setLevel(logging.CRITICAL)
        self._queue = QueuedRunCoordinatorDaemon(interval_seconds=1)
        self._iteration_times: dict[str, ScheduleIterationTimes] = {}

    def turn_on(self) -> None:
        """Turns the schedules on, as a user does in the UI, unless they are."""
        location = self._context.create_request_context().code_locations[0]
        repository = next(iter(location.get_repositories().values()))
        states = {state.instigator_name: state for state in self._instance.all_instigator_state()}
        for schedule in repository.get_schedules():
            if schedule.name in SCHEDULES and schedule.name not in states:
                self._instance.start_schedule(schedule)

    def turn(self) -> bool:
        """One turn of each part; whether there was anything to do."""
        before = self._instance.get_runs_count()
        now = dt.datetime.now(dt.UTC)
        list(execute_run_monitoring_iteration(self._context, self._log))
        list(launch_scheduled_runs(self._context, self._log, now, self._iteration_times))
        list(execute_sensor_iteration(self._context, self._log, None, None))
        list(self._queue.run_iteration(self._context))
        return self._instance.get_runs_count() > before


def read_migrations_once() -> None:
    """Dagster opens its storage anew for each tick in its process, and reads all migrations: a third of the time."""
    read, known = ScriptDirectory.from_config, {}

    def reading(config: Config) -> ScriptDirectory:
        place = config.get_main_option("script_location")
        if place not in known:
            known[place] = read(config)
        return known[place]

    ScriptDirectory.from_config = reading


def main(home: Path, clock: Path, first: dt.date, last: dt.date, address: str) -> None:
    """Goes through the hours, from where the last process was."""
    done = dt.datetime.fromisoformat(clock.read_text()) if clock.exists() else None
    left = [at for at in hours(first, last) if done is None or at >= done]
    target = LoadableTargetOrigin(executable_path=sys.executable, module_name="tests.soak.code")
    place = InProcessWorkspaceLoadTarget(InProcessCodeLocationOrigin(target, location_name="soak"))
    with (
        time_machine.travel(done or left[0], tick=True) as travelling,
        dg.DagsterInstance.from_config(str(home / "dagster")) as instance,
        WorkspaceProcessContext(instance, place) as context,
    ):
        daemon = Daemon(instance, context)
        daemon.turn_on()
        for at in left:
            if dt.datetime.now(dt.UTC) < at:
                travelling.move_to(at)
            tell(address, dt.datetime.now(dt.UTC))
            written = clock.with_suffix(".new")
            written.write_text(at.isoformat())
            written.replace(clock)
            for _ in range(TURNS):
                busy = daemon.turn()
                travelling.shift(MINUTE)
                if not busy:
                    break


if __name__ == "__main__":
    read_migrations_once()
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(dt.date.fromisoformat, sys.argv[3:5]), sys.argv[5])
