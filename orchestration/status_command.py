"""`almanac status`: a line for each day of a range, how far Dagster's backfills are, and what models have cost."""

from __future__ import annotations

import datetime as dt

from rich.table import Table

from assets.calendar.days import parse_range
from assets.errors import AlmanacError
from assets.listings.assets import made_with
from assets.papers.schema import PAPERS
from assets.summaries.engine.caps import THIRTY_DAYS, spent_since
from assets.warehouse.format import form_of
from assets.warehouse.lake import Lake
from assets.warehouse.listed import Listed
from assets.warehouse.object_store import ObjectStore
from orchestration.backfills import tell_backfills
from orchestration.console import OUT
from orchestration.instance import open_instance
from orchestration.settings import Settings, load_settings
from orchestration.stale import pages_behind
from orchestration.status import DayStatus, day_status, default_range, every_date


def show_status(first: str | None, last: str | None) -> int:
    """Prints a line for each day of a range, and the totals."""
    settings = load_settings()
    form_of(settings.home_folder)
    place = settings.lake_root
    lake = Lake(Listed(place) if isinstance(place, ObjectStore) else place)
    now = dt.datetime.now(dt.UTC)
    if first:
        low, high = parse_range(first, last or str(now.date()), now)
    else:
        low, high = default_range(lake, now.date())
    wanted = made_with(settings.source, settings.preferences())
    table = Table("day", "state", "listed", "papers", "rejected", "summaries", "why", box=None, header_style="bold")
    totals: dict[str, int] = {}
    for day in every_date(low, high):
        found = day_status(lake, day, wanted)
        totals[found.state] = totals.get(found.state, 0) + 1
        table.add_row(*_status_row(found))
    OUT.print(table)
    OUT.print(", ".join(f"{count} {state}" for state, count in sorted(totals.items())))
    if behind := pages_behind(lake, [day.isoformat() for day in every_date(low, high) if lake.has(PAPERS, str(day))]):
        OUT.print(f"Pages behind their days: {', '.join(behind)} (the next run of one of their days makes them).")
    _tell_backfills(settings, now)
    if settings.uses_model and settings.prices:
        spent = spent_since(settings.home_folder.answers, now.timestamp() - THIRTY_DAYS)
        cap = settings.max_cost_30_days_usd
        of = "" if cap is None else f" of the {cap:g} that ALMANAC_MAX_COST_30_DAYS_USD allows"
        OUT.print(f"Models have cost {spent:.4f} US dollars in the latest 30 days{of}.")
    return 0


def _tell_backfills(settings: Settings, now: dt.datetime) -> None:
    """Says how far Dagster's recent backfills are; nothing where the home has no storage of Dagster yet."""
    home = settings.home_folder
    if not (home.dagster / "dagster.yaml").is_file():
        return
    try:
        with open_instance(home, settings.dagster_postgres_url) as instance:
            for sentence in tell_backfills(instance, now):
                OUT.print(sentence, markup=False)
    except AlmanacError as error:
        OUT.print(f"How far backfills are is not known: {error}", markup=False)


def _status_row(found: DayStatus) -> list[str]:
    colour = {"complete": "green", "partial": "yellow", "pending": "red", "no announcement": "dim"}[found.state]
    numbers = ["", "", ""] if not found.listed else [str(found.listed), str(found.papers), str(found.rejected)]
    return [f"{found.day:%Y-%m-%d %a}", f"[{colour}]{found.state}[/]", *numbers, found.summaries, found.reason]
