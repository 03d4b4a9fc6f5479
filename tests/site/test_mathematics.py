"""Formulas as MathML: read by one of two libraries, or shown as TeX, and never anything but MathML."""

import json
import re
from pathlib import Path

import pytest
import zstandard

from assets import categories
from assets.digests.plain import MATHEMATICS
from assets.papers.tex import to_text
from assets.papers.text import fold
from assets.site.mathematics import LONGEST, mathml
from assets.site.texts import brief, legal, paragraphs, rich

LISTING = Path(__file__).parents[2].parent / "shared" / "data" / "listings" / "2026-01-all.jsonl.zst"


def test_a_formula_becomes_mathml() -> None:
    assert mathml(r"\frac{a}{b}") == "<math><mfrac><mi>a</mi><mi>b</mi></mfrac></math>"


@pytest.mark.parametrize("tex", [r"\Hom(A, B)", r"\mathds{1}", r"\textnormal{poly}(n)", r"\unicode{x2014}", r"\eps"])
def test_what_authors_take_for_granted_is_read(tex: str) -> None:
    assert mathml(tex).startswith("<math")
    assert "\\" not in mathml(tex)


def test_what_no_one_can_read_stands_as_its_own_tex() -> None:
    assert mathml("< x^ ") == "<code>&lt; x^</code>"
    assert mathml("x+" * LONGEST).startswith("<code>x+x+")


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<img src=x onerror=alert(1)>}",
        r"\href{javascript:alert(1)}{x}",
        r"\Hom \text{<script>alert(1)</script>}",
        r"\Hom \href{javascript:alert(1)}{y}",
        r"\Hom \style{background:url(//example.org)}{x}",
        r"\class{a}{x} \cssId{content}{x}",
        r"</math><script>alert(1)</script><math>",
        r"\mbox{</mtext></math><svg onload=alert(1)>}",
        r"\color{red} x",
    ],
)
def test_no_formula_holds_a_link_a_style_a_handler_or_html(tex: str) -> None:
    tags = re.findall(r"<[^>]*>", mathml(tex))
    assert tags
    for tag in tags:
        assert re.match(r"</?(?:m[a-z]+|code)[\s>]", tag), tag
        assert not re.search(r"href|style|class|id=|on\w+=|src", tag), tag


def test_text_outside_of_formulas_is_escaped_and_money_stays_money() -> None:
    assert rich(r"From \$5 to \$7 & <b>") == "From $5 to $7 &amp; &lt;b&gt;"
    assert rich(r"for $x$, \$5") == "for <math><mi>x</mi></math>, $5"
    assert rich("an odd $ alone") == "an odd $ alone"
    assert rich("9.8 % of $x$, 3 % more, a % b") == "9.8\u00a0% of <math><mi>x</mi></math>, 3\u00a0% more, a % b"
    assert rich("$$x$$ and $ $") == "<math><mi>x</mi></math> and $ $"


def test_characters_that_html_forbids_are_shown_as_replaced() -> None:
    assert rich("a\x00b\x1bc\ud800") == "a\ufffdb\ufffdc\ufffd"
    assert legal("tab\tand\nline") == "tab\tand\nline"


def test_paragraphs_are_kept_apart() -> None:
    assert paragraphs("One.\n\nTwo $x$.\n \n") == ["One.", "Two <math><mi>x</mi></math>."]


def test_a_brief_text_ends_at_a_word() -> None:
    assert brief("one two three", 13) == "one two three"
    assert brief("one two three", 10) == "one two…"
    assert brief(r"of order $n^{2}$", 40) == "of order n²"


def test_every_formula_of_a_real_day_is_set() -> None:
    if not LISTING.is_file():
        pytest.skip(f"the list of real papers is not there: {LISTING}")
    with zstandard.open(LISTING, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines if '"announced": "2026-01-30"' in line]
    formulas = [
        formula
        for record in records
        if {"cs.LG", "stat.ML"} & set(categories.parse_given(record["categories"] or ""))
        for text in (record["title"], record["abstract"])
        for match in MATHEMATICS.finditer(to_text(fold(text)))
        if (formula := match[1] or match[2])
    ]
    assert len(formulas) >= 107
    assert [formula for formula in formulas if not mathml(formula).startswith("<math")] == []
