"""The API source against a server on this machine, over real HTTP and the `arxiv` package."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import pytest

from assets.calendar.days import submission_window
from assets.errors import SourceUnavailableError
from assets.listings.api import REPEATS, ApiSource
from assets.listings.api_records import search_query, spellings
from assets.listings.api_session import Pace
from assets.listings.source import DayListing
from tests.listings.corpus import NO_REAL_DATA, REAL_DATA, submitted

TUESDAY, WEDNESDAY = dt.date(2025, 3, 4), dt.date(2025, 3, 5)

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Paper:
    """What the server knows of a paper."""

    paper_id: str
    published: dt.datetime
    categories: tuple[str, ...] = ("cs.LG",)
    version: int = 1


@dataclass
class Server:
    """A small stand-in for the API: submission windows, categories, pages; and faults in order."""

    papers: list[Paper]
    faults: list[Answer] = field(default_factory=list)
    """Given instead of the next answers, one each."""
    whole: bytes | None = None
    """Given to every request, where set."""
    requests: list[dict[str, str]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, query: dict[str, str]) -> Answer:
        if self.faults:
            return self.faults.pop(0)
        if self.whole is not None:
            return 200, {}, self.whole
        window, _, clause = query["search_query"].partition(" AND ")
        first, last = (
            dt.datetime.strptime(text, "%Y%m%d%H%M").replace(tzinfo=dt.UTC)
            for text in window.removeprefix("submittedDate:[").removesuffix("]").split(" TO ")
        )
        asked = {part.removeprefix("cat:") for part in clause.strip("()").split(" OR ") if part}
        found = sorted(
            (one for one in self.papers if first <= one.published <= last and (not asked or asked & {*one.categories})),
            key=lambda one: one.published,
        )
        start, size = int(query["start"]), int(query["max_results"])
        return 200, {}, feed(found[start : start + size], len(found))


def feed(papers: list[Paper], total: int) -> bytes:
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom"
 xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>arXiv Query</title><updated>2025-03-10T00:00:00Z</updated>
<opensearch:itemsPerPage>{len(papers)}</opensearch:itemsPerPage>
<opensearch:totalResults>{total}</opensearch:totalResults><opensearch:startIndex>0</opensearch:startIndex>
{"".join(map(entry, papers))}</feed>""".encode()


def entry(paper: Paper) -> str:
    categories = "".join(f'<category term="{escape(code)}"/>' for code in paper.categories)
    updated = paper.published + dt.timedelta(days=20 * (paper.version - 1))
    return f"""<entry><id>http://arxiv.org/abs/{paper.paper_id}v{paper.version}</id>
<title>On {paper.paper_id}</title><updated>{updated:%Y-%m-%dT%H:%M:%SZ}</updated>
<published>{paper.published:%Y-%m-%dT%H:%M:%SZ}</published><summary>We invent &lt;it&gt;.</summary>
<author><name>Ada Example</name></author><author><name>Bo Sample</name></author>{categories}
<arxiv:primary_category term="{paper.categories[0] if paper.categories else ""}"/>
<arxiv:comment>8 pages</arxiv:comment></entry>"""


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server(list(PAPERS))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            state.requests.append(query)
            state.agents.append(self.headers["User-Agent"])
            status, headers, body = state.answer(query)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Says nothing on the console."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    state.url = f"http://127.0.0.1:{http.server_port}/api/query"
    yield state
    http.shutdown()
    thread.join()
    http.server_close()


@pytest.fixture
def pace(tmp_path: Path) -> Pace:
    return Pace(interval=0.0, first_pause=0.0, file=tmp_path / "pace")


PAPERS = [
    Paper("2503.00001", submitted(3, 10)),
    Paper("2503.00002", submitted(3, 12), ("hep-th", "cs.LG")),
    Paper("2503.00003", submitted(26, 3, month=2), version=3),
    Paper("2503.00004", submitted(4, 10), ("cs.LG", "I.2.6")),
    Paper("2503.00005", submitted(4, 12), ("math.NA", "cs.NA")),
    Paper("2503.00006", submitted(4, 18)),
    Paper("2503.00007", submitted(5, 10)),
    Paper("2503.00008", submitted(4, 11)),
    Paper("2503.00009", submitted(5, 12)),
]
"""00003 was held from 26 February to 5 March, 00008 from the 4th beyond the mailing of the 5th."""


def ids(listing: DayListing) -> list[str | None]:
    return [one.paper_id for one in listing.records]


def test_a_day_has_its_window_and_its_held_papers_and_not_those_held_beyond_it(server: Server, pace: Pace) -> None:
    listing = ApiSource(server.url, pace).listing(WEDNESDAY, frozenset({"cs.LG", "math.NA"}))
    assert ids(listing) == ["2503.00003", "2503.00004", "2503.00005", "2503.00006"]
    assert [one.announced_by for one in listing.records] == ["id order", "submission", "submission", "submission"]
    assert not listing.faults


