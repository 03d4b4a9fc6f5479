"""The runs that ended since a place in Dagster's event log, in the order in which they ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dagster import DagsterEventType
from dagster._core.event_api import EventLogCursor

if TYPE_CHECKING:
    import dagster as dg
    from dagster._core.event_api import EventLogRecord, RunStatusChangeEventType

ENDS: tuple[RunStatusChangeEventType, ...] = (
    DagsterEventType.RUN_SUCCESS,
    DagsterEventType.RUN_FAILURE,
    DagsterEventType.RUN_CANCELED,
)
AT_ONCE = 50


def newest(instance: dg.DagsterInstance) -> dict[str, str]:
    """The places after the runs that have ended already."""
    return {end.value: _after(instance.fetch_run_status_changes(end, limit=1).records) for end in ENDS}


def ended_runs(
    instance: dg.DagsterInstance, read: Mapping[str, str]
) -> tuple[list[tuple[dg.DagsterRun, float]], dict[str, str]]:
    """Runs that ended after `read`, with the time (seconds since 1970), and the places after them.

    At most some hundred at once; the rest comes with the next call. A run that was deleted meanwhile is
    passed over.
    """
    pages = {
        end: instance.fetch_run_status_changes(end, limit=AT_ONCE, cursor=read.get(end.value), ascending=True)
        for end in ENDS
    }
    # Where a kind has more than fits, nothing that ended later may be read before the rest of it.
    bounds = [page.records[-1].timestamp for page in pages.values() if page.has_more]
    until = min(bounds, default=float("inf"))
    places = dict(read)
    found: list[tuple[float, str]] = []
    for end, page in pages.items():
        records = [record for record in page.records if record.timestamp <= until]
        found += [(record.timestamp, record.run_id) for record in records]
        if records:
            places[end.value] = _after(records)
    runs = [(instance.get_run_by_id(run_id), at) for at, run_id in sorted(found)]
    return [(run, at) for run, at in runs if run is not None], places


def _after(records: Sequence[EventLogRecord]) -> str:
    return EventLogCursor.from_storage_id(records[-1].storage_id if records else -1).to_string()
