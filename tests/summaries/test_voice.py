"""An author's sentence is retold in the third person, without what tied it to its neighbours."""

from __future__ import annotations

import pytest

from assets.summaries.voice import retell, standing_alone, third_person


@pytest.mark.parametrize(
    ("said", "retold"),
    [
        ("In this paper, we propose a solver.", "The authors propose a solver."),
        ("Here we show that it converges.", "The authors show that it converges."),
        ("However, costs remain high in practice.", "Costs remain high in practice."),
        ("To address this gap, we introduce a new benchmark.", "The authors introduce a new benchmark."),
        ("Our method lets us cut our costs.", "The authors' method lets them cut their costs."),
        ("We show it, and we prove that we can.", "The authors show it, and they prove that they can."),
        ("We've built what we're missing.", "The authors have built what they are missing."),
        ("I prove a bound and apply it.", "The author proves a bound and applies it."),
        ("In this note, I can show a bound and use it.", "The author can show a bound and use it."),
        ("Our understanding of galaxies is poor.", "The understanding of galaxies is poor."),
        ("(ii) Moreover, the cost falls by half overall.", "The cost falls by half overall."),
        ("We bound $we$ and the US economy", "The authors bound $we$ and the US economy."),
        ("We ask the following:", "The authors ask the following."),
        ("Finally, mRNA levels were measured again.", "mRNA levels were measured again."),
        ("Moreover, $x$ is bounded on all of it.", "$x$ is bounded on all of it."),
        ("Within this framework, we introduce a new norm.", "The authors introduce a new norm."),
        ("We then construct a code and then test it.", "The authors construct a code and then test it."),
        ("These findings suggest a second source.", "The findings suggest a second source."),
        ("This new method needs no labels.", "The new method needs no labels."),
        ("This separation of roles cuts memory by half.", "The separation of roles cuts memory by half."),
        ("These graphs are sparse in general.", "The graphs are sparse in general."),
        ("This generalizes previous results of Smith.", "This generalizes previous results of Smith."),
        ("These enable effective methods for all.", "These enable effective methods for all."),
        ("This literature review covers ten years.", "This literature review covers ten years."),
        ("This is the first proof of it.", "This is the first proof of it."),
        ("This paper gives a first proof.", "This paper gives a first proof."),
        ("The Class I sources vary and so on...", "The Class I sources vary and so on."),
    ],
)  # fmt: skip
def test_retelling(said: str, retold: str) -> None:
    assert retell(said) == retold


@pytest.mark.parametrize(
    ("said", "alone"),
    [
        ("The authors solve this problem by gluing.", "The authors solve the problem by gluing."),
        ("The authors address these issues, too.", "The authors address the issues, too."),
        ("The authors show that this holds.", "The authors show that this holds."),
        ("The authors achieve this by gluing.", "The authors achieve this by gluing."),
        ("The authors answer this using a graph.", "The authors answer this using a graph."),
        ("The authors say what this paper adds.", "The authors say what this paper adds."),
        ("The authors bound $f$ on this space of maps.", "The authors bound $f$ on the space of maps."),
    ],
)
def test_a_pointer_to_an_earlier_sentence_goes(said: str, alone: str) -> None:
    assert standing_alone(said) == alone


def test_a_we_that_means_everybody_stays_in_background() -> None:
    assert retell("Social media shape how we live today.", background=True) == "Social media shape how we live today."


@pytest.mark.parametrize(
    ("verb", "third"),
    [
        ("propose", "proposes"),
        ("study", "studies"),
        ("apply", "applies"),
        ("have", "has"),
        ("can", "can"),
        ("showed", "showed"),
        ("pass", "passes"),
    ],
)
def test_verbs_agree(verb: str, third: str) -> None:
    assert third_person(verb) == third


def test_a_bare_address_becomes_a_sentence_and_other_addresses_stay() -> None:
    assert retell("Code: https://example.org/a.") == "Code can be found at https://example.org/a."
    assert retell("Project page: www.example.org/b") == "Project page can be found at www.example.org/b."
    told = "The model: https://example.org/c shows it."
    assert retell(told) == told


def test_to_our_knowledge_is_the_authors_knowledge_and_our_knowledge_everybodys() -> None:
    assert retell("To our knowledge, this is the first proof.") == "To the authors' knowledge, this is the first proof."
    assert retell("It adds to what is known, and our knowledge of stars is small.").endswith(
        "the knowledge of stars is small."
    )


def test_where_we_prove_is_the_authors_doing_also_in_background() -> None:
    told = retell("This is the second of three papers where we prove the conjecture.", background=True)
    assert told == "This is the second of three papers where the authors prove the conjecture."
    generic = "Phones change how we live."
    assert retell(generic, background=True) == generic


def test_a_capital_behind_a_number_in_a_list_goes() -> None:
    told = retell("It has two parts: (1) we adopt a tree, and (2) We propose an encoder.")
    assert told == "It has two parts: (1) the authors adopt a tree, and (2) they propose an encoder."
    assert retell("We win. We stop.") == "The authors win. They stop."


def test_an_opening_that_applies_what_stood_before_goes() -> None:
    assert retell("Applying it to open strings, we find two branches.") == "The authors find two branches."


def test_the_number_of_the_next_member_of_a_list_goes_and_other_numbers_stay() -> None:
    assert (
        retell("We prove that the problem is hard on graphs. 4.")
        == "The authors prove that the problem is hard on graphs."
    )
    assert retell("We obtain the following results: 1.") == "The authors obtain the following results."
    assert retell("The least degree is 4.") == "The least degree is 4."


def test_next_we_is_no_opening() -> None:
    assert retell("Next we show that the networks recall.") == "The authors show that the networks recall."


def test_a_we_of_everybody_beside_the_authors_own_is_the_authors() -> None:
    told = retell("We study a game on a graph, where we start with two chips.", background=True)
    assert told == "The authors study a game on a graph, where they start with two chips."


def test_what_is_the_authors_own_is_told_from_what_is_others() -> None:
    told = retell("We compare our data with their model of the disc.")
    assert told == "The authors compare the authors' data with their model of the disc."
