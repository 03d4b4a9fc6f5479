"""Terms and authors that a reader follows, as papers write them."""

import pytest

from assets.digests.following import folded, matching_authors, matching_terms


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("graph neural network", "On Graph Neural Networks."),
        ("state space", "A state-space model"),
        ("state-space", "a state space model"),
        ("Schrodinger", "the Schrödinger bridge"),
        ("transform*", "Transformers are all"),
        ("C++", "written in C++, fast"),
        ("class", "two classes"),
        ("LLM", "(LLMs)"),
        ("3D", "a 3D scene"),
        ("flow matching", "the *flow* _matching_ way"),
    ],
)
def test_a_term_is_found_as_whole_words(term: str, text: str) -> None:
    assert matching_terms([term], folded(text)) == (term,)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("tree", "a street"),
        ("neural graph", "graph neural"),
        ("transform", "transformers"),
        ("C++", "written in C"),
        ("a.b", "acb"),
    ],
)
def test_a_part_of_a_word_or_another_order_is_none(term: str, text: str) -> None:
    assert matching_terms([term], folded(text)) == ()


@pytest.mark.parametrize(
    ("followed", "author"),
    [
        ("Čeněk Dvořák", "Cenek Dvorak"),
        ("Čeněk Dvořák", "C. Dvořák"),
        ("C. Dvorak", "Čeněk Dvořák"),
        ("Dvořák, Čeněk", "Čeněk Dvořák"),
        ("Ada Ono", "Ada B. Ono"),
        ("Ada B. Ono", "Ada Ono"),
        ("A. B. Ono", "Ada Bea Ono"),
        ("Jean-Paul Roy", "J.-P. Roy"),
        ("Jens Müller", "Jens Mueller"),
        ("Jens Mueller", "Jens Müller"),
        ("Søren Åberg", "Soren Aberg"),
        ("Ludwig van Bo", "L. van Bo"),
        ("van Bo, Ludwig", "Ludwig van Bo"),
        ("Li Bo", "Bo Li"),
        ("Ono", "Ada Ono"),
        ("Ada Ono", "Ada Ono Jr."),
        ("Ono, Ada Jr.", "Ada Ono"),
    ],
)
def test_a_name_is_found_across_accents_initials_and_order(followed: str, author: str) -> None:
    assert matching_authors([followed], ["Bo Xu", author]) == (followed,)


@pytest.mark.parametrize(
    ("followed", "author"),
    [
        ("Ada Ono", "Bo Ono"),
        ("Ada Ono", "B. Ono"),
        ("Ada B. Ono", "Ada C. Ono"),
        ("Ada Ono", "Ada Onoda"),
        ("A. Ono", "O. Ana"),
        ("Ada Ono", "Ono"),
        ("Bo", "Bo Li"),
        ("Ada Ono", "!!!"),
    ],
)
def test_another_name_is_not_taken_for_it(followed: str, author: str) -> None:
    assert matching_authors([followed], [author]) == ()


def test_those_that_match_are_given_in_the_readers_order() -> None:
    assert matching_authors(["Bo Li", "No One", "Ada Ono"], ["Ada Ono", "Bo Li"]) == ("Bo Li", "Ada Ono")
    assert matching_terms(["b", "x", "a"], folded("a b")) == ("b", "a")
