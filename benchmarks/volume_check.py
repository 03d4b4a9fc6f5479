"""Prints how often the volume check warns, on a year of real listings and on days that are cut or doubled.

    python -m benchmarks.volume_check [--data ../shared/data] [--days]

The collected lists of the year grow until the middle of April; since then they are about whole.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
from collections import Counter
from pathlib import Path

import zstandard

from assets.categories import parse_given
from assets.listings.volume import WHOLE, Counts, volumes

LISTINGS = "2025-cs.LG+stat.ML.jsonl.zst"
FOLLOWED = ("cs.LG", "stat.ML")
PERIODS = (dt.date(2025, 1, 1), dt.date(2025, 4, 22), dt.date(2025, 6, 20))
FACTORS = (1.0, 0.5, 2.0)


def read_counts(data: Path) -> dict[dt.date, dict[str, int]]:
    """Announcement day → category (or WHOLE) → papers, of the listings of 2025."""
    counts: dict[dt.date, Counter[str]] = {}
    with (data / "listings" / LISTINGS).open("rb") as file:
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8"):
            record = json.loads(line)
            of_day = counts.setdefault(dt.date.fromisoformat(record["announced"]), Counter())
            of_day.update([*parse_given(record["categories"] or ""), WHOLE])
    return {day: dict(of_day) for day, of_day in sorted(counts.items())}


def scaled(counts: Counts, day: dt.date, factor: float) -> Counts:
    """The same counts with one day's multiplied."""
    return {**counts, day: {category: round(count * factor) for category, count in counts[day].items()}}


def main() -> None:
    """Prints a line for each period and factor, then, if asked, the real days that warn."""
    parser = argparse.ArgumentParser(description="How often the volume check warns.")
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    parser.add_argument("--days", action="store_true", help="name the real days that warn")
    arguments, _ = parser.parse_known_args()
    counts = read_counts(arguments.data)
    names = ("any", WHOLE, *FOLLOWED)
    print(f"{len(counts)} days, {min(counts)} to {max(counts)}; days that warn\n")
    print(
        f"| since | a day's papers times | days judged | {' | '.join(names)} |\n|---|---:|---:|{'---:|' * len(names)}"
    )
    for since in PERIODS:
        for factor in FACTORS:
            judged, warned = 0, Counter[str]()
            for day in counts:
                found = volumes(day, scaled(counts, day, factor), FOLLOWED)
                if day < since or found[0].expected is None:
                    continue
                judged += 1
                severe = [one.category for one in found if one.is_severe]
                warned.update([*severe, *(["any"] if severe else [])])
            print(f"| {since} | {factor} | {judged} | {' | '.join(f'{warned[name]}' for name in names)} |")
    for day in counts if arguments.days else ():
        for one in volumes(day, counts, FOLLOWED):
            if one.is_severe:
                span = f"{one.low:.0f} to {one.high:.0f}"
                print(f"{day:%F %a} {one.category}: {one.count}, expected {one.expected:.0f} ({span})")


if __name__ == "__main__":
    main()
