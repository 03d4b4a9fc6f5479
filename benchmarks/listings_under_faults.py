"""How many requests complete days cost where arXiv's services fail: 30 emulated days, each source, growing shares.

    python -m benchmarks.listings_under_faults [--shares 0 0.1 0.2 0.4] [--seeds 4]

The emulated arXiv (tests/emulators/arxiv) answers over HTTP; a share of all requests fails in one of the seven ways
from which a repetition recovers: empty pages, 429 without Retry-After, 503 with it, cut-off XML, slow and dropped
connections, expired tokens. Days are asked for one after the other, each on its day, and up to three times, as a
schedule does. Pauses are left out; how many there would be follows from the requests.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.errors import SourceUnavailableError
from assets.listings.api import ApiSource
from assets.listings.rss import RssSource
from assets.listings.source import ListingSource
from tests.emulators.arxiv.faults import Faults
from tests.emulators.arxiv.server import Emulator
from tests.listings.emulated import FOLLOWED, WORLD, noon_of, oai_source, quick_pace, served

ASKED_FOR = 3
"""How often a failed day is asked for in all."""

SOURCES: dict[str, Callable[[Emulator, Path], ListingSource]] = {
    "api": lambda emulator, folder: ApiSource(emulator.api_url, quick_pace(folder), page_size=20),
    "oai": oai_source,
    "rss": lambda emulator, folder: RssSource(emulator.rss_url, folder, quick_pace(folder)),
}


@dataclass(frozen=True)
class Month:
    """What the days of a run came to: the papers of each, requests, which of them failed how, days asked for again."""

    papers: Sequence[Sequence[str | None] | None]
    requests: int
    faults: Counter[str]
    asked_again: int


def month(name: str, emulator: Emulator, faults: Faults, folder: Path) -> Month:
    """Asks a source for every day of the emulated world; None stands for a day that was not got."""
    emulator.requests.clear()
    emulator.faults = faults
    source = SOURCES[name](emulator, folder)
    papers: list[Sequence[str | None] | None] = []
    again = 0
    for day in WORLD.days:
        emulator.world.moment = noon_of(day)
        found = None
        for attempt in range(ASKED_FOR):
            try:
                found = [record.paper_id for record in source.listing(day, FOLLOWED).records]
                break
            except SourceUnavailableError:
                again += attempt < ASKED_FOR - 1
        papers.append(found)
    befallen = Counter(one.fault for one in emulator.requests if one.fault)
    return Month(papers, len(emulator.requests), befallen, again)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shares", type=float, nargs="+", default=[0.0, 0.1, 0.2, 0.4])
    parser.add_argument("--seeds", type=int, default=4)
    given = parser.parse_known_args()[0]
    print("| source | failing | complete days | requests | minimum | ratio | days asked for again |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as name, served(page_size=8) as emulator:
        for source in SOURCES:
            whole = month(source, emulator, Faults(), Path(name) / source)
            for share in given.shares:
                runs = [
                    month(
                        source,
                        emulator,
                        Faults.mixed(share, seed, retry_after="0", slow_seconds=0.02),
                        Path(name) / f"{source} {share} {seed}",
                    )
                    for seed in range(given.seeds if share else 1)
                ]
                right = sum(found == true for run in runs for found, true in zip(run.papers, whole.papers, strict=True))
                requests = sum(run.requests for run in runs) / len(runs)
                days = len(runs) * len(WORLD.days)
                print(
                    f"| {source} | {share:.0%} | {right} of {days} | {requests:.1f} | {whole.requests} "
                    f"| {requests / whole.requests:.2f} | {sum(run.asked_again for run in runs)} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
