"""Texts that are a failure are found; texts about failures are left alone."""

from __future__ import annotations

import pytest

from assets.summaries.checks.asked import MEANINGS, template
from assets.summaries.checks.failures import ASK_AGAIN
from assets.summaries.checks.kinds import KINDS
from assets.summaries.engine.prompt import messages
from tests.summaries.checks.papers import kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("   ", "empty"),
        ("N/A", "placeholder"),
        ("string", "placeholder"),
        ("method", "placeholder"),
        ("暂无。", "placeholder"),
        ("Not mentioned in the abstract.", "not_stated"),
        ("Not specified in abstract.", "not_stated"),
        ("The abstract does not mention any conclusion.", "not_stated"),
        ("摘要中未提及。", "not_stated"),
        ("Failed to generate summary for this paper.", "failure_text"),
        ("Summary generation failed", "failure_text"),
        ("Unexpected Error", "failure_text"),
        ("摘要生成失败", "failure_text"),
        ("The content was blocked by the safety filter of the provider.", "moderation_block"),
        ("Your request has been flagged by our moderation system.", "moderation_block"),
        ("Describe the motivation of this paper", "schema_echo"),
    ],
)
def test_a_text_that_stands_for_none_is_found_whoever_made_it(text: str, kind: str) -> None:
    assert kinds(text) == {kind}
    assert kinds(text, extractive=True) == {kind}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Not explicitly stated in the abstract, but gates seem to make the model faster.", "not_stated"),
        ("Error code: 429 - rate limit reached for the requested model.", "api_error"),
        ("Error code: 503 - {'error': {'message': 'The model is overloaded.'}}", "api_error"),
        ("You exceeded your current quota, please check your plan.", "api_error"),
        ("Traceback (most recent call last): something went wrong in the client.", "api_error"),
        ("openai.RateLimitError: the rate limit of the organization was reached.", "api_error"),
        ("Gates are fast. {'code': 429, 'status': 'RESOURCE_EXHAUSTED'} is all there is.", "api_error"),
        ("I'm sorry, but I cannot summarize this paper for you.", "refusal"),
        ("As an AI language model, I have no access to the paper.", "refusal"),
        ("抱歉，我不能为这篇论文写摘要。", "refusal"),
        ('{"result": "Latency falls by 41% on three corpora."}', "schema_echo"),
        ("Latency falls by 41% on three corpora of speech.}],", "schema_echo"),
        ("```json\nLatency falls by 41% on three corpora.", "schema_echo"),
        ("Result: latency falls by 41% on three corpora of speech.", "label_leak"),
        ("**TL;DR:** latency falls by 41% on three corpora of speech.", "label_leak"),
        ("结果：稀疏门控在三个语料库上将延迟降低了41%。", "label_leak"),
        ("The gates of {title} reduce latency on three corpora.", "template_slot"),
        ("The gates of {{ paper.name }} reduce latency on three corpora.", "template_slot"),
        ("[Insert result here] is what the gates reach on three corpora.", "template_slot"),
        ("Sure, here is the summary of the abstract you gave me.", "prompt_leak"),
        ("You are a helpful assistant who writes about sparse gates.", "prompt_leak"),
        ("Gates are fast. Respond only in valid JSON with the fields of the schema.", "prompt_leak"),
    ],
)
def test_what_only_a_model_does_is_found_in_a_models_text(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Content moderation policies block harmful content and flagged responses are filtered at scale.",
        "The response is filtered by a learned policy before the user sees any of it on the platform.",
        'Attackers write "ignore previous instructions" into web pages, and agents obey such prompts.',
        "Prompts such as you are a helpful assistant change what language models answer to users.",
        "Reasoning models put their thoughts between <think> and </think> before they answer a question.",
        "Placeholder tokens and empty slots are common failures of templates in language generation.",
        "The error of the model is unknown in practice, and results are not available for most users.",
        "Crawlers that meet HTTP 429 wait, and those that meet status code 503 try another mirror.",
        "Error bars of 41% are common, and exceptions in the code are found by static analysis.",
        "Failures to generate text are studied, and an error occurred in one of three corpora only.",
        "The method fails where results are missing, and no summary of the data replaces the data.",
        "Summaries that begin with here is the summary are the most common leak of language models.",
        "Sorry is what chatbots say too often, as counted on three corpora, and users trust them less.",
        "Markdown tables and JSON objects such as {a: 1} are parsed by a grammar in linear time.",
        "The set {x : x > 3} is closed, and [1, 2] is an interval of the real line.",
        "Tokens such as [MASK] and [SEP] are removed before the corpora are counted.",
        "No conclusion can be drawn from one corpus alone, as two others show the opposite.",
        "The abstract of a paper does not state its limits in most cases that are studied here.",
    ],
)
def test_what_papers_are_about_raises_nothing(text: str) -> None:
    assert kinds(text, abstract=f"We study it. {text}", extractive=True) == set()
    assert kinds(text, abstract="We study 41% of 1, 2, 3, 429 and 503 in texts.") <= {"off_topic"}


@pytest.mark.parametrize(
    "echo",
    [
        "The last text names 57, which the abstract does not.",
        "- result: the last text is the abstract's own text.",
        "These fields were written before and rejected; write them anew so that this does not hold.",
        "Says what another field says.",
        "It does not end with a full stop.",
        "The text is not about this abstract.",
    ],
)
def test_what_the_engine_said_about_a_text_is_no_text(echo: str) -> None:
    assert "prompt_leak" in kinds(echo)


def test_every_complaint_of_a_request_is_known_again() -> None:
    rejected = {name: kind.reason for name, kind in KINDS.items()}
    asked = messages("T", "We study X.", {"en": ("tldr",)}, rejected)[1]["content"]
    complaints = asked.split(ASK_AGAIN)[1].strip().splitlines()
    assert len(complaints) == len(KINDS)
    for line in (ASK_AGAIN, *complaints, *(line.partition(": ")[2] for line in complaints)):
        assert kinds(line) - {"off_topic"}


LINES = [line for line in template().splitlines() if len(line) > 30 and "{" not in line]


@pytest.mark.parametrize("words", [*MEANINGS.values(), *LINES])
def test_the_words_in_which_a_text_was_asked_for_are_no_text(words: str) -> None:
    for text in (words, f"{words.capitalize()}.", f"To answer: {words}.", f"**{words}**."):
        assert "prompt_leak" in kinds(text)
    assert "prompt_leak" not in kinds(f"{words}.", abstract=f"Of prompts, we say: {words}.")


def test_a_few_words_that_the_instructions_have_too_raise_nothing() -> None:
    text = "It explains what the authors did about latency, and it does so on three corpora of speech data."
    assert kinds(text) == set()


def test_words_of_the_abstract_are_not_held_against_a_text() -> None:
    abstract = "Agents that see insufficient_quota or the slot {title} stop; <|endoftext|> ends all texts."
    text = "The agents stop at insufficient_quota and at an open {title}, and texts end with <|endoftext|>."
    assert kinds(text, abstract=abstract) == set()
    assert {"api_error", "template_slot"} <= kinds(text, abstract="Agents stop early, and texts have an end.")


def test_a_failure_has_no_other_fault() -> None:
    assert kinds("N/A", language="zh") == {"placeholder"}
    assert kinds("Error code: 429 - limit: 20, retry in 5.17 s", language="zh") == {"api_error"}
