"""Terms in texts, and ratios with their intervals."""

from __future__ import annotations

import polars as pl
import pytest

from assets.overviews.mentions import Trend, distinct, half_trends, mention, normalised, ratio_interval


def texts(*given: str) -> pl.Series:
    return pl.DataFrame({"text": given}, schema={"text": pl.String}).select(normalised(pl.col("text"))).to_series()


def test_a_term_is_found_as_whole_words_in_any_case_with_plural_and_hyphen() -> None:
    found = mention(
        texts(
            "Fine-Tuning of models",
            "fine tuning",
            "finetuning",
            "A Gaussian process",
            "Gaussian processes",
            "categories",
        ),
        ["fine-tuning", "gaussian process", "category", "model"],
    )
    assert found["fine-tuning"].to_list() == [True, True, False, False, False, False]
    assert found["gaussian process"].to_list() == [False, False, False, True, True, False]
    assert found["category"].to_list() == [False, False, False, False, False, True]
    assert found["model"].to_list() == [True, False, False, False, False, False]


def test_nothing_is_found_in_nothing() -> None:
    assert mention(texts(), ["kite"])["kite"].to_list() == []
    assert mention(texts("kite"), []) == {}


def test_the_interval_of_a_ratio_adds_half_a_paper() -> None:
    interval = ratio_interval(20, 100, 10, 100)
    assert interval is not None
    assert interval == pytest.approx((1.952381, 0.978774, 3.894451), abs=1e-4)


def test_a_term_from_nowhere_has_a_finite_ratio_and_an_empty_period_none() -> None:
    interval = ratio_interval(10, 100, 0, 100)
    assert interval is not None
    assert 1 < interval[1] < interval[0] < interval[2] < 1000
    assert ratio_interval(10, 100, 0, 0) is None


def test_a_term_rises_only_when_the_whole_interval_is_above_one() -> None:
    rows = {
        "kite": pl.Series([False] * 95 + [True] * 5 + [True] * 40 + [False] * 60),
        "string": pl.Series([True] * 20 + [False] * 80 + [True] * 24 + [False] * 76),
    }
    second = pl.Series([False] * 100 + [True] * 100)
    kite, string = half_trends(rows, second)
    assert kite.rises
    assert not string.rises
    assert not string.falls


def test_two_names_of_one_topic_count_once() -> None:
    many, few, other = (
        Trend(name, n, 0.1, None, None, None, None) for name, n in (("red kites", 9), ("kites red", 8), ("oaks", 5))
    )
    rows = {
        "red kites": pl.Series([True] * 9 + [False] * 11),
        "kites red": pl.Series([True] * 8 + [False] * 12),
        "oaks": pl.Series([False] * 15 + [True] * 5),
    }
    assert [trend.term for trend in distinct([many, few, other], rows, 3)] == ["red kites", "oaks"]
