"""What holds for every cleaned text, whatever it was made from."""

import re

from assets.papers.tex import to_text
from assets.papers.text import fold

_MATHEMATICS = re.compile(r"(?<!\\)\$(?:[^$\\]|\\[\s\S])+\$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def faults(cleaned: str) -> list[str]:
    """The promises of `to_text` that a cleaned text breaks."""
    found = []
    outside = _MATHEMATICS.sub("", cleaned).replace("\\$", "")
    if "$" in outside:
        found.append("a dollar without a partner")
    if "\\" in outside:
        found.append("a backslash outside mathematics")
    if not _balanced(outside):
        found.append("a brace without a partner")
    if _CONTROL.search(cleaned):
        found.append("a control character")
    if to_text(fold(cleaned)) != cleaned:
        found.append("cleaning it again changes it")
    return found


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return depth == 0
