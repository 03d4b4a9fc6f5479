"""Where a sentence can be cut: never inside a formula, a bracket or a quotation."""

from __future__ import annotations

import re

from assets.summaries.sentences import math_spans

BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"|“[^”]*”|``.*?''|https?://\S+")
PARENTHESIS = re.compile(r"\s+\([^()$]{1,120}\)(?=[\s,.;:])")
NAME = re.compile(r"\s+\((?:the |called |dubbed |termed )?[\w+*/@.-]{1,20}\)")
OPENING = re.compile(
    r"(?:Inspired by|Motivated by|Building (?:up)?on|Based on|Drawing on|Drawing from|Leveraging|Using|Utilizing"
    r"|In order to"
    r"|To (?!the |date|a |an |our )[a-z]+)\s[^,;:]{5,160},\s(?=the authors? )"
)
"""How or why the authors did what follows."""
TAIL = re.compile(r",\s(?=(?:which|where|whereas|while|thereby|such as|including|as well as|[a-z]+ing)\b)")


def shielded(sentence: str) -> str:
    """A string of the same length with formulas, brackets, quotations and addresses blanked out by letters."""
    mask = BRACKETED.sub(lambda found: "x" * len(found[0]), sentence)
    for start, end in math_spans(sentence) if "$" in sentence else ():
        mask = f"{mask[:start]}{'x' * (end - start)}{mask[end:]}"
    return mask


def without_parentheses(sentence: str) -> str:
    """The sentence without what stands in round brackets; brackets in or around formulas stay.

    So does a short name, for the other fields may use it: "principal component analysis (PCA)".
    """
    if "(" not in sentence:
        return sentence
    spans = math_spans(sentence) if "$" in sentence else []
    pieces: list[str] = []
    at = 0
    for found in PARENTHESIS.finditer(sentence):
        if any(start < found.end() and found.start() < end for start, end in spans):
            continue
        if NAME.fullmatch(found[0]) or sentence.count(found[0].strip(" ()s")) > 1:
            continue
        pieces.append(sentence[at : found.start()])
        at = found.end()
    return "".join(pieces) + sentence[at:]


def brief(sentence: str, words: int, fewest: int) -> str:
    """The sentence without its brackets and, above `words` words, without how the authors came to it or a last clause.

    A clause goes only where nothing follows it and `fewest` words stay; what is cut says more about the main clause,
    never less: an opening that is a condition ("Under …", "If …", "For …") stays.
    """
    sentence = without_parentheses(sentence)
    if sentence.count(" ") < words:
        return sentence
    mask = shielded(sentence)
    if (found := OPENING.match(mask)) and sentence.count(" ", found.end()) >= fewest:
        sentence, mask = f"The {sentence[found.end() + 4 :]}", f"The {mask[found.end() + 4 :]}"
        if sentence.count(" ") < words:
            return sentence
    for found in TAIL.finditer(mask):
        if "," not in mask[found.end() :] and sentence.count(" ", 0, found.start()) + 1 >= fewest:
            return f"{sentence[: found.start()]}."
    return sentence
