"""Checks of a summary's texts, whoever made them: the embedded summarizer, a model, or a person.

Each check has a name, a reason for people, and a severity: an error keeps the text from being published, a
warning is shown. A check looks for a text that *is* the fault (a field that is nothing but an apology), not for
words that a paper may be about: placeholders, moderation and prompt injection are topics, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from assets.summaries import limits
from assets.summaries.fields import TEXT_FIELDS
from assets.summaries.numbers import known_numbers, unknown_numbers
from assets.summaries.sentences import MONEY, math_spans
from assets.summaries.vocabulary import COMMON

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """What is wrong with a field: the check's name, the reason in words, and whether it may be published."""

    name: str
    field: str
    reason: str
    severity: Severity = "error"


CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufeff\u200b]")
EATEN = re.compile(
    "\x0c(?:rac|orall|lat)|\x08(?:eta|egin|ar|old|mod|inom|oldsymbol|ig)|\x07(?:lpha|ngle|pprox)|\x0b(?:ec|ar|ert)"
    "|\t(?:heta|imes|au|o\\b|ext|ilde|riangle|op\\b)|\r(?:ho|ight|angle|m\\b)|\n(?:abla|u\\b|eq|ot|eg|e\\b|less)"
)
LINE = re.compile(r"[\n\r\t]")
ORPHAN_TEX = re.compile(
    r"\\(?:[A-Za-z]{2,}|[\"'`^~=.][{A-Za-z])|(?<![A-Za-z\\])(?:rac|athcal|athbb|athrm|heta|imes|extbf|extit)\{"
)
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
    r"|(?:the )?(?:content|response|request|output) (?:was |has been |is )?(?:blocked|filtered|flagged|refused)\b"
    r".{0,60}(?:filter|policy|moderation|safety)|抱歉|对不起|作为一个?(?:AI|人工智能|语言模型))",
    re.IGNORECASE,
)
SCHEMA = re.compile(
    r"[\"'“](?:tldr|tl;dr|motivation|method|result|conclusion|practical|keywords)[\"'”]\s*:"
    r"|^(?:tl;?dr|motivation|methods?|results?|conclusions?|practical(?: use)?|keywords)\s*[:：=]\s*\S"
    r"|^\s*(?:\{|```)|```\s*$|\"type\"\s*:\s*\"string\"|\*\*(?:TL;?DR|Motivation|Method|Results?|Conclusion)\b",
    re.IGNORECASE,
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
TERMINATED = re.compile(r"[.!?。！？…](?:[\"'”’»)\]}」』]|''|\$|\*)*$")
CUT_OFF = re.compile(
    r"(?:\b(?:the|an|of|and|or|with|for|to|from|by|which|whose|their|its|than|because|between|into|onto"
    r"|such as|including)(?:\.{3}|…|\.)|[,;:]\.{0,3}|[a-z]{2}-|\.\.\.|…)$"
)
WORD = re.compile(r"\w+(?:['’-]\w+)*|\$[^$]*\$")
LETTER = re.compile(r"[^\W\d_]")
WIDE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
WIDE_LANGUAGES = frozenset(("zh", "ja", "ko"))


def check_text(
    field: str, text: str, *, title: str, abstract: str, language: str = "en", extractive: bool
) -> list[Finding]:
    """What is wrong with one text of a summary of the paper with this title and abstract.

    `language` is ISO 639-1. `extractive` says that the text was taken from the abstract by rules: copying it is
    then no fault. An empty list means that the text may be published.
    """
    return list(_findings(field, text, title, abstract, language, extractive))


def _findings(field: str, text: str, title: str, abstract: str, language: str, extractive: bool) -> Iterator[Finding]:
    bare = text.strip()
    if not bare:
        yield Finding("empty", field, "holds no text")
        return
    if EATEN.search(text):
        yield Finding("eaten_tex", field, "a TeX command lost its backslash and first letter to a control character")
    elif CONTROL.search(text):
        yield Finding("control_characters", field, "holds control characters or the replacement character U+FFFD")
    elif LINE.search(bare):
        yield Finding("line_breaks", field, "holds line breaks or tabs", "warning")
    yield from _model_faults(field, bare, extractive)
    yield from _tex(field, bare)
    yield from _shape(field, bare, abstract, language)
    tokens = WORD.findall(bare.lower())
    runs = list(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))
    if len(tokens) >= limits.REPETITION_WORDS and 1 - len(set(runs)) / len(runs) > limits.REPETITION:
        yield Finding("repetition", field, "says the same words again and again")
    if not extractive:
        if len(tokens) >= limits.COPY_WORDS and _copied(tokens, abstract) > limits.COPY:
            yield Finding("copied", field, "is the abstract's own text")
        if invented := unknown_numbers(bare, _numbers(f"{title} {abstract}")):
            yield Finding("invented_number", field, f"names {', '.join(invented[:5])}, which the abstract does not")


