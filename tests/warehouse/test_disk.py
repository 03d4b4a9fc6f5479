"""A disk that is full or read-only in the middle: a sentence, what was there stays, and later the work goes on."""

from __future__ import annotations

import datetime as dt
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from assets.errors import StorageError
from assets.warehouse.catalog import View, open_catalog, write_catalog
from assets.warehouse.compaction import pack, settle
from assets.warehouse.export import export
from assets.warehouse.lake import Lake
from assets.warehouse.whole_months import write_month
from tests.warehouse.tables import COUNTS, counts

MONTH = "2026-01"
DAYS = (f"{MONTH}-05", f"{MONTH}-06")
NOW = dt.timedelta(0)
ROWS = 20_000


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can only be mounted by root")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def lake(disk: Path) -> Lake:
    lake = Lake(disk / "lake")
    lake.seed(COUNTS)
    for day in DAYS:
        lake.write(COUNTS, day, counts(day, *(hash((n, day)) for n in range(ROWS))))
    return lake


def fill(disk: Path) -> Callable[[], object]:
    """Takes all that is left, and returns what gives it back."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return filler.unlink
    raise AssertionError("a disk without an end")


def forbid(disk: Path) -> Callable[[], object]:
    """Makes the file system read-only, and returns what makes it writable again."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    return lambda: subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


def closed(lake: Lake) -> None:
    pack(lake, COUNTS, MONTH)
    settle(lake, COUNTS, NOW)


def nothing(_: Lake) -> None:
    """Nothing is made ready."""


def rows() -> pl.DataFrame:
    """New rows of all days."""
    return pl.concat([counts(day, *(hash((n, day)) for n in range(ROWS))) for day in DAYS])


ACTS: dict[str, tuple[Callable[[Lake], object], Callable[[Lake], object]]] = {
    "pack": (nothing, lambda lake: pack(lake, COUNTS, MONTH)),
    "write a day of a closed month": (closed, lambda lake: lake.write(COUNTS, DAYS[0], counts(DAYS[0], *range(ROWS)))),
    "write a whole month": (closed, lambda lake: write_month(lake, COUNTS, MONTH, list(DAYS), rows())),
    "write the catalog": (nothing, lambda lake: write_catalog(Path(lake.url).parent / "w.duckdb", lake, [COUNTS])),
    "export": (nothing, lambda lake: export(Path(lake.url).parent / "taken.duckdb", lake, [COUNTS])),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(("hinder", "words"), [(fill, "the disk is full"), (forbid, "read-only|Read-only")])
def test_a_disk_that_cannot_be_written_is_told_and_everything_stays(
    disk: Path, lake: Lake, hinder: Callable[[Path], Callable[[], object]], words: str, act: str
) -> None:
    prepare, do = ACTS[act]
    prepare(lake)
    before = lake.read(COUNTS, DAYS)
    relieve = hinder(disk)
    try:
        with pytest.raises(StorageError, match=words):
            do(lake)
        assert lake.read(COUNTS, DAYS).equals(before)
    finally:
        relieve()
    assert not list(disk.rglob(".tmp-*"))
    do(lake)
    assert lake.keys(COUNTS) == list(DAYS)


def test_a_catalog_that_cannot_be_written_anew_still_answers(disk: Path, lake: Lake) -> None:
    path = disk / "w.duckdb"
    write_catalog(path, lake, [COUNTS])
    many = [View(f"view_{n}", "SELECT papers FROM counts", f"{n}" * 2000) for n in range(100)]
    relieve = fill(disk)
    try:
        with pytest.raises(StorageError, match="the disk is full"):
            write_catalog(path, lake, [COUNTS], many)
        with open_catalog(path) as connection:
            assert connection.sql("SELECT count(*) FROM counts").fetchall() == [(2 * ROWS,)]
    finally:
        relieve()
    assert write_catalog(path, lake, [COUNTS], many)
    with open_catalog(path) as connection:
        assert connection.sql("SELECT count(*) FROM view_99").fetchall() == [(2 * ROWS,)]


def test_a_month_that_does_not_fit_leaves_nothing_half_and_is_written_later(disk: Path, lake: Lake) -> None:
    later = ["2026-02-03", "2026-02-04"]
    frame = pl.concat([counts(day, *(hash((n, day)) for n in range(ROWS))) for day in later])
    relieve = fill(disk)
    try:
        with pytest.raises(StorageError, match="the disk is full"):
            write_month(lake, COUNTS, later[0][:7], later, frame)
        assert lake.keys(COUNTS) == list(DAYS)
    finally:
        relieve()
    write_month(lake, COUNTS, later[0][:7], later, frame)
    assert lake.read(COUNTS, later).equals(frame)
    assert not list(disk.rglob(".tmp-*"))
