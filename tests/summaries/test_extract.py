"""The embedded summarizer fills what the abstract states and leaves the rest empty."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.summaries.completeness import is_complete
from assets.summaries.extract import Extract, summarize
from assets.summaries.fields import TEXT_FIELDS, not_stated
from assets.summaries.keywords import keywords

TITLE = "Sparse Gates for Faster Speech Recognition"
ABSTRACT = (
    "Speech recognition on small devices remains challenging because large models need too much memory. "
    "In this paper, we propose SparseGate, a method that prunes attention heads while a model listens. "
    "It learns a gate for each head by minimising a smooth penalty with $L_0$ norm. "
    "Experiments on three corpora show that SparseGate reduces latency by 41% and loses only 0.2% accuracy "
    "compared to dense models. "
    "These findings suggest that most attention heads are redundant for streaming speech. "
    "SparseGate can be used in existing pipelines without retraining, and our code is available at "
    "https://example.org/sparsegate."
)


def test_each_field_gets_the_sentence_that_states_it() -> None:
    summary = summarize(TITLE, ABSTRACT)
    assert summary.tldr is not None
    assert summary.tldr.startswith("The authors propose SparseGate")
    assert summary.motivation is not None
    assert summary.motivation.startswith("Speech recognition on small devices")
    assert summary.method is not None
    assert "learns a gate" in summary.method
    assert summary.result is not None
    assert "41%" in summary.result
    assert summary.conclusion is not None
    assert "redundant" in summary.conclusion
    assert summary.practical is not None
    assert "https://example.org/sparsegate." in summary.practical
    assert summary.reason is None


def test_what_the_abstract_does_not_state_stays_empty_with_the_reason() -> None:
    summary = summarize(
        "On cubic forms",
        "Cubic forms over number fields are studied since Hasse. We construct such forms by gluing two lattices. "
        "We prove that each of them has a rational point.",
    )
    assert summary.conclusion is None
    assert summary.practical is None
    assert not_stated(summary.reason) >= {"conclusion", "practical"}
    assert summary.reason is not None
    assert summary.reason.startswith("not stated: ")


def test_a_structured_abstract_is_read_by_its_labels() -> None:
    summary = summarize(
        "Dust in discs",
        "Context. Dust discs around young stars are rarely resolved. Aims. The aim is to map one disc in detail. "
        "Methods. The disc was observed with an array of 12 antennas at two wavelengths. "
        "Results. The map shows two rings with a gap at 40 au. Conclusions. A planet of low mass may clear the gap.",
    )
    assert summary.method is not None
    assert summary.method.startswith("The disc was observed")
    texts = [text for text in summary.texts().values() if text]
    assert not any(re.match(r"(Context|Aims|Methods|Results|Conclusions)\b", text) for text in texts)


def test_one_long_sentence_is_divided_into_statements() -> None:
    title = "Minimal surfaces"
    abstract = (
        "We prove that every closed manifold of dimension four contains a minimal surface of bounded genus, and we "
        "show that the bound is sharp for products of spheres."
    )
    summary = summarize(title, abstract)
    assert summary.tldr is not None
    assert [summary.method, summary.result].count(None) <= 1
    assert is_complete(summary.texts(), title=title, abstract=abstract, reason=summary.reason, extractive=True).complete


def test_an_abstract_of_one_statement_still_has_a_tldr() -> None:
    summary = summarize("A remark", "A short remark on the zeros of polynomials is made.")
    assert summary.tldr == "A short remark on the zeros of polynomials is made."
    assert {"method", "result"} <= not_stated(summary.reason)


def test_an_empty_abstract_gives_empty_fields() -> None:
    summary = summarize("A title", "  \n")
    assert not any(summary.texts().values())
    assert not_stated(summary.reason) == set(TEXT_FIELDS)


def test_an_over_long_sentence_is_cut_after_a_clause_and_never_in_a_formula() -> None:
    clause = "the map $f_{1, 2}(x, y)$ has a fixed point on every compact set that it preserves, "
    summary = summarize("Maps", f"We show that {clause * 14}and so on.")
    assert summary.tldr is not None
    assert len(summary.tldr) <= 800
    assert summary.tldr.count("$") % 2 == 0
    assert summary.tldr.endswith(".")


def test_keywords_are_terms_of_the_paper() -> None:
    summary = summarize(TITLE, ABSTRACT)
    known = f"{TITLE} {ABSTRACT}".lower()
    assert 3 <= len(summary.keywords) <= 6
    assert all(keyword.lower() in known for keyword in summary.keywords)
    assert "SparseGate" in summary.keywords
    assert len(set(summary.keywords)) == len(summary.keywords)


def test_keywords_prefer_terms_to_words_and_keep_names() -> None:
    found = keywords(
        "The Dynamical Casimir Effect Near Neutron Stars",
        "We study the dynamical Casimir effect near neutron stars. A neutron star bends light, and $p$-adic models "
        "of a neutron star with a Casimir term are given.",
    )
    assert any("Casimir effect" in term for term in found)
    assert any(term.lower().startswith("neutron star") for term in found)
    words = [word for term in found for word in term.lower().replace("-", " ").split()]
    assert len(set(words)) == len(words)


def test_a_reference_to_others_and_a_verb_are_no_keywords() -> None:
    found = keywords(
        "Rediscovering the Bound of Smith et al.",
        "Smith et al. bound the spectral gap of gluing graphs. Rediscovering the bound of Smith et al. affirms it.",
    )
    assert found
    assert not {"et al", "Smith et al", "affirms", "rediscovering", "Rediscovering"} & set(found)


def test_a_letter_in_front_of_a_hyphen_belongs_to_the_term() -> None:
    found = keywords("On $p$-adic L-functions", "We bound $p$-adic L-functions. All $p$-adic L-functions are given.")
    assert any(term.startswith("p-adic") for term in found)
    assert not any("$" in term for term in found)


def test_a_method_is_taken_from_what_the_paper_did_and_not_from_what_others_do() -> None:
    summary = summarize(
        "Gates for speech",
        "Standard methods rely on dense attention using large models. Such models are based on many heads, which "
        "use much memory. We propose to prune heads while a model listens, and we train a gate for each head by "
        "minimising a smooth penalty. The gates reduce latency by 41%.",
    )
    assert summary.method is not None
    assert "Standard methods" not in summary.method
    assert "Such models" not in summary.method


def test_the_tldr_does_not_lean_on_an_earlier_sentence() -> None:
    summary = summarize(
        "A solver",
        "Stiff equations are hard to solve with explicit schemes. To solve this problem within these limits, we "
        "present a solver that adapts its order. It adapts the step, too. Our tests show that it needs half the steps.",
    )
    assert summary.tldr == "The authors present a solver that adapts its order."


THEORY = (
    "Gluing lattices is a classical problem of number theory. We introduce the gluing graph of a pair of lattices. "
    "We consider walks on it that never turn back. We prove that every such walk is finite when the lattices are even."
)


def test_what_is_proved_is_the_result_and_what_is_introduced_the_method() -> None:
    summary = summarize("Walks on lattices", THEORY)
    assert summary.method is not None
    assert re.match(r"The authors (introduce|consider)", summary.method)
    assert summary.result == "The authors prove that every such walk is finite when the lattices are even."
    turned = summarize(
        "Walks on lattices",
        "We prove that walks on the gluing graph are finite for all even lattices of rank four. We use a potential "
        "that falls with each step of a walk. We show that the bound is sharp. We study the case of odd lattices, too.",
    )
    assert turned.tldr is not None
    assert turned.result is not None
    assert "prove that" in turned.result + turned.tldr or "show that" in turned.result
    assert turned.method is not None
    assert not re.search(r"prove that|show that", turned.method)


@pytest.mark.parametrize(
    "piece",
    [
        "Keywords-Lattices, Gluing, Walks, Number Theory, Graphs.",
        "Keywords: lattices, gluing, walks, number theory, graphs.",
        "Comments: 14 pages, 3 figures, all of them in colour.",
        "MSC2020: 11H06, 05C81 and other classes of number theory.",
        "Accepted at the Conference on Walks and Lattices 2026.",
    ],
)
def test_what_says_nothing_of_the_content_is_in_no_field(piece: str) -> None:
    plain = summarize("Walks on lattices", THEORY)
    assert summarize("Walks on lattices", f"{THEORY} {piece}").texts() == plain.texts()


def test_an_address_alone_is_no_result() -> None:
    summary = summarize("Walks on lattices", f"{THEORY} Code: https://example.org/lattice-walks.")
    assert summary.result is not None
    assert "example.org" not in summary.result
    assert summary.practical == "Code can be found at https://example.org/lattice-walks."


@pytest.mark.parametrize(
    "ending",
    [
        "We will release the code and the lattices upon acceptance.",
        "This work is a continuation of an article by Smith in volume 281.",
    ],
)
def test_what_will_be_released_and_what_is_continued_is_no_result(ending: str) -> None:
    assert summarize("Walks on lattices", f"{THEORY} {ending}").result == summarize("Walks", THEORY).result


def test_the_means_of_others_are_not_the_papers_method() -> None:
    summary = summarize(
        "A conjecture on matroids",
        "The weak form of the conjecture was turned into a question on polynomials by Smith in 1980 by considering "
        "a certain analogue of the counts. In this paper we completely settle the question of Smith by using the "
        "theory of Lorentzian polynomials.",
    )
    assert summary.method == "The authors use the theory of Lorentzian polynomials."
    assert summary.result is None
    assert summary.motivation is not None
    assert not any("analogue of the counts" in (text or "") for text in (summary.method, summary.result, summary.tldr))


def test_the_motivation_is_not_what_the_paper_tells_of_its_own_object() -> None:
    summary = summarize(
        "A benchmark of rocks",
        "This paper presents RockEval, a benchmark for questions on rocks. The dataset contains 505 questions from "
        "three sources. The top model answers 97% of them. Smaller models vary more.",
    )
    assert summary.motivation is None


def test_the_motivation_may_stand_behind_the_first_sentence_of_the_papers_own() -> None:
    summary = summarize(
        "Binding seismic data",
        "This letter proposes a framework for seismic data. However, traditional methods often lack physical "
        "grounding. To address this, we introduce a shared space of gathers and models. Experiments show that it finds "
        "97% of them.",
    )
    assert summary.motivation == "Traditional methods often lack physical grounding."


def test_an_earlier_paper_of_the_authors_is_not_the_tldr() -> None:
    summary = summarize(
        "Generation of sequences",
        "In a previous article, we have introduced the problem of local generation of languages. We study in detail "
        "the language of monotonic sequences. We prove that several classes of complexes generate it.",
    )
    assert summary.tldr is not None
    assert "previous article" not in summary.tldr


def test_what_opens_by_what_came_out_is_no_method_while_another_sentence_is_left() -> None:
    summary = summarize(
        "Counting walks",
        "We introduce the gluing graph of two lattices. We show that every walk on it can be counted using a framework "
        "based on transfer matrices. The count goes through a recursion over the edges of the graph. We prove that the "
        "count grows like $n^3$.",
    )
    assert summary.method is not None
    assert not re.search(r"show that|prove that", summary.method)


def test_a_result_is_told_rather_than_announced() -> None:
    summary = summarize(
        "A gate for speech",
        "We propose a gate for each head of a speech model. The gate is trained with a smooth penalty. We discuss "
        "potential applications of the gate in hearing aids. Latency falls by 41% on three corpora.",
    )
    assert summary.result == "Latency falls by 41% on three corpora."


def test_a_result_of_its_own_subject_goes_before_one_that_points_back() -> None:
    summary = summarize(
        "A gate for speech",
        "We propose a gate for each head of a speech model. The gate is trained with a smooth penalty. It improves the "
        "robustness of models. Gated models achieve higher accuracy than dense ones.",
    )
    assert summary.result == "Gated models achieve higher accuracy than dense ones."


def test_what_is_left_for_later_is_no_conclusion() -> None:
    summary = summarize("Walks on lattices", f"{THEORY} Overall, the odd case is left for future work.")
    assert summary.conclusion is None


def assert_sound(summary: Extract) -> None:
    """What holds of every summary, whatever went in."""
    texts = [text for text in summary.texts().values() if text is not None]
    assert len(set(texts)) == len(texts)
    for text in texts:
        assert text.strip()
        assert not re.search("[\x00-\x1f\x7f-\x9f\ufffd]", text)
    empty = {field for field, text in summary.texts().items() if text is None}
    assert not_stated(summary.reason) == empty


@given(st.text(max_size=60), st.text(max_size=400))
def test_odd_text_never_breaks_the_summarizer(title: str, abstract: str) -> None:
    summary = summarize(title, abstract)
    assert summary == summarize(title, abstract)
    assert_sound(summary)


CLAUSES = st.sampled_from(
    [
        "We propose a solver for stiff equations",
        "However, the costs of training remain high",
        "Our results show a gain of 12% over $k$-means",
        "These findings suggest that depth matters less than width",
        "In this paper, we study graphs with $n$ nodes, which are sparse",
        "The code is available at https://example.org",
        "  (1) First, I review the field",
        "Beträge über 5 $ sind selten",
        "本文提出一种新的方法用于图像识别任务的研究",
        "\\textbf{Bold} claims need $\\frac{1}{2}",
        "etc",
    ]
)


@settings(max_examples=150)
@given(st.lists(CLAUSES, max_size=9), st.sampled_from([". ", "; ", "! ", ".\n", ", "]))
def test_no_sentence_serves_two_fields(clauses: list[str], joint: str) -> None:
    abstract = joint.join(clauses) + "."
    summary = summarize("Solvers", abstract)
    assert_sound(summary)
    assert summary.tldr


@pytest.mark.parametrize(
    ("title", "abstract"),
    [
        (
            "Rakes as an Invariant",
            "The module groves over a braided rake form a connected orchard. Its center is a braided orchard. To any"
            " braided orchard, Ono and Dvorak have associated a matrix of rows. In this short note we investigate this"
            " matrix of the center as an invariant for the braided rake and show that it reduces to the table of its"
            " pears.",
        ),
        (
            "Anomalies of Orchards without Training",
            "Detecting sick trees is a crucial challenge across many orchards, including apples, pears, and plums."
            " Drones have recently emerged as a powerful tool for several tasks, but training their models remains"
            " challenging, particularly due to the cost of labels. The challenge is even greater for rare diseases,"
            " where unsupervised methods are essential to ensure practical use. To address these issues, we propose"
            " Corvid, the first detector of sick trees designed for unsupervised learning that operates without"
            " requiring any training.",
        ),
    ],
)
def test_what_stood_before_the_paper_stands_in_where_the_paper_says_too_little(title: str, abstract: str) -> None:
    made = summarize(title, abstract)
    assert is_complete(made.texts(), title=title, abstract=abstract, reason=made.reason, extractive=True).complete, made
