"""`almanac models`: what the SQL models are, and one of them run alone."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING

from assets.aggregates.model_tests import run_tests
from assets.aggregates.run import run_model
from assets.calendar.days import parse_day
from assets.digests.wording import count
from assets.errors import AlmanacError
from assets.partitions import month_of, year_of
from orchestration.console import ERR, FAILED, OUT, ProgressBar
from orchestration.instance import open_instance
from orchestration.querying import check_format, show_rows
from orchestration.resources import prepare_home
from orchestration.runs import Runner
from orchestration.settings import load_settings
from orchestration.tables import load_almanac_models

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assets.aggregates.models import Model
    from assets.warehouse.table import Period

COLUMNS = ("name", "kind", "materialization", "reads", "tests", "description")

KEY_FORMS: Mapping[Period, tuple[str, str]] = {
    "month": (r"\d{4}-(0[1-9]|1[0-2])", "YYYY-MM"),
    "year": (r"\d{4}", "YYYY"),
}


def list_models(output: str) -> int:
    """Prints a line for each model, after those that it reads. Raises ModelError for one that is wrong."""
    check_format(output)
    rows = []
    for model in load_almanac_models():
        tests: object = [test.name for test in model.tests] if output == "json" else len(model.tests)
        reads: object = list(model.reads) if output == "json" else ", ".join(model.reads)
        rows.append((model.name, model.kind, model.materialization, reads, tests, model.description))
    show_rows(COLUMNS, rows, output)
    return 0


def run_one(name: str, keys: Mapping[Period, str | None], store: bool, output: str) -> int:
    """Runs one model for one partition: prints its rows, or with `store` has Dagster make the partition.

    `name` is that of the model or of its file. Violated tests are told, and are exit code 1. Raises
    AlmanacError where the model, the partition or the format does not exist.
    """
    check_format(output)
    models = load_almanac_models()
    model = models[Path(name).stem if name.endswith(".sql") else name]
    key = _key(model, keys)
    settings = load_settings()
    held: list[str] = []
    lake = prepare_home(settings, models, held.append)
    if store:
        if not model.stored or model.period is None:
            raise AlmanacError(f"{model.name} is a view: there is nothing to store; leave --store out.")
        with ProgressBar() as bar, open_instance(settings.home_folder, settings.dagster_postgres_url) as instance:
            outcome = Runner(settings, instance, bar).make(model.period, [key], [model.name])
        problems = [*bar.faults, *outcome.failed.values()]
        if key in outcome.made:
            OUT.print(f"{model.name} of {key}: {count(lake.row_count(model.table, key), 'row')} stored.", markup=False)
    else:
        rows = run_model(model, models, lake, key)
        show_rows(rows.columns, rows.rows(), output)
        problems = [violation.sentence for violation in run_tests(model, models, lake, key, computed=True)]
    problems = list(dict.fromkeys([*held, *problems]))
    for problem in problems:
        ERR.print(f"almanac: {problem}", markup=False)
    return FAILED if problems else 0


def _key(model: Model, keys: Mapping[Period, str | None]) -> str:
    """The partition key among the options that fits the model. Raises AlmanacError where it does not."""
    given = {period: key for period, key in keys.items() if key is not None}
    if model.period is None:
        if given:
            raise AlmanacError(f"{model.name} has no periods: leave --{next(iter(given))} out.")
        return ""
    if list(given) != [model.period]:
        latest = dt.datetime.now(dt.UTC).date().isoformat()
        example = {"day": latest, "month": month_of(latest), "year": year_of(latest)}[model.period]
        raise AlmanacError(f"{model.name} is made by the {model.period}: say which, with --{model.period} {example}.")
    key = given[model.period]
    if model.period == "day":
        return parse_day(key, dt.datetime.now(dt.UTC)).isoformat()
    pattern, form = KEY_FORMS[model.period]
    if not re.fullmatch(pattern, key):
        raise AlmanacError(f"--{model.period} is {key!r}: write it as {form}.")
    return key
