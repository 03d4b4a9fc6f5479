"""Prints what compaction of closed months costs and saves, on a lake of made-up papers.

    python -m benchmarks.compaction [--years 35] [--papers 20]

`--papers` is the number of papers a day (all of arXiv: 300 on average since 1991, 1,000 today). Each question is asked
through the views of the catalog, on a connection of its own; the best of three is told, in seconds and CPU-seconds.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from assets.calendar.days import announcement_days
from assets.papers.schema import PAPERS
from assets.warehouse.catalog import open_catalog, write_catalog
from assets.warehouse.compaction import open_months, pack, settle
from assets.warehouse.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

LAST = dt.date(2025, 12, 31)
NOW = dt.timedelta(0)
QUESTIONS = {
    "papers of one day": "SELECT count(*) FROM papers WHERE day = DATE '2015-06-01'",
    "papers a category": "SELECT primary_category, count(*) FROM papers GROUP BY ALL",
    "titles of a year": "SELECT title FROM papers WHERE day BETWEEN DATE '2015-01-01' AND DATE '2015-12-31'",
}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--years", type=int, default=35)
    parser.add_argument("--papers", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="almanac-compaction-") as folder:
        measure(Path(folder), arguments.years, arguments.papers)


def measure(home: Path, years: int, papers: int) -> None:
    """Makes the lake, asks, compacts, and asks again."""
    lake, path = Lake(home / "lake"), home / "warehouse.duckdb"
    days = announcement_days(dt.date(LAST.year - years + 1, 1, 1), LAST)
    write_catalog(path, lake, [PAPERS])
    tell("writing", timed(functools.partial(write, lake, days, papers)), len(days), "day")
    tell(
        "replacing",
        timed(functools.partial(write, lake, days[:365], papers)),
        365,
        "day",
    )
    ask(path, "day files")
    months = open_months(lake, PAPERS, dt.date(LAST.year + 1, 2, 1))
    tell("packing", timed(lambda: [pack(lake, PAPERS, month) for month in months]), len(months), "month")
    tell("closing", timed(lambda: settle(lake, PAPERS, NOW)), len(months), "month")
    ask(path, "closed, day files still there")
    tell("clearing", timed(lambda: settle(lake, PAPERS, NOW)), len(days), "day")
    ask(path, "month files")
    tell(
        "replacing",
        timed(functools.partial(write, lake, days[:365], papers)),
        365,
        "day",
    )
    tell("settling again", timed(lambda: settle(lake, PAPERS)), len(months), "month")


def write(lake: Lake, days: Sequence[dt.date], papers: int) -> None:
    """Writes days of papers that say nothing."""
    for day in days:
        lake.write(PAPERS, day.isoformat(), made_up(day, papers))


def made_up(day: dt.date, papers: int) -> pl.DataFrame:
    """A day of papers that say nothing."""
    text = f"{day} " + "An abstract of the usual length says what was done, how, and what came of it. " * 12
    return PAPERS.frame(
        [
            {
                "day": day,
                "paper_id": f"{day:%y%m}.{number:05}",
                "title": f"On the {number}th matter of {day}",
                "title_tex": f"On the {number}th matter of {day}",
                "abstract": f"{number} {text}",
                "authors": ["A. Author", "B. Author"],
                "authors_tex": ["A. Author", "B. Author"],
                "categories": ["cs.LG", "stat.ML"],
                "categories_given": "cs.LG stat.ML",
                "primary_category": ("cs.LG", "stat.ML", "math.PR")[number % 3],
                "announced_by": "listed",
                "is_withdrawn": False,
                "source": "made up",
                "versions": [],
                "listing": "new",
            }
            for number in range(papers)
        ]
    )


def ask(path: Path, state: str) -> None:
    """Asks each question three times and prints the best."""
    for name, question in QUESTIONS.items():
        best = min(timed(functools.partial(answer, path, question)) for _ in range(3))
        print(f"{state:30} {name:20} {best[0]:8.3f} s {best[1]:8.3f} CPU-s", flush=True)


def answer(path: Path, question: str) -> None:
    """Asks on a connection of its own."""
    with open_catalog(path) as connection:
        connection.execute(question).fetchall()


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds and CPU-seconds of some work."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def tell(name: str, spent: tuple[float, float], number: int, unit: str) -> None:
    """Prints what some work cost, and for each of its parts."""
    print(
        f"{name:30} {f'{number} {unit}s':20} {spent[0]:8.3f} s {spent[1]:8.3f} CPU-s,"
        f" {1000 * spent[1] / number:.2f} CPU-ms a {unit}",
        flush=True,
    )


if __name__ == "__main__":
    main()
