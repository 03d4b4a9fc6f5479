"""Which dollars are mathematics and which are money.

An abstract may hold "$x$", "$5 to $10", "\\$4M", an odd dollar that lost its partner, and all of
them at once. In a cleaned text every dollar without a backslash opens or closes mathematics, and
every other dollar is written `\\$`.
"""

import re

_MACRO_OR_GROUP = re.compile(r"\{[^{}]*\}|\\[A-Za-z]+")
_WORD = r"[(\"'“]?[A-Za-z][a-z]+[.,;:)\"'”]*"
_TWO_WORDS = re.compile(rf"(?<![A-Za-z\\]){_WORD}\s+{_WORD}(?![A-Za-z])")
_THREE_WORDS = re.compile(rf"(?<![A-Za-z\\]){_WORD}\s+{_WORD}\s+{_WORD}(?![A-Za-z])")
_SENTENCE_GOES_ON = re.compile(r"\s*[.,;:)]+\s+.*[A-Za-z]{2}|\s+[^A-Za-z]*[A-Za-z]{2,}[.,]?\s+[A-Za-z]{2,}")
_JOINING_WORDS = re.compile(
    r"\s+(?:and|or|in|of|for|to|with|is|are|on|by|at|as|from|if|where|when|then|be|has|the|an?|that|such|via|per|vs\.?)\s+"
)
_TEX_SIGN = re.compile(r"[\\^_={}<>]")
_AMOUNT = re.compile(r"\s?\d[\d,.]*")
_AMOUNT_AND_LINK = re.compile(
    r"\s?\d[\d,.]*\s?(?:[kKMBT]|bn|million|billion|trillion|USD)?\+?[\s(]*(?:to|and|or|vs\.?|versus|per|[-–—/])[\s(]+"
)
_AMOUNT_AND_DASH = re.compile(r"\d[\d,.]*\s?(?:[kKMBT]|bn|million|billion)?[-–—/]+")

_A_WORD = re.compile(r"(?:^|[\s(\"'“])[A-Za-z]{2}")

_UNESCAPED_DOLLAR = re.compile(r"\\[\s\S]|\$")
_VARIABLE = re.compile(r"[A-Za-z](?:[\w'*]*[_^=()+<>*/-][^\s]{0,60})?")
_ESCAPED = re.compile(r"\\[\s\S]")
_MACRO = re.compile(r"\\[A-Za-z]")


def is_prose(content: str) -> bool:
    """Whether what stands between two dollars is a piece of sentence, so that the first of them is no opening dollar.

    True for "5 to ", " is small, where x and y are u" and "12, the surrogate achieves"; false for
    "10^{-3}", "f(x) \\text{ for all } x" and "AUC=0.48".
    """
    if " " not in content or not (_A_WORD.search(content) or _AMOUNT.match(content)):
        return False
    if _JOINING_WORDS.fullmatch(content):
        return True
    for _ in range(4):
        bare = _MACRO_OR_GROUP.sub("¤", content)
        if bare == content:
            break
        content = bare
    if _SENTENCE_GOES_ON.match(content) or _THREE_WORDS.search(content):
        return True
    if _AMOUNT.match(content):
        return _AMOUNT_AND_LINK.fullmatch(content) is not None or _TWO_WORDS.search(content) is not None
    return False


def is_money(content: str, following: str) -> bool:
    """Whether in "$content$following" the second dollar opens like the first.

    True for "$5-$10", "$10 for $x" and "$PINN and $x".
    """
    if following.isdigit() and _AMOUNT_AND_DASH.fullmatch(content):
        return True
    opens_again = content[-1:] == " " and content[:1] != " " and (following.isalnum() or following == "\\")
    return (
        opens_again and not _TEX_SIGN.search(content) and (content[0].isdigit() or _A_WORD.search(content) is not None)
    )


def closing(text: str, start: int, end: int) -> int:
    """Position of the next unescaped dollar of text[start:end]; -1 where there is none."""
    at = text.find("$", start, end)
    while at >= 0:
        backslashes = at - 1
        while backslashes >= start and text[backslashes] == "\\":
            backslashes -= 1
        if (at - 1 - backslashes) % 2 == 0:
            return at
        at = text.find("$", at + 1, end)
    return -1


def closing_parenthesis(content: str) -> int:
    """Position of a `\\)` in the content that no `\\(` before it opens; -1 where there is none.

    Some authors open with a dollar and close with `\\)`.
    """
    if "\\)" not in content:
        return -1
    for match in _ESCAPED.finditer(content):
        if match[0] == "\\(":
            return -1
        if match[0] == "\\)":
            return match.start()
    return -1


def is_escaped_mathematics(content: str) -> bool:
    """Whether "\\$content\\$" is mathematics whose dollars something has escaped.

    True for "m\\times n", "p" and "f(x_n)"; false for sentences and for amounts.
    """
    if "$" in content or is_prose(content):
        return False
    return _MACRO.search(content) is not None or _VARIABLE.fullmatch(content) is not None


def mathematics(content: str, explicit: bool = False) -> str:
    """The content of folded text as "$…$", nothing changed but white space at its ends; "" where there is none.

    `explicit`: the author marked it beyond doubt (display, `\\(…\\)`, an environment). Then inner
    dollars become `\\(…\\)`, and content that reads like a sentence gets braces, which change
    nothing for TeX and keep it from being taken for prose.
    """
    content = content.strip(" ").rstrip("\\ ")
    if not content:
        return ""
    if explicit:
        content = _without_inner_dollars(content)
        if is_prose(content):
            content = "{" + content + "}"
    return f"${content}$"


def _without_inner_dollars(content: str) -> str:
    tokens = _UNESCAPED_DOLLAR.findall(content)
    inner = tokens.count("$")
    paired = inner % 2 == 0
    balanced = tokens.count("\\(") == tokens.count("\\)")
    if not inner and balanced:
        return content
    opened = False

    def replaced(match: re.Match[str]) -> str:
        nonlocal opened
        token = match[0]
        if token == "$":
            if not paired:
                return "\\$"
            opened = not opened
            return "\\(" if opened else "\\)"
        return token[1] if token in ("\\(", "\\)") and not balanced else token

    return _UNESCAPED_DOLLAR.sub(replaced, content)
