"""arXiv's announcement days and the submission window of each.

Today's rules, in US Eastern time: a submission window closes at 14:00 from Monday to Friday. What
it holds is mailed at 20:00: on the same evening from Monday to Thursday, and on Sunday evening for
the window that closes on Friday. The *announcement day* is the UTC date of that mailing, the
date that arXiv's listing pages show, so it runs from Monday to Friday and stands one day after
the evening. Where the day on which a window closes is a holiday, its mailing is cancelled and
what was submitted joins the next one.

Until 2016 windows closed later in the day (`_DEADLINES`). Holidays are data (holidays.toml): arXiv
publishes them year by year, and they follow no rule. All datetimes here are aware and in UTC; a
naive one is refused, never guessed at.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from assets.calendar.holidays import Holiday, arxiv_holidays
from assets.errors import AlmanacError

EASTERN = ZoneInfo("America/New_York")
FIRST_DAY = date(1991, 8, 14)
"""The first announcement day: a Wednesday, the day on which hep-th, arXiv's first archive, opened."""

_ONE_DAY = timedelta(days=1)
_FRIDAY = 4
_SATURDAY = 5


@dataclass(frozen=True)
class Deadline:
    """The daily rhythm from a US Eastern date on: when the submission window closes and how long after it is mailed."""

    since: date
    closes: time
    mailed_after: timedelta


_DEADLINES = (
    Deadline(date(2017, 1, 2), time(14), timedelta(hours=6)),
    Deadline(date(2001, 9, 24), time(16), timedelta(hours=4)),
    Deadline(date(1999, 7, 8), time(19), timedelta(hours=5)),
    Deadline(date.min, time(20), timedelta(hours=4)),
)
"""Newest first, from arXiv's news pages (8 July 1999, 21 September 2001, 28 November 2016).

Until September 2001 the times were given for Los Alamos: 17:00 (before July 1999, 18:00) and 22:00
US Mountain, two hours behind Eastern. What held before August 1996 is not recorded; the oldest rule
stands in for it.
"""


class AnnouncementDayError(AlmanacError):
    """A day on which arXiv announces nothing, or did not yet, was asked for."""


@dataclass(frozen=True)
class SubmissionWindow:
    """The papers of an announcement day were submitted from `opens` on and before `closes`; aware, UTC."""

    opens: datetime
    closes: datetime


def holiday_years() -> frozenset[int]:
    """The years (US Eastern) whose holidays are all known; in others every weekday counts as announcement day."""
    return arxiv_holidays().complete_years


def is_announcement_day(day: date) -> bool:
    """Whether arXiv announces papers on this UTC date, as far as its holidays are known."""
    return day >= FIRST_DAY and day.weekday() < _SATURDAY and _holiday_of(day) is None


def why_no_announcement(day: date) -> str | None:
    """Why a UTC date is no announcement day, in a few words; None where it is one."""
    if day < FIRST_DAY:
        return "before arXiv's first announcement"
    if day.weekday() >= _SATURDAY:
        return f"{day:%A}"
    if holiday := _holiday_of(day):
        return f"{holiday.kind}: {holiday.name} ({holiday.date.day} {holiday.date:%B}, US Eastern)"
    return None


def announcement_days(first: date, last: date) -> list[date]:
    """All announcement days from `first` to `last`, both included."""
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [day for day in days if is_announcement_day(day)]


def next_announcement_day(day: date) -> date:
    """The first announcement day after a date."""
    day = max(day + _ONE_DAY, FIRST_DAY)
    while not is_announcement_day(day):
        day += _ONE_DAY
    return day


def previous_announcement_day(day: date) -> date:
    """The last announcement day before a date. Raises AnnouncementDayError where there is none."""
    if day <= FIRST_DAY:
        raise AnnouncementDayError(f"There is no announcement before {day}: arXiv's first was on {FIRST_DAY}.")
    day -= _ONE_DAY
    while not is_announcement_day(day):
        day -= _ONE_DAY
    return day


@functools.lru_cache(maxsize=4096)
def submission_window(day: date) -> SubmissionWindow:
    """When the papers of an announcement day were submitted, those that moderation held apart.

    The window of a day after cancelled mailings holds theirs too. Raises AnnouncementDayError for
    a date without announcement.
    """
    if reason := why_no_announcement(day):
        raise AnnouncementDayError(f"{day} has no submission window: arXiv announces nothing then ({reason}).")
    before = _previous_weekday(day)
    while _holiday_of(before):
        before = _previous_weekday(before)
    return SubmissionWindow(_close(_closing_date(before)).astimezone(UTC), _close(_closing_date(day)).astimezone(UTC))


def announced_at(day: date) -> datetime:
    """When the mailing of an announcement day leaves: 20:00 US Eastern on the evening before, in UTC."""
    evening = day - _ONE_DAY
    # Wall-clock arithmetic: adding to an aware Eastern time moves the hands of the clock.
    return (_close(evening) + deadline(evening).mailed_after).astimezone(UTC)


def deadline(eastern: date) -> Deadline:
    """The rhythm that holds on a US Eastern date."""
    return next(rule for rule in _DEADLINES if eastern >= rule.since)


