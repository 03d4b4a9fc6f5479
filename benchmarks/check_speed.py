"""What the checks of texts cost, and what they find in the embedded summaries of real papers.

    python -m benchmarks.check_speed [--data ../shared/data] [--papers 5000 | --all]

Prints CPU microseconds per paper: for one judgement of a summary that was not judged before, as an extract and as if a
model had written it, and for all that a day goes through (the asset checks and the look before the digest), in days of
250 papers. With `--all`, every paper of both listings is summarized and judged instead, and what speaks against a
summary is counted.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import polars as pl
import zstandard

from assets.papers.schema import PAPERS
from assets.papers.tex import to_text
from assets.preferences import Preferences
from assets.summaries.checks import forget
from assets.summaries.completeness import is_complete
from assets.summaries.extract import Extract, summarize
from assets.summaries.judgement import judge
from assets.summaries.schema import SUMMARIES

DATA = Path(__file__).parents[2] / "shared" / "data"
LISTINGS = ("listings/2026-01-all.jsonl.zst", "listings/2025-cs.LG+stat.ML.jsonl.zst")
DAY, DAY_SIZE = dt.date(2026, 1, 5), 250
ROUNDS = 3
"""Times that each measurement is taken; the fastest counts."""


def papers(path: Path) -> Iterator[tuple[str, str]]:
    """Title and abstract of each paper of a listing that has both, as the papers room writes them."""
    with zstandard.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["title"] and record["abstract"]:
                yield to_text(record["title"]), to_text(record["abstract"])


def speed(path: Path, count: int) -> None:
    """Prints microseconds per paper."""
    sources = list(itertools.islice(papers(path), count))
    extracts = [summarize(*source) for source in sources]
    texts = sum(text is not None for extract in extracts for text in extract.texts().values())
    print(f"{len(sources)} papers, {texts / len(sources):.1f} texts each; CPU µs per paper, best of {ROUNDS}")

    def judged(extractive: bool) -> None:
        for (title, abstract), extract in zip(sources, extracts, strict=True):
            is_complete(extract.texts(), title=title, abstract=abstract, reason=extract.reason, extractive=extractive)

    _measure("one judgement of an extract", len(sources), lambda: judged(True))
    _measure("the same as a model's", len(sources), lambda: judged(False))
    for name, status in (("a day's checks, extracts", "extractive"), ("a day's checks, a model's", "complete")):
        days = list(_days(sources, extracts, status))
        _measure(name, len(sources), partial(_all_days, days))


def _measure(name: str, count: int, work: Callable[[], object]) -> None:
    best = float("inf")
    for _ in range(ROUNDS):
        forget()
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    print(f"  {name:28} {best / count * 1e6:7.0f}")


def _days(
    sources: list[tuple[str, str]], extracts: list[Extract], status: str
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    for start in range(0, len(sources), DAY_SIZE):
        rows = [
            (f"2601.{number:05}", *source, extract)
            for number, (source, extract) in enumerate(
                zip(sources[start : start + DAY_SIZE], extracts[start : start + DAY_SIZE], strict=True)
            )
        ]
        common = {"day": DAY, "version": 1}
        summarized = [
            {
                **common,
                **extract.texts(),
                "paper_id": key,
                "language": "en",
                "status": status,
                "keywords": list(extract.keywords),
                "reason": extract.reason,
            }
            for key, _, _, extract in rows
        ]
        listed = [{**common, "paper_id": key, "title": title, "abstract": text} for key, title, text, _ in rows]
        yield PAPERS.frame(listed), SUMMARIES.frame(summarized)


def _all_days(days: Sequence[tuple[pl.DataFrame, pl.DataFrame]]) -> None:
    for day in days:
        _day(*day)


def _day(day_papers: pl.DataFrame, summaries: pl.DataFrame) -> None:
    for _ in ("asset checks", "digest"):
        # Two steps of Dagster, which may be two processes: then each pays what the first does here.
        judge(day_papers, summaries, ["en"]).unfit(Preferences(None))


def everything(data: Path) -> None:
    """Prints what speaks against the embedded summary of every paper of the listings."""
    for name in LISTINGS:
        count = incomplete = 0
        errors: Counter[str] = Counter()
        warnings: Counter[str] = Counter()
        for title, abstract in papers(data / name):
            extract = summarize(title, abstract)
            verdict = is_complete(
                extract.texts(), title=title, abstract=abstract, reason=extract.reason, extractive=True
            )
            count += 1
            incomplete += not verdict.complete
            for finding in verdict.findings:
                (errors if finding.severity == "error" else warnings)[f"{finding.kind} {finding.field}"] += 1
        print(f"{name}: {count} papers, {incomplete} incomplete; errors {dict(errors)}, warnings {dict(warnings)}")


def main() -> None:
    """Measures one or the other."""
    parser = argparse.ArgumentParser(description="What the checks cost, and what they find in embedded summaries.")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--papers", type=int, default=5000)
    parser.add_argument("--all", action="store_true")
    arguments, _ = parser.parse_known_args()
    if missing := [name for name in LISTINGS if not (arguments.data / name).is_file()]:
        sys.exit(f"{arguments.data / missing[0]} is missing: give a folder with the listings by --data.")
    if arguments.all:
        everything(arguments.data)
    else:
        speed(arguments.data / LISTINGS[0], arguments.papers)


if __name__ == "__main__":
    main()
