"""TeX as text: accents become letters, text commands are unwrapped, mathematics stays as it is.

In the result
- mathematics is TeX between single dollars, displays included, and every other dollar is `\\$`;
- outside mathematics there is no backslash but that of `\\$`, and no brace without a partner;
- a per cent sign is a per cent sign, never a comment;
- cleaning it again changes nothing.

The commands are read in `reader.py`, their meanings are in `macros.py`, and `dollars.py` tells
mathematics from money.
"""

import re

from assets.papers import dollars
from assets.papers.reader import DROPPED, Reader
from assets.papers.text import fold

_SPECIAL = ("\\", "$", "{", "}", "~", "`", "--", "''")

_DROPPED_IN_BRACKETS = re.compile(r"[\s~]*[(\[]\s*(?:\x00[\s,;]*)+[)\]]")
_DROPPED_MARK = re.compile(r"[\s~]*\x00")
_ADJACENT_MATH = re.compile(r"(?<!\\)\$\$")
_AMOUNT_BEFORE_AMOUNT = re.compile(r"(?<!\\)\$(\d[\d,.]*\s?\w*[-–—/]+)\$(?=\d)")

_LONGEST_ADDRESS = 200
_ADDRESS = re.compile(r"://|^www\.|\w\.(?:com|org|io|edu|net|ai)/")
_TYPOGRAPHY = re.compile(r"[-`'~](?:(?<=~)~*|(?<=-)-+|(?<=`)`|(?<=')')")
_MIXED_QUOTES = re.compile(r"""(?<![\w'])(?:''|")(?=[^\s'"])([^'"$]{1,80}?)(?<=\S)''(?![\w'])""")
_SINGLE_QUOTES = re.compile(r"(?<![\w`])`([^`'$\s](?:[^`'$]{0,80}[^`'$\s])?)'(?![\w'])")


def to_text(text: str, ties: bool = True) -> str:
    """Title, abstract or name as text, mathematics kept as "$…$"; expects and returns folded text.

    `ties`: "~" may mean "about"; with False (names) it is a space, but within a word an accent that
    lost its backslash, which stays. Texts without any sign of TeX return as they are.
    """
    for _ in range(6):
        if not any(sign in text for sign in _SPECIAL):
            return text
        cleaned = _cleaned(text, ties)
        if cleaned == text:
            return text
        # What was unwrapped may have met its neighbours ("-" and "{}-"): until nothing changes.
        text = cleaned
    return text


def _cleaned(text: str, ties: bool) -> str:
    if "\\" in text or "{" in text or "}" in text or "$" in text:
        text = Reader(text).whole()
        if DROPPED in text:
            text = _DROPPED_MARK.sub("", _DROPPED_IN_BRACKETS.sub("", text))
        if "$$" in text:
            text = _ADJACENT_MATH.sub(" ", text)
        if "$" in text:
            text = _AMOUNT_BEFORE_AMOUNT.sub(r"${\1}$", text)
    if "~" in text or "--" in text or "`" in text or "''" in text:
        text = _typeset(text, ties)
    return fold(text)


def _typeset(text: str, ties: bool) -> str:
    """Dashes, quotation marks and ties of TeX as characters, outside mathematics and web addresses."""
    protected = _mathematics(text) if "$" in text else []
    open_quotes = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal open_quotes
        token, at = match[0], match.start()
        if any(start <= at < end for start, end in protected) or ("/" in text and _in_address(text, at)):
            return token
        if token[0] == "-":
            before, after = text[at - 1 : at], text[match.end() : match.end() + 1]
            if len(token) > 3 or (before and before in "<!") or after == ">":  # an arrow, a rule
                return token
            return "–" if len(token) == 2 else "—"
        if token == "``":
            open_quotes += 1
            return "“"
        if token == "''":
            if not open_quotes:  # seconds of arc, a second derivative
                return token
            open_quotes -= 1
            return "”"
        kept = _means_about(match) if ties else text[at - 1 : at].islower() and text[match.end() :][:1].islower()
        return token if kept else " "

    text = _TYPOGRAPHY.sub(replaced, text)
    if "''" in text:
        text = _MIXED_QUOTES.sub(r"“\1”", text)
    return _SINGLE_QUOTES.sub(r"‘\1’", text) if "`" in text else text


def _mathematics(text: str) -> list[tuple[int, int]]:
    """The ranges of a text that are mathematics."""
    ranges: list[tuple[int, int]] = []
    start = dollars.closing(text, 0, len(text))
    while start >= 0:
        end = dollars.closing(text, start + 1, len(text))
        if end < 0:
            break
        ranges.append((start, end + 1))
        start = dollars.closing(text, end + 1, len(text))
    return ranges


def _in_address(text: str, at: int) -> bool:
    """Whether the position is within a web address."""
    nearest = max(at - _LONGEST_ADDRESS, 0)
    start = text.rfind(" ", nearest, at) + 1 or nearest
    return _ADDRESS.search(text[start : at + _LONGEST_ADDRESS].split(" ", 1)[0]) is not None


def _means_about(match: re.Match[str]) -> bool:
    """Whether a tilde is the sign "about" ("of ~10", "z~2") and not TeX's space ("Table~3", "5~GeV")."""
    text, start, end = match.string, match.start(), match.end()
    before, after = text[start - 1 : start], text[end : end + 1]
    if not before.strip() or not after.strip() or before in "([<>=":
        return True
    if not after.isdigit():
        return False
    return before.isdigit() or before == ")" or (before.isalpha() and not text[max(start - 2, 0) : start - 1].isalpha())
