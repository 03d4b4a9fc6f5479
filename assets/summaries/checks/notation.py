"""Faults of characters and of TeX: what a decoder ate, what nothing decoded, and mathematics that does not close."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assets.summaries.checks.kinds import Fault, fault
from assets.summaries.sentences import MONEY, math_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

UNUSUAL = re.compile("[\x00-\x1f\x7f-\x9f\ufffd\ufeff\u200b]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufeff\u200b]")
EATEN = re.compile(
    "\x0c(?:rac|orall|lat)|\x08(?:eta|egin|ar|old|mod|inom|oldsymbol|ig)|\x07(?:lpha|ngle|pprox)|\x0b(?:ec|ar|ert)"
    "|\t(?:heta|imes|au|o\\b|ext|ilde|riangle|op\\b)|\r(?:ho|ight|angle|m\\b)|\n(?:abla|u\\b|eq|ot|eg|e\\b|less)"
)
ORPHAN_TEX = re.compile(
    r"\\(?:[A-Za-z]{2,}|[\"'`^~=.][{A-Za-z])|(?<![A-Za-z\\])(?:rac|athcal|athbb|athrm|heta|imes|extbf|extit)\{"
)


def character_faults(text: str) -> Iterator[Fault]:
    """What is wrong with single characters."""
    if not UNUSUAL.search(text):
        return
    if EATEN.search(text):
        yield fault("eaten_tex")
    elif CONTROL.search(text):
        yield fault("control_characters")
    elif UNUSUAL.search(text.strip()):
        yield fault("line_breaks")


def tex_faults(text: str) -> Iterator[Fault]:
    """What is wrong with mathematics and TeX."""
    if "$" not in text and "\\" not in text and "{" not in text:
        return
    prose, at = [], 0
    for start, end in math_spans(text):
        if not _balanced(text[start + 1 : end - 1]):
            yield fault("unbalanced_math", "a formula opens or closes a brace too many")
            break
        prose.append(text[at:start])
        at = end
    prose.append(text[at:])
    rest = " ".join(prose)
    if "$" in rest and any(
        not MONEY.match(rest, at + 1) for at, mark in enumerate(rest) if mark == "$" and rest[at - 1 : at] != "\\"
    ):
        yield fault("unbalanced_math", "a dollar opens a formula that nothing closes")
    if ORPHAN_TEX.search(rest):
        yield fault("orphan_tex")


def _balanced(formula: str) -> bool:
    if "{" not in formula and "}" not in formula:
        return True
    depth = 0
    for mark in formula.replace("\\{", "").replace("\\}", ""):
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
            if depth < 0:
                return False
    return depth == 0
