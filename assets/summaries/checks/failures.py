"""Texts that *are* a failure: an apology, an error message, a label, a slot, a piece of the prompt.

A pattern here must not fire on what a paper may be about: placeholders, error codes, moderation and prompt injection
are topics, too. So a text counts as a placeholder or a failure only as a whole, and words that the abstract holds
itself are never held against a text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assets.summaries import limits
from assets.summaries.checks.kinds import Fault, fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assets.summaries.checks.source import Source

EDGES = " .!*_-\"'()[]<>…。"
PLACEHOLDER = re.compile(
    r"(?:n/?a|none|null|nan|nil|unknown|undefined|tbd|todo|pending|empty|error|failed|string|text|content|summary"
    r"|not (?:available|stated|specified|provided|mentioned|applicable|found|given|reported|clear)"
    r"|no (?:summary|information|abstract|data|content|conclusion|results?|motivation|method|tl;?dr|text)\b.{0,60}"
    r"|(?:the )?(?:\w+ )?(?:summary|translation|analysis|generation|tl;?dr|motivation|method|result|conclusion)s?"
    r"(?: \w+)? (?:is |are |was |were |has |have )?(?:been )?"
    r"(?:unavailable|not available|failed|missing|pending"
    r"|not (?:be )?(?:generated|provided|stated|specified|mentioned))"
    r"|(?:failed|unable) to (?:generate|summari[sz]e|translate|parse|process|retrieve|analy[sz]e|load|extract)\b.{0,90}"
    r"|(?:an )?error (?:occurred|generating|while|in|during)\b.{0,90}"
    r"|(?:motivation|method|result|conclusion|tldr|summary|analysis) (?:generation )?(?:failed|error|unavailable)"
    r"|(?:not|isn't|aren't) (?:explicitly |specifically |clearly )?(?:mentioned|stated|provided|specified|discussed"
    r"|described|available)(?: in (?:the|this) (?:abstract|paper|text|summary|provided text|given abstract))?"
    r"|(?:the|this) (?:abstract|paper|text) does not (?:explicitly |specifically |clearly )?"
    r"(?:mention|state|provide|specify|discuss|describe|include)\b.{0,90}"
    r"|skip(?:ped)?|lorem ipsum\b.{0,90}|placeholder|insert .{0,40} here|coming soon"
    r"|暂无|无|未提及|未知|摘要生成失败|生成失败|翻译失败)",
    re.IGNORECASE,
)
API_ERROR = re.compile(
    r"(?:(?:error|exception|traceback|http|status)\b[^a-z]{0,12}(?:code)?\W{0,4}[345]\d\d\b"
    r"|\berror code: ?\d{3}"
    r"|\binsufficient_quota\b|\brate_limit_exceeded\b|\binvalid_api_key\b|\bcontext_length_exceeded\b"
    r"|^(?:rate limit (?:exceeded|reached)|internal server error|service unavailable|bad gateway|gateway time-?out"
    r"|connection (?:error|reset|timed out)|request timed out|too many requests|you exceeded your current quota)"
    r"|^traceback \(most recent call last\)|\b(?:json|openai|api|key|value|type|timeout)error\b:"
    r"|^\{[\"']?error[\"']?\s*:|\bmax(?:imum)? retries exceeded\b)",
    re.IGNORECASE,
)
REFUSAL = re.compile(
    r"(?:i(?:'|’)?m sorry|i am sorry|sorry|i apologi[sz]e|unfortunately,? i"
    r"|i can(?:not|'t|’t) (?:assist|help|provide|summari[sz]e"
    r"|access|fulfil)|as an ai\b|as a (?:large )?language model|i(?:'|’)?m unable|i am unable|i do(?: not|n't|n’t) have"
    r"|抱歉|对不起|作为一个?(?:AI|人工智能|语言模型))",
    re.IGNORECASE,
)
MODERATION = re.compile(
    r"(?:(?:the )?(?:content|response|request|output) (?:was |has been |is )?(?:blocked|filtered|flagged|refused)\b"
    r".{0,60}(?:filter|policy|moderation|safety))",
    re.IGNORECASE,
)
SCHEMA = re.compile(
    r"[\"'“](?:tldr|tl;dr|motivation|method|result|conclusion|practical|keywords)[\"'”]\s*:"
    r"|^\s*(?:\{|```)|```\s*$|\"type\"\s*:\s*\"string\"|\*\*(?:TL;?DR|Motivation|Method|Results?|Conclusion)\b",
    re.IGNORECASE,
)
LABEL = re.compile(
    r"(?:tl;?dr|motivation|methods?|results?|conclusions?|practical(?: use)?|keywords)\s*[:：=]\s*\S", re.IGNORECASE
)
SLOT = re.compile(
    r"\{\{[^{}]*\}\}|\{(?:title|abstract|text|language|content|summary|paper|field|tldr|keywords)\}"
    r"|\[(?:insert|your|add|fill in|title|abstract|summary|authors?|method|result)\b[^\]]{0,40}\]"
    r"|<(?:insert|your|title|abstract|summary|text|field)\b[^>]{0,40}>|%\((?:title|abstract|text)\)s|<\|[a-z_]+\|>",
    re.IGNORECASE,
)
PROMPT = re.compile(
    r"^(?:sure|certainly|of course|absolutely|okay|here(?:'|’)?s|here is|here are|below is|the following is)\b"
    r"[^.]{0,60}\b(?:summary|tl;?dr|abstract|translation|json|answer|response|sentence)\b"
    r"|^you are (?:a|an) (?:helpful|expert|professional|research|scientific|AI)\b"
    r"|^(?:please )?(?:summari[sz]e|analy[sz]e|translate) (?:the|this) (?:following )?(?:abstract|paper|text)\b"
    r"|\b(?:output|respond|answer|reply) (?:only )?(?:in|with|as) (?:valid )?json\b"
    r"[^.]{0,40}(?:fields?|keys?|schema|format)"
    r"|^(?:system|user|assistant)\s*:|^</?think>|^<\|",
    re.IGNORECASE,
)


def placeholder_faults(text: str) -> Iterator[Fault]:
    """Whether the text as a whole stands for one that was not made; asked of every text, whoever made it."""
    core = text.strip(EDGES)
    if not core or (len(core) <= limits.PLACEHOLDER_LENGTH and PLACEHOLDER.fullmatch(core)):
        yield fault("placeholder")


def answer_faults(text: str, source: Source) -> Iterator[Fault]:
    """What is wrong with a model's text as an answer."""
    if API_ERROR.search(text):
        yield fault("api_error")
    if REFUSAL.match(text):
        yield fault("refusal")
    if MODERATION.match(text):
        yield fault("moderation_block")
    if SCHEMA.search(text):
        yield fault("schema_echo")
    if LABEL.match(text):
        yield fault("label_leak")
    if SLOT.search(text):
        yield fault("template_slot")
    if PROMPT.search(text):
        yield fault("prompt_leak")
