"""What Dagster costs a day: days in one run, in a run each, and in a process each: `python -m benchmarks.runs_of_days`.

25 announcement days of about 20 invented papers, from listings to digest with all checks, embedded summaries, without
months, years and site: once as the backfill policy has it (one run), once a run a day in the same process, and five of
them by `almanac run DAY`, each in a process of its own. The last row is the same backfill again, when there is nothing
to do: the start of Python, Dagster and the home, which the first two rows pay once and the third pays each time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
from pathlib import Path

from assets.calendar.days import announcement_days
from benchmarks.scale import environment
from benchmarks.synthetic_snapshot import write_snapshot
from benchmarks.watching import Watched, watched

PAPERS, SINCE = 56_000, "2025-10"
"""Of all months since 1991; the file has those since this one."""
DAYS = [day.isoformat() for day in announcement_days(dt.date(2025, 11, 3), dt.date(2025, 12, 8))]
ALONE = 5
ALMANAC = [sys.executable, "-m", "orchestration.cli"]


def make_in_runs(size: int) -> None:
    """Makes the days in runs of so many, in this process and by the settings of the environment."""
    from orchestration.commands import session
    from orchestration.settings import load_settings

    with session(load_settings()) as work:
        for start in range(0, len(DAYS), size):
            outcome = work.runner.make("day", DAYS[start : start + size])
            if outcome.failed:
                raise SystemExit(str(outcome.failed))


def measure(folder: Path) -> dict[str, tuple[int, Watched]]:
    """What each way took, with the number of days that it made."""
    file = folder / "snapshot.jsonl"
    write_snapshot(file, PAPERS, since=SINCE)
    here = [sys.executable, "-m", "benchmarks.runs_of_days", "--days-a-run"]
    homes = {name: environment(folder / name, file) for name in ("one", "each", "alone")}
    for home in homes.values():  # the file's index is no part of what is measured
        watched([*ALMANAC, "run", "2025-10-02", "--no-roll-up"], home)
    found = {
        f"one run of {len(DAYS)} days": (len(DAYS), watched([*here, str(len(DAYS))], homes["one"])),
        "a run a day, one process": (len(DAYS), watched([*here, "1"], homes["each"])),
    }
    single = [watched([*ALMANAC, "run", day, "--no-roll-up"], homes["alone"]) for day in DAYS[:ALONE]]
    found["a process a day"] = (
        ALONE,
        Watched(
            sum(one.seconds for one in single),
            sum(one.cpu_seconds for one in single),
            max(one.megabytes for one in single),
            "",
        ),
    )
    again = [*ALMANAC, "backfill", DAYS[0], DAYS[-1], "--no-roll-up"]
    found["the backfill again, nothing to do"] = (0, watched(again, homes["one"]))
    return found


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days-a-run", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.days_a_run:
        make_in_runs(given.days_a_run)
        return
    print("| way | days | seconds | CPU s | CPU s a day | most MB held |\n|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="almanac-runs-") as folder:
        for name, (days, one) in measure(Path(folder)).items():
            each = f"{one.cpu_seconds / days:.2f}" if days else "–"
            cells = (name, days or "–", f"{one.seconds:.1f}", f"{one.cpu_seconds:.1f}", each, f"{one.megabytes:,.0f}")
            print(f"| {' | '.join(map(str, cells))} |")


if __name__ == "__main__":
    main()
