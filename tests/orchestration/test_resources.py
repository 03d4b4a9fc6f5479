"""Opening a home: what killed writers left is removed, and not looked for at every start."""

from __future__ import annotations

import os
from pathlib import Path

from orchestration.resources import SECONDS_BETWEEN_SWEEPS, SWEPT, prepare_home
from orchestration.settings import load_settings
from orchestration.tables import load_almanac_models


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
