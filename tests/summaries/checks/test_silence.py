"""Texts that say that there is nothing to say are found in whatever words; papers about abstracts are left alone."""

from __future__ import annotations

import pytest

from tests.summaries.checks.papers import kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I need more information to provide a summary of this paper.", "refusal"),
        ("Please provide the abstract so that I can summarize it.", "refusal"),
        ("To go on, please share the text of the paper with me.", "refusal"),
        ("I would need the full paper to say what the authors conclude from it.", "refusal"),
        ("请提供论文的摘要，以便进行总结和分析。", "refusal"),
        ("There is no information about the results in the abstract.", "not_stated"),
        ("The conclusion of this paper cannot be determined from the abstract.", "not_stated"),
        ("No conclusion can be drawn from the abstract alone.", "not_stated"),
        ("Based on the abstract, I am unable to state a conclusion for this paper.", "refusal"),
        ("As the abstract is silent about it, nothing can be said about practical use.", "not_stated"),
        ("This field is left blank because the abstract says nothing about it.", "not_stated"),
        ("There is not enough information to summarize the results of the gates.", "not_stated"),
        ("Gates make speech models fast. The abstract doesn't say by how much on each of the corpora.", "not_stated"),
        ("从摘要来看，原文没有给出任何关于结论的信息。", "not_stated"),
        ("无法从摘要中得出该论文的结论和实际用途。", "not_stated"),
    ],
)
def test_a_text_that_has_nothing_to_say_is_none(text: str, kind: str) -> None:
    assert kind in kinds(text, language="en" if text.isascii() else "zh")


@pytest.mark.parametrize(
    "text",
    [
        "In this field there is no consensus on how gates should be trained on speech.",
        "The abstract machine needs no stack, and its gates are never closed on three corpora.",
        "No abstract reasoning is needed by gates that listen to three corpora of speech.",
        "Agents that need more information ask for it, and gates provide a summary of what was said.",
        "No information about the speaker is kept by the gates on three corpora of speech.",
        "Gates cannot provide more context than the corpora hold, which is not enough for users.",
        "Gates stand for parts of speech that abstract, in a way, from what is unclear to users.",
        "I show that sparse gates need no more than two GPUs on three corpora of speech.",
    ],
)
def test_what_papers_say_of_lack_and_need_raises_nothing(text: str) -> None:
    assert kinds(text) == set()


def test_papers_about_abstracts_may_speak_of_them() -> None:
    abstract = "Readers see that the abstract does not say what was done. We study abstracts on three corpora."
    assert kinds("It is shown that the abstract does not tell what the authors did.", abstract=abstract) == set()
    assert "not_stated" in kinds("It is shown that the abstract does not tell what the authors did.")
