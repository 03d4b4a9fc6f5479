"""The mailings that arXiv left out: how the data file is read, and what a wrong one is told."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assets.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = ("holiday", "deferred mailing")


@dataclass(frozen=True)
class Holiday:
    """A day whose submission window arXiv did not mail on its own: staff off, or the mailing deferred."""

    date: date
    """US Eastern date on which the window closes."""
    name: str
    kind: str
    """holiday, or deferred mailing for an outage and the like."""
    known_from: str
    """arXiv's news or list that says so, or that no listing was published."""


@dataclass(frozen=True)
class HolidayList:
    """Holidays by their US Eastern date, and the years of which all that arXiv published are known."""

    by_date: Mapping[date, Holiday]
    complete_years: frozenset[int]


def parse_holidays(text: str, origin: str) -> HolidayList:
    """The holidays of a TOML text in the layout of holidays.toml; `origin` is its name for error messages.

    Raises SettingsError for broken TOML, for an entry that lacks a field or has one of another type,
    and for a date that is listed twice.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{origin} is not valid TOML: {error}.") from error
    years = content.get("complete_years", [])
    if not isinstance(years, list) or not all(type(year) is int for year in years):
        raise SettingsError(f"{origin}: complete_years must be a list of years like [2025, 2026].")
    by_date: dict[date, Holiday] = {}
    for group in _tables(content, "list", origin):
        known_from = _text(group, "known_from", f"{origin}: a [[list]]")
        for entry in _tables(group, "days", f"{origin}: the list from {known_from!r}"):
            holiday = _holiday(entry, known_from, f"{origin}: the list from {known_from!r}")
            if holiday.date in by_date:
                raise SettingsError(f"{origin} lists {holiday.date} twice; remove one of the two.")
            by_date[holiday.date] = holiday
    return HolidayList(MappingProxyType(by_date), frozenset(years))


@functools.cache
def arxiv_holidays() -> HolidayList:
    """The holidays that the project knows: holidays.toml beside this module."""
    path = Path(__file__).with_name("holidays.toml")
    return parse_holidays(path.read_text(encoding="utf-8"), path.name)


def _holiday(entry: dict[str, Any], known_from: str, where: str) -> Holiday:
    day = entry.get("date")
    if not isinstance(day, date) or isinstance(day, datetime):
        raise SettingsError(f"{where} has a day whose date is {day!r}: write it like 2026-12-25, without quotes.")
    kind = entry.get("kind", KINDS[0])
    if kind not in KINDS:
        raise SettingsError(f"{where} gives {day} the kind {kind!r}: it is either {KINDS[0]!r} or {KINDS[1]!r}.")
    return Holiday(day, _text(entry, "name", f"{where}, {day},"), kind, known_from)


def _tables(content: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    tables = content.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise SettingsError(f"{where}: {key} must be a list of tables, like those in the project's holidays.toml.")
    return tables


def _text(content: dict[str, Any], key: str, where: str) -> str:
    value = content.get(key)
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{where} needs {key} as text and has {value!r}.")
    return value
