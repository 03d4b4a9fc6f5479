"""Texts that *are* a failure: an apology, an error message, a label, a slot, a piece of the prompt.

A pattern here must not fire on what a paper may be about: placeholders, error codes, moderation and prompt injection
are topics, too. So a text counts as a failure only as a whole or from its first word on, and words that title or
abstract hold themselves are never held against a text.

Every pattern has marks in front of it: strings of which one stands in every text that the pattern can match. They are
looked for first, because that costs a hundredth of the pattern.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assets.summaries import limits
from assets.summaries.checks.asked import echoes
from assets.summaries.checks.kinds import KINDS, Fault, fault
from assets.summaries.checks.silence import silence_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assets.summaries.checks.source import Source

COMPLAINT = "the last text"
"""How the engine's complaint about a field begins when it asks again."""
ASK_AGAIN = "These fields were written before and rejected; write them anew so that this does not hold:"
"""What stands before the complaints. Small models give either back as a text."""

EDGES = " .!*_-\"'()[]<>…。"
_FIELD = (
    r"(?:tl;?dr|summary|motivation|methods?|results?|conclusions?|practical(?: use)?|keywords?|analysis|translation)"
)
_STATED = r"(?:mentioned|stated|provided|specified|discussed|described|available|given|reported|applicable|clear|found)"
_TEXT = r"(?:the |this )?(?:abstract|paper|text|summary|article|provided text|given abstract|provided abstract)"

PLACEHOLDER = re.compile(
    rf"{_FIELD}|n/?a|none|null|nan|nil|unknown|undefined|tbd|todo|pending|empty|error|failed|string|text|content|true|false"
    r"|yes|no|skip(?:ped)?|lorem ipsum\b.{0,90}|placeholder|insert .{0,40} here|coming soon|暂无|无|未知|待定|略",
    re.IGNORECASE,
)
NOT_STATED = re.compile(
    rf"(?:it is |this is |(?:the )?{_FIELD} (?:is |are |was |were )?)?(?:not|isn't|aren't|wasn't)"
    rf" (?:explicitly |specifically |clearly |directly )?{_STATED}(?: (?:in|by|from) {_TEXT})?"
    rf"|no (?:specific |explicit |clear )?(?:{_FIELD}|information|abstract|data|content|text)s?\b"
    rf"(?: (?:is|are|was|were))?(?: {_STATED})?(?: (?:in|by|from) {_TEXT})?"
    rf"|{_TEXT} (?:does not|doesn't|did not) (?:explicitly |specifically |clearly )?"
    r"(?:mention|state|provide|specify|discuss|describe|include|contain)\b.{0,90}"
    r"|(?:摘要|论文|文章|文中|原文|文本)?(?:中|里)?(?:并)?(?:未|没有)(?:明确|直接|具体)?"
    r"(?:提及|提供|说明|给出|提到|描述|涉及|指明)(?:[^，。；]{0,20})|不适用",
    re.IGNORECASE,
)
FAILURE = re.compile(
    rf"(?:the )?(?:\w+ )?(?:{_FIELD}|generation)(?: \w+)? (?:is |are |was |were |has |have )?(?:been )?"
    r"(?:unavailable|not available|failed|missing|pending|error|could not be \w+|not (?:be )?generated)"
    r"|(?:failed|unable|not able) to"
    r" (?:generate|summari[sz]e|translate|parse|process|retrieve|analy[sz]e|load|extract)\b.{0,90}"
    r"|(?:an |unexpected |unknown |internal )*error(?: (?:occurred|generating|while|in|during)\b.{0,90})?"
    r"|(?:摘要|总结|翻译|内容|分析)?(?:生成|翻译|解析|分析|处理)失败.{0,40}|(?:发生|出现)?(?:未知)?错误",
    re.IGNORECASE,
)
MODERATION = re.compile(
    r"(?:(?:the |this |your )?(?:content|response|request|output|input|text|prompt)\b.{0,20}?"
    r" (?:was|has been|has|have been)|(?:this|your) (?:content|response|request|output|input|text|prompt) is)"
    r" (?:blocked|filtered|flagged|refused|hidden|removed|not passed)\b.{0,80}"
    r"|.{0,40}(?:内容|文本|回答|请求).{0,12}(?:违规|屏蔽|审核未通过|未通过审核|敏感).{0,20}",
    re.IGNORECASE,
)
MODERATOR = re.compile(r"filter|polic|moderat|safety|complian|guideline|block|审核|违规|屏蔽|敏感", re.IGNORECASE)
INSTRUCTION = re.compile(
    r"(?:describe|explain|generate|provide|write|give|state|summari[sz]e) (?:an? |the )?[\w';,\- ]{0,40}"
    r"\b(?:paper|summary|abstract|text|article)"
    rf"|(?:the )?{_FIELD} of (?:this|the) (?:paper|article|study|work)",
    re.IGNORECASE,
)

