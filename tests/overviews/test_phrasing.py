"""Small words."""

from __future__ import annotations

import pytest

from assets.overviews.phrasing import days_between, part, percent, quoted, ratio_text, short_authors, short_comment
from assets.overviews.rounding import numbers_in


@pytest.mark.parametrize(
    ("share", "printed"),
    [
        (0, "0 %"),
        (0.0004, "0.04 %"),
        (0.032, "3.2 %"),
        (0.41, "41 %"),
        (0.996, "99.6 %"),
        (0.99961, "99.96 %"),
        (1, "100 %"),
    ],
)
def test_a_share_is_printed_as_the_rounding_rule_reads_it(share: float, printed: str) -> None:
    assert percent(share) == printed
    assert numbers_in(printed)[0].stands_for(share)


def test_parts_of_few_are_counts() -> None:
    assert part(3, 12) == "3 of 12"
    assert part(3, 30) == "10 %"


def test_an_interval_never_hides_its_side_of_one() -> None:
    assert ratio_text(1.21, 1.94) == "1.2 to 1.9"
    assert ratio_text(1.02, 1.31) == "1.02 to 1.31"


def test_dates_say_nothing_twice() -> None:
    assert days_between("2025-01-03", "2025-12-30") == "3 January to 30 December 2025"
    assert days_between("2025-10-06", "2025-10-10") == "6 to 10 October 2025"


def test_quotes_inside_a_title_become_single() -> None:
    assert quoted('On "kites" and “strings”') == "“On ‘kites’ and ‘strings’”"


@pytest.mark.parametrize(
    ("authors", "named"),
    [
        (["Ana Ruiz"], "Ruiz"),
        (["Ana Ruiz", "Bo Li"], "Ruiz and Li"),
        (["Bo Li", "Cy Li"], "Bo Li and Cy Li"),
        (["Ludwig van der Berg", "Bo Li", "Cy Li"], "van der Berg et al."),
        (["Martin King Jr.", "Bo Li", "Cy Li"], "King et al."),
        (["The Kite Collaboration"], "The Kite Collaboration"),
        ([], ""),
    ],
)
def test_authors_are_named_as_people_cite_them(authors: list[str], named: str) -> None:
    assert short_authors(authors) == named


def test_a_comment_is_cut_to_what_it_says_of_the_venue() -> None:
    honour = r"(?i)\boral\b"
    assert short_comment(
        "12 pages. Accepted at KITE 2025 (oral), 9 pages, 3 figures; code: https://x.example", honour
    ) == ("Accepted at KITE 2025 (oral)")
    assert short_comment("An oral history of kites", honour) is None
    assert short_comment(None, honour) is None


def test_an_interval_shows_the_side_of_one_that_it_lies_on() -> None:
    assert ratio_text(1.004, 1.26) == "1.004 to 1.260"
    assert ratio_text(1.2, 1.9) == "1.2 to 1.9"
    assert ratio_text(0.81, 0.997) == "0.810 to 0.997"
