"""The recorded answers that test_recorded_answers.py leaves: other wrappings of input formats, and arXiv's own lists.

E-mails, plain listings, abstract files and pages of arXiv's site are no input formats: no source reads them. They say
when papers were submitted and in which mailing they were, so they check the calendar and the reading of ids and times.
"""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import arxiv  # type: ignore[import-untyped]
import pytest
import yaml

from assets.calendar.days import day_of_submission, id_month, submission_window
from assets.calendar.ids import parse_id
from assets.errors import InputError
from assets.listings.api_records import found_of
from assets.listings.safe_xml import parse_xml
from assets.listings.snapshot import SnapshotSource
from assets.listings.snapshot_records import parse_time
from assets.papers.record import read_record
from tests.listings.corpus import NO_REAL_DATA, REAL_DATA

RAW = REAL_DATA / "raw"
pytestmark = pytest.mark.skipif(not RAW.is_dir(), reason=NO_REAL_DATA)

READ_BY = {
    "atom_api": "api: test_recorded_answers.py (unwrapped) and here (as JSON, as XML of older servers, as a cassette)",
    "atom_api_maybe_edited": "api: here",
    "oai_pmh": "oai: test_recorded_answers.py",
    "rss": "rss: test_recorded_answers.py",
    "kaggle_snapshot": "snapshot: here and test_snapshot.py",
    "email_listing": "no input format: here, against the calendar",
    "listings_text": "no input format: here, against the calendar",
    "abs_files": "no input format: here, against the calendar",
    "listing_html": "no input format: here, for its ids",
}
MAILED = re.compile(
    r"^(?:arXiv|Paper):\s*(\S+).*\n(?:From:.*\n)?Date(?: \(v1\))?\s*:\s*"
    r"([A-Z][a-z]{2},\s+\d+ [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)",
    re.MULTILINE,
)
WINDOW = re.compile(r"received from\s+(\w.*? GMT)\s+to\s+(\w.*? GMT)")


def test_every_recorded_folder_is_read_by_a_test() -> None:
    assert {path.name for path in RAW.iterdir() if path.is_dir()} == set(READ_BY)


def test_recorded_exchanges_hold_the_unwrapped_answers() -> None:
    paths = sorted((RAW / "atom_api").glob("*.json"))
    assert len(paths) == 20
    for path in paths:
        exchange = json.loads(path.read_text(encoding="utf-8"))
        unwrapped = RAW / "atom_api" / "unwrapped" / f"{path.stem}.status{exchange['status_code']}.xml"
        assert unwrapped.read_text(encoding="utf-8") == exchange["body"]


def other_answers_of_the_api() -> Iterator[tuple[str, bytes]]:
    """Answers that were recorded otherwise: the server of 2017, that of 2025, and a cassette of gzip bodies."""
    for path in [*sorted((RAW / "atom_api").glob("*.xml")), *sorted((RAW / "atom_api_maybe_edited").iterdir())]:
        yield path.name, path.read_bytes()
    for path in sorted((RAW / "atom_api").glob("*.yaml")):
        cassette = yaml.load(path.read_text(encoding="utf-8"), _Cassette)
        for number, exchange in enumerate(cassette["interactions"]):
            yield f"{path.name} {number}", gzip.decompress(exchange["response"]["body"]["string"])
    for path in sorted((RAW / "atom_api" / "unwrapped").glob("*query*")):
        yield path.name, path.read_bytes()


class _Cassette(yaml.SafeLoader):
    """YAML with binary values, without anything that makes objects."""


_Cassette.add_constructor("tag:yaml.org,2002:binary", lambda _, node: base64.b64decode(node.value))


