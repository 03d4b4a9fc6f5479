"""From raw records to papers and rejected papers."""

import json
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.papers.clean import clean_day
from assets.papers.columns import papers_frame
from assets.papers.record import LISTS, TEXTS, parse_created
from assets.papers.schema import PAPERS, REJECTED_PAPERS
from assets.papers.validate import failures
from tests.papers.raw import DAY, listing, record


def only_paper(**changes: Any) -> dict[str, Any]:
    papers, rejected = clean_day(listing(record(**changes)))
    assert rejected.is_empty(), rejected.to_dicts()
    return papers.row(0, named=True)


def only_rejection(entry: Any) -> dict[str, Any]:
    papers, rejected = clean_day(listing(entry))
    assert papers.is_empty()
    return rejected.row(0, named=True)


def test_a_record_becomes_a_paper() -> None:
    paper = only_paper(title="On {\\it Keeping}\n  Erd\\H{o}s's Almanacs", categories="cs.LG I.2.6 stat.TH cs.IT 68T50")
    first = datetime(2026, 1, 28, 17, 59, 3, tzinfo=UTC)
    assert paper == {
        "day": DAY,
        "paper_id": "2601.20868",
        "version": 1,
        "title": "On Keeping Erdős's Almanacs",
        "title_tex": "On {\\it Keeping} Erd\\H{o}s's Almanacs",
        "abstract": "We keep almanacs and count their days.",
        "authors": ["Ann Author", "Bob Writer"],
        "categories": ["cs.LG", "math.ST", "cs.IT"],
        "categories_given": "cs.LG I.2.6 stat.TH cs.IT 68T50",
        "primary_category": "cs.LG",
        "submitted_at": first,
        "announced_by": "listed",
        "comment": "12 pages",
        "journal_ref": None,
        "doi": None,
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "is_withdrawn": False,
        "source": "sample",
        "authors_tex": ["Ann Author", "Bob Writer"],
        "versions": [{"version": 1, "created": first}],
        "report_no": None,
        "listing": "new",
    }


def test_the_frames_have_the_declared_columns_even_with_no_rows() -> None:
    papers, rejected = clean_day(listing())
    assert papers.schema == PAPERS.polars_schema
    assert rejected.schema == REJECTED_PAPERS.polars_schema
    assert papers.is_empty()
    assert rejected.is_empty()


def test_versions_keep_their_times_and_the_highest_counts() -> None:
    versions = [
        {"version": "v2", "created": "2024-12-23T21:28:32Z"},
        {"version": "v1", "created": "Mon, 2 Dec 2024 09:08:07 -0500"},
        {"version": "v3", "created": "2024-12-30"},
        {"version": "draft", "created": "2024-12-31T00:00:00Z"},
    ]
    paper = only_paper(versions=versions)
    assert paper["version"] == 3
    assert paper["submitted_at"] == datetime(2024, 12, 2, 14, 8, 7, tzinfo=UTC)
    assert [(version["version"], version["created"]) for version in paper["versions"]] == [
        (1, datetime(2024, 12, 2, 14, 8, 7, tzinfo=UTC)),
        (2, datetime(2024, 12, 23, 21, 28, 32, tzinfo=UTC)),
        (3, None),
    ]


def test_without_versions_the_id_tells_the_version() -> None:
    paper = only_paper(id="2601.20868v4", versions=[])
    assert (paper["paper_id"], paper["version"], paper["submitted_at"]) == ("2601.20868", 4, None)
    assert only_paper(versions=None)["version"] is None


@pytest.mark.parametrize("created", [None, "", "2024-12-23", "yesterday", "Mon, 99 Foo 2024 10:00:00 GMT", 7])
def test_a_time_that_cannot_be_read_is_null_and_no_reason_to_reject(created: object) -> None:
    assert only_paper(versions=[{"version": "v1", "created": created}])["submitted_at"] is None


def test_both_notations_of_time_are_read() -> None:
    moment = datetime(2025, 8, 25, 17, 59, 3, tzinfo=UTC)
    for text in ("Mon, 25 Aug 2025 17:59:03 GMT", "2025-08-25T17:59:03Z", "2025-08-25T19:59:03+02:00"):
        assert parse_created(text) == moment


def test_a_withdrawn_paper_is_kept_and_flagged() -> None:
    assert only_paper(comments="This paper has been withdrawn by the authors")["is_withdrawn"]


def test_a_comment_and_a_journal_reference_are_read_as_tex_and_keep_their_addresses() -> None:
    paper = only_paper(
        comments=r"\c{opyright} IEEE; 5\% more at \href{https://github.com/ono/trees}{this https URL}, $5",
        **{"journal-ref": r"J. f{\"u}r B{\"a}ume \textbf{1} (2026)"},
    )
    assert paper["comment"] == r"© IEEE; 5% more at this https URL (https://github.com/ono/trees), \$5"
    assert paper["journal_ref"] == "J. für Bäume 1 (2026)"


