"""The whole almanac as Dagster sees it: one function makes all of its definitions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import dagster as dg

from assets.aggregates.assets import ModelAssets, build_model_assets
from assets.digests import assets as digests
from assets.listings import assets as listings
from assets.materialization import Progress, Silence
from assets.overviews import assets as overviews
from assets.overviews import month_assets as months
from assets.papers import assets as papers
from assets.site import assets as site
from assets.summaries import assets as summaries
from assets.summaries.summarizer import Summarizer
from assets.warehouse.assets import build_compaction
from orchestration.alerts.sensor import build_alerts
from orchestration.catching_up import build_catching_up
from orchestration.freshness import with_freshness
from orchestration.jobs import build_compaction_job, build_jobs, build_schedule, build_site_job
from orchestration.reconciliation import build_reconcile_job, build_reconcile_schedule, build_reconcile_sensor
from orchestration.repairs import build_repairs
from orchestration.resources import resources
from orchestration.roll_ups import build_roll_ups
from orchestration.settings import Settings, load_settings
from orchestration.tables import asset_name, day_tables, load_almanac_models

ROOMS = (listings, papers, summaries, digests, months, overviews, site)


def build_definitions(
    settings: Settings,
    progress: Progress | None = None,
    summarizer: Summarizer | None = None,
    resource_overrides: Mapping[str, Any] | None = None,
) -> dg.Definitions:
    """Assets, checks, jobs, schedules, sensors and the resources for the given settings.

    With `summarizer`, all runs of these definitions share it, and with it what it learned of the
    endpoint: how fast it is, and that it does not answer any more. `resource_overrides` take the place
    of resources of the same name, such as a source in a test. Nothing is read or written until a run
    starts, but for the SQL files, whose assets come from them. Raises ModelError for a SQL file that
    is wrong.
    """
    models = load_almanac_models()
    model_assets = _model_assets()
    assets = [*dg.load_assets_from_modules(ROOMS), *model_assets.assets]
    executables = [asset for asset in assets if isinstance(asset, dg.AssetsDefinition)]
    others = [asset for asset in assets if not isinstance(asset, dg.AssetsDefinition)]
    jobs = build_jobs(executables)
    repairs = build_repairs(executables, settings)
    names = {key.to_user_string() for asset in executables for key in asset.keys}
    by_day = day_tables(models)
    compaction = build_compaction(by_day, names.intersection(map(asset_name, by_day)))
    compaction_job, compaction_schedule = build_compaction_job(compaction)
    reconcile = build_reconcile_job(settings)
    site_job = build_site_job(site.site)
    return dg.Definitions(
        assets=dg.with_source_code_references([*with_freshness(executables, settings.source), *others, compaction]),
        asset_checks=[*dg.load_asset_checks_from_modules(ROOMS), *model_assets.checks],
        jobs=[*jobs.values(), *repairs.jobs, reconcile, compaction_job, site_job],
        schedules=[
            build_schedule(jobs["day"], settings.source),
            repairs.schedule,
            build_reconcile_schedule(settings, reconcile),
            compaction_schedule,
        ],
        sensors=[
            build_alerts(settings),
            build_catching_up(settings, jobs["day"]),
            *repairs.sensors,
            build_reconcile_sensor(reconcile, jobs["day"]),
            build_roll_ups(settings, jobs, site_job, models),
        ],
        resources={
            **resources(settings, models, progress or Silence(), summarizer),
            **(resource_overrides or {}),
        },
        executor=dg.in_process_executor,
    )


@cache
def _model_assets() -> ModelAssets:
    """What the SQL files become does not depend on the settings, and to follow their columns takes a while."""
    return build_model_assets(load_almanac_models())


@dg.definitions
def almanac() -> dg.Definitions:
    """The definitions for the settings of the environment."""
    return build_definitions(load_settings())
