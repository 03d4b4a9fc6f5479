"""Homes of other versions, and homes that were copied."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import dagster as dg
import pytest

from assets.warehouse.format import FORMAT
from assets.warehouse.home import Home
from orchestration.instance import open_instance
from tests.orchestration.conftest import DAYS, Run

DAY = "2025-09-01"


def test_a_home_without_a_mark_is_marked_by_the_next_command(almanac: Run, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert almanac("prepare", home=home.root, source="sample").code == 0
    mark = json.loads(home.format.read_text())
    assert mark["format"] == FORMAT
    home.format.unlink()
    assert almanac("prepare").code == 0
    assert json.loads(home.format.read_text()) == mark


@pytest.mark.parametrize("command", [["run", DAY], ["query", "SELECT 1"], ["doctor"], ["status"]])
def test_a_home_of_a_newer_version_is_left_alone(almanac: Run, tmp_path: Path, command: list[str]) -> None:
    home = Home(tmp_path / "home")
    home.root.mkdir()
    home.format.write_text(json.dumps({"format": FORMAT + 1, "written_by": "9.0"}))
    told = almanac(*command, home=home.root, source="sample")
    assert told.code != 0
    assert "was made by version 9.0 of the almanac" in told.out + told.err
    assert "install that version or a later one" in " ".join((told.out + told.err).split())
    assert [path.name for path in home.root.iterdir()] == ["format.json"]


def test_a_mark_that_cannot_be_read_is_told(almanac: Run, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.root.mkdir()
    home.format.write_text("{")
    told = almanac("run", DAY, home=home.root, source="sample")
    assert told.code != 0
    assert "put it back from a backup" in told.err


def test_a_copy_of_the_folder_is_a_backup(almanac: Run, sample_home: Home, tmp_path: Path) -> None:
    restored = Home(tmp_path / "restored")
    shutil.copytree(sample_home.root, restored.root)
    sql = "SELECT day, count(*) FROM papers GROUP BY day ORDER BY day"
    told = [
        almanac("query", sql, "--format", "csv", home=home.root, source="sample") for home in (sample_home, restored)
    ]
    assert [one.code for one in told] == [0, 0]
    assert told[0].out == told[1].out
    # The catalog's views look into the copy and no longer into the original.
    for home, some in ((sample_home, "0"), (restored, "1")):
        looking = "SELECT sign(count(*))::INT AS some FROM duckdb_views() WHERE contains(sql, 'HOME')"
        assert almanac("query", looking.replace("HOME", str(home.root)), "--format", "csv").out.split() == [
            "some",
            some,
        ]
    told = [almanac("status", home=restored.root)]
    assert told[0].out.count("complete") >= len(DAYS)
    with open_instance(restored) as instance:
        assert instance.get_materialized_partitions(dg.AssetKey("daily_digest")) == set(DAYS)
    assert almanac("run", home=restored.root).code == 0
