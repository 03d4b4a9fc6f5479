"""`almanac export`: the lake as one DuckDB file of native tables."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from assets.calendar.days import parse_range
from assets.digests.wording import count
from assets.errors import AlmanacError
from assets.papers.schema import PAPERS
from assets.warehouse.export import export
from orchestration.console import ERR, OUT
from orchestration.resources import prepare_home
from orchestration.settings import load_settings
from orchestration.tables import all_tables, load_almanac_models, model_views


def export_file(file: Path, first: str | None, last: str | None, force: bool) -> int:
    """Writes the file and tells what is in it. Raises AlmanacError where there is nothing to write or no way to."""
    settings = load_settings()
    models = load_almanac_models()
    lake = prepare_home(settings, models, lambda sentence: ERR.print(f"almanac: {sentence}", markup=False))
    days = lake.keys(PAPERS)
    if not days:
        raise AlmanacError(f"{settings.home} holds no papers yet: make a day first, e.g. with `almanac run`.")
    low, high = parse_range(first or days[0], last or max(days[-1], first or ""), dt.datetime.now(dt.UTC))
    taken = [day for day in days if str(low) <= day <= str(high)]
    if not taken:
        raise AlmanacError(f"{settings.home} holds no papers of {low} … {high}: it holds {days[0]} … {days[-1]}.")
    target = file.expanduser().absolute()
    rows = export(target, lake, all_tables(models), model_views(models), (str(low), str(high)), replace=force)
    held = f"{count(len(rows), 'table')}, {sum(rows.values()):,} rows, {count(len(taken), 'announcement day')}"
    OUT.print(
        f"Wrote {file}: {held} ({taken[0]} … {taken[-1]}), {target.stat().st_size / 1e6:.1f} MB.",
        markup=False,
    )
    return 0
