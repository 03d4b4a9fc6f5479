"""Every answer that arXiv's services were recorded with is read to its end, and nothing broken is read as whole."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import arxiv  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]

from assets.calendar.ids import parse_id
from assets.listings.api_records import found_of
from assets.listings.feed_items import Feed, read_feed
from assets.listings.oai_records import OAI, Page, check_answer, read_page
from assets.listings.safe_xml import BrokenXmlError, parse_xml
from assets.papers.record import read_record
from tests.emulators.arxiv.oai import OaiService
from tests.emulators.arxiv.papers import papers_of
from tests.emulators.arxiv.world import World
from tests.listings.corpus import NO_REAL_DATA, REAL_DATA
from tests.listings.emulated import WORLD, noon_of

RAW = REAL_DATA / "raw"
recorded = pytest.mark.skipif(not RAW.is_dir(), reason=NO_REAL_DATA)


def files(folder: str, pattern: str = "*") -> list[Path]:
    return sorted(path for path in (RAW / folder).glob(pattern) if path.is_file())


def name(path: Path) -> str:
    return path.name[:60]


@recorded
@pytest.mark.parametrize("path", files("oai_pmh/arXivRaw"), ids=name)
def test_recorded_pages_of_arxivraw_are_read_whole(path: Path) -> None:
    body = path.read_bytes()
    check_answer(body)
    page = read_page(body)
    root = parse_xml(body)
    assert len(page.records) == len(root.findall(f".//{OAI}record")) == 1000
    assert page.token == root.findtext(f".//{OAI}resumptionToken")
    for one in page.records:
        record, problems = read_record(one.record or "")
        assert not problems
        assert record is not None
        assert one.versions == tuple(record.versions)
        assert one.paper_id == "0811.36489" or parse_id(one.paper_id) is not None
        assert all(record.texts[field] for field in ("id", "title", "abstract", "authors", "categories"))


@recorded
@pytest.mark.parametrize("path", [*files("oai_pmh/arXiv"), *files("oai_pmh/oai_dc")], ids=name)
def test_recorded_records_of_other_formats_are_kept_as_they_are(path: Path) -> None:
    try:
        page = read_page(path.read_bytes())
    except BrokenXmlError:
        assert b"http://www.openarchives.org/OAI/2.0/" not in path.read_bytes()[:600]
        return
    for one in page.records:
        assert (one.record or "").startswith("<")
        assert one.paper_id in (one.record or "")


@recorded
@pytest.mark.parametrize("path", files("oai_pmh/nock"), ids=name)
def test_recorded_exchanges_are_read_whole(path: Path) -> None:
    for exchange in json.loads(path.read_text(encoding="utf-8")):
        body = exchange["response"]
        if isinstance(body, list):
            body = bytes.fromhex("".join(body)).decode()
        if exchange["status"] == 200:
            check_answer(body.encode())
            assert len(read_page(body.encode()).records) == body.count("<record>")
        else:
            with pytest.raises(BrokenXmlError):
                check_answer(body.encode())


@recorded
@pytest.mark.parametrize("path", files("atom_api/unwrapped"), ids=name)
def test_recorded_answers_of_the_api_become_records(path: Path) -> None:
    body = path.read_bytes()
    if "status400" in path.name:
        assert b"api/errors" in body
        return
    entries = parse_xml(body).findall("{http://www.w3.org/2005/Atom}entry")
    results = arxiv._feed.parse(body).results
    assert len(results) == len(entries)
    for result in results:
        record, problems = read_record(found_of(result, "recorded").record)
        assert not problems
        assert record is not None
        assert all(record.texts[field] for field in ("id", "title", "abstract", "categories"))


@recorded
@pytest.mark.parametrize("path", files("rss"), ids=name)
def test_recorded_feeds_are_read_whole_or_refused(path: Path) -> None:
    body = path.read_bytes()
    if "fragment" in path.name or "RDF" in path.name:
        with pytest.raises(BrokenXmlError):
            read_feed(body)
        return
    feed = read_feed(body)
    assert f"{feed.day}" in path.name
    assert len(feed.items) == body.count(b"<entry>") + body.count(b"<item>")
    for item in feed.items:
        record, problems = read_record(item.record)
        assert not problems
        assert record is not None
        assert item.paper_id == record.texts["id"]
        assert record.versions[0][0] >= 1
        assert not record.texts["abstract"].startswith(("arXiv:", "Abstract"))
        assert all(record.texts[field] for field in ("title", "abstract", "authors", "categories"))


def oai_page() -> bytes:
    world = World(papers_of(WORLD.records[:6]), noon_of(dt.date(2025, 5, 1)))
    return OaiService(world, 4).answer([("verb", "ListRecords"), ("metadataPrefix", "arXivRaw")], "x")


OAI_PAGE = oai_page()
FEED = b"""<?xml version='1.0' encoding='UTF-8'?><rss xmlns:arxiv="http://arxiv.org/schemas/atom" version="2.0">
<channel>
<pubDate>Thu, 18 Sep 2025 00:00:00 -0400</pubDate><item><title>T</title><guid>oai:arXiv.org:2509.00001v1</guid>
<description>arXiv:2509.00001v1 Announce Type: new
Abstract: We invent.</description><category>cs.LG</category></item></channel></rss>"""


@given(cut=st.integers(0, len(OAI_PAGE) - 2))
@settings(max_examples=60, deadline=None)
def test_a_page_cut_off_anywhere_is_refused(cut: int) -> None:
    if OAI_PAGE[:cut].rstrip() == OAI_PAGE.rstrip():
        return
    with pytest.raises(BrokenXmlError):
        check_answer(OAI_PAGE[:cut])
    with pytest.raises(BrokenXmlError):
        read_page(OAI_PAGE[:cut])


@pytest.mark.parametrize("cut", range(0, len(FEED) - 1, 7))
def test_a_feed_cut_off_anywhere_is_refused(cut: int) -> None:
    with pytest.raises(BrokenXmlError):
        read_feed(FEED[:cut])


TAGS = ["record", "header", "identifier", "datestamp", "metadata", "ListRecords", "resumptionToken", "item", "guid"]
TAGS += ["description", "channel", "pubDate", "OAI-PMH", "error", "entry", "rss", "feed"]
TEXTS = st.one_of(
    st.text(max_size=20), st.sampled_from(["2025-03-04", "oai:arXiv.org:2503.00001", "new", "v1", "\ud7ff"])
)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Well-formed XML of the services' own elements, in any order and nesting."""
    namespace = draw(st.sampled_from([OAI, "{http://www.w3.org/2005/Atom}", ""]))

    def element(depth: int) -> etree._Element:
        found = etree.Element(f"{namespace}{draw(st.sampled_from(TAGS))}")
        found.text = "".join(char for char in draw(TEXTS) if char.isprintable())
        for _ in range(draw(st.integers(0, 3)) if depth else 0):
            found.append(element(depth - 1))
        return found

    return bytes(etree.tostring(element(3)))


