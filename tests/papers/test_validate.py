"""pandera decides what may stand in `papers`."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from assets.papers.clean import clean_day
from assets.papers.schema import PAPERS
from assets.papers.validate import Failure, failures, violations, violations_by_day
from tests.papers.raw import listing, record


def papers_with(**changes: Any) -> pl.DataFrame:
    """Two papers, the second with some columns changed."""
    sound = clean_day(listing(record()))[0].row(0, named=True)
    return PAPERS.frame([sound, sound | changes])


def test_sound_papers_pass() -> None:
    assert failures(papers_with()) == []
    assert violations(papers_with()) == []


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("day", None, "not_nullable"),
        ("paper_id", "2601.20868v1", "valid_id"),
        ("paper_id", "../etc", "valid_id"),
        ("version", 0, "at_least_one"),
        ("title", "", "not_empty"),
        ("title", None, "not_nullable"),
        ("title", "two\nlines", "no_control_characters"),
        ("title", "double  space", "folded"),
        ("title", "Poincare\u0301", "nfc"),
        ("title", "zero\u200bwidth", "no_control_characters"),
        ("title", "x" * 1_001, "at_most_1000_characters"),
        ("abstract", "costs $5", "paired_dollars"),
        ("authors", ["Ann", ""], "clean_names"),
        ("authors", ["Ann"], "as_many_names"),
        ("categories", ["cs.LG", "68T50"], "valid_category"),
        ("categories", ["cs.LG", "cs.LG"], "each_once"),
        ("categories", ["cs.AI", "cs.LG"], "primary_first"),
        ("primary_category", "I.2.6", "valid_category"),
        ("listing", "renewed", "known_value"),
        ("announced_by", "guess", "known_value"),
    ],
)
def test_a_value_that_breaks_a_rule_is_found_with_row_column_and_rule(column: str, value: object, rule: str) -> None:
    found = failures(papers_with(**{column: value}))
    assert (1, column, rule) in [(failure.row, failure.column, failure.rule) for failure in found]
    assert all(failure.row == 1 for failure in found)


def test_an_empty_list_is_found() -> None:
    found = {(failure.column, failure.rule) for failure in failures(papers_with(authors=[], authors_tex=[]))}
    assert {("authors", "not_empty"), ("authors_tex", "not_empty")} <= found


def test_every_failure_of_a_row_is_reported_in_the_order_of_the_columns() -> None:
    found = failures(papers_with(version=0, title="", doi=None, listing="x"))
    assert [failure.column for failure in found] == ["version", "title", "listing"]
    assert found[0] == Failure(1, "version", "at_least_one", "0")
    assert [failure.field for failure in found] == ["versions", "title", "listing"]


def test_a_frame_of_another_shape_fails_for_each_row() -> None:
    other = papers_with().with_columns(version=pl.lit("one"))
    assert {failure.row for failure in failures(other)} == {0, 1}
    assert violations(papers_with().drop("doi"))


def test_violations_are_sentences_that_name_the_paper() -> None:
    sentences = violations(papers_with(day=date(2026, 1, 30), title="two\nlines"))
    assert sentences[0] == "Paper 2601.20868: title holds control or invisible characters ('two\\nlines')."


def test_violations_of_several_days_are_told_by_day() -> None:
    frame = pl.concat([papers_with(), papers_with(day=date(2026, 1, 29), title="two\nlines")])
    found = violations_by_day(frame)
    assert list(found) == [date(2026, 1, 29)]
    assert "title" in found[date(2026, 1, 29)][0]
