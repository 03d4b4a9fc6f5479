"""A block of a snapshot's lines as a frame of entries, many lines at a time.

Belongs here: reading lines by the thousand with the same result as `snapshot_records.entry_of` has line by
line, and what a line that says nothing of its own day takes from its neighbours. Lines that are not quite
ordinary, and those around them, go to `entry_of`, which is where the rules stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec
import polars as pl

from assets.calendar.id_columns import id_columns
from assets.collector import collector_paused
from assets.errors import InputError
from assets.listings.snapshot_lines import BYTE_ORDER_MARK, Place, blocks
from assets.listings.snapshot_records import (
    HEADS,
    announced_of,
    created_first,
    entry_of,
    month_of,
    not_a_snapshot,
    other_kind,
    parse_time,
)
from assets.listings.times import mail_times
from assets.warehouse.table import UTC_TIME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from assets.listings.snapshot_lines import Block
    from assets.listings.snapshot_records import Entry, Head

ENTRIES = pl.Schema(
    {
        "line": pl.Int64(),
        "month": pl.String(),
        "paper_id": pl.String(),
        "submitted_at": UTC_TIME,
        "announced": pl.Date(),
        "misdated": pl.Date(),
        "reason": pl.String(),
        "follows": pl.Int64(),
        "text": pl.String(),
        "start": pl.Int64(),
        "size": pl.Int64(),
    }
)
"""Entries as a frame: the fields of `Entry`, and where the line stands in the file's text, its end left out.

