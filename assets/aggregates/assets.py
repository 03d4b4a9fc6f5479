"""An asset and its checks for every SQL model: a new file in dbt_like_sql/marts/ is a new asset.

A mart is a table of the lake, its dependencies those that its SQL reads. A staging view is stored
nowhere and so is no asset: dependencies go through it to the tables that it stands on, and it is
described in the warehouse. The tests that the YAML states are asset checks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import dagster as dg

from assets.aggregates.connection import connect
from assets.aggregates.lineage import column_lineage
from assets.aggregates.model_docs import ModelTest
from assets.aggregates.model_tests import run_tests
from assets.aggregates.models import Model, Models
from assets.aggregates.run import run_model
from assets.checking import Verdict, judge_checks
from assets.materialization import Progress, each_partition, frame_metadata, table_metadata
from assets.owners import OWNERS
from assets.partitions import BACKFILL_POLICY, PARTITIONS, so_far
from assets.warehouse.lake import Lake


@dataclass(frozen=True)
class ModelAssets:
    """The assets of the marts and the checks of their tests."""

    assets: Sequence[dg.AssetsDefinition]
    checks: Sequence[dg.AssetChecksDefinition]


def build_model_assets(models: Models) -> ModelAssets:
    """An asset for every mart, and a step of checks for every mart that has tests."""
    marts = models.marts
    return ModelAssets(
        [_asset(mart, models) for mart in marts], [_checks(mart, models) for mart in marts if mart.tests]
    )


def _dependencies(mart: Model, models: Models) -> list[dg.AssetDep]:
    """What the mart stands on; a month or a year stands on those of its days that are there so far."""
    return [
        dg.AssetDep(name)
        if models.table(name).period == mart.period and not mart.history
        else dg.AssetDep(name, partition_mapping=so_far(mart.history))
        for name in mart.tables
    ]


def _asset(mart: Model, models: Models) -> dg.AssetsDefinition:
    table = mart.table
    lineage = {
        column: [dg.TableColumnDep(dg.AssetKey(upstream), name) for upstream, name in sources]
        for column, sources in column_lineage(mart, models).items()
    }

    @dg.asset(
        name=mart.name,
        description=f"{mart.description.strip()}\n\n```sql\n{mart.sql.strip()}\n```",
        deps=_dependencies(mart, models),
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
                description="; ".join(test.expression or f"{test.kind}: {', '.join(test.columns)}" for test in tests),
                partitions_def=PARTITIONS[mart.table.period],
            )
            for check, tests in tests_of.items()
        ],
    )
    def mart_checks(
        context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
    ) -> Iterator[dg.AssetCheckResult]:
        def judge(key: str) -> dict[str, Verdict]:
            problems: dict[str, list[str]] = {check: [] for check in tests_of}
            for violation in run_tests(mart, models, lake, key):
                shown = "; ".join(str(dict(example)) for example in violation.examples)
                told = f"{key}: {violation.test} fails for {violation.count} rows, for example {shown}"
                problems[check_of[violation.test]].append(told)
            return {check: Verdict(found) for check, found in problems.items()}

        yield from judge_checks(context, judge)

    return mart_checks
