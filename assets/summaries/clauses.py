"""Where a sentence can be cut: never inside a formula, a bracket or a quotation."""

from __future__ import annotations

import re

from assets.summaries.sentences import math_spans

BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"|“[^”]*”|``.*?''|https?://\S+")
PARENTHESIS = re.compile(r"\s+\([^()$]{1,120}\)(?=[\s,.;:])")

TAIL = re.compile(r",\s(?=(?:which|where|whereas|while|thereby|such as|including|as well as|[a-z]+ing)\b)")


def shielded(sentence: str) -> str:
    """A string of the same length with formulas, brackets, quotations and addresses blanked out by letters."""
    mask = BRACKETED.sub(lambda found: "x" * len(found[0]), sentence)
    for start, end in math_spans(sentence) if "$" in sentence else ():
        mask = f"{mask[:start]}{'x' * (end - start)}{mask[end:]}"
    return mask


def without_parentheses(sentence: str) -> str:
    """The sentence without what stands in round brackets; brackets in or around formulas stay."""
    if "(" not in sentence:
        return sentence
    spans = math_spans(sentence) if "$" in sentence else []
    pieces: list[str] = []
    at = 0
    for found in PARENTHESIS.finditer(sentence):
        if any(start < found.end() and found.start() < end for start, end in spans):
            continue
        pieces.append(sentence[at : found.start()])
        at = found.end()
    return "".join(pieces) + sentence[at:]


def brief(sentence: str, words: int, fewest: int) -> str:
    """A sentence of more than `words` words without its brackets and its last subordinate clause.

    The clause goes only where nothing follows it and `fewest` words stay; what is cut says more about the main
    clause, never less.
    """
    if len(sentence.split()) <= words:
        return sentence
    sentence = without_parentheses(sentence)
    if len(sentence.split()) <= words:
        return sentence
    mask = shielded(sentence)
    for found in TAIL.finditer(mask):
        if "," not in mask[found.end() :] and len(sentence[: found.start()].split()) >= fewest:
            return f"{sentence[: found.start()]}."
    return sentence
