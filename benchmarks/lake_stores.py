"""The storages that the lake's measurements compare: a folder of this machine, and a real S3 server on it."""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from assets.warehouse.object_store import ObjectStore
from assets.warehouse.storage import LocalFolder
from tests.emulators.s3_server import NoServerError, s3_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assets.warehouse.storage import Storage


@contextlib.contextmanager
def stores(folder: Path) -> Iterator[dict[str, LocalFolder | ObjectStore]]:
    """The storages by name; without the server, and with a word on standard error, where it cannot start."""
    found: dict[str, LocalFolder | ObjectStore] = {"local": LocalFolder(folder / "lake")}
    with contextlib.ExitStack() as running:
        try:
            found["S3"] = running.enter_context(s3_server(folder / "s3")).store()
        except NoServerError as error:
            print(error, file=sys.stderr)
        yield found


def told(store: LocalFolder | ObjectStore) -> str:
    """A storage as text, for the command line of a program that works on it."""
    return str(store.root) if isinstance(store, LocalFolder) else json.dumps(asdict(store))


def named(text: str) -> Storage:
    """The storage that such a text tells."""
    return ObjectStore(**json.loads(text)) if text.startswith("{") else LocalFolder(Path(text))
