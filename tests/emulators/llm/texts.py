"""Summaries made from the abstract in the prompt, so that they pass every check an honest summary passes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from assets.summaries.checks import repeats
from assets.summaries.extract import summarize
from assets.summaries.fields import REQUIRED_FIELDS
from assets.summaries.limits import MAXIMUM_LENGTH
from assets.summaries.sentences import math_spans, split
from assets.summaries.statements import told

FRAMES = {
    "tldr": ("as told in brief", "in short", "seen as a whole"),
    "motivation": ("so the problem stands", "as things are", "by this account"),
    "method": ("step for step", "by the authors' plan", "in their design"),
    "result": ("as they measured", "by their account", "in their tests"),
    "conclusion": ("which closes the matter", "as they conclude", "on this ground"),
    "practical": ("for those who build", "in daily use", "when put to work"),
}
CHINESE = {
    "tldr": "这篇论文讨论与{0}有关的问题，并给出了作者的主要结论。",
    "motivation": "现有研究在{0}方面仍有不足，因此需要新的思路。",
    "method": "作者设计了一套围绕{0}的方案，并说明了关键步骤。",
    "result": "实验表明所提方案在{0}任务上表现良好，达到了预期目标。",
    "conclusion": "由此可见，针对{0}的这一思路值得继续深入探索。",
    "practical": "从业人员可以参考文中关于{0}的做法来改进自己的系统。",
}
LONG_WORDS = re.compile(r"[^\W\d_]{4,}")
EVERY = 11
"""Words after which a frame is put in, so that the text is no copy of the abstract."""

LONGEST = MAXIMUM_LENGTH["en"]


@lru_cache(maxsize=4_096)
def summary(title: str, abstract: str, language: str) -> dict[str, object]:
    """Field → text, None where the abstract says nothing; keywords as a list."""
    extract = summarize(title, abstract)
    stated = _with_the_required(extract.texts(), title, abstract)
    terms = list(extract.keywords) or LONG_WORDS.findall(title)[:3] or ["paper"]
    texts: dict[str, object] = {}
    for index, (field, text) in enumerate(stated.items()):
        if text is None:
            texts[field] = None
        elif language == "zh":
            texts[field] = CHINESE[field].format(terms[index % len(terms)][:20])
        else:
            texts[field] = retold(text, FRAMES[field])
    return {**texts, "keywords": terms}


def _with_the_required(texts: Mapping[str, str | None], title: str, abstract: str) -> dict[str, str | None]:
    """The texts, where the rules left method or result empty with a sentence that serves neither of them nor the TL;DR:
    a model has words for what it must say, and rather leaves a field empty that it need not fill."""
    found = dict(texts)
    for field in REQUIRED_FIELDS:
        if found[field] is not None:
            continue
        required = [text for name in REQUIRED_FIELDS if (text := found[name])]
        tellable = (told(sentence, title, abstract) for sentence in split(abstract))
        for text in tellable:
            if text and not any(repeats(text, other) for other in required):
                found = {name: None if one and repeats(text, one) else one for name, one in found.items()}
                found[field] = text
                break
    return found


def retold(text: str, frames: tuple[str, ...]) -> str:
    """The text with remarks between its words, outside mathematics."""
    inside = math_spans(text)
    places = [
        at
        for at, mark in enumerate(text)
        if mark == " " and text[at - 1] not in ",;:([" and not any(start < at < end for start, end in inside)
    ]
    cuts = places[EVERY // 2 :: EVERY] or places[len(places) // 2 : len(places) // 2 + 1]
    for number, at in reversed(list(enumerate(cuts))):
        remark = f", {frames[number % len(frames)]},"
        if len(text) + len(remark) <= LONGEST:
            text = text[:at] + remark + text[at:]
    return text
