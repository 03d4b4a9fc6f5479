"""The tests that a YAML states, against partitions that pass and that fail them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assets.aggregates.model_tests import Violation, run_tests, run_tests_of
from assets.warehouse.lake import Lake
from tests.aggregates.lakes import load, make, paper, summary, the_models, write_papers, write_summaries

DAY, NEXT, ABSENT = "2026-01-06", "2026-01-07", "2026-01-08"
ROWS = "SELECT day, paper_id, comment, doi FROM papers"


def violations(tmp_path: Path, yaml: str, *papers: dict[str, object]) -> list[Violation]:
    models = load(tmp_path / "sql", {"marts/m.sql": ROWS, "marts/m.yaml": yaml})
    lake = Lake(tmp_path / "lake")
    write_papers(lake, DAY, *papers)
    make(models, lake, "m", DAY)
    found = run_tests(models["m"], models, lake, DAY)
    # Together with other days, each day is judged as it is alone.
    write_papers(lake, NEXT, *papers[:1])
    make(models, lake, "m", NEXT)
    alone = {day: run_tests(models["m"], models, lake, day) for day in (NEXT, ABSENT)}
    assert run_tests_of(models["m"], models, lake, [DAY, NEXT, ABSENT]) == {DAY: found, **alone}
    return found


@pytest.mark.parametrize(
    ("yaml", "name", "faulty"),
    [
        ("columns: {doi: {tests: [not_null]}}", "not_null_doi", {"c"}),
        ("tests: [{not_null: [comment, doi]}]", "not_null_comment_doi", {"b", "c"}),
        ("columns: {doi: {tests: [unique]}}", "unique_doi", {"a", "b"}),
        ("tests: [{unique: [day, doi]}]", "unique_day_doi", {"a", "b"}),
        ("columns: {comment: {tests: [accepted_values: [one, two]]}}", "accepted_values_comment", {"c"}),
        ("tests: [{name: long_ones, expression: length(comment) < 5}]", "long_ones", {"c"}),
        ("tests: [{expression: length(comment) < 5}]", "expression_length_comment_5", {"c"}),
        (
            "columns: {comment: {tests: [relationships: {table: papers, column: doi}]}}",
            "relationships_comment_papers_doi",
            {"a", "c"},
        ),
    ],
)
def test_a_failing_test_names_its_rows(tmp_path: Path, yaml: str, name: str, faulty: set[str]) -> None:
    found = violations(
        tmp_path,
        yaml,
        paper(paper_id="a", comment="one", doi="10/1"),
        paper(paper_id="b", comment=None, doi="10/1"),
        paper(paper_id="c", comment="three", doi=None),
    )

    assert [(violation.test, violation.count) for violation in found] == [(name, len(faulty))]
    assert {example["paper_id"] for example in found[0].examples} == faulty


def test_null_passes_what_does_not_ask_for_a_value(tmp_path: Path) -> None:
    yaml = """
        columns: {doi: {tests: [{accepted_values: [x]}, {relationships: {table: papers, column: paper_id}}]}}
        tests: [{expression: length(doi) > 100}]
    """

    assert violations(tmp_path, yaml, paper(doi=None), paper(doi=None)) == []


def test_null_is_a_value_where_rows_must_differ(tmp_path: Path) -> None:
    found = violations(tmp_path, "tests: [{unique: [day, doi]}]", paper(doi=None), paper(doi=None))

    assert found[0].count == 2


def test_a_violation_counts_all_rows_and_shows_five(tmp_path: Path) -> None:
    found = violations(tmp_path, "columns: {doi: {tests: [not_null]}}", *(paper() for _ in range(12)))

    assert (found[0].count, len(found[0].examples)) == (12, 5)


def test_an_absent_partition_fails_nothing(tmp_path: Path) -> None:
    models = the_models()

    assert run_tests(models["category_daily"], models, Lake(tmp_path), DAY) == []


def test_the_partition_is_judged_as_it_was_written(tmp_path: Path) -> None:
    models, lake = the_models(), Lake(tmp_path)
    write_papers(lake, DAY, paper("cs.LG"))
    rows = make(models, lake, "category_daily", DAY)
    lake.write(models["category_daily"].table, DAY, rows.vstack(rows))

    found = run_tests(models["category_daily"], models, lake, DAY)

    assert [violation.test for violation in found] == ["unique_day_category"]


def test_a_relationship_is_looked_for_in_the_same_period(tmp_path: Path) -> None:
    models, lake = the_models(), Lake(tmp_path)
    here, elsewhere = paper(), paper()
    write_papers(lake, DAY, here)
    write_papers(lake, "2026-01-07", elsewhere)
    write_summaries(lake, DAY, summary(here["paper_id"]), summary(elsewhere["paper_id"]))

    found = run_tests(models["stg_summaries"], models, lake, DAY)

    assert [violation.test for violation in found] == ["relationships_paper_id_papers_paper_id"]
    assert [example["paper_id"] for example in found[0].examples] == [elsewhere["paper_id"]]
    assert run_tests_of(models["stg_summaries"], models, lake, [DAY, "2026-01-07"]) == {DAY: found, "2026-01-07": []}


def test_accepted_values_may_be_dates_and_numbers(tmp_path: Path) -> None:
    yaml = "columns: {day: {tests: [accepted_values: [2026-01-05]]}}"

    found = violations(tmp_path, yaml, paper())

    assert found[0].examples[0]["day"] == dt.date(2026, 1, 6)