def test_answers_of_older_servers_become_records() -> None:
    counts = {}
    for name, body in other_answers_of_the_api():
        entries = parse_xml(body).findall("{http://www.w3.org/2005/Atom}entry")
        results = arxiv._feed.parse(body).results
        assert len(results) == len(entries), name
        counts[name] = len(results)
        for result in results:
            record, problems = read_record(found_of(result, "recorded").record)
            assert not problems
            assert record is not None
            assert parse_id(record.texts["id"] or "") is not None
            assert all(record.texts[field] for field in ("id", "title", "abstract", "categories"))
    assert len(counts) >= 6
    assert sum(counts.values()) > 100


@pytest.mark.parametrize("path", sorted((RAW / "kaggle_snapshot").glob("*.jsonl")), ids=lambda path: path.name)
def test_every_recorded_line_of_a_snapshot_is_placed(path: Path, tmp_path: Path) -> None:
    source = SnapshotSource(path, tmp_path)
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    found = [record for day in source.days() for record in source.listing(day, None).records]
    assert sorted(record.record for record in found) == sorted(lines)
    assert not source.broken_lines()
    for record in found:
        assert record.announced_by in ("submission", "id order")
        read, problems = read_record(record.record)
        assert not problems
        assert read is not None


def test_a_record_in_another_wrapping_is_refused_and_its_metadata_is_read(tmp_path: Path) -> None:
    path = RAW / "kaggle_snapshot" / "unarXive2024_preview.json"
    with pytest.raises(InputError, match="is not JSON Lines"):
        SnapshotSource(path, tmp_path / "index").days()
    metadata = json.loads(path.read_text(encoding="utf-8"))["metadata"]
    line = tmp_path / "line.jsonl"
    line.write_text(json.dumps(metadata) + "\n", encoding="utf-8")
    (day,) = SnapshotSource(line, tmp_path / "index").days()
    assert id_month(day) == (2023, 10)


@pytest.mark.parametrize("path", sorted((RAW / "email_listing").glob("20*.txt")), ids=lambda path: path.name)
def test_the_window_of_a_mailing_is_the_calendars(path: Path) -> None:
    day = dt.date.fromisoformat(path.stem)
    text = path.read_text(encoding="utf-8")
    found = WINDOW.search(text)
    assert found is not None
    window = submission_window(day)
    for text_of_mail, time in zip(found.groups(), (window.opens, window.closes), strict=True):
        assert dt.datetime.strptime(text_of_mail, "%a %d %b %y %H:%M:%S GMT").replace(tzinfo=dt.UTC) == time
    listed = MAILED.findall(text)
    assert listed
    for paper_id, submitted in listed:
        identifier, time = parse_id(paper_id), parse_time(submitted)
        assert identifier is not None
        assert time is not None
        # Papers that are replaced or cross-listed are older.
        assert (identifier.year, identifier.month) <= id_month(day)
        assert time < window.closes


@pytest.mark.parametrize(("folder", "papers"), [("abs_files", 1131), ("listings_text", 5646)])
def test_the_month_of_an_id_is_that_of_the_submissions_day_or_a_later_one(folder: str, papers: int) -> None:
    found: Counter[str] = Counter()
    for path in sorted(path for path in (RAW / folder).rglob("*") if path.is_file()):
        for paper_id, submitted in MAILED.findall(path.read_text(encoding="utf-8", errors="replace")):
            identifier, time = parse_id(paper_id), parse_time(submitted)
            assert identifier is not None, paper_id
            assert time is not None, submitted
            own, month = (identifier.year, identifier.month), id_month(day_of_submission(time))
            found["same" if own == month else "held" if month < own else "impossible"] += 1
    assert found.total() == papers
    # One is a made-up paper of arXiv's own tests, one an id of 1995, when ids were not yet given by the mailing.
    assert found["impossible"] <= 1
    assert found["same"] >= 0.99 * papers


def test_ids_on_a_page_of_the_site_are_read() -> None:
    (path,) = (RAW / "listing_html").iterdir()
    found = re.findall(r'href ="/abs/([^"]+)"', path.read_text(encoding="utf-8"))
    assert found
    assert all(parse_id(text) is not None for text in found)
