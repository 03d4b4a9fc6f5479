"""A page over papers that were really announced, from the listings beside the checkout."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import zstandard

from assets import categories
from assets.overviews.json_form import overview_document
from assets.overviews.markdown import overview_markdown
from assets.overviews.verify import verify
from assets.papers.schema import PAPERS
from tests.overviews import corpus

LISTINGS = Path(__file__).parents[2].parent / "shared" / "data" / "listings" / "2025-cs.LG+stat.ML.jsonl.zst"
TERMS = ("language models", "reinforcement learning", "neural networks", "time series", "federated learning")


def real_papers(most: int) -> pl.DataFrame:
    """The first of every fortieth record that carry cs.LG, cleaned just enough."""
    rows: list[dict[str, Any]] = []
    with LISTINGS.open("rb") as file:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8")
        for number, line in enumerate(lines):
            if len(rows) == most:
                break
            if number % 40:
                continue
            record = json.loads(line)
            given = categories.parse_given(record["categories"] or "")
            if "cs.LG" in given:
                rows.append(_row(record, given))
    return PAPERS.frame(rows)


def _row(record: dict[str, Any], given: list[str]) -> dict[str, Any]:
    authors = [" ".join(part for part in (first, last) if part) for last, first, *_ in record["authors_parsed"]]
    return {
        "day": dt.date.fromisoformat(record["announced"]),
        "paper_id": record["id"],
        "title": " ".join(record["title"].split()),
        "title_tex": record["title"],
        "abstract": " ".join(record["abstract"].split()),
        "authors": authors,
        "categories": given,
        "categories_given": record["categories"],
        "primary_category": given[0],
        "announced_by": "listed",
        "comment": record["comments"],
        "is_withdrawn": False,
        "source": "snapshot",
        "authors_tex": authors,
        "versions": [],
        "listing": "new",
    }


def test_a_page_over_real_papers_verifies() -> None:
    if not LISTINGS.exists():
        pytest.skip(f"the listings are not there: {LISTINGS}")
    papers = real_papers(150)
    primary = papers.filter(pl.col("primary_category") == "cs.LG")
    counts = {name: int(primary["abstract"].str.contains(name, literal=True).sum()) for name in TERMS}
    rows = [corpus.term(name, count, primary.height) for name, count in counts.items() if count]
    terms = pl.DataFrame(rows, schema=corpus.TERM_TYPES)
    overview = corpus.overview(papers, terms=terms)
    found = verify(overview_document(overview), papers, overview.evidence)
    assert found.problems == ()
    assert len(overview.cited) >= 30
    assert len(overview.verification["cut"]) <= 2
    assert overview_markdown(overview).startswith("# Overview of 2025: Machine Learning (cs.LG)\n")
