"""A source's record in the snapshot's layout, where every field may be missing, null or of a wrong type."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec

TEXTS = ("id", "title", "abstract", "authors", "categories", "comments", "journal-ref", "doi", "report-no", "license")
LISTS = ("versions", "authors_parsed")

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RFC_2822 = re.compile(
    r"(?:[A-Z][a-z]{2},\s+)?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d)(?::(\d\d))?\s*(GMT|UTC?|Z|[+-]\d{4})?"
)
_VERSION = re.compile(r"v?([0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a record out of `papers`."""

    field: str
    rule: str
    value: str | None
    what: str
    """A clause: "the abstract is empty"."""


@dataclass(slots=True)
class Record:
    """The fields that papers are made of; a text that is missing or null is ""."""

    texts: dict[str, str]
    versions: list[tuple[int, datetime | None]] = field(default_factory=list)
    authors_parsed: object = None


class Texts(msgspec.Struct):
    """The texts of the snapshot's layout."""

    id: str | None = None
    title: str | None = None
    abstract: str | None = None
    authors: str | None = None
    categories: str | None = None
    comments: str | None = None
    journal_ref: str | None = msgspec.field(default=None, name="journal-ref")
    doi: str | None = None
    report_no: str | None = msgspec.field(default=None, name="report-no")
    license: str | None = None


class _Layout(Texts):
    """The whole layout, for the usual record in which every field is as it should be."""

    versions: list[dict[str, Any]] | None = None
    authors_parsed: list[Any] | None = None


_DECODER = msgspec.json.Decoder(_Layout)


def read_record(text: str) -> tuple[Record | None, list[Problem]]:
    """The record and what is wrong with its form; no record where the text is no JSON object.

    Rules: `json`, `object` and, for fields of a wrong type, `type`.
    """
    try:
        usual = _DECODER.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return _read_with_suspicion(text)
    values = (
        usual.id, usual.title, usual.abstract, usual.authors, usual.categories, usual.comments, usual.journal_ref,
        usual.doi, usual.report_no, usual.license,
    )  # fmt: skip
    texts = {name: value or "" for name, value in zip(TEXTS, values, strict=True)}
    return Record(texts, _versions(usual.versions or []), usual.authors_parsed), []


def _read_with_suspicion(text: str) -> tuple[Record | None, list[Problem]]:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        return None, [Problem("record", "json", text, f"the record is not JSON ({error})")]
    if not isinstance(found, dict):
        return None, [Problem("record", "object", text, f"the record is {_kind(found)} where an object belongs")]
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    for name in TEXTS:
        value = found.get(name)
        if isinstance(value, str):
            texts[name] = value
        else:
            texts[name] = ""
            if value is not None:
                problems.append(_wrong_type(name, value, "a text"))
    for name in LISTS:
        value = found.get(name)
        if value is not None and not isinstance(value, list):
            problems.append(_wrong_type(name, value, "a list"))
    versions = found.get("versions")
    parsed = found.get("authors_parsed")
    if isinstance(versions, list) and not all(isinstance(entry, dict) for entry in versions):
        problems.append(_wrong_type("versions", versions, "a list of objects"))
        versions = None
    return Record(texts, _versions(versions if isinstance(versions, list) else []), parsed), problems


def parse_created(value: object) -> datetime | None:
    """The submission time of a version, UTC; None where there is none or only a date.

    Reads RFC 2822 ("Mon, 25 Aug 2025 17:59:03 GMT") and ISO 8601 ("2024-12-23T21:28:32Z"); a time
    without a zone is UTC, as all of arXiv's are.
    """
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        if match := _RFC_2822.fullmatch(text):
            day, month, year, hour, minute, second, zone = match.groups()
            offset = UTC if not zone or zone[0] not in "+-" else _offset(zone)
            time = datetime(
                int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second or 0), tzinfo=offset
            )
        elif len(text) > len("2024-12-23"):
            time = datetime.fromisoformat(text)
        else:
            return None
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(zone: str) -> timezone:
    minutes = int(zone[1:3]) * 60 + int(zone[3:5])
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))


def _versions(entries: list[dict[str, object]]) -> list[tuple[int, datetime | None]]:
    """Number and time of each version, in order, each number once; what has no number is no version."""
    found: dict[int, datetime | None] = {}
    for entry in entries:
        number = entry.get("version")
        match = _VERSION.fullmatch(str(number)) if isinstance(number, str | int) else None
        if match and int(match[1]) not in found:
            found[int(match[1])] = parse_created(entry.get("created"))
    return sorted(found.items())


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    return "a text" if isinstance(value, str) else "a list" if isinstance(value, list) else "an object"


def _wrong_type(name: str, value: object, expected: str) -> Problem:
    shown = msgspec.json.encode(value).decode()
    described = _kind(value) if expected != "a list of objects" else "a list of something else"
    return Problem(name, "type", shown, f"the field {name} is {described} where {expected} belongs")
