"""Lakes to test: each test that takes `storage` is run with a local folder and with an S3 server."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from assets.warehouse.storage import LocalFolder, Storage

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulators.s3_server import S3Server


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """An empty storage."""
    if request.param == "folder":
        return LocalFolder(tmp_path / "lake")
    server: S3Server = request.getfixturevalue("s3")
    return server.store(f"tests/{uuid.uuid4().hex}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the catalog goes."""
    return tmp_path / "warehouse.duckdb"
