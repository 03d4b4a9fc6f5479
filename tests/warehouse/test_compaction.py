"""A compacted month reads as its days did, at every moment, whatever is written or killed meanwhile."""

from __future__ import annotations

import datetime as dt
import io
import random
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.warehouse.catalog import open_catalog, write_catalog
from assets.warehouse.compaction import is_over, open_months, pack, settle
from assets.warehouse.connection import connect, lake_relation
from assets.warehouse.lake import Lake
from assets.warehouse.storage import Storage
from assets.warehouse.table import Column, Table
from tests.warehouse.tables import COUNTS, counts

DAYS = ("2026-01-05", "2026-01-06", "2026-01-30")
NOW = dt.timedelta(0)


@pytest.fixture
def lake(storage: Storage) -> Lake:
    lake = Lake(storage)
    lake.seed(COUNTS)
    for number, day in enumerate((*DAYS, "2026-02-02"), 1):
        lake.write(COUNTS, day, counts(day, *range(number)), {"made with": f"number {number}"})
    return lake


def compacted(lake: Lake, table: Table = COUNTS, month: str = "2026-01") -> Lake:
    pack(lake, table, month)
    assert settle(lake, table, NOW).closed == [month]
    settle(lake, table, NOW)
    return lake


def told(lake: Lake) -> list[object]:
    """All that a lake tells of the days of a table."""
    facts = [
        (
            lake.read(COUNTS, [day]).rows(),
            lake.row_count(COUNTS, day),
            lake.notes(COUNTS, day),
            lake.fingerprint(COUNTS, day),
            lake.written(COUNTS, day),
            lake.columns(COUNTS, day, ["papers"]).rows(),
            lake.has(COUNTS, day),
        )
        for day in (*DAYS, "2026-01-07", "2026-02-02")
    ]
    with connect() as connection:
        relation = lake_relation(connection, lake, COUNTS, [*DAYS[1:], "2026-02-02"]).order("day, papers").fetchall()
    return [*facts, relation, lake.keys(COUNTS), lake.read(COUNTS, reversed(DAYS)).rows()]


def seen(lake: Lake, path: Path) -> list[tuple[object, ...]]:
    """What the view of the catalog shows."""
    write_catalog(path, lake, [COUNTS])
    with open_catalog(path, lake) as connection:
        return connection.sql("SELECT * FROM counts ORDER BY ALL").fetchall()


def test_every_step_of_compaction_leaves_what_is_told_of_the_days(lake: Lake, path: Path) -> None:
    before, view = told(lake), seen(lake, path)

    packed = pack(lake, COUNTS, "2026-01")
    assert packed is not None
    assert list(packed.days) == list(DAYS)
    assert (told(lake), seen(lake, path)) == (before, view)

    assert settle(lake, COUNTS, NOW).closed == ["2026-01"]
    assert lake.days_with_files(COUNTS, "2026-01") == list(DAYS)
    assert (told(lake), seen(lake, path)) == (before, view)

    assert settle(lake, COUNTS, NOW).cleared == 3
    assert lake.days_with_files(COUNTS, "2026-01") == []
    assert (told(lake), seen(lake, path)) == (before, view)
    assert lake.files(COUNTS, DAYS) == [lake.where(lake.month(COUNTS, "2026-01"))]
    assert settle(lake, COUNTS, NOW).cleared == 0


def test_nothing_takes_over_before_its_time(lake: Lake) -> None:
    pack(lake, COUNTS, "2026-01")
    assert settle(lake, COUNTS).closed == []
    assert settle(lake, COUNTS, NOW).closed == ["2026-01"]
    assert settle(lake, COUNTS).cleared == 0


def test_a_day_written_in_a_compacted_month_reads_new_everywhere_and_the_others_stay(lake: Lake, path: Path) -> None:
    compacted(lake)
    others = [lake.fingerprint(COUNTS, day) for day in DAYS[::2]]
    own = Lake(path.parent / "other")
    own.write(COUNTS, DAYS[1], counts(DAYS[1], 70, 80, 90), {"made with": "corrections"})

    lake.write(COUNTS, DAYS[1], counts(DAYS[1], 70, 80, 90), {"made with": "corrections"})

    assert lake.read(COUNTS, DAYS)["papers"].to_list() == [0, 70, 80, 90, 0, 1, 2]
    assert lake.notes(COUNTS, DAYS[1]) == {"made with": "corrections"}
    assert lake.fingerprint(COUNTS, DAYS[1]) == own.fingerprint(COUNTS, DAYS[1])
    assert lake.written(COUNTS, DAYS[1]) == pytest.approx(time.time(), abs=60)
    assert [lake.fingerprint(COUNTS, day) for day in DAYS[::2]] == others
    assert [row[1] for row in seen(lake, path) if row[0] == dt.date(2026, 1, 6)] == [70, 80, 90]
    assert lake.days_with_files(COUNTS, "2026-01") == []


