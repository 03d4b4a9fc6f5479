"""What all tests may ask for: a real S3 server, started once for those that do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.emulators.s3_server import NoServerError, S3Server, s3_server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """The server; tests keep apart by prefixes. Skips where it cannot start."""
    try:
        with s3_server(tmp_path_factory.mktemp("s3")) as server:
            yield server
    except NoServerError as error:
        pytest.skip(str(error))
