"""A paper's own sentences are told from what stands around them."""

from __future__ import annotations

import pytest

from assets.summaries.authorship import own_sentences, standings
from assets.summaries.lexicon import words


def own(*sentences: str) -> list[bool]:
    return own_sentences(sentences, [words(sentence) for sentence in sentences])


@pytest.mark.parametrize(
    "sentence",
    [
        "We prove a bound on the width of graphs.",
        "Here I show that the bound is sharp.",
        "Our method needs half the memory.",
        "This short note gives a second proof.",
        "In contrast to previous work, we need no labels.",
        "This proof was shown to us by a student.",
    ],
)
def test_the_first_person_and_this_paper_speak_of_the_paper(sentence: str) -> None:
    assert own(sentence) == [True]


@pytest.mark.parametrize(
    "sentence",
    [
        "The cells (i.e., neurons) of Part I differ in the US.",
        "Agents mark our entry into an era of automation.",
        "Little is known about our Galaxy.",
        "In an earlier paper, we introduced the problem of gluing.",
        "We have recently studied the case of trees.",
        "Much work on the paper industry exists.",
    ],
)
def test_what_only_looks_like_it_does_not(sentence: str) -> None:
    assert own(sentence) == [False]


def test_our_alone_is_the_authors_once_they_have_spoken() -> None:
    deployment = "Our deployments run for weeks."
    assert own(deployment) == [False]
    assert own("We present a scheduler.", deployment) == [True, True]


def test_each_sentence_stands_somehow_to_the_papers_own() -> None:
    assert standings([False, False, True, False, True]) == ["#before 2", "#before 1", "#own 0", "#behind 1", "#own 1"]
    assert standings([False, False]) == ["#never", "#never"]
    assert standings([]) == []
