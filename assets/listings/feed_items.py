"""A feed of arXiv's, RSS 2.0 or Atom, and its items as records in the snapshot's layout."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any

import msgspec

from assets.calendar.days import EASTERN
from assets.calendar.ids import parse_id
from assets.listings.safe_xml import BrokenXmlError, local_name, parse_xml, text_of
from assets.listings.schema import LISTING_KINDS

ATOM = "{http://www.w3.org/2005/Atom}"
ARXIV = "{http://arxiv.org/schemas/atom}"
DC = "{http://purl.org/dc/elements/1.1/}"

_DESCRIPTION = re.compile(r"\s*(?:arXiv:(\S+)\s+)?Announce Type:\s*([a-z-]+)\s*(?:Abstract:\s?)?", re.ASCII)
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")


@dataclass(frozen=True, slots=True)
class Item:
    """A paper in a feed; `record` is JSON in the snapshot's layout, `paper_id` None where it has no readable id."""

    paper_id: str | None
    listing: str
    record: str
    link: str


@dataclass(frozen=True)
class Feed:
    """A feed: the US Eastern date for which it was built, and its items in their order."""

    day: dt.date
    items: Sequence[Item]


def check_feed(body: bytes) -> None:
    """Raises BrokenXmlError for what is no whole feed of arXiv's."""
    read_feed(body)


def read_feed(body: bytes) -> Feed:
    """A feed and its items. Raises BrokenXmlError for what is no whole feed of arXiv's.

    An item without a type, or of one that arXiv does not have, makes the whole feed unreadable: it
    could belong anywhere.
    """
    root = parse_xml(body)
    if root.tag == "rss":
        channel = root.find("channel")
        if channel is None:
            raise BrokenXmlError("the feed has no channel")
        built = text_of(channel, "pubDate") or text_of(channel, "lastBuildDate")
        day = _eastern_date(built, of_mail=True)
        return Feed(day, [_rss_item(item, day) for item in channel.iterfind("item")])
    if root.tag == f"{ATOM}feed":
        day = _eastern_date(text_of(root, f"{ATOM}updated"), of_mail=False)
        return Feed(day, [_atom_item(entry, day) for entry in root.iterfind(f"{ATOM}entry")])
    raise BrokenXmlError(f"its root is {local_name(root)!r}, neither rss nor feed")


def _eastern_date(text: str | None, *, of_mail: bool) -> dt.date:
    try:
        time = parsedate_to_datetime(text or "") if of_mail else dt.datetime.fromisoformat((text or "").strip())
        return (time if time.tzinfo else time.replace(tzinfo=dt.UTC)).astimezone(EASTERN).date()
    except (ValueError, TypeError, OverflowError) as error:
        raise BrokenXmlError(f"the feed has no readable date ({(text or '')[:40]!r})") from error


def _rss_item(item: Any, day: dt.date) -> Item:
    categories = [(entry.text or "").strip() for entry in item.iterfind("category")]
    return _item(
        item,
        day,
        identifier=text_of(item, "guid"),
        link=text_of(item, "link"),
        title=text_of(item, "title"),
        description=text_of(item, "description"),
        categories=categories,
    )


def _atom_item(entry: Any, day: dt.date) -> Item:
    link = entry.find(f"{ATOM}link")
    return _item(
        entry,
        day,
        identifier=text_of(entry, f"{ATOM}id"),
        link=None if link is None else link.get("href"),
        title=text_of(entry, f"{ATOM}title"),
        description=text_of(entry, f"{ATOM}summary"),
        categories=[category.get("term", "") for category in entry.iterfind(f"{ATOM}category")],
    )


def _item(
    element: Any,
    day: dt.date,
    *,
    identifier: str | None,
    link: str | None,
    title: str | None,
    description: str | None,
    categories: Sequence[str],
) -> Item:
    start = _DESCRIPTION.match(description or "")
    named = (identifier or "").strip().removeprefix("oai:arXiv.org:") or (start[1] if start else None) or link or ""
    listing = (text_of(element, f"{ARXIV}announce_type") or (start[2] if start else "") or "").strip()
    if listing not in LISTING_KINDS:
        raise BrokenXmlError(f"the item {named[:40]!r} is announced as {listing[:40]!r}, which is no type of arXiv's")
    found = parse_id(named)
    abstract = (description or "")[start.end() :] if start else description
    record = {
        "id": found.paper_id if found else named or None,
        "submitter": None,
        "authors": _unescaped(text_of(element, f"{DC}creator")),
        "title": _unescaped(title),
        "comments": None,
        "journal-ref": _unescaped(text_of(element, f"{ARXIV}journal_reference")),
        "doi": text_of(element, f"{ARXIV}DOI"),
        "report-no": None,
        "categories": " ".join(dict.fromkeys(code for code in categories if code)),
        "license": text_of(element, f"{DC}rights"),
        "abstract": _unescaped(abstract),
        # The feed tells which version it is, and no submission time.
        "versions": [{"version": f"v{found.version}", "created": None}] if found and found.version else [],
        "update_date": f"{day}",
        "authors_parsed": None,
        "announced": f"{day}",
    }
    return Item(found.paper_id if found else None, listing, msgspec.json.encode(record).decode(), link or named)


def _unescaped(text: str | None) -> str | None:
    """A text in which HTML's entities, which some items carry inside the XML, are the characters they stand for.

    Only whole entities, with their semicolon, count: `AT&T` and LaTeX's `\\&` stay as they are.
    """
    return None if text is None else _ENTITY.sub(lambda match: unescape(match[0]), text)
