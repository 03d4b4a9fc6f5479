"""The embedded corpus as a source: read as a snapshot is, without an index."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assets.calendar.days import is_announcement_day
from assets.errors import InputError
from assets.listings.sample import CORPUS, SampleSource
from assets.listings.snapshot import SnapshotSource
from assets.listings.source import RawRecord
from tests.listings.corpus import lines, record, submitted


def test_every_line_of_the_corpus_is_on_exactly_one_announcement_day() -> None:
    source = SampleSource()
    records = [one for day in source.days() for one in source.listing(day, None).records]
    texts = [line for line in CORPUS.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert sorted(one.record for one in records) == sorted(texts)
    assert all(is_announcement_day(day) for day in source.days())


def test_the_sample_gives_what_a_snapshot_of_the_same_file_gives(tmp_path: Path) -> None:
    sample, snapshot = SampleSource(), SnapshotSource(CORPUS, tmp_path)
    assert sample.days() == snapshot.days()
    for day in sample.days():
        ours, theirs = sample.listing(day, frozenset({"cs.LG"})), snapshot.listing(day, frozenset({"cs.LG"}))
        assert [_without_place(one) for one in ours.records] == [_without_place(one) for one in theirs.records]
        assert len(ours.faults) == len(theirs.faults)


def _without_place(one: RawRecord) -> tuple[str | None, str, str]:
    return one.paper_id, one.record, one.announced_by


def test_a_day_outside_of_the_sample_is_an_error_that_names_its_days() -> None:
    source = SampleSource()
    first, last = source.days()[0], source.days()[-1]
    with pytest.raises(InputError, match=f"the sample holds {first} to {last}, not 2001-01-02"):
        source.listing(dt.date(2001, 1, 2), None)


def test_a_day_without_papers_inside_the_sample_is_told(tmp_path: Path) -> None:
    path = tmp_path / "papers.jsonl"
    path.write_text(lines(record("2503.00001", submitted(3)), "torn", record("2503.00002", submitted(5))))
    source = SampleSource(path)
    assert source.listing(dt.date(2025, 3, 4), None).faults[0].startswith("line 2 of papers.jsonl is not valid JSON")
    assert source.listing(dt.date(2025, 3, 4), None).records[0].source_ref == "papers.jsonl:1"
    with pytest.raises(InputError, match="holds no paper of 2025-03-05"):
        source.listing(dt.date(2025, 3, 5), None)