def test_a_compacted_month_takes_new_days_empty_ones_and_loses_removed_ones(lake: Lake, path: Path) -> None:
    compacted(lake)
    lake.write(COUNTS, "2026-01-08", counts("2026-01-08", 8))
    lake.write(COUNTS, DAYS[0], counts(DAYS[0]))
    lake.remove(COUNTS, DAYS[2])
    lake.remove(COUNTS, "2026-01-09")

    assert lake.keys(COUNTS) == [DAYS[0], DAYS[1], "2026-01-08", "2026-02-02"]
    assert (lake.has(COUNTS, DAYS[0]), lake.row_count(COUNTS, DAYS[0])) == (True, 0)
    assert not lake.has(COUNTS, DAYS[2])
    assert [row[0].day for row in seen(lake, path)] == [6, 6, 8, 2, 2, 2, 2]  # type: ignore[attr-defined]


def test_a_day_written_after_its_month_was_packed_is_packed_again(lake: Lake) -> None:
    pack(lake, COUNTS, "2026-01")
    lake.write(COUNTS, DAYS[0], counts(DAYS[0], 99))
    lake.write(COUNTS, "2026-01-08", counts("2026-01-08", 8))

    assert settle(lake, COUNTS, NOW).packed_again == ["2026-01"]
    assert settle(lake, COUNTS, NOW).closed == ["2026-01"]
    settle(lake, COUNTS, NOW)
    assert lake.read(COUNTS, [DAYS[0], "2026-01-08"])["papers"].to_list() == [99, 8]


def test_a_month_file_that_was_packed_too_slowly_does_not_undo_a_later_day(lake: Lake) -> None:
    packed = pack(lake, COUNTS, "2026-01")
    assert packed is not None
    slow = lake.storage.stat(lake.month(COUNTS, "2026-01"))
    assert slow is not None
    settle(lake, COUNTS, NOW)
    lake.write(COUNTS, DAYS[0], counts(DAYS[0], 99))

    assert not lake.storage.replace(lake.month(COUNTS, "2026-01"), packed.encoded(sealed=False), slow.version)
    assert pack(lake, COUNTS, "2026-01") is None
    assert lake.read(COUNTS, [DAYS[0]])["papers"].to_list() == [99]


def test_only_months_that_are_over_are_compacted(lake: Lake) -> None:
    assert not is_over("2026-01", dt.date(2026, 2, 7))
    assert is_over("2026-01", dt.date(2026, 2, 8))
    assert is_over("2025-12", dt.date(2026, 1, 8))
    assert open_months(lake, COUNTS, dt.date(2026, 2, 20)) == ["2026-01"]
    assert open_months(lake, COUNTS, dt.date(2026, 3, 20)) == ["2026-01", "2026-02"]
    pack(lake, COUNTS, "2026-01")
    assert open_months(lake, COUNTS, dt.date(2026, 3, 20)) == ["2026-02"]


