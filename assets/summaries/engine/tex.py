r"""Names of TeX commands that begin like a JSON escape: \nabla is no line break, \theta no tab, \frac no form feed.

Models write TeX into JSON with one backslash where JSON wants two. A decoder then eats the backslash and a letter
without an error, so what is TeX has to be known before decoding.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from assets.papers.macros import DECLARATIONS, DROPPED, MATH_ARGUMENTS, UNWRAP, symbols


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STRUCTURE = _words(
    "Re Tr bE bR bar bb bbE begin bf big bigcap bigcup bigg biggl biggr bigl bigoplus bigotimes bigr "
    "binom bm bmod bold boldmath boldsymbol bot boxed bra braket breve bullet fbox flat footnote forall "
    "frac frown nabla natural ne near nearrow neg neq newcommand newline nexists ngeq ni nicefrac nleq "
    "nmid nobreak noindent nolimits nonumber norm normalfont not notag notin nparallel nrightarrow "
    "nsubseteq ntimes nu r rVert rangle rank rbrace rbrack rceil real relax renewcommand rfloor rho right "
    "rightarrow rightharpoonup rightleftharpoons rm rtimes rvert t tag tan tanh tau tbinom text textbf "
    "textcolor textit textmd textnormal textrm textsc textsf textsl textsubscript textsuperscript texttt "
    "textup tfrac therefore theta thickapprox thicksim tilde times tiny to top tr trace triangle "
    "triangleleft triangleright tt twoheadrightarrow u ul ulcorner unboldmath underbar underbrace "
    "underline underset unit upalpha uparrow updownarrow uplus upmu upsilon urcorner url usepackage"
)
"""Commands that the tables of symbols do not hold."""

ONE_LETTER = frozenset("bfnrtu")
"""Names that are one letter would make every escape ambiguous."""

AMBIGUOUS = frozenset(("ni",))
r"""After a real line break "i.e." may follow ("\n" + "i.e."): TeX only in mathematics, or where the abstract has it."""

COMMAND = re.compile(r"\\([A-Za-z]+)")
MARK = re.compile(r"\\([rt]\{|/|'[^\W\d_]|\\(?:.|\Z))", re.DOTALL)


@cache
def known_commands() -> frozenset[str]:
    """Names of TeX commands, without backslash, that begin like an escape of JSON."""
    names = STRUCTURE | symbols().keys() | UNWRAP | DECLARATIONS | DROPPED.keys() | MATH_ARGUMENTS.keys()
    return frozenset(name for name in names if name[0] in "bfnrtu" and name.isalpha()) - ONE_LETTER


@lru_cache(maxsize=256)
def commands_of(text: str) -> frozenset[str]:
    """Names of the commands that the text itself uses: an abstract's own macros are known, too."""
    return frozenset(COMMAND.findall(text)) - ONE_LETTER


@lru_cache(maxsize=256)
def marks_of(text: str) -> frozenset[str]:
    r"""What stands behind a backslash in the text itself and could be an escape: `r{` of \r{a}, `'e`, `/`.

    For a line break that is another backslash, with what follows it.
    """
    return frozenset(MARK.findall(text))


def is_command(name: str, mathematics: bool, own: frozenset[str]) -> bool:
    """Whether letters behind one backslash that begin with b, f, n, r, t or u are a TeX command and no escape.

    `mathematics` says whether a dollar is open before them; `own` holds the abstract's own commands.
    """
    if name[0] in "bf":
        # Prose holds no backspace and no form feed.
        return True
    if len(name) < 2:
        return False
    if name in AMBIGUOUS:
        return mathematics or name in own
    return name in known_commands() or name in own or (name[0] == "r")
