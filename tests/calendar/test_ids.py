"""Identifiers of all forms, with and without what sources write around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.calendar.ids import ArxivId, parse_id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2601.20868", ArxivId("2601.20868", None, 2026, 1, 20868, None)),
        ("2601.20868v2", ArxivId("2601.20868", 2, 2026, 1, 20868, None)),
        ("1501.00001", ArxivId("1501.00001", None, 2015, 1, 1, None)),
        ("1412.9999v12", ArxivId("1412.9999", 12, 2014, 12, 9999, None)),
        ("0704.0001", ArxivId("0704.0001", None, 2007, 4, 1, None)),
        ("hep-th/9108001", ArxivId("hep-th/9108001", None, 1991, 8, 1, "hep-th")),
        ("hep-th/0703999v1", ArxivId("hep-th/0703999", 1, 2007, 3, 999, "hep-th")),
        ("math.GT/0309136", ArxivId("math/0309136", None, 2003, 9, 136, "math")),
        ("cond-mat.mtrl-sci/0001123v3", ArxivId("cond-mat/0001123", 3, 2000, 1, 123, "cond-mat")),
        ("cmp-lg/9404001", ArxivId("cmp-lg/9404001", None, 1994, 4, 1, "cmp-lg")),
    ],
)
def test_every_form_is_taken_apart(text: str, expected: ArxivId) -> None:
    assert parse_id(text) == expected


@pytest.mark.parametrize(
    "written",
    [
        "arXiv:2601.20868v2",
        "arxiv: 2601.20868v2",
        " 2601.20868v2\n",
        "http://arxiv.org/abs/2601.20868v2",
        "https://arxiv.org/abs/2601.20868v2",
        "https://www.arxiv.org/abs/2601.20868v2",
        "http://export.arxiv.org/abs/2601.20868v2",
    ],
)
def test_prefixes_that_sources_write_are_taken_off(written: str) -> None:
    assert parse_id(written) == parse_id("2601.20868v2") is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2601",
        "2601.1234",
        "1412.12345",
        "0703.0001",
        "2613.00001",
        "2600.00001",
        "2601.00000",
        "2601.208680",
        "2601.20868v0",
        "2601.20868v",
        "2601.20868 v2",
        "2601.20868 2601.20869",
        "hep-th/0704001",
        "hep-th/9113001",
        "hep-th/910801",
        "hep-zz/9108001",
        "hep-th9108001",
        "http://example.org/abs/2601.20868",
        "https://arxiv.org/pdf/2601.20868",
        "10.48550/arXiv.2601.20868",
        "２６０１.20868",
    ],
)
def test_what_is_no_identifier_is_none(text: str) -> None:
    assert parse_id(text) is None


def test_ids_sort_in_the_order_in_which_they_were_handed_out() -> None:
    texts = ["hep-th/9108001", "hep-th/9108002", "math/0309136", "0704.0001", "1412.9999", "1501.00001", "1501.10000"]
    ids = [found for text in texts if (found := parse_id(text))]
    assert [found.paper_id for found in sorted(set(ids), key=lambda found: found.order)] == texts


@given(
    year=st.integers(2007, 2090),
    month=st.integers(1, 12),
    number=st.integers(1, 9999),
    version=st.none() | st.integers(1, 999),
)
def test_the_paper_id_of_an_identifier_is_its_own(year: int, month: int, number: int, version: int | None) -> None:
    digits = 5 if year >= 2015 else 4
    paper_id = f"{year % 100:02}{month:02}.{number:0{digits}}"
    found = parse_id(paper_id + (f"v{version}" if version else ""))
    if (year, month) < (2007, 4):
        assert found is None
    else:
        assert found == ArxivId(paper_id, version, year, month, number, None)
        assert parse_id(found.paper_id) == ArxivId(paper_id, None, year, month, number, None)


@given(st.text(max_size=30))
def test_any_text_is_an_identifier_or_none(text: str) -> None:
    found = parse_id(text)
    assert found is None or parse_id(found.paper_id) is not None
