"""The examination behind `almanac doctor`: what is configured, whether it works, what to mend."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import duckdb

from assets.calendar.days import holiday_years, latest_announced_day
from assets.errors import AlmanacError, DayMissingError
from assets.listings.fallback import without_fallback
from assets.warehouse.duckdb_files import sentence
from assets.warehouse.format import form_of
from assets.warehouse.object_store import ObjectStore
from assets.warehouse.object_store import examine as examine_store
from assets.warehouse.parquet import damage
from orchestration.postgres import database_url, require_database
from orchestration.querying import open_warehouse
from orchestration.resources import engine_settings, listing_source, summarizer
from orchestration.settings import unknown_variables
from orchestration.storage_schema import age_of, refuse_newer, revisions_in_database, revisions_in_files

if TYPE_CHECKING:
    from orchestration.settings import Settings

ENDPOINT_SECONDS = 10.0
LOW_DISK_BYTES = 2_000_000_000
VERSIONED = ("preprint-almanac", "dagster", "duckdb", "polars", "pandera", "arxiv", "openai")

Level = Literal["ok", "warning", "fault"]


@dataclass(frozen=True)
class Finding:
    """One thing that was examined: how it stands, and what to do where it does not."""

    subject: str
    level: Level
    sentence: str


def examine(settings: Settings, now: dt.datetime) -> Iterator[Finding]:
    """Examines configuration, disk, lake, source, calendar and warehouse, one finding after the other."""
    yield from _variables()
    examinations: list[tuple[str, Callable[[], Finding]]] = [
        ("home", lambda: _home(settings)),
        ("lake", lambda: _lake(settings)),
        ("dagster", lambda: _dagster(settings)),
        ("source", lambda: _source(settings, now)),
        ("summarizer", lambda: _summarizer(settings)),
        ("calendar", lambda: _calendar(now)),
        ("warehouse", lambda: _warehouse(settings)),
        ("versions", _versions),
    ]
    for subject, examination in examinations:
        try:
            yield examination()
        except AlmanacError as error:
            yield Finding(subject, "fault", str(error))


def _variables() -> Iterator[Finding]:
    for name, close in unknown_variables().items():
        advice = f"did you mean {close}?" if close else "see the settings table in the README."
        yield Finding("settings", "warning", f"{name} is no setting of the almanac: {advice}")


def _home(settings: Settings) -> Finding:
    home = settings.home
    existing = next(folder for folder in (home, *home.parents) if folder.exists())
    try:
        if home.is_dir():
            probe = home / f".tmp-{uuid.uuid4().hex}"
            probe.touch()
            probe.unlink()
        elif not existing.is_dir() or not os.access(existing, os.W_OK):
            return Finding("home", "fault", f"{home} cannot be made: set ALMANAC_HOME to a folder that can be written.")
    except OSError as error:
        return Finding(
            "home", "fault", f"{home} cannot be written ({error.strerror}): set ALMANAC_HOME to another folder."
        )
    form = form_of(settings.home_folder)
    free = shutil.disk_usage(existing).free
    if free < LOW_DISK_BYTES:
        return Finding("home", "warning", f"{home} has only {free / 1e9:.1f} GB left: free some space.")
    shown = f", form {form}" if form else ""
    return Finding("home", "ok", f"{home}{shown}, {free / 1e9:.0f} GB free")


def _lake(settings: Settings) -> Finding:
    place = settings.lake_root
    if isinstance(place, ObjectStore):
        examine_store(place)
        return Finding("lake", "ok", f"{place.url}: can be read, written and replaced by condition")
    existing = next(folder for folder in (place, *place.parents) if folder.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        return Finding("lake", "fault", f"{place} cannot be written: set ALMANAC_LAKE_URL to another folder.")
    return Finding("lake", "ok", f"{place}, {shutil.disk_usage(existing).free / 1e9:.0f} GB free")


def _dagster(settings: Settings) -> Finding:
    if settings.dagster_postgres_url is None:
        place = str(settings.home_folder.dagster)
        shown, command = f"files below {place}", "the next command migrates them: make a backup before"
        revisions = revisions_in_files(settings.home_folder)
    else:
        url = database_url(settings.dagster_postgres_url)
        place = require_database(url)
        shown, command = f"PostgreSQL at {place}", "stop what uses it, make a backup, and run `almanac prepare`"
        revisions = revisions_in_database(url)
    refuse_newer(revisions, place)
    if age_of(revisions) == "older":
        sentence = f"runs and events in {shown}, made by an older Dagster (revision {revisions[0]}): {command}."
        return Finding("dagster", "warning", sentence)
    return Finding("dagster", "ok", f"runs and events in {shown}" + (f", schema {revisions[0]}" if revisions else ""))


def _source(settings: Settings, now: dt.datetime) -> Finding:
    source = without_fallback(listing_source(settings))
    days = source.days()
    if days:
        return Finding("source", "ok", f"{source.name}: {len(days)} announcement days, {days[0]} to {days[-1]}")
    day = latest_announced_day(now)
    stands_in = f"; {settings.fallback} stands in where it does not answer" if settings.fallback else ""
    try:
        listing = source.listing(day, settings.preferences().categories)
    except DayMissingError as error:
        return Finding("source", "warning", f"{source.name}: {error}")
    return Finding("source", "ok", f"{source.name}: answered with {len(listing.records)} records for {day}{stands_in}")


def _summarizer(settings: Settings) -> Finding:
    summarizer(settings)
    if not settings.uses_model:
        return Finding("summarizer", "ok", "embedded: no key and no network needed")
    import openai

    made = engine_settings(settings)
    try:
        with openai.OpenAI(
            api_key=made.api_key or "none", base_url=made.address, max_retries=0, timeout=ENDPOINT_SECONDS
        ) as client:
            offered = {model.id for model in client.models.list()}
    except openai.OpenAIError as error:
        # Only the kind of the error is told: its text may hold the address or a part of the key.
        return Finding(
            "summarizer",
            "fault",
            f"the model endpoint did not answer ({type(error).__name__}): check OPENAI_BASE_URL and OPENAI_API_KEY.",
        )
    if made.model not in offered:
        return Finding("summarizer", "warning", f"the endpoint does not list {made.model}: check ALMANAC_MODEL.")
    return Finding("summarizer", "ok", f"openai: {made.model}")


def _calendar(now: dt.datetime) -> Finding:
    known = holiday_years()
    if now.year in known:
        return Finding("calendar", "ok", f"arXiv's holidays are known for {', '.join(map(str, sorted(known)))}")
    return Finding(
        "calendar",
        "warning",
        f"arXiv's holidays of {now.year} are not known: add them to assets/calendar/holidays.toml,"
        " or an empty day will look like an outage.",
    )


def _warehouse(settings: Settings) -> Finding:
    path = settings.home_folder.warehouse
    if not path.is_file():
        return Finding("warehouse", "ok", "not made yet; the first run makes it")
    with open_warehouse(settings) as connection:
        try:
            row = connection.execute("SELECT count(*), count(DISTINCT day) FROM papers").fetchone()
        except duckdb.Error as error:
            return Finding("warehouse", "fault", sentence(error) or damage(error) or f"{path} cannot be asked: {error}")
    papers, days = row or (0, 0)
    return Finding("warehouse", "ok", f"{path}: {papers} papers on {days} days")


def _versions() -> Finding:
    return Finding("versions", "ok", ", ".join(f"{name} {importlib.metadata.version(name)}" for name in VERSIONED))
