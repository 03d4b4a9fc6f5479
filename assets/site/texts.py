r"""Texts of papers and models as HTML that reads as they were written and does nothing.

What comes in holds TeX between dollars that pair, and `\$` for a dollar that is money. Formulas become MathML,
everything else is escaped: no element, link or handler can arise from a text.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from assets.digests.plain import MATHEMATICS, plain
from assets.site.mathematics import mathml

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_PARAGRAPH = re.compile(r"\n\s*\n")
_PER_CENT = re.compile(r"(?<=\d) %")
_WORD_END = re.compile(r"\s+\S*$")


def legal(text: str) -> str:
    """The text without characters that HTML and XML forbid: each shows as U+FFFD."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def rich(text: str) -> Markup:
    """A text as one run of HTML: formulas as MathML, a lone dollar as a dollar, "84 %" never on two lines."""
    text = " ".join(legal(text).split())
    if "$" not in text and "\\" not in text:
        return _words(text)
    out = Markup()
    place = 0
    for match in MATHEMATICS.finditer(text):
        out += _words(text[place : match.start()])
        formula = match[1] or match[2]
        if formula is not None:
            out += mathml(formula) if formula.strip() else escape(match[0])
        else:
            out += escape("$" if match[0] == "\\$" else match[0])
        place = match.end()
    return out + _words(text[place:])


def _words(text: str) -> Markup:
    return escape(_PER_CENT.sub("\N{NO-BREAK SPACE}%", text))


def paragraphs(text: str) -> list[Markup]:
    """A text of several paragraphs, each as `rich` gives it."""
    return [rich(part) for part in _PARAGRAPH.split(text) if part.strip()]


def brief(text: str, at_most: int) -> str:
    """A text in plain letters on one line, cut at a word where it is longer."""
    line = plain(legal(text))
    return line if len(line) <= at_most else _WORD_END.sub("", line[: at_most - 1]).rstrip(" ,;:.") + "…"
