"""The one option that the measurements of the model engine share."""

from __future__ import annotations

import argparse
import os

QUICK = 0.1


def scale_of(doc: str | None) -> float:
    """The share of the full size that the command line asks for: 1, with --quick a tenth, with --scale any."""
    parser = argparse.ArgumentParser(description=(doc or "").strip().splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the size")
    parser.add_argument("--scale", type=float, default=1.0)
    given, _ = parser.parse_known_args()
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    return QUICK * given.scale if given.quick else float(given.scale)
