"""The exported file stands alone: native tables with types, comments and keys, whole or not there."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.errors import StorageError
from assets.papers.schema import PAPERS
from assets.warehouse.catalog import View, quoted
from assets.warehouse.compaction import pack, settle
from assets.warehouse.export import export
from assets.warehouse.lake import Lake
from assets.warehouse.table import Column, Table
from tests.aggregates.lakes import paper, write_papers
from tests.warehouse.tables import COUNTS, counts
from tests.warehouse.test_compaction import NOW

MONTHLY = Table(
    "monthly",
    "month",
    "Sums of a month.",
    (
        Column("month", pl.String(), "the month"),
        Column("model", pl.String(), "what made it", nullable=True),
        Column("n", pl.Int32(), "how many"),
    ),
    key=("month", "model"),
)
YEARLY = Table(
    "yearly", "year", "Sums of a year.", (Column("year", pl.Int32(), "the year"), Column("n", pl.Int64(), "all"))
)
TABLES = (COUNTS, MONTHLY, YEARLY)
DAYS = ("2025-12-31", "2026-01-05", "2026-01-06", "2026-02-02")
VIEW = View("doubled", "SELECT day, 2 * papers AS n FROM counts", "Twice.", (Column("n", pl.Int64(), "twice as many"),))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "home" / "lake")
    for number, day in enumerate(DAYS):
        lake.write(COUNTS, day, counts(day, number))
        rows = [{"month": day[:7], "model": model, "n": number} for model in ("a", None)]
        lake.write(MONTHLY, day[:7], MONTHLY.frame(rows))
        lake.write(YEARLY, day[:4], YEARLY.frame([{"year": int(day[:4]), "n": number}]))
    return lake


def asked(path: Path, *questions: str) -> list[list[tuple[object, ...]]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return [connection.sql(question).fetchall() for question in questions]


def test_the_file_holds_everything_without_the_lake(lake: Lake, tmp_path: Path) -> None:
    pack(lake, COUNTS, "2026-01")
    settle(lake, COUNTS, NOW)
    path = tmp_path / "it's taken.duckdb"

    assert export(path, lake, TABLES, [VIEW]) == {"counts": 4, "monthly": 6, "yearly": 2}
    Path(lake.url).rename(tmp_path / "gone")

    numbers, doubled, years = asked(
        path,
        "SELECT papers FROM counts ORDER BY day",
        "SELECT sum(n) FROM doubled",
        "SELECT * FROM yearly ORDER BY year",
    )
    assert (numbers, doubled, years) == ([(0,), (1,), (2,), (3,)], [(12,)], [(2025, 0), (2026, 3)])
    assert {file.name for file in tmp_path.iterdir()} == {path.name, "home", "gone"}


def test_tables_carry_types_comments_and_keys(lake: Lake, tmp_path: Path) -> None:
    write_papers(lake, "2026-01-05", paper(paper_id="a"), paper(paper_id="b"))
    path = tmp_path / "taken.duckdb"
    export(path, lake, [PAPERS, MONTHLY], [])

    tables, columns, keys = asked(
        path,
        "SELECT table_name, comment FROM duckdb_tables() ORDER BY 1",
        "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE table_name = 'papers'",
        "SELECT table_name, constraint_type, constraint_column_names FROM duckdb_constraints()"
        " WHERE constraint_type IN ('PRIMARY KEY', 'UNIQUE') ORDER BY 1",
    )
    assert tables == [("monthly", MONTHLY.description), ("papers", PAPERS.description)]
    assert [(name, nullable, comment) for name, _, nullable, comment in columns] == [
        (column.name, column.nullable, column.description) for column in PAPERS.columns
    ]
    types = {str(name): kind for name, kind, _, _ in columns}
    assert (types["day"], types["version"], types["authors"]) == ("DATE", "SMALLINT", "VARCHAR[]")
    assert (types["submitted_at"], types["is_withdrawn"]) == ("TIMESTAMP WITH TIME ZONE", "BOOLEAN")
    assert keys == [("monthly", "UNIQUE", ["month", "model"]), ("papers", "PRIMARY KEY", ["day", "paper_id"])]


def test_a_span_takes_its_days_and_the_months_and_years_that_hold_them(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "taken.duckdb"
    export(path, lake, TABLES, [], ("2026-01-06", "2026-02-01"))

    days, months, years = asked(
        path,
        "SELECT day::VARCHAR FROM counts",
        "SELECT DISTINCT month FROM monthly ORDER BY 1",
        "SELECT year FROM yearly",
    )
    assert (days, months, years) == ([("2026-01-06",)], [("2026-01",), ("2026-02",)], [(2026,)])


def test_older_programs_can_open_the_file(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "taken.duckdb"
    export(path, lake, TABLES)
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {quoted(str(path))} AS w (READ_ONLY)")
        tags = connection.sql("SELECT tags FROM duckdb_databases() WHERE database_name = 'w'").fetchall()[0][0]
    assert tags["storage_version"].startswith("v1.4.0")


def test_a_file_is_replaced_only_when_that_is_asked_for(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "taken.duckdb"
    path.write_text("something else")
    with pytest.raises(StorageError, match="exists already: choose another name, or replace it with --force"):
        export(path, lake, TABLES)
    assert path.read_text() == "something else"
    export(path, lake, TABLES, replace=True)
    assert asked(path, "SELECT count(*) FROM counts") == [[(4,)]]


def test_a_file_with_changes_that_are_not_merged_is_left_alone(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "taken.duckdb"
    Path(f"{path}.wal").write_text("changes")
    with pytest.raises(StorageError, match="is open in another program"):
        export(path, lake, TABLES, replace=True)


def test_rows_that_do_not_fit_the_key_are_told_and_leave_no_file(lake: Lake, tmp_path: Path) -> None:
    keyed = replace(COUNTS, key=("day",))
    lake.write(COUNTS, "2026-01-06", counts("2026-01-06", 1, 2))
    with pytest.raises(StorageError, match=r"counts of 2026-01-05 … 2026-01-06 does not fit its key"):
        export(tmp_path / "taken.duckdb", lake, [keyed])
    assert [file.name for file in tmp_path.iterdir()] == ["home"]


@pytest.mark.parametrize(
    ("name", "words"), [("none/taken.duckdb", "does not exist; make it first"), ("home", "is a folder")]
)
def test_a_place_that_cannot_be_written_is_told(lake: Lake, tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(StorageError, match=words):
        export(tmp_path / name, lake, TABLES)


def test_a_full_disk_is_told_and_leaves_no_file(lake: Lake, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can only be mounted by root")
    try:
        with pytest.raises(StorageError, match="the disk is full"):
            export(disk / "taken.duckdb", lake, TABLES)
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_killed_export_leaves_no_file_of_that_name(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "taken.duckdb"
    program = (
        "import os, signal, sys; from pathlib import Path; from assets.warehouse import export as module\n"
        "from assets.warehouse.catalog import View; from assets.warehouse.lake import Lake\n"
        "from tests.warehouse.test_export import TABLES\n"
        "class Fatal(list):\n"
        "    def __iter__(self): os.kill(os.getpid(), signal.SIGKILL)\n"
        "module.export(Path(sys.argv[1]), Lake(Path(sys.argv[2])), TABLES, Fatal())"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(path), lake.url], check=False)
    assert killed.returncode < 0
    assert not path.exists()
    export(path, lake, TABLES)
    assert asked(path, "SELECT count(*) FROM counts") == [[(4,)]]
