r"""Characters and TeX: what a decoder ate is found, and what abstracts really write is not."""

from __future__ import annotations

import pytest

from tests.summaries.checks.papers import kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The rate is \x0crac{1}{2} of what the dense model needs.", "eaten_tex"),
        ("The angle \theta grows linearly with the depth of it.", "eaten_tex"),
        ("The name $\textit{gates}$ is given to what prunes heads.", "eaten_tex"),
        ("The order $a \nless b$ holds for gates on three corpora.", "eaten_tex"),
        ("Here $x\neq0$ and $\nu_1 \not\\in X$ hold on three corpora of speech.", "eaten_tex"),
        ("The mean n = \u27e8n\rangle is what $\textsim13k$ papers have.", "eaten_tex"),
        ("The latency falls\ufffd by 41% on three corpora of speech.", "control_characters"),
        ("The latency falls\x7f by 41% on three corpora of speech.", "control_characters"),
        ("The latency falls to $\\frac{1}{2 of what it was before.", "unbalanced_math"),
        ("The latency falls to $\\frac{1}{2$ of what it was before.", "unbalanced_math"),
        ("The latency falls by \\textbf{41%} on three corpora.", "orphan_tex"),
    ],
)
def test_broken_notation_is_found_whoever_wrote_it(text: str, kind: str) -> None:
    assert kind in kinds(text)
    assert kind in kinds(text, extractive=True)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The gates\\u0393 reduce latency on three corpora of speech.", "literal_escape"),
        ("The gates are fast:\\n1. They reduce latency on three corpora.", "literal_escape"),
        ("The gate g_{i,j prunes heads on three corpora of speech.", "unbalanced_math"),
    ],
)
def test_what_only_models_leave_is_found_in_their_texts(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "The gates are **fast** on three corpora of speech.",
        "- The gates are fast on three corpora.",
        "Fast.<br>Small gates help.",
    ],
)
def test_markdown_is_shown_and_no_error(text: str) -> None:
    assert "markdown" in kinds(text, severity="warning")
    assert "markdown" not in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Funds of $5 to $10 per user are enough to run the gates on small devices.",
        "The price is below \\$5 and above $3 per user of the gates on small devices.",
        "The bound is $O(n^{2})$ in the worst case for the gates that are studied.",
        "The gates $g_{i,j}$ and the sets $\\{x : x > 3\\}$ are closed under products.",
        "The mesons $D_s^{**}$ and D_s^{**} decay, and pass@$k$ is what they measure.",
        "It is shown that 1<p<n implies the claim, where <f, g> is the inner product.",
    ],
)
def test_mathematics_and_money_raise_nothing(text: str) -> None:
    abstract = f"We study it. {text}"
    assert kinds(text, abstract=abstract, extractive=True) == set()
    assert kinds(text, abstract=abstract) <= {"copied"}
    assert kinds(text, abstract=abstract, severity="warning") <= {"copied"}


@pytest.mark.parametrize(
    "text",
    [
        "The gates need more memory,\nless time and\nequal work on\nother corpora.",
        "The gates serve small devices,\ne.g. phones, and the order\n$a < b$ of\nneurons.",
        "The gates are fast,\tauthors say, as\texternal tests on\ttop show.",
    ],
)
def test_a_line_break_before_a_word_is_no_eaten_command(text: str) -> None:
    assert "eaten_tex" not in kinds(text)
    assert kinds(text, severity="warning") & {"line_breaks", "control_characters"}


def test_a_macro_of_the_abstract_is_no_escape() -> None:
    abstract = r"Let $(R,\n,k)$ be a local ring with \n -adic topology and three corpora of modules over it."
    assert "literal_escape" not in kinds(
        r"Rings $(R,\n,k)$ have a \n -adic topology, the authors show.", abstract=abstract
    )
