"""What OAI-PMH says of papers: pages of arXivRaw, and their records in the snapshot's layout.

arXivRaw is the format that has the history of versions. Sets name what is harvested: a group
(`cs`), an archive (`physics:hep-th`) or a category (`cs:cs:LG`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from lxml import etree  # type: ignore[import-untyped]

from assets.categories import archive
from assets.listings.safe_xml import BrokenXmlError, local_name, parse_xml, text_of
from assets.listings.snapshot_records import parse_time

OAI = "{http://www.openarchives.org/OAI/2.0/}"
RAW = "{http://arxiv.org/OAI/arXivRaw/}"
IDENTIFIER_PREFIX = "oai:arXiv.org:"

MOST_SETS_OF_A_GROUP = 4
"""Followed categories of one group above which the group is harvested as a whole, in fewer requests."""

_GROUPS = frozenset({"cs", "econ", "eess", "math", "q-bio", "q-fin", "stat"})
"""Archives that are groups of their own; all others belong to `physics`."""

_FIELDS = ("id", "submitter", "authors", "title", "comments", "journal-ref", "doi", "report-no", "categories")
_MORE_FIELDS = ("license", "abstract")


@dataclass(frozen=True, slots=True)
class Harvested:
    """A record of OAI-PMH.

    `record` is JSON in the snapshot's layout, or the XML as it was found where it is no arXivRaw; None
    where the record was deleted. `versions` holds number and submission time (UTC) of each version.
    """

    paper_id: str
    datestamp: dt.date
    versions: tuple[tuple[int, dt.datetime], ...]
    record: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: its records, and the token of the next page (None on the last)."""

    records: Sequence[Harvested]
    token: str | None


def check_answer(body: bytes) -> None:
    """Raises BrokenXmlError for what is no whole answer of OAI-PMH, or is a list of nothing."""
    root = parse_xml(body)
    if root.tag != f"{OAI}OAI-PMH":
        raise BrokenXmlError(f"its root is {local_name(root)!r}, not OAI-PMH")
    for verb, item in (("ListRecords", "record"), ("ListIdentifiers", "header")):
        # The protocol has an error for an empty list; a list without items is a fault of the server.
        if (found := root.find(f"{OAI}{verb}")) is not None and found.find(f"{OAI}{item}") is None:
            raise BrokenXmlError(f"it is a {verb} without any {item}")


def read_page(body: bytes) -> Page:
    """The records of an answer to ListRecords or GetRecord. Raises BrokenXmlError.

    A record whose header cannot be read makes the whole page unreadable: it could not be missed.
    """
    root = parse_xml(body)
    records = [_harvested(element) for element in root.iter(f"{OAI}record")]
    token = root.find(f"{OAI}ListRecords/{OAI}resumptionToken")
    text = (token.text or "").strip() if token is not None else ""
    return Page(records, text or None)


def sets_of(categories: frozenset[str] | None) -> list[str | None]:
    """The sets that hold all papers of canonical categories, in order.

    [None], which stands for everything, where all categories are followed.
    """
    if categories is None:
        return [None]
    by_group: dict[str, set[str]] = {}
    for category in categories:
        by_group.setdefault(_group(category), set()).update(_category_sets(category))
    sets: set[str] = set()
    for group, found in by_group.items():
        sets |= {group} if len(found) > MOST_SETS_OF_A_GROUP else found
    return [*sorted(sets)]


def _category_sets(category: str) -> Iterable[str]:
    """The set of a category; for one that takes no new papers, which has none, that of its archive."""
    own = archive(category)
    group = _group(category)
    if category != own:
        return [f"{group}:{category.replace('.', ':')}"]
    return [f"{group}:{own}"] if group != own else [own]


def _group(category: str) -> str:
    own = archive(category)
    return own if own in _GROUPS else "physics"


def _harvested(element: Any) -> Harvested:
    header = element.find(f"{OAI}header")
    identifier = (text_of(header, f"{OAI}identifier") or "").strip() if header is not None else ""
    paper_id = identifier.removeprefix(IDENTIFIER_PREFIX)
    try:
        datestamp = dt.date.fromisoformat((text_of(header, f"{OAI}datestamp") or "").strip()[:10])
    except (ValueError, AttributeError):
        datestamp = None
    if not paper_id or datestamp is None:
        raise BrokenXmlError("a record has no identifier or no datestamp")
    if header.get("status") == "deleted":
        return Harvested(paper_id, datestamp, (), None)
    raw = element.find(f"{OAI}metadata/{RAW}arXivRaw")
    if raw is None:
        return Harvested(paper_id, datestamp, (), etree.tostring(element, encoding="unicode", with_tail=False))
    written = [(entry.get("version"), text_of(entry, f"{RAW}date")) for entry in raw.iterfind(f"{RAW}version")]
    record: dict[str, object] = {name: text_of(raw, f"{RAW}{name}") for name in _FIELDS}
    record |= {name: text_of(raw, f"{RAW}{name}") for name in _MORE_FIELDS}
    record["versions"] = [{"version": number, "created": created} for number, created in written]
    record["update_date"] = f"{datestamp}"
    record["authors_parsed"] = None
    return Harvested(paper_id, datestamp, _timed(written), msgspec.json.encode(record).decode())


def _timed(written: Iterable[tuple[str | None, str | None]]) -> tuple[tuple[int, dt.datetime], ...]:
    found: dict[int, dt.datetime] = {}
    for number, created in written:
        digits, time = (number or "").removeprefix("v"), parse_time(created or "")
        if digits.isascii() and digits.isdecimal() and len(digits) < 5 and time is not None:
            found.setdefault(int(digits), time)
    return tuple(sorted(found.items()))
