"""Recorded and emulated answers, broken in any way: a sentence or a rejected row, never a crash or a hang."""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from assets.errors import AlmanacError
from assets.listings.api import ApiSource
from assets.listings.feed_items import read_feed
from assets.listings.oai import OaiSource
from assets.listings.oai_records import check_answer, read_page
from assets.listings.rss import RssSource
from assets.listings.safe_xml import BrokenXmlError
from assets.listings.snapshot import SnapshotSource
from assets.listings.source import DayListing, ListingSource
from assets.papers.record import read_record
from tests.emulators.arxiv.papers import papers_of
from tests.emulators.arxiv.server import Emulator
from tests.listings.corpus import REAL_DATA
from tests.listings.emulated import FOLLOWED, WORLD, noon_of, quick_pace

RAW = REAL_DATA / "raw"
DAY = WORLD.days[12]
SECONDS = 2.0
"""For each loop: as many seeds as the time allows, at least FEWEST."""
FEWEST = 12

SWAPS = [b"<", b">", b"&", b"&amp;", b'"', b"]]>", b"<!--", b"\x00", b"\xff\xfe", b"{", b"}", b"[", b"\\u0000", b"null"]
SWAPS += [b"-1", b"1e999", b"9" * 400, b"\n", b"\xe2\x80\xa8", b"<entry>", b"</entry>", b"<record/>", b"xmlns:x=''"]


def broken(text: bytes, draw: random.Random) -> bytes:
    """A text with one to six faults: bytes changed, pieces cut out, doubled, moved or swapped for other markup."""
    for _ in range(draw.randrange(1, 7)):
        place, length = draw.randrange(len(text) + 1), min(len(text), draw.choice((1, 3, 40, 1000)))
        match draw.randrange(6):
            case 0:
                text = text[:place]
            case 1:
                text = text[:place] + text[place + length :]
            case 2:
                text = text[:place] + text[place : place + length] * draw.choice((2, 50)) + text[place + length :]
            case 3:
                other = draw.randrange(len(text) + 1)
                text = text[:place] + text[other : other + length] + text[place:]
            case 4:
                text = text[:place] + draw.choice(SWAPS) + text[place:]
            case _:
                text = text[:place] + bytes(draw.randrange(256) for _ in range(3)) + text[place + 3 :]
    return text


def seeds() -> Iterator[int]:
    end = time.monotonic() + SECONDS
    for seed in range(100_000):
        if seed >= FEWEST and time.monotonic() > end:
            return
        yield seed


@cache
def recorded(*patterns: str) -> list[bytes]:
    return [path.read_bytes()[:60_000] for pattern in patterns for path in sorted(RAW.glob(pattern)) if path.is_file()]


class Breaking(Emulator):
    """The emulated arXiv whose answers are broken by a seed; None leaves them whole."""

    draw: random.Random | None = None
    instead: bytes | None = None

    def _answer(
        self, request: Request, at: float, service: str, status: int, body: bytes, fault: str | None, kind: str
    ) -> Response:
        if self.draw is not None:
            body = broken(self.instead or body, self.draw)
        return super()._answer(request, at, service, status, body, fault, kind)


@pytest.fixture(scope="module")
def breaking() -> Iterator[Breaking]:
    with Breaking(papers_of(WORLD.records), noon_of(DAY), page_size=40) as emulator:
        yield emulator


