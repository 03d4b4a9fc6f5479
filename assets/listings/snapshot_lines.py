"""The lines of a JSON Lines file, plain, gzip or Zstandard, in one pass and little memory.

Belongs here: opening, decompressing and splitting, and saying in one sentence why a file cannot be
read to its end. Does not belong here: what a line says.
"""

from __future__ import annotations

import stat
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import zstandard

from assets.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

Progress = Callable[[int, int], None]
"""Called with the bytes of the file that are done, and all of them."""

STEP_BYTES = 1 << 18
"""Bytes of the file taken at a time."""

LONGEST_LINE = 1 << 26
"""No record comes near (the longest known has some 100 kB): a longer line is another kind of file."""

_GZIP = b"\x1f\x8b"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_ZSTANDARD_SKIPPABLE = b"\x2a\x4d\x18"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """A line without its end; `ended` is False for a last line that no line end follows."""

    number: int
    data: bytes
    ended: bool


class _TruncatedError(Exception):
    """Compressed data that ends before its end."""


def numbered_lines(path: Path, progress: Progress | None = None) -> Iterator[Line]:
    """The lines of a file, numbered from 1; the compression is told from the file's first bytes.

    Raises InputError where the file is missing, no file, not permitted, empty, corrupt, cut off, or
    has a line of more than `LONGEST_LINE` bytes.
    """
    number = 0
    rest: list[bytes] = []
    length = 0
    try:
        for chunk in _chunks(path, progress):
            first, *others = chunk.split(b"\n")
            rest.append(first)
            length += len(first)
            if others:
                number += 1
                yield Line(number, _clean(b"".join(rest), number), True)
                *whole, last = others
                for line in whole:
                    number += 1
                    yield Line(number, _clean(line, number), True)
                rest, length = [last], len(last)
            if length > LONGEST_LINE:
                raise InputError(
                    f"line {number + 1} of {path} is longer than {LONGEST_LINE >> 20} MiB: "
                    "give a JSON Lines file, which has one record on each line."
                )
    except _TruncatedError:
        raise InputError(
            f"{path} ends in the middle of compressed data after line {number}: download it again."
        ) from None
    except (zstandard.ZstdError, zlib.error) as error:
        raise InputError(
            f"{path} has corrupt compressed data after line {number} ({error}): download it again."
        ) from error
    if number == 0 and length == 0:
        raise InputError(f"{path} is empty: give a JSON Lines file in the layout of arXiv's metadata snapshot.")
    if length:
        yield Line(number + 1, _clean(b"".join(rest), number + 1), False)


def _clean(line: bytes, number: int) -> bytes:
    if number == 1:
        line = line.removeprefix(_BYTE_ORDER_MARK)
    return line.removesuffix(b"\r")


def _chunks(path: Path, progress: Progress | None) -> Iterator[bytes]:
    stored = _stored(path, progress)
    start = next(stored, b"")

    def chunks() -> Iterator[bytes]:
        yield start
        yield from stored

    if start.startswith(_GZIP):
        return _from_gzip(chunks())
    if start.startswith(_ZSTANDARD) or start[1:4] == _ZSTANDARD_SKIPPABLE:
        return _from_zstandard(chunks())
    return chunks()


def _stored(path: Path, progress: Progress | None) -> Iterator[bytes]:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InputError(f"{path} is a folder: give the JSON Lines file itself.")
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{path} is not a regular file: give a JSON Lines file on disk.")
        done = 0
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(STEP_BYTES):
                yield chunk
                done += len(chunk)
                if progress is not None:
                    progress(done, status.st_size)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: check the path of the snapshot.") from None
    except PermissionError:
        raise InputError(f"{path} may not be read: give this user the permission to read it.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): check the disk and the path.") from error


def _from_zstandard(chunks: Iterator[bytes]) -> Iterator[bytes]:
    # The library's own stream reader takes a cut frame for a whole one; a frame's `eof` does not.
    frame = None
    for chunk in chunks:
        while chunk:
            if frame is None:
                frame = zstandard.ZstdDecompressor().decompressobj()
            yield frame.decompress(chunk)
            chunk = frame.unused_data if frame.eof else b""  # noqa: PLW2901 (the rest is the next frame's)
            if frame.eof:
                frame = None
    if frame is not None:
        raise _TruncatedError


def _from_gzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    member = None
    members = 0
    for chunk in chunks:
        while chunk:
            if member is None:
                # Zeros may pad the end of a gzip file.
                chunk = chunk.lstrip(b"\0") if members else chunk  # noqa: PLW2901
                if not chunk:
                    break
                member = zlib.decompressobj(wbits=31)
                members += 1
            yield member.decompress(chunk)
            chunk = member.unused_data if member.eof else b""  # noqa: PLW2901
            if member.eof:
                member = None
    if member is not None:
        raise _TruncatedError