`text` is NULL where it is the line as it stands there; `with_lines` fills it in.
"""

FEW_BYTES = 1 << 16
"""Text among which an odd line is not looked for any longer: all of it is read slowly."""

TRIED_RECORDS = 1000
"""Records after which a file without a single usable one is refused."""


class Anchor(NamedTuple):
    """An entry by whose day others are placed that say nothing of their own."""

    line: int
    month: str


def read_entries(path: Path, file: str) -> pl.DataFrame:
    """All entries of a file that is small enough for memory (a frame of `ENTRIES`), in order.

    `file` is its name for errors. Raises InputError for a file that cannot be read to its end, is not
    JSON Lines or not in the snapshot's layout.
    """
    frames = []
    anchor: Anchor | None = None
    for block in blocks(path):
        entries = following(entries_of(block, file), anchor)
        anchor = last_anchor(entries) or anchor
        frames.append(with_lines(entries, texts_of(entries, block.part)))
    return pl.concat(frames)


def entries_of(block: Block, file: str) -> pl.DataFrame:
    """The entries of a block (a frame of `ENTRIES`), in order; blank lines are passed over.

    What says nothing of its day follows an entry of the same block, or stays without `month` where the
    block has none before it; see `following`. Raises InputError for the first block of a file that is
    not JSON Lines or not in the snapshot's layout, and for the last one of a file that ends in the
    middle of a line; `file` is its name for errors.
    """
    first = block.place.blocks == 0
    skipped = len(BYTE_ORDER_MARK) if first and block.data.startswith(BYTE_ORDER_MARK) else 0
    begin = Place(0, block.place.characters + skipped, block.place.lines)
    lines = block.data[skipped:]
    if first:
        _refuse_other_files(begin, lines, file)
    frames = list(_read(begin, lines, file))
    entries = following(pl.concat([pl.DataFrame(schema=ENTRIES), *frames], rechunk=True), None)
    return following(entries, first_anchor(entries)) if first else entries


def following(entries: pl.DataFrame, anchor: Anchor | None) -> pl.DataFrame:
    """Entries of which those without a month follow the last anchor before them; the first ones, `anchor`."""
    lost = entries["month"] == ""
    if not lost.any():
        return entries
    anchored = _is_anchor(entries)
    line = pl.when(anchored).then("line").forward_fill()
    month = pl.when(anchored).then("month").forward_fill()
    if anchor is not None:
        line, month = line.fill_null(anchor.line), month.fill_null(anchor.month)
    return entries.with_columns(
        pl.when(lost).then(line).otherwise("follows").alias("follows"),
        pl.when(lost).then(month.fill_null("")).otherwise("month").alias("month"),
    )


def texts_of(entries: pl.DataFrame, read: Callable[[int, int], bytes]) -> list[bytes]:
    """The lines of those entries whose text is the line as it stands in the file, which `read` reads."""
    lines = entries if entries["text"].null_count() == entries.height else entries.filter(pl.col("text").is_null())
    starts, sizes = lines["start"], lines["size"]
    if not len(starts):
        return []
    # Lines that follow each other are read at once.
    gaps = (starts[1:] != starts[:-1] + sizes[:-1] + 1).arg_true() + 1
    begins = [0, *gaps]
    found = []
    for begin, end in zip(begins, [*begins[1:], len(starts)], strict=True):
        first, last = starts[begin], starts[end - 1] + sizes[end - 1]
        found += read(first, last - first).split(b"\n")
    return found


def with_lines(entries: pl.DataFrame, lines: Sequence[bytes]) -> pl.DataFrame:
    """Entries with the text of every line, from what `texts_of` gave for them. Raises ValueError for anything else."""
    missing = entries["text"].is_null()
    if not missing.any():
        return entries
    if len(lines) != missing.sum():
        raise ValueError("the lines are not those that were read before")
    try:
        texts = pl.Series(lines, dtype=pl.Binary()).cast(pl.String)
    except pl.exceptions.ComputeError:
        raise ValueError("the lines are not those that were read before") from None
    if len(texts) == entries.height:
        return entries.with_columns(texts.alias("text"))
    return entries.with_columns(entries["text"].scatter(missing.arg_true(), texts))


def first_anchor(entries: pl.DataFrame) -> Anchor | None:
    """The first entry that others may follow."""
    found = entries.select("line", "month").filter(_is_anchor(entries)).head(1)
    return Anchor(*found.row(0)) if found.height else None


def last_anchor(entries: pl.DataFrame) -> Anchor | None:
    """The last entry that others may follow."""
    found = entries.select("line", "month").filter(_is_anchor(entries)).tail(1)
    return Anchor(*found.row(0)) if found.height else None


def _is_anchor(entries: pl.DataFrame) -> pl.Series:
    return entries["reason"].is_null() & entries["follows"].is_null() & (entries["month"] != "")


def _read(begin: Place, lines: bytes, file: str) -> Iterator[pl.DataFrame]:
    """The entries of lines that begin at a place: fast, or by halves, or slowly where they are few."""
    if (entries := _read_fast(begin, lines)) is not None:
        yield entries
        return
    middle = lines.find(b"\n", len(lines) // 2) + 1
    if len(lines) <= FEW_BYTES or not 0 < middle < len(lines):
        yield _read_slowly(begin, lines, file)
        return
    yield from _read(begin, lines[:middle], file)
    yield from _read(
        Place(0, begin.characters + middle, begin.lines + lines.count(b"\n", 0, middle)), lines[middle:], file
    )


class _Line(NamedTuple):
    """A line that is not blank, where it starts, and whether it has an end."""

    number: int
    start: int
    data: bytes
    ended: bool


def _lines(begin: Place, lines: bytes) -> Iterator[_Line]:
    start, number = 0, begin.lines
    while start < len(lines):
        end = lines.find(b"\n", start)
        data = lines[start : end if end >= 0 else len(lines)].removesuffix(b"\r")
        number += 1
        if data and not data.isspace():
            yield _Line(number, begin.characters + start, data, end >= 0)
        start = end + 1 if end >= 0 else len(lines)


def _read_slowly(begin: Place, lines: bytes, file: str) -> pl.DataFrame:
    rows: list[tuple[object, ...]] = []
    for line in _lines(begin, lines):
        entry = entry_of(line.number, line.data)
        if entry.reason is not None and not line.ended:
            raise InputError(f"{file} ends in the middle of line {line.number}: download it again.")
        text = None if entry.reason is None else entry.text
        rows.append((*entry[:-1], text, line.start, len(line.data)))
    return pl.DataFrame(rows, schema=ENTRIES, orient="row")


def _read_fast(begin: Place, lines: bytes) -> pl.DataFrame | None:
    """The entries of lines that are all JSON objects or blank; None for any others."""
    try:
        with collector_paused():
            heads = HEADS.decode_lines(lines)
        lines.decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    split = lines.removesuffix(b"\n").split(b"\n")
    sizes = pl.Series("size", [len(line) for line in split], dtype=pl.Int64())
    starts = (sizes + 1).cum_sum().shift(1, fill_value=0) + begin.characters
    rows = pl.DataFrame({"start": starts, "size": sizes}).with_row_index("line", begin.lines + 1)
    # Objects may run over line ends or share a line; not if each line begins and ends one and all are as many.
    if len(heads) != len(split) or not all(line[:1] == b"{" and line[-1:] == b"}" for line in split):
        split = [line.removesuffix(b"\r") for line in split]
        rows = rows.with_columns(pl.Series("size", [len(line) for line in split], dtype=pl.Int64()))
        bare = [line.strip(b" \t\r") for line in split]
        rows = rows.filter(pl.Series([bool(line) for line in bare]))
        if rows.height != len(heads) or not all(line[:1] == b"{" and line[-1:] == b"}" for line in bare if line):
            return None
    return _columns(rows, heads) if heads else None


def _columns(rows: pl.DataFrame, heads: Sequence[Head]) -> pl.DataFrame:
    ids = id_columns(pl.Series([head.id for head in heads], dtype=pl.String()))
    created = pl.Series([created_first(head.versions) for head in heads], dtype=pl.String())
    announced = [announced_of(head.announced) for head in heads]
    month = pl.format("{}-{}", "year", pl.col("month").cast(pl.String()).str.zfill(2))
    found = rows.select(
        pl.col("line").cast(pl.Int64),
        ids.select(month.alias("month")).to_series(),
        ids["paper_id"],
        mail_times(created, parse_time).alias("submitted_at"),
        pl.Series("announced", [day for day, _ in announced], dtype=pl.Date()),
        pl.Series("misdated", [day for _, day in announced], dtype=pl.Date()),
        pl.lit(None, pl.String()).alias("reason"),
        pl.lit(None, pl.Int64()).alias("follows"),
        pl.lit(None, pl.String()).alias("text"),
        "start",
        "size",
    )
    if not found["paper_id"].has_nulls():
        return found
    nameless = found["paper_id"].is_null().arg_true()
    known = found.select("announced", "submitted_at")[nameless]
    return found.with_columns(found["month"].scatter(nameless, [month_of(*row) for row in known.iter_rows()]))


def _refuse_other_files(begin: Place, lines: bytes, file: str) -> None:
    """Raises InputError where the first entries say nothing of any paper."""
    first: Entry | None = None
    tried: list[Entry] = []
    for line in _lines(begin, lines):
        entry = entry_of(line.number, line.data)
        if entry.reason is None and entry.month:
            return
        first = first or entry
        if entry is first and entry.reason is not None and other_kind(entry):
            break
        if not entry.month:
            tried.append(entry)
            if len(tried) >= TRIED_RECORDS:
                break
        elif not line.ended:
            raise InputError(f"{file} ends in the middle of line {line.number}: download it again.")
    raise not_a_snapshot(file, first, tried)
