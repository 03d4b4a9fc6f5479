"""What a line of a metadata snapshot says about when its paper was announced.

The layout is that of arXiv's public metadata snapshot, one JSON object a line (`id`, `versions`,
`categories`, …), plus an optional `announced`: the UTC date of the announcement. Only what places
a paper in time is read here; the text of the line is kept as it is for the rooms that follow.

A line that is no JSON object is kept too, with the reason and whatever tells its day.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from assets.calendar.days import AnnouncementDayError, day_of_submission, id_month, is_announcement_day
from assets.calendar.ids import parse_id
from assets.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_BROKEN_TEXT = 100_000
"""Characters that are kept of a line that is not JSON."""

_MONTHS = {"Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6}
_MONTHS |= {"Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12}
_BYTE_OFFSET = re.compile(r" \(byte (\d+)\)$")
_ID_IN_TEXT = re.compile(rb'"id"\s*:\s*"([^"]{1,60})"')
_ANNOUNCED_IN_TEXT = re.compile(rb'"announced"\s*:\s*"([^"]{10,40})"')
_OTHER_FILES = {
    "%PDF": "a PDF document",
    "PK\x03\x04": "a ZIP archive (unpack it: the JSON Lines file lies inside)",
    "BZh": "a bzip2 file (unpack it first)",
    "\\xfd7zXZ": "an xz file (unpack it first)",
    "PAR1": "a Parquet file",
    "SQLite": "an SQLite database",
    "\\xff\\xfe": "UTF-16 text (save it as UTF-8)",
    "\\xfe\\xff": "UTF-16 text (save it as UTF-8)",
    "[": "a JSON array (write one object on each line instead)",
    "<": "HTML or XML",
}
"""What other files begin with, bytes that are not UTF-8 written as in a broken line's text."""


class Version(msgspec.Struct, gc=False):
    """A version of a paper; `created` is its submission time."""

    version: str | None = None
    created: str | None = None


class Head(msgspec.Struct, gc=False):
    """What of a record is read here."""

    id: str | None = None
    announced: str | None = None
    versions: list[Version] | None = None


HEADS = msgspec.json.Decoder(Head)


class Entry(NamedTuple):
    """A line and what places it; times are UTC.

    `month` is the id's, "2026-01": all that can bound a paper's day stands under the same one.
    `announced` is the announcement day as the line gives it; a date on which arXiv announced
    nothing stands in `misdated` instead. `reason` says why a line is not a record. `follows` is
    the line whose day is taken by one that says nothing about its own.
    """

    line: int
    month: str
    paper_id: str | None
    submitted_at: dt.datetime | None
    announced: dt.date | None
    misdated: dt.date | None
    reason: str | None
    follows: int | None
    text: str


def submission_time(versions: Iterable[Version] | None) -> dt.datetime | None:
    """Submission time of version 1 in UTC; None where the source does not give it."""
    return parse_time(created_first(versions) or "")


def created_first(versions: Iterable[Version] | None) -> str | None:
    """The submission time of version 1 as it is written; None where the source does not give it."""
    for version in versions or ():
        if version.version in ("v1", "1", None):
            return version.created
    return None


def parse_time(text: str) -> dt.datetime | None:
    """A time as snapshots write it, in UTC: "Mon, 2 Apr 2007 19:18:42 GMT" or "2007-04-02T19:18:42Z".

    None for anything else, for a time without zone too.
    """
    parts = text.split()
    try:
        if len(parts) == 6 and parts[5] in ("GMT", "UTC", "+0000"):
            hour, minute, second = parts[4].split(":")
            return dt.datetime(
                int(parts[3]),
                _MONTHS[parts[2]],
                int(parts[1]),
                int(hour),
                int(minute),
                int(second),
                tzinfo=dt.UTC,
            )
        time = dt.datetime.fromisoformat(text)
        return time.astimezone(dt.UTC) if time.tzinfo else None
    except (KeyError, ValueError, OverflowError):
        return None


def entry_of(number: int, data: bytes) -> Entry:
    """What a line says; `data` is the line without its end. Blank lines are no entries: pass them over before."""
    try:
        text = data.decode()
        head = _head(data)
    except UnicodeDecodeError as error:
        return _broken(number, data, f"not valid UTF-8 (column {error.start + 1}: byte 0x{data[error.start]:02x})")
    except msgspec.DecodeError as error:
        return _broken(number, data, _json_reason(str(error), len(data)))
    if head is None:
        return _broken(number, data, "valid JSON, but not an object")
    identifier = _paper_id(head.id)
    submitted = submission_time(head.versions)
    announced, misdated = announced_of(head.announced)
    month = identifier[1] if identifier else month_of(announced, submitted)
    return Entry(
        number,
        month,
        identifier[0] if identifier else None,
        submitted,
        announced,
        misdated,
        None,
        None,
        text,
    )


