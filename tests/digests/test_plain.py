r"""Mathematics in plain letters: it reads, it is one line, and nothing of TeX is left."""

import pytest
from hypothesis import given

from assets.digests.plain import plain
from tests.digests.test_escaping import TEXTS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"in $O(n^{2})$ time", "in O(n²) time"),
        (r"$\alpha_i < \beta_{ij}$", "α_i < β_ij"),
        (r"$\frac{a+b}{c}$ of it", "(a+b)/c of it"),
        (r"$\mathbb{R}^{d\times k}$", "ℝ^(d × k)"),
        (r"$10^{-3}$, $x_1^2$", "10⁻³, x₁²"),
        (r"$\sqrt{\log n}$", "√(log n)"),
        (r"\$5 to \$10", "$5 to $10"),
        (r"$x\to\infty$", "x→∞"),
        (r"$95\%$", "95%"),
        ("a\nb\x07c", "a b c"),
        ("no mathematics", "no mathematics"),
    ],
)
def test_mathematics_reads_in_letters(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize("formula", ["a{b", "}{", r"\frac{a", r"\left(", "^", "_", r"\text{<b>}", "{" * 200, r"\\"])
def test_a_broken_formula_loses_its_commands_and_no_more(formula: str) -> None:
    text = plain(f"before ${formula}$ after")
    assert text.startswith("before")
    assert text.endswith("after")


@given(TEXTS)
def test_any_text_becomes_one_line_without_control_characters(text: str) -> None:
    line = plain(text)
    assert line.isprintable() or not text.isprintable()
    assert "\n" not in line