def _model_faults(field: str, text: str, extractive: bool) -> Iterator[Finding]:
    core = text.strip(" .!*_-\"'()[]<>…。")
    if not core or (len(core) <= limits.PLACEHOLDER_LENGTH and PLACEHOLDER.fullmatch(core)):
        yield Finding("placeholder", field, "is a placeholder or says that the making failed")
    if extractive:
        return
    if API_ERROR.search(text):
        yield Finding("api_error", field, "holds the error message of a service")
    if REFUSAL.match(text):
        yield Finding("refusal", field, "is a model's refusal or apology")
    if SCHEMA.search(text):
        yield Finding("schema_echo", field, "repeats a field's label or the answer's schema")
    if SLOT.search(text):
        yield Finding("template_slot", field, "holds a slot that nothing was put into")
    if PROMPT.search(text):
        yield Finding("prompt_leak", field, "speaks to the asker or repeats the prompt")


def _tex(field: str, text: str) -> Iterator[Finding]:
    if "\\" not in text and "$" not in text and "{" not in text:
        return
    spans = math_spans(text)
    prose, at = [], 0
    for start, end in spans:
        inner = text[start + 1 : end - 1].replace("\\{", "").replace("\\}", "")
        if not _balanced(inner):
            yield Finding("unbalanced_math", field, "a formula opens or closes a brace too many")
            break
        prose.append(text[at:start])
        at = end
    prose.append(text[at:])
    rest = " ".join(prose)
    if any(not MONEY.match(rest, at + 1) for at, mark in enumerate(rest) if mark == "$" and rest[at - 1 : at] != "\\"):
        yield Finding("unbalanced_math", field, "a dollar opens a formula that nothing closes")
    if ORPHAN_TEX.search(rest):
        yield Finding("orphan_tex", field, "holds a TeX command outside mathematics")


def _balanced(inner: str) -> bool:
    depth = 0
    for mark in inner:
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
            if depth < 0:
                return False
    return depth == 0


def _shape(field: str, text: str, abstract: str, language: str) -> Iterator[Finding]:
    if not TERMINATED.search(text):
        yield Finding("no_final_punctuation", field, "does not end with a full stop")
    elif CUT_OFF.search(text):
        yield Finding(
            "truncated", field, "breaks off in the middle", "error" if text.endswith(("...", "…")) else "warning"
        )
    shortest = min(limits.MINIMUM_LENGTH.get(language, limits.MINIMUM_LENGTH["en"]), len(abstract.strip()))
    longest = limits.MAXIMUM_LENGTH.get(language, limits.MAXIMUM_LENGTH["en"])
    if len(text) < shortest:
        yield Finding("too_short", field, f"has {len(text)} characters, fewer than {shortest}")
    elif len(text) > longest:
        yield Finding("too_long", field, f"has {len(text)} characters, more than {longest}")
    if text.isascii():
        wide = 0.0
    else:
        letters = len(LETTER.findall(text))
        wide = len(WIDE.findall(text)) / letters if letters else 0.0
    if wide < limits.WIDE_SCRIPT_LEAST if language in WIDE_LANGUAGES else wide > limits.WIDE_SCRIPT:
        yield Finding("wrong_language", field, f"is not written in the language asked for ({language})")


def _copied(tokens: list[str], abstract: str) -> float:
    runs = _eight(tokens)
    theirs = _abstract_runs(abstract)
    return sum(run in theirs for run in runs) / len(runs)


def _eight(tokens: list[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[start : start + 8]) for start in range(len(tokens) - 7)]


@lru_cache(maxsize=64)
def _abstract_runs(abstract: str) -> frozenset[tuple[str, ...]]:
    return frozenset(_eight(WORD.findall(abstract.lower())))


@lru_cache(maxsize=64)
def _numbers(text: str) -> frozenset[float]:
    return known_numbers(text)


def check_summary(
    fields: Mapping[str, object], *, title: str, abstract: str, language: str = "en", extractive: bool
) -> list[Finding]:
    """What is wrong with a summary: the findings of each text that is there, and fields that say the same.

    `fields` maps field names to texts; None and missing keys are left to `completeness.is_complete`.
    """
    texts = {field: text for field in TEXT_FIELDS if isinstance(text := fields.get(field), str)}
    findings: list[Finding] = []
    for field, text in texts.items():
        findings += check_text(field, text, title=title, abstract=abstract, language=language, extractive=extractive)
    return findings + overlaps(texts)


@lru_cache(maxsize=256)
def content_words(text: str) -> frozenset[str]:
    """The different words of a text that carry meaning, formulas included."""
    return frozenset(WORD.findall(text.lower())) - COMMON


def repeats(text: str, other: str) -> bool:
    """Whether the shorter of two texts says little that the longer one does not."""
    if text == other:
        return True
    words, others = content_words(text), content_words(other)
    shorter = min(len(words), len(others))
    return shorter >= limits.OVERLAP_WORDS and len(words & others) / shorter > limits.OVERLAP


def overlaps(texts: Mapping[str, str]) -> list[Finding]:
    """Pairs of fields of which one says what the other says; the later field has the finding."""
    findings = []
    told = list(texts.items())
    for index, (field, text) in enumerate(told):
        for earlier, other in told[:index]:
            if repeats(text, other):
                findings.append(Finding("overlap", field, f"says what {earlier} says"))
                break
    return findings
