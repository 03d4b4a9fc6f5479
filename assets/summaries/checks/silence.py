"""Texts that say that there is nothing to say, or ask for what was not given, in whatever words.

A summary tells of the paper. A sentence that speaks of the abstract, or of the field to be filled, and says that it
lacks something tells of the asking: such a field is null. Papers about abstracts are left alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assets.summaries.checks.kinds import Fault, fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assets.summaries.checks.source import Source

SENTENCE = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])")
MARKS = ("abstract", "please", "field", "i ", "information", "details", "context", "摘要", "原文", "字段", "请提供")
"""One of these stands in every text that is found here, in lower case."""
ABSTRACT = re.compile(
    r"\b(?:the|this|your|an|no|provided|given) (?:(?:provided|given|supplied|available|short|paper['’]s) )?"
    r"abstract(?: text| alone| itself| only| of (?:this|the) (?:paper|work|study|article))?"
    r"(?=[.,;:!?)'\"’]|\s*$| (?:(?:does|did|is|has)n['’]t|is|was|has|does|do|did|says?|states?|gives?|contains?"
    r"|provides?|mentions?"
    r"|reports?|lacks?"
    r"|offers?|includes?|cannot|can|could|and|or|so|but|because|since|as|that|which|to|for|in|about"
    r"|regarding|provided|given"
    r"|you|makes?|leaves?|remains?|only|alone|never|nor)\b)",
    re.IGNORECASE,
)
"""The abstract as a text: not the "abstract machine" or "abstract reasoning" of a paper."""
LACK = re.compile(
    r"\b(?:not|no|nothing|none|cannot|unable|needs?|silent|blank|lacks?|lacking|insufficient|impossible|unclear|never"
    r"|neither|nor|unspecified|unstated|absent|missing|without|please|unknown)\b|n['’]t\b",
    re.IGNORECASE,
)
FIELD = re.compile(
    r"\bthis (?:field|section|entry|part|key|value) (?:is|was|has been|must be|should be|will be|can(?:not"
    r"|['’]t)? be)"
    r" (?:therefore |thus |intentionally |deliberately )?(?:left|kept|set|blank|empty|null|omitted|filled"
    r"|not applicable)\b",
    re.IGNORECASE,
)
ASKING = re.compile(
    r"(?:[^.]{0,40}[,:] )?please (?:provide|share|supply|paste|send|give|include|upload|let me)\b"
    r"|(?:[^.]{0,60}\b)?I(?:['’]d| would| will|['’]ll| do| could| can| am|['’]m)?(?: not|not|n['’]t|['’]t)?"
    r" (?:need|require|want|cannot|can['’]t|unable|have no|lack|see no|have (?:access|enough))\b"
    r"[^.]{0,90}\b(?:information|summar\w+|abstract|paper|text|context|details|title|content)\b"
    r"|(?:请|麻烦)(?:您|你)?(?:先)?提供",
    re.IGNORECASE,
)
TOO_LITTLE = re.compile(
    r"(?:there (?:is|was|are) )?(?:not enough|insufficient|too little|no(?: specific| further| additional"
    r"| explicit)?)"
    r" (?:information|details?|context|content)(?: (?:is|was|are|were))?"
    r"(?: (?:given|provided|available|present|found))?(?: here)? (?:to (?:determine|summari[sz]e|provide|write"
    r"|state|answer|fill|give|describe)\b"
    r"|(?:about|on|regarding|for) (?:the |its |any |their |this )?(?:results?|methods?|conclusions?"
    r"|motivation|practical|findings|field|paper)\b)",
    re.IGNORECASE,
)
WIDE = re.compile(
    r"(?:摘要|原文|(?:该|本|此)字段)[^。；]{0,30}(?:未|没有|无法|不能|缺乏|缺少|留空|为空)"
    r"|(?:无法|不能|难以)(?:从|根据|由|依据|通过)[^。；]{0,8}(?:摘要|原文)"
)
ABSTRACTS = re.compile(r"\babstracts\b", re.IGNORECASE)
ABOUT_ABSTRACTS = re.compile(r"\babstracts\b|\bsummar(?:y|ies|i[sz]\w+)\b", re.IGNORECASE)


def silence_faults(text: str, lower: str, source: Source) -> Iterator[Fault]:
    """Whether a sentence of a model's text says that it has nothing to say; `lower` is the text in lower case."""
    if not any(mark in lower for mark in MARKS):
        return
    for sentence in SENTENCE.split(text):
        if sentence.strip(" .").lower() in source.lower:
            continue
        if ASKING.match(sentence):
            yield fault("refusal")
            return
        if FIELD.search(sentence) or TOO_LITTLE.match(sentence) or _speaks_of_the_abstract(sentence, source):
            yield fault("not_stated")
            return


def _speaks_of_the_abstract(sentence: str, source: Source) -> bool:
    if ABSTRACT.search(sentence) and LACK.search(sentence):
        return not ABSTRACT.search(source.text) and not ABSTRACTS.search(source.text)
    return bool(WIDE.search(sentence)) and not (ABOUT_ABSTRACTS.search(source.text) or "摘要" in source.text)
