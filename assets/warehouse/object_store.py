"""The storage that is a prefix of an S3-compatible object store: many machines share one lake.

A PUT is atomic and the last one wins; a PUT with If-Match or If-None-Match replaces exactly the version
that was read. S3 is consistent: who reads or lists after a PUT has ended finds what it wrote. Every
request ends within a bounded time, and every refusal is a sentence without a key in it.
"""

from __future__ import annotations

import functools
import re
import uuid
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from obstore.exceptions import AlreadyExistsError, BaseError, NotModifiedError, PreconditionError
from obstore.store import S3Store

from assets.errors import StorageError
from assets.warehouse.duckdb_files import LakeFiles
from assets.warehouse.storage import ABSENT, Stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from duckdb import DuckDBPyConnection
    from obstore import GetOptions, ObjectMeta, PutMode

SCHEME = "s3"

CONNECT_SECONDS = 5
REQUEST_SECONDS = 120
RETRIES = 3
RETRY_SECONDS = 30

_REFUSALS = {
    "InvalidAccessKeyId": "does not know the key: check AWS_ACCESS_KEY_ID",
    "SignatureDoesNotMatch": "does not accept the key's signature: check AWS_SECRET_ACCESS_KEY",
    "AccessDenied": "does not permit it with this key: give the key the rights to list, read, write and delete there",
    "ExpiredToken": "says that the session has expired: renew AWS_SESSION_TOKEN and its keys",
    "InvalidToken": "does not accept the session: check AWS_SESSION_TOKEN",
    "PermanentRedirect": "has the bucket in another region: check AWS_REGION",
    "AuthorizationHeaderMalformed": "expects another region: check AWS_REGION",
    "RequestTimeTooSkewed": "says that this machine's clock is wrong: set it",
    "NoSuchBucket": "has no such bucket: make the bucket, or check its name",
}
"""What the store's error codes mean to who has set the lake up."""


