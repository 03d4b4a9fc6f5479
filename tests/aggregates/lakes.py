"""Small lakes of invented papers and small folders of models, for the tests of the aggregates."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl

from assets.aggregates.models import Models, load_models
from assets.aggregates.run import run_model
from assets.papers.schema import PAPERS
from assets.summaries.schema import SUMMARIES
from assets.warehouse.lake import Lake

REPOSITORY = Path(__file__).parents[2]
SQL = REPOSITORY / "dbt_like_sql"
SOURCES = (PAPERS, SUMMARIES)
_numbers = count(1)


@functools.cache
def the_models() -> Models:
    """The models that the project ships."""
    return load_models(SQL, SOURCES)


def paper(categories: str = "cs.LG", authors: int = 1, **changes: object) -> dict[str, Any]:
    """A paper with the given categories, the primary first, to be put on a day by `write_papers`."""
    names = [f"Author {number}" for number in range(authors)]
    listed = categories.split()
    return {
        "paper_id": f"2601.{next(_numbers):05d}",
        "title": "A title",
        "title_tex": "A title",
        "abstract": "An abstract.",
        "authors": names,
        "authors_tex": names,
        "categories": listed,
        "categories_given": categories,
        "primary_category": listed[0],
        "announced_by": "listed",
        "is_withdrawn": False,
        "source": "test",
        "versions": [],
        "listing": "new",
        **changes,
    }


def summary(paper_id: str, **changes: object) -> dict[str, Any]:
    """An extractive summary with its required fields, to be put on a day by `write_summaries`."""
    return {
        "paper_id": paper_id,
        "language": "en",
        "tldr": "In short.",
        "method": "By a method.",
        "result": "A result.",
        "status": "extractive",
        "model": "embedded",
        "abstract_hash": "0",
        "attempts": 1,
        "created_at": dt.datetime(2026, 1, 6, 8, tzinfo=dt.UTC),
        **changes,
    }


def write_papers(lake: Lake, day: str, *papers: dict[str, Any]) -> None:
    lake.write(PAPERS, day, PAPERS.frame([{"day": dt.date.fromisoformat(day), **row} for row in papers]))


def write_summaries(lake: Lake, day: str, *summaries: dict[str, Any]) -> None:
    lake.write(SUMMARIES, day, SUMMARIES.frame([{"day": dt.date.fromisoformat(day), **row} for row in summaries]))


def make(models: Models, lake: Lake, name: str, *keys: str) -> pl.DataFrame:
    """Runs a mart for the keys, writes its partitions, and returns the last."""
    for key in keys:
        lake.write(models[name].table, key, run_model(models[name], models, lake, key))
    return lake.read(models[name].table, keys[-1:])


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Writes files by their path below a folder, and returns the folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, files: dict[str, str]) -> Models:
    """The models of a folder with these files, on papers and summaries."""
    return load_models(write_files(folder, files), SOURCES)


def records(frame: pl.DataFrame, *columns: str) -> Sequence[tuple[Any, ...]]:
    """The rows as tuples of some columns."""
    return frame.select(columns).rows()
