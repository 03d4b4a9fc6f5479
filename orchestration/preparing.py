"""`almanac prepare`: makes a home and Dagster's storage ready, before other processes use them."""

from __future__ import annotations

from orchestration.console import OUT
from orchestration.instance import open_instance
from orchestration.resources import prepare_home
from orchestration.settings import load_settings
from orchestration.tables import load_almanac_models


def prepare() -> int:
    """Makes what is missing: folders, catalog, dagster.yaml, the tables of Dagster's storage; migrates an older one."""
    settings = load_settings()
    prepare_home(settings, load_almanac_models())
    with open_instance(settings.home_folder, settings.dagster_postgres_url, may_migrate=True):
        pass
    OUT.print(f"{settings.home} is ready.", markup=False)
    return 0
