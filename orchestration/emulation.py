"""Starting the servers of tests/emulators, which stand in for arXiv and for a model on this machine."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import NoReturn

from assets.errors import SettingsError

CHECKOUT = Path(__file__).parents[1]
ARXIV_PORT, MODEL_PORT = 8765, 8766


def emulate_arxiv(options: list[str]) -> NoReturn:
    """Becomes the emulated arXiv: API, OAI-PMH and feeds on one address, which it prints as settings."""
    _become("tests.emulators.arxiv", options)


def emulate_model(options: list[str], faults: list[str], share: float) -> NoReturn:
    """Becomes the emulated model endpoint, which prints its settings; a share of its answers has the faults."""
    each = share / len(faults) if faults else 0.0
    given = [part for fault in faults for part in ("--fault", f"{fault}={each}")]
    _become("tests.emulators.llm", ["--settings", *options, *given])


def _become(module: str, options: list[str]) -> NoReturn:
    folder = CHECKOUT.joinpath(*module.split("."))
    if not (folder / "__main__.py").is_file() or importlib.util.find_spec("uvicorn") is None:
        raise SettingsError(
            f"almanac emulate needs the servers in tests/emulators, which are part of a checkout of the source and not "
            f"of this installation ({CHECKOUT}): call almanac from a checkout, after make run there."
        )
    path = os.pathsep.join([str(CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])])
    sys.stdout.flush()
    # -P: a folder called tests where the reader happens to be is not ours.
    os.execve(sys.executable, [sys.executable, "-P", "-m", module, *options], {**os.environ, "PYTHONPATH": path})