def deadlines() -> tuple[Deadline, ...]:
    """Every rhythm that arXiv has had, newest first; the last one reaches back to the beginning."""
    return _DEADLINES


def day_of_submission(submitted: datetime) -> date:
    """The announcement day whose window holds a submission; the very second of the deadline is in the next window.

    This is the earliest day: moderation may hold a paper for longer. Raises ValueError for a naive
    datetime and AnnouncementDayError for one before arXiv's first window.
    """
    if submitted.tzinfo is None:
        raise ValueError(f"the submission time {submitted} has no time zone")
    eastern = submitted.astimezone(EASTERN)
    on_time = eastern.time() < deadline(eastern.date()).closes
    return day_of_window_date(eastern.date() if on_time else eastern.date() + _ONE_DAY)


@functools.lru_cache(maxsize=65536)
def day_of_window_date(eastern: date) -> date:
    """The announcement day of what is submitted in the day that ends on a US Eastern date at its deadline.

    Raises AnnouncementDayError for a date before arXiv's first window.
    """
    if eastern <= _closing_date(_previous_weekday(FIRST_DAY)):
        raise AnnouncementDayError(
            f"A submission of {eastern} (US Eastern) precedes arXiv, whose first announcement was on {FIRST_DAY}."
        )
    while eastern.weekday() >= _SATURDAY:
        eastern += _ONE_DAY
    day = eastern + (timedelta(days=3) if eastern.weekday() == _FRIDAY else _ONE_DAY)
    return day if is_announcement_day(day) else next_announcement_day(day)


def id_month(day: date) -> tuple[int, int]:
    """Year and month that the ids of an announcement day carry, in all forms since April 2007.

    They are those of the US Eastern date on which the day's window closes, so a Monday's ids belong
    to the month of the Friday before: 2 June 2025, mailed on 1 June, has ids of May.
    """
    closing = _closing_date(day)
    return closing.year, closing.month


def latest_announced_day(now: datetime) -> date:
    """The last day whose mailing has left. Raises AnnouncementDayError before arXiv's first."""
    if now.tzinfo is None:
        raise ValueError(f"the time {now} has no time zone")
    day = now.astimezone(UTC).date()
    if is_announcement_day(day) and announced_at(day) <= now:
        return day
    return previous_announcement_day(day)


def parse_day(text: str, now: datetime) -> date:
    """An announcement day that a user typed as YYYY-MM-DD.

    Raises AnnouncementDayError, with the reason and the days to take instead, for what is no date,
    a day before arXiv, one that is not announced yet at `now`, and a day without announcement.
    """
    day = _parse_date(text)
    latest = latest_announced_day(now)
    if day > latest:
        raise AnnouncementDayError(f"{day} is not announced yet: the latest announcement day is {latest}.")
    if reason := why_no_announcement(day):
        raise AnnouncementDayError(
            f"arXiv announced nothing on {day} ({reason}): the announcement days around it are "
            f"{previous_announcement_day(day)} and {next_announcement_day(day)}."
        )
    return day


def parse_range(first: str, last: str, now: datetime) -> tuple[date, date]:
    """The first and the last day of a range that a user typed, both included; neither needs to be an announcement day.

    A last day that is today and whose mailing has not left yet is left out. Raises
    AnnouncementDayError for what is no date, a day before arXiv, a range that ends before it
    begins, and one that reaches into the future.
    """
    start, end = _parse_date(first), _parse_date(last)
    latest = latest_announced_day(now)
    if end < start:
        raise AnnouncementDayError(f"The range ends on {end}, before it begins on {start}: write the earlier first.")
    if end > now.astimezone(UTC).date():
        raise AnnouncementDayError(f"{end} is not announced yet: end the range on {latest} or before.")
    if is_announcement_day(end) and end > latest:
        end -= _ONE_DAY
    if end < start:
        raise AnnouncementDayError(f"{start} is not announced yet: the latest announcement day is {latest}.")
    return start, end


def _parse_date(text: str) -> date:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip(), re.ASCII):
            raise ValueError
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise AnnouncementDayError(f"{text!r} is not a date: write year, month and day like 2026-01-30.") from None
    if day < FIRST_DAY:
        raise AnnouncementDayError(f"{day} is before arXiv: its first announcement day is {FIRST_DAY}.")
    return day


def _closing_date(day: date) -> date:
    """The US Eastern date on which the window of a UTC weekday closes."""
    return day - (timedelta(days=3) if day.weekday() == 0 else _ONE_DAY)


def _previous_weekday(day: date) -> date:
    return day - (timedelta(days=3) if day.weekday() == 0 else _ONE_DAY)


def _holiday_of(day: date) -> Holiday | None:
    """The holiday that cancels the announcement of a UTC weekday."""
    return arxiv_holidays().by_date.get(_closing_date(day))


def _close(eastern: date) -> datetime:
    """The deadline of a US Eastern date; no deadline falls into the hour that daylight saving skips or repeats."""
    return datetime.combine(eastern, deadline(eastern).closes, EASTERN)
