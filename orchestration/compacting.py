"""`almanac compact`: the day files of closed months, put into one file a month."""

from __future__ import annotations

import datetime as dt
import re

from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from assets.digests.wording import count
from assets.errors import AlmanacError
from assets.warehouse.compaction import GRACE, is_over, open_months
from orchestration.abandoned import process_tags
from orchestration.console import ERR, FAILED, OUT, ProgressBar
from orchestration.definitions import build_definitions
from orchestration.instance import open_instance
from orchestration.jobs import COMPACTION
from orchestration.resources import prepare_home
from orchestration.runs import QUIET, chunks, failure_text, was_interrupted
from orchestration.settings import load_settings
from orchestration.tables import day_tables, load_almanac_models


def compact_months(first: str | None, last: str | None) -> int:
    """Compacts the months from `first` to `last` (default: all) that are over and have day files.

    Raises AlmanacError for a month that is none.
    """
    for month in filter(None, (first, last)):
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
            raise AlmanacError(f"{month!r} is no month: write it as YYYY-MM.")
    settings = load_settings()
    models = load_almanac_models()
    now = dt.datetime.now(dt.UTC)
    failures: list[str] = []
    lake = prepare_home(settings, models, failures.append)
    found = {month for table in day_tables(models) for month in open_months(lake, table, now.date())}
    months = sorted(month for month in found if (first or "") <= month <= (last or "9999-12"))
    with ProgressBar() as bar, open_instance(settings.home_folder, settings.dagster_postgres_url) as instance:
        job = build_definitions(settings, bar).resolve_job_def(COMPACTION)
        bar.expect(len(months))
        for chunk in chunks("month", months):
            span = {ASSET_PARTITION_RANGE_START_TAG: chunk[0], ASSET_PARTITION_RANGE_END_TAG: chunk[-1]}
            tags = {**span, **process_tags(settings.home_folder)}
            result = job.execute_in_process(run_config=QUIET, instance=instance, tags=tags, raise_on_error=False)
            if was_interrupted(result):
                raise KeyboardInterrupt
            if not result.success:
                failures.append(failure_text(result))
    for failure in failures:
        ERR.print(f"almanac: {failure}", markup=False)
    if failures:
        return FAILED
    if first and not months and not is_over(first, now.date()):
        OUT.print(f"{first} is not over for a week: it stays as it is.")
    elif not months:
        OUT.print("Nothing to compact: every month that is over is in one file a table already.")
    else:
        takes_over = (now + GRACE).astimezone()
        OUT.print(
            f"Compacted {count(len(months), 'month')} ({months[0]} … {months[-1]}). The month files take over in the"
            f" first run after {takes_over:%Y-%m-%d %H:%M}; the day files go in the first one an hour after that."
        )
    return 0
