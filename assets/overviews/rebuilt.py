"""A finished page against the same page built anew from the lake: every difference is a problem.

A page without a model is wholly determined by what it is built from, so nothing on it has to be believed: title,
numbers, sentences, lists, coverage, notice, and the Markdown beside the JSON. Of a page with a model, its sentences are
put into the page built anew (`writing.retelling`), and `verify` judges them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import polars as pl

from assets.overviews.parts import Query
from assets.overviews.verify import verify

NAMED_AT_MOST = 12
"""Differences of a page that are named; the rest is counted."""
LONGEST = 80
"""Characters of a value that a difference shows."""


def page_problems(
    row: Mapping[str, Any],
    rebuilt: Mapping[str, Any],
    papers: pl.DataFrame,
    evidence: Mapping[str, Query],
    glosses: Collection[str] = (),
) -> list[str]:
    """What is wrong with a page's row in its table, given the row built anew (`rows`), its papers and its queries."""
    try:
        document = json.loads(row["json"])
        problems = list(verify(document, papers, evidence, glosses).problems)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return [f"the JSON has not the form of a page ({type(error).__name__}: {error}); make the page again"]
    found = [f"{place} {told}" for place, told in _differences(document, json.loads(rebuilt["json"]), "")]
    found += [
        f"the column {name} {_told(row[name], wanted)}"
        for name, wanted in rebuilt.items()
        if name not in ("json", "markdown") and row[name] != wanted
    ]
    if row["markdown"] != rebuilt["markdown"]:
        found.append("the Markdown is not what the page built anew renders to")
    problems += found[:NAMED_AT_MOST]
    if len(found) > NAMED_AT_MOST:
        problems.append(f"{len(found) - NAMED_AT_MOST} further differences from the page built anew from the lake")
    return problems


def _differences(found: object, wanted: object, place: str) -> Iterator[tuple[str, str]]:
    """The places at which two JSON values differ, and how."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in [*wanted, *(key for key in found if key not in wanted)]:
            inner = f"{place}.{key}" if place else str(key)
            if key not in found:
                yield inner, "is missing"
            elif key not in wanted:
                yield inner, "does not belong to the page"
            else:
                yield from _differences(found[key], wanted[key], inner)
    elif isinstance(found, list) and isinstance(wanted, list):
        for at, (one, other) in enumerate(zip(found, wanted, strict=False)):
            yield from _differences(one, other, f"{place}[{at + 1}]")
        if len(found) != len(wanted):
            yield place, f"has {len(found):,} entries, and the page built anew has {len(wanted):,}"
    elif found != wanted or isinstance(found, bool) != isinstance(wanted, bool):
        yield place, _told(found, wanted)


def _told(found: object, wanted: object) -> str:
    return f"is {_short(found)}, and the page built anew has {_short(wanted)}"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return f"“{text[:LONGEST]}…”" if len(text) > LONGEST else f"“{text}”"
