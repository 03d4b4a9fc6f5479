"""A machine's clock that was set back: what Dagster noted before then lies in the future.

Its daemon lets a sensor wait until so many seconds have passed since its last tick. After a clock that ran some days
ahead was set right, that would take these days, and nothing would be told, caught up with or rolled up meanwhile.
"""

from __future__ import annotations

import time

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorType, SensorInstigatorData

SLACK = 300.0
"""Seconds by which the clocks of two machines may differ."""


def let_sensors_tick(instance: dg.DagsterInstance) -> list[str]:
    """Takes last ticks that are yet to come for ticks of now; returns the names of their sensors."""
    now, found = time.time(), []
    for state in instance.all_instigator_state(instigator_type=InstigatorType.SENSOR):
        data = state.instigator_data
        if not isinstance(data, SensorInstigatorData):
            continue
        last = max(data.last_tick_timestamp or 0.0, data.last_tick_start_timestamp or 0.0)
        if last > now + SLACK:
            ticked = data._replace(last_tick_timestamp=now, last_tick_start_timestamp=now)
            instance.update_instigator_state(state.with_data(ticked))
            found.append(state.instigator_name)
    return found