def test_a_query_for_a_day_reads_a_part_of_its_month_alone(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    path = tmp_path / "warehouse.duckdb"
    for day in range(1, 29):
        key = f"2026-01-{day:02}"
        lake.write(COUNTS, key, counts(key, *range(2000)))
    write_catalog(path, lake, [COUNTS])
    compacted(lake)
    with open_catalog(path) as connection:
        plan = connection.sql("EXPLAIN ANALYZE SELECT sum(papers) FROM counts WHERE day = DATE '2026-01-09'").fetchall()
        shown = connection.sql("SELECT count(*) FROM counts WHERE day = DATE '2026-01-09'").fetchall()
    assert shown == [(2000,)]
    assert "Row Groups Scanned: 1 / 4" in plan[0][1]


def test_an_older_compacted_month_has_null_in_a_new_column(lake: Lake, path: Path) -> None:
    compacted(lake)
    wider = Table(COUNTS.name, "day", "", (*COUNTS.columns, Column("authors", pl.Int64(), "more", nullable=True)))
    assert lake.seed(wider)
    assert lake.read(wider, [DAYS[1]]).rows() == [(dt.date(2026, 1, 6), 0, None), (dt.date(2026, 1, 6), 1, None)]
    lake.write(wider, DAYS[0], wider.frame([{"day": dt.date(2026, 1, 5), "papers": 1, "authors": 5}]))
    write_catalog(path, lake, [wider])
    with open_catalog(path, lake) as connection:
        sums = connection.sql("SELECT sum(papers), sum(authors) FROM counts WHERE month(day) = 1").fetchall()
    assert sums == [(5, 5)]
    assert list(lake.month_days(wider, "2026-01")) == list(DAYS)
    data = lake.storage.get(lake.month(wider, "2026-01"))
    assert data
    assert pl.read_parquet_schema(io.BytesIO(data[0])) == wider.polars_schema


MONTHS = ("2026-01", "2026-02")
KEYS = [f"{month}-{day:02}" for month in MONTHS for day in range(1, 11)]
ROWS = 40
GRACE = dt.timedelta(seconds=0.5)
PATIENCE = 90  # seconds that it may take on a busy machine

WRITER = """
import random, sys, time
from pathlib import Path
from assets.warehouse.lake import Lake
from tests.warehouse.tables import COUNTS, counts
from tests.warehouse.test_compaction import KEYS, ROWS
lake, ready, seed = Lake(Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3])
ready.touch()
chance = random.Random()
while True:
    day = chance.choice(KEYS[seed::2])  # two writers never write the same day
    lake.write(COUNTS, day, counts(day, *[time.time_ns()] * ROWS))
    if not lake.is_closed(COUNTS, day):
        time.sleep(chance.uniform(0, 3))  # a month that is written all the time is never closed
"""

COMPACTOR = """
import sys
from pathlib import Path
from assets.warehouse.compaction import pack, settle
from assets.warehouse.lake import Lake
from tests.warehouse.tables import COUNTS
from tests.warehouse.test_compaction import GRACE, MONTHS
lake, ready = Lake(Path(sys.argv[1])), Path(sys.argv[2])
ready.touch()
while True:
    for month in MONTHS:
        if not lake.storage.stat(lake.month(COUNTS, month)):
            pack(lake, COUNTS, month)
    settle(lake, COUNTS, GRACE)
"""


class Worker:
    """A program that is killed at a random moment of its work, and then started again."""

    def __init__(self, lake: Lake, program: str, *arguments: object) -> None:
        root = Path(lake.url)
        self._ready = root.parent / f"ready-{id(self)}"
        self._command = [sys.executable, "-c", program, str(root), str(self._ready), *map(str, arguments)]
        self._chance = random.Random(str(arguments))
        self.kills = 0
        self._start()

    def perhaps_kill(self) -> None:
        """Kills it where its moment has come."""
        assert self._process.poll() is None, self._process.communicate()[1].decode()
        if self._dies is None and self._ready.exists():
            self._dies = time.monotonic() + self._chance.uniform(0, 3)
        if self._dies is not None and time.monotonic() >= self._dies:
            self.stop()
            self.kills += 1
            self._start()

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _start(self) -> None:
        self._ready.unlink(missing_ok=True)
        self._dies: float | None = None
        self._process = subprocess.Popen(self._command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE)


def test_readers_see_each_day_once_while_writers_and_compaction_are_killed(tmp_path: Path) -> None:
    """Two months are written, compacted, written again and read, while everybody but the reader is killed."""
    lake = Lake(tmp_path / "lake")
    path = tmp_path / "warehouse.duckdb"
    for day in KEYS:
        lake.write(COUNTS, day, counts(day, *[1] * ROWS))
    write_catalog(path, lake, [COUNTS])
    latest = dict.fromkeys(KEYS, 0)
    reads = closed_reads = missing = 0
    workers = [Worker(lake, WRITER, 0), Worker(lake, WRITER, 1), Worker(lake, COMPACTOR)]
    ends = time.monotonic() + PATIENCE
    try:
        with open_catalog(path) as connection:
            while time.monotonic() < ends and (closed_reads < 30 or sum(worker.kills for worker in workers) < 6):
                for worker in workers:
                    worker.perhaps_kill()
                try:
                    rows = connection.sql(
                        "SELECT day::VARCHAR, count(*), min(papers), max(papers) FROM counts GROUP BY ALL"
                    ).fetchall()
                except duckdb.IOException:
                    missing += 1  # a day file was removed between its listing and its opening
                    continue
                reads += 1
                closed_reads += _is_compacted(lake)
                assert {row[0] for row in rows} == set(KEYS)
                for day, count, low, high in rows:
                    assert (count, low) == (ROWS, high), day
                    assert low >= latest[day], day
                    latest[day] = low
                by_day = lake.read(COUNTS, KEYS).group_by("day").agg(pl.len(), kinds=pl.n_unique("papers"))
                assert set(by_day.select("len", "kinds").rows()) == {(ROWS, 1)}
                assert by_day.height == len(KEYS)
    finally:
        for worker in workers:
            worker.stop()
    assert closed_reads >= 30, (reads, [worker.kills for worker in workers])
    assert missing <= reads / 10
    # The next run heals what the killed ones left.
    settle(lake, COUNTS, NOW)
    settle(lake, COUNTS, NOW)
    lake.sweep(NOW)
    assert sorted(set(lake.read(COUNTS, KEYS)["day"].cast(pl.String))) == KEYS
    assert not list((tmp_path / "lake").rglob(".tmp-*"))


def _is_compacted(lake: Lake) -> bool:
    return lake.closed_months(COUNTS) == set(MONTHS) and not any(
        lake.days_with_files(COUNTS, month) for month in MONTHS
    )
