"""Days of papers whose source does not tell them: from submission times, and from the order of the ids."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.calendar import days
from assets.calendar.infer import days_of_id_month, infer_days, submission_days

TUESDAY, WEDNESDAY, THURSDAY = date(2026, 1, 27), date(2026, 1, 28), date(2026, 1, 29)
Row = tuple[str | None, str | None, date | None]


def infer(*rows: Row) -> list[tuple[date | None, str | None]]:
    """Day and source of each row of id, submission time and listed day."""
    times = [None if time is None else datetime.fromisoformat(time).replace(tzinfo=UTC) for _, time, _ in rows]
    frame = pl.DataFrame(
        {"paper_id": [row[0] for row in rows], "submitted_at": times, "announced": [row[2] for row in rows]},
        schema={"paper_id": pl.String(), "submitted_at": pl.Datetime("us", "UTC"), "announced": pl.Date()},
    )
    found = infer_days(frame)
    assert found.select("paper_id", "submitted_at", "announced").equals(frame)
    assert found.schema["day"] == pl.Date()
    assert found.schema["announced_by"] == pl.String()
    return list(found.select("day", "announced_by").iter_rows())


def test_a_listed_day_is_taken_as_it_is() -> None:
    assert infer(("2601.18000", "2026-01-26T12:00:00", THURSDAY)) == [(THURSDAY, "listed")]


def test_a_paper_is_announced_on_the_day_of_its_window() -> None:
    assert infer(("2601.18000", "2026-01-26T12:00:00", None)) == [(TUESDAY, "submission")]


def test_a_held_paper_gets_its_neighbours_day() -> None:
    found = infer(
        ("2601.18000", "2026-01-26T18:00:00", None),
        ("2601.19000", "2026-01-26T09:00:00", None),
        ("2601.19001", "2026-01-26T19:30:00", None),
        ("2601.19002", "2026-01-27T12:00:00", None),
    )
    assert found == [
        (TUESDAY, "submission"),
        (WEDNESDAY, "id order"),
        (WEDNESDAY, "submission"),
        (WEDNESDAY, "submission"),
    ]


def test_held_papers_at_the_head_of_a_mailing_stay_together() -> None:
    # They rise towards the deadline of the mailing before, as if they belonged to it; the drop says that they do not.
    found = infer(
        ("2601.18000", "2026-01-26T18:00:00", None),
        ("2601.19000", "2026-01-10T09:00:00", None),
        ("2601.19001", "2026-01-25T09:00:00", None),
        ("2601.19002", "2026-01-26T18:30:00", None),
        ("2601.19003", "2026-01-27T18:30:00", None),
    )
    assert [day for day, _ in found] == [TUESDAY, *[WEDNESDAY] * 4]


def test_one_old_paper_in_the_middle_divides_no_mailing() -> None:
    times = [f"{hour:02}:{minute}:00" for hour in range(18) for minute in (10, 30, 50)]
    rows: list[Row] = [(f"2601.180{place:02}", f"2026-01-26T{time}", None) for place, time in enumerate(times)]
    rows[12] = ("2601.18012", "2026-01-02T09:00:00", None)
    rows += [(f"2601.190{place:02}", f"2026-01-27T{time}", None) for place, time in enumerate(times)]
    found = infer(*rows)
    assert [day for day, _ in found] == [TUESDAY] * len(times) + [WEDNESDAY] * len(times)
    assert found[12] == (TUESDAY, "id order")


def test_papers_of_unknown_submission_lie_between_their_neighbours() -> None:
    found = infer(
        ("2601.18000", "2026-01-26T12:00:00", None),
        ("2601.18100", None, None),
        ("2601.18200", "2026-01-26T18:00:00", None),
        ("2601.18201", None, None),
        ("2601.18399", None, None),
        ("2601.18400", "2026-01-26T20:00:00", None),
        ("2601.18500", None, None),
    )
    assert [day for day, _ in found] == [TUESDAY, TUESDAY, TUESDAY, TUESDAY, WEDNESDAY, WEDNESDAY, WEDNESDAY]
    assert [source for _, source in found] == [
        "submission",
        "id order",
        "submission",
        "id order",
        "id order",
        "submission",
        "id order",
    ]


def test_listed_days_place_the_papers_around_them() -> None:
    found = infer(
        ("2601.18000", None, WEDNESDAY),
        ("2601.18001", "2026-01-23T12:00:00", None),
        ("2601.18002", None, None),
        ("2601.18003", None, WEDNESDAY),
        ("2601.18004", "2026-01-28T12:00:00", None),
    )
    assert [day for day, _ in found] == [WEDNESDAY] * 4 + [THURSDAY]


def test_a_listed_day_against_the_order_is_kept_and_tells_nothing_of_its_neighbours() -> None:
    rows: list[Row] = [(f"2601.1800{number}", None, TUESDAY) for number in range(5)]
    rows.insert(2, ("2601.18001", None, date(2026, 1, 5)))
    rows.insert(3, ("2601.18002", None, None))
    found = infer(*rows)
    assert found[2] == (date(2026, 1, 5), "listed")
    assert found[3] == (TUESDAY, "id order")


def test_the_month_of_the_id_bounds_its_day() -> None:
    # Submitted in November and announced in January: the earliest day with ids of January.
    assert infer(("2601.00002", "2025-11-20T12:00:00", None)) == [(date(2026, 1, 5), "id order")]
    # A time after the id was handed out is wrong; the last day with ids of January is the nearest.
    assert infer(("2601.20000", "2026-03-20T12:00:00", None)) == [(date(2026, 2, 2), "id order")]


def test_archives_of_old_ids_have_sequences_of_their_own() -> None:
    found = infer(
        ("hep-th/0301001", "2003-01-02T12:00:00", None),
        ("math/0301500", "2003-01-03T12:00:00", None),
        ("math.GT/0301501", None, None),
        ("hep-th/0301002", None, None),
    )
    assert found == [
        (date(2003, 1, 3), "submission"),
        (date(2003, 1, 6), "submission"),
        (date(2003, 1, 6), "id order"),
        (date(2003, 1, 3), "id order"),
    ]


def test_records_without_a_readable_id_have_their_submission_only() -> None:
    found = infer(
        (None, "2026-01-26T12:00:00", None),
        ("nonsense", "2026-01-26T12:00:00", None),
        (None, None, None),
        (None, None, TUESDAY),
        ("2601.18000", None, None),
    )
    assert found == [
        (TUESDAY, "submission"),
        (TUESDAY, "submission"),
        (None, None),
        (TUESDAY, "listed"),
        (None, None),
    ]


def test_a_frame_without_rows_stays_one() -> None:
    assert infer() == []


def test_submissions_before_arxiv_have_no_day_of_their_own() -> None:
    assert infer((None, "1986-04-25T15:39:49", None)) == [(None, None)]
    assert infer(("hep-th/9201001", "1986-04-25T15:39:49", None), ("hep-th/9201002", "1992-01-06T12:00:00", None)) == [
        (date(1992, 1, 7), "id order"),
        (date(1992, 1, 7), "submission"),
    ]


def test_a_repeated_record_gets_the_same_day() -> None:
    row: Row = ("2601.18000", "2026-01-26T12:00:00", None)
    assert infer(row, ("2601.18000v2", None, None), row) == [
        (TUESDAY, "submission"),
        (TUESDAY, "id order"),
        (TUESDAY, "submission"),
    ]


TIMES = st.datetimes(
    datetime(1991, 8, 20),  # noqa: DTZ001 - Hypothesis takes naive bounds and adds the zone
    datetime(2030, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(st.lists(st.none() | TIMES, max_size=20))
def test_a_column_of_submissions_gets_the_days_of_its_times(times: list[datetime | None]) -> None:
    column = pl.Series(times, dtype=pl.Datetime("us", "UTC"))
    expected = [None if time is None else days.day_of_submission(time) for time in times]
    assert submission_days(column).to_list() == expected


@st.composite
def mailings(draw: st.DrawFn) -> list[tuple[str, datetime, date]]:
    """A month of mailings as arXiv makes them: each in order of submission, the held papers first."""
    announced = days_of_id_month(2025, 3)[:6]
    number, papers = 0, []
    for day in announced:
        window = days.submission_window(day)
        length = window.closes - window.opens
        shares = sorted(draw(st.lists(st.integers(0, 99), min_size=12, max_size=20)))
        held = sorted(draw(st.lists(st.integers(1, 400), max_size=4)), reverse=True)
        times = [window.opens - timedelta(hours=hours) for hours in held] + [
            window.opens + length * share / 100 for share in shares
        ]
        for time in times:
            number += draw(st.integers(1, 40))
            papers.append((f"2503.{number:05}", time, day))
    return papers


@settings(max_examples=25, deadline=None)
@given(mailings())
def test_days_of_a_whole_month_rise_with_the_ids_in_whatever_order_rows_come(
    papers: list[tuple[str, datetime, date]],
) -> None:
    frame = pl.DataFrame(
        {"paper_id": [paper[0] for paper in papers], "submitted_at": [paper[1] for paper in papers]},
        schema={"paper_id": pl.String(), "submitted_at": pl.Datetime("us", "UTC")},
    ).with_columns(pl.lit(None, dtype=pl.Date()).alias("announced"))
    found = infer_days(frame)
    assert found["day"].is_sorted()
    assert infer_days(frame.reverse()).reverse().equals(found)
    by_window = found.filter(submission_days(frame["submitted_at"]) == pl.Series([paper[2] for paper in papers]))
    truth = {paper_id: day for paper_id, _, day in papers}
    right = [day == truth[paper_id] for paper_id, day in by_window.select("paper_id", "day").iter_rows()]
    # Papers of the window itself, which the submission alone places right, stay there but for a few
    # at a mailing's edge that random times make look like held ones.
    assert sum(right) >= 0.9 * len(right)
