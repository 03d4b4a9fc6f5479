"""What a text says is what title and abstract say: numbers, units, names, words, topic."""

from __future__ import annotations

import pytest

from assets.summaries.checks import check_summary, check_text, off_topic
from tests.summaries.checks.papers import ABSTRACT, TITLE, kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Latency falls by 57% on three corpora of speech data.", "invented_number"),
        ("Latency falls by seventy percent on three corpora of speech.", "invented_number"),
        ("The gates were trained on 13,000 hours of speech data.", "invented_number"),
        ("The cost in accuracy is $50^{-3}$ on three corpora.", "invented_number"),
        ("Training takes 18 minutes on two GPUs with 1,024 cores.", "changed_unit"),
        ("Latency falls by 41 ms on three corpora of speech data.", "changed_unit"),
        ("The gates bring a 7,000-fold speed-up over a look-up table.", "turned_claim"),
        ("The gates save 7,000 times what a look-up table takes.", "turned_claim"),
        ("They reduce latency by 41% on three corpora and need two GPUs with 1,024 cores.", "copied"),
    ],
)
def test_what_the_abstract_does_not_say_is_found(text: str, kind: str) -> None:
    assert kind in kinds(text)


def test_a_greek_letter_that_became_a_number_is_found() -> None:
    abstract = "We prove a regret bound of $O(κ d T)$ for bandits, without an assumption on contexts."
    assert "invented_number" in kinds("A regret bound of $O(50 d T)$ is proved for bandits.", abstract=abstract)


@pytest.mark.parametrize(
    "text",
    [
        "The gates listen to 12,000 hours, need 2 GPUs and cut latency by 41 percent on 3 corpora.",
        "Two ideas matter: (1) gates are sparse, and (2) they are cheap to train on GPUs.",
        "Training takes about 18 hours and is 7000 times slower than a table of answers.",
        "Accuracy falls by $10^{-3}$ only, where latency falls by 0.41 of what it was.",
    ],
)
def test_what_the_abstract_says_in_another_form_is_grounded(text: str) -> None:
    assert kinds(text) == set()


def test_names_of_other_papers_are_shown_and_no_error() -> None:
    text = "The gates are faster than QuickFormer-XL and a BERT of the same size on three corpora."
    assert "unknown_name" in kinds(text, severity="warning")
    assert "unknown_name" not in kinds(text)
    (finding,) = [
        finding
        for finding in check_text("result", text, title=TITLE, abstract=ABSTRACT, extractive=False)
        if finding.kind == "unknown_name"
    ]
    assert "QuickFormer-XL" in finding.reason
    assert "BERT" in finding.reason


@pytest.mark.parametrize(
    "text",
    [
        "The SGN is a network whose gates are sparse, and SGNs are fast on GPUs.",
        "A network (SGN-based) with sparse gates is proposed, which LLM users may like.",
        "SINKHORN gates are what the authors call sparse, and they are told in TL;DR form.",
    ],
)
def test_forms_of_the_papers_own_names_are_known(text: str) -> None:
    assert kinds(text, severity="warning") - {"unknown_name"} == set()
    assert "SGN" not in str(check_text("result", text, title=TITLE, abstract=ABSTRACT, extractive=False))


def test_a_quotation_is_shown_and_a_copy_is_an_error() -> None:
    quoting = (
        "They reduce latency by 41% on three corpora and need two GPUs with 1,024 cores, which many users of speech"
        " software will own."
    )
    assert "copied" not in kinds(quoting)
    assert "copied" in kinds(quoting, severity="warning")


def test_copying_is_no_fault_of_an_extract() -> None:
    text = "They reduce latency by 41% on three corpora and need two GPUs with 1,024 cores."
    assert kinds(text, extractive=True) == set()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("They reduce latency by 57% on three corpora and need two GPUs.", "invented_number"),
        ("Kitchen gardens bloom early where gentle rainfall strengthened every rosebush.", "not_an_extract"),
    ],
)
def test_what_is_called_an_extract_is_one(text: str, kind: str) -> None:
    assert kinds(text, extractive=True) == {kind}


def test_an_extract_may_be_retold() -> None:
    assert kinds("The authors propose sparse gates for 12k hours of speech.", extractive=True) == set()


GARDEN = {
    "tldr": "The kitchen garden blooms early this spring because gentle rainfall strengthened every rosebush.",
    "method": "Beekeepers celebrate plentiful honey with cheerful picnics, melons, cucumbers and pumpkins.",
    "result": "Strawberries and happy visitors make the meadow a pleasant place until late September evenings.",
}


def test_a_summary_of_something_else_is_off_topic_in_every_field() -> None:
    findings = check_summary(GARDEN, title=TITLE, abstract=ABSTRACT, extractive=False)
    assert {finding.field for finding in findings if finding.kind == "off_topic"} == set(GARDEN)
    assert off_topic(GARDEN.values(), TITLE, ABSTRACT)


@pytest.mark.parametrize("field", ["tldr", "method", "result"])
def test_one_field_about_something_else_is_found_among_good_ones(field: str) -> None:
    alien = (
        "The kitchen garden blooms early because gentle rainfall strengthened every rosebush, and beekeepers celebrate "
        "plentiful honey with cheerful picnics."
    )
    good = {
        "tldr": "Sparse gates prune attention heads while a recurrent transducer listens to streaming speech.",
        "motivation": "Phones and hearing aids have little memory and battery, so transducers drain them quickly.",
        "method": "Gates are trained jointly with the decoder by minimising a smooth penalty on active heads.",
        "result": "Latency and energy drop on broadcast, telephone and meeting corpora without losing accuracy.",
        "conclusion": "Redundant heads can be pruned safely before transducers are deployed on cheap hardware.",
    }
    abstract = " ".join(good.values())
    found = check_summary(good | {field: alien}, title=TITLE, abstract=abstract, extractive=False)
    assert [finding.field for finding in found if finding.kind == "off_topic"] == [field]
    kept = check_summary(good | {"practical": alien}, title=TITLE, abstract=abstract, extractive=False)
    assert not [finding for finding in kept if finding.kind == "off_topic"]


def test_little_text_is_not_judged_by_its_topic() -> None:
    assert not off_topic(["Beekeepers celebrate plentiful honey."], TITLE, ABSTRACT)