@pytest.mark.parametrize(
    ("entry", "field", "rule"),
    [
        ("{broken", "record", "json"),
        ("", "record", "json"),
        ("[" * 100_000, "record", "json"),
        ('{"id": "\\ud800"}', "record", "json"),
        ("[1, 2]", "record", "object"),
        ("null", "record", "object"),
        (record(id=None), "id", "valid_id"),
        (record(id="2613.00001"), "id", "valid_id"),
        (record(title=" \n"), "title", "not_empty"),
        (record(title="{}"), "title", "not_empty"),
        (record(abstract=None), "abstract", "not_empty"),
        (record(authors="", authors_parsed=[]), "authors", "not_empty"),
        (record(categories=""), "categories", "known_category"),
        (record(categories=None), "categories", "known_category"),
        (record(categories="I.2.6 68T50 cs.XX"), "categories", "known_category"),
        (record(categories=["cs.LG"]), "categories", "type"),
        (record(title=7), "title", "type"),
        (record(doi={"a": 1}), "doi", "type"),
        (record(versions="v1"), "versions", "type"),
        (record(versions=["v1"]), "versions", "type"),
        (record(authors_parsed="Ann"), "authors_parsed", "type"),
        (record(title="x" * 1_001), "title", "at_most_1000_characters"),
        (record(versions=[{"version": "v0", "created": None}]), "versions", "at_least_one"),
    ],
)
def test_what_is_no_paper_is_rejected_by_field_and_rule(entry: Any, field: str, rule: str) -> None:
    row = only_rejection(entry)
    assert (row["field"], row["rule"]) == (field, rule)
    assert row["value"] is None or len(row["value"]) <= 500
    assert row["reason"].endswith(".")
    assert (row["position"], row["source"], row["source_ref"]) == (0, "sample", "sample.jsonl:1")


def test_a_rejection_names_every_rule_that_fails_and_shows_the_first_value() -> None:
    row = only_rejection(record(id="nonsense", title="", categories="68T50"))
    assert (row["field"], row["rule"], row["value"]) == ("id", "valid_id", "nonsense")
    assert row["reason"] == (
        "The id is no arXiv identifier, and the field title is empty, and none of the categories '68T50' is one of"
        " arXiv's: correct the record at its source and make the day again."
    )


def test_source_order_is_kept_over_several_days() -> None:
    later = listing(record(id="2601.00003"), record(id="2601.00001", title=""), day=date(2026, 1, 30))
    earlier = listing(record(id="2601.00002"), record(id="2601.00001"), "{", day=date(2026, 1, 29))
    papers, rejected = clean_day(pl.concat([later, earlier]))
    assert papers.get_column("paper_id").to_list() == ["2601.00002", "2601.00001", "2601.00003"]
    assert rejected.select("day", "position").rows() == [(date(2026, 1, 29), 2), (date(2026, 1, 30), 1)]


def test_a_paper_listed_twice_is_merged_into_its_highest_version() -> None:
    versions = [{"version": f"v{number}", "created": f"2026-01-0{number}T00:00:00Z"} for number in (1, 2)]
    raw = listing(
        record(categories="cs.LG cs.AI", versions=versions, title="Newer"),
        record(id="2601.00001"),
        record(categories="stat.ML cs.CV", versions=versions[:1], title="Older"),
        kinds=("cross", "new", "new"),
    )
    papers, rejected = clean_day(raw)
    assert papers.get_column("paper_id").to_list() == ["2601.20868", "2601.00001"]
    merged = papers.row(0, named=True)
    assert (merged["title"], merged["version"], merged["listing"]) == ("Newer", 2, "new")
    assert merged["categories"] == ["cs.LG", "cs.AI", "stat.ML", "cs.CV"]
    assert rejected.select("position", "paper_id", "field", "rule", "value").rows() == [
        (2, "2601.20868", "id", "duplicate", "2601.20868")
    ]
    assert rejected.item(0, "reason") == (
        "The paper is listed again at position 2; merged into position 0: nothing is to be done."
    )


def test_of_equal_versions_the_later_record_is_the_sources_last_word() -> None:
    papers, rejected = clean_day(listing(record(title="First"), record(title="Second"), record(title="Third")))
    assert papers.get_column("title").to_list() == ["Third"]
    assert rejected.get_column("position").to_list() == [0, 1]


def test_the_same_paper_on_two_days_is_no_duplicate() -> None:
    raw = pl.concat([listing(record(), day=date(2026, 1, 29)), listing(record(), day=date(2026, 1, 30))])
    papers, rejected = clean_day(raw)
    assert (papers.height, rejected.height) == (2, 0)


def test_a_broken_duplicate_costs_the_sound_one_nothing() -> None:
    papers, rejected = clean_day(listing(record(), record(title="x" * 2_000)))
    assert papers.height == 1
    assert rejected.get_column("rule").to_list() == ["at_most_1000_characters"]


def test_the_quick_frame_is_the_declared_one() -> None:
    rows = [only_paper(), only_paper(versions=[], doi="10.1/x", authors="Ann, Bob, Cy", authors_parsed=[])]
    assert papers_frame(rows).equals(PAPERS.frame(rows))


_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20),
    st.lists(st.one_of(st.none(), st.text(max_size=5), st.lists(st.text(max_size=5), max_size=3)), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
    st.sampled_from(["2601.00001", "2601.00001v2", "hep-th/9901001", "cs.LG stat.ML", "math.MP", "Ann and Bob (MIT)"]),
)  # fmt: skip
_RECORDS = st.one_of(
    st.text(max_size=30),
    st.dictionaries(st.sampled_from([*TEXTS, *LISTS, "announced"]), _VALUES).map(json.dumps),
    st.dictionaries(st.sampled_from([*TEXTS, *LISTS]), _VALUES, max_size=2).map(
        lambda some: json.dumps(record() | some)
    ),
)


@settings(max_examples=12, deadline=None)
@given(st.lists(_RECORDS, max_size=8))
def test_every_row_is_in_exactly_one_frame_whatever_it_holds(records: list[str]) -> None:
    raw = listing(*records)
    papers, rejected = clean_day(raw)
    assert papers.height + rejected.height == raw.height
    assert papers.schema == PAPERS.polars_schema
    assert rejected.schema == REJECTED_PAPERS.polars_schema
    assert failures(papers) == []
    assert rejected.get_column("position").is_sorted()
    assert not papers.select("day", "paper_id").is_duplicated().any()
