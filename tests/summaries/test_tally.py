"""What days of summaries add up to, in words."""

from __future__ import annotations

import pytest

from assets.summaries.tally import Tally, duration, time_left


def test_a_day_counts_once_and_what_it_cost_each_time() -> None:
    tally = Tally()
    tally.add("one", "2026-01-29", {"papers": 1_200, "pending": 30, "requests": 9, "run_cost_usd": 0.5})
    tally.add("one", "2026-01-30", {"papers": 40, "pending": 0, "requests": 9, "run_cost_usd": 0.25})
    # Dagster's own record of the partition says the same again; another run makes the day again.
    tally.add("one", "2026-01-30", {"papers": 40, "pending": 0, "requests": 9, "run_cost_usd": 0.25})
    assert (tally.days, tally.waiting, tally.line()) == (2, 1, "1,240 papers, 0.7500 US dollars")
    tally.add("two", "2026-01-29", {"papers": 1_201, "pending": 0, "requests": 1, "run_cost_usd": 0.125})
    assert (tally.days, tally.waiting, tally.line()) == (2, 0, "1,241 papers, 0.8750 US dollars")


def test_a_cost_is_told_where_a_model_was_asked_and_unknown_where_it_has_no_price() -> None:
    tally = Tally()
    tally.add("one", "2026-01-29", {"papers": 1, "pending": 0})
    assert tally.line() == "1 paper"
    tally.add("one", "2026-01-30", {"papers": 2, "pending": 0, "requests": 2})
    assert tally.line() == "3 papers, cost unknown"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (99, "99 s"), (100, "2 minutes"), (5_990, "100 minutes"), (12_600, "3.5 hours")],
)
def test_a_length_of_time_has_the_unit_that_says_enough(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_the_time_left_is_told_once_something_is_done_and_until_all_is() -> None:
    assert time_left(1_000.0, 1_600.0, 12, 60) == ", about 40 minutes left"
    assert time_left(1_000.0, 1_600.0, 0, 60) == ""
    assert time_left(1_000.0, 1_600.0, 60, 60) == ""
    assert time_left(1_000.0, 400.0, 12, 60) == "", "the clock was set back after the beginning"
