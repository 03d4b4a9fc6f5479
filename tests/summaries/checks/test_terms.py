"""Keywords are terms of the paper and nothing else."""

from __future__ import annotations

import json

import pytest

from assets.summaries.checks import term_faults
from assets.summaries.completeness import is_complete
from assets.summaries.engine.answers import read_answer
from assets.summaries.keywords import keywords
from tests.emulators.llm.breaking import BAD_KEYWORDS
from tests.summaries.checks.papers import ABSTRACT, TITLE
from tests.summaries.engine.papers import real, sample

FILLED = {
    "tldr": "A gate that is sparse makes the recognition of speech cheaper and loses little accuracy.",
    "method": "Gates are learned from many hours of recordings on two GPUs, and few of them stay open.",
    "result": "On three corpora the latency is lower by 41% at a small cost in accuracy.",
}
REASON = "not stated: motivation, conclusion, practical"


def faults(term: str, language: str = "en", *, extractive: bool = False) -> set[str]:
    return {kind for kind, _, _ in term_faults(term, TITLE, ABSTRACT, language, extractive)}


@pytest.mark.parametrize("term", BAD_KEYWORDS)
def test_what_must_not_be_published_is_no_keyword(term: str) -> None:
    assert faults(term)


@pytest.mark.parametrize("term", [term for term in BAD_KEYWORDS if not term.startswith("Banana")])
def test_nor_is_it_in_another_language(term: str) -> None:
    assert faults(term, "zh")


@pytest.mark.parametrize("term", ["sparse\x0c gates", "$\\frac{a}{b$", "gates\ufffd"])
def test_broken_characters_and_mathematics_are_no_keyword_whoever_gave_it(term: str) -> None:
    assert faults(term)
    assert faults(term, extractive=True)


@pytest.mark.parametrize(
    "term",
    ["Sparse Gates", "sparse gating", "speech latency", "SGNs", "Sinkhorn gate networks", "look-up tables", "GPU",
     "accuracies", "$10^{-3}$"],
)  # fmt: skip
def test_forms_of_the_papers_words_are_keywords(term: str) -> None:
    assert faults(term) == set()


@pytest.mark.parametrize("term", ["quantum gravity", "GPT-5", "sparse transformers", "speech synthesis"])
def test_what_the_paper_does_not_hold_is_unknown(term: str) -> None:
    assert faults(term) == {"unknown_term"}


def test_a_paper_may_have_words_of_failures_as_its_terms() -> None:
    assert not term_faults("string", "String theory", "We study the string and its vacua.", "en", extractive=False)
    assert not term_faults("稀疏门控", TITLE, ABSTRACT, "zh", extractive=False)
    assert not term_faults("LLM", "Large language models", "We study them.", "en", extractive=False)
    assert not term_faults("large language models", "An LLM", "We study an LLM.", "en", extractive=False)


@pytest.mark.parametrize("papers", ["real", "sample"])
def test_the_terms_of_the_statistics_pass(papers: str) -> None:
    frame = real(189) if papers == "real" else sample(60)
    for title, abstract in frame.select("title", "abstract").iter_rows():
        for term in keywords(title, abstract):
            assert term_faults(term, title, abstract, "en", extractive=False) == ()


def judged(keywords: object, *, extractive: bool = False) -> tuple[bool, set[tuple[str, str]]]:
    verdict = is_complete(
        {**FILLED, "keywords": keywords}, title=TITLE, abstract=ABSTRACT, reason=REASON, extractive=extractive
    )
    return verdict.complete, {(found.kind, found.severity) for found in verdict.findings if found.field == "keywords"}


def test_stored_keywords_are_judged() -> None:
    assert judged(["sparse gates", "latency"]) == (True, set())
    assert judged(["sparse gates", "GPT-5"]) == (True, {("unknown_term", "warning")})
    assert judged(["quantum gravity", "GPT-5"]) == (False, {("unknown_term", "error")})
    assert judged(["sparse gates", "I'm sorry, but I can't help with that"]) == (False, {("refusal", "error")})


def test_no_keywords_are_no_summary_of_a_model() -> None:
    assert judged(None) == (False, {("missing", "error")})
    assert judged([]) == (False, {("missing", "error")})
    nothing = is_complete({**FILLED, "keywords": []}, title="X", abstract="It is.", reason=REASON, extractive=False)
    assert not [found for found in nothing.findings if found.field == "keywords"]
    assert judged(None, extractive=True)[1] == {("missing", "error")}


def test_an_answer_keeps_its_good_terms_and_tells_of_too_few() -> None:
    def read(*terms: str) -> tuple[object, bool]:
        content = json.dumps({"keywords": terms})
        reading = read_answer(content, {"en": ("keywords",)}, TITLE, ABSTRACT, cut=False).readings["en"]
        return reading.good.get("keywords"), "keywords" in reading.bad

    good = ["sparse gates", "latency", "speech"]
    assert read(*good, *BAD_KEYWORDS) == (good, False)
    assert read("sparse gates", *BAD_KEYWORDS) == (["sparse gates"], True)
    assert read(*BAD_KEYWORDS) == (None, True)
