"""Numbers are recognized in the forms that people use, and no other number passes for one of them."""

from __future__ import annotations

import pytest

from assets.summaries.numbers import known_numbers, unknown_numbers

ABSTRACT = (
    "We train on 12k hours and 158,624 clips. Latency falls by 41% and cost by 27.9%, a correlation of 0.97 on three "
    "corpora; two hundred hours were recorded in May 2024 at 955 nm over the last 5 Gyr, four orders of magnitude more "
    "than before, and one third was lost. In Europe 29,4% agree."
)


@pytest.mark.parametrize(
    "text",
    [
        "12,000 hours, 12k hours, 12 thousand hours, 1.2万小时",
        "41 percent on 3 corpora",
        "about 28% or 27% and 27.9%",
        "97% of it",
        "some 158k or 159k or 160,000 clips",
        "200 hours",
        "2024年5月",
        "0.955 µm",
        "50亿年",
        "10^4 or 10,000 times",
        "33% was lost",
        "29.4% agree",
        "(1) hours, (2) clips; 4) latency，5. 成本",
        "3D scenes in 2D",
        "forty-one percent of two hundred hours on three corpora, or ninety-seven percent",
        "the twenty-first century has one of many, and three orders of magnitude more",
        "28% of 159 thousand clips, or 27%",
    ],
)
def test_a_number_in_another_form_is_known(text: str) -> None:
    assert unknown_numbers(text, known_numbers(ABSTRACT)) == []


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("a 7,000-fold speed-up and 57%", ["7,000", "57"]),
        ("13k hours", ["13k"]),
        ("42% and 40%", ["42", "40"]),
        ("98% of it", ["98"]),
        ("170k clips", ["170k"]),
        ("2025年6月", ["2025", "6"]),
        ("分别为22.11%、12.42%和9.1%", ["22.11", "12.42", "9.1"]),
        ("300 hours", ["300"]),
        ("seventy percent on forty corpora", ["seventy", "forty"]),
        ("three hundred hours", ["three hundred"]),
        ("the loss is 47. The authors say so", ["47"]),
        ("a clear margin (47) of it, and (3) corpora", ["47"]),
        ("the score is 6. The last is 1. The end is 7. So it is", ["6", "7"]),
        ("41 billion clips and 41 million", ["41 billion", "41 million"]),
        ("41亿", ["41亿"]),
    ],
)
def test_another_number_is_not(text: str, unknown: list[str]) -> None:
    assert unknown_numbers(text, known_numbers(ABSTRACT)) == unknown


def test_a_value_is_rounded_or_cut_and_never_raised() -> None:
    known = known_numbers("an accuracy of 95.4% and 12 datasets")
    assert unknown_numbers("95%", known) == []
    assert unknown_numbers("96%", known) == ["96"]
    assert unknown_numbers("0.955 of 12 thousand", known) == ["0.955", "12 thousand"]
    assert unknown_numbers("95.46 is 95.5 or 95.4", known_numbers("95.46")) == []
    assert unknown_numbers("25千秒差距", known_numbers("25$\\,$kpc")) == []
    assert unknown_numbers("1.5万亿, 3百万", known_numbers("1.5 trillion and 3 million")) == []
    assert unknown_numbers("3.5亿", known_numbers("3.5 billion")) == ["3.5亿"]
    assert unknown_numbers("12 billion", known_numbers("$12 \\times 10^{9}$ documents")) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("two hundred and forty two", 242),
        ("twelve thousand", 12_000),
        ("forty-two", 42),
        ("three million", 3e6),
        ("two orders of magnitude", 100),
    ],
)
def test_number_words_in_a_row_are_one_number(text: str, value: float) -> None:
    assert value in known_numbers(text)
