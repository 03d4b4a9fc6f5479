"""A real PostgreSQL for tests, in a folder of its own and behind a Unix socket: no port, nothing of it is left."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest

USER, PASSWORD = "almanac", "s3cret-of-the-database"
START_SECONDS = 60


@dataclass(frozen=True)
class PostgresServer:
    """A server that runs; its socket is in `folder`."""

    folder: Path

    def address(self, database: str, password: str = PASSWORD) -> str:
        """The URL of a database, there or not."""
        return f"postgresql://{USER}:{password}@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """The URL of a new database with nothing in it."""
        name = f"almanac_{uuid.uuid4().hex}"
        connection = psycopg2.connect(self.address("postgres"))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE DATABASE "{name}"')
        finally:
            connection.close()
        return self.address(name)


def program(name: str) -> str | None:
    """Where a program of PostgreSQL is: on the PATH, or where Debian puts it."""
    versions = sorted(Path("/usr/lib/postgresql").glob("[0-9]*"), key=lambda folder: int(folder.name), reverse=True)
    found = (shutil.which(name, path=folder) for folder in (os.environ.get("PATH"), *(f"{v}/bin" for v in versions)))
    return next(filter(None, found), None)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Starts a server and stops it; skips the tests where there is none, or where it cannot start."""
    initdb, postgres = program("initdb"), program("postgres")
    if not initdb or not postgres:
        pytest.skip(
            "no PostgreSQL on this machine: the programs initdb and postgres are neither on the PATH nor in /usr/lib"
        )
    # PostgreSQL does not run as root, and a socket's path must be short.
    user = "nobody" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        data, secret = folder / "data", folder / "password"
        secret.write_text(PASSWORD)
        if user:
            for path in (folder, secret):
                os.chown(path, pwd.getpwnam(user).pw_uid, -1)
        made = subprocess.run(
            [initdb, "-D", data, "-U", USER, f"--pwfile={secret}", "--auth=scram-sha-256", "-E", "UTF8", "--no-sync"],
            check=False,
            user=user,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
        )
        if made.returncode:
            pytest.skip(f"PostgreSQL cannot be set up here: {made.stderr.strip()}")
        options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
        with (folder / "log").open("w") as log:
            server = subprocess.Popen([postgres, "-D", data, *options], user=user, cwd=folder, stderr=log)
        try:
            if not _answers(PostgresServer(folder), server):
                pytest.skip(f"PostgreSQL does not start here: {(folder / 'log').read_text().strip()}")
            yield PostgresServer(folder)
        finally:
            server.terminate()
            server.wait(START_SECONDS)


def _answers(server: PostgresServer, process: subprocess.Popen[bytes]) -> bool:
    """Waits until the server takes connections; False where it ended."""
    ready = program("pg_isready")
    while process.poll() is None:
        if ready:
            told = subprocess.run([ready, "-h", server.folder, "-t", "1"], check=False, capture_output=True)
            if told.returncode == 0:
                return True
        else:
            try:
                psycopg2.connect(server.address("postgres"), connect_timeout=1).close()
            except psycopg2.OperationalError:
                continue
            return True
    return False
