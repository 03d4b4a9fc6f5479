"""Checks of a digest's opening paragraph and of what the reader's own terms did, from the JSON alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from assets.digests.following import folded, matching_authors, matching_terms

NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?")
QUOTED = re.compile(r"“[^“”]*”")
"""What stands in quotation marks is a name or somebody's words, and claims no number."""

HIGHLIGHTS_AT_MOST = 5


def opening_problems(document: Mapping[str, Any], shown: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """What is wrong with the opening of a digest: numbers without evidence, papers that are not there.

    `shown` are the papers of the page by id.
    """
    opening = document["opening"]
    queries = opening["queries"]
    for part in (*opening["sentences"], *opening["highlights"]):
        text = part.get("text") or part["reason"]
        unknown = [name for name in part["queries"] if name not in queries]
        if unknown or not part["queries"]:
            yield f"The opening says {text!r} without evidence: no query {', '.join(unknown) or 'is named'}."
            continue
        values = [value for name in part["queries"] for row in queries[name]["rows"] for value in _numbers(row)]
        for number in NUMBER.findall(QUOTED.sub("", text)):
            if not any(_stands_for(number, value) for value in values):
                yield f"The opening says {number} in {text!r}, which is in no answer of {', '.join(part['queries'])}."
    ids = [highlight["id"] for highlight in opening["highlights"]]
    for highlight in opening["highlights"]:
        paper = highlight["id"]
        if paper not in shown:
            yield f"The opening names {paper}, which is no paper of the page."
        answers = [row for name in highlight["queries"] if name in queries for row in queries[name]["rows"]]
        if all(row.get("paper_id") != paper for row in answers):
            yield f"The opening names {paper} for a reason whose query does not give it."
    if len(set(ids)) < len(ids) or len(ids) > HIGHLIGHTS_AT_MOST:
        yield f"The opening names {len(ids)} highlights, {len(set(ids))} of them different."
    if "volume" in queries:
        told, counts = queries["volume"]["rows"][0].get("papers", 0), document["counts"]
        if not counts["papers"] <= told <= counts["papers"] + counts["excluded"]:
            yield f"The opening counts {told} new papers, the digest {counts['papers']}."


def reader_problems(document: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """What is wrong with what the reader's settings are said to have done; `rows` are the day's papers by id."""
    reader = document["reader"]
    for one in document["excluded"]:
        row = rows.get(one["id"])
        if row is None:
            yield f"Excluded is {one['id']}, which is no paper of this day."
        elif not one["terms"] or not _used(one["terms"], reader["exclude"], row):
            yield f"Excluded is {one['id']}, which uses none of the terms to exclude that it is said to use."
    for section in document["sections"]:
        followed = [bool(paper["followed_authors"] or paper["followed_terms"]) for paper in section["papers"]]
        if followed != sorted(followed, reverse=True):
            yield f"In the section {section['category']}, a paper that the reader follows stands behind others."
        for paper in section["papers"]:
            row = rows.get(paper["id"])
            if row is None:
                continue
            if paper["followed_terms"] and not _used(paper["followed_terms"], reader["include"], row):
                yield f"Paper {paper['id']} is said to use terms that the reader follows, and does not."
            names = paper["followed_authors"]
            if list(matching_authors(reader["authors"], row["authors"])) != names:
                yield f"Paper {paper['id']}: of the authors that the reader follows, it is said to have {names}."
            if unwanted := matching_terms(reader["exclude"], _words(row)):
                yield f"Paper {paper['id']} is shown, though it uses {', '.join(unwanted)}."
            yield from _code(paper, row)


def _code(paper: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[str]:
    said = f"{row['comment'] or ''} {row['abstract']}".lower()
    for address in paper["code"]:
        parts = urlsplit(address)
        known = (parts.hostname or " ") in said or "10.5281/zenodo" in said
        if parts.scheme not in ("http", "https") or not known:
            yield f"Paper {paper['id']}: the address {address} is in neither comment nor abstract."


def _used(terms: Sequence[str], allowed: Sequence[str], row: Mapping[str, Any]) -> bool:
    return set(terms) <= set(allowed) and list(matching_terms(terms, _words(row))) == list(terms)


def _words(row: Mapping[str, Any]) -> str:
    return folded(f"{row['title']} . {row['abstract']}")


def _numbers(value: object) -> Iterator[float]:
    """Every number in an answer's row."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _numbers(each)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)


def _stands_for(number: str, value: float) -> bool:
    """Whether a value, rounded as the number is printed, is that number."""
    decimals = len(number.partition(".")[2])
    return abs(float(number.replace(",", "")) - value) <= 0.5 * 10.0**-decimals + 1e-9
