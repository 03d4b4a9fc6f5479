"""Sentences of summaries as sentences of the page."""

from __future__ import annotations

import pytest

from assets.overviews.framing import attributed, goes_on, is_hollow, speaks_for_itself, standalone

THREE = ["Ana Ruiz", "Bo Li", "Cem Oz"]
TITLE = "Kites: Flying Low"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "The authors propose Kites and show that they fly low over every field.",
            "Ruiz et al. propose Kites and show that they fly low over every field.",
        ),
        (
            "Through many trials, the authors find that kites fly low where the authors' model says so.",
            "Through many trials, Ruiz et al. find that kites fly low where their model says so.",
        ),
        (
            "This study surveys all kites that were ever flown.",
            "A study by Ruiz et al. surveys all kites that were ever flown.",
        ),
    ],
)
def test_the_authors_get_their_names(text: str, told: str) -> None:
    assert attributed(text, THREE, TITLE, variant=0, show_title=False) == told


def test_one_author_takes_the_singular() -> None:
    text = "The authors study kites, and show that they fly."
    assert attributed(text, ["Ana de la Cruz"], TITLE, 0, False) == "de la Cruz studies kites, and shows that they fly."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "The authors avoid strings, use the lightest paper and train the flyers.",
            "Cruz avoids strings, uses the lightest paper and trains the flyers.",
        ),
        (
            "The authors describe kites for wind and test flights, and discuss old ones.",
            "Cruz describes kites for wind and test flights, and discusses old ones.",
        ),
        (
            "The authors show that kites climb fast and avoid the trees of the park.",
            "In a paper by Cruz, they show that kites climb fast and avoid the trees of the park.",
        ),
        (
            "By comparing two parks, the authors show how kites climb, and how they sink.",
            "By comparing two parks, Cruz shows how kites climb, and how they sink.",
        ),
        (
            "The authors apply strings of any weight, and apply kites to weather.",
            "Cruz applies strings of any weight, and applies kites to weather.",
        ),
        (
            "To study storms the authors launch kites over every tower of the town.",
            "To study storms, Cruz launches kites over every tower of the town.",
        ),
        (
            "For kites without strings, the author establishes a bound on the height.",
            "For kites without strings, Cruz establishes a bound on the height.",
        ),
        (
            "The count of all kites helps the authors understand the parks of the town.",
            "The count of all kites helps Cruz understand the parks of the town.",
        ),
    ],
)
def test_every_verb_of_one_author_is_in_the_singular_or_none(text: str, told: str) -> None:
    assert attributed(text, ["Ana Cruz"], TITLE, 0, False) == told


def test_the_authors_as_objects_become_them() -> None:
    text = "The authors count kites, which allows the authors to map the wind, and the authors' map is free."
    assert attributed(text, THREE, TITLE, 0, False) == (
        "Ruiz et al. count kites, which allows them to map the wind, and their map is free."
    )


def test_work_has_no_article() -> None:
    text = "This work presents kites that never land on any tree of the park."
    assert attributed(text, THREE, TITLE, 0, False) == (
        "Work by Ruiz et al. presents kites that never land on any tree of the park."
    )
    assert attributed(text, THREE, TITLE, 0, True).startswith("“Kites: Flying Low”, work by Ruiz et al., presents")


@pytest.mark.parametrize(
    "text",
    [
        "The authors show that it flies lower than all the others of the park.",
        "The authors evaluate them in every park of the town and in the valley.",
        "The authors collect a set of kites that is designed for such environments.",
        "To raise their height, the authors fly kites from every tower of the town.",
        "Experiments in all parks confirm its use for flyers in the whole valley.",
    ],
)
def test_a_pronoun_without_anything_before_it_does_not_speak_for_itself(text: str) -> None:
    assert not speaks_for_itself(text, TITLE)


def test_it_that_stands_for_nothing_may_open_a_clause() -> None:
    assert speaks_for_itself("The authors show that it is possible to fly kites in all parks.", TITLE)


