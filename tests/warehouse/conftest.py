"""Lakes to test: what every storage has to do is tested with each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assets.warehouse.storage import LocalFolder, Storage

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    """An empty storage."""
    return LocalFolder(tmp_path / "lake")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the catalog goes."""
    return tmp_path / "warehouse.duckdb"
