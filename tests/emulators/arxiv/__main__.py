"""Starts the emulator and serves until it is interrupted: what `almanac emulate` becomes."""

from __future__ import annotations

import argparse
import datetime as dt
import random
import signal
import sys
from pathlib import Path

from assets.calendar.days import latest_announced_day, next_announcement_day
from assets.errors import AlmanacError
from tests.emulators.arxiv.abstracts import title_and_abstract
from tests.emulators.arxiv.faults import FAULTS, PASSING, Faults
from tests.emulators.arxiv.invented import invent
from tests.emulators.arxiv.papers import Paper, load, papers_of
from tests.emulators.arxiv.server import Emulator

PAPERS_A_DAY = 30


def main(arguments: list[str] | None = None) -> int:
    """Reads the command line, prints the settings that lead to the emulator, and serves; the exit code."""
    parser = argparse.ArgumentParser(
        prog="almanac emulate", description="Serves arXiv's API, OAI-PMH and feeds on this machine."
    )
    parser.add_argument("--snapshot", type=Path, help="JSON Lines file, plain, .gz or .zst (default: invented papers)")
    parser.add_argument("--port", type=int, default=0, help="port on the loopback; 0 takes a free one")
    parser.add_argument(
        "--now", type=_moment, help="the emulated time, like 2026-01-30T06:00:00Z; stands still (default: the real one)"
    )
    parser.add_argument("--lag", type=float, default=0.0, help="minutes by which every mailing appears late")
    parser.add_argument("--share", type=float, default=0.0, help="share of requests that fail, from 0 to 1")
    parser.add_argument(
        "--fault", action="append", default=[], choices=list(FAULTS), help="ways in which they fail (default: all)"
    )
    parser.add_argument("--seed", type=int, default=0, help="which requests fail")
    options = parser.parse_args(arguments)
    now = options.now or dt.datetime.now(dt.UTC)
    names = options.fault or PASSING
    faults = Faults({name: options.share / len(names) for name in names}, seed=options.seed)
    try:
        papers = load(options.snapshot) if options.snapshot else invented_papers(now)
        emulator = Emulator(papers, options.now, faults, port=options.port)
        emulator.world.lag = dt.timedelta(minutes=options.lag)
        emulator.start()
    except (AlmanacError, OSError) as error:
        reason = f"port {options.port} of 127.0.0.1: {error.strerror}" if isinstance(error, OSError) else error
        print(f"almanac: {reason}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        days = [paper.versions[0].announced for paper in papers if paper.versions]
        told = "" if options.snapshot else " invented"
        print(f"# {len(papers)}{told} papers of {min(days)} to {max(days)} on {emulator.url}; Ctrl-C ends it.")
        if options.share:
            print(f"# {options.share:.0%} of the requests fail: {', '.join(names)}.")
        print(f"# State: curl {emulator.url}/_emulator; change it by a POST, for example of")
        print('#   {"now": "…Z", "lag_minutes": 60, "feed_mode": "old", "faults": {"mixed": 0.2}}')
        print("export ALMANAC_SOURCE=oai  # or api, or rss (today's feed only)")
        print(f"export ALMANAC_ARXIV_API_URL={emulator.api_url}")
        print(f"export ALMANAC_OAI_URL={emulator.oai_url}")
        print(f"export ALMANAC_RSS_URL={emulator.rss_url}")
        print(f"export ALMANAC_HOME={Path.cwd() / 'almanac-emulated'}  # apart from true papers", flush=True)
        emulator.wait()
    except KeyboardInterrupt:
        print()
    finally:
        emulator.stop()
    return 0


def invented_papers(now: dt.datetime) -> list[Paper]:
    """Papers for every announcement day from the first of the month before last to the one after the latest.

    The same all through a month, so that a day that was made stays what it was.
    """
    latest = latest_announced_day(now)
    first = dt.date(latest.year, latest.month, 1)
    for _ in range(2):
        first = (first - dt.timedelta(days=1)).replace(day=1)
    following = next_announcement_day(latest)
    world = invent(first, following, PAPERS_A_DAY)
    return papers_of(
        ({**record, **title_and_abstract(random.Random(str(record["id"])))}, day) for record, day in world.records
    )


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("give a time zone too, like 2026-01-30T06:00:00Z")
    return moment


if __name__ == "__main__":
    sys.exit(main())
