"""Digests that are not there although their announcement is long over, by arXiv's own calendar."""

from __future__ import annotations

import datetime as dt

from assets.digests.schema import DIGESTS
from assets.warehouse.lake import Lake
from orchestration.alerts.faults import Fault
from orchestration.catching_up import FURTHEST, kept_back
from orchestration.served import served_days
from orchestration.settings import Settings

LATE_AFTER = dt.timedelta(hours=6)
"""After the source has an announcement for certain: by then its digest was made, tried again, and repaired once."""


def late_digests(
    lake: Lake, settings: Settings, scheduled_since: dt.datetime, now: dt.datetime
) -> tuple[list[Fault], set[str]]:
    """The days whose digest is late, of those whose turn came since the schedule is on; and the keys of the others,
    whose digest is there. A day that its checks keep back is neither: they have told of it."""
    preferences = settings.preferences()
    late, there = [], set()
    for date in served_days(settings.source, max(scheduled_since, now - FURTHEST), now - LATE_AFTER):
        day, key = f"{date}", f"late digest {date}"
        if lake.has(DIGESTS, day):
            there.add(key)
        elif not kept_back(lake, day, preferences):
            late.append(
                Fault(
                    key,
                    "digest",
                    day,
                    True,
                    "The announcement is over, and there is no digest: the sensor missing_days has it made. See in"
                    " Dagster's UI whether it is on, and what became of the day's runs.",
                )
            )
    return late, there
