"""An asset and its checks for every SQL model: a new file in dbt_like_sql/marts/ is a new asset.

A stored model is a table of the lake, its dependencies those that its SQL reads. A view is stored
nowhere and so is no asset: dependencies go through it to the tables that it stands on, and it is
described in the warehouse. The tests that the YAML states are asset checks: a table's own, a view's
of the table that `models.home_of` names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import dagster as dg

from assets.aggregates.lineage import column_lineage
from assets.aggregates.model_docs import ModelTest
from assets.aggregates.model_tests import run_tests_of
from assets.aggregates.models import Model, Models
from assets.aggregates.run import run_model
from assets.checking import Verdict, judge_checks
from assets.materialization import Progress, each_partition, frame_metadata, table_metadata
from assets.owners import OWNERS
from assets.partitions import BACKFILL_POLICY, PARTITIONS, so_far
from assets.warehouse.connection import connect
from assets.warehouse.lake import Lake
from assets.warehouse.table import Period


@dataclass(frozen=True)
class ModelAssets:
    """The assets of the stored models and the checks of all models' tests."""

    assets: Sequence[dg.AssetsDefinition]
    checks: Sequence[dg.AssetChecksDefinition]


def build_model_assets(models: Models) -> ModelAssets:
    """An asset for every stored model, a step of checks for each that has tests, and one for the views of a table."""
    views: dict[str, list[Model]] = {}
    for view in models.views:
        if view.tests and (home := models.home_of(view)):
            views.setdefault(home, []).append(view)
    return ModelAssets(
        [_asset(model, models) for model in models.stored],
        [
            *(_checks(model, models) for model in models.stored if model.tests),
            *(_view_checks(home, found, models) for home, found in views.items()),
        ],
    )


def _dependency(name: str, period: Period, history: int, models: Models) -> dg.AssetDep:
    """A table to stand on; a month or a year stands on those of its days that are there so far."""
    if models.table(name).period == period and not history:
        return dg.AssetDep(name)
    return dg.AssetDep(name, partition_mapping=so_far(history))


def _asset(mart: Model, models: Models) -> dg.AssetsDefinition:
    table = mart.table
    lineage = {
        column: [dg.TableColumnDep(dg.AssetKey(upstream), name) for upstream, name in sources]
        for column, sources in column_lineage(mart, models).items()
    }

    @dg.asset(
        name=mart.name,
        description=f"{mart.description.strip()}\n\n```sql\n{mart.sql.strip()}\n```",
        deps=[_dependency(name, table.period, mart.history, models) for name in mart.tables],
        partitions_def=PARTITIONS[table.period],
        backfill_policy=BACKFILL_POLICY,
        group_name="aggregates",
        kinds={"duckdb", "sql"},
        owners=OWNERS,
        metadata={**table_metadata(table), "dagster/column_lineage": dg.TableColumnLineage(lineage)},
    )
    def mart_asset(
        context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake], progress: dg.ResourceParam[Progress]
    ) -> None:
        with connect() as connection:

            def make(key: str) -> dict[str, dict[str, object]]:
                rows = run_model(mart, models, lake, key, connection)
                lake.write(table, key, rows)
                return {mart.name: frame_metadata(rows)}

            each_partition(context, progress, make)

    return mart_asset


def _checks(mart: Model, models: Models) -> dg.AssetChecksDefinition:
    """One step for all tests of a mart; those of a kind are one check, an expression is one of its own.

    Dagster stores several events for each check and partition, some 15 ms each, so a check for
    every column that must not be NULL would cost a backfill more than the mart itself.
    """
    tests_of: dict[str, list[ModelTest]] = {}
    for test in mart.tests:
        tests_of.setdefault(test.name if test.kind == "expression" else test.kind, []).append(test)
    check_of = {test.name: check for check, tests in tests_of.items() for test in tests}

    @dg.multi_asset_check(
        name=f"{mart.name}_tests",
        specs=[
            dg.AssetCheckSpec(
                check,
                asset=mart.name,
                description=_stated(tests),
                partitions_def=PARTITIONS[mart.table.period],
                additional_deps=_compared_with(mart, mart.name, mart.table.period, models),
            )
            for check, tests in tests_of.items()
        ],
    )
    def mart_checks(
        context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
    ) -> Iterator[dg.AssetCheckResult]:
        violations = run_tests_of(mart, models, lake, list(context.op_execution_context.partition_keys))

        def judge(key: str) -> dict[str, Verdict]:
            problems: dict[str, list[str]] = {check: [] for check in tests_of}
            for violation in violations[key]:
                problems[check_of[violation.test]].append(f"{key}: {violation.sentence}")
            return {check: Verdict(found) for check, found in problems.items()}

        yield from judge_checks(context, judge)

    return mart_checks


def _view_checks(home: str, views: Sequence[Model], models: Models) -> dg.AssetChecksDefinition:
    """One step for the views that are tested with a table, one check for each view."""
    period = models.table(home).period

    @dg.multi_asset_check(
        name=f"{home}_views_tests",
        specs=[
            dg.AssetCheckSpec(
                view.name,
                asset=home,
                description=f"The view {view.name}: {_stated(view.tests)}",
                partitions_def=PARTITIONS[period],
                additional_deps=_compared_with(view, home, period, models),
            )
            for view in views
        ],
    )
    def view_checks(
        context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
    ) -> Iterator[dg.AssetCheckResult]:
        keys = list(context.op_execution_context.partition_keys)
        violations = {view.name: run_tests_of(view, models, lake, keys) for view in views}

        def judge(key: str) -> dict[str, Verdict]:
            return {
                view.name: Verdict([f"{key}: {found.sentence}" for found in violations[view.name][key]])
                for view in views
            }

        yield from judge_checks(context, judge)

    return view_checks


def _stated(tests: Sequence[ModelTest]) -> str:
    return "; ".join(test.expression or f"{test.kind}: {', '.join(test.columns)}" for test in tests)


def _compared_with(model: Model, home: str, period: Period, models: Models) -> list[dg.AssetDep]:
    """The other tables that the tests of a model look into: they must be made before."""
    looked_into = {test.reference[0] for test in model.tests if test.kind == "relationships"}
    if not model.stored:
        looked_into |= set(model.tables)
    return [_dependency(name, period, model.history, models) for name in sorted(looked_into - {home})]
