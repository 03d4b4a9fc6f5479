r"""Text of papers and models as plain letters, for where no mathematics can be set: mails and citations.

The text that comes in holds TeX between dollars that pair, and `\$` for a dollar that is money. What
comes out is one line without TeX: `$O(n^{2})$` reads "O(n²)", `$\frac{a}{b}$` reads "a/b".
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db
from pylatexenc.latexwalker import LatexNode, LatexWalkerError

from assets.papers import macros

MATHEMATICS = re.compile(r"\\[\\$]|\$\$((?:\\.|[^\\$])+)\$\$|\$((?:\\.|[^\\$])+)\$")
"""Mathematics of a cleaned text; a backslash pair and a dollar that is money match too, with no group."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_SCRIPT = re.compile(r"([_^])\s*(?:\{([^{}]*)\}|([0-9]))")
_TIGHT = re.compile(r"(?<=[^\s({])([×⋅≤≥→←↦∈≈∼≪≫⊂⊆∪∩±≠]) ")
_DEEPEST = 5
_NEEDS_BRACKETS = re.compile(r"[-+*/=<>,\s±×]")


def plain(text: str) -> str:
    """A text as one line of plain letters, mathematics put into words of Unicode, white space folded.

    A control character, which no cleaned text has, becomes a space.
    """
    return " ".join(_CONTROL.sub(" ", MATHEMATICS.sub(_plain_match, text)).split())


def _plain_match(match: re.Match[str]) -> str:
    formula = match[1] or match[2]
    if formula is None:
        return "$" if match[0] == "\\$" else match[0]
    return plain_formula(formula)


@lru_cache(maxsize=4096)
def plain_formula(formula: str) -> str:
    """A formula without its dollars in letters of Unicode; of one that cannot be read, its letters."""
    source = formula
    for _ in range(_DEEPEST):
        opened = _SCRIPT.sub(_scripted, source)
        if opened == source:
            break
        source = opened
    try:
        text = _reader().latex_to_text(f"${source}$")
    except (LatexWalkerError, IndexError, ValueError, TypeError, AttributeError, RecursionError):
        # A formula that TeX itself would refuse: its letters are better than nothing.
        text = re.sub(r"\\([A-Za-z]+)", r"\1", source)
    return " ".join(_TIGHT.sub(r" \1 ", re.sub(r"[\\{}]", "", text)).split())


def _scripted(match: re.Match[str]) -> str:
    kind, content = match[1], (match[2] if match[2] is not None else match[3]).strip()
    if not content:
        return ""
    if (unicode := macros.script(kind, content)) is not None:
        return unicode
    if len(content) == 1 or (content[0] == "\\" and content[1:].isalpha()):
        return f"{kind}{content} "  # the space ends a command
    # A row of letters below the line reads well as it is: "x_ij".
    return f"{kind}{content} " if kind == "_" and content.isalnum() else f"{kind}({content})"


@cache
def _reader() -> LatexNodes2Text:
    database = get_default_latex_context_db()
    fractions = [MacroTextSpec(name, simplify_repl=_fraction) for name in ("frac", "dfrac", "tfrac", "nicefrac")]
    database.add_context_category("almanac", prepend=True, macros=fractions)
    return LatexNodes2Text(latex_context=database, math_mode="text", strict_latex_spaces=False)


def _fraction(node: LatexNode, l2tobj: LatexNodes2Text) -> str:
    parts = [l2tobj.nodelist_to_text([part]).strip() for part in node.nodeargd.argnlist if part is not None]
    return "/".join(f"({part})" if _NEEDS_BRACKETS.search(part) else part for part in parts)
