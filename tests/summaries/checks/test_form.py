"""The outer form of a text: its end, its length, the same words again."""

from __future__ import annotations

import pytest

from tests.summaries.checks.papers import kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Latency falls by 41% on three corpora of speech", "no_final_punctuation"),
        ("Latency falls by 41% on three corpora, ", "truncated"),
        ("Latency falls by 41% on three corpora of the", "truncated"),
        ("Latency falls on three corpora of speech because...", "truncated"),
        ("Latency falls.", "too_short"),
        ("Latency falls by 41% on three corpora. " * 22, "too_long"),
        ("The gates are fast and the gates are fast and the gates are fast and the gates are fast.", "repetition"),
    ],
)
def test_a_broken_form_is_found_whoever_wrote_it(text: str, kind: str) -> None:
    assert kind in kinds(text)
    assert kind in kinds(text, extractive=True)


def test_characters_that_loop_are_repetition_where_no_space_divides_words() -> None:
    assert kinds(f"稀疏门控在三个语料库上将延迟降低{'分析' * 30}。", language="zh") == {"repetition"}


@pytest.mark.parametrize(
    "text",
    [
        "The volume of the group is Catalan's constant, which is $G=0.915965...$",
        "Its value is 0.915965... and that of the second one is 1.2020569...",
        'The gates answer "yes" on three corpora and (on two GPUs) say "no."',
        "Are sparse gates as good as dense ones on three corpora of speech?",
        "The gates say what they are for: “speed on three corpora.”",
    ],
)
def test_every_way_to_end_a_sentence_is_one(text: str) -> None:
    assert kinds(text, abstract=text, extractive=True) == set()


def test_a_preposition_before_the_full_stop_is_shown_only() -> None:
    text = "Large corpora of speech are what the approaches of before struggle with."
    assert kinds(text, abstract=text, extractive=True) == set()
    assert kinds(text, abstract=text, extractive=True, severity="warning") == {"truncated"}


def test_a_short_abstract_allows_a_short_text() -> None:
    assert kinds("A remark on gates.", abstract="A remark on gates.", extractive=True) == set()


def test_lengths_are_those_of_the_language() -> None:
    assert kinds("稀疏门控在三个语料库上将延迟降低了41%。", language="zh") == set()
    assert kinds("稀疏门控使延迟下降。", language="zh") == {"too_short"}
