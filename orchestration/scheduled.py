"""Since when the days are made by themselves."""

from __future__ import annotations

import datetime as dt

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorStatus, InstigatorType, ScheduleInstigatorData

from orchestration.jobs import SCHEDULE


def scheduled_since(instance: dg.DagsterInstance) -> dt.datetime | None:
    """When the schedule of the daily announcement was turned on, in UTC; None where it is off."""
    for state in instance.all_instigator_state(instigator_type=InstigatorType.SCHEDULE):
        data = state.instigator_data
        if state.instigator_name != SCHEDULE or state.status is not InstigatorStatus.RUNNING:
            continue
        if isinstance(data, ScheduleInstigatorData) and data.start_timestamp:
            return dt.datetime.fromtimestamp(data.start_timestamp, dt.UTC)
    return None
