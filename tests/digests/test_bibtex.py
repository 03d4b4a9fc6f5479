r"""Entries are read back by two parsers of others, and what they give is what the paper says."""

from __future__ import annotations

import re
from typing import Any

import bibtexparser
import pytest
from bibtexparser.model import Entry as ParsedEntry
from hypothesis import given
from pybtex.database import parse_string

from assets.digests.bibtex import bibtex_entry, bibtex_file, citation, citation_key, tex
from assets.digests.digest import Entry
from tests.digests.odd import odd_papers
from tests.digests.rows import digest_of, paper
from tests.digests.test_escaping import ATTACKS, TEXTS

_WRITTEN = {
    "\\textbackslash{}": "\\",
    "\\textbraceleft{}": "{",
    "\\textbraceright{}": "}",
    "\\textasciitilde{}": "~",
    "\\textasciicircum{}": "^",
    **{f"\\{sign}": sign for sign in "$&%#_"},
}
_MATH_OR_SIGN = re.compile(r"\$(?:\\.|[^\\$])+\$|\\[a-z]+\{\}|\\.")


def as_read(value: str) -> str:
    """What a reader of the typeset value sees, mathematics as its source."""
    return _MATH_OR_SIGN.sub(lambda match: _WRITTEN.get(match[0], match[0].replace("\\%", "%")), value)


def entry(**changes: Any) -> Entry:
    return digest_of([paper(changes.pop("paper_id", "2601.20868"), **changes)], followed=None).entries[0]


def parsed(text: str) -> list[ParsedEntry]:
    """The entries as bibtexparser reads them; pybtex must read the same keys, without a complaint."""
    library = bibtexparser.parse_string(text)
    assert not library.failed_blocks
    assert list(parse_string(text, "bibtex").entries) == [one.key for one in library.entries]
    return library.entries


def fields(text: str) -> dict[str, str]:
    (one,) = parsed(text)
    return {field.key: field.value for field in one.fields}


def test_an_entry_names_the_paper_as_arxiv_does() -> None:
    text = bibtex_entry(
        entry(
            title="Of trees: $O(n_i)$ & more",
            authors=["Ada Ono", "Ludwig van Bo", "Čeněk Dvořák Jr."],
            doi="10.1000/x.y_z",
            journal_ref="J. of Trees 1 (2026) 1-9",
        )
    )
    assert text == (
        "@misc{ono-2601.20868,\n"
        "    author = {Ono, Ada and van Bo, Ludwig and Dvořák, Jr., Čeněk},\n"
        "    title = {{Of trees: $O(n_i)$ \\& more}},\n"
        "    year = {2026},\n"
        "    eprint = {2601.20868},\n"
        "    archivePrefix = {arXiv},\n"
        "    primaryClass = {cs.LG},\n"
        "    url = {https://arxiv.org/abs/2601.20868},\n"
        "    doi = {10.1000/x.y_z},\n"
        "    note = {J. of Trees 1 (2026) 1-9}\n"
        "}\n"
    )


def test_a_group_is_one_author_whatever_its_name_holds() -> None:
    text = bibtex_entry(entry(authors=["Ada Ono", "Research and Development Collaboration", "A, B"]))
    assert "author = {Ono, Ada and {Research and Development Collaboration} and {A, B}}" in text
    assert len(parse_string(text, "bibtex").entries["ono-2601.20868"].persons["author"]) == 3


def test_of_several_dois_the_first_counts_and_what_is_none_is_left_out() -> None:
    assert fields(bibtex_entry(entry(doi="10.1000/a, 10.1000/b")))["doi"] == "10.1000/a"
    assert "doi" not in fields(bibtex_entry(entry(doi="to appear")))


def test_a_per_cent_sign_hides_nothing_behind_it() -> None:
    assert tex("50% of $95% = x$ and $5\\%$") == "50\\% of $95\\% = x$ and $5\\%$"


def test_mathematics_that_would_end_the_entry_is_written_in_letters() -> None:
    value = fields(bibtex_entry(entry(title="$}$ and $\\{x$ stay inside")))["title"]
    assert value.count("{") == value.count("}")
    assert "stay inside" in value


def test_keys_are_stable_plain_and_never_twice_in_a_file() -> None:
    assert citation_key(entry(authors=["Čeněk van der Dvořák"])) == "vanderdvorak-2601.20868"
    assert citation_key(entry(authors=[])) == "arxiv-2601.20868"
    assert citation_key(entry(paper_id="hep-th/9901001")) == "ono-hep-th-9901001"
    assert citation_key(entry(authors=["王小明"])) == "arxiv-2601.20868"
    text = bibtex_file([entry(), entry(paper_id="2601.20869"), entry()])
    assert [one.key for one in parsed(text)] == ["ono-2601.20868", "ono-2601.20869", "ono-2601.20868-2"]
    assert bibtex_file([]) == ""


def test_the_year_is_that_of_the_id() -> None:
    assert fields(bibtex_entry(entry(paper_id="hep-th/9901001")))["year"] == "1999"


@pytest.mark.parametrize("attack", [*ATTACKS, "}}\n@misc{x, title={y}}", '"', "{", "}", "\\", "%", "@comment{"])
def test_no_attack_in_any_field_ends_the_entry(attack: str) -> None:
    one = entry(
        paper_id=attack,
        title=attack,
        authors=[attack, "B. Li"],
        journal_ref=attack,
        doi=attack,
        categories=[attack],
        primary_category=attack,
    )
    text = bibtex_file([one, entry()])
    read, other = parsed(text)
    assert other.key == "ono-2601.20868"
    assert {field.key for field in read.fields} <= {
        *("author", "title", "year", "eprint", "archivePrefix", "primaryClass", "url", "doi", "note")
    }
    assert len(parse_string(text, "bibtex").entries[read.key].persons["author"]) == 2
    assert "\n" not in citation(one)


@given(TEXTS)
def test_a_text_is_one_value_whose_braces_pair(text: str) -> None:
    value = tex(text)
    depth = 0
    for sign in value:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    if "$" not in text:
        assert as_read(value) == " ".join(text.split())


def test_every_odd_paper_is_read_back_as_it_is() -> None:
    entries = digest_of(odd_papers(), followed=None).entries
    text = bibtex_file(entries)
    read = bibtexparser.parse_string(text).entries
    persons = parse_string(text, "bibtex").entries
    assert len(read) == len(persons) == len(entries)
    for one, paper_ in zip(read, entries, strict=True):
        found = {field.key: field.value for field in one.fields}
        assert as_read(found["eprint"]) == paper_.paper_id
        assert found["title"].startswith("{")
        if "$" not in paper_.title:
            assert as_read(found["title"][1:-1]) == paper_.title
        assert len(persons[one.key].persons.get("author", [])) == len(paper_.authors)


def test_a_citation_is_a_line_of_plain_text() -> None:
    one = entry(title="Is $O(n^{2})$ enough?", doi="10.1000/x", journal_ref="J. Trees 1")
    assert citation(one) == (
        "Ada Ono, Bo Li and Čeněk Dvořák (2026). Is O(n²) enough? arXiv:2601.20868 [cs.LG]. J. Trees 1. "
        "https://doi.org/10.1000/x"
    )
    assert citation(entry(title="Of trees", authors=[f"A{n} B" for n in range(12)])).startswith("A0 B, A1 B, ")
    assert "A9 B et al. (2026). Of trees." in citation(entry(title="Of trees", authors=[f"A{n} B" for n in range(12)]))
    assert citation(entry(title="Of trees", authors=[])) == "(2026). Of trees. arXiv:2601.20868 [cs.LG]."
