"""The two marts that an opening paragraph is made from, with a few invented rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from duckdb import DuckDBPyConnection

from assets.calendar.days import previous_announcement_day
from assets.digests.digest import Digest
from assets.digests.evidence import ask
from assets.digests.opening import with_opening
from assets.warehouse.connection import connect
from tests.digests.rows import DAY


def days_before(count: int, day: dt.date = DAY) -> list[dt.date]:
    """The announcement days before a day, the latest first."""
    found = [day]
    for _ in range(count):
        found.append(previous_announcement_day(found[-1]))
    return found[1:]


@contextmanager
def marts(
    papers: Mapping[dt.date, Mapping[str, int]], terms: Sequence[tuple[dt.date, str, int, int]] = ()
) -> Iterator[DuckDBPyConnection]:
    """A connection with `category_daily` (papers by day and category) and `term_daily` (day, term, papers, of all)."""
    with connect() as connection:
        connection.execute("CREATE TABLE category_daily (day DATE, category VARCHAR, papers BIGINT)")
        connection.execute("CREATE TABLE term_daily (day DATE, term VARCHAR, papers BIGINT, day_papers BIGINT)")
        for day, by_category in papers.items():
            for category, number in by_category.items():
                connection.execute("INSERT INTO category_daily VALUES (?, ?, ?)", [day, category, number])
        for row in terms:
            connection.execute("INSERT INTO term_daily VALUES (?, ?, ?, ?)", list(row))
        yield connection


def opened(
    digest: Digest,
    earlier: Mapping[dt.date, Mapping[str, int]] | None = None,
    terms: Sequence[tuple[dt.date, str, int, int]] = (),
) -> Digest:
    """A digest with its opening; the day's own counts are the digest's."""
    with marts({DAY: dict(digest.counts.categories), **(earlier or {})}, terms) as connection:
        return with_opening(digest, ask(connection, digest))
