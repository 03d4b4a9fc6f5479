r"""Text of papers and models, made safe to stand in Markdown: it reads as it was written and does nothing.

The text that comes in holds TeX between dollars that pair, and `\$` for a dollar that is money. What
comes out is one line of Markdown whose rendered text is that text: no element, link, heading or
list can arise from it, in CommonMark or in GitHub's dialect.

- Mathematics becomes ``$`…`$``. GitHub and GitLab typeset it. To every other reader it is a code
  span, and nothing inside a code span is Markdown or HTML: `$a_i < b_i$` or `$\text{<img …>}$`, left
  bare, would turn into emphasis or an image wherever dollars mean nothing.
- A dollar that is money becomes `<span>\$</span>`: the span is what GitHub asks for in a line that
  may hold mathematics, the backslash is what the other dialects that know mathematics read.
- Web and mail addresses become code spans, because GitHub would make links of them.
- Everything else that Markdown or HTML knows is escaped.
"""

import re

DOLLAR = r"<span>\$</span>"

_SPECIAL = r"""
    [\\`*\[\]<>&|~$_]
    (?: (?<=\\) [\\$] | (?<=\$) (?: \$ (?:\\.|[^\\$])+ \$\$ | (?:\\.|[^\\$])+ \$ ) )?
"""
"""A character that Markdown or HTML knows; with a backslash, the backslash or dollar after it; with a
dollar, the mathematics that it opens. That every match begins with one of a set is what makes it quick."""

_ADDRESS = r"""
    (?: (?i:https?|ftp):// | (?<!\w)(?i:www)\. ) [^\s`$<>"\\]* [^\s`$<>"\\.,;:!?()\[\]{}'*_~]
  | (?<![\w.+-]) [\w.+-]+ @ [\w-]+ (?: \. [\w-]+ )+
"""

_TOKEN = re.compile(_SPECIAL, re.VERBOSE)
_TOKEN_OR_ADDRESS = re.compile(f"(?P<address>{_ADDRESS})|{_SPECIAL}", re.VERBOSE)

_BLOCK_START = re.compile(r"\A(\d{1,9}(?=[.)](?:\s|$))|(?=[#+=-]))")
"""What would begin a list, a heading or a rule at the start of a line: the backslash goes after it."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

_ESCAPES = {
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
    "$": DOLLAR,
    "\\$": DOLLAR,
    "\\\\": "\\\\\\\\",  # a pair, so that the second is no backslash of a dollar after it
}

_BACKTICKS = re.compile(r"`+")


def inline(text: str) -> str:
    r"""A text as one line of Markdown that renders as that text; white space is folded.

    Mathematics between dollars is kept as mathematics; a dollar without its partner is a dollar.
    A control character, which no cleaned text has, shows as U+FFFD.
    """
    line = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", " ".join(text.split()))
    may_hold_address = "@" in line or "://" in line or "www." in line.lower()
    token = _TOKEN_OR_ADDRESS if may_hold_address else _TOKEN
    return _BLOCK_START.sub(r"\1\\", token.sub(_escaped, line))


def code(text: str) -> str:
    """A text without line breaks as a code span, however many backticks it holds."""
    fence = "`" * (max((len(run) for run in _BACKTICKS.findall(text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _escaped(match: re.Match[str]) -> str:
    found = match[0]
    if match.lastgroup == "address":
        return code(found)
    if found in _ESCAPES:
        return _ESCAPES[found]
    if found[0] == "$":
        width = 2 if found.startswith("$$") else 1
        formula = found[width:-width].strip()
        return f"${code(formula)}$" if formula else f"{DOLLAR} {DOLLAR}"
    if found == "_" and _between_letters(match.string, match.start()):
        return found
    return "\\" + found


def _between_letters(line: str, place: int) -> bool:
    """Whether letters or digits stand on both sides: there an underscore starts and ends no emphasis, and names
    are full of them."""
    return line[place - 1 : place].isalnum() and line[place + 1 : place + 2].isalnum()
