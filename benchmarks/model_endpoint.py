"""What the measurements of the model engine share: papers, an emulated endpoint in a process of its own, tables."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import zstandard

from assets.papers.schema import PAPERS
from assets.papers.tex import to_text
from assets.summaries.extract import summarize
from assets.summaries.fields import REQUIRED_FIELDS, TEXT_FIELDS
from tests.emulators.llm.judging import damaged_fields

ROOT = Path(__file__).parents[1]
LISTINGS = ROOT.parent / "shared" / "data" / "listings"
YEAR, MONTH = LISTINGS / "2025-cs.LG+stat.ML.jsonl.zst", LISTINGS / "2026-01-all.jsonl.zst"
SAMPLE = ROOT / "assets" / "listings" / "sample" / "papers.jsonl"
DAY = dt.date(2026, 1, 30)


def papers(count: int) -> pl.DataFrame:
    """So many rows of PAPERS: real ones where the listing lies beside the checkout, else the invented sample's.

    Where there are fewer, they come again with a number in title and abstract.
    """
    return _frame(records(YEAR if YEAR.exists() else SAMPLE), count)


def papers_of_a_day(count: int) -> pl.DataFrame:
    """The same of 30 January 2026, cs.LG."""
    if not MONTH.exists():
        return papers(count)
    return _frame((line for line in records(MONTH) if f'"announced": "{DAY}"' in line and "cs.LG" in line), count)


def records(path: Path) -> Iterator[str]:
    """The lines of a listing, plain or Zstandard."""
    with zstandard.open(path, "rt", encoding="utf-8") if path.suffix == ".zst" else path.open() as lines:
        yield from lines


def _frame(lines: Iterator[str], count: int) -> pl.DataFrame:
    found: dict[str, str] = {}
    for line in lines:
        record = json.loads(line)
        title, abstract = to_text(record.get("title") or ""), to_text(record.get("abstract") or "")
        if title and len(abstract) > 300:
            found.setdefault(abstract, title)
        if len(found) == count:
            break
    rows: list[dict[str, Any]] = []
    while len(rows) < count:
        turn = len(rows) // len(found)
        for abstract, title in list(found.items())[: count - len(rows)]:
            number = f"{2601 + len(rows) // 90_000}.{len(rows) % 90_000:05}"
            told = (f"{title} {turn}", f"{abstract} Round {turn}.") if turn else (title, abstract)
            rows.append({"day": DAY, "paper_id": number, "version": 1, "title": told[0], "abstract": told[1]})
    return PAPERS.frame(rows)


@contextlib.contextmanager
def endpoint(*options: str) -> Iterator[str]:
    """The address of an emulated endpoint with these options of its command line."""
    command = [sys.executable, "-m", "tests.emulators.llm", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def served(url: str) -> dict[str, Any]:
    """What the endpoint has served."""
    with urllib.request.urlopen(url.removesuffix("/v1") + "/_served") as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def requests_of(counted: Mapping[str, Any]) -> int:
    """All requests that reached the endpoint, refused ones included."""
    return int(counted["requests"]) + int(counted["faults"].get("limited", 0))


def is_missing(texts: Mapping[str, object] | None, title: str, abstract: str) -> bool:
    """Whether there is no summary, or not each required field that the abstract has something for."""
    if texts is None:
        return True
    meant = summarize(title, abstract).texts()
    return any(not texts.get(field) and meant[field] for field in REQUIRED_FIELDS)


def judge(frame: pl.DataFrame, texts: Sequence[Mapping[str, object] | None]) -> tuple[int, int]:
    """Papers whose summary is missing, and damaged ones among those that were accepted."""
    rows = list(zip(frame["title"], frame["abstract"], texts, strict=True))
    missing = sum(is_missing(given, title, abstract) for title, abstract, given in rows)
    damaged = sum(bool(given and damaged_fields(given, title, abstract)) for title, abstract, given in rows)
    return missing, damaged


def texts_of(rows: pl.DataFrame) -> list[dict[str, object] | None]:
    """The texts of rows of SUMMARIES in their order; None for a row that is pending."""
    return [
        None if row["status"] == "pending" else {field: row[field] for field in TEXT_FIELDS}
        for row in rows.iter_rows(named=True)
    ]


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A Markdown table; floats with one decimal."""
    print()
    print("| " + " | ".join(columns) + " |")
    print("|" + "|".join("---" if index == 0 else "---:" for index in range(len(columns))) + "|")
    for row in rows:
        print("| " + " | ".join(f"{cell:,.1f}" if isinstance(cell, float) else str(cell) for cell in row) + " |")
    sys.stdout.flush()
