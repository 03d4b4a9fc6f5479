"""The promises of this room, held against real records (some of them, for the time's sake)."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import zstandard

from assets.listings.schema import RAW_LISTINGS
from assets.papers.clean import clean_day, clean_record
from assets.papers.columns import papers_frame
from assets.papers.names import split_names
from assets.papers.ordinary import ordinary_papers
from assets.papers.tex import to_text
from assets.papers.text import fold
from assets.papers.withdrawn import is_withdrawn
from tests.papers.invariants import faults

DATA = Path(__file__).parents[2].parent / "shared" / "data"
JANUARY = DATA / "listings" / "2026-01-all.jsonl.zst"
YEAR = DATA / "listings" / "2025-cs.LG+stat.ML.jsonl.zst"
ODD = DATA / "odd_records.jsonl"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the real data is not beside the checkout (../shared/data)")


def lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
        for line in io.TextIOWrapper(stream, encoding="utf-8"):
            yield line.rstrip("\n")


def odd_records() -> list[dict[str, Any]]:
    return [json.loads(line) for line in ODD.read_text(encoding="utf-8").splitlines()]


def january(every: int) -> pl.DataFrame:
    positions: dict[date, int] = {}
    rows = []
    for number, line in enumerate(lines(JANUARY)):
        if number % every:
            continue
        found = json.loads(line)
        day = date.fromisoformat(found["announced"])
        positions[day] = positions.get(day, -1) + 1
        rows.append(
            {
                "day": day, "position": positions[day], "paper_id": found["id"], "listing": "new", "record": line,
                "announced_by": "listed", "source": "snapshot", "source_ref": f"{JANUARY.name}:{number + 1}",
                "fetched_at": datetime(2026, 2, 1, tzinfo=UTC),
            }
        )  # fmt: skip
    return RAW_LISTINGS.frame(rows)


def test_titles_and_abstracts_of_a_year_keep_the_promises() -> None:
    for path in (JANUARY, YEAR):
        for number, line in enumerate(lines(path)):
            if number % 25 == 0:
                found = json.loads(line)
                for field in ("title", "abstract"):
                    cleaned = to_text(fold(found[field]))
                    assert faults(cleaned) == [], (found["id"], field, cleaned)


def test_odd_titles_and_abstracts_keep_the_promises() -> None:
    for found in odd_records():
        for field in ("title", "abstract"):
            cleaned = to_text(fold(found[field] or ""))
            assert faults(cleaned) == [], (found["arxiv_id"], field, cleaned)


def test_only_rows_without_categories_are_rejected() -> None:
    raw = january(every=20)
    papers, rejected = clean_day(raw)
    empty = [not json.loads(text)["categories"] for text in raw.get_column("record")]
    assert papers.height + rejected.height == raw.height
    assert rejected.height == sum(empty)
    assert set(rejected.get_column("rule")) <= {"known_category"}


def test_real_records_become_the_papers_that_they_become_one_by_one() -> None:
    raw = january(every=10)
    found = ordinary_papers(raw)
    assert found.height > 0.9 * raw.height
    expected = [clean_record(raw.row(place, named=True))[0] for place in found["place"]]
    assert found.drop("place").equals(papers_frame([paper for paper in expected if paper]))


def test_withdrawn_papers_are_seen_and_others_are_not() -> None:
    for found in odd_records():
        comment, abstract = fold(found["comment"] or ""), fold(found["abstract"] or "")
        if found["kind"] == "withdrawn":
            # One of them says only that two of its theorems have been withdrawn.
            assert is_withdrawn(comment, abstract) or "Theorems 2.13 and 2.14" in comment
        elif "withdr" not in (comment + abstract).lower():
            assert not is_withdrawn(comment, abstract)


def test_joined_author_lists_are_cut_as_they_were() -> None:
    for found in odd_records():
        names = found["authors"] or []
        if len(names) >= 100:
            kept = [name for name in names if any(map(str.isalpha, name))]
            assert abs(len(split_names(fold(", ".join(names)))) - len(kept)) <= len(kept) // 100