SOURCES: dict[str, tuple[Callable[[Breaking, Path], ListingSource], list[bytes]]] = {
    "api": (
        lambda emulator, folder: ApiSource(emulator.api_url, quick_pace(folder)),
        recorded("atom_api/unwrapped/*", "atom_api/*.xml"),
    ),
    "oai": (
        lambda emulator, folder: OaiSource(folder, emulator.oai_url, quick_pace(folder), now=emulator.world.now),
        recorded("oai_pmh/arXivRaw/*", "oai_pmh/arXiv/*", "oai_pmh/oai_dc/*"),
    ),
    "rss": (lambda emulator, folder: RssSource(emulator.rss_url, folder, quick_pace(folder)), recorded("rss/*")),
}


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_source_whose_server_answers_nonsense_gives_a_listing_or_a_sentence(
    breaking: Breaking, tmp_path: Path, name: str
) -> None:
    make, samples = SOURCES[name]
    sentences = []
    for seed in seeds():
        breaking.draw = random.Random(f"{name} {seed}")
        breaking.instead = breaking.draw.choice(samples) if samples and breaking.draw.random() < 0.3 else None
        try:
            listing = make(breaking, tmp_path / f"{seed}").listing(DAY, FOLLOWED)
        except AlmanacError as error:
            sentences.append(str(error))
            continue
        _is_sound(listing)
    assert sentences
    assert not any("\n" in sentence for sentence in sentences)
    breaking.draw = None
    assert make(breaking, tmp_path / "whole").listing(DAY, FOLLOWED).records


def _is_sound(listing: DayListing) -> None:
    """Each record can go on: it is read, or it is rejected with a reason."""
    for one in listing.records:
        assert isinstance(one.record, str)
        record, problems = read_record(one.record)
        assert record is not None or problems


@pytest.mark.parametrize(
    ("read", "patterns"),
    [
        (check_answer, ("oai_pmh/*/*",)),
        (read_page, ("oai_pmh/*/*",)),
        (read_feed, ("rss/*",)),
    ],
    ids=["check of OAI-PMH", "page of OAI-PMH", "feed"],
)
def test_broken_recordings_are_read_or_refused(read: Callable[[bytes], object], patterns: tuple[str, ...]) -> None:
    samples = recorded(*patterns)
    if not samples:
        pytest.skip("the recorded answers are not beside this checkout")
    reasons = []
    for seed in seeds():
        draw = random.Random(seed)
        body = broken(draw.choice(samples), draw)
        began = time.monotonic()
        try:
            read(body)
        except BrokenXmlError as error:
            reasons.append(str(error))
        assert time.monotonic() - began < 20
    assert all(reasons)


def test_a_snapshot_of_broken_lines_loses_none(tmp_path: Path) -> None:
    lines = [json.dumps(record).encode() for record, _ in WORLD.records[:60]]
    lines += [line for text in recorded("kaggle_snapshot/*.jsonl") for line in text.splitlines()[:40]]
    for seed in seeds():
        draw = random.Random(seed)
        chosen = [draw.choice(lines) for _ in range(30)]
        texts = [broken(line, draw) if draw.random() < 0.5 else line for line in chosen]
        path = tmp_path / f"{seed}.jsonl"
        path.write_bytes(b"\n".join([lines[0], *texts]) + b"\n")
        source = SnapshotSource(path, tmp_path / "index")
        kept = [one for day in source.days() for one in source.listing(day, None).records]
        written = [line.removesuffix(b"\r") for line in path.read_bytes().split(b"\n")]
        assert len(kept) == sum(bool(line.strip(b" \t\r\n\x0b\x0c")) for line in written)
        places = [int(one.source_ref.rpartition(":")[2]) for one in kept]
        assert len(set(places)) == len(places)
        for one, place in zip(kept, places, strict=True):
            assert one.record.encode() == written[place - 1] or read_record(one.record)[1]
            assert read_record(one.record)[0] is not None or read_record(one.record)[1]


def test_a_broken_snapshot_file_is_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    text = b"".join(json.dumps(record).encode() + b"\n" for record, _ in WORLD.records[:60])
    forms = [text, gzip.compress(text)]
    sentences = []
    for seed in seeds():
        draw = random.Random(seed)
        path = tmp_path / f"{seed}"
        path.write_bytes(broken(draw.choice(forms), draw))
        try:
            source = SnapshotSource(path, tmp_path / "index")
            for day in source.days():
                _is_sound(source.listing(day, None))
        except AlmanacError as error:
            sentences.append(str(error))
    assert sentences
    assert not any("\n" in sentence for sentence in sentences)
