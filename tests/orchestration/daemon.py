"""What Dagster's daemon does, in this process: it evaluates sensors and starts the runs that they ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from assets.listings.schema import RAW_LISTINGS
from assets.listings.source import ListingSource
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.definitions import build_definitions
from orchestration.settings import load_settings


class Daemon:
    """Does what Dagster's daemon does: evaluates a sensor and starts the runs that it asks for."""

    def __init__(
        self, home: Home, source: Callable[[], ListingSource], name: str, instance: dg.DagsterInstance | None = None
    ) -> None:
        settings = load_settings(home=home.root, source=name, look_again_days=4)
        self.cursor: str | None = None
        made_anew = dg.ResourceDefinition(resource_fn=lambda _: source())
        self.lake = Lake(settings.lake_root)
        self.instance = instance or dg.DagsterInstance.ephemeral()
        self.definitions = build_definitions(settings, resource_overrides={"source": made_anew})
        self.repository = self.definitions.get_repository_def()

    def run(self, job: str, key: str | None = None, **tags: str) -> dg.ExecuteInProcessResult:
        return self.definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance, partition_key=key, tags=tags, raise_on_error=False
        )

    def run_range(self, job: str, first: str, last: str) -> None:
        tags = {ASSET_PARTITION_RANGE_START_TAG: first, ASSET_PARTITION_RANGE_END_TAG: last}
        assert self.run(job, None, **tags).success

    def make(self, days: list[str]) -> None:
        for day in days:
            assert self.run("daily", day).success

    def after(self, result: dg.ExecuteInProcessResult) -> list[dg.RunRequest]:
        """What the sensor of changed days asks for after a run of the job."""
        (event,) = [event for event in result.all_events if event.event_type_value == "PIPELINE_SUCCESS"]
        context = dg.build_run_status_sensor_context(
            "days_that_changed",
            dagster_event=event,
            dagster_instance=self.instance,
            dagster_run=result.dagster_run,
        )
        return requests_of(self.repository.get_sensor_def("days_that_changed")(context))

    def roll_ups(self) -> list[dg.RunRequest]:
        """What the sensor of roll-ups asks for now."""
        name = "roll_ups"
        context = dg.build_sensor_context(
            instance=self.instance, repository_def=self.repository, sensor_name=name, cursor=self.cursor
        )
        answer = self.repository.get_sensor_def(name)(context)
        if isinstance(answer, dg.SensorResult):
            self.cursor = answer.cursor
        return requests_of(answer)

    def obey(self, requests: list[dg.RunRequest]) -> None:
        for request in requests:
            assert self.run(str(request.job_name), request.partition_key, **request.tags).success

    def listed(self, day: str) -> list[str]:
        return [*self.lake.read(RAW_LISTINGS, [day]).filter(listing="new")["paper_id"]]


def requests_of(answer: Any) -> list[dg.RunRequest]:
    return list(answer.run_requests or []) if isinstance(answer, dg.SensorResult) else []


def asked_for(requests: list[dg.RunRequest]) -> list[tuple[str | None, str | None]]:
    return [(request.job_name, request.partition_key) for request in requests]
