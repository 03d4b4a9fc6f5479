"""What one more day costs in a home of 35 years and in a home of one month: the same, or something does not scale.

    python -m benchmarks.one_more_day [--papers 3000000] [--since 2025-12] [--folder /tmp]

Invented papers of the months since `--since`, as many a day as all of arXiv has where there are `--papers` in all, go
through index, listings and cleaning into a lake. A copy of that home gets every announcement day since 1991 in every
table by day: links to the files of one day, so their number is right and their rows are not, and Dagster is told of
them. Days of the year before, which the marts of the year read, too, have no rows in either home, so that both make the
same of it. The last day is then made again in both, step by step as plain functions and as a whole through Dagster.
Summaries are the embedded ones. Each step's best of three is told, in CPU-seconds; Dagster's start is not in it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from assets.listings.workers import useful_workers
from benchmarks.scale import environment
from benchmarks.synthetic_snapshot import write_snapshot
from benchmarks.watching import watched

REPEATS = 3
DAYS_AT_ONCE = 5
RECORDED = ("raw_listings", "papers", "summaries", "daily_digest")


def fill(home: Path, days: Sequence[str]) -> None:
    """Listings and papers of some days, by plain functions."""
    from assets.listings.schema import RAW_LISTINGS
    from assets.listings.source import frame
    from assets.papers.clean import clean_day
    from assets.papers.schema import PAPERS, REJECTED_PAPERS
    from assets.warehouse.lake import Lake
    from orchestration.resources import listing_source
    from orchestration.settings import load_settings

    lake, source = Lake(home / "lake"), listing_source(load_settings())
    for day in days:
        listing = source.listing(dt.date.fromisoformat(day), None)
        lake.write(RAW_LISTINGS, day, frame(listing, source.name, dt.datetime.now(dt.UTC)))
    papers, rejected = clean_day(lake.read(RAW_LISTINGS, days))
    for day in days:
        lake.write(PAPERS, day, papers.filter(day=dt.date.fromisoformat(day)))
        lake.write(REJECTED_PAPERS, day, rejected.filter(day=dt.date.fromisoformat(day)))


class Filling:
    """`fill` with a home, for a pool of processes."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def __call__(self, days: Sequence[str]) -> None:
        fill(self._home, days)


def make_homes(few: Path, many: Path) -> str:
    """Fills a home, makes another one of it that has all years, tells Dagster of both; returns the last day."""
    import dagster as dg

    from assets.partitions import DAYS
    from assets.warehouse.home import Home
    from orchestration.importing import reported
    from orchestration.instance import open_instance
    from orchestration.resources import listing_source, prepare_home
    from orchestration.settings import load_settings
    from orchestration.tables import day_tables, load_almanac_models

    settings = load_settings()
    days = [str(day) for day in listing_source(settings).days() or []]
    models = load_almanac_models()
    prepare_home(settings, models)
    chunks = [days[start : start + DAYS_AT_ONCE] for start in range(0, len(days), DAYS_AT_ONCE)]
    with multiprocessing.get_context("spawn").Pool(useful_workers()) as pool:
        pool.map(Filling(few), chunks, chunksize=1)
    shutil.copytree(few, many)
    for table in day_tables(models):
        made = [path for path in (many / "lake" / table.name).glob("day=*/data.parquet") if "0001-" not in str(path)]
        seed = many / "lake" / table.name / "day=0001-01-01" / "data.parquet"
        for day in DAYS.get_partition_keys():
            if day < days[0]:
                partition = many / "lake" / table.name / f"day={day}"
                partition.mkdir()
                is_read = int(day[:4]) >= int(days[0][:4]) - 1
                os.link(seed if is_read or not made else made[0], partition / "data.parquet")
    every = [day for day in DAYS.get_partition_keys() if day <= days[-1]]
    for home, known in ((few, days), (many, every)):
        with open_instance(Home(home)) as instance:
            made_before = [dg.AssetMaterialization(name, partition=day) for name in RECORDED for day in known]
            instance.event_log_storage.store_event_batch(list(map(reported, made_before)))
    return days[-1]


