"""The feeds, `/rss/cs.LG+stat.ML` and `/atom/…`: the mailing of today, by the emulator's clock.

Quirks that are kept: new papers come first; at most 2,000 items, and it is the new papers with the
lowest ids that fall out of a feed that is too long; a weekend's feed is empty and says its own date; a
paper whose primary category was not asked for is a `cross`, or a `replace-cross`.
"""

from __future__ import annotations

import datetime as dt
import json
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

import assets.categories
from assets.calendar.days import EASTERN
from tests.emulators.arxiv.markup import ARXIV, ATOM, DC, author_names, child, one_line, unwrapped, written
from tests.emulators.arxiv.world import Listed, World

MOST_ITEMS = 2000
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_XML = "http://www.w3.org/XML/1998/namespace"
_ORDER = ("new", "cross", "replace", "replace-cross")


def answer(world: World, kind: str, topics: str, fault: str | None = None, most: int = MOST_ITEMS) -> tuple[int, bytes]:
    """Status and feed; `kind` is rss or atom, and the fault empty_page leaves the items out."""
    built, day = world.feed_day()
    midnight = dt.datetime.combine(built, dt.time(), EASTERN)
    write = _rss if kind == "rss" else _atom
    asked = _asked(topics)
    if asked is None:
        return 400, write(topics, midnight, [], f"Bad archive or subject class in '{topics}'.")
    items = [] if fault == "empty_page" else _items(world.mailing(day), asked)
    # The server takes the first 2,000 of the reversed order, and turns them round again.
    return 200, write(topics, midnight, items[-most:], None)


def _asked(topics: str) -> frozenset[str] | None:
    """The categories that archives and categories joined by + stand for, aliases with them."""
    facts = _facts()
    found: set[str] = set()
    for topic in topics.split("+"):
        archive, _, subject = topic.partition(".")
        codes = [f"{archive.lower()}.{subject.upper()}", f"{archive.lower()}.{subject.lower()}"]
        if not subject and archive.lower() in facts["archives"]:
            found |= {code for code, entry in facts["categories"].items() if entry["archive"] == archive.lower()}
        elif matching := [code for code in codes if code in facts["categories"]]:
            found.add(matching[0])
        else:
            return None
    same = {**facts["aliases"], **{canonical: alias for alias, canonical in facts["aliases"].items()}}
    return frozenset(found | {same[code] for code in found if code in same})


def _items(mailing: list[Listed], asked: frozenset[str]) -> list[tuple[str, Listed]]:
    found = []
    for listed in mailing:
        paper = listed.seen.paper
        matching = asked.intersection(listed.seen.categories)
        if listed.action == "cross":
            matching &= {code for code, _ in paper.crossed.items()}
        elif listed.action == "new":
            matching -= set(paper.crossed)
        if not matching:
            continue
        primary = listed.seen.categories[0] in asked
        kinds = {"new": "new" if primary else "cross", "cross": "cross"}
        kinds["replace"] = "replace" if primary else "replace-cross"
        found.append((kinds[listed.action], listed))
    return sorted(found, key=lambda item: (_ORDER.index(item[0]), item[1].seen.paper.identifier.order))


def _description(kind: str, listed: Listed) -> str:
    paper = listed.seen.paper
    text = unwrapped(paper.text("abstract")).strip()
    return f"arXiv:{paper.paper_id}v{listed.version.number} Announce Type: {kind} \nAbstract: {text}"


def _extras(entry: Any, kind: str, listed: Listed) -> None:
    paper = listed.seen.paper
    child(entry, "announce_type", kind, ARXIV)
    if license_address := paper.text("license"):
        child(entry, "rights", license_address, DC)
    if doi := paper.text("doi"):
        child(entry, "DOI", doi, ARXIV)
    if journal := paper.text("journal-ref"):
        child(entry, "journal_reference", one_line(journal), ARXIV)
    child(entry, "creator", ", ".join(author_names(paper.record)), DC)


def _rss(topics: str, midnight: dt.datetime, items: list[tuple[str, Listed]], error: str | None) -> bytes:
    root = etree.Element("rss", nsmap={"arxiv": ARXIV, "dc": DC, "atom": ATOM, "content": _CONTENT}, version="2.0")
    channel = child(root, "channel")
    address = f"http://rss.arxiv.org/rss/{topics}"
    named = ", ".join(topics.split("+"))
    child(channel, "title", f"Feed error for query: {address}" if error else f"{named} updates on arXiv.org")
    child(channel, "link", address)
    child(channel, "description", error or f"{named} updates on the arXiv.org e-print archive.")
    child(channel, "link", None, ATOM, href=address, rel="self", type="application/rss+xml")
    child(channel, "docs", "http://www.rssboard.org/rss-specification")
    child(channel, "language", "en-us")
    child(channel, "lastBuildDate", format_datetime(midnight.astimezone(dt.UTC)))
    child(channel, "managingEditor", "rss-help@arxiv.org")
    child(channel, "pubDate", format_datetime(midnight))
    skipped = child(channel, "skipDays")
    child(skipped, "day", "Saturday")
    child(skipped, "day", "Sunday")
    for kind, listed in items:
        paper = listed.seen.paper
        item = child(channel, "item")
        child(item, "title", one_line(paper.text("title")))
        child(item, "link", f"https://arxiv.org/abs/{paper.paper_id}")
        child(item, "description", _description(kind, listed))
        child(item, "guid", f"oai:arXiv.org:{paper.paper_id}v{listed.version.number}", isPermaLink="false")
        for code in listed.seen.categories:
            child(item, "category", code)
        child(item, "pubDate", format_datetime(midnight))
        _extras(item, kind, listed)
    return written(root)


def _atom(topics: str, midnight: dt.datetime, items: list[tuple[str, Listed]], error: str | None) -> bytes:
    root = etree.Element(etree.QName(ATOM, "feed"), nsmap={"arxiv": ARXIV, "dc": DC, None: ATOM})
    root.set(etree.QName(_XML, "lang"), "en-us")
    address = f"http://rss.arxiv.org/atom/{topics}"
    named = ", ".join(topics.split("+"))
    built = midnight.astimezone(dt.UTC).isoformat(timespec="microseconds")
    child(root, "id", address)
    child(root, "title", f"Feed error for query: {address}" if error else f"{named} updates on arXiv.org")
    child(root, "updated", built)
    child(root, "link", href=address, rel="self", type="application/atom+xml")
    child(root, "subtitle", error or f"{named} updates on the arXiv.org e-print archive.")
    for kind, listed in items:
        paper = listed.seen.paper
        entry = child(root, "entry")
        child(entry, "id", f"oai:arXiv.org:{paper.paper_id}v{listed.version.number}")
        child(entry, "title", one_line(paper.text("title")))
        child(entry, "updated", built)
        child(entry, "link", href=f"https://arxiv.org/abs/{paper.paper_id}", rel="alternate", type="text/html")
        child(entry, "summary", _description(kind, listed))
        for code in listed.seen.categories:
            child(entry, "category", term=code)
        child(entry, "published", midnight.isoformat())
        _extras(entry, kind, listed)
    return written(root)


@cache
def _facts() -> Any:
    path = Path(str(assets.categories.__file__)).with_name("taxonomy.json")
    return json.loads(path.read_text(encoding="utf-8"))
