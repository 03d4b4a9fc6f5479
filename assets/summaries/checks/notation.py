"""Faults of characters and of TeX: what a decoder ate, what nothing decoded, and mathematics that does not close."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assets.summaries.checks.kinds import Fault, fault
from assets.summaries.sentences import MONEY, math_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assets.summaries.checks.source import Source

UNUSUAL = re.compile("[\x00-\x1f\x7f-\x9f\ufffd\ufeff\u200b]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ufeff\u200b]")
EATEN = re.compile(
    "\x0c(?:rac|orall|lat)|\x08(?:eta|egin|ar|old|mod|inom|oldsymbol|ig)|\x07(?:lpha|ngle|pprox)|\x0b(?:ec|ar|ert)"
    "|\t(?:heta|imes|riangle|(?:au|o|op|ilde)(?![A-Za-z])|ext(?:(?:sim|backslash|asciitilde|degree)?(?![A-Za-z])"
    "|[a-z]{2,12}(?={)))|\r(?:ho|ight|angle|m\\b)"
    "|\n(?:abla|(?:u|eq|ot|otin|eg|e|less|leq|geq)(?![A-Za-z]))"
)
ALSO_WORDS = frozenset(("\ne", "\neg", "\nless"))
"""What is eaten TeX in a formula, and in prose a line break before a word ("less") or an abbreviation ("e.g.")."""
LITERAL_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}|\\[nt](?=[\s\d*•(（\-]|$|[^\x00-\x7f])|\\\"")
MARKDOWN = re.compile(r"(?<![\^{*])\*\*[^\s*}]|^[-*•]\s|^#{1,4}\s|<br\s*/?>|\n\s*[-*•]\s", re.IGNORECASE)
ORPHAN_TEX = re.compile(
    r"\\(?:[A-Za-z]{2,}|[\"'`^~=.][{A-Za-z])|(?<![A-Za-z\\])(?:rac|athcal|athbb|athrm|heta|imes|extbf|extit)\{"
)


def eaten_commands(text: str) -> list[re.Match[str]]:
    """Where a control character and letters stand for a TeX command whose backslash and first letter they ate."""
    return [
        found for found in EATEN.finditer(text) if found[0] not in ALSO_WORDS or text.count("$", 0, found.start()) % 2
    ]


def character_faults(text: str) -> Iterator[Fault]:
    """What is wrong with single characters."""
    if not UNUSUAL.search(text):
        return
    if eaten_commands(text):
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


def dress_faults(text: str, source: Source) -> Iterator[Fault]:
    """What only models leave in a text: escapes that nothing decoded, Markdown, braces that open nothing."""
    if "\\" in text and any(found[0] not in source.text for found in LITERAL_ESCAPE.finditer(text)):
        yield fault("literal_escape")
    if (text[0] in "-*•#" or "**" in text or "\n" in text or "<" in text) and MARKDOWN.search(text):
        yield fault("markdown")
    if ("{" in text or "}" in text) and not math_spans(text):
        open_braces = text.count("{") - text.count("\\{") - text.count("}") + text.count("\\}")
        if open_braces:
            yield fault("unbalanced_math", "a brace is opened or closed too many")


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