def one_day(day: str) -> None:
    """Makes a day and its month and year again; prints the best seconds of each step."""
    from assets.aggregates.run import run_model
    from assets.digests.digest import build_digest
    from assets.digests.json_form import digest_json
    from assets.digests.markdown import digest_markdown
    from assets.listings.schema import RAW_LISTINGS
    from assets.materialization import Silence
    from assets.papers.schema import PAPERS, REJECTED_PAPERS
    from assets.summaries.schema import SUMMARIES
    from assets.summaries.summarizer import EmbeddedSummarizer
    from assets.warehouse.connection import connect
    from orchestration.instance import open_instance
    from orchestration.resources import prepare_home
    from orchestration.runs import Runner
    from orchestration.settings import load_settings
    from orchestration.tables import load_almanac_models

    settings, models = load_settings(), load_almanac_models()
    lake = prepare_home(settings, models)
    spent: dict[str, float] = {}

    def timed(name: str, work: Callable[[], object]) -> None:
        spent[name] = min(_seconds(work) for _ in range(REPEATS))

    def summaries() -> None:
        made = EmbeddedSummarizer().summarize(lake.read(PAPERS, [day]), ("en",), SUMMARIES.empty())
        lake.write(SUMMARIES, day, made)

    def digest() -> None:
        kept, rows, rejected = (lake.read(table, [day]) for table in (PAPERS, SUMMARIES, REJECTED_PAPERS))
        made = build_digest(dt.date.fromisoformat(day), kept, rows, rejected, None, "en")
        digest_markdown(made), digest_json(made)

    def models_of(period: str, key: str) -> Callable[[], None]:
        def work() -> None:
            with connect() as connection:
                for model in models.stored:
                    if model.table.period == period:
                        lake.write(model.table, key, run_model(model, models, lake, key, connection))

        return work

    timed("opening the home", lambda: prepare_home(settings, models))
    timed("listing and papers", lambda: fill(settings.home, [day]))
    timed("summaries", summaries)
    timed("digest", digest)
    timed("models by day", models_of("day", day))
    timed("models by month", models_of("month", day[:7]))
    timed("models by year", models_of("year", day[:4]))
    with open_instance(settings.home_folder) as instance:
        runner = Runner(settings, instance, Silence())
        timed("the whole day through Dagster, checks included", lambda: runner.make("day", [day]))
        timed("which days are finished", lambda: runner.recorded("daily_digest"))
    print(json.dumps({"seconds": spent, "papers": lake.row_count(RAW_LISTINGS, day)}))


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def measure(folder: Path, papers: int, since: str) -> None:
    """Makes the homes and prints the table."""
    file = folder / "snapshot.jsonl"
    written = write_snapshot(file, papers, processes=useful_workers(), since=since)
    homes = {"one month": folder / "few", "35 years": folder / "many"}
    command = [sys.executable, "-m", "benchmarks.one_more_day"]
    day = watched([*command, "--homes", *map(str, homes.values())], environment(homes["one month"], file)).said
    found = {
        name: json.loads(watched([*command, "--day", day], environment(home, file)).said)
        for name, home in homes.items()
    }
    print(f"{written:,} papers since {since}, {found['35 years']['papers']:,} of them on {day}; CPU-seconds\n")
    print("| step | one month | 35 years |\n|---|---:|---:|")
    for name in found["35 years"]["seconds"]:
        print(f"| {name} | {found['one month']['seconds'][name]:.2f} | {found['35 years']['seconds'][name]:.2f} |")


def main() -> None:
    """Measures, or does a part for the process that measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=3_000_000)
    parser.add_argument("--since", default="2025-12", metavar="YYYY-MM", help="first month that has papers")
    parser.add_argument("--folder", type=Path, help="where there is room; default: the folder of temporary files")
    parser.add_argument("--quick", action="store_true", help="a tenth of the papers")
    parser.add_argument("--homes", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--day", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.homes:
        print(make_homes(*given.homes))
    elif given.day:
        one_day(given.day)
    else:
        with tempfile.TemporaryDirectory(prefix="almanac-bench-", dir=given.folder) as name:
            measure(Path(name), given.papers // 10 if given.quick else given.papers, given.since)


if __name__ == "__main__":
    main()
