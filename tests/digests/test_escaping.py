import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.digests.escaping import code, inline
from tests.digests.reading import read

ATTACKS = (
    '<img src=x onerror="alert(1)">',
    "<script>alert(1)</script>",
    "</details></summary><h1>Free</h1>",
    "<!-- gone",
    "[a link](javascript:alert(1))",
    "![an image](https://evil.example/x.png)",
    "[ref]: https://evil.example",
    "<https://evil.example>",
    "https://evil.example/a_b_c, or www.evil.example",
    "someone@evil.example",
    "# Heading",
    "> quote",
    "- item",
    "+ item",
    "1. item",
    "1) item",
    "---",
    "=== ",
    "***",
    "```js",
    "~~~",
    "~~gone~~ and ~gone~",
    "*a* _b_ __c__ **d** `e` ``f``",
    "| a | b |",
    "&lt;b&gt; &amp; &#60;i&#62;",
    r"\<b> \\<b> \*a\* C:\new",
    r"$\text{<img src=x onerror=alert(1)>}$",
    r"$a_i * b_i * c_i < [x](javascript:y)$",
    "$`</code><b>$",
    r"\$5 to \$10",
    "$5 without a partner",
    "$$",
    "$ $",
    r"\\$x$",
    "[^1] and [!NOTE]",
    "![`](javascript:x) `https://a.b`",
)

PIECES = st.one_of(
    st.sampled_from(
        [*ATTACKS, *"\\`*_[]()<>#|~!&$-+=.:/@", " ", "\n", "\n\n", "http://", "www.", "a", "é", "1", "<b>", "\\$"]
    ),
    st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=6),
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


def folded(text: str) -> str:
    return " ".join(text.split())


def letters(text: str) -> str:
    """A text without what writes dollars, so that money and mathematics compare."""
    return re.sub(r"[\s\\$]", "", text)


@given(TEXTS.filter(lambda text: "$" not in text))
def test_a_text_without_dollars_reads_exactly_as_it_was_written(text: str) -> None:
    reading = read(f"**Label** {inline(text)}")
    assert reading.words.strip() == folded(f"Label {text}")


@given(TEXTS)
def test_no_text_makes_an_element_a_link_or_a_block(text: str) -> None:
    reading = read(inline(text))
    assert set(reading.html) <= {"<span>", "</span>"}
    assert not reading.links
    assert reading.marks <= {"code_inline"}
    assert reading.blocks in ([], ["paragraph"])
    assert letters(reading.words) == letters(text)


@given(TEXTS)
def test_a_text_cannot_leave_the_link_that_it_is_the_title_of(text: str) -> None:
    reading = read(f"### 1. [{inline(text)}](https://arxiv.org/abs/1) (withdrawn)")
    assert reading.links == ["https://arxiv.org/abs/1"]
    assert set(reading.html) <= {"<span>", "</span>"}
    assert reading.blocks == ["heading"]
    assert letters(reading.words) == letters(f"1. {text} (withdrawn)")


@given(TEXTS)
def test_a_text_cannot_escape_a_fold(text: str) -> None:
    reading = read(f"<details><summary>More</summary>\n\n{inline(text)}\n\n</details>")
    assert [tag for tag in reading.html if "span" not in tag] == [
        "<details><summary>More</summary>",
        "</details>",
    ]


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_attack_is_seen_and_not_obeyed(attack: str) -> None:
    reading = read(inline(attack))
    assert letters(reading.words) == letters(attack)
    assert set(reading.html) <= {"<span>", "</span>"}
    assert not reading.links
    assert reading.marks <= {"code_inline"}


def test_mathematics_is_kept_as_tex_in_the_form_that_github_typesets() -> None:
    assert inline(r"We bound $O(n^{2})$ and $\alpha_i < \beta_i$.") == (
        r"We bound $`O(n^{2})`$ and $`\alpha_i < \beta_i`$."
    )


def test_a_formula_may_hold_a_dollar_and_a_backtick() -> None:
    assert inline(r"$\text{costs }5\$$ now") == r"$`\text{costs }5\$`$ now"
    assert read(inline("$a`b$")).words == "$a`b$\n"


def test_neighbouring_formulas_stay_apart() -> None:
    assert inline("$a$$b$ $$c$$") == "$`a`$$`b`$ $`c`$"


def test_money_is_no_mathematics() -> None:
    reading = read(inline(r"from \$5 to \$10"))
    assert reading.words == "from $5 to $10\n"
    assert "code_inline" not in reading.marks


def test_two_backslashes_do_not_hide_a_formula() -> None:
    assert read(inline(r"\\$x$")).marks == {"code_inline"}


def test_addresses_are_shown_whole_and_never_linked() -> None:
    text = "Code: https://github.com/a_b/c~d?x=1&y=2. See (www.example.org), me@example.org!"
    assert inline(text) == ("Code: `https://github.com/a_b/c~d?x=1&y=2`. See (`www.example.org`), `me@example.org`!")
    assert read(inline(text)).words.strip() == text


def test_an_underscore_hides_no_address() -> None:
    assert inline("_me_@example.org_") == "`_me_@example.org_`"
    assert inline("_http://a.b/_c_") == r"\_`http://a.b/_c`\_"


def test_plain_prose_stays_as_readable_as_it_was() -> None:
    text = "A 3-step method (GPT-4, snake_case_name): 50% better, isn't it? Yes; \"so\" – 'é'."
    assert inline(text) == text


def test_white_space_is_folded_to_one_line() -> None:
    assert inline(" a\n\n# b\u2028- c ") == "a # b - c"


def test_a_control_character_shows_as_a_replacement() -> None:
    assert inline("a\x00b\x9bc") == "a\ufffdb\ufffdc"


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1).filter(str.strip))
def test_code_holds_any_text(text: str) -> None:
    text = text.strip()
    reading = read(f"a {code(text)} b")
    assert reading.words == f"a {text} b\n"
    assert reading.marks == {"code_inline"}
