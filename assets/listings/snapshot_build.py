"""Making the index of a snapshot: two passes in pieces, each of which is done for good once it is on disk.

The first pass takes the file block by block and sorts each block's entries by the month of their ids, since
that month bounds everything that a paper's day can be told from. The second takes a month or some small ones at
a time, finds the days and writes the Parquet files. Blocks and months are independent of each other, so they
are done on all cores, and a pass that was killed goes on with those that are missing:

- `00012.arrow` holds a block's entries in order of months, and of a compressed file `00012.text` their texts, so
  that nothing has to be decompressed again; `00012.json`, written last, says which rows are of which month;
- `blocks.json` says how many blocks there are, when the first pass is over;
- `2026-01.00.parquet` … hold the entries of January 2026 and maybe of months after it; `2026-01.json`, written
  last, says of which days.

Where blocks begin and end depends on the file's text alone, so what is made does not depend on whether, when and
how often the work was interrupted.
"""

from __future__ import annotations

import datetime as dt
import io
import os
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import msgspec
import polars as pl
import zstandard

from assets.listings.snapshot_columns import Anchor, entries_of, following, last_anchor, texts_of, with_lines
from assets.listings.snapshot_days import place
from assets.listings.snapshot_lines import BLOCK_BYTES, Block, Place, blocks, is_compressed
from assets.listings.workers import each, useful_workers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from assets.listings.snapshot_lines import Progress

ROWS_AT_ONCE = 24_000
"""Entries of small months that are placed at once; a month that has more (none of arXiv's has twice as many) is
placed alone, since its papers tell each other's days."""

ROWS_PER_FILE = 8000
ROWS_PER_GROUP = 1000
"""Rows of a Parquet file, and of each row group in it: about a day, so that reading one skips the others."""

WORTH_WORKERS = 1 << 28
"""Bytes of a file from which on other processes help; below, their start would take longer than the work."""

_BLOCK_COUNT = "blocks.json"

Record = TypeVar("Record")


class DamagedWorkError(Exception):
    """What an earlier run left cannot be read: after a power cut, say."""


class Piece(msgspec.Struct, frozen=True):
    """Some rows of a block's entries, all of one month: number of the block, first row, and how many.

    `text` is where their texts stand in the block's file of texts, begin and end; None where they are in the
    snapshot itself. `anchor` is what they follow, where they say nothing of their month.
    """

    block: int
    first: int
    entries: int
    text: tuple[int, int] | None
    anchor: Anchor | None = None


class Segment(msgspec.Struct, frozen=True):
    """What became of a block: the place behind it, its pieces by month, and its last anchor.

    The month "" stands for entries that follow the last anchor of an earlier block.
    """

    end: Place
    pieces: dict[str, Piece]
    anchor: Anchor | None


class PlacedMonths(msgspec.Struct, frozen=True):
    """What became of some months: for each day its files, and how many records and lines that are none they hold."""

    days: dict[dt.date, list[str]]
    records: int
    broken: int
    broken_files: list[str]


def build(path: Path, building: Path, progress: Progress | None) -> list[PlacedMonths]:
    """Does what is missing of both passes in the folder `building`; the months in order.

    Raises InputError where the file cannot be read, OSError where the folder cannot be written, and
    DamagedWorkError where what was there already cannot be used.
    """
    workers = useful_workers() if path.stat().st_size >= WORTH_WORKERS else 1
    segments = _all_blocks(path, building, progress, workers)
    return _all_months(path, building, _together(_pieces(segments)), workers)


def clear(building: Path) -> None:
    """Removes what only the work needed; the Parquet files stay."""
    for file in building.iterdir():
        if file.suffix != ".parquet":
            file.unlink()


def write_file(path: Path, data: bytes | memoryview, *, durable: bool) -> None:
    """Writes a file whole or not at all; `durable`: it outlives a power cut, too."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    temporary.replace(path)


def spill_block(block: Block, building: Path, file: str, keeps_texts: bool) -> None:
    """First pass: writes a block's entries in order of months, and their texts where the pass `keeps_texts`."""
    entries = entries_of(block, file)
    anchor = last_anchor(entries)
    entries = entries.sort("month", maintain_order=True)
    pieces: dict[str, Piece] = {}
    texts = io.BytesIO()
    counts = entries.group_by("month", maintain_order=True).len()
    first = 0
    for month, count in counts.iter_rows():
        text = None
        if keeps_texts:
            begin = texts.tell()
            lines = b"\n".join(texts_of(entries[first : first + count], block.part))
            texts.write(zstandard.ZstdCompressor(level=-3, write_checksum=True).compress(lines))
            text = (begin, texts.tell())
        pieces[month] = Piece(block.place.blocks, first, count, text)
        first += count
    name = f"{block.place.blocks:05}"
    if keeps_texts:
        write_file(building / f"{name}.text", texts.getbuffer(), durable=False)
    rows = io.BytesIO()
    entries.write_ipc(rows, compression="zstd")
    write_file(building / f"{name}.arrow", rows.getbuffer(), durable=False)
    write_file(building / f"{name}.json", msgspec.json.encode(Segment(block.end, pieces, anchor)), durable=False)


