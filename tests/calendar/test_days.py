"""Announcement days and submission windows, from the first day of arXiv over every change of the clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.calendar import days
from assets.calendar.days import FIRST_DAY, AnnouncementDayError

A_DAY = timedelta(days=1)
ANY_DAY = st.dates(FIRST_DAY, date(2030, 12, 31))
ANNOUNCED = ANY_DAY.map(days.next_announcement_day)
SECONDS = st.datetimes(
    datetime(1991, 8, 20),  # noqa: DTZ001 - Hypothesis takes naive bounds and adds the zone
    datetime(2030, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@given(ANNOUNCED)
def test_days_of_announcement_are_weekdays_and_give_no_reason(day: date) -> None:
    assert days.is_announcement_day(day)
    assert days.why_no_announcement(day) is None
    assert day.weekday() < 5


@given(ANY_DAY)
def test_a_day_is_announced_or_has_a_reason(day: date) -> None:
    assert days.is_announcement_day(day) == (days.why_no_announcement(day) is None)


@given(ANNOUNCED)
def test_windows_tile_time_without_gap_or_overlap(day: date) -> None:
    window, following = days.submission_window(day), days.submission_window(days.next_announcement_day(day))
    assert window.opens < window.closes == following.opens


@given(ANNOUNCED)
def test_a_window_holds_its_first_second_and_not_its_last(day: date) -> None:
    window = days.submission_window(day)
    assert days.day_of_submission(window.opens) == day
    assert days.day_of_submission(window.closes - timedelta(microseconds=1)) == day
    assert days.day_of_submission(window.closes) == days.next_announcement_day(day)


@given(SECONDS)
def test_every_submission_is_inside_the_window_of_its_day(submitted: datetime) -> None:
    window = days.submission_window(days.day_of_submission(submitted))
    assert window.opens <= submitted < window.closes


@given(ANNOUNCED)
def test_the_mailing_follows_the_deadline_and_carries_its_utc_date(day: date) -> None:
    sent = days.announced_at(day)
    assert days.submission_window(day).closes < sent
    assert sent.date() == day
    assert sent.tzinfo is UTC
    assert sent.hour in ((0, 1) if day > date(2001, 9, 24) else (4, 5))


@given(ANNOUNCED)
def test_deadline_and_mailing_keep_their_hour_through_the_changes_of_the_clocks(day: date) -> None:
    closes, sent = (
        time.astimezone(days.EASTERN) for time in (days.submission_window(day).closes, days.announced_at(day))
    )
    rule = days.deadline(closes.date())
    assert closes.time() == rule.closes
    evening = datetime.combine(sent.date() if sent.hour else sent.date() - A_DAY, rule.closes) + rule.mailed_after
    assert sent.replace(tzinfo=None) == evening


@given(ANNOUNCED)
def test_a_window_is_an_hour_longer_or_shorter_only_over_a_change_of_the_clocks(day: date) -> None:
    window = days.submission_window(day)
    opens, closes = window.opens.astimezone(days.EASTERN), window.closes.astimezone(days.EASTERN)
    by_the_wall = closes.replace(tzinfo=None) - opens.replace(tzinfo=None)
    changed = (closes.utcoffset() or A_DAY) - (opens.utcoffset() or A_DAY)
    assert window.closes - window.opens == by_the_wall - changed
    assert changed in (timedelta(0), timedelta(hours=1), timedelta(hours=-1))
    if changed:
        # Since 1987 the clocks change in March, April, October or November, on a Sunday at 2:00.
        assert {3, 4, 10, 11} & {opens.month, closes.month}


@given(st.integers(1992, 2030))
def test_the_windows_of_a_year_hold_every_second_of_it_once(year: int) -> None:
    every = days.announcement_days(date(year, 1, 1), date(year, 12, 31))
    windows = [days.submission_window(day) for day in every]
    total = sum((window.closes - window.opens for window in windows), timedelta(0))
    assert total == windows[-1].closes - windows[0].opens


@given(ANNOUNCED)
def test_next_and_previous_are_inverse(day: date) -> None:
    following = days.next_announcement_day(day)
    assert following > day
    assert days.previous_announcement_day(following) == day
    assert days.announcement_days(day, following) == [day, following]


@given(ANNOUNCED)
def test_the_months_of_ids_never_go_back(day: date) -> None:
    assert days.id_month(day) <= days.id_month(days.next_announcement_day(day))


@given(ANNOUNCED)
def test_the_latest_day_changes_with_the_mailing(day: date) -> None:
    sent = days.announced_at(day)
    assert days.latest_announced_day(sent) == day
    if day > FIRST_DAY:
        assert days.latest_announced_day(sent - timedelta(seconds=1)) == days.previous_announcement_day(day)


@pytest.mark.parametrize(
    ("submitted", "day"),
    [
        ("2026-01-29T18:59:59", date(2026, 1, 30)),
        ("2026-01-29T19:00:00", date(2026, 2, 2)),
        ("2026-01-30T19:00:00", date(2026, 2, 3)),
        ("2026-02-02T18:59:59", date(2026, 2, 3)),
        # Clocks go forward on Sunday 8 March 2026 and back on Sunday 1 November.
        ("2026-03-06T18:59:59", date(2026, 3, 9)),
        ("2026-03-06T19:00:00", date(2026, 3, 10)),
        ("2026-03-09T17:59:59", date(2026, 3, 10)),
        ("2026-03-09T18:00:00", date(2026, 3, 11)),
        ("2026-10-30T17:59:59", date(2026, 11, 2)),
        ("2026-11-02T18:59:59", date(2026, 11, 3)),
        ("2026-11-02T19:00:00", date(2026, 11, 4)),
        ("2024-02-29T18:59:59", date(2024, 3, 1)),
        ("2024-02-29T19:00:00", date(2024, 3, 4)),
    ],
)
def test_submissions_around_deadlines_and_changes_of_the_clocks(submitted: str, day: date) -> None:
    assert days.day_of_submission(utc(submitted)) == day


@pytest.mark.parametrize(
    ("submitted", "day"),
    [
        # 16:00 was the deadline until the end of 2016, 19:00 and 20:00 (Los Alamos: 17:00, 18:00) before.
        ("2016-12-29T20:59:59", date(2016, 12, 30)),
        ("2016-12-30T21:00:00", date(2017, 1, 3)),
        ("2017-01-02T18:59:59", date(2017, 1, 3)),
        ("2017-01-02T19:00:00", date(2017, 1, 4)),
        ("2001-09-20T22:59:59", date(2001, 9, 21)),
        ("2001-09-24T19:59:59", date(2001, 9, 25)),
        ("2001-09-24T20:00:00", date(2001, 9, 26)),
        ("1999-07-08T23:00:00", date(1999, 7, 12)),
        ("1999-07-07T23:00:00", date(1999, 7, 8)),
    ],
)
def test_older_deadlines_hold_for_older_submissions(submitted: str, day: date) -> None:
    assert days.day_of_submission(utc(submitted)) == day


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 1, 31), "Saturday"),
        (date(2026, 2, 1), "Sunday"),
        (date(2025, 9, 2), "holiday: Labor Day (1 September, US Eastern)"),
        (date(2025, 7, 7), "holiday: Independence Day (4 July, US Eastern)"),
        (date(2026, 6, 22), "holiday: Juneteenth (19 June, US Eastern)"),
        (date(2026, 12, 28), "holiday: Christmas Day (25 December, US Eastern)"),
        (date(2018, 3, 27), "deferred mailing: outage of the servers (26 March, US Eastern)"),
        (date(1991, 8, 13), "before arXiv's first announcement"),
    ],
)
def test_a_day_without_announcement_says_why(day: date, reason: str) -> None:
    assert days.why_no_announcement(day) == reason
    assert not days.is_announcement_day(day)


def test_a_holiday_joins_the_next_mailing() -> None:
    # Martin Luther King Jr. Day, Monday 20 January 2025: what came in since Friday went out on Tuesday evening.
    window = days.submission_window(date(2025, 1, 22))
    assert (window.opens, window.closes) == (utc("2025-01-17T19:00:00"), utc("2025-01-21T19:00:00"))


def test_a_friday_holiday_cancels_the_mailing_of_sunday() -> None:
    window = days.submission_window(date(2025, 7, 8))
    assert (window.opens, window.closes) == (utc("2025-07-03T18:00:00"), utc("2025-07-07T18:00:00"))


def test_holidays_at_new_year_merge_and_the_year_turns_between_two_days() -> None:
    around = days.announcement_days(date(2025, 12, 24), date(2026, 1, 5))
    assert [f"{day:%m-%d}" for day in around] == ["12-24", "12-25", "12-29", "12-30", "01-01", "01-05"]
    assert days.id_month(date(2026, 1, 1)) == (2025, 12)
    assert days.id_month(date(2026, 1, 5)) == (2026, 1)


def test_ids_of_a_monday_belong_to_the_month_of_the_friday_before() -> None:
    assert days.id_month(date(2025, 6, 2)) == (2025, 5)
    assert days.id_month(date(2025, 6, 3)) == (2025, 6)


def test_no_window_stands_for_a_day_without_announcement() -> None:
    with pytest.raises(AnnouncementDayError, match="Saturday"):
        days.submission_window(date(2026, 1, 31))


def test_naive_times_are_refused() -> None:
    naive = datetime(2026, 1, 29, 12)  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        days.day_of_submission(naive)
    with pytest.raises(ValueError, match="no time zone"):
        days.latest_announced_day(naive)


def test_nothing_precedes_arxiv() -> None:
    assert days.next_announcement_day(date(1980, 1, 1)) == FIRST_DAY
    assert days.day_of_submission(days.submission_window(FIRST_DAY).opens) == FIRST_DAY
    with pytest.raises(AnnouncementDayError):
        days.day_of_submission(utc("1986-04-25T15:39:49"))
    with pytest.raises(AnnouncementDayError):
        days.previous_announcement_day(FIRST_DAY)


def test_known_years_are_told_from_others() -> None:
    assert {2025, 2026} <= days.holiday_years()
    assert 2031 not in days.holiday_years()
    assert len(days.announcement_days(date(2031, 1, 1), date(2031, 12, 31))) == 261


NOW = utc("2026-08-21T12:00:00")


def test_a_typed_day_is_read() -> None:
    assert days.parse_day(" 2026-01-30 ", NOW) == date(2026, 1, 30)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("yesterday", "'yesterday' is not a date"),
        ("20260130", "is not a date"),
        ("2026-W05-5", "is not a date"),
        ("2026-02-30", "is not a date"),
        ("", "is not a date"),
        ("1991-08-13", "before arXiv: its first announcement day is 1991-08-14"),
        ("2026-08-24", "not announced yet: the latest announcement day is 2026-08-21"),
        ("9999-12-31", "not announced yet"),
        ("2026-01-31", "(Saturday): the announcement days around it are 2026-01-30 and 2026-02-02"),
        ("2026-01-20", "Martin Luther King Jr. Day"),
    ],
)
def test_a_typed_day_that_cannot_be_gets_one_sentence(text: str, says: str) -> None:
    with pytest.raises(AnnouncementDayError) as error:
        days.parse_day(text, NOW)
    sentence = str(error.value)
    assert says in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_a_typed_range_may_begin_and_end_on_any_day() -> None:
    assert days.parse_range("2026-01-01", "2026-01-31", NOW) == (date(2026, 1, 1), date(2026, 1, 31))
    assert days.parse_range("2026-01-30", "2026-01-30", NOW) == (date(2026, 1, 30), date(2026, 1, 30))


def test_a_range_ends_before_a_mailing_that_has_not_left() -> None:
    before_the_mailing = utc("2026-01-30T00:30:00")
    assert days.parse_range("2026-01-01", "2026-01-30", before_the_mailing) == (date(2026, 1, 1), date(2026, 1, 29))
    with pytest.raises(AnnouncementDayError, match="not announced yet"):
        days.parse_range("2026-01-30", "2026-01-30", before_the_mailing)


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("2026-01-31", "2026-01-01", "before it begins"),
        ("2026-08-01", "2026-08-22", "2026-08-22 is not announced yet: end the range on 2026-08-21"),
        ("1980-01-01", "2026-01-01", "before arXiv"),
        ("2026-01-01", "soon", "'soon' is not a date"),
    ],
)
def test_a_typed_range_that_cannot_be_gets_one_sentence(first: str, last: str, says: str) -> None:
    with pytest.raises(AnnouncementDayError, match=says):
        days.parse_range(first, last, NOW)
