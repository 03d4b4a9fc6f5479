"""The emulator behind a real socket of the loopback, in a thread of this process."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from typing import TYPE_CHECKING

import uvicorn

from tests.emulators.llm.app import Emulator, Served
from tests.emulators.llm.behaviour import Behaviour

if TYPE_CHECKING:
    from collections.abc import Iterator


class Running:
    """A server that listens."""

    def __init__(self, emulator: Emulator, port: int) -> None:
        self.emulator = emulator
        self.base_url = f"http://127.0.0.1:{port}/v1"

    @property
    def served(self) -> Served:
        """What it served."""
        return self.emulator.served


def configure(emulator: Emulator) -> uvicorn.Config:
    """uvicorn without its logs: faults on purpose are no news."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)
    return uvicorn.Config(
        emulator.app, log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=0, backlog=2048
    )


@contextlib.contextmanager
def serving(behaviour: Behaviour) -> Iterator[Running]:
    """A server at a free port for as long as the block lasts."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    emulator = Emulator(behaviour)
    server = uvicorn.Server(configure(emulator))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        if time.monotonic() > deadline:
            raise RuntimeError("the emulated endpoint did not start within 20 s")
        thread.join(0.005)
    try:
        yield Running(emulator, listener.getsockname()[1])
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)
        listener.close()
