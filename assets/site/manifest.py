"""What stands in the site and what it was made from, so that only what changed is made again.

A *unit* is a set of files that are made together: a day with its papers, a month's category pages, the feeds.
Its record, `.almanac/units/<name>.json`, holds the fingerprint of its inputs and the hash of each file. A unit
whose fingerprint is the same is passed over; a file whose bytes are the same is not written; a file that no unit
makes any more is removed. The record is written last, so a killed build makes the unit again.

A site of years has a hundred thousand files: each record is read once in a build, and of the files that stay as they
are nothing but that they are there is asked.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from assets.warehouse.files import TEMPORARY_PREFIX, storage_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PRIVATE = ".almanac"
"""The folder of the site's own records; it is not published."""

UNITS = "units"


class UnitRecord(msgspec.Struct):
    """What is known of a unit: the fingerprint of its inputs, and its files with their hashes."""

    fingerprint: str
    files: dict[str, str]
    inputs: dict[str, str] = {}
    """Fingerprints of what single files were made from, where the unit knows them."""


def fingerprint_of(*parts: object) -> str:
    """One fingerprint of what JSON can tell: the same parts give the same one."""
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()


@dataclass
class Writer:
    """Takes the files of a unit: writes those whose bytes are new."""

    folder: Path
    known: dict[str, str]
    known_inputs: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    written: int = 0

    def keeps(self, path: str, made_from: str) -> bool:
        """Whether a file stands as these inputs make it; then it stays, else it is to be written."""
        self.inputs[path] = made_from
        if self.known_inputs.get(path) != made_from or not _is_file(self.folder, path):
            return False
        self.files[path] = self.known[path]
        return True

    def write(self, path: str, content: str | bytes) -> None:
        """Puts a file of the site into its place, atomically; `path` is relative to the site.

        Raises StorageError where it cannot be written.
        """
        data = content.encode("utf-8") if isinstance(content, str) else content
        digest = hashlib.sha256(data).hexdigest()[:32]
        if path in self.files:
            raise ValueError(f"the page {path} is made twice")
        self.files[path] = digest
        if self.known.get(path) == digest and _is_file(self.folder, path):
            return
        put(self.folder / path, data, self.folder / PRIVATE)
        self.written += 1


@dataclass
class Manifest:
    """The units of a site, as they were and as this build makes them."""

    folder: Path
    made: list[str] = field(default_factory=list)
    """Units that this build made, in order."""
    written: int = 0
    removed: int = 0
    _seen: set[str] = field(default_factory=set)
    _claimed: set[str] = field(default_factory=set)
    _dropped: set[str] = field(default_factory=set)
    _records: dict[str, UnitRecord | None] = field(default_factory=dict)

    def record(self, unit: str) -> UnitRecord | None:
        """The record of a unit; None where there is none that can be read."""
        if unit not in self._records:
            try:
                self._records[unit] = _RECORD.decode(self._path(unit).read_bytes())
            except (OSError, msgspec.DecodeError):
                self._records[unit] = None
        return self._records[unit]

    def writer(self, unit: str) -> Writer:
        """A writer that knows how the unit's files stand."""
        record = self.record(unit)
        return Writer(self.folder, record.files if record else {}, record.inputs if record else {})

    def make(self, unit: str, fingerprint: str, render: Callable[[Writer], None]) -> bool:
        """Makes a unit unless its fingerprint is that of its record and its files are there; whether it was made.

        Raises what `render` raises; then the record stays as it was.
        """
        self._seen.add(unit)
        record = self.record(unit)
        if record and record.fingerprint == fingerprint and all(_is_file(self.folder, path) for path in record.files):
            return False
        writer = self.writer(unit)
        render(writer)
        made = UnitRecord(fingerprint, writer.files, writer.inputs)
        put(self._path(unit), msgspec.json.encode(made), self.folder / PRIVATE)
        self._records[unit] = made
        self._claimed.update(writer.files)
        self._dropped.update((record.files if record else {}).keys() - writer.files.keys())
        self.made.append(unit)
        self.written += writer.written
        return True

    def finish(self) -> None:
        """Forgets the units that this build did not name, and removes the files that no unit has any more."""
        for unit in set(self._units()) - self._seen:
            record = self.record(unit)
            self._dropped.update(record.files if record else ())
            self._path(unit).unlink(missing_ok=True)
            self._records[unit] = None
        doubtful = self._dropped - self._claimed
        if doubtful:
            # A unit that was not made now may own one of them: a paper that moved to another day, say.
            for unit in self._units():
                record = self.record(unit)
                doubtful -= (record.files if record else {}).keys()
        for path in doubtful:
            target = self.folder / path
            with suppress(FileNotFoundError):
                target.unlink()
                self.removed += 1
            parent = target.parent
            while parent != self.folder and not any(parent.iterdir()):
                parent.rmdir()
                parent = parent.parent

    def current(self) -> Iterator[tuple[str, list[str]]]:
        """The units that this build has named so far, each with its files."""
        for unit in sorted(self._seen):
            record = self.record(unit)
            yield unit, sorted(record.files if record else ())

    def _path(self, unit: str) -> Path:
        return self.folder / PRIVATE / UNITS / f"{unit}.json"

    def _units(self) -> list[str]:
        root = self.folder / PRIVATE / UNITS
        return sorted(path.relative_to(root).as_posix().removesuffix(".json") for path in root.rglob("*.json"))


_RECORD = msgspec.json.Decoder(UnitRecord)


def _is_file(folder: Path, path: str) -> bool:
    """Whether a file of the site is there; asked of each in every build, so without making a Path of it."""
    return os.path.isfile(f"{folder}/{path}")  # noqa: PTH113


def put(target: Path, data: bytes, beside: Path | None = None) -> None:
    """Moves a file with these bytes over `target`: a reader sees the old one or the new one.

    It is written in the folder `beside`, of the same disk, where one is given, else in that of `target`. Not flushed to
    the disk one by one, as the lake's files are: a site has a hundred thousand of them and can be made again.
    Raises StorageError where it cannot be written.
    """
    temporary = (beside or target.parent) / f"{TEMPORARY_PREFIX}{uuid.uuid4().hex}"
    try:
        try:
            temporary.write_bytes(data)
        except FileNotFoundError:
            temporary.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(data)
        try:
            temporary.replace(target)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(target)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise storage_error(error, target) from error
