"""Whatever comes between two steps of compaction, on another machine or by a kill, no write is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from assets.warehouse.catalog import open_catalog, write_catalog
from assets.warehouse.compaction import pack, settle
from assets.warehouse.lake import Lake
from assets.warehouse.storage import Storage
from tests.warehouse.tables import COUNTS, counts

MONTH = "2026-01"
FIRST, SECOND, THIRD = DAYS = (f"{MONTH}-05", f"{MONTH}-06", f"{MONTH}-30")
NOW = dt.timedelta(0)


class Interrupted:
    """A storage that does something else right before it first replaces one file."""

    def __init__(self, storage: Storage, name: str, before: Callable[[], object]) -> None:
        self._storage, self._name, self._before = storage, name, before

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def __hash__(self) -> int:
        return hash(self._storage)

    def __eq__(self, other: object) -> bool:
        return self._storage == other

    def turn(self, name: str) -> AbstractContextManager[None]:
        del name
        return nullcontext()  # as between machines, nobody waits for anybody

    def replace(self, name: str, data: bytes, version: str) -> bool:
        if name == self._name:
            self._name = ""
            self._before()
        return self._storage.replace(name, data, version)


class Killed(BaseException):
    """What stands for a kill at this place: nothing that follows it is done."""


def kill() -> None:
    raise Killed


@pytest.fixture
def lake(storage: Storage) -> Lake:
    lake = Lake(storage)
    lake.seed(COUNTS)
    for day in DAYS:
        lake.write(COUNTS, day, counts(day, 1))
    return lake


def shown(lake: Lake, path: Path) -> dict[str, int]:
    """The days and their number, as the view of the catalog shows them; the lake itself says the same."""
    write_catalog(path, lake, [COUNTS])
    with open_catalog(path, lake) as connection:
        rows = dict(connection.sql("SELECT day::VARCHAR, papers FROM counts ORDER BY day").fetchall())
    keys = lake.keys(COUNTS)
    assert rows == dict(zip(keys, lake.read(COUNTS, keys)["papers"], strict=True))
    return rows


def written_while(lake: Lake, name: str, *, then: Callable[[], object]) -> Lake:
    """The lake for someone who is overtaken by `then` right before this file is replaced."""
    return Lake(Interrupted(lake.storage, name, then))  # type: ignore[arg-type]


def test_a_day_written_while_its_month_is_closed_is_kept(lake: Lake, path: Path) -> None:
    def others() -> None:
        lake.write(COUNTS, FIRST, counts(FIRST, 2))
        lake.write(COUNTS, f"{MONTH}-08", counts(f"{MONTH}-08", 3))
        lake.remove(COUNTS, THIRD)

    pack(lake, COUNTS, MONTH)
    slow = written_while(lake, lake.mark(COUNTS, MONTH), then=others)
    assert settle(slow, COUNTS, NOW).closed == [MONTH]
    assert shown(lake, path) == {FIRST: 2, SECOND: 1, f"{MONTH}-08": 3}
    settle(lake, COUNTS, NOW)
    assert lake.days_with_files(COUNTS, MONTH) == []
    assert shown(lake, path) == {FIRST: 2, SECOND: 1, f"{MONTH}-08": 3}


def test_a_day_written_between_the_mark_and_the_seal_is_kept(lake: Lake, path: Path) -> None:
    pack(lake, COUNTS, MONTH)
    slow = written_while(lake, lake.month(COUNTS, MONTH), then=lambda: lake.write(COUNTS, FIRST, counts(FIRST, 2)))
    settle(slow, COUNTS, NOW)
    assert shown(lake, path) == {FIRST: 2, SECOND: 1, THIRD: 1}
    settle(lake, COUNTS, NOW)
    assert shown(lake, path) == {FIRST: 2, SECOND: 1, THIRD: 1}


def test_who_is_killed_between_the_mark_and_the_seal_loses_no_day(lake: Lake, path: Path) -> None:
    pack(lake, COUNTS, MONTH)
    with pytest.raises(Killed):
        settle(written_while(lake, lake.month(COUNTS, MONTH), then=kill), COUNTS, NOW)
    assert lake.closed_months(COUNTS) == {MONTH}
    assert shown(lake, path) == {FIRST: 1, SECOND: 1, THIRD: 1}

    lake.write(COUNTS, SECOND, counts(SECOND, 5))
    assert shown(lake, path) == {FIRST: 1, SECOND: 5, THIRD: 1}
    settle(lake, COUNTS, NOW)
    assert lake.days_with_files(COUNTS, MONTH) == []
    assert shown(lake, path) == {FIRST: 1, SECOND: 5, THIRD: 1}


def test_a_day_put_before_a_mark_whose_maker_was_killed_is_found_by_the_next_run(lake: Lake) -> None:
    pack(lake, COUNTS, MONTH)
    killed = written_while(lake, lake.month(COUNTS, MONTH), then=kill)
    slow = written_while(killed, lake.mark(COUNTS, MONTH), then=lambda: lake.write(COUNTS, FIRST, counts(FIRST, 2)))
    with pytest.raises(Killed):
        settle(slow, COUNTS, NOW)
    assert lake.read(COUNTS, DAYS)["papers"].to_list() == [2, 1, 1]
    settle(lake, COUNTS, NOW)
    settle(lake, COUNTS, NOW)
    assert lake.days_with_files(COUNTS, MONTH) == []
    assert lake.read(COUNTS, DAYS)["papers"].to_list() == [2, 1, 1]


def test_who_packs_too_slowly_gives_up(lake: Lake, path: Path) -> None:
    def others() -> None:
        pack(lake, COUNTS, MONTH)
        settle(lake, COUNTS, NOW)
        lake.write(COUNTS, FIRST, counts(FIRST, 2))
        settle(lake, COUNTS, NOW)

    assert pack(written_while(lake, lake.month(COUNTS, MONTH), then=others), COUNTS, MONTH) is None
    assert lake.days_with_files(COUNTS, MONTH) == []
    assert shown(lake, path) == {FIRST: 2, SECOND: 1, THIRD: 1}


def test_two_who_change_a_closed_month_at_once_both_have_their_day(lake: Lake, path: Path) -> None:
    pack(lake, COUNTS, MONTH)
    settle(lake, COUNTS, NOW)
    settle(lake, COUNTS, NOW)
    slow = written_while(lake, lake.month(COUNTS, MONTH), then=lambda: lake.write(COUNTS, FIRST, counts(FIRST, 2)))
    slow.write(COUNTS, SECOND, counts(SECOND, 3))
    assert shown(lake, path) == {FIRST: 2, SECOND: 3, THIRD: 1}
