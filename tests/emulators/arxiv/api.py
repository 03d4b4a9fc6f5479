"""The search API, `/api/query`, with the answers of arXiv's server of 2026.

Quirks that are kept: an id of a wrong form gives HTTP 400 with an "Error" entry, an unknown id gives
200 and nothing; more than 30,000 results asked for gives 400; no slice is longer than 2,000; a start
beyond the end is an empty feed with the true total.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from tests.emulators.arxiv.markup import (
    ARXIV,
    ATOM,
    OPENSEARCH,
    author_names,
    child,
    one_line,
    unwrapped,
    utc,
    written,
)
from tests.emulators.arxiv.query import QueryError, parse, spelled_out
from tests.emulators.arxiv.world import Seen, World

LONGEST_SLICE = 2000
MOST_RESULTS = 30000

_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(\d+))?")


class _RefusedError(Exception):
    """A request that the API answers with HTTP 400."""


def answer(world: World, parameters: Mapping[str, str], fault: str | None = None) -> tuple[int, bytes]:
    """Status and feed for the parameters of a request; `fault` is empty_page, wrong_total or neither."""
    try:
        start = _number(parameters, "start", 0)
        size = _number(parameters, "max_results", 10)
        if size > MOST_RESULTS:
            raise _RefusedError(f"max_results must be less than or equal to {MOST_RESULTS}")
        found = _found(world, parameters)
    except _RefusedError as refusal:
        return 400, _error(world, str(refusal))
    feed = _feed(world, parameters, start, size, len(found) + (7 if fault == "wrong_total" else 0))
    for seen in [] if fault == "empty_page" else found[start : start + min(size, LONGEST_SLICE)]:
        _entry(feed, seen)
    return 200, written(feed)


def _found(world: World, parameters: Mapping[str, str]) -> list[Seen]:
    ids = [text.strip() for text in parameters.get("id_list", "").split(",") if text.strip()]
    query = parameters.get("search_query", "").strip()
    try:
        test = parse(query) if query else None
    except QueryError as error:
        raise _RefusedError(f"Invalid query string: {error}") from None
    if ids:
        found = [seen for text in ids if (seen := _by_id(world, text)) and (test is None or test(seen))]
    else:
        found = [seen for seen in world.visible("api") if test is not None and test(seen)]
    return _sorted(found, parameters)


def _by_id(world: World, text: str) -> Seen | None:
    match = _ID.fullmatch(text)
    if match is None:
        raise _RefusedError(f"incorrect id format for {text}")
    seen = world.find(match[1], "api")
    if seen is None or match[2] is None:
        return seen
    versions = tuple(one for one in seen.versions if one.number <= int(match[2]))
    return seen._replace(versions=versions) if versions and versions[-1].number == int(match[2]) else None


def _sorted(found: list[Seen], parameters: Mapping[str, str]) -> list[Seen]:
    key, order = parameters.get("sortBy", "relevance"), parameters.get("sortOrder", "descending")
    if key not in ("relevance", "lastUpdatedDate", "submittedDate"):
        raise _RefusedError("sortBy must be in: relevance, lastUpdatedDate, submittedDate")
    if order not in ("ascending", "descending"):
        raise _RefusedError("sortOrder must be in: ascending, descending")
    if key == "relevance":
        return found
    times = {
        "lastUpdatedDate": lambda seen: seen.latest.created,
        "submittedDate": lambda seen: seen.versions[0].created,
    }
    return sorted(found, key=times[key], reverse=order == "descending")


def _number(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, "") or str(default)
    if not re.fullmatch(r"[+-]?\d+", text):
        raise _RefusedError(f"{name} must be an integer")
    if int(text) < 0:
        raise _RefusedError(f"{name} must be non-negative")
    return int(text)


def _root() -> Any:
    return etree.Element(etree.QName(ATOM, "feed"), nsmap={"opensearch": OPENSEARCH, "arxiv": ARXIV, None: ATOM})


def _feed(world: World, parameters: Mapping[str, str], start: int, size: int, total: int) -> Any:
    query, ids = spelled_out(parameters.get("search_query", "")), parameters.get("id_list", "")
    title = f"search_query={query}&id_list={ids}&start={start}&max_results={size}"
    digest = base64.b64encode(hashlib.sha1(title.encode()).digest()).decode().rstrip("=")
    feed = _root()
    child(feed, "id", f"https://arxiv.org/api/{digest}")
    child(feed, "title", f"arXiv Query: {title}")
    child(feed, "updated", utc(world.now()))
    address = f"https://arxiv.org/api/query?search_query={query}&start={start}&max_results={size}&id_list={ids}"
    child(feed, "link", href=address, type="application/atom+xml")
    _counts(feed, size, total, start)
    return feed


def _counts(feed: Any, size: int, total: int, start: int) -> None:
    child(feed, "itemsPerPage", str(size), OPENSEARCH)
    child(feed, "totalResults", str(total), OPENSEARCH)
    child(feed, "startIndex", str(start), OPENSEARCH)


def _entry(feed: Any, seen: Seen) -> None:
    paper, name = seen.paper, f"{seen.paper.paper_id}v{seen.latest.number}"
    entry = child(feed, "entry")
    child(entry, "id", f"http://arxiv.org/abs/{name}")
    child(entry, "title", one_line(paper.text("title")))
    child(entry, "updated", utc(seen.latest.created))
    child(entry, "link", href=f"https://arxiv.org/abs/{name}", rel="alternate", type="text/html")
    child(entry, "link", href=f"https://arxiv.org/pdf/{name}", rel="related", type="application/pdf", title="pdf")
    child(entry, "summary", unwrapped(paper.text("abstract")))
    for code in seen.categories:
        child(entry, "category", term=code, scheme=ARXIV)
    child(entry, "published", utc(seen.versions[0].created))
    if comment := paper.text("comments"):
        child(entry, "comment", one_line(comment), ARXIV)
    if seen.categories:
        child(entry, "primary_category", None, ARXIV, term=seen.categories[0])
    if journal := paper.text("journal-ref"):
        child(entry, "journal_ref", one_line(journal), ARXIV)
    for author in author_names(paper.record):
        child(child(entry, "author"), "name", author)
    if doi := paper.text("doi").strip():
        child(entry, "doi", doi, ARXIV)
        child(entry, "link", rel="related", href=f"https://doi.org/{doi}", title="doi")


def _error(world: World, message: str) -> bytes:
    feed = _root()
    address = f"https://arxiv.org/api/errors#{re.sub(r'[^A-Za-z0-9.]+', '_', message)}"
    child(feed, "id", "https://arxiv.org/")
    child(feed, "title", "arXiv Search Results")
    child(feed, "updated", utc(world.now()))
    _counts(feed, 1, 1, 0)
    entry = child(feed, "entry")
    child(entry, "id", address)
    child(entry, "title", "Error")
    child(entry, "updated", utc(world.now()))
    child(entry, "link", href=address, rel="alternate", type="text/html")
    child(entry, "summary", message)
    child(child(entry, "author"), "name", "arXiv api core")
    return written(feed)
