"""The answers behind a day's opening paragraph: the queries of `queries/`, run over the marts and the day's entries.

The marts are read for the day and HISTORY announcement days before it, by name, so that the answer costs the same
in the thirty-fifth year as in the first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import resources
from itertools import takewhile
from typing import Any

import duckdb

from assets.aggregates.models import Models
from assets.aggregates.periods import upstream_keys
from assets.digests.digest import Digest, Entry
from assets.digests.following import folded
from assets.digests.opening_parts import Query
from assets.listings.schema import RAW_LISTINGS
from assets.summaries.vocabulary import GENERIC
from assets.warehouse.connection import connect, lake_relation
from assets.warehouse.lake import Lake

HISTORY = 40
"""Earlier announcement days that "usual" speaks of: eight weeks."""

HIGHLIGHT_QUERIES = (
    "followed_papers",
    "papers_of_rising_terms",
    "accepted_with_code",
    "most_categories",
    "most_authors",
    "with_code",
)
"""Reasons to name a paper, in the order in which they are taken."""

MARTS = ("category_daily", "term_daily")

ENTRIES = """
CREATE OR REPLACE TABLE digest_entries AS SELECT
    unnest($paper_id::VARCHAR[]) AS paper_id,
    unnest($position::INTEGER[]) AS position,
    unnest($authors::INTEGER[]) AS authors,
    unnest($categories::INTEGER[]) AS categories,
    unnest($comment::VARCHAR[]) AS comment,
    unnest($code_links::INTEGER[]) AS code_links,
    unnest($followed_authors::INTEGER[]) AS followed_authors,
    unnest($followed_terms::INTEGER[]) AS followed_terms,
    unnest($words::VARCHAR[]) AS words
"""
"""The papers that may be highlights; `words` are title and abstract in plain small letters, a space around each."""

RISING = """
CREATE OR REPLACE TABLE rising AS SELECT
    unnest($terms::VARCHAR[]) AS term,
    unnest(range(len($terms::VARCHAR[]))) AS rank
"""


@contextmanager
def marts_of(lake: Lake, models: Models, day: dt.date) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose views `category_daily` and `term_daily` hold the day and the days before that compare with it.

    Days that were made for other categories are no measure and are left out.
    """
    key = day.isoformat()
    keys = upstream_keys("day", "day", key, HISTORY)
    followed = _categories(lake, key)
    compared = [one for one in keys if one == key or _categories(lake, one) == followed]
    with connect() as connection:
        for name in MARTS:
            lake_relation(connection, lake, models.table(name), compared).create_view(name)
        yield connection


def ask(connection: duckdb.DuckDBPyConnection, digest: Digest) -> dict[str, Query]:
    """The answers about a day, by the names of the files in `queries/`; a query without rows is left out.

    The connection has the views `category_daily` and `term_daily`.
    """
    day = digest.day.isoformat()
    followed = None if digest.followed is None else list(digest.followed)
    connection.execute(ENTRIES, _columns(digest))
    answers: dict[str, Query] = {}

    def run(name: str, parameters: Mapping[str, Any]) -> Query:
        sql = _sql(name)
        relation = connection.execute(sql, dict(parameters))
        names = [column[0] for column in relation.description or ()]
        rows = tuple(
            {column: _plain(value) for column, value in zip(names, row, strict=True)} for row in relation.fetchall()
        )
        query = Query(_question(sql), sql, parameters, rows)
        if rows:
            answers[name] = query
        return query

    run("volume", {"day": day, "followed": followed})
    run("categories", {"day": day, "followed": followed})
    terms = telling_terms([str(row["term"]) for row in run("rising_terms", {"day": day}).rows])
    connection.execute(RISING, {"terms": terms})
    for name in HIGHLIGHT_QUERIES:
        run(name, {})
    return answers


def telling_terms(terms: Sequence[str]) -> list[str]:
    """The terms without those that share a word with one before ("flow matching" says what "matching" says), and
    without those that hold only words which papers of every field use."""
    chosen: list[str] = []
    taken: set[str] = set()
    for term in terms:
        words = set(term.replace("-", " ").split())
        if not words & taken and not words <= GENERIC:
            chosen.append(term)
            taken |= words
    return chosen


def _columns(digest: Digest) -> dict[str, list[Any]]:
    """The columns of `digest_entries`."""
    entries = list(_new(digest))
    return {
        "paper_id": [entry.paper_id for entry in entries],
        "position": list(range(len(entries))),
        "authors": [len(entry.authors) for entry in entries],
        "categories": [len(entry.categories) for entry in entries],
        "comment": [entry.comment or "" for entry in entries],
        "code_links": [len(entry.code) for entry in entries],
        "followed_authors": [len(entry.followed_authors) for entry in entries],
        "followed_terms": [len(entry.followed_terms) for entry in entries],
        "words": [folded(f"{entry.title} . {entry.abstract}") for entry in entries],
    }


def _new(digest: Digest) -> Iterator[Entry]:
    """The entries that may be highlights: new on this day, and standing."""
    for section in digest.sections:
        if section.kind != "replacement":
            yield from (entry for entry in section.entries if not entry.is_withdrawn)


def _categories(lake: Lake, day: str) -> str | None:
    return lake.notes(RAW_LISTINGS, day).get("categories") if lake.has(RAW_LISTINGS, day) else None


@cache
def _sql(name: str) -> str:
    return resources.files("assets.digests.queries").joinpath(f"{name}.sql").read_text("utf-8").strip()


def _question(sql: str) -> str:
    """What a query asks: the comment at its head."""
    head = takewhile(lambda line: line.startswith("--"), sql.splitlines())
    return " ".join(line.removeprefix("--").strip() for line in head)


def _plain(value: object) -> Any:
    """A value as JSON holds it; fractions with six decimals, so that the last bits of a sum change no page."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return value if value is None or isinstance(value, (bool, int, str, list)) else float(str(value))