def test_a_result_is_reported_in_varied_frames_that_keep_its_words() -> None:
    text = "Experiments show that the method flies 12% lower than others."
    told = {attributed(text, THREE, TITLE, variant) for variant in range(6)}
    assert len(told) == 3
    assert all(
        "the method flies 12% lower than others." in sentence and "“Kites: Flying Low”" in sentence for sentence in told
    )


def test_a_paper_without_authors_is_named_by_its_title() -> None:
    assert attributed("The kites fly low over all fields.", [], TITLE, 0, False).startswith("In “Kites: Flying Low”: ")


def test_an_opening_that_leads_nowhere_goes() -> None:
    text = "To address this gap in the field, the authors propose a kite that never lands on trees."
    assert standalone(text) == "The authors propose a kite that never lands on trees."


def test_a_conclusion_from_nothing_becomes_a_statement() -> None:
    text = "The authors therefore propose a kite that never lands on any tree of the park."
    assert standalone(text) == "The authors propose a kite that never lands on any tree of the park."


@pytest.mark.parametrize(
    "text",
    [
        "It also improves the accuracy of every kite that was tested so far.",
        "These results suggest that kites will fly lower in years to come.",
        "We propose a kite that never lands on trees, and show that it flies.",
        "Too short.",
        "The authors propose a kite (and a string for it that never breaks at all.",
        "The authors list three kites: (1) red ones, (2) blue ones and (3) green ones.",
        "The code of the kite is at https://kites.example/code for everybody to use.",
        "The authors show how to solve these problems with a kite that never lands.",
    ],
)
def test_a_sentence_that_cannot_stand_alone_is_not_used(text: str) -> None:
    assert standalone(text) is None


def test_background_is_told_from_what_the_paper_does() -> None:
    assert speaks_for_itself("The authors propose a kite that never lands on trees.", TITLE)
    assert speaks_for_itself("KITES is deployed in all parks of the town today.", "KITES: Flying Low")
    assert not speaks_for_itself("Kites have become popular in many towns of the world.", TITLE)
    assert not speaks_for_itself("The authors describe their method and its results.", TITLE)


@pytest.mark.parametrize("opening", ["Thereby", "Last", "Lastly", "Consequently", "Last, they", "Subsequently"])
def test_a_sentence_that_goes_on_from_another_is_not_used(opening: str) -> None:
    assert standalone(f"{opening}, the authors show that kites fly low over every field of the valley.") is None


@pytest.mark.parametrize(
    "text",
    [
        "The authors introduce Kites to counter this threat in every field of the valley.",
        "The authors propose Kites to overcome the limitations and to fly low over every field.",
        "The challenge is that kites fly low over every field of the valley in the morning.",
        "The authors address the challenge by flying kites low over every field of the valley.",
    ],
)
def test_a_challenge_that_another_sentence_named_points_back(text: str) -> None:
    assert standalone(text) is None


def test_a_challenge_that_is_named_stands() -> None:
    text = "The authors address the challenge of flying kites low over every field of the valley."
    assert standalone(text) == text


def test_praise_without_a_figure_is_hollow() -> None:
    assert is_hollow("Extensive experiments demonstrate the effectiveness of the kites in the valley.")
    assert is_hollow("Results confirm the practical usefulness of kites.")
    assert not is_hollow("Experiments demonstrate the superiority of kites, which fly 12 % lower.")
    assert not is_hollow("Experiments show that kites fly lower than balloons.")


@pytest.mark.parametrize(
    "text",
    [
        "Traditional kites, which are made for calm days, sink in the valley.",
        "Flying a kite by its colour alone suffers from slow turns in the wind.",
        "When wind and rain are weak, it climbs above every tower of the town.",
        "Experiments demonstrate the effectiveness of the kites in the valley.",
    ],
)
def test_a_second_sentence_is_about_the_paper_and_clear(text: str) -> None:
    assert not goes_on(text)
    assert goes_on("In every test the kite climbs 12 % higher than all the others.")
