"""The status pages: the ledger of every day, from listing to summaries, with what is missing and what it cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from assets.calendar.days import why_no_announcement
from assets.digests.wording import count
from assets.papers.schema import EVERYTHING, LISTING_LEDGER
from assets.site import addresses
from assets.site.calendars import missing_days
from assets.site.daily import Link
from assets.site.options import Options
from assets.site.shell import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.site.manifest import Writer
    from assets.warehouse.lake import Lake
    from assets.warehouse.table import Table

RECENT = 45
"""Calendar days of the ledger that the status page itself shows."""

MISSING_NAMED_AT_MOST = 60

COLUMNS = (
    "Day",
    "Source",
    "Announced",
    "Fetched",
    "Kept",
    "Rejected",
    "Unexplained",
    "Summaries",
    "Complete",
    "Pending",
    "Cost",
    "Note",
)


@dataclass(frozen=True)
class Row:
    """A day of the ledger."""

    day: str
    state: str
    cells: tuple[str, ...]
    page: str | None = None


def rows_between(lake: Lake, completeness: Table, made: set[str], first: dt.date, last: dt.date) -> list[Row]:
    """The ledger of the calendar days from `first` to `last`, the latest first.

    `completeness` is the mart `summary_completeness`; `made` are the days with a digest.
    """
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    keys = [day.isoformat() for day in days if not why_no_announcement(day)]
    ledger = {
        row["day"]: row for row in lake.read(LISTING_LEDGER, keys).filter(category=EVERYTHING).iter_rows(named=True)
    }
    summed = (
        lake.read(completeness, keys)
        .group_by("day")
        .agg(
            pl.col("summaries", "complete", "repaired", "extractive", "pending", "not_complete").sum(),
            cost=pl.when(pl.col("cost_usd").count() > 0).then(pl.col("cost_usd").sum()),
        )
    )
    summaries = {row["day"]: row for row in summed.iter_rows(named=True)}
    return [_row(day, ledger.get(day), summaries.get(day), made) for day in reversed(days)]


def write_status(writer: Writer, lake: Lake, completeness: Table, days: Sequence[str], options: Options) -> None:
    """Writes the status page: the last days, and what is missing of all."""
    years = [Link(year, addresses.status_page(year)) for year in sorted({day[:4] for day in days}, reverse=True)]
    missing = missing_days(days)
    rows: list[Row] = []
    lead = "No day has been made yet."
    if days:
        first, last = (dt.date.fromisoformat(days[at]) for at in (0, -1))
        rows = rows_between(lake, completeness, set(days), max(first, last - dt.timedelta(days=RECENT - 1)), last)
        lead = f"{count(len(days), 'announcement day')} from {days[0]} to {days[-1]}; " + (
            f"{count(len(missing), 'day')} of that time {'is' if len(missing) == 1 else 'are'} missing."
            if missing
            else "none of that time is missing."
        )
    writer.write(
        addresses.STATUS,
        page(
            "status.html",
            addresses.STATUS,
            options,
            "Status",
            lead,
            heading="Status",
            lead=lead,
            missing=[str(day) for day in missing[-MISSING_NAMED_AT_MOST:]],
            missing_more=max(0, len(missing) - MISSING_NAMED_AT_MOST),
            years=years,
            table_title="The last days",
            columns=COLUMNS,
            rows=rows,
        ),
    )


def write_status_year(
    writer: Writer, lake: Lake, completeness: Table, year: str, days: Sequence[str], options: Options
) -> None:
    """Writes the ledger of a year, as far as the site's days go."""
    first = max(dt.date(int(year), 1, 1), dt.date.fromisoformat(days[0]))
    last = min(dt.date(int(year), 12, 31), dt.date.fromisoformat(days[-1]))
    path = addresses.status_page(year)
    own = [day for day in days if day[:4] == year]
    lead = f"{count(len(own), 'announcement day')}."
    missing = [day for day in missing_days(days) if day.year == int(year)]
    writer.write(
        path,
        page(
            "status.html",
            path,
            options,
            f"Status of {year}",
            lead,
            heading=f"Status of {year}",
            lead=lead,
            missing=[str(day) for day in missing],
            missing_more=0,
            years=[],
            table_title="All days",
            columns=COLUMNS,
            rows=rows_between(lake, completeness, set(days), first, last),
        ),
    )


def _row(day: dt.date, listed: dict[str, object] | None, summed: dict[str, object] | None, made: set[str]) -> Row:
    key = day.isoformat()
    if reason := why_no_announcement(day):
        return Row(key, "none", ("",) * 10 + (f"no announcement: {reason}",))
    page_of = addresses.day_page(key) if key in made else None
    if listed is None and summed is None and page_of is None:
        return Row(key, "missing", ("",) * 10 + ("missing: announced, but not made here",))
    ledger, summary = listed or {}, summed or {}
    numbers = [_number(ledger.get(name)) for name in ("announced", "fetched", "kept", "rejected", "unexplained")]
    done = [_number(summary.get("summaries"))]
    if total := summary.get("summaries"):
        done.append(f"{1 - int(str(summary['not_complete'])) / int(str(total)):.1%}")
    else:
        done.append("–")
    done.append(_number(summary.get("pending")))
    spent = summary.get("cost")
    done.append("–" if spent is None else f"{float(str(spent)):,.4f}")
    notes = [] if page_of else ["no digest"]
    if ledger.get("fallback_for"):
        notes.append(f"stood in for {ledger['fallback_for']}")
    if ledger.get("explanation"):
        notes.append(str(ledger["explanation"]))
    state = "made" if page_of and not ledger.get("unexplained") and not summary.get("pending") else "partial"
    return Row(key, state, (str(ledger.get("source") or "–"), *numbers, *done, "; ".join(notes)), page_of)


def _number(value: object) -> str:
    return "–" if value is None else f"{int(str(value)):,}"
