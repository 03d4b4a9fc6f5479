"""Rows per second from listing to digest without a model, Dagster's own share, and peak memory.

    python -m benchmarks.pipeline [--data ../shared/data] [--day-only] [--until 2025-01-31]

Each flow runs twice, each time in a process of its own: once as plain functions (the stages timed
one by one) and once through Dagster as `almanac run` or `almanac backfill`. What Dagster adds is the
difference of their CPU times, set-up of the instance included. `--data` is a folder with
listings/2026-01-all.jsonl.zst and listings/2025-cs.LG+stat.ML.jsonl.zst.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

FOLLOWED = frozenset({"cs.LG", "stat.ML"})
DATA = Path(__file__).parent.parent.parent / "shared" / "data"


@dataclass(frozen=True)
class Flow:
    """A range of days of a snapshot file."""

    name: str
    snapshot: str
    first: str
    last: str


DAY = Flow("a day (2026-01-30)", "listings/2026-01-all.jsonl.zst", "2026-01-30", "2026-01-30")
YEAR = Flow("a year (2025)", "listings/2025-cs.LG+stat.ML.jsonl.zst", "2025-01-01", "2025-12-31")


def plain(flow: Flow, data: Path, home: Path) -> dict[str, float]:
    """CPU seconds of each stage as plain functions, and `rows`, the papers kept."""
    import polars as pl

    from assets.aggregates.model_tests import run_tests
    from assets.aggregates.run import run_model
    from assets.calendar.days import announcement_days
    from assets.digests.bibtex import bibtex_file
    from assets.digests.digest import build_digest
    from assets.digests.json_form import digest_json
    from assets.digests.markdown import digest_markdown
    from assets.digests.opening import opened
    from assets.digests.verify import check_digest
    from assets.listings.schema import RAW_LISTINGS
    from assets.listings.snapshot import SnapshotSource
    from assets.listings.source import frame
    from assets.overviews.held import Held
    from assets.overviews.json_form import overview_json
    from assets.overviews.markdown import overview_markdown
    from assets.overviews.overview import build_overview
    from assets.papers.clean import clean_day
    from assets.papers.schema import PAPERS, REJECTED_PAPERS
    from assets.papers.validate import violations_by_day
    from assets.summaries.judgement import incomplete_papers, text_problems
    from assets.summaries.schema import SUMMARIES
    from assets.summaries.summarizer import EmbeddedSummarizer
    from assets.warehouse.files import write_text
    from assets.warehouse.lake import Lake
    from orchestration.tables import load_almanac_models

    lake, models = Lake(home / "lake"), load_almanac_models()
    spent: dict[str, float] = {}
    source = SnapshotSource(data / flow.snapshot, home / "snapshots")
    with stage(spent, "index"):
        held = set(source.days())
    wanted = announcement_days(dt.date.fromisoformat(flow.first), dt.date.fromisoformat(flow.last))
    days = [day.isoformat() for day in wanted if day in held]
    with stage(spent, "listings"):
        for day in days:
            listing = source.listing(dt.date.fromisoformat(day), FOLLOWED)
            lake.write(RAW_LISTINGS, day, frame(listing, source.name, dt.datetime.now(dt.UTC)))
    with stage(spent, "papers"):
        for start in range(0, len(days), 25):
            papers, rejected = clean_day(lake.read(RAW_LISTINGS, days[start : start + 25]))
            for day in days[start : start + 25]:
                lake.write(PAPERS, day, papers.filter(day=dt.date.fromisoformat(day)))
                lake.write(REJECTED_PAPERS, day, rejected.filter(day=dt.date.fromisoformat(day)))
    with stage(spent, "summaries"):
        for day in days:
            rows = EmbeddedSummarizer().summarize(lake.read(PAPERS, [day]), ("en",), SUMMARIES.empty())
            lake.write(SUMMARIES, day, rows)
    with stage(spent, "aggregates"):
        months, years = sorted({day[:7] for day in days}), sorted({day[:4] for day in days})
        for mart in models.stored:
            for key in {"day": days, "month": months, "year": years}[mart.table.period]:
                lake.write(mart.table, key, run_model(mart, models, lake, key))
    with stage(spent, "digests"):
        for day in days:
            papers, summaries, rejected = (lake.read(table, [day]) for table in (PAPERS, SUMMARIES, REJECTED_PAPERS))
            digest = build_digest(dt.date.fromisoformat(day), papers, summaries, rejected, FOLLOWED, "en")
            digest = opened(digest, lake, models)
            write_text(home / "digests" / f"{day}.md", digest_markdown(digest))
            write_text(home / "digests" / f"{day}.json", digest_json(digest))
            write_text(home / "digests" / f"{day}.bib", bibtex_file(digest.entries))
    with stage(spent, "checks"):
        for start in range(0, len(days), 25):
            violations_by_day(lake.read(PAPERS, days[start : start + 25]))
        for day in days:
            papers, summaries = lake.read(PAPERS, [day]), lake.read(SUMMARIES, [day])
            incomplete_papers(papers, summaries, ("en",)), text_problems(papers, summaries)
            check_digest((home / "digests" / f"{day}.json").read_text(), papers, FOLLOWED)
        for mart in models.stored:
            for key in {"day": days, "month": months, "year": years}[mart.table.period]:
                run_tests(mart, models, lake, key)
    overview_marts = {"category_monthly": months, "category_yearly": years, "term_trends": years}
    with stage(spent, "overviews"):
        papers, summaries = lake.read(PAPERS, days), lake.read(SUMMARIES, days)
        by_month, by_year, terms = (lake.read(models[name].table, keys) for name, keys in overview_marts.items())
        for category in sorted(FOLLOWED):
            chosen = papers.filter(pl.col("categories").list.contains(category))
            known = Held.of_year(int(years[0]), [dt.date.fromisoformat(day) for day in days])
            overview = build_overview(int(years[0]), category, chosen, summaries, by_month, by_year, terms, known)
            overview_markdown(overview), overview_json(overview)
    return {**spent, "rows": sum(lake.row_count(PAPERS, day) for day in days), "days": len(days)}


@contextmanager
def stage(spent: dict[str, float], name: str) -> Iterator[None]:
    """Adds the CPU seconds of a block to `spent`."""
    before = time.process_time()
    yield
    spent[name] = time.process_time() - before


def through_dagster(flow: Flow, data: Path, home: Path) -> dict[str, float]:
    """The same flow as the command line makes it, checks, months and years included; measures nothing itself."""
    os.environ |= {
        "ALMANAC_HOME": str(home),
        "ALMANAC_SOURCE": "snapshot",
        "ALMANAC_SNAPSHOT": str(data / flow.snapshot),
        "ALMANAC_CATEGORIES": ",".join(sorted(FOLLOWED)),
    }
    command = ["run", flow.last] if flow.first == flow.last else ["backfill", flow.first, flow.last]
    ended = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *command], check=False, stdout=subprocess.DEVNULL
    )
    return {"code": ended.returncode}


def measured(work: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Runs `work` in a child process; its result with wall, CPU seconds and peak memory (MB) of the child."""
    read_end, write_end = os.pipe()
    started = time.perf_counter()
    child = os.fork()
    if not child:
        os.close(read_end)
        try:
            result = work()
            used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
            result["cpu"] = sum(part.ru_utime + part.ru_stime for part in used)
            result["peak_mb"] = max(part.ru_maxrss for part in used) / 1024
            os.write(write_end, json.dumps(result).encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)  # never back into what the parent does
    os.close(write_end)
    with os.fdopen(read_end) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    if not text:
        sys.exit("A flow that was measured failed: see above.")
    return {**json.loads(text), "wall": time.perf_counter() - started}


