"""Whether readers from outside can follow a sentence."""

from __future__ import annotations

from assets.overviews.plainness import hardness, tells_of_the_title

TITLE = "Harnessing Kite Models for Detecting Storms in Valleys"


def test_symbols_and_acronyms_make_a_sentence_harder() -> None:
    plain = "The authors fly kites over every valley of the country to see where storms begin."
    assert (
        hardness(plain) < hardness(plain.replace("storms", "HPQ and KLR storms")) < hardness(f"{plain} $x^2 + y^2$ $z$")
    )


def test_a_sentence_that_leaves_its_subject_to_the_title_is_told_from_one_that_names_it() -> None:
    assert not tells_of_the_title("The authors explore a solution that is based on kites.", TITLE)
    assert tells_of_the_title("The authors detect storms in valleys by the way in which kites move.", TITLE)