@given(body=st.one_of(documents(), st.binary(max_size=200)))
@settings(max_examples=150, deadline=None)
def test_any_document_is_read_or_refused(body: bytes) -> None:
    for read in (check_answer, read_page, read_feed):
        try:
            found = read(body)
        except BrokenXmlError:
            continue
        assert found is None or isinstance(found, Page | Feed)


@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_a_page_with_changed_bytes_is_read_or_refused(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from([OAI_PAGE, FEED])))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    for read in (check_answer, read_page, read_feed):
        try:
            found = read(bytes(body))
        except BrokenXmlError:
            continue
        assert not isinstance(found, Page) or all(one.paper_id for one in found.records)


@pytest.mark.parametrize(
    "entities",
    [
        "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "aaaaaaaaaa"}">' for n in range(12)),
        '<!ENTITY e11 SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:1/"> %p; <!ENTITY e11 "x">',
    ],
    ids=["growing", "file", "parameter"],
)
def test_entities_are_refused_and_not_expanded(entities: str) -> None:
    for root in (f'<OAI-PMH xmlns="{OAI[1:-1]}"><error>&e11;</error></OAI-PMH>', "<rss><channel>&e11;</channel></rss>"):
        body = f"<!DOCTYPE x [{entities}]>{root}".encode()
        for read in (check_answer, read_page, read_feed):
            with pytest.raises(BrokenXmlError):
                read(body)


def test_a_list_without_items_is_refused() -> None:
    body = f'<OAI-PMH xmlns="{OAI[1:-1]}"><ListRecords/></OAI-PMH>'.encode()
    with pytest.raises(BrokenXmlError, match="without any record"):
        check_answer(body)


def test_a_record_without_identifier_makes_its_page_unreadable() -> None:
    with pytest.raises(BrokenXmlError, match="no identifier"):
        read_page(OAI_PAGE.replace(b"<identifier>", b"<identity>").replace(b"</identifier>", b"</identity>"))
