"""Partitions are replaced whole or not at all, and what cannot be written is told in a sentence."""

import datetime as dt
import io
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import polars as pl
import pytest

from assets.errors import StorageError
from assets.warehouse.catalog import open_catalog, write_catalog
from assets.warehouse.connection import connect, lake_relation
from assets.warehouse.files import storage_error, write_text
from assets.warehouse.lake import Lake
from assets.warehouse.parquet import damage
from assets.warehouse.storage import Storage
from assets.warehouse.table import Column, Table
from tests.warehouse.tables import COUNTS, counts

DAY = "2026-01-30"


@pytest.fixture
def lake(storage: Storage) -> Lake:
    return Lake(storage)


def contents(lake: Lake, table: Table, key: str) -> bytes:
    """The bytes of a partition's own file."""
    found = lake.storage.get(lake.partition(table, key))
    assert found
    return found[0]


def test_a_partition_reads_as_it_was_written(lake: Lake) -> None:
    lake.write(COUNTS, DAY, counts(DAY, 1, 2))
    assert lake.files(COUNTS, [DAY]) == [f"{lake.url}/counts/day={DAY}/data.parquet"]
    assert lake.read(COUNTS, [DAY]).equals(counts(DAY, 1, 2))
    assert lake.row_count(COUNTS, DAY) == 2


def test_a_second_write_replaces_the_first(lake: Lake) -> None:
    lake.write(COUNTS, DAY, counts(DAY, 1, 2))
    lake.write(COUNTS, DAY, counts(DAY, 3))
    assert lake.read(COUNTS, [DAY])["papers"].to_list() == [3]
    assert lake.storage.names(f"counts/day={DAY}") == ["data.parquet"]


def test_absent_partitions_have_no_rows(lake: Lake) -> None:
    assert lake.read(COUNTS, [DAY]).equals(COUNTS.empty())
    assert lake.row_count(COUNTS, DAY) == 0
    assert lake.keys(COUNTS) == []
    assert not lake.has(COUNTS, DAY)


def test_partitions_are_listed_in_order_and_the_seed_is_none(lake: Lake) -> None:
    lake.seed(COUNTS)
    for day in ("2026-01-30", "2025-12-01"):
        lake.write(COUNTS, day, counts(day, 1))
    assert lake.keys(COUNTS) == ["2025-12-01", "2026-01-30"]


def test_a_seed_is_written_anew_when_the_columns_change(lake: Lake) -> None:
    lake.seed(COUNTS)
    wider = Table(COUNTS.name, "day", "", (*COUNTS.columns, Column("authors", pl.Int64(), "more")))
    lake.seed(wider)
    assert pl.read_parquet_schema(io.BytesIO(contents(lake, wider, "0001-01-01"))) == wider.polars_schema


def changed(*columns: Column) -> Table:
    """COUNTS with other columns behind the day."""
    return Table(COUNTS.name, "day", COUNTS.description, (COUNTS.columns[0], *columns))


VERSIONS = pl.List(pl.Struct({"version": pl.Int16(), "note": pl.String()}))


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        ([COUNTS.columns[1], Column("authors", pl.Int64(), "more", nullable=True)], (7, None)),
        ([Column("authors", pl.List(pl.String()), "more", nullable=True), COUNTS.columns[1]], (None, 7)),
        ([Column("versions", VERSIONS, "more", nullable=True)], (None,)),
        ([Column("papers", pl.Int64(), "how many")], (7,)),
    ],
)
def test_old_partitions_read_with_null_in_new_columns_and_without_old_ones(
    lake: Lake, path: Path, columns: list[Column], row: tuple[object, ...]
) -> None:
    lake.seed(COUNTS)
    lake.write(COUNTS, DAY, counts(DAY, 7))
    table = changed(*columns)
    evolved = lake.seed(table)
    assert evolved == (table.polars_schema != COUNTS.polars_schema)
    assert lake.seed(table) == evolved  # it is remembered
    lake.write(table, "2026-01-29", table.empty())

    assert lake.read(table, [DAY]).rows() == [(dt.date(2026, 1, 30), *row)]
    write_catalog(path, lake, [table])
    with open_catalog(path, lake) as connection:
        assert connection.sql("SELECT * FROM counts").fetchall() == [(dt.date(2026, 1, 30), *row)]


