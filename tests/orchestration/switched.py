"""The switch of the daily schedule, as Dagster's UI stores it."""

from __future__ import annotations

import datetime as dt

import dagster as dg
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteInstigatorOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    ScheduleInstigatorData,
)

from orchestration.jobs import SCHEDULE

PLACE = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("almanac"), "__repository__")


def switch(
    instance: dg.DagsterInstance,
    since: dt.datetime,
    status: InstigatorStatus = InstigatorStatus.RUNNING,
    name: str = SCHEDULE,
) -> None:
    """Turns a schedule on at a time, or off."""
    data = ScheduleInstigatorData("0 20 * * 0-4", since.timestamp())
    origin = RemoteInstigatorOrigin(PLACE, name)
    instance.add_instigator_state(InstigatorState(origin, InstigatorType.SCHEDULE, status, data))
