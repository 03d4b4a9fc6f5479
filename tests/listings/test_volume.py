"""A day's count against its weekday's recent past: severe deviations are told with numbers, ordinary ones are not."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest

from assets.calendar.days import announcement_days
from assets.listings.volume import FEWEST_WEEKDAYS, Counts, sentence, volumes
from benchmarks.volume_check import LISTINGS, read_counts
from tests.listings.corpus import NO_REAL_DATA, REAL_DATA

FOLLOWED = frozenset({"cs.LG", "stat.ML"})
LAST = dt.date(2025, 8, 29)


def weeks(last: dt.date = LAST, number: int = 12, noise: float = 0.1) -> dict[dt.date, dict[str, int]]:
    """Invented counts: 100 papers a day, 220 on Tuesdays, a tenth of them in stat.ML."""
    draw = random.Random(4)
    counts = {}
    for day in announcement_days(last - dt.timedelta(weeks=number), last):
        papers = int((220 if day.weekday() == 1 else 100) * draw.uniform(1 - noise, 1 + noise))
        counts[day] = {"cs.LG": papers, "stat.ML": papers // 10, "all": papers}
    return counts


def severe(day: dt.date, counts: Counts) -> set[str]:
    return {one.category for one in volumes(day, counts, FOLLOWED) if one.is_severe}


def scaled(counts: Counts, day: dt.date, factor: float) -> Counts:
    return {**counts, day: {category: round(count * factor) for category, count in counts[day].items()}}


@pytest.mark.parametrize("offset", range(5))
def test_ordinary_days_pass_on_every_weekday(offset: int) -> None:
    assert not severe(LAST - dt.timedelta(days=offset), weeks())


@pytest.mark.parametrize("offset", range(5))
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_half_or_double_a_day_is_severe_on_every_weekday(offset: int, factor: float) -> None:
    day = LAST - dt.timedelta(days=offset)
    assert {"cs.LG", "all"} <= severe(day, scaled(weeks(), day, factor))


def test_an_empty_category_of_some_size_is_severe() -> None:
    counts = weeks()
    counts[LAST] = {**counts[LAST], "cs.LG": 0}
    assert severe(LAST, counts) == {"cs.LG"}


def test_small_numbers_are_left_to_chance() -> None:
    counts = weeks()
    counts[LAST] = {**counts[LAST], "stat.ML": counts[LAST]["stat.ML"] // 2}
    assert not severe(LAST, counts)


def test_a_season_in_which_everything_doubles_is_told_once() -> None:
    counts = weeks(noise=0.02)
    season = announcement_days(dt.date(2025, 8, 11), LAST)
    for day in season:
        counts[day] = {category: 2 * count for category, count in counts[day].items()}
    told = [day for day in season if severe(day, counts)]
    assert season[0] in told
    assert len(told) <= 4


def test_a_day_that_holds_the_papers_of_cancelled_mailings_is_ordinary() -> None:
    after = dt.date(2025, 9, 3)  # the mailing of Labor Day is cancelled: Wednesday holds Tuesday's papers too
    counts = weeks(after, noise=0.02)
    counts[after] = {"cs.LG": 320, "stat.ML": 32, "all": 320}
    assert not severe(after, counts)
    assert "all" in severe(after, scaled(counts, after, 2.0))
    assert not severe(after, scaled(counts, after, 0.3))


def test_too_little_history_is_no_judgement() -> None:
    counts = weeks(number=FEWEST_WEEKDAYS - 1)
    (found, *_) = volumes(LAST, scaled(counts, LAST, 0.1), FOLLOWED)
    assert found.expected is None
    assert not found.is_severe
    assert not severe(LAST, {LAST: {"all": 5}})


def test_the_sentence_has_the_numbers() -> None:
    counts = scaled(weeks(noise=0.0), LAST, 0.5)
    told = sentence(LAST, volumes(LAST, counts, FOLLOWED)[0])
    assert "2025-08-29 has 50 papers in all, where 100 were to be expected (60 to 155) from the last 8 Fridays" in told


def test_few_real_days_warn_and_most_that_are_halved_or_doubled_do() -> None:
    if not (REAL_DATA / "listings" / LISTINGS).exists():
        pytest.skip(NO_REAL_DATA)
    counts = read_counts(REAL_DATA)
    days = [day for day in counts if day >= dt.date(2025, 6, 20)]
    found = Counter[str]()
    for day in days:
        found["real"] += bool(severe(day, counts))
        found["halved"] += bool(severe(day, scaled(counts, day, 0.5)))
        found["doubled"] += bool(severe(day, scaled(counts, day, 2.0)))
    assert len(days) == 133
    assert found["real"] <= 0.12 * len(days)
    assert found["halved"] >= 0.8 * len(days)
    assert found["doubled"] >= 0.85 * len(days)
    # Two days of which the collected lists hold a third and a half.
    assert severe(dt.date(2025, 9, 23), counts)
    assert severe(dt.date(2025, 6, 3), counts)
