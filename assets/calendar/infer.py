"""The announcement day of papers whose source does not tell it.

The submission time gives the earliest day: the one whose window holds it. For most papers that is
the day; for those that moderation held, the id tells it, since ids are handed out mailing by
mailing (mailings.py). benchmarks/announcement_days.py measures both against listings.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import date, timedelta

import polars as pl

from assets.calendar import days, mailings
from assets.calendar.id_columns import id_columns
from assets.calendar.ids import parse_id

LISTED = "listed"
SUBMISSION = "submission"
ID_ORDER = "id order"


def infer_days(records: pl.DataFrame) -> pl.DataFrame:
    """The announcement day of each record, and how it is known.

    Takes the columns `paper_id` (String), `submitted_at` (Datetime in UTC, of version 1; NULL where
    unknown), `announced` (Date as listed by the source; NULL where unknown) and, where the source has
    it, `stamped` (Date: its first datestamp for the record; NULL where unknown). Returns the same frame,
    its rows in the same order, with two more columns:

    - `day` (Date): NULL where neither the record nor its neighbours say anything;
    - `announced_by` (String): `listed` where `announced` is given; `submission` where the day is
      that of the submission's window; `id order` where the neighbours tell another, or the
      submission is unknown; NULL without a day.

    Pass the records of a whole month of ids together: they help each other, those of other months
    do not. Any number of them may be missing. A listed day is taken as it is. All other days
    lie in the month of the id; a record without a readable id has its submission only.

    `submitted_at` must be a time: a bare day, read as midnight, would be taken for one.
    """
    windows = submission_days(records["submitted_at"])
    fitted = _fitted(
        id_columns(records["paper_id"]).with_columns(
            records["submitted_at"].dt.epoch("us").alias("submitted"),
            windows.alias("window"),
            records["announced"].alias("listed"),
            (records["stamped"] if "stamped" in records.columns else pl.lit(None, dtype=pl.Date())).alias("stamped"),
        )
    )
    rows = pl.DataFrame({"listed": records["announced"], "window": windows}).with_row_index("row")
    day = (
        rows.join(fitted, on="row", how="left", maintain_order="left")
        .select(
            pl.coalesce(
                "listed", pl.when(pl.col("is_fitted").fill_null(False)).then(pl.col("day")).otherwise(pl.col("window"))
            ).alias("day")
        )
        .to_series()
    )
    return records.with_columns(
        day,
        pl.when(records["announced"].is_not_null())
        .then(pl.lit(LISTED))
        .when(day == windows)
        .then(pl.lit(SUBMISSION))
        .when(day.is_not_null())
        .then(pl.lit(ID_ORDER))
        .otherwise(pl.lit(None, dtype=pl.String()))
        .alias("announced_by"),
    )


def _fitted(records: pl.DataFrame) -> pl.DataFrame:
    """The days that the order of the ids tells: `row`, `day`, `is_fitted`; other rows are left out."""
    months = records.select("year", "month").unique().drop_nulls()
    calendar = pl.DataFrame(
        [
            (year, month, place, day)
            for year, month in months.iter_rows()
            for place, day in enumerate(days_of_id_month(year, month))
        ],
        schema={"year": pl.Int32(), "month": pl.Int32(), "place": pl.Int32(), "date": pl.Date()},
        orient="row",
    )
    bounds = calendar.group_by("year", "month").agg(
        pl.len().cast(pl.Int32).alias("days"), pl.col("date").min().alias("first")
    )
    papers = (
        records.with_row_index("row")
        .join(bounds, on=["year", "month"])
        .sort("year", "month", "archive", "number", "row", nulls_last=False)
        .with_columns(pl.struct("year", "month", "archive").rle_id().alias("sequence"))
    )
    key = ["year", "month"]
    for name in ("window", "listed", "stamped"):
        known = calendar.rename({"date": name, "place": f"{name}_place"})
        papers = papers.join(known, on=[*key, name], how="left", maintain_order="left")
    places = mailings.fit(
        papers.select(
            "sequence",
            "days",
            "number",
            "submitted",
            # A paper whose window lies before the month was held; one after it has a wrong time.
            pl.when(pl.col("window_place").is_null() & pl.col("window").is_not_null())
            .then(pl.when(pl.col("window") < pl.col("first")).then(-1).otherwise("days"))
            .otherwise("window_place")
            .alias("window"),
            pl.col("listed_place").alias("listed"),
            pl.col("stamped_place").alias("stamped"),
        )
    )
    return (
        papers.select("row", *key)
        .with_columns(places.alias("place"))
        .join(calendar, on=[*key, "place"], how="left")
        .select("row", pl.col("date").alias("day"), pl.lit(True).alias("is_fitted"))
    )


def submission_days(submitted: pl.Series) -> pl.Series:
    """`days.day_of_submission` of a whole column of UTC times; NULL for NULL and for times before arXiv."""
    eastern = submitted.dt.convert_time_zone(days.EASTERN.key)
    frame = pl.DataFrame({"date": eastern.dt.date(), "time": eastern.dt.time()})
    closes = pl.lit(None, dtype=pl.Time())
    for rule in reversed(days.deadlines()):
        closes = pl.when(pl.col("date") >= rule.since).then(pl.lit(rule.closes)).otherwise(closes)
    window_date = frame.select(
        pl.when(pl.col("time") >= closes).then(pl.col("date").dt.offset_by("1d")).otherwise(pl.col("date"))
    ).to_series()
    known = window_date.unique().drop_nulls()
    day_of = pl.Series([_day_of_window_date(value) for value in known], dtype=pl.Date())
    return window_date.replace_strict(known, day_of, default=None, return_dtype=pl.Date())


@functools.lru_cache(maxsize=1024)
def days_of_id_month(year: int, month: int) -> tuple[date, ...]:
    """The announcement days whose ids carry a month; none before arXiv."""
    start = date(year, month, 1)
    # The ids of a month reach a few days into the next one; days before the second are the last month's.
    around = days.announcement_days(start, start + timedelta(days=40))
    return tuple(day for day in around if days.id_month(day) == (year, month))


def days_of_ids(paper_ids: Iterable[str]) -> set[date]:
    """All announcement days on which papers with these ids may be new; nothing for texts that are no ids."""
    identifiers = (parse_id(paper_id) for paper_id in paper_ids)
    months = {(one.year, one.month) for one in identifiers if one is not None}
    return {day for month in months for day in days_of_id_month(*month)}


def _day_of_window_date(eastern: date) -> date | None:
    try:
        return days.day_of_window_date(eastern)
    except days.AnnouncementDayError:
        return None
