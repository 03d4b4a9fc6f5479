"""The file of holidays: what the project's own says, and what a broken one is told."""

from datetime import date

import pytest

from assets.calendar.holidays import arxiv_holidays, parse_holidays
from assets.errors import SettingsError

LISTED_FOR_2026 = [(1, 1), (1, 19), (6, 19), (7, 3), (9, 7), (11, 26), (12, 25), (12, 29), (12, 31)]


def test_arxivs_list_of_2026_stands_in_the_file() -> None:
    known = [day for day in arxiv_holidays().by_date if day.year == 2026]
    assert known == [date(2026, month, day) for month, day in LISTED_FOR_2026]
    assert 2026 in arxiv_holidays().complete_years


def test_holidays_close_a_window_so_none_is_on_a_weekend() -> None:
    assert all(day.weekday() < 5 for day in arxiv_holidays().by_date)
    assert list(arxiv_holidays().by_date) == sorted(arxiv_holidays().by_date)
    assert all(holiday.name and holiday.known_from for holiday in arxiv_holidays().by_date.values())


def test_another_file_is_read_the_same_way() -> None:
    text = """
        complete_years = [2031]
        [[list]]
        known_from = "a notice"
        days = [{ date = 2031-05-06, name = "outage", kind = "deferred mailing" }, { date = 2031-07-04, name = "X" }]
    """
    found = parse_holidays(text, "extra.toml")
    assert found.complete_years == {2031}
    assert [(holiday.name, holiday.kind, holiday.known_from) for holiday in found.by_date.values()] == [
        ("outage", "deferred mailing", "a notice"),
        ("X", "holiday", "a notice"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("list = [", "not valid TOML"),
        ("complete_years = 2026", "complete_years"),
        ('complete_years = ["2026"]', "complete_years"),
        ("list = 3", "list must be"),
        ("[[list]]\ndays = []", "known_from"),
        ('[[list]]\nknown_from = "x"\ndays = [3]', "days must be"),
        ('[[list]]\nknown_from = "x"\ndays = [{ name = "y" }]', "date is None"),
        ('[[list]]\nknown_from = "x"\ndays = [{ date = "2026-01-01", name = "y" }]', "without quotes"),
        ('[[list]]\nknown_from = "x"\ndays = [{ date = 2026-01-01T00:00:00, name = "y" }]', "date is"),
        ('[[list]]\nknown_from = "x"\ndays = [{ date = 2026-01-01 }]', "needs name"),
        ('[[list]]\nknown_from = "x"\ndays = [{ date = 2026-01-01, name = "y", kind = "z" }]', "'z'"),
        (
            '[[list]]\nknown_from = "x"\ndays = [{ date = 2026-01-01, name = "y" }, { date = 2026-01-01, name = "z" }]',
            "twice",
        ),
    ],
)
def test_a_broken_file_is_named_with_its_fault(text: str, says: str) -> None:
    with pytest.raises(SettingsError) as error:
        parse_holidays(text, "extra.toml")
    assert "extra.toml" in str(error.value)
    assert says in str(error.value)
