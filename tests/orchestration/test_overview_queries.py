"""The SQL that pages publish, run as a reader would: on the warehouse, with the published parameters alone."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from assets.overviews.answers import answer
from assets.warehouse.catalog import open_catalog
from assets.warehouse.home import Home

KINDS = ("overviews", "topics", "articles")


def pages(home: Home, kind: str) -> list[dict[str, Any]]:
    """The pages of a kind as JSON."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted((home.root / kind).rglob("*.json"))]


def same(found: Any, published: Any) -> bool:
    """Whether an answer is the published one; a fraction may differ in its last bits."""
    if isinstance(found, dict) and isinstance(published, dict):
        return found.keys() == published.keys() and all(same(found[name], published[name]) for name in found)
    if isinstance(found, list) and isinstance(published, list):
        return len(found) == len(published) and all(map(same, found, published))
    if isinstance(found, float) and isinstance(published, float):
        return math.isclose(found, published, rel_tol=1e-12)
    return type(found) is type(published) and bool(found == published)


@pytest.fixture(scope="module")
def warehouse(sample_home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_catalog(sample_home.warehouse) as connection:
        yield connection


@pytest.mark.parametrize("kind", KINDS)
def test_every_published_query_runs_on_the_warehouse_and_gives_the_published_values(
    sample_home: Home, warehouse: duckdb.DuckDBPyConnection, kind: str
) -> None:
    # Pages of different categories, months and topics ask the same questions, so each question is asked in a few.
    asked: dict[str, int] = {}
    for page in pages(sample_home, kind):
        for name, entry in page["evidence"].items():
            assert bool(entry["source"]) != bool(entry.get("made_by")), name
            asked[entry["source"]] = asked.get(entry["source"], 0) + 1
            if entry["source"] and asked[entry["source"]] <= 6:
                values = answer(warehouse, entry["source"], entry["parameters"])
                assert same(values, entry["values"]), f"{name} of {page['title']}: {values}"
    assert any(asked)