def test_an_answer_becomes_a_record_in_the_snapshots_layout(server: Server, pace: Pace) -> None:
    listing = ApiSource(server.url, pace).listing(WEDNESDAY, frozenset({"cs.LG"}))
    held = listing.records[0]
    assert json.loads(held.record) == {
        "id": "2503.00003",
        "submitter": None,
        "authors": "Ada Example, Bo Sample",
        "title": "On 2503.00003",
        "comments": "8 pages",
        "journal-ref": None,
        "doi": None,
        "report-no": None,
        "categories": "cs.LG",
        "license": None,
        "abstract": "We invent <it>.",
        "versions": [
            {"version": "v1", "created": "2025-02-26T03:00:00Z"},
            {"version": "v3", "created": "2025-04-07T03:00:00Z"},
        ],
        "update_date": "2025-04-07",
        "authors_parsed": None,
    }
    assert held.listing == "new"
    assert held.source_ref.startswith(server.url + "?search_query=submittedDate")
    assert json.loads(listing.records[1].record)["categories"] == "cs.LG I.2.6"


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pages_of_any_size_give_the_same_day(server: Server, pace: Pace, size: int) -> None:
    listing = ApiSource(server.url, pace, page_size=size).listing(TUESDAY, None)
    assert ids(listing) == ["2503.00001", "2503.00002"]
    starts = [int(query["start"]) for query in server.requests]
    assert starts == list(range(0, len(PAPERS), size))


def test_the_query_asks_for_the_windows_in_gmt_and_for_aliases(server: Server, pace: Pace) -> None:
    ApiSource(server.url, pace).listing(WEDNESDAY, frozenset({"math.NA"}))
    query = server.requests[0]
    window = "submittedDate:[202502171900 TO 202503061900]"
    assert query["search_query"] == f"{window} AND (cat:cs.NA OR cat:math.NA)"
    assert query["max_results"] == "2000"
    summer = submission_window(dt.date(2025, 7, 2))
    assert search_query(summer.opens, summer.closes, None) == "submittedDate:[202506301800 TO 202507011800]"


def test_every_alias_is_asked_for_with_its_category() -> None:
    assert {"cs.SY", "eess.SY"} == {*spellings("eess.SY")}
    assert {"cs.CL", "cmp-lg"} == {*spellings("cs.CL")}
    assert spellings("cs.LG") == ("cs.LG",)


def test_the_product_is_named_in_each_request(server: Server, pace: Pace) -> None:
    ApiSource(server.url, pace, page_size=4).listing(TUESDAY, None)
    assert len(server.agents) == 3
    assert all(agent.startswith("preprint-almanac") for agent in server.agents)


def test_the_next_day_asks_only_for_the_window_that_is_new(server: Server, pace: Pace) -> None:
    source = ApiSource(server.url, pace)
    source.listing(TUESDAY, None)
    assert ids(source.listing(WEDNESDAY, None)) == ["2503.00003", "2503.00004", "2503.00005", "2503.00006"]
    assert [query["search_query"] for query in server.requests[1:]] == ["submittedDate:[202503051900 TO 202503061900]"]


CUT_OFF = feed(PAPERS, len(PAPERS))[:-400]


@pytest.mark.parametrize(
    "faults",
    [
        [(503, {"Retry-After": "0"}, b"wait"), (429, {}, b"")],
        [(503, {"Retry-After": "Wed, 05 Mar 2025 00:00:00 GMT"}, b"")],
        [(500, {}, b"<html>broken</html>"), (502, {"Retry-After": "soon"}, b"")],
        [(200, {}, feed([], 9))],
        [(200, {}, CUT_OFF)],
        [(200, {"Content-Length": str(len(CUT_OFF) + 400)}, CUT_OFF)],
        [(200, {}, b"<html>Maintenance</html>"), (200, {}, b"")],
    ],
    ids=["503 and 429", "a date to wait for", "server errors", "empty page", "cut off", "dropped", "no feed"],
)
@pytest.mark.parametrize("page", ["first", "middle"])
def test_a_passing_fault_costs_a_repetition_and_no_paper(
    server: Server, pace: Pace, faults: list[Answer], page: str
) -> None:
    good: list[Answer] = (
        [(200, {}, feed(sorted(PAPERS, key=lambda one: one.published)[:5], len(PAPERS)))] if page == "middle" else []
    )
    server.faults = [*good, *faults]
    listing = ApiSource(server.url, pace, page_size=5).listing(WEDNESDAY, None)
    assert ids(listing) == ["2503.00003", "2503.00004", "2503.00005", "2503.00006"]
    assert not listing.faults
    assert len(server.requests) == 2 + len(faults)


def test_an_api_that_stays_down_is_one_sentence(server: Server, pace: Pace) -> None:
    server.faults = [(503, {}, b"")] * 50
    with pytest.raises(SourceUnavailableError, match=r"the API did not answer after 7 tries \(.*HTTP 503\)"):
        ApiSource(server.url, pace).listing(WEDNESDAY, None)
    assert len(server.requests) == REPEATS + 1