def _head(data: bytes) -> Head | None:
    """What fits of a JSON object, whatever types its fields have; None for what is no object.

    Raises msgspec.DecodeError for what is no JSON.
    """
    try:
        return HEADS.decode(data)
    except msgspec.ValidationError:
        found = msgspec.json.decode(data)
    if not isinstance(found, dict):
        return None
    head = Head()
    for field, kind in (("id", str), ("announced", str), ("versions", list[Version])):
        try:
            setattr(head, field, msgspec.convert(found.get(field), kind | None))
        except msgspec.ValidationError:
            continue
    return head


def _broken(number: int, data: bytes, reason: str) -> Entry:
    """A line that is no record, with what its text still tells of the id and the day."""
    found = _ID_IN_TEXT.search(data)
    identifier = _paper_id(found[1].decode("ascii", "replace").replace("\\/", "/")) if found else None
    found = _ANNOUNCED_IN_TEXT.search(data)
    announced, misdated = announced_of(found[1].decode("ascii", "replace") if found else None)
    return Entry(
        number,
        identifier[1] if identifier else month_of(announced, None),
        identifier[0] if identifier else None,
        None,
        announced,
        misdated,
        reason,
        None,
        _text_of_broken(data),
    )


def _text_of_broken(data: bytes) -> str:
    r"""The text that is kept of a line, with what is no UTF-8 written as `\xff`: never one that could be read."""
    data = data[: 4 * LONGEST_BROKEN_TEXT]
    text = data.decode("utf-8", "backslashreplace")[:LONGEST_BROKEN_TEXT]
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
    # Behind a backslash of its own the escape is part of good JSON; a replacement character is not.
    return data.decode("utf-8", "replace")[:LONGEST_BROKEN_TEXT]


def _json_reason(message: str, length: int) -> str:
    offset = _BYTE_OFFSET.search(message)
    if offset:
        column = int(offset[1]) + 1
        return f"not valid JSON (column {column}: {_BYTE_OFFSET.sub('', message).removeprefix('JSON is malformed: ')})"
    # The library gives no place for what it takes for an early end: the line's own end, or half of a
    # surrogate pair.
    return f"not valid JSON (column {length + 1}: the line or a character in it is incomplete)"


def _paper_id(text: str | None) -> tuple[str, str] | None:
    identifier = parse_id(text) if text else None
    return (identifier.paper_id, f"{identifier.year:04}-{identifier.month:02}") if identifier else None


@lru_cache(maxsize=4096)
def announced_of(text: str | None) -> tuple[dt.date | None, dt.date | None]:
    """The announcement day that a line gives, or the date that it gives and that can be none."""
    if not text or not re.fullmatch(r"\d{4}-\d\d-\d\d([T ].*)?", text, re.ASCII):
        return None, None
    try:
        day = dt.date.fromisoformat(text[:10])
    except ValueError:
        return None, None
    return (day, None) if is_announcement_day(day) else (None, day)


def month_of(announced: dt.date | None, submitted: dt.datetime | None) -> str:
    """The month whose ids a record without one belongs to; "" where nothing tells."""
    try:
        day = announced or (day_of_submission(submitted) if submitted else None)
    except AnnouncementDayError:
        return ""
    return "{:04}-{:02}".format(*id_month(day)) if day else ""


def not_a_snapshot(file: str, first: Entry | None, tried: Sequence[Entry]) -> InputError:
    """The sentence about a file that begins with an entry and says nothing of any paper in all that were tried."""
    if first is None:
        return InputError(f"{file} holds no text: give a JSON Lines file in the layout of arXiv's metadata snapshot.")
    if any(entry.reason is None for entry in tried):
        return InputError(
            f"{file} is not in the layout of arXiv's metadata snapshot: none of its first {len(tried)} records "
            "has an arXiv id in `id`, a date in `announced` or a time in `versions`."
        )
    kind = other_kind(first)
    start = first.text.lstrip()[:40]
    found = f"it looks like {kind}" if kind else f"line {first.line} is {first.reason} and begins with {start!r}"
    return InputError(
        f"{file} is not JSON Lines, one JSON object on each line: {found}; give arXiv's metadata snapshot "
        "or a file in its layout."
    )


def other_kind(first: Entry) -> str | None:
    """The kind of file that begins like this entry, where it is a known one."""
    start = first.text.lstrip()
    return next((kind for signature, kind in _OTHER_FILES.items() if start.startswith(signature)), None)
