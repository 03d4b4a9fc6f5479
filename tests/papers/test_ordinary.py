"""What is cleaned by the column is what is cleaned one by one."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.papers.clean import clean_day, clean_record
from assets.papers.columns import papers_frame
from assets.papers.names import author_lists
from assets.papers.ordinary import ordinary_papers
from assets.papers.plain_names import plain_names
from assets.papers.plain_tex import cleaned, folded
from assets.papers.tex import to_text
from assets.papers.text import fold
from tests.papers.raw import listing, record

PIECES = (
    "$x$", "$x_1 + y$", "$O(n \\log n)$", "$p < 0.05$", "$5 to $10", "$10$", "$", "$$", "\\$", "5\\%", "\\%", "{", "}",
    "\\emph{a priori}", "\\emph{-x}", "\\textbf{b }", "\\textit{c}", "\\emph{$y$}", "$\\emph{z}\\%$", "\\text{if}",
    "\\", "$\\{x\\}$", "\\(", "\\)", "~", "--", "-", "''", "'", "``", "\"", "(", ")", "a", "ab", "A", "7", "5-", ".",
    ",", "_",
    "^", "^{2}", "_{a b}", "^\\circ", " ", "  ", "\n", "&amp;", "&", "é", "e\u0301", "\u200b", "\ue000", "\ue001", "²",
    "–", "\\cite{k}", "{\\l}ambda", "}ambda", "\\alpha", "and", "is", "the",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=9).map("".join)

NAMES = st.sampled_from(
    (
        "Ann Author", "B. Writer", "C.-D. Third", "Émile Øst", "van der Berg", "'t Hooft", "Md. Ali", "Peter Jr.",
        "Jr.",
        "III", "et al.", "and", "And", "", " ", "X Collaboration", "for the Y Collaboration", "A. -B. Fifth",
        "M\\\"uller",
        "Ann (MIT)", "1", "-", "A. and B", "with C", "Fernando Lima", "Petr Et", "D. O'Neil", "F.  Spaced", "ﬁ Name",
    )
)  # fmt: skip
STRINGS = st.lists(NAMES, max_size=5).flatmap(
    lambda names: st.sampled_from((", ", ",", " and ", ", and ", "; ", ",  ", " AND ")).map(
        lambda sign: sign.join(names)
    )
)
ENTRIES = st.lists(st.lists(NAMES | st.sampled_from(("Lee", "Ann", "a,b")), max_size=4), max_size=5)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_texts_are_cleaned_as_they_are_one_by_one(texts: list[str]) -> None:
    found = folded(pl.Series(texts, dtype=pl.String()))
    assert found.to_list() == [fold(text) for text in texts]
    assert cleaned(found).to_list() == [to_text(text) for text in found]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(STRINGS, ENTRIES), min_size=1, max_size=8))
def test_names_are_cut_as_they_are_one_by_one(rows: list[tuple[str, list[list[str]]]]) -> None:
    given_names = pl.Series([fold(text) for text, _ in rows], dtype=pl.String())
    names, names_tex = plain_names(given_names, [entries for _, entries in rows])
    for text, (_, entries), *found in zip(given_names, rows, names.to_list(), names_tex.to_list(), strict=True):
        if found != [None, None]:
            assert tuple(found) == author_lists(text, entries)


def test_most_names_and_texts_need_no_reading() -> None:
    names, names_tex = plain_names(
        pl.Series(["Ann Author, B. Writer and Émile Øst", "C. Third"]), [[["Author", "Ann", ""]], []]
    )
    assert names.to_list() == [["Ann Author"], ["C. Third"]]
    assert names_tex.to_list() == [["Ann Author"], ["C. Third"]]


VALUES: dict[str, tuple[Any, ...]] = {
    "id": ("2601.20868", "2601.20868v3", "math.GT/0309136", "2601.1234", "", None, 7),
    "title": ("A title", " \n", "", None, "On $x$", ["a"]),
    "abstract": ("An abstract.", "This paper has been withdrawn by its author.", "  ", None, "5\\% more"),
    "authors": ("Ann Author and B. Writer", "", None, "M. M\\\"uller (MIT)", 3),
    "comments": (None, "", "This paper has been withdrawn", "12 pages", 12),
    "categories": ("cs.LG stat.ML", "cs.NA math.NA", "I.2.7", "", None, ["cs.LG"]),
    "journal-ref": (None, "J. Phys. {\\bf 3}", ""),
    "doi": (None, " 10.1/x ", ""),
    "license": (None, "http://creativecommons.org/licenses/by/4.0/"),
    "report-no": (None, "R-1", 5),
    "versions": (
        None, [], "v1", [None], [{"version": "v1", "created": "Wed, 28 Jan 2026 17:59:03 GMT"}],
        [{"version": "v2", "created": "2026-01-28T17:59:03Z"}, {"version": "v1", "created": "2026-01-02"}],
        [{"version": "v1"}, {"version": "v1", "created": 3}],
        [{"version": 3, "created": "Mon, 28 Jan 2026 17:59:03 GMT"}],
        [{"version": "v2", "created": "Wed, 28 Jan 2026 25:59:03 GMT"}, {"version": "v3", "created": "x"}],
    ),
    "authors_parsed": (None, [], [["Author", "Ann", ""], ["Writer", "B.", ""]], [["Author"]], [[]], [["A", None]], "x"),
}  # fmt: skip
RECORDS = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()})


@settings(max_examples=30, deadline=None)
@given(st.lists(RECORDS | st.sampled_from(("", "[1]", "{", "null")), min_size=1, max_size=12))
def test_records_become_the_papers_that_they_become_one_by_one(records: list[Any]) -> None:
    raw = listing(*(record(**changes) if isinstance(changes, dict) else changes for changes in records))
    found = ordinary_papers(raw)
    alone = [clean_record(raw.row(place, named=True)) for place in range(raw.height)]
    expected = [alone[place][0] for place in found["place"]]
    assert None not in expected
    assert found.drop("place").equals(papers_frame([paper for paper in expected if paper]))
    papers, rejected = clean_day(raw)
    assert papers.height + rejected.height == raw.height


def test_an_ordinary_record_is_not_looked_at_alone() -> None:
    assert ordinary_papers(listing(record(), json.dumps(record(abstract="5\\% of \\emph{all} $x$")))).height == 2
