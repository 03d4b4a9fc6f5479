"""The graph as it is: what exists, what it stands on, how it is partitioned and checked."""

import json
from pathlib import Path

import dagster as dg
import pytest

from assets.partitions import DAYS, MONTHS, PARTITIONS, YEARS
from orchestration.definitions import almanac, build_definitions
from orchestration.settings import load_settings

GRAPH = Path(__file__).with_name("graph.json")


@pytest.fixture
def definitions() -> dg.Definitions:
    return build_definitions(load_settings())


def graph_of(definitions: dg.Definitions) -> dict[str, object]:
    """The assets by name: dependencies, period, checks; the form that graph.json holds."""
    graph = definitions.resolve_asset_graph()
    names: dict[object, str | None] = {partitions: period for period, partitions in PARTITIONS.items()}
    names[None] = None
    return {
        key.to_user_string(): {
            "group": graph.get(key).group_name,
            "period": names[graph.get(key).partitions_def],
            "stands on": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
            "checks": sorted(check.name for check in graph.get(key).check_keys),
        }
        for key in sorted(graph.get_all_asset_keys())
    }


def test_the_graph_is_the_one_on_record(definitions: dg.Definitions) -> None:
    """A change of the graph shows in review; `python -m tests.orchestration.test_definitions` records it."""
    assert graph_of(definitions) == json.loads(GRAPH.read_text())


def test_dagster_can_load_and_validate_the_definitions(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)
    assert {job.name for job in definitions.resolve_all_job_defs()} >= {
        "daily",
        "monthly",
        "yearly",
        "reconcile",
        "site_update",
    }
    repository = definitions.get_repository_def()
    assert repository.get_all_jobs()  # of which no two share the name of a graph
    assert {sensor.name for sensor in repository.sensor_defs} >= {"days_that_changed", "roll_ups"}
    assert repository.has_schedule_def("look_again_at_recent_days")


def test_the_module_offers_its_definitions_lazily() -> None:
    assert isinstance(almanac(), dg.Definitions)


def test_every_asset_explains_itself(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description, key
        assert node.owners == ["team:almanac"], key
        assert node.kinds, key
        assert node.group_name != "default", key
        assert "dagster/code_references" in node.metadata, key
        if node.partitions_def is None:  # the site is one thing, and no table
            continue
        assert node.backfill_policy is not None, key
        assert "dagster/column_schema" in node.metadata, key


def test_days_without_announcement_have_no_partition() -> None:
    keys = DAYS.get_partition_keys()
    assert keys[0] == "1991-08-14"
    assert {"2025-09-01", "2025-09-03", "2026-01-01"} <= set(keys)
    assert not {"2025-09-02", "2025-08-30", "2025-08-31", "2026-01-02", "2026-01-20"} & set(keys)


def test_the_current_month_and_year_exist_before_they_are_over() -> None:
    assert MONTHS.get_partition_keys()[0] == "1991-08"
    assert YEARS.get_partition_keys()[0] == "1991"
    last_day = DAYS.get_partition_keys()[-1]
    assert MONTHS.get_partition_keys()[-1] >= last_day[:7]
    assert YEARS.get_partition_keys()[-1] >= last_day[:4]


def test_a_month_stands_on_its_days_though_it_is_not_over(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    mapping = graph.get_partition_mapping(dg.AssetKey("cross_list_matrix"), dg.AssetKey("papers"))
    january = mapping.get_upstream_mapped_partitions_result_for_partitions(
        MONTHS.subset_with_partition_keys(["2026-01"]), MONTHS, DAYS
    )
    assert set(january.partitions_subset.get_partition_keys()) == {
        key for key in DAYS.get_partition_keys() if key.startswith("2026-01")
    }


def test_a_mart_with_a_past_stands_on_the_year_before(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    mapping = graph.get_partition_mapping(dg.AssetKey("term_trends"), dg.AssetKey("papers"))
    days = mapping.get_upstream_mapped_partitions_result_for_partitions(
        YEARS.subset_with_partition_keys(["2025"]), YEARS, DAYS
    ).partitions_subset.get_partition_keys()
    assert min(days).startswith("2024-01")
    assert max(days).startswith("2025-12")


@pytest.mark.parametrize(("source", "expected"), [("oai", {"daily_digest", "site"}), ("sample", set())])
def test_what_people_read_is_expected_at_breakfast_where_the_source_is_live(source: str, expected: set[str]) -> None:
    graph = build_definitions(load_settings(source=source)).resolve_asset_graph()
    keys = {key.to_user_string() for key in graph.get_all_asset_keys() if graph.get(key).freshness_policy is not None}
    assert keys == expected


if __name__ == "__main__":
    found = graph_of(build_definitions(load_settings()))
    GRAPH.write_text(json.dumps(found, indent=2) + "\n")
