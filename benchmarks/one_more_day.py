"""What one more day costs in a home of 35 years and in a home of one: the same, or something does not scale.

    python -m benchmarks.one_more_day [--papers 300000] [--folder /tmp]

Invented papers on every announcement day since 1991 (`--papers` in all, as arXiv's grew) go through index, listings
and cleaning into a lake, and Dagster is told that their days are made. The last day is then made again, step by step as
plain functions and as a whole through Dagster, once there and once in a copy that holds the last year alone. Summaries
are the embedded ones. Each step's best of three is told; Dagster's start is not in it.
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
DAYS_AT_ONCE = 25
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


def make_homes(everything: Path, year: Path) -> str:
    """Fills a home, copies its last year into another one, tells Dagster of both; returns the last day."""
    import dagster as dg

    from assets.materialization import stored_together
    from assets.warehouse.home import Home
    from orchestration.instance import open_instance
    from orchestration.resources import listing_source, prepare_home
    from orchestration.settings import load_settings
    from orchestration.tables import load_almanac_models

    settings = load_settings()
    days = [str(day) for day in listing_source(settings).days() or []]
    prepare_home(settings, load_almanac_models())
    chunks = [days[start : start + DAYS_AT_ONCE] for start in range(0, len(days), DAYS_AT_ONCE)]
    with multiprocessing.get_context("spawn").Pool(useful_workers()) as pool:
        pool.map(Filling(everything), chunks, chunksize=1)
    last_year = [day for day in days if day[:4] == days[-1][:4]]
    shutil.copytree(everything / "snapshots", year / "snapshots", copy_function=os.link)
    for table in (everything / "lake").iterdir():
        for partition in table.iterdir():
            if partition.is_dir() and partition.name[4:8] in ("0001", days[-1][:4]):
                shutil.copytree(partition, year / "lake" / table.name / partition.name)
    for home, made in ((everything, days), (year, last_year)):
        with open_instance(Home(home)) as instance, stored_together(instance):
            for name in RECORDED:
                for day in made:
                    instance.report_runless_asset_event(dg.AssetMaterialization(name, partition=day))
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
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(folder: Path, papers: int) -> None:
    """Makes the homes and prints the table."""
    file = folder / "snapshot.jsonl"
    write_snapshot(file, papers, processes=useful_workers())
    homes = {"35 years": folder / "all", "one year": folder / "year"}
    command = [sys.executable, "-m", "benchmarks.one_more_day"]
    day = watched(
        [*command, "--homes", str(homes["35 years"]), str(homes["one year"])], environment(homes["35 years"], file)
    ).said
    found = {
        name: json.loads(watched([*command, "--day", day], environment(home, file)).said)
        for name, home in homes.items()
    }
    print(f"{papers:,} papers in all, {found['one year']['papers']:,} on {day}; seconds\n")
    print("| step | 35 years | one year |\n|---|---:|---:|")
    for name in found["35 years"]["seconds"]:
        print(f"| {name} | {found['35 years']['seconds'][name]:.3f} | {found['one year']['seconds'][name]:.3f} |")


def main() -> None:
    """Measures, or does a part for the process that measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=300_000)
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
            measure(Path(name), given.papers // 10 if given.quick else given.papers)


if __name__ == "__main__":
    main()