NOT_STATED_OPENING = re.compile(
    rf"not (?:explicitly |specifically |clearly |directly )?{_STATED} (?:in|by|from) {_TEXT}"
    r"|(?:摘要|论文|文章|文中|原文)?(?:中|里)?(?:并)?(?:未|没有)(?:在摘要中)?(?:明确|直接|具体)?"
    r"(?:提及|提供|说明|给出|提到|描述)(?:具体|明确)?(?:的)?(?:研究|实验)?(?:结果|结论|动机|方法)",
    re.IGNORECASE,
)

API_MARKS = ("error", "exception", "traceback", "_", "limit ", "unavailable", "gateway", "connection", "timed out",
             "too many", "quota", "retries", "http", "status")  # fmt: skip
API_ERROR = re.compile(
    r"^\W{0,3}(?:api |http |server |openai |openai\.\w+: )?(?:error|exception|status)\b[\s:\-]{0,3}(?:code)?\W{0,4}"
    r"[345]\d\d\b"
    r"|^\W{0,3}(?:http|https)[ /]?\d?[\d.]* ?[45]\d\d\b"
    r"|[\"'](?:code|status|error|status_code)[\"']\s*:\s*(?:[345]\d\d\b|\{|[\"'])"
    r"|\binsufficient_quota\b|\brate_limit_exceeded\b|\binvalid_api_key\b|\bcontext_length_exceeded\b"
    r"|\bRESOURCE_EXHAUSTED\b|\boverloaded_error\b|\binvalid_request_error\b"
    r"|^(?:rate limit (?:exceeded|reached)|internal server error|service unavailable|bad gateway|gateway time-?out"
    r"|connection (?:error|reset|timed out|refused|aborted)|(?:request|read|connection) timed out|too many requests"
    r"|you exceeded your current quota|max(?:imum)? retries exceeded)"
    r"|^traceback \(most recent call last\)|^(?:[\w.]+\.)?\w*(?:error|exception)\b:",
    re.IGNORECASE,
)
REFUSAL = re.compile(
    r"(?:i(?:'|’)?m sorry|i am sorry|sorry[,.!]|i apologi[sz]e|apologies|unfortunately,? i\b"
    r"|i (?:can(?:not|'t|’t)|could not|couldn't|am not able to)"
    r" (?:assist|help|provide|summari[sz]e|access|fulfil|comply)"
    r"|as an ai\b|as a (?:large )?language model|i(?:'|’)?m unable|i am unable|i do(?: not|n't|n’t) have"
    r"|(?:很)?抱歉|对不起|作为一个?(?:AI|人工智能|语言模型)|我无法)",
    re.IGNORECASE,
)

SCHEMA_MARKS = ("{", "}", "]", "`", '":', '" :', "':", "”:", "**")
SCHEMA = re.compile(
    r"[\"'“](?:tldr|tl;dr|motivation|method|result|conclusion|practical|keywords|summary)[\"'”]\s*:"
    r"|^\s*(?:\{\s*(?:[\"'“}]|$)|\[\s*[\"'{]|```)|```(?:json\b|\s*$)|\"type\"\s*:\s*\"string\""
    r"|\*\*(?:TL;?DR|Motivation|Method|Results?|Conclusion)\b",
    re.IGNORECASE,
)
SCHEMA_END = re.compile(r"(?:[.。!?\"'][\"']?\s*[}\]]+|[}\]]\s*[}\]],?)[\s,;]*$")
LABEL = re.compile(
    r"\W{0,4}(?:tl;?dr|too long; didn't read|motivation|background|methods?|methodology|results?|findings|conclusions?"
    r"|practical(?: use)?|keywords|summary|动机|背景|方法|结果|结论|总结|摘要|实用|关键词)\W{0,3}[:：=]\s*\S",
    re.IGNORECASE,
)

