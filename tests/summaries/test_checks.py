"""The checks find what is wrong with a text and stay quiet about what it is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.summaries.checks import check_summary, check_text
from assets.summaries.numbers import known_numbers, unknown_numbers

TITLE = "Sparse gates"
ABSTRACT = (
    "We propose sparse gates for 12k hours of speech. They reduce latency by 41% on three corpora and need two GPUs "
    "with 1,024 cores, at a cost of $10^{-3}$ in accuracy."
)


def names(text: str, *, extractive: bool = False, language: str = "en", severity: str = "error") -> set[str]:
    findings = check_text("result", text, title=TITLE, abstract=ABSTRACT, language=language, extractive=extractive)
    return {finding.kind for finding in findings if finding.severity == severity}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("   ", "empty"),
        ("N/A", "placeholder"),
        ("Not mentioned in the abstract.", "placeholder"),
        ("Failed to generate summary for this paper.", "placeholder"),
        ("Summary generation failed", "placeholder"),
        ("The abstract does not mention any conclusion.", "placeholder"),
        ("Error code: 429 - rate limit reached for the requested model.", "api_error"),
        ("You exceeded your current quota, please check your plan.", "api_error"),
        ("I'm sorry, but I cannot summarize this paper for you.", "refusal"),
        ("The rate is \x0crac{1}{2} of what the dense model needs.", "eaten_tex"),
        ("The angle \theta grows linearly with the depth of it.", "eaten_tex"),
        ("The latency falls\ufffd by 41% on three corpora of speech.", "control_characters"),
        ("The latency falls to $\\frac{1}{2 of what it was before.", "unbalanced_math"),
        ("The latency falls to $\\frac{1}{2$ of what it was before.", "unbalanced_math"),
        ("The latency falls by \\textbf{41%} on three corpora.", "orphan_tex"),
        ("Result: latency falls by 41% on three corpora of speech.", "label_leak"),
        ('{"result": "Latency falls by 41% on three corpora."}', "schema_echo"),
        ("The gates of {title} reduce latency on three corpora.", "template_slot"),
        ("Sure, here is the summary of the abstract you gave me.", "prompt_leak"),
        ("Latency falls by 41% on three corpora of speech", "no_final_punctuation"),
        ("Latency falls.", "too_short"),
        ("Latency falls by 41% on three corpora. " * 22, "too_long"),
        ("Latency falls on three corpora of speech because...", "truncated"),
        ("The gates are fast and the gates are fast and the gates are fast and the gates are fast.", "repetition"),
        ("They reduce latency by 41% on three corpora and need two GPUs with 1,024 cores.", "copied"),
        ("Latency falls by 57% on three corpora of speech data.", "invented_number"),
        ("稀疏门控在三个语料库上将延迟降低了41%，准确率几乎不变。", "wrong_language"),
    ],
)
def test_each_fault_is_found(text: str, name: str) -> None:
    assert name in names(text)


@pytest.mark.parametrize(
    "text",
    [
        "Content moderation policies block harmful content and flagged responses are filtered at scale.",
        'Attackers write "ignore previous instructions" into web pages, and agents obey such prompts.',
        "Reasoning models put their thoughts between <think> and </think> before they answer a question.",
        "Placeholder tokens and empty slots are common failures of templates in language generation.",
        "Latency falls by 41% on 3 corpora with 12,000 hours of speech; 1024 cores are enough.",
        "Two ideas matter: (1) gates are sparse, and (2) they are cheap to train on GPUs.",
        "Funds of $5 to $10 per user are enough to run the gates on small devices.",
        "The bound is $O(n^{2})$ in the worst case for the gates that are studied.",
        "The error of the model is unknown in practice, and results are not available for most users.",
    ],
)
def test_topics_and_plain_good_texts_raise_nothing(text: str) -> None:
    assert names(text, extractive=True) == set()


def test_numbers_are_recognized_in_the_forms_that_people_use() -> None:
    known = known_numbers(ABSTRACT)
    assert (
        unknown_numbers("12,000 hours, 12k hours, 12 thousand; 41 percent; 3 corpora; 2 GPUs; 1024 cores.", known) == []
    )
    assert unknown_numbers("A 7,000-fold speed-up and 57%.", known) == ["7,000", "57"]


def test_copying_is_no_fault_of_an_extract() -> None:
    text = "They reduce latency by 41% on three corpora and need two GPUs with 1,024 cores."
    assert names(text, extractive=True) == set()


def test_chinese_has_its_own_bounds() -> None:
    assert names("稀疏门控在三个语料库上将延迟降低了41%。", language="zh") == set()
    assert "wrong_language" in names("Latency falls by 41% on three corpora of speech.", language="zh")


def test_fields_that_say_the_same_are_found() -> None:
    text = "Sparse gates reduce latency on three large speech corpora by pruning attention heads."
    findings = check_summary(
        {"tldr": text, "method": None, "result": f"Overall, {text[0].lower()}{text[1:]}"},
        title=TITLE,
        abstract=ABSTRACT,
        extractive=False,
    )
    assert [(finding.kind, finding.field) for finding in findings] == [("overlap", "result")]


def test_findings_say_why() -> None:
    (finding,) = check_text("result", "n/a", title=TITLE, abstract="", extractive=False)[:1]
    assert finding.field == "result"
    assert " " in finding.reason


@given(st.text(max_size=300), st.booleans())
def test_no_text_breaks_the_checks(text: str, extractive: bool) -> None:
    first = check_text("tldr", text, title=TITLE, abstract=ABSTRACT, extractive=extractive)
    assert first == check_text("tldr", text, title=TITLE, abstract=ABSTRACT, extractive=extractive)
