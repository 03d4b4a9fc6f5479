"""The catalog explains itself, is written only when it must be, and leaves readers alone."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.errors import StorageError
from assets.warehouse.catalog import View, open_catalog, quoted, write_catalog
from assets.warehouse.lake import Lake
from assets.warehouse.table import Column, Table

PAGES = Table(
    "pages",
    "month",
    "Pages of the reader's month.",
    (Column("month", pl.String(), "the month, 'YYYY-MM'"), Column("n", pl.Int64(), "pages")),
)
DOUBLED = View(
    "doubled", "SELECT month, 2 * n AS n FROM pages", "Twice the pages.", (Column("n", pl.Int64(), "twice"),)
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "it's home"  # a quote in a path must not break the SQL


def catalog(home: Path) -> tuple[Path, Lake]:
    return home / "warehouse.duckdb", Lake(home / "lake")


def test_views_work_before_the_first_partition_and_after_it(home: Path) -> None:
    path, lake = catalog(home)
    write_catalog(path, lake, [PAGES], [DOUBLED])
    with open_catalog(path) as connection:
        assert connection.sql("SELECT * FROM pages").fetchall() == []
        lake.write(PAGES, "2026-01", PAGES.frame([{"month": "2026-01", "n": 3}]))
        assert connection.sql("SELECT * FROM pages").fetchall() == [("2026-01", 3)]
        assert connection.sql("SELECT * FROM doubled").fetchall() == [("2026-01", 6)]


def test_tables_and_columns_carry_their_descriptions(home: Path) -> None:
    path, lake = catalog(home)
    write_catalog(path, lake, [PAGES], [DOUBLED])
    with open_catalog(path) as connection:
        views = connection.sql("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall()
        columns = connection.sql("SELECT comment FROM duckdb_columns() WHERE table_name = 'pages'").fetchall()
    assert dict(views) == {"pages": PAGES.description, "doubled": DOUBLED.description}
    assert columns == [("the month, 'YYYY-MM'",), ("pages",)]


def test_the_file_is_written_only_when_the_views_change(home: Path) -> None:
    path, lake = catalog(home)
    assert write_catalog(path, lake, [PAGES])
    before = path.stat().st_mtime_ns
    assert not write_catalog(path, lake, [PAGES])
    assert path.stat().st_mtime_ns == before
    assert write_catalog(path, lake, [PAGES], [DOUBLED])
    assert write_catalog(path, lake, [PAGES])
    with open_catalog(path) as connection:
        names = connection.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
    assert names == [("pages",)]


def test_an_open_reader_does_not_stop_partitions_from_being_written(home: Path) -> None:
    path, lake = catalog(home)
    write_catalog(path, lake, [PAGES])
    with open_catalog(path) as reader:
        for n in range(5):
            lake.write(PAGES, "2026-01", PAGES.frame([{"month": "2026-01", "n": n}]))
            assert reader.sql("SELECT n FROM pages").fetchall() == [(n,)]


def test_a_catalog_that_another_program_holds_is_told(home: Path) -> None:
    path, lake = catalog(home)
    write_catalog(path, lake, [PAGES])
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()",
            str(path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(StorageError, match="close the program"):
            write_catalog(path, lake, [PAGES], [DOUBLED])
    finally:
        holder.communicate()


@pytest.mark.parametrize("left", [b"", b"half a file", bytes(4096)])
def test_a_catalog_whose_maker_was_killed_is_made_anew(home: Path, left: bytes) -> None:
    path, lake = catalog(home)
    path.parent.mkdir()
    path.write_bytes(left)
    path.with_name(f"{path.name}.wal").write_bytes(b"changes of a catalog that is gone")
    assert write_catalog(path, lake, [PAGES])
    with open_catalog(path) as connection:
        assert connection.sql("SELECT * FROM pages").fetchall() == []


def test_a_missing_catalog_is_told(home: Path) -> None:
    with pytest.raises(StorageError, match="does not exist yet"):
        open_catalog(home / "warehouse.duckdb")


def test_older_programs_can_open_the_file(home: Path) -> None:
    path, lake = catalog(home)
    write_catalog(path, lake, [PAGES])
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {quoted(str(path))} AS w (READ_ONLY)")
        tags = connection.sql("SELECT tags FROM duckdb_databases() WHERE database_name = 'w'").fetchall()[0][0]
    assert tags["storage_version"].startswith("v1.4.0")


def test_a_day_query_opens_that_day_alone(home: Path) -> None:
    path, lake = catalog(home)
    days = Table("visits", "day", "Visits.", (Column("day", pl.Date(), "day"), Column("n", pl.Int64(), "visits")))
    for number in range(1, 6):
        day = dt.date(2026, 1, number)
        lake.write(days, day.isoformat(), days.frame([{"day": day, "n": number}]))
    write_catalog(path, lake, [days])
    with open_catalog(path) as connection:
        plan = connection.sql("EXPLAIN ANALYZE SELECT sum(n) FROM visits WHERE day = DATE '2026-01-03'").fetchall()
    assert "Scanning Files: 1/6" in plan[0][1]
