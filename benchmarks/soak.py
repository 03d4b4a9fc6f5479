"""A year of evenings in fast-forward: `python -m benchmarks.soak [--days 250] [--kills 60] [--seed 1] [--folder X]`.

Dagster's scheduler, sensors, run queue and run monitoring, on a clock that jumps, in a throw-away home, or in one that
stays at `--folder`, to look into what the account finds; arXiv and the model are emulated, late on some evenings, and a
share of the requests to them fails; the daemon is killed with SIGKILL at random moments, and with it the run that it
makes. Then the account: what is missing, wrong, paid for or told twice.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from pathlib import Path

from tests.soak.soak import ARXIV_FAULTS, MODEL_FAULTS, soak


def main() -> None:
    """Prints the account."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=250, help="announcement days")
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="an empty or new folder that stays; default: a throw-away one")
    given, _ = parser.parse_known_args()
    with tempfile.TemporaryDirectory() if given.folder is None else contextlib.nullcontext(given.folder) as name:
        account = soak(Path(name), given.days, given.kills, given.seed)
    print(
        f"{account.days} announcement days, {account.papers} papers, {account.kills} kills of {account.processes}"
        f" processes, {account.seconds / 60:.0f} minutes; of the requests {ARXIV_FAULTS:.0%} (arXiv) and"
        f" {sum(MODEL_FAULTS.values()):.0%} (model) fail"
    )
    print("| what | count |")
    print("|---|---:|")
    for what, found in (
        ("days without a digest", account.missing),
        ("days with other papers than were announced", account.wrong),
        ("months and years whose pages stand back", account.behind),
        ("papers without a summary", account.incomplete),
        ("papers paid for twice", account.paid_twice),
        ("messages about a fault told more than once", account.told_twice),
    ):
        print(f"| {what} | {len(found)} |")
        if found:
            print(f"\n{', '.join(found[:20])}\n")
    print(f"| answers of the model | {account.answers} |")
    print(f"| messages about faults | {account.messages} |")


if __name__ == "__main__":
    main()
