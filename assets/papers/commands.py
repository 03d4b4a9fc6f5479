"""Commands whose text is more than their argument: links, footnotes, quantities, quotations and the like.

Each function reads the arguments that stand at `position`, appends their text to `out` and
returns the position behind them; `end` bounds the range, `depth` counts the nesting.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from assets.papers import dollars, macros

if TYPE_CHECKING:
    from assets.papers.reader import Reader

_VERBATIM = re.compile(r"\*?([^A-Za-z\s*])(.*?)\1")
_POSSESSIVE = re.compile(r"[a-z]{4}\\'s(?![A-Za-z])")
_LETTER_COMMAND = re.compile(r"\\([A-Za-z]{1,2})(?![A-Za-z])(?:\{\}|\s(?=[a-z]))?")
_LAYOUT_IN_MATH = re.compile(r"\\label\s*\{[^{}]*\}|\\(?:nonumber|notag)(?![A-Za-z])")
_ROMAN = re.compile(r"\s*(\d{1,4})")


class Command(Protocol):
    """What the functions of this module have in common."""

    def __call__(self, reader: Reader, position: int, end: int, out: list[str], depth: int, /) -> int: ...


def accent(reader: Reader, mark: str, position: int, end: int, out: list[str], depth: int) -> int:
    """A letter with its accent: `\\'e`, `\\v{s}`, `\\'{\\i}`; what is no accent after all stays as it stands."""
    text = reader.text
    if mark == "'" and text[position : position + 1] == "'":  # \''o, a double prime for two dots
        mark, position = '"', position + 1
    start = position
    while position < end and text[position] == " ":
        position += 1
    after = text[position : position + 1] if position < end else ""
    if argument := reader.argument(position, end):
        content = text[argument[0] : argument[1]]
        if mark.isalpha() and (symbol := macros.symbols().get(mark + content)):
            # An old conversion of Greek letters read \beta as the accent \b on "eta".
            out.append(symbol)
            return argument[1] + 1
        inner, stop = reader.inner(*argument, depth).strip(), argument[1] + 1
    elif after == "\\":
        if letter := _LETTER_COMMAND.match(text, position, end):
            inner, stop = macros.symbols().get(letter[1], ""), letter.end()
        elif text[position + 1 : position + 2] in macros.ACCENTS and position + 2 < end:
            nested: list[str] = []
            stop = accent(reader, text[position + 1], position + 2, end, nested, depth)
            inner = "".join(nested)
        else:
            inner, stop = "", position
    elif after.isalpha() and (position == start or mark.isalpha() or mark in "'`\"^~"):
        inner, stop = after, position + 1
        if mark == "'" and inner == "s" and _POSSESSIVE.search(text, max(start - 7, 0), stop + 1):
            inner, stop = "", start  # the 's of a possessive, escaped
    else:
        inner, stop = "", start
    letters = macros.accented(mark, inner) if inner else None
    if letters is None:
        out.append((mark if not (inner and mark.isalpha()) else "") + inner)
        return stop
    out.append(letters)
    return stop


def environment(reader: Reader, name: str, position: int, end: int, out: list[str]) -> int:
    """`\\begin{align}…` and its like as mathematics; of other environments only the text stays."""
    argument = reader.argument(position, end)
    if argument is None:
        return position
    kind, after = reader.text[argument[0] : argument[1]], argument[1] + 1
    inner = macros.MATH_ENVIRONMENTS.get(kind.rstrip("*"))
    close = reader.text.find("\\end{" + kind + "}", after, end) if name == "begin" and inner is not None else -1
    if close < 0:
        out.append(" ")
        return after
    content = _LAYOUT_IN_MATH.sub("", reader.text[after:close]).strip()
    if inner and content:
        content = f"\\begin{{{inner}}}{content}\\end{{{inner}}}"
    out.append(f" {dollars.mathematics(content, explicit=True)} ")
    return close + len(kind) + 6


def link(reader: Reader, position: int, end: int, out: list[str], depth: int) -> int:
    """\\href{address}{text} as "text (address)"."""
    address = reader.argument(position, end)
    if address is None:
        return position
    target = reader.inner(*address, depth)
    label = reader.argument(address[1] + 1, end)
    if label is None:
        out.append(target)
        return address[1] + 1
    words = reader.inner(*label, depth).strip()
    if "://" in words and "://" not in target:  # the arguments the wrong way round
        target, words = words, target
    if ":" not in target:  # a place in the paper itself
        out.append(words)
    else:
        out.append(f"{words} ({target})" if words and words != target else target)
    return label[1] + 1


def footnote(reader: Reader, position: int, end: int, out: list[str], depth: int) -> int:
    argument = reader.argument(position, end)
    if argument is None:
        return position
    if note := reader.inner(*argument, depth).strip():
        out.append(f" ({note})")
    return argument[1] + 1


def coloured(reader: Reader, position: int, end: int, out: list[str], depth: int) -> int:
    stop = reader.arguments_end(position, end, 1)
    argument = reader.argument(stop, end) if stop > position else None
    if argument is None:
        return stop
    out.append(reader.inner(*argument, depth))
    return argument[1] + 1


def quantity(reader: Reader, position: int, end: int, out: list[str], depth: int) -> int:
    """\\SI{5}{\\micro\\meter} as "5 µm"."""
    parts: list[str] = []
    while len(parts) < 2 and (argument := reader.argument(position, end)):
        parts.append(reader.inner(*argument, depth).strip())
        position = argument[1] + 1
    out.append(" ".join(part for part in parts if part))
    return position


def raised(reader: Reader, position: int, end: int, out: list[str], depth: int) -> int:
    return _small(reader, "^", position, end, out, depth)


def lowered(reader: Reader, position: int, end: int, out: list[str], depth: int) -> int:
    return _small(reader, "_", position, end, out, depth)


def _small(reader: Reader, kind: str, position: int, end: int, out: list[str], depth: int) -> int:
    argument = reader.argument(position, end)
    if argument is None:
        return position
    inner = reader.inner(*argument, depth)
    out.append(macros.script(kind, inner) or inner)
    return argument[1] + 1


def quoted(reader: Reader, position: int, end: int, out: list[str], depth: int) -> int:
    argument = reader.argument(position, end)
    if argument is None:
        return position
    out.append(f"“{reader.inner(*argument, depth)}”")
    return argument[1] + 1


def dingbat(reader: Reader, position: int, end: int, out: list[str], _depth: int) -> int:
    argument = reader.argument(position, end)
    if argument is None:
        return position
    number = reader.text[argument[0] : argument[1]].strip()
    out.append(macros.dingbat(int(number)) if re.fullmatch(r"[0-9]{2,3}", number) else number)
    return argument[1] + 1


def roman(reader: Reader, position: int, end: int, out: list[str], _depth: int) -> int:
    number = _ROMAN.match(reader.text, position, end)
    if number is None:
        return position
    out.append(macros.roman(int(number[1])))
    return number.end()


def verbatim(reader: Reader, position: int, end: int, out: list[str], _depth: int) -> int:
    match = _VERBATIM.match(reader.text, position, end)
    if match is None:
        return position
    out.append(re.sub(r"[\\{}$]", "", match[2]))
    return match.end()


SPECIAL: dict[str, Command] = {
    "href": link, "hyperlink": link, "hyperref": link,
    "footnote": footnote, "blfootnote": footnote, "footnotetext": footnote,
    "textcolor": coloured, "colorbox": coloured, "raisebox": coloured,
    "SI": quantity, "qty": quantity, "SIrange": quantity,
    "textsuperscript": raised, "textsubscript": lowered,
    "enquote": quoted, "textquote": quoted, "ding": dingbat, "romannumeral": roman,
    "verb": verbatim,
}  # fmt: skip