def place_months(name: str, pieces: Sequence[Piece], building: Path, path: Path) -> None:
    """Second pass: gives the entries of whole months their days and writes them in order of day and line."""
    by_block: dict[int, list[Piece]] = {}
    for piece in pieces:
        own = by_block.setdefault(piece.block, [])
        if own and (both := _joined(own[-1], piece)):
            own[-1] = both
        else:
            own.append(piece)
    entries = pl.concat(
        [frame for block in sorted(by_block) for frame in _read_pieces(building, path, by_block[block])]
    )
    placed = place(entries if all(piece.anchor is None for piece in pieces) else entries.sort("line"))
    order = placed.select(pl.arg_sort_by("day", "line")).to_series()
    made = PlacedMonths({}, 0, 0, [])
    records = broken = 0
    for number, start in enumerate(range(0, placed.height, ROWS_PER_FILE)):
        # In one chunk, or the file would depend on how many threads gathered the rows.
        rows = placed[order[start : start + ROWS_PER_FILE]].rechunk()
        file = f"{name}.{number:02}.parquet"
        # Polars reports a full disk without an error number; Python's own write says why.
        buffer = io.BytesIO()
        rows.write_parquet(buffer, compression="zstd", compression_level=1, row_group_size=ROWS_PER_GROUP)
        write_file(building / file, buffer.getbuffer(), durable=True)
        for day in rows["day"].unique(maintain_order=True):
            made.days.setdefault(day, []).append(file)
        if unreadable := rows["reason"].count():
            made.broken_files.append(file)
        records += rows.height - unreadable
        broken += unreadable
    made = msgspec.structs.replace(made, records=records, broken=broken)
    write_file(building / f"{name}.json", msgspec.json.encode(made), durable=False)


def _all_blocks(path: Path, building: Path, progress: Progress | None, workers: int) -> list[Segment]:
    """First pass; what is there already is passed over."""
    done = {
        int(file.stem): segment
        for file in building.glob("[0-9][0-9][0-9][0-9][0-9].json")
        if (segment := _load(file, Segment)) is not None
    }
    count = _load(building / _BLOCK_COUNT, int)
    if count is None:
        behind = Place()
        while behind.blocks in done:
            behind = done[behind.blocks].end
        count, keeps_texts = behind.blocks, is_compressed(path)

        def missing() -> Iterator[tuple[object, ...]]:
            nonlocal count
            for block in blocks(path, progress, behind, BLOCK_BYTES):
                count = block.end.blocks
                if block.place.blocks not in done:
                    yield block, building, str(path), keeps_texts

        for _ in each(spill_block, missing(), workers):
            pass
        write_file(building / _BLOCK_COUNT, msgspec.json.encode(count), durable=False)
    segments = [_load(building / f"{number:05}.json", Segment) for number in range(count)]
    if None in segments:
        raise DamagedWorkError
    return [segment for segment in segments if segment is not None]


def _pieces(segments: Sequence[Segment]) -> dict[str, list[Piece]]:
    """Month → the pieces of its entries, in order of their lines."""
    found: dict[str, list[Piece]] = {}
    anchor: Anchor | None = None
    for segment in segments:
        for month, piece in segment.pieces.items():
            if month:
                found.setdefault(month, []).append(piece)
            elif anchor is not None:
                lost = msgspec.structs.replace(piece, anchor=anchor)
                found.setdefault(anchor.month, []).append(lost)
        anchor = segment.anchor or anchor
    return dict(sorted(found.items()))


def _together(months: Mapping[str, Sequence[Piece]]) -> dict[str, list[Piece]]:
    """Pieces of as many consecutive months as are placed at once, by the name of the first."""
    found: dict[str, list[Piece]] = {}
    name, total = "", 0
    for month, pieces in months.items():
        entries = sum(piece.entries for piece in pieces)
        if not name or total + entries > ROWS_AT_ONCE:
            name, total = month, 0
        found.setdefault(name, []).extend(pieces)
        total += entries
    return found


def _all_months(path: Path, building: Path, pieces: Mapping[str, Sequence[Piece]], workers: int) -> list[PlacedMonths]:
    """Second pass; what is there already is passed over."""
    missing = [name for name in pieces if _load(building / f"{name}.json", PlacedMonths) is None]
    for _ in each(place_months, ((name, pieces[name], building, path) for name in missing), workers):
        pass
    made = [_load(building / f"{name}.json", PlacedMonths) for name in pieces]
    return [one for one in made if one is not None]


def _joined(piece: Piece, other: Piece) -> Piece | None:
    """Two pieces of a block as one that is read at once; None where they do not follow each other."""
    alike = all(one.text is None and one.anchor is None for one in (piece, other))
    if not alike or piece.first + piece.entries != other.first:
        return None
    return msgspec.structs.replace(piece, entries=piece.entries + other.entries)


def _read_pieces(building: Path, path: Path, pieces: Sequence[Piece]) -> Iterator[pl.DataFrame]:
    """Pieces of one block, with their texts."""
    name = building / f"{pieces[0].block:05}"
    try:
        entries = pl.read_ipc(name.with_suffix(".arrow").read_bytes())
        with (path if pieces[0].text is None else name.with_suffix(".text")).open("rb", buffering=0) as file:
            for piece in pieces:
                rows = entries[piece.first : piece.first + piece.entries]
                if piece.text is None:
                    rows = with_lines(rows, texts_of(rows, partial(_read_at, file)))
                else:
                    packed = _read_at(file, piece.text[0], piece.text[1] - piece.text[0])
                    rows = with_lines(rows, zstandard.decompress(packed).split(b"\n"))
                yield following(rows, piece.anchor)
    except (FileNotFoundError, ValueError, zstandard.ZstdError, pl.exceptions.PolarsError) as error:
        raise DamagedWorkError from error


def _read_at(file: io.FileIO, start: int, size: int) -> bytes:
    file.seek(start)
    return file.read(size)


def _load(file: Path, kind: type[Record]) -> Record | None:
    """A record of work that is done; None where there is none that can be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
