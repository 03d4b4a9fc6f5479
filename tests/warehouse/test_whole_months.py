"""A month that is written at once reads as if its days had been written and compacted, whatever stood there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from assets.warehouse.compaction import pack, settle
from assets.warehouse.lake import Lake
from assets.warehouse.storage import LocalFolder, Storage
from assets.warehouse.whole_months import write_month
from tests.warehouse.tables import COUNTS, counts
from tests.warehouse.test_compaction import NOW, seen

MONTH = "2025-01"
DAYS = ["2025-01-06", "2025-01-07", "2025-01-08"]
NOTES = {"made with": "all at once"}


@pytest.fixture
def lake(storage: Storage) -> Lake:
    lake = Lake(storage)
    lake.seed(COUNTS)
    return lake


def rows(*days: str) -> pl.DataFrame:
    """Days of as many rows as their number says."""
    return pl.concat([COUNTS.empty(), *(counts(day, *range(int(day[-1]))) for day in days)])


def test_days_are_there_with_rows_notes_and_marks_of_their_own(lake: Lake, path: Path) -> None:
    write_month(lake, COUNTS, MONTH, [*DAYS, "2025-01-09"], rows(*DAYS), NOTES)
    assert lake.keys(COUNTS) == [*DAYS, "2025-01-09"]
    assert lake.is_closed(COUNTS, MONTH)
    assert lake.days_with_files(COUNTS, MONTH) == []
    assert [lake.row_count(COUNTS, day) for day in lake.keys(COUNTS)] == [6, 7, 8, 0]
    assert all(lake.notes(COUNTS, day) == NOTES for day in DAYS)
    assert lake.read(COUNTS, DAYS).equals(rows(*DAYS))
    assert seen(lake, path) == rows(*DAYS).rows()
    prints = [lake.fingerprint(COUNTS, day) for day in DAYS]
    assert len(set(prints)) == 3
    write_month(lake, COUNTS, MONTH, DAYS[1:], pl.concat([counts(DAYS[1], 5), rows(DAYS[2])]))
    assert [lake.fingerprint(COUNTS, day) == old for day, old in zip(DAYS, prints, strict=True)] == [True, False, True]
    assert lake.read(COUNTS, [DAYS[1]]).rows() == [(dt.date(2025, 1, 7), 5)]
    assert [lake.row_count(COUNTS, day) for day in lake.keys(COUNTS)] == [6, 1, 8, 0]


def test_what_stands_there_stays(lake: Lake, path: Path) -> None:
    lake.write(COUNTS, DAYS[0], counts(DAYS[0], 1, 2), {"made with": "a run"})
    pack(lake, COUNTS, MONTH)
    write_month(lake, COUNTS, MONTH, DAYS[1:], rows(*DAYS[1:]))
    expected = [*counts(DAYS[0], 1, 2).rows(), *rows(*DAYS[1:]).rows()]
    assert (lake.read(COUNTS, DAYS).rows(), seen(lake, path)) == (expected, expected)
    assert lake.notes(COUNTS, DAYS[0]) == {"made with": "a run"}
    settle(lake, COUNTS, NOW)  # finds the month file behind its days, and packs it again
    assert settle(lake, COUNTS, NOW).closed == [MONTH]
    settle(lake, COUNTS, NOW)
    write_month(lake, COUNTS, MONTH, ["2025-01-09"], rows("2025-01-09"))
    assert lake.read(COUNTS, [*DAYS, "2025-01-09"]).rows() == [*expected, *rows("2025-01-09").rows()]


def test_a_month_that_is_not_over_gets_a_file_a_day(lake: Lake) -> None:
    write_month(lake, COUNTS, MONTH, DAYS, rows(*DAYS), NOTES, today=dt.date(2025, 2, 5))
    assert not lake.is_closed(COUNTS, MONTH)
    assert lake.days_with_files(COUNTS, MONTH) == DAYS
    assert lake.read(COUNTS, DAYS).equals(rows(*DAYS))


class Overtaken(LocalFolder):
    """A folder in which another writer puts a day just before a month gets its mark."""

    def replace(self, name: str, data: bytes, version: str) -> bool:
        """As the folder does it, with the other writer before it."""
        if name.endswith(f"/{MONTH}"):
            Lake(LocalFolder(self.root)).write(COUNTS, DAYS[1], counts(DAYS[1], 99))
        return super().replace(name, data, version)


def test_a_day_that_another_writer_puts_there_meanwhile_is_not_lost(tmp_path: Path) -> None:
    write_month(Lake(Overtaken(tmp_path)), COUNTS, MONTH, DAYS, rows(*DAYS))
    lake = Lake(tmp_path)
    assert [lake.row_count(COUNTS, day) for day in DAYS] == [6, 1, 8]
    assert lake.read(COUNTS, [DAYS[1]])["papers"].to_list() == [99]


class Packed(LocalFolder):
    """A folder in which a day is written and its month packed just before the month gets its mark."""

    def replace(self, name: str, data: bytes, version: str) -> bool:
        """As the folder does it, with the others before it."""
        if name.endswith(f"/{MONTH}"):
            lake = Lake(LocalFolder(self.root))
            lake.write(COUNTS, DAYS[1], counts(DAYS[1], 99))
            assert pack(lake, COUNTS, MONTH)
        return super().replace(name, data, version)


def test_days_stay_when_others_pack_the_month_before_it_has_its_mark(tmp_path: Path) -> None:
    write_month(Lake(Packed(tmp_path)), COUNTS, MONTH, DAYS, rows(*DAYS))
    lake = Lake(tmp_path)
    assert [lake.row_count(COUNTS, day) for day in DAYS] == [6, 1, 8]
    assert lake.read(COUNTS, DAYS).rows() == [*rows(DAYS[0]).rows(), *counts(DAYS[1], 99).rows(), *rows(DAYS[2]).rows()]


@pytest.mark.parametrize(
    ("days", "frame"),
    [
        (DAYS, rows(*reversed(DAYS))),
        (DAYS[:1], rows(*DAYS)),
        (["2025-02-06"], rows("2025-02-06")),
        (DAYS, rows(*DAYS).select("day")),
    ],
)
def test_rows_of_other_days_are_refused(tmp_path: Path, days: list[str], frame: pl.DataFrame) -> None:
    with pytest.raises(ValueError, match="table counts"):
        write_month(Lake(tmp_path), COUNTS, MONTH, days, frame)
    assert Lake(tmp_path).keys(COUNTS) == []
