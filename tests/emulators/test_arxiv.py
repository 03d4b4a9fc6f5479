"""The emulated arXiv over HTTP: what it answers, by the rules that arXiv documents, and its faults and controls."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from lxml import etree  # type: ignore[import-untyped]

from assets.calendar.days import announced_at
from assets.listings.oai_records import OAI
from assets.listings.snapshot_records import parse_time
from tests.emulators.arxiv import api, feeds
from tests.emulators.arxiv.faults import FAULTS, PASSING, Faults
from tests.emulators.arxiv.papers import load, papers_of
from tests.emulators.arxiv.server import Emulator
from tests.emulators.arxiv.world import World
from tests.listings.emulated import WORLD, noon_of, reset, served

ATOM = "{http://www.w3.org/2005/Atom}"
DAY = WORLD.days[10]


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    with served() as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Emulator:
    reset(running)
    return running


def get(emulator: Emulator, path: str, **parameters: str | int) -> httpx2.Response:
    return client().get(f"{emulator.url}{path}?{urlencode(parameters)}" if parameters else f"{emulator.url}{path}")


@functools.cache
def client() -> httpx2.Client:
    return httpx2.Client()


def atom(emulator: Emulator, **parameters: str | int) -> list[str]:
    feed = etree.fromstring(get(emulator, "/api/query", **parameters).content)
    return [str(one.text).rpartition("/")[2] for one in feed.iterfind(f"{ATOM}entry/{ATOM}id")]


def oai(emulator: Emulator, **parameters: str) -> Any:
    return etree.fromstring(get(emulator, "/oai", **parameters).content)


def test_a_search_by_window_and_category_finds_what_was_submitted_in_it(emulator: Emulator) -> None:
    everything = atom(emulator, search_query="cat:cs.* OR cat:stat.ML OR cat:math.NA OR cat:hep-th", max_results=2000)
    assert len(everything) == len(WORLD.records)
    for query, wanted in (
        ("submittedDate:[202503030000 TO 202503032359]", lambda one: first_version(one).date() == dt.date(2025, 3, 3)),
        ("submittedDate:[20250303 TO 20250303] AND cat:hep-th",
         lambda one: first_version(one).date() == dt.date(2025, 3, 3) and one["categories"] == "hep-th"),
        ("(cat:hep-th OR cat:cs.NA) ANDNOT ti:00001", lambda one: one["categories"] in ("hep-th", "math.NA cs.NA")
         and not one["id"].endswith("00001")),
        ('all:"invent the matter" AND au:sample AND id:2503.00001', lambda one: one["id"] == "2503.00001"),
    ):  # fmt: skip
        found = {name.partition("v")[0] for name in atom(emulator, search_query=query, max_results=2000)}
        assert found == {one["id"] for one, _ in WORLD.records if wanted(one)}


def first_version(record: Any) -> dt.datetime:
    return parse_time(record["versions"][0]["created"]) or noon_of(DAY)


def test_slices_follow_each_other_without_gap_or_overlap(emulator: Emulator) -> None:
    query: dict[str, str | int] = {"search_query": "cat:cs.LG", "sortBy": "submittedDate", "sortOrder": "ascending"}
    whole = atom(emulator, **query, max_results=2000)
    parts = [atom(emulator, **query, start=start, max_results=50) for start in range(0, len(whole) + 50, 50)]
    assert [name for part in parts for name in part] == whole
    assert not parts[-1]
    by_id = {one["id"]: first_version(one) for one, _ in WORLD.records}
    times = [by_id[name.partition("v")[0]] for name in whole]
    assert times == sorted(times)
    assert atom(emulator, **{**query, "sortOrder": "descending"}, max_results=2000) == whole[::-1]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"id_list": "abc"}, "incorrect id format for abc"),
        ({"search_query": "cat:cs.LG", "max_results": 30001}, "max_results must be"),
        ({"search_query": "cat:cs.LG", "start": -1}, "start must be non-negative"),
        ({"search_query": "cat:cs.LG", "start": "x"}, "start must be an integer"),
        ({"search_query": "cat:cs.LG AND"}, "Invalid query string"),
        ({"search_query": "xx:cs.LG"}, "Invalid query string"),
        ({"search_query": "(cat:cs.LG"}, "Invalid query string"),
        ({"search_query": "submittedDate:[2025 TO 2026]"}, "Invalid query string"),
        ({"search_query": "cat:cs.LG", "sortBy": "title"}, "sortBy must be in"),
    ],
)
def test_a_wrong_search_is_refused_with_400_and_an_entry(
    emulator: Emulator, parameters: dict[str, str | int], message: str
) -> None:
    answer = get(emulator, "/api/query", **parameters)
    feed = etree.fromstring(answer.content)
    assert answer.status_code == 400
    assert str(feed.findtext(f"{ATOM}entry/{ATOM}summary")).startswith(message)
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == "Error"


def test_an_unknown_id_is_no_error_and_a_version_can_be_asked_for(emulator: Emulator) -> None:
    several = next(one["id"] for one, _ in WORLD.records if len(one["versions"]) == 3)
    assert atom(emulator, id_list="0000.0000") == []
    assert atom(emulator, id_list=f"{several}v2,{several}") == [f"{several}v2", f"{several}v3"]
    assert atom(emulator, id_list=f"{several}v9") == []


def test_a_slice_is_never_longer_than_2000() -> None:
    record = {"title": "T", "abstract": "A", "categories": "cs.LG",
              "versions": [{"version": "v1", "created": "2025-03-04T10:00:00Z"}]}  # fmt: skip
    papers = papers_of(({**record, "id": f"2503.{number:05}"}, dt.date(2025, 3, 5)) for number in range(1, 2100))
    world = World(papers, noon_of(DAY))
    feed = etree.fromstring(api.answer(world, {"search_query": "cat:cs.LG", "max_results": "3000"})[1])
    assert len(feed.findall(f"{ATOM}entry")) == 2000
    assert b">2099<" in etree.tostring(feed)
    rss = etree.fromstring(feeds.answer(World(papers, noon_of(dt.date(2025, 3, 5))), "rss", "cs.LG")[1])
    assert len(rss.findall(".//item")) == 2000
    assert rss.findtext(".//item/guid") == "oai:arXiv.org:2503.00100v1"


def test_tokens_lead_through_a_list_and_carry_no_total(emulator: Emulator) -> None:
    found, page = [], oai(emulator, verb="ListRecords", metadataPrefix="arXivRaw", set="cs:cs:LG")
    while True:
        found += [one.text for one in page.iterfind(f".//{OAI}header/{OAI}identifier")]
        token = page.find(f".//{OAI}resumptionToken")
        assert sorted(token.attrib) == (["expires"] if token.text else [])
        if not token.text:
            break
        page = oai(emulator, verb="ListRecords", resumptionToken=str(token.text))
    wanted = [f"oai:arXiv.org:{one['id']}" for one, _ in WORLD.records if "cs.LG" in one["categories"]]
    assert sorted(found) == sorted(wanted)


def test_a_token_expires_at_midnight(emulator: Emulator) -> None:
    page = oai(emulator, verb="ListRecords", metadataPrefix="oai_dc")
    token = str(page.findtext(f".//{OAI}resumptionToken"))
    emulator.world.moment = emulator.world.now() + dt.timedelta(days=1)
    assert error_of(oai(emulator, verb="ListRecords", resumptionToken=token)) == "badResumptionToken"


def error_of(root: Any) -> str | None:
    found = root.find(f"{OAI}error")
    return None if found is None else str(found.get("code"))


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Nonsense"}, "badVerb"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "arXiv", "from": "2025-3-1"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "arXiv", "from": "2025-03-04", "until": "2025-03-03"},
         "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "arXiv", "set": "cs:cs:XX"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "arXiv", "until": "2006-01-01"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "x", "set": "cs"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "arXiv", "identifier": "oai:arXiv.org:2503.99999"}, "idDoesNotExist"),
        ({"verb": "GetRecord", "metadataPrefix": "arXiv"}, "badArgument"),
        ({"verb": "Identify", "set": "cs"}, "badArgument"),
    ],
)  # fmt: skip
def test_errors_of_oai_have_their_codes_and_status_200(
    emulator: Emulator, parameters: dict[str, str], code: str
) -> None:
    answer = get(emulator, "/oai", **parameters)
    assert answer.status_code == 200
    assert error_of(etree.fromstring(answer.content)) == code


def test_the_other_verbs_answer_by_get_and_post(emulator: Emulator) -> None:
    assert oai(emulator, verb="Identify").findtext(f".//{OAI}granularity") == "YYYY-MM-DD"
    specs = [one.text for one in oai(emulator, verb="ListSets").iter(f"{OAI}setSpec")]
    assert {"cs", "cs:cs:LG", "physics:hep-th", "physics:physics:optics", "stat:stat:ML"} <= set(specs)
    assert len(specs) == len(set(specs))
    formats = [one.text for one in oai(emulator, verb="ListMetadataFormats").iter(f"{OAI}metadataPrefix")]
    assert formats == ["oai_dc", "arXiv", "arXivRaw"]
    posted = client().post(emulator.oai_url, data={"verb": "Identify"}).content
    assert etree.fromstring(posted).find(f"{OAI}Identify") is not None


def test_a_datestamp_is_the_day_of_the_last_change(emulator: Emulator) -> None:
    def stamp(record: Any) -> dt.date:
        found = oai(emulator, verb="GetRecord", metadataPrefix="arXiv", identifier=f"oai:arXiv.org:{record['id']}")
        return dt.date.fromisoformat(str(found.findtext(f".//{OAI}datestamp")))

    for record, day in WORLD.records[:120:6]:
        last = parse_time(record["versions"][-1]["created"]) or noon_of(day)
        changed = record["update_date"] and dt.date.fromisoformat(record["update_date"])
        expected = day if len(record["versions"]) == 1 else max(day, last.date())
        assert stamp(record) == max(expected, changed or expected)


def test_the_services_learn_of_a_mailing_one_after_the_other(emulator: Emulator) -> None:
    def shown() -> tuple[bool, bool, bool]:
        paper = WORLD.new_on(DAY, "cs.LG")[-1]
        found = oai(emulator, verb="GetRecord", metadataPrefix="arXiv", identifier=f"oai:arXiv.org:{paper}")
        feed = get(emulator, "/rss/cs.LG").text
        return bool(atom(emulator, id_list=paper)), error_of(found) is None, paper in feed

    mailed = announced_at(DAY)
    hours = (-0.1, 0.1, 2.6, 4.1)
    expected = [(False, False, False), (True, False, False), (True, True, False), (True, True, True)]
    for lag in (0, 1):
        emulator.world.lag = dt.timedelta(hours=lag)
        for hour, visible in zip(hours, expected, strict=True):
            emulator.world.moment = mailed + dt.timedelta(hours=hour + lag)
            assert shown() == visible


def test_faults_are_told_by_their_seed() -> None:
    def drawn(seed: int) -> list[str | None]:
        faults = Faults.mixed(0.2, seed)
        return [faults.befalling(frozenset(FAULTS)) for _ in range(1000)]

    assert drawn(1) == drawn(1) != drawn(2)
    counts = Counter(drawn(1))
    assert 0.15 < 1 - counts[None] / 1000 < 0.25
    assert set(counts) - {None} == set(PASSING)
    with pytest.raises(ValueError, match="no such fault: fire"):
        Faults(script=["fire"])


def test_every_fault_shows_as_it_says(emulator: Emulator) -> None:
    def asked(fault: str) -> httpx2.Response:
        emulator.faults = Faults(script=[fault], retry_after="7", slow_seconds=0.01)
        return get(emulator, "/api/query", search_query="cat:cs.LG", max_results=5)

    plain = get(emulator, "/api/query", search_query="cat:cs.LG", max_results=5).content
    refused = asked("too_many_requests")
    assert refused.status_code == 429
    assert "Retry-After" not in refused.headers
    unavailable = asked("unavailable")
    assert (unavailable.status_code, unavailable.headers["Retry-After"]) == (503, "7")
    assert plain.startswith(asked("truncated").content)
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(asked("truncated").content)
    assert asked("slow").content == plain
    with pytest.raises(httpx2.RemoteProtocolError):
        asked("dropped")
    assert b"<entry>" not in asked("empty_page").content
    totals = [re.search(rb"totalResults>(\d+)", body)[1] for body in (plain, asked("wrong_total").content)]  # type: ignore[index]
    assert int(totals[1]) == int(totals[0]) + 7


def test_the_state_can_be_seen_and_changed_from_outside(emulator: Emulator) -> None:
    get(emulator, "/api/query", id_list="2503.00001")
    wishes = {"now": "2025-03-10T12:00:00Z", "lag_minutes": 60, "faults": {"mixed": 0.5, "seed": 3}, "feed_mode": "old"}
    state = client().post(f"{emulator.url}/_emulator", json=wishes).json()
    assert (state["now"], state["lag_minutes"], state["feed_mode"]) == ("2025-03-10T12:00:00+00:00", 60, "old")
    assert (state["requests"], state["by_service"]) == (1, {"api": 1})
    assert sum(emulator.faults.rates.values()) == pytest.approx(0.5)
    assert client().post(f"{emulator.url}/_emulator", json={"forget_requests": True}).json()["requests"] == 0
    for wrong in ({"now": "2025-03-10"}, {"colour": 1}, {"faults": {"script": ["fire"]}}, {"feed_mode": "x"}):
        assert client().post(f"{emulator.url}/_emulator", json=wrong).status_code == 400


def test_the_embedded_sample_can_be_served() -> None:
    papers = load()
    assert len(papers) > 140
    world = World(papers, dt.datetime(2025, 9, 4, 12, tzinfo=dt.UTC))
    assert len(list(world.visible("oai"))) == len(papers)
    assert api.answer(world, {"search_query": "cat:cs.LG", "max_results": "2000"})[0] == 200
    for kind in ("rss", "atom"):
        assert feeds.answer(world, kind, "cs.LG+stat.ML")[0] == 200