def test_columns_may_become_wider(lake: Lake, path: Path) -> None:
    narrow = changed(
        Column("papers", pl.Int16(), "how many"), Column("versions", pl.List(pl.Struct({"version": pl.Int16()})), "all")
    )
    wide = changed(Column("papers", pl.Int64(), "how many"), Column("versions", VERSIONS, "all"))
    lake.seed(narrow)
    lake.write(narrow, DAY, narrow.frame([{"day": dt.date(2026, 1, 30), "papers": 7, "versions": [{"version": 1}]}]))
    lake.seed(wide)

    row = (dt.date(2026, 1, 30), 7, [{"version": 1, "note": None}])
    assert lake.read(wide, [DAY]).rows() == [row]
    write_catalog(path, lake, [wide])
    with open_catalog(path, lake) as connection:
        assert connection.sql("SELECT * FROM counts").fetchall() == [row]


@pytest.mark.parametrize("dtype", [pl.String(), pl.Int32(), pl.Date(), pl.List(pl.Int64())])
def test_a_column_of_an_incompatible_type_is_refused_with_what_to_do(lake: Lake, dtype: pl.DataType) -> None:
    lake.seed(COUNTS)
    lake.write(COUNTS, DAY, counts(DAY, 7))
    table = changed(Column("papers", dtype, "how many"))
    with pytest.raises(
        StorageError, match=r"counts holds papers as Int64, and table counts has it as .* make its part"
    ):
        lake.seed(table)
    with pytest.raises(StorageError, match=f"day={DAY}/data.parquet holds papers as Int64"):
        lake.read(table, [DAY])
    assert lake.seed(COUNTS) is False
    assert lake.read(COUNTS, [DAY])["papers"].to_list() == [7]


def test_a_table_of_another_period_is_refused(lake: Lake) -> None:
    lake.write(COUNTS, DAY, counts(DAY, 7))
    months = Table(COUNTS.name, "month", "", (Column("month", pl.String(), "the month"),))
    with pytest.raises(StorageError, match="holds partitions by day, and table counts is by month now"):
        lake.seed(months)


def test_notes_tell_what_a_partition_was_made_with(lake: Lake) -> None:
    lake.write(COUNTS, DAY, counts(DAY, 1), {"categories": "cs.LG, stat.ML"})
    assert lake.notes(COUNTS, DAY)["categories"] == "cs.LG, stat.ML"
    assert lake.notes(COUNTS, "2026-01-29") == {}


def test_rows_of_another_day_are_refused(lake: Lake) -> None:
    with pytest.raises(ValueError, match="another day"):
        lake.write(COUNTS, DAY, counts("2026-01-29", 1))


def test_other_columns_are_refused(lake: Lake) -> None:
    with pytest.raises(ValueError, match="counts"):
        lake.write(COUNTS, DAY, counts(DAY, 1).drop("papers"))


def test_a_row_with_an_unknown_column_is_refused() -> None:
    with pytest.raises(ValueError, match="pages"):
        COUNTS.frame([{"day": dt.date(2026, 1, 30), "pages": 1}])