SLOT_MARKS = ("{", "[", "<", "%(")
SLOT = re.compile(
    r"\{\{[^{}$\\^_]{1,40}\}\}|\{(?:title|abstract|text|language|content|summary|paper|field|tldr|keywords)\}"
    r"|\[(?:insert|your|add|fill in|title|abstract|summary|authors?|method|result)\b[^\]]{0,40}\]"
    r"|<(?:insert|your|title|abstract|summary|text|field)\b[^>]{0,40}>|%\((?:title|abstract|text)\)s|<\|[a-z_]+\|>",
    re.IGNORECASE,
)
PROMPT = re.compile(
    r"(?:sure|certainly|of course|absolutely|okay|here(?:'|’)?s|here is|here are|below is|the following is)\b"
    r"[^.]{0,60}\b(?:summary|tl;?dr|abstract|translation|json|answer|response|sentence)\b"
    r"|you are (?:a|an) (?:helpful|expert|professional|research|scientific|AI)\b"
    r"|(?:please )?(?:summari[sz]e|analy[sz]e|translate) (?:the|this) (?:following )?(?:abstract|paper|text)\b"
    r"|(?:system|user|assistant)\s*:|</?think>|<\||(?:当然|好的|以下是).{0,20}(?:摘要|总结|翻译|回答)",
    re.IGNORECASE,
)
_REASONS = "|".join(re.escape(kind.reason) for kind in KINDS.values())
ECHO = re.compile(
    rf"[-*•\s\"'“]*(?:{_FIELD}\s*:\s*)?(?:{COMPLAINT}\b|{re.escape(ASK_AGAIN[:40])})"
    rf"|(?:(?:this text|the text|it) )?(?:{_REASONS})[\s.\"'”]*$",
    re.IGNORECASE,
)
"""The engine's request for a better text, or one of the reasons in it, instead of the text."""
ANSWER_IN_JSON = re.compile(
    r"\b(?:output|respond|answer|reply) (?:only )?(?:in|with|as) (?:valid )?json\b"
    r"[^.]{0,40}(?:fields?|keys?|schema|format)",
    re.IGNORECASE,
)


def failure_faults(text: str) -> Iterator[Fault]:
    """Whether the text as a whole stands for one that was not made; asked of every text, whoever made it."""
    if len(text) > limits.PLACEHOLDER_LENGTH:
        return
    core = text.strip(EDGES)
    if not core or PLACEHOLDER.fullmatch(core):
        yield fault("placeholder")
    elif NOT_STATED.fullmatch(core):
        yield fault("not_stated")
    elif FAILURE.fullmatch(core):
        yield fault("failure_text")
    elif MODERATION.fullmatch(core) and MODERATOR.search(core):
        yield fault("moderation_block")
    elif INSTRUCTION.fullmatch(core):
        yield fault("schema_echo")


def answer_faults(text: str, lower: str, source: Source) -> Iterator[Fault]:
    """What is wrong with a model's text as an answer; `lower` is the text in lower case."""

    def holds(pattern: re.Pattern[str], marks: tuple[str, ...]) -> bool:
        if not any(mark in lower for mark in marks):
            return False
        return any(found[0].lower().strip() not in source.lower for found in pattern.finditer(text))

    if NOT_STATED_OPENING.match(text):
        yield fault("not_stated")
    yield from silence_faults(text, lower, source)
    if holds(API_ERROR, API_MARKS):
        yield fault("api_error")
    if REFUSAL.match(text):
        yield fault("refusal")
    if any(mark in lower for mark in SCHEMA_MARKS) and (
        holds(SCHEMA, SCHEMA_MARKS) or (SCHEMA_END.search(text, max(len(text) - 12, 0)) and _closes_nothing(text))
    ):
        yield fault("schema_echo")
    if LABEL.match(text):
        yield fault("label_leak")
    if holds(SLOT, SLOT_MARKS):
        yield fault("template_slot")
    echo = ECHO.match(text)
    if (
        PROMPT.match(text)
        or (echo and echo[0].lower() not in source.lower)
        or ("json" in lower and holds(ANSWER_IN_JSON, ("json",)))
        or echoes(text, source.plain_words)
    ):
        yield fault("prompt_leak")


def _closes_nothing(text: str) -> bool:
    """Whether there are more closing braces or brackets than opening ones."""
    return text.count("}") > text.count("{") or text.count("]") > text.count("[")
