r"""Formulas as MathML, made when the site is built: no script sets them in the reader's browser.

math-core reads almost all of what authors write; latex2mathml is asked for the rest, and what neither can
read stands as its own TeX in `<code>`. Whatever they answer passes an allow list of MathML Core last, so that
a formula can hold no link, style, script or element of HTML.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import nh3
from latex2mathml.converter import convert
from markupsafe import Markup, escape
from math_core import LatexError, LatexToMathML

MACROS = {
    "mathds": r"\mathbb{#1}",
    "mathbbm": r"\mathbb{#1}",
    "mathpzc": r"\mathcal{#1}",
    "bbR": r"\mathbb{R}",
    "R": r"\mathbb{R}",
    "N": r"\mathbb{N}",
    "Z": r"\mathbb{Z}",
    "C": r"\mathbb{C}",
    "E": r"\mathbb{E}",
    "eps": r"\varepsilon",
    "argmin": r"\operatorname{arg\,min}",
    "argmax": r"\operatorname{arg\,max}",
    "tr": r"\operatorname{tr}",
    "poly": r"\operatorname{poly}",
    "polylog": r"\operatorname{polylog}",
    "textnormal": r"\text{#1}",
    "textsc": r"\text{#1}",
    "textsf": r"\text{#1}",
    "emph": r"\text{#1}",
    "mbox": r"\text{#1}",
    "ensuremath": r"#1",
    "xspace": r"",
    "nicefrac": r"{#1}/{#2}",
    "sfrac": r"{#1}/{#2}",
}
"""What authors take for granted and no TeX knows by itself."""

TAGS = {
    "math", "mi", "mn", "mo", "ms", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot", "mstyle", "merror", "mpadded",
    "mphantom", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "mtable",
    "mtr", "mtd", "menclose", "semantics",
}  # fmt: skip

ATTRIBUTES = {
    "*": {"displaystyle", "scriptlevel", "mathvariant", "dir"},
    "math": {"display"},
    "mo": {
        "form", "fence", "separator", "lspace", "rspace", "stretchy", "symmetric", "maxsize", "minsize", "largeop",
        "movablelimits",
    },
    "mspace": {"width", "height", "depth"},
    "mpadded": {"width", "height", "depth", "lspace", "voffset"},
    "mfrac": {"linethickness"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "munderover": {"accent", "accentunder"},
    "mtable": {"columnalign"},
    "mtd": {"columnspan", "rowspan", "columnalign"},
    "menclose": {"notation"},
}  # fmt: skip
"""What an element may carry: lengths and switches, and nothing with an address, a style or a handler."""

LONGEST = 4_000
"""Characters of a formula that are tried; a longer one is no formula that a reader could use."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_UNICODE = re.compile(r"\\unicode\{x?([0-9A-Fa-f]{2,5})\}")
_UNKNOWN = re.compile(r"<mi>\\([A-Za-z]+)</mi>")
"""What latex2mathml makes of a command that it does not know."""

_FIT = re.compile(r"\s*<math[\s>].*</math>\s*", re.DOTALL)


@lru_cache(maxsize=16_384)
def mathml(tex: str, display: bool = False) -> Markup:
    """A formula (without its dollars) as a `<math>` element; as `<code>` where nothing can read it."""
    source = _UNICODE.sub(_character, _CONTROL.sub(" ", tex)).strip()
    for reader in (_math_core, _latex2mathml):
        if len(source) <= LONGEST and (found := reader(source, display)) and (clean := _clean(found)):
            return Markup(clean)
    return Markup("<code>") + escape(source) + Markup("</code>")


def _character(match: re.Match[str]) -> str:
    """The character that MathJax's command names; a formula is no place for one that text may not hold."""
    code = int(match[1], 16)
    return chr(code) if chr(code).isprintable() else " "


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(fancy_error=False, allow_unreliable_rendering=True, macros=MACROS)


def _math_core(tex: str, display: bool) -> str | None:
    try:
        return _converter().convert_with_local_state(tex, displaystyle=display)
    except LatexError:
        return None


def _latex2mathml(tex: str, display: bool) -> str | None:
    try:
        return _UNKNOWN.sub(r"<mi>\1</mi>", str(convert(tex, display="block" if display else "inline")))
    except Exception:
        return None


def _clean(found: str) -> str | None:
    """The element with nothing but allowed MathML; None where that is not one whole formula any more."""
    clean = nh3.clean(
        found,
        tags=TAGS,
        attributes=ATTRIBUTES,
        clean_content_tags={"script", "style", "annotation", "annotation-xml"},
        strip_comments=True,
        url_schemes=set(),
        link_rel=None,
    )
    return clean if _FIT.fullmatch(clean) else None
