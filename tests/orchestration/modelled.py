"""The sample summarized by an emulated model, through Dagster's jobs in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.definitions import build_definitions
from orchestration.instance import open_instance
from orchestration.settings import Settings, load_settings
from tests.emulators.llm.server import Running

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class Modelled:
    """A home whose summaries an emulated endpoint writes."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance) -> None:
        self.settings = settings
        self.instance = instance
        self.definitions = build_definitions(settings)

    def run(
        self, job: str, first: str, last: str | None = None, tags: dict[str, str] | None = None
    ) -> dg.ExecuteInProcessResult:
        """Runs a job for a day or for a range of days, as Dagster's UI would."""
        span = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last or first}
        return self.definitions.resolve_job_def(job).execute_in_process(
            run_config=QUIET,
            instance=self.instance,
            partition_key=None if last else first,
            tags=(span if last else {}) | (tags or {}),
            raise_on_error=False,
        )

    def metadata(self, day: str) -> dict[str, Any]:
        """What the latest materialization of a day's summaries says."""
        records = self.instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=dg.AssetKey("summaries"), asset_partitions=[day]), limit=1
        ).records
        materialization = records[0].asset_materialization
        assert materialization is not None
        return {name: value.value for name, value in materialization.metadata.items()}

    def materializations(self, asset: str, day: str) -> int:
        """How often a day of an asset was made."""
        found = self.instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=dg.AssetKey(asset), asset_partitions=[day]), limit=100
        )
        return len(found.records)


@contextmanager
def modelled(endpoint: Running, home: Path, **settings: Any) -> Iterator[Modelled]:
    """A home of the sample with the emulated model; settings go by field name."""
    given: dict[str, Any] = {"source": "sample", "model": "emulated", "prices": "emulated=1/4"} | settings
    made = load_settings(home=home, openai_base_url=endpoint.base_url, **given)
    with open_instance(made.home_folder) as instance:
        yield Modelled(made, instance)
