"""The one entry: findings have a known kind, a reason for people and a severity, and no text breaks the checks."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from assets.summaries.checks import (
    GROUNDING_KINDS,
    KINDS,
    LANGUAGE_KINDS,
    VALIDITY_KINDS,
    check_summary,
    check_text,
    repeats,
)
from tests.summaries.checks.papers import ABSTRACT, TITLE


def test_every_kind_is_in_one_group_and_has_a_reason() -> None:
    assert KINDS.keys() == VALIDITY_KINDS | GROUNDING_KINDS | LANGUAGE_KINDS
    assert len(VALIDITY_KINDS) + len(GROUNDING_KINDS) + len(LANGUAGE_KINDS) == len(KINDS)
    assert all(" " in kind.reason for kind in KINDS.values())


def test_fields_that_say_the_same_are_found() -> None:
    text = "Sparse gates reduce latency on three large speech corpora by pruning attention heads."
    findings = check_summary(
        {"tldr": text, "method": None, "result": f"Overall, {text[0].lower()}{text[1:]}"},
        title=TITLE,
        abstract=ABSTRACT,
        extractive=False,
    )
    assert [(finding.kind, finding.field) for finding in findings] == [("overlap", "result")]


def test_chinese_fields_are_compared_by_pairs_of_characters() -> None:
    text = "稀疏门控在三个语料库上将延迟降低了41%，准确率几乎不变。"
    assert repeats(text, f"总之，{text}")
    assert not repeats(text, "作者训练了一个网络，用两块显卡在语音数据上学习如何裁剪注意力头。")


def test_two_failures_do_not_overlap() -> None:
    findings = check_summary({"tldr": "N/A", "result": "N/A"}, title=TITLE, abstract=ABSTRACT, extractive=False)
    assert [finding.kind for finding in findings] == ["placeholder", "placeholder"]


def test_findings_say_why() -> None:
    (finding,) = check_text("result", "n/a", title=TITLE, abstract="", extractive=False)
    assert finding.field == "result"
    assert finding.severity == "error"
    assert " " in finding.reason


texts = st.text(max_size=300) | st.lists(
    st.sampled_from(
        [ABSTRACT, "$", "{", "\\frac", "41%", "12 ms", "稀疏", "**", "<b>", "error code: 429", "\x0crac", "BERT-2"]
    )
).map(" ".join)


@given(texts, st.booleans(), st.sampled_from(["en", "zh", "de", "ja", "xx"]))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_checks(text: str, extractive: bool, language: str) -> None:
    found = check_text("tldr", text, title=TITLE, abstract=ABSTRACT, language=language, extractive=extractive)
    assert {finding.kind for finding in found} <= KINDS.keys()
    assert found == check_text("tldr", text, title=TITLE, abstract=ABSTRACT, language=language, extractive=extractive)
