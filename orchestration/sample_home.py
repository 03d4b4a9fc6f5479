"""Invented papers never stand beside real ones: a home holds the sample or real papers, not both."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from assets.errors import SettingsError
from assets.listings.sample import SampleSource
from assets.listings.schema import RAW_LISTINGS
from assets.partitions import month_of, year_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.warehouse.home import Home
    from assets.warehouse.lake import Lake
    from assets.warehouse.table import Table


def sample_days(lake: Lake) -> list[str]:
    """The days whose partition in the lake holds papers of the sample."""
    days = [day.isoformat() for day in SampleSource().days()]
    return [day for day in days if _has_sample(lake, day)]


def refuse_mixture(home: Home, lake: Lake, source: str) -> None:
    """Raises SettingsError where `source` would put real papers beside the sample's, or the other way round."""
    if source == SampleSource.name:
        if _holds_real_papers(lake):
            raise SettingsError(
                f"{home.root} holds real papers, and the sample's are invented:"
                " set ALMANAC_HOME to another folder for the sample."
            )
    elif sample_days(lake):
        raise SettingsError(
            f"{home.root} holds the sample's invented papers: run `almanac run` once, which removes them, or set"
            " ALMANAC_HOME to another folder."
        )


def keep_apart(home: Home, lake: Lake, tables: Sequence[Table], source: str) -> list[str]:
    """Keeps the sample and real papers apart before a run with `source`.

    Before real papers, the sample's partitions and pages are removed (they can be made again at
    any time), and the removed days are returned. Raises SettingsError where the sample is asked
    for in a home that holds real papers.
    """
    invented = sample_days(lake)
    if source == SampleSource.name:
        refuse_mixture(home, lake, source)
        return []
    for table in tables:
        periods = {"day": set(invented), "month": {*map(month_of, invented)}, "year": {*map(year_of, invented)}}
        for key in periods[table.period]:
            lake.remove(table, key)
    for day in invented:
        for path in (*home.digest(day), home.bibtex(day)):
            path.unlink(missing_ok=True)
        for path in home.article(month_of(day)):
            path.unlink(missing_ok=True)
        for folder in (home.topic_page(month_of(day), "any")[0].parent, home.overview(year_of(day), "any")[0].parent):
            shutil.rmtree(folder, ignore_errors=True)
    if invented:
        shutil.rmtree(home.site, ignore_errors=True)
    return invented


def _holds_real_papers(lake: Lake) -> bool:
    days = {day.isoformat() for day in SampleSource().days()}
    return any(key not in days or _sources(lake, key) - {SampleSource.name} for key in lake.keys(RAW_LISTINGS))


def _has_sample(lake: Lake, day: str) -> bool:
    return SampleSource.name in _sources(lake, day)


def _sources(lake: Lake, day: str) -> set[str]:
    return set(lake.columns(RAW_LISTINGS, day, ["source"]).get_column("source"))
