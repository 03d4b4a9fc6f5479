r"""Addresses of code as authors write them, and what is none."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.digests.code_links import code_links, destination, shown
from tests.digests.reading import read
from tests.digests.test_escaping import ATTACKS, TEXTS

REPOSITORY = "https://github.com/ono/trees"


@pytest.mark.parametrize(
    "text",
    [
        "Code: https://github.com/ono/trees",
        "Our code is at https://github.com/ono/trees.",
        "(https://github.com/ono/trees)",
        "see https://github.com/ono/trees, and more",
        "at https://github.com/ono/trees; it works!",
        "**https://github.com/ono/trees**",
        r"code: \url{https://github.com/ono/trees}",
        r"at \href{https://github.com/ono/trees}{this https URL}",
        "this https URL (https://github.com/ono/trees).",
        "code at github.com/ono/trees.",
        "code at https:// github.com/ono/trees",
        "code at https: //github.com/ono/trees",
        "code at https://github.com/ ono/trees.",
        "Code: https://github.com/ono/trees (MIT).",
        "HTTPS://GitHub.com/ono/trees",
        "https://github.com/ono/trees and again https://github.com/ono/trees/ or github.com/ono/trees.git",
    ],
)
def test_an_address_is_found_without_what_the_sentence_adds(text: str) -> None:
    (found,) = code_links([text])
    assert found == REPOSITORY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://github.com/ono/ Trees-2 now", "https://github.com/ono/Trees-2"),
        ("https://github.com/ono/ and more", "https://github.com/ono/"),
        (r"https://github.com/a\_b/c\_d", "https://github.com/a_b/c_d"),
        ("https://ono.github.io", "https://ono.github.io"),
        ("https://ono.github.io/trees/.", "https://ono.github.io/trees/"),
        ("https://gitlab.inria.fr/ono/trees", "https://gitlab.inria.fr/ono/trees"),
        ("Data: https://huggingface.co/datasets/ono/trees", "https://huggingface.co/datasets/ono/trees"),
        ("https://doi.org/10.5281/zenodo.123456", "https://doi.org/10.5281/zenodo.123456"),
        ("Data at Zenodo: DOI 10.5281/zenodo.123456.", "https://doi.org/10.5281/zenodo.123456"),
        ("https://zenodo.org/records/1", "https://zenodo.org/records/1"),
        ("https://bitbucket.org/ono/trees", "https://bitbucket.org/ono/trees"),
        ("https://codeberg.org/ono/trees", "https://codeberg.org/ono/trees"),
        ("Project page: https://trees.example.org/x_(y)", "https://trees.example.org/x_(y)"),
        ("The code is available at www.example.org/trees.", "https://www.example.org/trees"),
        ("https://anonymous.4open.science/r/trees-1A2B/", "https://anonymous.4open.science/r/trees-1A2B/"),
    ],
)
def test_many_places_hold_code(text: str, expected: str) -> None:
    assert code_links([text]) == (expected,)


@pytest.mark.parametrize(
    "text",
    [
        "See https://arxiv.org/abs/2601.00001 for the data.",
        "https://github.com",
        "We study github.com as a network.",
        "https://example.org/paper.pdf",
        "The code of ethics. See https://example.org.",
        "code: ftp://files.example/ono/trees",
        "javascript:alert(1)//github.com",
        "code: javascript:alert(1)",
        "code: data:text/html,x",
        "code: https://user@evil.example/x",
        "code: https://127.0.0.1/x",
        "code: https://[::1/",
        "me@github.com",
        "",
        None,
    ],
)
def test_what_is_no_address_of_code_is_left_alone(text: str | None) -> None:
    assert code_links([text]) == ()


def test_the_order_of_the_texts_is_kept_and_each_address_stands_once() -> None:
    comment, abstract = (
        "https://github.com/b/b and https://github.com/a/a",
        "https://github.com/A/A https://zenodo.org/x",
    )
    assert code_links([comment, abstract]) == (
        "https://github.com/b/b",
        "https://github.com/a/a",
        "https://zenodo.org/x",
    )


def test_an_address_is_shown_without_its_scheme() -> None:
    assert shown("https://www.github.com/ono/trees/") == "github.com/ono/trees"


@given(st.one_of(TEXTS, st.sampled_from(ATTACKS)))
def test_no_text_makes_a_link_of_another_kind_or_leaves_it(text: str) -> None:
    for address in code_links([f"code: https://a.example/{text}", f"code at https://github.com/{text}", text]):
        assert re.match(r"https?://[a-z0-9.-]+(?:[:/?#]|$)", address)
        assert re.fullmatch(r"[A-Za-z0-9/:?#@!$&*+,;=%~._-]+", destination(address))
        link = destination(address).replace("&", "&amp;")
        assert read(f"[x]({link})").links == [destination(address)]
