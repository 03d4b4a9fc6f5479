"""Starts the emulator and serves until it is interrupted."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from tests.emulators.arxiv.faults import FAULTS, Faults
from tests.emulators.arxiv.papers import load
from tests.emulators.arxiv.server import Emulator


def main(arguments: list[str] | None = None) -> None:
    """Reads the command line, prints the settings that lead to the emulator, and serves."""
    parser = argparse.ArgumentParser(
        prog="emulate", description="Serves arXiv's API, OAI-PMH and feeds on this machine."
    )
    parser.add_argument("--snapshot", type=Path, help="JSON Lines file, plain, .gz or .zst (default: the sample)")
    parser.add_argument("--port", type=int, default=8765, help="port on the loopback; 0 takes a free one")
    parser.add_argument(
        "--now", type=_moment, help="the emulated time, like 2026-01-30T06:00:00Z (default: the real one)"
    )
    parser.add_argument("--mixed", type=float, default=0.0, help="share of requests that fail, from 0 to 1")
    parser.add_argument(
        "--fault", action="append", default=[], choices=list(FAULTS), help="a fault for the next request"
    )
    parser.add_argument("--seed", type=int, default=0, help="which requests fail")
    options = parser.parse_args(arguments)
    papers = load(options.snapshot) if options.snapshot else load()
    faults = Faults.mixed(options.mixed, options.seed)
    faults.script = options.fault
    with Emulator(papers, options.now, faults, port=options.port) as emulator:
        days = [paper.versions[0].announced for paper in papers if paper.versions]
        print(
            f"{len(papers)} papers of {min(days)} to {max(days)} on {emulator.url}; control: {emulator.url}/_emulator"
        )
        print(f"export ALMANAC_ARXIV_API_URL={emulator.api_url}")
        print(f"export ALMANAC_OAI_URL={emulator.oai_url}")
        print(f"export ALMANAC_RSS_URL={emulator.rss_url}", flush=True)
        try:
            emulator.wait()
        except KeyboardInterrupt:
            print()


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("give a time zone too, like 2026-01-30T06:00:00Z")
    return moment


if __name__ == "__main__":
    main()
