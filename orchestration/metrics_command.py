"""What `almanac metrics` does: print the figures, write them into a file, or serve them."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from pathlib import Path

from assets.warehouse.files import write_text
from orchestration.console import OUT
from orchestration.instance import open_instance
from orchestration.metrics import Almanac, exposition, serve
from orchestration.settings import load_settings
from orchestration.tables import load_almanac_models


def tell_metrics(file: Path | None, port: int | None, host: str) -> int:
    """Prints the figures once, or writes them to a file whole, or serves them until the user stops it."""
    settings = load_settings()
    with open_instance(settings.home_folder, settings.dagster_postgres_url) as instance:
        figures = Almanac(settings, load_almanac_models(), instance)
        if port is not None:
            port, _alive = serve(figures, host, port)
            OUT.print(f"The figures are at http://{host}:{port}/metrics (Ctrl-C stops it).", markup=False)
            sys.stdout.flush()
            with suppress(KeyboardInterrupt):
                threading.Event().wait()
        elif file is not None:
            write_text(file.expanduser().absolute(), exposition(figures))
        else:
            sys.stdout.write(exposition(figures))
    return 0
