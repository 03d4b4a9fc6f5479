"""Opening a home: what killed writers left is removed, and not looked for at every start."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from assets.errors import StorageError
from assets.materialization import Silence
from assets.papers.schema import PAPERS
from assets.warehouse.lake import Lake
from orchestration.resources import SECONDS_BETWEEN_SWEEPS, SWEPT, prepare_home, resources
from orchestration.settings import load_settings
from orchestration.tables import load_almanac_models
from tests.orchestration.conftest import Run


def test_leftovers_are_swept_once_a_day(tmp_path: Path) -> None:
    settings, models = load_settings(home=tmp_path / "home"), load_almanac_models()
    prepare_home(settings, models)
    leftovers = [
        settings.home / "lake" / "papers" / "day=0001-01-01" / ".tmp-of-a-killed-writer",
        settings.home / "digests" / ".tmp-of-another",
    ]
    for leftover in leftovers:
        leftover.parent.mkdir(parents=True, exist_ok=True)
        leftover.touch()
        os.utime(leftover, (0, 0))
    prepare_home(settings, models)
    assert all(leftover.exists() for leftover in leftovers)
    mark = settings.home / SWEPT
    then = mark.stat().st_mtime - SECONDS_BETWEEN_SWEEPS - 1
    os.utime(mark, (then, then))
    prepare_home(settings, models)
    assert not any(leftover.exists() for leftover in leftovers)
    assert mark.stat().st_mtime > then


READER = (
    "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); sys.stdin.read()"
)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Another program has the catalog open."""
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        try:
            yield
        finally:
            reader.communicate()


class Hearing(Silence):
    """Keeps what is noticed."""

    def __init__(self) -> None:
        self.noticed_sentences: list[str] = []

    def noticed(self, sentence: str) -> None:
        """Keeps a sentence."""
        self.noticed_sentences.append(sentence)


def views(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return {
            name for (name,) in connection.sql("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        }


def test_runs_go_on_beside_a_reader_and_the_next_one_changes_the_views(tmp_path: Path, almanac: Run) -> None:
    settings, models = load_settings(home=tmp_path / "home"), load_almanac_models()
    home, hearing = settings.home_folder, Hearing()
    prepare_home(settings, models)
    every = views(home.warehouse)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("DROP VIEW papers")
    home.warehouse.with_name(f".{home.warehouse.name}.views").write_text("views of another version")
    definition = resources(settings, models, hearing)["lake"]

    with reading(home.warehouse):
        with dg.build_resources({"lake": definition}) as made:
            assert made.lake.url == Lake(home.root / "lake").url
            made.lake.write(PAPERS, "2025-09-01", PAPERS.frame([]))
        (told,) = hearing.noticed_sentences
        assert str(home.warehouse) in told
        shown = almanac("models", "run", "stg_papers", "--day", "2025-09-01", "--format", "csv", home=home.root)
        assert shown.out.startswith("day,month,year,paper_id")
        assert shown.code == 1
        assert "close the program" in " ".join(shown.err.split())
        with pytest.raises(StorageError, match="close the program"):
            prepare_home(settings, models)
    assert views(home.warehouse) == every - {"papers"}

    with dg.build_resources({"lake": definition}):
        assert views(home.warehouse) == every
    assert len(hearing.noticed_sentences) == 1