def test_an_address_where_nobody_answers_is_one_sentence(pace: Pace) -> None:
    with pytest.raises(SourceUnavailableError, match="the API did not answer after 7 tries"):
        ApiSource("http://127.0.0.1:9/api/query", pace).listing(WEDNESDAY, None)


def test_a_request_that_the_api_refuses_is_not_repeated(server: Server, pace: Pace) -> None:
    server.faults = [(400, {}, feed([], 0))] * 3
    with pytest.raises(SourceUnavailableError, match="refused the request with HTTP 400"):
        ApiSource(server.url, pace).listing(WEDNESDAY, None)
    assert len(server.requests) == 1


def test_an_empty_answer_on_an_announcement_day_is_an_outage(server: Server, pace: Pace) -> None:
    server.papers = [one for one in PAPERS if one.published < submission_window(WEDNESDAY).opens][:2]
    source = ApiSource(server.url, pace)
    assert ids(source.listing(TUESDAY, None)) == ["2503.00001", "2503.00002"]
    for categories in (None, frozenset({"cs.LG"})):
        with pytest.raises(
            SourceUnavailableError, match="the API answered no paper for 2025-03-05, an announcement day"
        ):
            source.listing(WEDNESDAY, categories)


def test_a_day_without_papers_of_the_followed_categories_alone_is_empty(server: Server, pace: Pace) -> None:
    listing = ApiSource(server.url, pace).listing(WEDNESDAY, frozenset({"cs.GL"}))
    assert not listing.records
    assert server.requests[-1]["max_results"] == "1"


def test_a_count_that_the_api_does_not_keep_is_an_outage(server: Server, pace: Pace) -> None:
    server.faults = [(200, {}, feed(PAPERS[:8], 9)), (200, {}, feed(PAPERS[:1], 9))]
    with pytest.raises(SourceUnavailableError, match="gave 8 of the 9 papers that it counts from 2025-02-14 19:00"):
        ApiSource(server.url, pace).listing(TUESDAY, None)


def test_a_count_that_is_too_low_shows_in_the_count_of_the_day(server: Server, pace: Pace) -> None:
    server.whole = feed(PAPERS, len(PAPERS) - 1)
    listing = ApiSource(server.url, pace).listing(WEDNESDAY, None)
    of_the_window = [one for one in listing.receipts if one.other_day is None or one.fate == "other day"]
    assert len(of_the_window) == 4
    assert listing.announced_total == 3


def test_requests_of_several_clients_keep_one_pace(server: Server, tmp_path: Path) -> None:
    file = tmp_path / "pace"
    arrivals: list[float] = []
    answer = server.answer

    def timed(query: dict[str, str]) -> Answer:
        arrivals.append(dt.datetime.now(dt.UTC).timestamp())
        return answer(query)

    server.answer = timed  # type: ignore[method-assign]
    sources = [ApiSource(server.url, Pace(interval=0.1, file=file), page_size=5) for _ in range(3)]
    threads = [threading.Thread(target=source.listing, args=(WEDNESDAY, None)) for source in sources]
    started = dt.datetime.now(dt.UTC).timestamp()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(arrivals) == 6
    assert max(arrivals) - started >= 5 * 0.1


def test_a_time_that_the_api_names_is_waited_for_by_everybody(server: Server, pace: Pace) -> None:
    server.faults = [(429, {"Retry-After": "1"}, b"")]
    before = dt.datetime.now(dt.UTC)
    assert ApiSource(server.url, pace).listing(TUESDAY, None).records
    assert dt.datetime.now(dt.UTC) - before >= dt.timedelta(seconds=1)


RECORDED = REAL_DATA / "raw" / "atom_api"


def test_recorded_answers_become_records_and_none_is_lost(server: Server, pace: Pace) -> None:
    if not RECORDED.exists():
        pytest.skip(NO_REAL_DATA)
    files = sorted(RECORDED.glob("unwrapped/q_testing*.xml"))
    assert files
    for file in files:
        body = file.read_bytes()
        source = ApiSource(server.url, pace, page_size=body.count(b"<entry>"))
        # The search matched far more than one page: the pages after it are cut by asking for no more.
        server.whole = body
        found = source._search(source._client, "all:testing", limit=body.count(b"<entry>"))
        assert len(found) == body.count(b"<entry>")
        for one in found:
            record = json.loads(one.record)
            assert one.paper_id == record["id"]
            assert all(record[name] for name in ("title", "abstract", "authors", "categories", "versions"))
            assert record["versions"][0]["created"] == f"{one.submitted_at:%Y-%m-%dT%H:%M:%SZ}"


def test_a_recorded_empty_answer_is_an_outage(server: Server, pace: Pace) -> None:
    file = RECORDED / "unwrapped" / "id_0000.0000_s0_m100_8b51d9633a68.status200.xml"
    if not file.exists():
        pytest.skip(NO_REAL_DATA)
    server.whole = file.read_bytes()
    with pytest.raises(SourceUnavailableError, match="answered no paper"):
        ApiSource(server.url, pace).listing(WEDNESDAY, None)
