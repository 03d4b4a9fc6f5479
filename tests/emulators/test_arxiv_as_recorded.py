"""The emulated arXiv's answers against the recorded ones: the same elements, attributes, namespaces and texts."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from lxml import etree  # type: ignore[import-untyped]

from assets.calendar.days import announced_at, day_of_submission
from assets.listings.oai_records import OAI, RAW, read_page
from assets.listings.snapshot_records import parse_time
from tests.emulators.arxiv import api, feeds
from tests.emulators.arxiv.oai import OaiService
from tests.emulators.arxiv.papers import papers_of
from tests.emulators.arxiv.world import World
from tests.listings.corpus import NO_REAL_DATA, REAL_DATA
from tests.listings.emulated import WORLD, noon_of

RECORDED = REAL_DATA / "raw"
recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason=NO_REAL_DATA)

ATOM = "{http://www.w3.org/2005/Atom}"
ARXIV = "{http://arxiv.org/schemas/atom}"
DC = "{http://purl.org/dc/elements/1.1/}"


def shape(element: Any, ignoring: tuple[str, ...] = ()) -> Any:
    """An element as nested tuples: tag, attributes, text, children; of ignored tags, only that they are there."""
    if element.tag in ignoring:
        return (element.tag,)
    text = (element.text or "") if not len(element) else ""
    return (element.tag, tuple(sorted(element.attrib.items())), text, tuple(shape(one, ignoring) for one in element))


def world_of(record: dict[str, Any]) -> World:
    first = parse_time(record["versions"][0]["created"])
    assert first is not None
    return World(papers_of([(record, day_of_submission(first))]), dt.datetime(2026, 6, 1, tzinfo=dt.UTC))


def record_of_entry(entry: Any) -> dict[str, Any]:
    """What a snapshot would say of the paper of a recorded entry of the API."""
    paper_id, _, version = str(entry.findtext(f"{ATOM}id")).partition("/abs/")[2].rpartition("v")
    versions = [{"version": "v1", "created": entry.findtext(f"{ATOM}published")}]
    if version != "1":
        versions.append({"version": f"v{version}", "created": entry.findtext(f"{ATOM}updated")})
    return {
        "id": paper_id,
        "title": entry.findtext(f"{ATOM}title"),
        "abstract": entry.findtext(f"{ATOM}summary"),
        "authors_parsed": [["", name.text, ""] for name in entry.iterfind(f"{ATOM}author/{ATOM}name")],
        "comments": entry.findtext(f"{ARXIV}comment"),
        "journal-ref": entry.findtext(f"{ARXIV}journal_ref"),
        "doi": entry.findtext(f"{ARXIV}doi"),
        "categories": " ".join(code.get("term") for code in entry.iterfind(f"{ATOM}category")),
        "versions": versions,
    }


@recorded
@pytest.mark.parametrize(
    "path", sorted((RECORDED / "atom_api" / "unwrapped").glob("*status*")), ids=lambda one: one.name[:40]
)
def test_the_apis_answer_has_the_form_of_the_recorded_one(path: Path) -> None:
    true = etree.fromstring(path.read_bytes())
    exchange = json.loads((RECORDED / "atom_api" / path.name.replace(".status200.xml", ".json").replace(
        ".status400.xml", ".json")).read_text(encoding="utf-8"))  # fmt: skip
    parameters = dict(httpx2.URL(exchange["url"]).params)
    entries = true.findall(f"{ATOM}entry")
    papers = [] if exchange["status_code"] == 400 else [record_of_entry(entry) for entry in entries]
    days = [day_of_submission(parse_time(one["versions"][0]["created"]) or noon_of(WORLD.days[0])) for one in papers]
    world = World(papers_of(zip(papers, days, strict=True)), dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    status, body = api.answer(world, parameters)
    assert status == exchange["status_code"]
    found = etree.fromstring(body)
    changing = (f"{ATOM}updated",)
    if exchange["status_code"] == 400:
        assert shape(found, changing) == shape(true, changing)
        return
    assert found.nsmap == true.nsmap
    head = [one for one in true if one.tag not in (f"{ATOM}entry", *changing, f"{ATOM}id")]
    for one in head:
        other = found.find(one.tag)
        if "totalResults" not in one.tag:
            assert shape(other) == shape(one)
    assert [one.tag for one in found][: len(head) + 2] == [one.tag for one in true][: len(head) + 2]
    assert re.fullmatch(r"https://arxiv.org/api/[A-Za-z0-9+/]{27}", str(found.findtext(f"{ATOM}id")))
    for entry, paper in zip(entries, papers, strict=True):
        name = str(entry.findtext(f"{ATOM}id")).rpartition("/abs/")[2]
        own = etree.fromstring(api.answer(world_of(paper), {"id_list": name})[1]).find(f"{ATOM}entry")
        assert shape(own) == shape(without_affiliations(entry))


def without_affiliations(entry: Any) -> Any:
    for affiliation in [*entry.iter(f"{ARXIV}affiliation")]:
        affiliation.getparent().remove(affiliation)
    return entry


@recorded
@pytest.mark.parametrize("path", sorted((RECORDED / "oai_pmh" / "arXivRaw").glob("*.xml")), ids=lambda one: one.name)
def test_arxivraw_has_the_form_of_the_recorded_records(path: Path) -> None:
    true = list(etree.fromstring(path.read_bytes()).iter(f"{OAI}record"))[::10]
    page = read_page(path.read_bytes()).records[::10]
    lost = {f"{RAW}{tag}" for tag in ("size", "source_type", "proxy", "msc-class", "acm-class")}
    for one, harvested in zip(true, page, strict=True):
        record = json.loads(harvested.record or "")
        if record["id"] == "0811.36489":
            continue
        service = OaiService(world_of(record))
        query = [("verb", "GetRecord"), ("metadataPrefix", "arXivRaw"), ("identifier", f"oai:arXiv.org:{record['id']}")]
        found = etree.fromstring(service.answer(query, "x")).find(f".//{RAW}arXivRaw")
        wanted = one.find(f".//{RAW}arXivRaw")
        assert found.attrib == wanted.attrib
        shapes = [[shape(part, ()) for part in whole if part.tag not in lost and part.tag != f"{RAW}version"]
                  for whole in (found, wanted)]  # fmt: skip
        assert shapes[0] == shapes[1]
        for mine, theirs in zip(found.iter(f"{RAW}version"), wanted.iter(f"{RAW}version"), strict=True):
            assert mine.attrib == theirs.attrib
            assert parse_time(mine.findtext(f"{RAW}date")) == parse_time(theirs.findtext(f"{RAW}date"))


@recorded
def test_a_list_of_headers_has_the_form_of_the_recorded_one() -> None:
    (exchange,) = json.loads(
        next((RECORDED / "oai_pmh" / "nock").glob("*listidentifiers*")).read_text(encoding="utf-8")
    )
    text = exchange["response"]
    true = etree.fromstring(bytes.fromhex("".join(text)) if isinstance(text, list) else text.encode())
    day = f"{WORLD.days[10]}"
    query = [("verb", "ListIdentifiers"), ("metadataPrefix", "arXiv"), ("from", day), ("until", day)]
    world = World(papers_of(WORLD.records), dt.datetime(2025, 5, 1, tzinfo=dt.UTC))
    found = etree.fromstring(OaiService(world).answer(query, "x"))
    for path in (".", f"{OAI}responseDate", f"{OAI}request", f"{OAI}ListIdentifiers/{OAI}header"):
        mine, theirs = found.find(path), true.find(path)
        assert (mine.tag, sorted(mine.attrib)) == (theirs.tag, sorted(theirs.attrib))
        assert {one.tag for one in mine} == {one.tag for one in theirs}


@recorded
def test_an_empty_weekend_feed_is_the_recorded_one() -> None:
    true = etree.fromstring((RECORDED / "rss" / "rss.arxiv.org_rss_cs_2025-04-27_weekend_empty.xml").read_bytes())
    world = World([], dt.datetime(2025, 4, 27, 12, tzinfo=dt.UTC))
    found = etree.fromstring(feeds.answer(world, "rss", "cs")[1])
    assert found.nsmap == true.nsmap
    assert shape(found, ("skipDays",)) == shape(true, ("skipDays",))


@recorded
def test_an_entry_of_the_atom_feed_is_the_recorded_one() -> None:
    text = (RECORDED / "rss" / "rss.arxiv.org_atom_cs.AI_2025-08-20_trimmed.xml").read_text(encoding="utf-8")
    # Where the abstract was shortened for the recording, the space before the line break went with it.
    true = etree.fromstring(re.sub(r"(Announce Type: [a-z-]+)\n", r"\1 \n", text).encode())
    day = dt.date(2025, 8, 20)
    papers = []
    for entry in true.findall(f"{ATOM}entry"):
        paper_id, _, version = str(entry.findtext(f"{ATOM}id")).removeprefix("oai:arXiv.org:").rpartition("v")
        submitted = announced_at(day) - dt.timedelta(hours=8)
        old = dt.datetime(2025, 1, 15, 12, tzinfo=dt.UTC)
        times = [submitted] if version == "1" else [*[old] * (int(version) - 1), submitted]
        record = {
            "id": paper_id,
            "title": entry.findtext(f"{ATOM}title"),
            "abstract": str(entry.findtext(f"{ATOM}summary")).partition("\nAbstract: ")[2],
            "authors_parsed": [["", str(entry.findtext(f"{DC}creator")), ""]],
            "categories": " ".join(code.get("term") for code in entry.iterfind(f"{ATOM}category")),
            "license": entry.findtext(f"{DC}rights"),
            "doi": entry.findtext(f"{ARXIV}DOI"),
            "journal-ref": entry.findtext(f"{ARXIV}journal_reference"),
            "versions": [
                {"version": f"v{number}", "created": time.isoformat()} for number, time in enumerate(times, start=1)
            ],
        }
        papers.append((record, day if version == "1" else day_of_submission(old)))
    world = World(papers_of(papers), noon_of(day))
    found = etree.fromstring(feeds.answer(world, "atom", "cs.AI")[1])
    assert found.nsmap == true.nsmap
    stamps = (f"{ATOM}updated",)
    mine = {one.findtext(f"{ATOM}id"): one for one in found.findall(f"{ATOM}entry")}
    theirs = {one.findtext(f"{ATOM}id"): one for one in true.findall(f"{ATOM}entry")}
    assert mine.keys() == theirs.keys()
    for key, entry in theirs.items():
        # The order of DOI and journal reference differs between Atom and RSS; a set compares both.
        assert set(shape(mine[key], stamps)[3]) == set(shape(entry, stamps)[3])
    heads = [[shape(one) for one in whole if one.tag not in (*stamps, f"{ATOM}entry")] for whole in (found, true)]
    assert heads[0] == heads[1]
