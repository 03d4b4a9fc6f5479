"""Plain text: what is layout, what is invisible, what stays."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.papers.text import fold, fold_or_none


@pytest.mark.parametrize(
    ("given_text", "folded"),
    [
        ("  two\n  lines\tand \x0b more ", "two lines and more"),
        ("a\u00a0no-break, a\u2009thin and a\u3000wide space", "a no-break, a thin and a wide space"),
        ("Schr\x7fodinger\x00 \x1b[1m\x9f", "Schrodinger [1m"),
        ("zero\u200bwidth \u202eturned\u202c \ufeffmark soft\u00adhyphen\ufffd", "zerowidth turned mark softhyphen"),
        ("Poincare\u0301", "Poincaré"),
        ("&#64257;nite &amp; k&#8712;{0,1} &lt;5&nbsp;GeV", "finite & k∈{0,1} <5 GeV"),
        ("submitted to A&A; AT&T &c. & more &unknown;", "submitted to A&A; AT&T &c. & more &unknown;"),
        ("&amp;lt;", "<"),
        ("", ""),
        ("\u200b \n", ""),
    ],
)  # fmt: skip
def test_layout_goes_and_meaning_stays(given_text: str, folded: str) -> None:
    assert fold(given_text) == folded


def test_joiners_stay_where_a_script_or_an_emoji_needs_them() -> None:
    family = "\U0001f469\u200d\U0001f4bb"
    hindi = "क\u094d\u200dष"
    assert fold(family) == family
    assert fold(hindi) == hindi
    assert fold("Lat\u200din, in\u200cvisible") == "Latin, invisible"


def test_nothing_but_space_is_null() -> None:
    assert fold_or_none(" \n") is None
    assert fold_or_none(None) is None
    assert fold_or_none(" 12 pages\n 3 figures ") == "12 pages 3 figures"


@given(st.text())
def test_any_text_folds_to_something_stable_printable_and_composed(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert unicodedata.is_normalized("NFC", folded)
    assert "  " not in folded
    assert folded == folded.strip()
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in folded)
    folded.encode()
