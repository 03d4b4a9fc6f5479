"""Prints how exactly announcement days are told, against listings that say them.

    python -m benchmarks.announcement_days [--data ../shared/data]

Two ways are compared: the submission time alone, and the submission time with the order of the ids.
Each is measured on all papers of the listings, on the papers of one category only, as a user has
who follows few, and on records of which only some have a submission time.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import time
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import polars as pl
import zstandard

from assets.calendar.infer import infer_days, submission_days
from assets.categories import parse_given

LISTINGS = ("2025-cs.LG+stat.ML.jsonl.zst", "2026-01-all.jsonl.zst")


@dataclass(frozen=True)
class Measured:
    """Shares of papers whose day is right; NaN where there are none of the kind."""

    name: str
    papers: int
    with_time: int
    by_submission: float
    """Of the papers with a submission time, by that alone."""
    by_id_order: float
    """Of the same papers, with the order of the ids."""
    without_time: float
    """Of the other papers, which have their id only."""
    rows_per_second: float


def read_listings(data: Path, months: tuple[str, ...] = ()) -> pl.DataFrame:
    """Papers of the collected listings, of some months of ids (`2601`) or all: id, submission, true day, categories."""
    wanted = tuple(f'{{"id": "{month}.' for month in months) or ("",)
    rows = []
    for name in LISTINGS:
        with (data / "listings" / name).open("rb") as file:
            for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8"):
                if not line.startswith(wanted):
                    continue
                record = json.loads(line)
                created = record["versions"][0]["created"] if record["versions"] else None
                categories = parse_given(record["categories"] or "")
                rows.append((record["id"], _time(created), date.fromisoformat(record["announced"]), categories))
    schema = {
        "paper_id": pl.String(),
        "submitted_at": pl.Datetime("us", "UTC"),
        "truth": pl.Date(),
        "categories": pl.List(pl.String()),
    }
    papers = pl.DataFrame(rows, schema=schema, orient="row")
    return papers.unique("paper_id", keep="first", maintain_order=True)


def measure(name: str, papers: pl.DataFrame) -> Measured:
    """How exactly the days of papers (as `read_listings` gives them) are told with their listed days hidden."""
    hidden = papers.with_columns(pl.lit(None, dtype=pl.Date()).alias("announced"))
    began = time.perf_counter()
    found = infer_days(hidden)
    seconds = time.perf_counter() - began
    timed = found.filter(pl.col("submitted_at").is_not_null())
    others = found.filter(pl.col("submitted_at").is_null())
    return Measured(
        name,
        len(papers),
        len(timed),
        _share(submission_days(timed["submitted_at"]) == timed["truth"]),
        _share(timed["day"] == timed["truth"]),
        _share(others["day"] == others["truth"]),
        len(papers) / seconds,
    )


def misses(papers: pl.DataFrame) -> pl.DataFrame:
    """The papers with a submission time whose day is told wrong, with the day of their window."""
    found = infer_days(papers.with_columns(pl.lit(None, dtype=pl.Date()).alias("announced")))
    return (
        found.with_columns(submission_days(found["submitted_at"]).alias("window"))
        .filter(pl.col("submitted_at").is_not_null() & (pl.col("day") != pl.col("truth")))
        .select("paper_id", "submitted_at", "window", "day", "truth")
        .sort("paper_id")
    )


def _time(created: str | None) -> datetime | None:
    """Both notations of the collected listings: ISO 8601 and that of e-mail, as in arXiv's snapshot."""
    if created is None:
        return None
    return datetime.fromisoformat(created) if created[:4].isdigit() else parsedate_to_datetime(created)


def _share(right: pl.Series) -> float:
    return float(right.fill_null(False).sum()) / len(right) if len(right) else float("nan")


def thinned(papers: pl.DataFrame, share: float) -> pl.DataFrame:
    """The same papers, all but a share of their submission times forgotten (the same ones each time)."""
    kept = pl.Series(random.Random(1).choices((True, False), (share, 1 - share), k=len(papers)))
    return papers.with_columns(pl.when(kept).then("submitted_at"))


def main() -> None:
    """Prints the table of figures and the misses."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder that holds listings/")
    papers = read_listings(parser.parse_known_args()[0].data)
    timed = papers.filter(pl.col("submitted_at").is_not_null())
    of_learning = pl.col("categories").list.contains("cs.LG")
    primary_statistics = pl.col("categories").list.first() == "stat.ML"
    print(f"{'papers':<42}{'rows':>8}{'timed':>8}{'by time':>9}{'by ids':>9}{'untimed':>9}{'rows/s':>10}")
    for name, frame in (
        ("all", papers),
        ("all with a submission time", timed),
        ("that carry cs.LG", papers.filter(of_learning)),
        ("that carry cs.LG, with a submission time", timed.filter(of_learning)),
        ("primary stat.ML, with a submission time", timed.filter(primary_statistics)),
        ("half of the times known", thinned(timed, 0.5)),
        ("10 % of the times known", thinned(timed, 0.1)),
    ):
        row = measure(name, frame)
        print(
            f"{row.name:<42}{row.papers:>8,}{row.with_time:>8,}{row.by_submission:>9.2%}{row.by_id_order:>9.2%}"
            f"{row.without_time:>9.2%}{row.rows_per_second:>10,.0f}"
        )
    with pl.Config(tbl_rows=60, tbl_width_chars=120):
        print("\nTold wrong of all:", misses(papers), sep="\n")


if __name__ == "__main__":
    main()