def report(flow: Flow, data: Path) -> None:
    """Measures one flow both ways and prints it."""
    with tempfile.TemporaryDirectory() as folder:
        direct = measured(lambda: plain(flow, data, Path(folder) / "plain"))
        dagster = measured(lambda: through_dagster(flow, data, Path(folder) / "dagster"))
    # Only now, so that neither flow finds its imports done.
    from orchestration.commands import FAULTY_INPUT

    # Days with unusually many or few papers are told, and are an exit code: a year has some.
    if dagster["code"] not in (0, FAULTY_INPUT):
        sys.exit(f"The flow through Dagster ended with {dagster['code']:.0f}.")
    rows = direct["rows"]
    print(f"\n{flow.name}: {rows:.0f} papers on {direct['days']:.0f} days")
    print(f"  {'stage':12} {'CPU s':>8} {'papers/s':>9}")
    for name in ("index", "listings", "papers", "summaries", "aggregates", "digests", "checks", "overviews"):
        print(f"  {name:12} {direct[name]:8.2f} {rows / max(direct[name], 1e-6):9.0f}")
    for name, figures in (("plain functions", direct), ("through Dagster", dagster)):
        print(
            f"  {name}: {figures['wall']:.1f} s wall, {figures['cpu']:.1f} CPU s,"
            f" {rows / figures['cpu']:.0f} papers per CPU s, peak {figures['peak_mb']:.0f} MB"
        )
    share = 1 - direct["cpu"] / dagster["cpu"]
    print(f"  Dagster's own share, its start-up and instance included: {share:.0%} of the CPU time")


def main() -> None:
    """Prints the figures for a day and, unless told otherwise, for a year."""
    parser = argparse.ArgumentParser(description="Rows per second from listing to digest.")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--day-only", action="store_true")
    parser.add_argument("--until", default=YEAR.last, metavar="DATE", help="the year's last day that is made")
    arguments, _ = parser.parse_known_args()
    if not (arguments.data / DAY.snapshot).is_file():
        sys.exit(f"{arguments.data / DAY.snapshot} is missing: give a folder with the listings by --data.")
    report(DAY, arguments.data.resolve())
    if not arguments.day_only:
        shorter = replace(YEAR, name=f"2025 until {arguments.until}", last=arguments.until)
        report(YEAR if arguments.until == YEAR.last else shorter, arguments.data.resolve())


if __name__ == "__main__":
    main()
