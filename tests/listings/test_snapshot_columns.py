"""Lines that are read by the thousand say what each says when it is read alone."""

from __future__ import annotations

import json
import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import InputError
from assets.listings import snapshot_columns
from assets.listings.snapshot_columns import ENTRIES, entries_of, read_entries, texts_of, with_lines
from assets.listings.snapshot_lines import Block, Place
from assets.listings.snapshot_records import Entry, entry_of, parse_time
from assets.listings.times import mail_times
from tests.listings.corpus import record, submitted

GOOD = json.dumps(record("2503.00001", submitted(3)))
ODD = [
    "", "  ", "\t", "\r", "x", "{", "[1]", "null", '"text"', "{}{}", "{} {}", "{}", '{"id": "2503.00002"}', '{"id":',
    GOOD + GOOD, f" {GOOD} ", f"{GOOD}\r", GOOD[:-30], GOOD.replace("2503.00001", "hep-th/9901001v2"),
    GOOD.replace('"id"', '"other"'), GOOD.replace('"v1"', '"1"'), GOOD.replace("GMT", "+0000"),
    GOOD.replace("Mon, 03 Mar", "Fri, 33 Mar"), GOOD.replace('"versions"', '"versions": 1, "x"'),
    GOOD[:-1] + ', "announced": "2025-03-06"}', GOOD[:-1] + ', "announced": "2025-03-08"}', GOOD[:-1] + ', "id": 7}',
    GOOD.replace("matter", "mätter 論文 😀"), '"2503.00001"}', '{"a":[{}', ',{}]}',
    '{"versions": [{"version": "v1", "created": "2025-03-04T10:00:00Z"}]}',
]  # fmt: skip
LINE = st.one_of(st.just(GOOD.encode()), st.sampled_from(ODD).map(str.encode), st.binary(max_size=12))
LINES = st.lists(LINE, max_size=12).map(lambda found: [part for line in found for part in line.split(b"\n")])


def alone(lines: list[bytes]) -> list[Entry]:
    """The entries of lines, read one by one; what has no month follows the last entry that has one."""
    found: list[Entry] = []
    anchor: Entry | None = None
    for number, line in enumerate(lines, 1):
        data = line.removesuffix(b"\r")
        if not data or data.isspace():
            continue
        entry = entry_of(number, data)
        if not entry.month and anchor is not None:
            entry = entry._replace(month=anchor.month, follows=anchor.line)
        elif entry.month and entry.reason is None:
            anchor = entry
        found.append(entry)
    return found


def together(text: bytes, place: Place) -> list[Entry]:
    block = Block(place, Place(place.blocks + 1, place.characters + len(text), 0), text)
    entries = entries_of(block, "file")
    assert entries.schema == ENTRIES
    filled = with_lines(entries, texts_of(entries, block.part))
    return [Entry(*row) for row in filled.drop("start", "size").iter_rows()]


@given(lines=LINES, few=st.sampled_from([1, 1000]))
@settings(max_examples=80, deadline=None)
def test_a_block_of_any_lines_is_read_as_its_lines_are(lines: list[bytes], few: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot_columns, "FEW_BYTES", few)
        text = b"".join(line + b"\n" for line in lines)
        assert together(text, Place(1, 5000, 0)) == alone(lines)
        first = [GOOD.encode(), *lines]
        for mark in (b"", b"\xef\xbb\xbf"):
            assert together(mark + GOOD.encode() + b"\n" + text, Place()) == alone(first)


def test_what_precedes_the_first_anchor_of_the_file_follows_it() -> None:
    found = together(b'x\n{"title": "T"}\n' + GOOD.encode() + b"\n", Place())
    assert [(entry.line, entry.follows, entry.month) for entry in found] == [
        (1, 3, "2025-03"),
        (2, 3, "2025-03"),
        (3, None, "2025-03"),
    ]


def test_what_has_no_anchor_in_its_block_follows_one_of_an_earlier_block(tmp_path: Path) -> None:
    path = tmp_path / "listing"
    long = json.dumps(record("2503.00001", submitted(3), abstract="x" * 16_000_000))
    path.write_text(f"{long}\n{long}\n{'{}'}\ntorn\n")
    found = read_entries(path, "file")
    assert found["follows"].to_list() == [None, None, 2, 2]
    assert found["text"].to_list()[2:] == ["{}", "torn"]


@pytest.mark.parametrize("torn", [b'{"id": "2503.00002", "tit', b"\xff", b"{}{}"])
def test_a_last_line_without_end_that_is_no_record_refuses_the_file(torn: bytes) -> None:
    with pytest.raises(InputError, match="file ends in the middle of line 2: download it again"):
        together(GOOD.encode() + b"\n" + torn, Place())
    assert together(GOOD.encode() + b"\n" + GOOD.encode(), Place())[1].line == 2


def test_lines_that_changed_meanwhile_are_not_taken_for_those_that_were_read() -> None:
    text = GOOD.encode() + b"\n"
    entries = entries_of(Block(Place(), Place(1, len(text), 1), text), "file")
    with pytest.raises(ValueError, match="not those that were read before"):
        with_lines(entries, [b"one", b"two"])
    with pytest.raises(ValueError, match="not those that were read before"):
        with_lines(entries, [b"\xff"])


def test_what_is_no_utf8_never_becomes_a_good_record() -> None:
    for odd in (b"\xa3", b"\\\xa3", b"\\\\\xa3"):
        entry = entry_of(1, GOOD.encode().replace(b"matter", odd))
        assert entry.reason is not None
        assert "UTF-8" in entry.reason
        with pytest.raises(json.JSONDecodeError):
            json.loads(entry.text)


TIMES = ["Mon, 2 Apr 2007 19:18:42 GMT", "Mon, 02 Apr 2007 19:18:42 GMT", "2007-04-02T19:18:42Z", "2007-04-02T19:18:42"]
TIMES += ["Xyz, 2 Apr 2007 19:18:42 GMT", "Mon, 31 Feb 2007 19:18:42 GMT", "Mon, 2 Apr 2007 23:59:60 GMT", "2 Apr 2007"]
TIMES += ["Mon, 2 april 2007 19:18:42 GMT", "Mon,  2 Apr 2007 19:18:42 UTC", "Mon, 2 Apr 2007 24:00:00 GMT", ""]


@given(seed=st.integers(0, 1 << 32))
@settings(max_examples=60, deadline=None)
def test_a_column_of_times_is_read_as_each_time_is(seed: int) -> None:
    draw = random.Random(seed)
    texts: list[str | None] = [None]
    for _ in range(30):
        text = list(draw.choice(TIMES))
        for _ in range(draw.randrange(3) if text else 0):
            text[draw.randrange(len(text))] = draw.choice("0123456789: ,-JMAaGTZ٣")
        texts.append("".join(text))
    found = mail_times(pl.Series(texts, dtype=pl.String()), parse_time)
    assert found.to_list() == [None if text is None else parse_time(text) for text in texts]
