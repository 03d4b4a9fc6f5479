"""The emulated arXiv of the tests of the live sources: one server, put back to its first state for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.emulators.arxiv.server import Emulator
from tests.listings.emulated import reset, served


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    """A serving emulator in any state."""
    with served() as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Emulator:
    """The emulator some weeks after the last day of its world, without faults."""
    reset(running)
    return running
