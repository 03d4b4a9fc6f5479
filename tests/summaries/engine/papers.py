"""Papers for the tests of the engine: the invented sample of the project, and the real ones beside the checkout."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
import zstandard

from assets.papers.schema import PAPERS
from assets.papers.tex import to_text
from assets.summaries.engine.settings import EngineSettings
from assets.summaries.engine.summarizer import OpenAISummarizer
from assets.summaries.judgement import incomplete_papers, text_problems
from assets.summaries.schema import SUMMARIES
from tests.emulators.llm.judging import damaged_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY = dt.date(2026, 1, 30)
SAMPLE = Path(__file__).parents[3] / "assets" / "listings" / "sample" / "papers.jsonl"
LISTING = Path(__file__).parents[3].parent / "shared" / "data" / "listings" / "2026-01-all.jsonl.zst"


def frame(pairs: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """Rows of PAPERS for (title, abstract) pairs."""
    return PAPERS.frame(
        [
            {"day": DAY, "paper_id": f"2601.{number:05}", "version": 1, "title": title, "abstract": abstract}
            for number, (title, abstract) in enumerate(pairs, 1)
        ]
    )


@cache
def _sample() -> tuple[tuple[str, str], ...]:
    records = [json.loads(line) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
    by_abstract = {
        to_text(record["abstract"]): to_text(record["title"])
        for record in records
        if record.get("title") and len(record.get("abstract") or "") > 400
    }
    return tuple((title, abstract) for abstract, title in by_abstract.items())


def sample(count: int) -> pl.DataFrame:
    """So many papers of the sample; numbered copies once they run out."""
    found = _sample()
    return frame(
        [
            (f"{title} {turn}" if turn else title, f"{abstract} Round {turn}." if turn else abstract)
            for turn in range(count // len(found) + 1)
            for title, abstract in found
        ][:count]
    )


@cache
def real(count: int = 189) -> pl.DataFrame:
    """So many real papers of 30 January 2026; skips the test where they are not there."""
    if not LISTING.exists():
        pytest.skip(f"the list of real papers is not there: {LISTING}")
    with zstandard.open(LISTING, "rt", encoding="utf-8") as lines:
        day = (line for line in lines if '"announced": "2026-01-30"' in line and "cs.LG" in line)
        records = [json.loads(line) for line in itertools.islice(day, count)]
    return frame([(to_text(record["title"]), to_text(record["abstract"])) for record in records])


def with_tex(count: int) -> list[str]:
    """So many real abstracts with TeX in them; skips the test where they are not there."""
    if not LISTING.exists():
        pytest.skip(f"the list of real papers is not there: {LISTING}")
    with zstandard.open(LISTING, "rt", encoding="utf-8") as lines:
        abstracts = (str(json.loads(line)["abstract"]) for line in lines if "\\\\" in line)
        return list(itertools.islice((text for text in abstracts if "\\" in text), count))


def engine(base_url: str, folder: Path, **settings: Any) -> OpenAISummarizer:
    """A summarizer of the emulated endpoint that does not wait long."""
    given: dict[str, Any] = {"model": "emulated", "deadline_seconds": 4.0, "outage_seconds": 1.0} | settings
    return OpenAISummarizer(EngineSettings(base_url=base_url, journal=folder, **given))


def statuses(rows: pl.DataFrame) -> dict[str, int]:
    """Rows by status."""
    return dict(sorted(rows.get_column("status").value_counts().iter_rows()))


def done(rows: pl.DataFrame) -> int:
    """Rows that a model wrote and that are complete."""
    return rows.filter(pl.col("status").is_in(["complete", "repaired"])).height


def assert_sound(papers: pl.DataFrame, rows: pl.DataFrame, languages: Sequence[str] = ("en",)) -> None:
    """Every paper and language has its row, complete by the rules of the asset checks, and no text is damaged."""
    assert rows.schema == SUMMARIES.polars_schema
    assert list(zip(rows["paper_id"], rows["language"], strict=True)) == [
        (paper, language) for paper in papers["paper_id"] for language in languages
    ]
    assert incomplete_papers(papers, rows, languages) == []
    assert text_problems(papers, rows) == []
    assert damaged_rows(papers, rows) == {}


def damaged_rows(papers: pl.DataFrame, rows: pl.DataFrame) -> dict[tuple[str, str], dict[str, object]]:
    """(paper, language) → texts that are not what the emulated model meant."""
    told = {
        paper: (title, abstract) for paper, title, abstract in papers.select("paper_id", "title", "abstract").rows()
    }
    return {
        (row["paper_id"], row["language"]): {field: row[field] for field in fields}
        for row in rows.iter_rows(named=True)
        if (fields := damaged_fields(row, *told[row["paper_id"]], row["language"]))
    }
