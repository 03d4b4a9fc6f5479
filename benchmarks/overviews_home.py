"""The home that the overviews are measured on: the papers of 2025 in cs.LG and stat.ML, made once and kept."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import polars as pl

from assets.calendar.days import announcement_days
from assets.overviews.held import Held
from assets.overviews.overview import build_overview
from assets.overviews.parts import Overview
from assets.papers.schema import PAPERS
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake
from orchestration.tables import load_almanac_models

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
SNAPSHOT = "listings/2025-cs.LG+stat.ML.jsonl.zst"
HOME = Path(tempfile.gettempdir()) / "almanac-overviews"
"""Kept from one measurement to the next."""
YEAR = 2025
CATEGORIES = ("cs.LG", "stat.ML")
MONTHS = tuple(f"{YEAR}-{month:02}" for month in range(1, 13))


def prepared(home: Path, data: Path) -> Lake:
    """The lake of the home; where it lacks the year, `almanac backfill` makes it first (some minutes)."""
    lake = Lake(home / "lake")
    days = [day.isoformat() for day in announcement_days(dt.date(YEAR, 1, 1), dt.date(YEAR, 12, 31))]
    if not all(lake.has(SUMMARIES, day) for day in days[-5:]) or not lake.has(
        load_almanac_models()["term_trends"].table, str(YEAR)
    ):
        if not (data / SNAPSHOT).is_file():
            sys.exit(f"{data / SNAPSHOT} is missing: give a folder with the listings by --data.")
        environment = os.environ | {
            "ALMANAC_HOME": str(home),
            "ALMANAC_SOURCE": "snapshot",
            "ALMANAC_SNAPSHOT": str(data / SNAPSHOT),
            "ALMANAC_SUMMARIZER": "embedded",
            "ALMANAC_CATEGORIES": ",".join(CATEGORIES),
        }
        command = [sys.executable, "-m", "orchestration.cli", "backfill", days[0], days[-1]]
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return lake


class Year(NamedTuple):
    """What the overviews of a year are made from."""

    papers: pl.DataFrame
    summaries: pl.DataFrame
    months: pl.DataFrame
    years: pl.DataFrame
    terms: pl.DataFrame
    held: Held


def read_year(lake: Lake) -> Year:
    """The year's frames."""
    models = load_almanac_models()
    keys = [key for key in lake.keys(PAPERS) if key.startswith(str(YEAR))]
    return Year(
        lake.read(PAPERS, keys),
        lake.read(SUMMARIES, keys),
        lake.read(models["category_monthly"].table, MONTHS),
        lake.read(models["category_yearly"].table, [str(YEAR)]),
        lake.read(models["term_trends"].table, [str(YEAR)]),
        Held.of_year(YEAR, [dt.date.fromisoformat(key) for key in keys]),
    )


def overview_of(year: Year, category: str) -> tuple[Overview, pl.DataFrame]:
    """A category's overview and its papers."""
    papers = year.papers.filter(pl.col("categories").list.contains(category))
    summaries = year.summaries.join(papers, on=["day", "paper_id"], how="semi")
    overview = build_overview(YEAR, category, papers, summaries, year.months, year.years, year.terms, year.held)
    return overview, papers
