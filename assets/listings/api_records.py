"""What goes to arXiv's API and what comes back: queries, and answers in the snapshot's layout."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from assets.calendar.ids import parse_id
from assets.categories import spellings

if TYPE_CHECKING:
    import arxiv  # type: ignore[import-untyped]


class Found(NamedTuple):
    """A paper of the API's answer.

    `entry_id` is the API's own; `order` sorts papers as their ids were handed out; `record` is JSON in
    the snapshot's layout, and `address` is the request that answered with it.
    """

    entry_id: str
    order: tuple[int, int, str, int, str]
    paper_id: str | None
    submitted_at: dt.datetime
    record: str
    address: str

    @property
    def key(self) -> str:
        """What tells it from other papers, whichever version of it is given."""
        return self.paper_id or self.entry_id


def search_query(opens: dt.datetime, closes: dt.datetime, categories: frozenset[str] | None) -> str:
    """The API's query for what was submitted in a window to `categories` (None: all); minutes in GMT."""
    window = f"submittedDate:[{opens.astimezone(dt.UTC):%Y%m%d%H%M} TO {closes.astimezone(dt.UTC):%Y%m%d%H%M}]"
    if categories is None:
        return window
    codes = sorted({code for category in categories for code in spellings(category)})
    return f"{window} AND ({' OR '.join(f'cat:{code}' for code in codes)})"


def found_of(result: arxiv.Result, address: str) -> Found:
    """A result of the `arxiv` package, with its record in the layout of the metadata snapshot.

    The API tells the submission of version 1 and of the latest version only, and neither the
    licence, the report number nor the submitter.
    """
    identifier = parse_id(result.get_short_id())
    latest = identifier.version if identifier and identifier.version else 1
    versions = [{"version": "v1", "created": _written(result.published)}]
    if latest > 1:
        versions.append({"version": f"v{latest}", "created": _written(result.updated)})
    categories = [code for code in [result.primary_category, *result.categories] if code]
    record: dict[str, Any] = {
        "id": identifier.paper_id if identifier else result.get_short_id(),
        "submitter": None,
        "authors": ", ".join(author.name for author in result.authors),
        "title": result.title,
        "comments": result.comment,
        "journal-ref": result.journal_ref,
        "doi": result.doi,
        "report-no": None,
        "categories": " ".join(dict.fromkeys(categories)),
        "license": None,
        "abstract": result.summary,
        "versions": versions,
        "update_date": f"{result.updated:%Y-%m-%d}",
        "authors_parsed": None,
    }
    return Found(
        result.entry_id,
        (*identifier.order, "") if identifier else (9999, 0, "", 0, result.entry_id),
        identifier.paper_id if identifier else None,
        result.published,
        msgspec.json.encode(record).decode(),
        address,
    )


def _written(time: dt.datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
