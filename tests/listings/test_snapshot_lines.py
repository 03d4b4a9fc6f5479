"""Reading a file to its end, or saying in one sentence why that cannot be done."""

from __future__ import annotations

import gzip
import os
from functools import cache
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import InputError
from assets.listings.snapshot_lines import LONGEST_LINE, STEP_BYTES, Place, blocks

# Random letters, so that compressed forms are longer than one step of reading.
TEXT = b"\n".join(os.urandom(400).hex().encode() for _ in range(1200)) + b"\n"


def text_of(path: Path, size: int = 10_000) -> bytes:
    return b"".join(block.data for block in blocks(path, size=size))


@cache
def compressed_forms() -> dict[str, bytes]:
    half = TEXT.index(b"\n", len(TEXT) // 2) - 7
    zstd = zstandard.ZstdCompressor(write_checksum=True)
    return {
        "plain": TEXT,
        "gzip": gzip.compress(TEXT),
        "gzip in two members, padded with zeros": gzip.compress(TEXT[:half]) + gzip.compress(TEXT[half:]) + b"\0" * 512,
        "Zstandard": zstd.compress(TEXT),
        "Zstandard in two frames": zstd.compress(TEXT[:half]) + zstd.compress(TEXT[half:]),
        "Zstandard after a skippable frame": b"\x50\x2a\x4d\x18\x04\0\0\0note" + zstd.compress(TEXT),
    }


@pytest.mark.parametrize("form", compressed_forms())
def test_the_compression_is_told_from_the_content_not_from_the_name(tmp_path: Path, form: str) -> None:
    path = tmp_path / "listing.txt"
    path.write_bytes(compressed_forms()[form])
    assert path.stat().st_size > STEP_BYTES
    assert text_of(path) == TEXT


@pytest.mark.parametrize(
    "form", ["gzip", "gzip in two members, padded with zeros", "Zstandard", "Zstandard in two frames"]
)
@pytest.mark.parametrize("cut", [0.999, 0.7, 0.2])
def test_cut_off_compressed_data_is_refused_after_the_lines_that_it_holds(
    tmp_path: Path, form: str, cut: float
) -> None:
    path = tmp_path / "listing"
    data = compressed_forms()[form].rstrip(b"\0")
    path.write_bytes(data[: int(len(data) * cut)])
    with pytest.raises(
        InputError, match=r"ends in the middle of compressed data after line \d+: download it again"
    ) as error:
        text_of(path)
    assert str(path) in str(error.value)
    line = int(str(error.value).partition("after line ")[2].partition(":")[0])
    assert abs(line - 1200 * cut) < 400


@pytest.mark.parametrize("form", ["gzip", "Zstandard"])
def test_corrupt_compressed_data_is_refused(tmp_path: Path, form: str) -> None:
    path = tmp_path / "listing"
    data = bytearray(compressed_forms()[form])
    middle = len(data) // 2
    data[middle : middle + 4000] = bytes(4000)
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"corrupt compressed data after line \d+"):
        text_of(path)


def test_a_missing_file_a_folder_and_an_empty_file_are_refused_by_name(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    for path, said in ((tmp_path / "none", "does not exist"), (tmp_path, "is a folder"), (empty, "is empty")):
        with pytest.raises(InputError, match=said) as error:
            text_of(path)
        assert str(path) in str(error.value)


def test_a_compressed_nothing_is_empty_too(tmp_path: Path) -> None:
    for data in (gzip.compress(b""), zstandard.compress(b"")):
        (tmp_path / "x").write_bytes(data)
        with pytest.raises(InputError, match="is empty"):
            text_of(tmp_path / "x")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "closed"
    path.write_bytes(TEXT)
    path.chmod(0)
    with pytest.raises(InputError, match="may not be read"):
        text_of(path)


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "endless"
    with path.open("wb") as file:
        file.write(b"{}\n")
        file.truncate(LONGEST_LINE * 2)
    with pytest.raises(InputError, match=r"line 2 of .* is longer than 64 MiB"):
        text_of(path)


def test_a_block_holds_whole_lines_and_only_the_last_may_lack_its_end(tmp_path: Path) -> None:
    path = tmp_path / "listing"
    path.write_bytes(b"one\r\n\r\n" + b"x" * 30 + b"\nfour\nfive")
    found = list(blocks(path, size=12))
    assert [block.data for block in found] == [b"one\r\n\r\n", b"x" * 30 + b"\n", b"four\nfive"]
    assert [block.place for block in found] == [Place(0, 0, 0), Place(1, 7, 2), Place(2, 38, 3)]
    assert found[-1].end == Place(3, 47, 5)
    assert found[1].part(10, 4) == b"xxxx"


@pytest.mark.parametrize("form", compressed_forms())
def test_reading_goes_on_behind_any_block_as_if_it_had_not_stopped(tmp_path: Path, form: str) -> None:
    path = tmp_path / "listing"
    path.write_bytes(compressed_forms()[form])
    whole = list(blocks(path, size=100_000))
    assert len(whole) > 8
    for count in (0, 1, 5, len(whole) - 1):
        assert list(blocks(path, behind=whole[count].end, size=100_000)) == whole[count + 1 :]


def test_progress_ends_with_all_bytes_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "listing"
    path.write_bytes(TEXT)
    calls: list[tuple[int, int]] = []
    list(blocks(path, lambda done, of: calls.append((done, of))))
    assert calls == sorted(calls)
    assert len(calls) > 1
    assert calls[-1] == (len(TEXT), len(TEXT))


@given(content=st.lists(st.binary(max_size=60), min_size=1), size=st.integers(1, 200))
def test_blocks_hold_the_text_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, content: list[bytes], size: int
) -> None:
    path = tmp_path_factory.mktemp("lines") / "listing"
    text = b"\n".join(content)
    if not text or text.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")) or text[1:4] == b"\x2a\x4d\x18":
        return
    path.write_bytes(text)
    found = list(blocks(path, size=size))
    assert b"".join(block.data for block in found) == text
    assert all(block.data.endswith(b"\n") for block in found[:-1])
    assert all(len(block.data) <= size or block.data.count(b"\n") <= 1 for block in found)
    assert [block.end for block in found[:-1]] == [block.place for block in found[1:]]
    assert found[-1].end.lines == text.count(b"\n") + (not text.endswith(b"\n"))