def test_a_killed_writer_leaves_the_old_partition_and_a_leftover_that_is_swept(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    lake.write(COUNTS, DAY, counts(DAY, 1))
    folder = lake.partition_file(COUNTS, DAY).parent
    killed = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, signal, sys; from pathlib import Path; from assets.warehouse.files import writing\n"
            "with writing(Path(sys.argv[1])) as temporary:\n"
            "    temporary.write_bytes(b'half'); os.kill(os.getpid(), signal.SIGKILL)",
            str(folder / "data.parquet"),
        ],
        check=False,
    )
    assert killed.returncode < 0
    assert lake.read(COUNTS, [DAY])["papers"].to_list() == [1]
    leftovers = [path for path in folder.iterdir() if path.name.startswith(".tmp-")]
    assert len(leftovers) == 1
    assert lake.sweep() == []  # it may belong to a writer that lives
    os.utime(leftovers[0], (0, 0))
    assert lake.sweep() == [f"counts/day={DAY}/{leftovers[0].name}"]
    assert not leftovers[0].exists()


def test_a_sweep_beside_writers_that_live_removes_nothing_of_theirs(tmp_path: Path) -> None:
    lake, stopped = Lake(tmp_path), threading.Event()

    def write() -> None:
        while not stopped.is_set():
            lake.write(COUNTS, DAY, counts(DAY, 1))

    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(write) for _ in range(2)]
        try:
            assert all(lake.sweep() == [] for _ in range(2000))
        finally:
            stopped.set()
    assert [writer.result() for writer in writers] == [None, None]


@pytest.mark.parametrize("what", ["garbage", "cut", "empty", "bytes lost"])
def test_a_damaged_partition_is_told_in_one_sentence_whoever_reads_it(lake: Lake, what: str) -> None:
    other = "2026-01-29"
    for day in (DAY, other):
        lake.write(COUNTS, day, counts(day, *range(5000)))
    name = lake.partition(COUNTS, DAY)
    found = lake.storage.get(name)
    assert found
    whole = found[0]
    lost = whole[:40] + bytes(2000) + whole[2040:]
    lake.storage.put(name, {"garbage": b"nothing" * 99, "cut": whole[:-50], "empty": b"", "bytes lost": lost}[what])
    readers: list[Callable[[], object]] = [
        lambda: lake.read(COUNTS, [other, DAY]),
        lambda: lake.columns(COUNTS, DAY, ["papers"]),
    ]
    # Of a page that is damaged the footer is whole; of an empty object a store gives no range.
    if what not in ("bytes lost", "empty"):
        readers += [lambda: lake.row_count(COUNTS, DAY), lambda: lake.notes(COUNTS, DAY)]
    for reader in readers:
        with pytest.raises(StorageError, match=r"is damaged .*: delete it and make its partition again"):
            reader()
    with connect() as connection, pytest.raises(duckdb.Error) as told:
        lake_relation(connection, lake, COUNTS, [DAY]).fetchall()
    assert "is damaged" in (damage(told.value) or "")
    if what != "bytes lost":  # then DuckDB names no file
        assert lake.where(name) in (damage(told.value) or "")
    assert lake.read(COUNTS, [other]).height == 5000


def test_a_full_disk_is_told_and_the_old_partition_stays(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system can only be mounted by root")
    try:
        lake = Lake(disk)
        lake.write(COUNTS, DAY, counts(DAY, 1))
        with pytest.raises(StorageError, match="the disk is full"):
            lake.write(COUNTS, DAY, counts(DAY, *(hash((n, "x")) for n in range(100_000))))
        assert lake.read(COUNTS, [DAY])["papers"].to_list() == [1]
        assert [path.name for path in lake.partition_file(COUNTS, DAY).parent.iterdir()] == ["data.parquet"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("not a folder")
    with pytest.raises(StorageError, match="is a file, not a folder"):
        Lake(tmp_path / "lake").write(COUNTS, DAY, counts(DAY, 1))


def test_a_read_only_file_system_is_told() -> None:
    sentence = str(storage_error(OSError(30, "Read-only file system"), Path("/data/x")))
    assert "/data/x" in sentence
    assert "read-only; set ALMANAC_HOME" in sentence


def test_text_is_written_whole_with_unix_line_ends(tmp_path: Path) -> None:
    write_text(tmp_path / "new" / "page.md", "é\nb\n")
    assert (tmp_path / "new" / "page.md").read_bytes() == "é\nb\n".encode()