@dataclass(frozen=True)
class ObjectStore:
    """The objects below `prefix` of a bucket. Without an endpoint it is AWS; without keys, the machine's own role."""

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None
    access_key_id: str | None = field(default=None, repr=False)
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return self.url

    @property
    def url(self) -> str:
        """s3://bucket/prefix."""
        return f"{SCHEME}://{self.bucket}/{self.prefix}".rstrip("/")

    def stat(self, name: str) -> Stored | None:
        """What is known of an object; None where it is not there."""
        with suppress(FileNotFoundError), self._asking(name):
            return stored(_client(self).head(name))
        return None

    def get(self, name: str) -> tuple[bytes, Stored] | None:
        """All bytes of an object; None where it is not there."""
        with suppress(FileNotFoundError), self._asking(name):
            answer = _client(self).get(name)
            return bytes(answer.bytes()), stored(answer.meta)
        return None

    def get_some(self, name: str, options: GetOptions, largest: int | None = None) -> tuple[bytes | None, Stored]:
        """Bytes as the options say, but None for an object that is larger than `largest`.

        Raises FileNotFoundError where it is not there, and obstore's errors for conditions that do not hold.
        """
        with self._asking(name):
            answer = _client(self).get(name, options=options)
            if largest is not None and answer.meta["size"] > largest:
                return None, stored(answer.meta)
            return bytes(answer.bytes()), stored(answer.meta)

    def tail(self, name: str, size: int) -> bytes | None:
        """The last bytes of an object; None where it is not there."""
        with suppress(FileNotFoundError), self._asking(name):
            return bytes(_client(self).get(name, options={"range": {"suffix": size}}).bytes())
        return None

    def put(self, name: str, data: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Writes an object by one PUT; it is served with these headers."""
        with self._asking(name, doing="write"):
            _client(self).put(name, data, attributes=dict(headers or {}), use_multipart=False)

    def replace(self, name: str, data: bytes, version: str) -> bool:
        """Writes an object where its version is still this one, by one conditional PUT."""
        mode: PutMode = "create" if version == ABSENT else {"e_tag": version}
        with suppress(AlreadyExistsError, PreconditionError), self._asking(name, doing="write"):
            _client(self).put(name, data, mode=mode, use_multipart=False)
            return True
        return False

    def turn(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002 - the interface
        """Nobody can be made to wait."""
        return nullcontext()

    def delete(self, name: str) -> None:
        """Removes an object."""
        with suppress(FileNotFoundError), self._asking(name, doing="write"):
            _client(self).delete(name)

    def names(self, folder: str) -> list[str]:
        """What stands directly in a folder."""
        with suppress(FileNotFoundError), self._asking(folder):
            found = _client(self).list_with_delimiter(folder)
            paths = [*found["common_prefixes"], *(entry["path"] for entry in found["objects"])]
            return sorted(path.rpartition("/")[2] for path in paths)
        return []

    def holders(self, folder: str, file: str, start: str = "") -> list[str]:
        """The folders directly in a folder that begin so and hold an object of this name: one listing of these."""
        depth = folder.count("/") + 2
        parts = [name.split("/") for name, _ in self.below(folder, start)]
        return sorted(part[-2] for part in parts if len(part) == depth + 1 and part[-1] == file)

    def below(self, folder: str, start: str = "") -> Iterator[tuple[str, Stored]]:
        """All objects in a folder and its folders, of those whose names begin with `folder/start`."""
        first = f"{folder}/{start}" if folder else start
        with self._asking(folder):
            listed = _client(self).list(folder or None, offset=first if start else None)
            for entry in (entry for chunk in listed for entry in chunk):
                if entry["path"].startswith(first):
                    yield entry["path"], stored(entry)
                elif entry["path"] > first:
                    return

    def sweep(self, older_than: timedelta) -> Sequence[str]:  # noqa: ARG002 - the interface
        """A killed PUT leaves nothing."""
        return []

    def attach(self, connection: DuckDBPyConnection) -> None:
        """Lets DuckDB read s3:// addresses of this lake through this storage, and no others."""
        if not connection.filesystem_is_registered(SCHEME):
            connection.register_filesystem(LakeFiles(self))
            # It knows a version by the second in which it was written, and would mix two of one second.
            connection.execute("SET enable_external_file_cache = false")

    @contextmanager
    def _asking(self, name: str, doing: str = "read") -> Iterator[None]:
        """Raises StorageError where the store does not answer or refuses.

        What is an answer passes: FileNotFoundError, and the errors for conditions that do not hold.
        """
        try:
            yield
        except FileNotFoundError as error:
            if doing == "write" or _is_wrong(str(error)):
                raise StorageError(self._sentence(name, doing, str(error))) from None
            raise
        except (AlreadyExistsError, PreconditionError, NotModifiedError):
            raise
        except BaseError as error:
            # The text may hold parts of the request; only what is known to be harmless is told.
            raise StorageError(self._sentence(name, doing, str(error))) from None

    def _sentence(self, name: str, doing: str, text: str) -> str:
        store = self.endpoint or "AWS"
        code = re.search(r"<Code>(\w+)</Code>", text)
        if code and code[1] in _REFUSALS:
            return f"cannot {doing} {self.url}/{name}: the store at {store} {_REFUSALS[code[1]]}."
        status = re.search(r"status code: (\d{3}[\w ]*)", text)
        if status and not code and status[1].startswith(("401", "403")):  # the answer to a HEAD says no more
            return f"cannot {doing} {self.url}/{name}: the store at {store} refuses the key or lacks a right for it."
        if code or status:
            said = " ".join(found[1].strip() for found in (status, code) if found)
            return f"cannot {doing} {self.url}/{name}: {store} answered {said}; check that it is an S3 store."
        return (
            f"cannot {doing} {self.url}/{name}: {store} does not answer;"
            " check AWS_ENDPOINT_URL and AWS_REGION, and that the store runs."
        )


def examine(store: ObjectStore) -> None:
    """Lists, writes, reads, replaces and removes. Raises StorageError where the store does not do all of it."""
    name = f"almanac-probe-{uuid.uuid4().hex}"
    next(store.below(""), None)  # first, as a store may say of a missing bucket that writing is forbidden
    store.put(name, b"first")
    try:
        found = store.get(name)
        if not found or found[0] != b"first":
            raise StorageError(f"{store.url} does not give back what was just written: use a store that is consistent.")
        refused = not store.replace(name, b"second", ABSENT) and not store.replace(name, b"second", '"another"')
        if not refused or not store.replace(name, b"second", found[1].version):
            raise StorageError(
                f"{store.url} ignores the conditions of a PUT (If-Match, If-None-Match), so two machines that compact"
                " could lose a day: use a store that heeds them, or never run almanac compact and monthly_compaction."
            )
    finally:
        store.delete(name)


def stored(meta: ObjectMeta) -> Stored:
    """What the store tells of an object."""
    return Stored(meta["size"], meta["last_modified"].timestamp(), meta["e_tag"] or "")


def _is_wrong(text: str) -> bool:
    """Whether 'not found' says more than that there is no such object."""
    code = re.search(r"<Code>(\w+)</Code>", text)
    # The answer to a HEAD has no body; what is no S3 store answers without a code.
    return code[1] != "NoSuchKey" if code else "performing HEAD" not in text


@functools.lru_cache(maxsize=8)
def _client(store: ObjectStore) -> S3Store:
    given = {
        "endpoint": store.endpoint,
        "region": store.region,
        "access_key_id": store.access_key_id,
        "secret_access_key": store.secret_access_key,
        "session_token": store.session_token,
    }
    return S3Store(
        store.bucket,
        prefix=store.prefix or None,
        config={name: value for name, value in given.items() if value},  # type: ignore[arg-type]
        client_options={
            "allow_http": bool(store.endpoint and store.endpoint.startswith("http://")),
            "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
            "timeout": timedelta(seconds=REQUEST_SECONDS),
        },
        retry_config={"max_retries": RETRIES, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
    )
