"""The opening paragraph: what happened on the day, in sentences whose every number stands in a query's answer.

It says nothing that it cannot know: without enough earlier days nothing is called usual, without papers there is
no paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from textwrap import shorten
from typing import Any

from assets.aggregates.models import Models
from assets.digests.code_links import shown
from assets.digests.digest import Digest, Entry
from assets.digests.evidence import HIGHLIGHT_QUERIES, ask, marts_of, telling_terms
from assets.digests.opening_parts import Highlight, Opening, Query, Statement
from assets.digests.wording import WEEKDAYS, count, listed
from assets.warehouse.lake import Lake

HIGHLIGHTS = 5
"""Papers that the opening names; of few papers, at most every second one."""

WORDS_QUOTED = 120
"""Characters of a comment that a reason quotes."""
TERMS_NAMED = 3
WEEKDAYS_NEEDED = 4
"""Earlier days of the same weekday that make a usual one; else days of any weekday stand in."""
DAYS_NEEDED = 5
_MARKS = re.compile("[“”]")
AS_USUAL = 10
"""Per cent that a day may be away from the usual and still be called so."""


def opened(digest: Digest, lake: Lake, models: Models) -> Digest:
    """The digest with its opening paragraph, from the marts of its day and of the days before."""
    with marts_of(lake, models, digest.day) as connection:
        return with_opening(digest, ask(connection, digest))


def with_opening(digest: Digest, queries: Mapping[str, Query]) -> Digest:
    """The digest with its opening paragraph, from the answers of `evidence.ask`; without papers, without one."""
    if not digest.entries:
        return digest
    statements = tuple(_statements(digest, queries))
    highlights = tuple(_highlights(digest, queries))
    parts: tuple[Statement | Highlight, ...] = (*statements, *highlights)
    used = {name for part in parts for name in part.queries}
    kept = {name: query for name, query in queries.items() if name in used}
    return replace(digest, opening=Opening(statements, highlights, kept))


def _statements(digest: Digest, queries: Mapping[str, Query]) -> Iterator[Statement]:
    if volume := queries.get("volume"):
        yield Statement(_volume(digest, volume.rows[0]), ("volume",))
    if unusual := queries.get("categories"):
        parts = [f"{row['category']} with {row['papers']:,} (usually {_decimal(row['usual'])})" for row in unusual.rows]
        yield Statement(f"Out of the ordinary: {listed(parts)}.", ("categories",))
    if rising := queries.get("rising_terms"):
        row_of = {row["term"]: row for row in rising.rows}
        named = [row_of[term] for term in telling_terms(list(row_of))[:TERMS_NAMED]]
        parts = [
            f"“{row['term']}” ({row['papers']:,}, where at most {_decimal(row['usual_at_most'])} would be usual)"
            for row in named
        ]
        if parts:
            yield Statement(f"More papers than usual speak of {listed(parts)}.", ("rising_terms",))


def _volume(digest: Digest, row: Mapping[str, Any]) -> str:
    papers, weekday = int(row["papers"]), WEEKDAYS[digest.day.weekday()]
    subject = (
        f"{count(papers, 'new paper')} in the categories followed" if digest.followed else count(papers, "new paper")
    )
    if row["weekday_days"] >= WEEKDAYS_NEEDED and row["weekday_usual"]:
        usual, percent = row["weekday_usual"], row["weekday_percent"]
        what, days = f"on a {weekday}", f"the last {count(row['weekday_days'], weekday)}"
    elif row["recent_days"] >= DAYS_NEEDED and row["recent_usual"]:
        usual, percent = row["recent_usual"], row["recent_percent"]
        what, days = "on a day", f"the last {count(row['recent_days'], 'announcement day')}"
    else:
        return f"{subject}."
    mean = f"{_decimal(usual)} on the mean of {days}"
    if percent < AS_USUAL:
        return f"{subject}, about as many as usual {what} ({mean})."
    return f"{subject}, {percent:.0f}% {'more' if papers > usual else 'fewer'} than usual {what} ({mean})."


def _highlights(digest: Digest, queries: Mapping[str, Query]) -> Iterator[Highlight]:
    """Papers with their reasons, each paper once: one for each kind of reason in turn, then the next of each."""
    entries = {entry.paper_id: entry for entry in digest.entries}
    most = min(HIGHLIGHTS, len(entries) // 2)
    kinds = [[(row, name) for row in queries[name].rows] for name in HIGHLIGHT_QUERIES if name in queries]
    shown_already: set[str] = set()
    while kinds and len(shown_already) < most:
        for rows in kinds:
            while rows and rows[0][0]["paper_id"] in shown_already:
                rows.pop(0)
            if rows and len(shown_already) < most:
                row, name = rows.pop(0)
                shown_already.add(row["paper_id"])
                yield Highlight(row["paper_id"], _reason(name, row, entries[row["paper_id"]], queries), (name,))
        kinds = [rows for rows in kinds if rows]


def _reason(name: str, row: Mapping[str, Any], entry: Entry, queries: Mapping[str, Query]) -> str:
    if name == "followed_papers":
        return following(entry)
    if name == "papers_of_rising_terms":
        return f"uses {row['rising_terms']} of the day's rising terms: {_quoted(row['terms'])}"
    if name == "accepted_with_code":
        said = shorten(row["accepted"], WORDS_QUOTED, placeholder=" …")
        return f"{_quoted([said])}, with code or data at {_quoted([shown(entry.code[0])])}"
    most = row == queries[name].rows[0]
    if name == "most_categories":
        return f"stands in {count(row['categories'], 'category', 'categories')}" + (", the most of the day" * most)
    if name == "most_authors":
        return f"by {count(row['authors'], 'author')}" + (", the most of the day" * most)
    return f"says where its code or data are: {_quoted([shown(entry.code[0])])}"


def following(entry: Entry) -> str:
    """Why a paper comes first: "author “Ada Ono”; term “trees”"."""
    parts = []
    if entry.followed_authors:
        noun = "author" if len(entry.followed_authors) == 1 else "authors"
        parts.append(f"{noun} {_quoted(entry.followed_authors)}")
    if entry.followed_terms:
        noun = "term" if len(entry.followed_terms) == 1 else "terms"
        parts.append(f"{noun} {_quoted(entry.followed_terms)}")
    return f"you follow its {'; '.join(parts)}"


def _quoted(names: Sequence[str]) -> str:
    """Names and others' words in quotation marks, which nothing in them can close: what is in them claims nothing."""
    return listed([f"“{' '.join(_MARKS.sub('', name).split())}”" for name in names])


def _decimal(value: float) -> str:
    """A mean as it is read: one decimal, none where it is a whole number or large."""
    return f"{value:,.0f}" if value >= 100 or float(value).is_integer() else f"{value:,.1f}"
