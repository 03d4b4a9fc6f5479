"""A long sentence is divided into statements that each stand in good English."""

from __future__ import annotations

import pytest

from assets.summaries.statements import divided, told


@pytest.mark.parametrize(
    ("sentence", "second"),
    [
        (
            "The scheme needs one key for every user, offering a sound basis of audits, and supporting more users.",
            "This offers a sound basis of audits, and supports more users.",
        ),
        (
            "The scheme needs one key for every user, offering a way of finding faults and solving them at once.",
            "This offers a way of finding faults and solving them at once.",
        ),
        (
            "The scheme needs one key for every user, reducing the cost of audits.",
            "This reduces the cost of audits.",
        ),
    ],
)
def test_participles_beside_the_one_that_became_a_verb_are_turned_with_it(sentence: str, second: str) -> None:
    assert divided(sentence) == ("The scheme needs one key for every user.", second)


def test_a_sentence_is_not_divided_where_a_participle_beside_cannot_be_turned() -> None:
    assert divided("The scheme needs one key for every user, offering a sound basis, and outfoxing all spies.") is None


@pytest.mark.parametrize(
    ("abstract", "told_as"),
    [
        ("We settle the question of Smith by using Lorentzian polynomials.", "The authors use Lorentzian polynomials."),
        ("We settle the question of Smith via Lorentzian polynomials.", "The authors use Lorentzian polynomials."),
        (
            "We settle the question of Smith by constructing a new family of graphs.",
            "The authors construct a new family of graphs.",
        ),
        (
            "In this note I settle the question of Smith by using Lorentzian polynomials.",
            "The author uses Lorentzian polynomials.",
        ),
        (
            "We settle the question of Smith by outfoxing the usual obstacles.",
            "This is done by outfoxing the usual obstacles.",
        ),
    ],
)
def test_the_means_are_told_as_what_the_authors_do(abstract: str, told_as: str) -> None:
    pieces = divided(abstract)
    assert pieces is not None
    assert told(pieces[1], "A question", abstract) == told_as


def test_a_verb_of_something_else_is_not_given_to_the_authors() -> None:
    sentence = (
        "We introduce a search for rules of loom control in old mills that finds short schedules and improves the"
        " tension of every thread in the cloth."
    )
    assert divided(sentence) is None
    own = sentence.replace("improves", "improve").replace("that finds short schedules", "of any size")
    assert divided(own) == (
        "We introduce a search for rules of loom control in old mills of any size.",
        "We improve the tension of every thread in the cloth.",
    )
