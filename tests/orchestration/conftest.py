"""A home made from the sample once for all tests of this folder, and the command in this process."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from assets.warehouse.files import locked
from assets.warehouse.home import Home
from assets.warehouse.lake import Lake
from orchestration.cli import app, main

DAYS = ("2025-08-28", "2025-08-29", "2025-09-01", "2025-09-03", "2025-09-04")
SHARED = Path(__file__).parents[3] / "shared" / "data"
JANUARY = SHARED / "listings" / "2026-01-all.jsonl.zst"

Run = Callable[..., "Told"]


@dataclass(frozen=True)
class Told:
    """What a command ended with."""

    code: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable or .env file of the machine reaches a test."""
    for name in list(os.environ):
        if name.startswith(("ALMANAC_", "OPENAI_", "DAGSTER_", "AWS_")):
            monkeypatch.delenv(name)
    # The site has its own tests, and the sample's home one.
    monkeypatch.setenv("ALMANAC_SITE", "no")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def almanac(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `almanac` with arguments and variables (ALMANAC_ is put in front of their names)."""

    def run(*arguments: str, **variables: object) -> Told:
        for name, value in variables.items():
            monkeypatch.setenv(f"ALMANAC_{name.upper()}", str(value))
        monkeypatch.setattr("sys.argv", ["almanac", *arguments])
        capfd.readouterr()
        try:
            main()
            code: object = 0
        except SystemExit as ended:
            code = ended.code
        captured = capfd.readouterr()
        assert isinstance(code, int) or code is None
        return Told(code or 0, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Home:
    """The whole sample as `almanac run` makes it, once though several processes run the tests; each has its copy."""
    root = tmp_path_factory.getbasetemp()
    folder = (root if worker_id == "master" else root.parent) / "sample"
    home, done = Home(tmp_path_factory.mktemp("sample") / "home"), folder / "done"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALMANAC_SOURCE", "sample")
        patch.setenv("ALMANAC_SITE", "yes")
        with locked(folder / "lock"):
            if not done.exists():
                patch.setenv("ALMANAC_HOME", str(folder / "home"))
                assert app(["run"], standalone_mode=False) in (None, 0)
                done.touch()
        shutil.copytree(folder / "home", home.root)
        patch.setenv("ALMANAC_HOME", str(home.root))
        assert app(["prepare"], standalone_mode=False) in (None, 0)
    return home


@pytest.fixture
def sample_lake(sample_home: Home) -> Lake:
    """The lake of the sample's home."""
    return Lake(sample_home.root / "lake")
