"""The text of a JSON Lines file, plain, gzip or Zstandard, in blocks of whole lines: one pass, little memory.

Belongs here: opening, decompressing and cutting into blocks, going on behind a block, and saying in one
sentence why a file cannot be read to its end. Does not belong here: what a line says.
"""

from __future__ import annotations

import stat
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, NamedTuple

import zstandard

from assets.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

Progress = Callable[[int, int], None]
"""Called with the bytes of the file that are done, and all of them."""

STEP_BYTES = 1 << 18
"""Bytes of the file taken at a time."""

BLOCK_BYTES = 1 << 24
"""Most text of a block, unless one line alone is longer."""

LONGEST_LINE = 1 << 26
"""No record comes near (the longest known has some 100 kB): a longer line is another kind of file."""

_GZIP = b"\x1f\x8b"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_ZSTANDARD_SKIPPABLE = b"\x2a\x4d\x18"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Place(NamedTuple):
    """A place between two blocks: how many blocks, bytes of text and lines stand before it."""

    blocks: int = 0
    characters: int = 0
    lines: int = 0


class Block(NamedTuple):
    """Whole lines with their ends; only the last line of the file may lack one, and counts all the same.

    `place` is where they begin, `end` the place behind them.
    """

    place: Place
    end: Place
    data: bytes

    def part(self, start: int, size: int) -> bytes:
        """Some bytes of the block, from a place in the file's text on."""
        begin = start - self.place.characters
        return self.data[begin : begin + size]


class _TruncatedError(Exception):
    """Compressed data that ends before its end."""


def blocks(
    path: Path, progress: Progress | None = None, behind: Place | None = None, size: int = BLOCK_BYTES
) -> Iterator[Block]:
    """The blocks of a file, or those behind one of their ends; the compression is told from the first bytes.

    Where blocks begin and end depends on the text and on `size` alone. What lies before `behind` is passed
    over: in a plain file without reading it, in a compressed one by decompressing it.

    Raises InputError where the file is missing, no file, not permitted, empty, corrupt, cut off, or
    has a line of more than `LONGEST_LINE` bytes.
    """
    place = behind or Place()
    text = _Text(path, progress, place.characters)
    try:
        while data := text.take(size, place.lines + 1):
            lines = data.count(b"\n") + (not data.endswith(b"\n"))
            end = Place(place.blocks + 1, place.characters + len(data), place.lines + lines)
            yield Block(place, end, data)
            place = end
    except _TruncatedError:
        raise InputError(
            f"{path} ends in the middle of compressed data after line {place.lines + text.lines_waiting}: "
            "download it again."
        ) from None
    except (zstandard.ZstdError, zlib.error) as error:
        raise InputError(
            f"{path} has corrupt compressed data after line {place.lines + text.lines_waiting} ({error}): "
            "download it again."
        ) from error
    if not place.characters:
        raise InputError(f"{path} is empty: give a JSON Lines file in the layout of arXiv's metadata snapshot.")


def is_compressed(path: Path) -> bool:
    """Whether a file is gzip or Zstandard. Raises InputError as `blocks` does."""
    return _decompressor(next(_stored(path, None, 0), b"")) is not None


def _decompressor(start: bytes) -> Callable[[Iterator[bytes]], Iterator[bytes]] | None:
    """What reads a file that begins like this; None for a plain one."""
    if start.startswith(_GZIP):
        return _from_gzip
    if start.startswith(_ZSTANDARD) or start[1:4] == _ZSTANDARD_SKIPPABLE:
        return _from_zstandard
    return None


class _Text:
    """The decompressed text of a file from a place on, taken in pieces of whole lines."""

    def __init__(self, path: Path, progress: Progress | None, passed_over: int) -> None:
        self._path = path
        self._passed_over = passed_over
        self._waiting = bytearray()
        self._chunks = self._opened(progress)
        self._ended = False

    @property
    def lines_waiting(self) -> int:
        """Whole lines that were read and not yet taken."""
        return self._waiting.count(b"\n")

    def take(self, size: int, number: int) -> bytes:
        """The lines that fit into `size` bytes, at least one; at the end what is left, then nothing.

        `number` is that of the first of these lines. Raises InputError where it is too long.
        """
        # One byte more than fits tells whether this is the end, however the file was read until here.
        self._fill(size + 1)
        if len(self._waiting) <= size:
            end = len(self._waiting)
        else:
            end, searched = self._waiting.rfind(b"\n", 0, size) + 1, size
            while not end and not (end := self._waiting.find(b"\n", searched) + 1):
                searched = len(self._waiting)
                if searched > LONGEST_LINE:
                    raise InputError(
                        f"line {number} of {self._path} is longer than {LONGEST_LINE >> 20} MiB: "
                        "give a JSON Lines file, which has one record on each line."
                    )
                self._fill(searched + size)
                if self._ended:
                    end = self._waiting.find(b"\n", searched) + 1 or len(self._waiting)
        data = bytes(memoryview(self._waiting)[:end])
        del self._waiting[:end]
        return data

    def _fill(self, size: int) -> None:
        while len(self._waiting) < size and not self._ended:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._ended = True
            else:
                self._waiting += chunk

    def _opened(self, progress: Progress | None) -> Iterator[bytes]:
        stored = _stored(self._path, progress, 0)
        start = next(stored, b"")
        compressed = _decompressor(start)
        if compressed is None and self._passed_over:
            stored.close()
            yield from _stored(self._path, progress, self._passed_over)
            return

        def chunks() -> Iterator[bytes]:
            yield start
            yield from stored

        if compressed is None:
            yield from chunks()
        else:
            yield from _passed_over(compressed(chunks()), self._passed_over)


def _passed_over(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The chunks without their first `size` bytes."""
    for chunk in chunks:
        if size < len(chunk):
            yield chunk[size:] if size else chunk
        size = max(0, size - len(chunk))


def _stored(path: Path, progress: Progress | None, done: int) -> Generator[bytes]:
    """The bytes of the file behind the first `done`."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InputError(f"{path} is a folder: give the JSON Lines file itself.")
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{path} is not a regular file: give a JSON Lines file on disk.")
        with path.open("rb", buffering=0) as file:
            file.seek(done)
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
