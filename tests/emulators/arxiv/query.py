"""The API's query language: `cat:cs.LG AND submittedDate:[202601011900 TO 202601021900]`, brackets, OR, ANDNOT."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from tests.emulators.arxiv.world import Seen

Test = Callable[[Seen], bool]

_TOKEN = re.compile(r'\s*([()]|ANDNOT\b|AND\b|OR\b|(?:[A-Za-z]+:)?(?:\[[^\]]*\]|"[^"]*"|[^\s()]+))')
_TEXTS: dict[str, tuple[str, ...]] = {
    "ti": ("title",),
    "au": ("authors",),
    "abs": ("abstract",),
    "co": ("comments",),
    "jr": ("journal-ref",),
}
_TEXTS |= {"rn": ("report-no",), "all": ("title", "authors", "abstract", "comments", "journal-ref", "report-no")}


class QueryError(ValueError):
    """A query that cannot be read."""


def spelled_out(query: str) -> str:
    """A query as the answer repeats it: a word without a field is looked for in `all`."""
    try:
        tokens = _tokens(query)
    except QueryError:
        return query
    bare = {token for token in tokens if not re.match(r"[A-Za-z]+:|[()]|(?:AND|OR|ANDNOT)$", token)}
    return " ".join(f"all:{token}" if token in bare else token for token in tokens) if bare else query


def _tokens(query: str) -> list[str]:
    tokens: list[str] = []
    place = 0
    while query[place:].strip():
        match = _TOKEN.match(query, place)
        if match is None:
            raise QueryError(f"cannot read {query[place:]!r}")
        tokens.append(match[1])
        place = match.end()
    return tokens


def parse(query: str) -> Test:
    """A test of papers. Raises QueryError for a query that is no sentence of the language."""
    tokens = _tokens(query)
    if not tokens:
        raise QueryError("the query is empty")
    test = _sentence(tokens)
    if tokens:
        raise QueryError(f"unexpected {tokens[0]!r}")
    return test


def _sentence(tokens: list[str]) -> Test:
    test = _term(tokens)
    while tokens and tokens[0] != ")":
        operator = tokens.pop(0) if tokens[0] in ("AND", "OR", "ANDNOT") else "OR"
        test = _joined(test, operator, _term(tokens))
    return test


def _joined(left: Test, operator: str, right: Test) -> Test:
    if operator == "AND":
        return lambda seen: left(seen) and right(seen)
    if operator == "ANDNOT":
        return lambda seen: left(seen) and not right(seen)
    return lambda seen: left(seen) or right(seen)


def _term(tokens: list[str]) -> Test:
    if not tokens or tokens[0] in (")", "AND", "OR", "ANDNOT"):
        raise QueryError("a term is missing")
    token = tokens.pop(0)
    if token == "(":
        test = _sentence(tokens)
        if not tokens:
            raise QueryError("a bracket is not closed")
        tokens.pop(0)
        return test
    prefix, _, value = token.rpartition(":") if not token.startswith('"') else ("", "", token)
    return _field(prefix or "all", value.strip('"'))


def _field(prefix: str, value: str) -> Test:
    if prefix in ("submittedDate", "lastUpdatedDate"):
        first, last = _range(value)
        if prefix == "submittedDate":
            return lambda seen: first <= seen.versions[0].created <= last
        return lambda seen: first <= seen.latest.created <= last
    if prefix == "cat":
        if value.endswith("*"):
            return lambda seen: any(code.startswith(value[:-1]) for code in seen.categories)
        return lambda seen: value in seen.categories
    if prefix == "id":
        return lambda seen: seen.paper.paper_id == value
    if prefix not in _TEXTS:
        raise QueryError(f"unknown field {prefix!r}")
    words = value.replace("_", " ").lower()
    return lambda seen: any(words in seen.paper.text(name).lower() for name in _TEXTS[prefix])


def _range(value: str) -> tuple[dt.datetime, dt.datetime]:
    match = re.fullmatch(r"\[(\d{8}(?:\d{2}){0,3})\s+TO\s+(\d{8}(?:\d{2}){0,3})\]", value)
    if match is None:
        raise QueryError(f"{value!r} is no range of dates")
    first, last = (
        dt.datetime.strptime((text + "000000")[:14], "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC) for text in match.groups()
    )
    # A bound without hours or minutes stands for all of the day, the hour or the minute.
    width = {8: dt.timedelta(days=1), 10: dt.timedelta(hours=1), 12: dt.timedelta(0)}
    return first, last + width.get(len(match[2]), dt.timedelta(0))
