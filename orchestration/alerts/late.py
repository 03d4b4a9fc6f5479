"""Digests that are not there although their announcement is long over, by arXiv's own calendar."""

from __future__ import annotations

import datetime as dt

from assets.calendar.days import announced_at, announcement_days
from assets.digests.schema import DIGESTS
from assets.warehouse.lake import Lake
from orchestration.alerts.faults import Fault
from orchestration.catching_up import FURTHEST, kept_back
from orchestration.jobs import SERVED_AFTER
from orchestration.settings import Settings

LATE_AFTER = dt.timedelta(hours=6)
"""After the source has an announcement for certain: by then its digest was made, tried again, and repaired once."""


def late_digests(
    lake: Lake, settings: Settings, scheduled_since: dt.datetime, now: dt.datetime
) -> tuple[list[Fault], set[str]]:
    """The days whose digest is late, of those whose turn came since the schedule is on; and the keys of the others,
    whose digest is there. A day that its checks keep back is neither: they have told of it."""
    served, preferences = SERVED_AFTER.get(settings.source, SERVED_AFTER["api"]), settings.preferences()
    late, there = [], set()
    for day in announcement_days(max(scheduled_since - served, now - FURTHEST).date(), now.date()):
        key = f"late digest {day}"
        if lake.has(DIGESTS, day.isoformat()):
            there.add(key)
        elif scheduled_since < announced_at(day) + served < now - LATE_AFTER:
            if kept_back(lake, day.isoformat(), preferences):
                continue
            late.append(
                Fault(
                    key,
                    "digest",
                    day.isoformat(),
                    True,
                    "The announcement is over, and there is no digest: the sensor missing_days has it made. See in"
                    " Dagster's UI whether it is on, and what became of the day's runs.",
                )
            )
    return late, there
