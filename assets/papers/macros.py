"""What TeX commands outside mathematics mean as plain text: the tables behind `tex.py`.

Symbols and letters come from pylatexenc's tables. The lists below name the commands that are
seen in arXiv's titles and abstracts and that need more than a symbol.
"""

import unicodedata
from functools import cache

from pylatexenc.latex2text import get_default_latex_context_db


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a", "b": "\u0331", "u": "\u0306", "v": "\u030c",
    "d": "\u0323", "t": "\u0361",
}  # fmt: skip
"""TeX's text accents, and the combining character of each."""

LETTERS = _words("o O l L ss ae AE oe OE aa i j dh DH th TH dj DJ")
"""Commands that are a letter inside a word: TeX takes the white space after them ("Bj\\o rn")."""

_OWN_SYMBOLS = {
    "LaTeX": "LaTeX", "LaTeXe": "LaTeX2e", "TeX": "TeX", "BibTeX": "BibTeX",
    "deg": "°", "degree": "°", "degrees": "°",
    "arcsec": "″", "arcmin": "′", "farcs": "″.", "farcm": "′.", "micron": "µm",
    "textgreater": ">", "textless": "<", "textbar": "|", "textunderscore": "_", "textasciitilde": "~",
    "textasciicircum": "^", "lq": "‘", "rq": "’", "slash": "/", "nobreakdash": "", "dots": "…", "S": "§", "P": "¶",
    "copyright": "©", "pounds": "£", "euro": "€", "textbackslash": "∖", "backslash": "∖", "textdollar": "\\$",
    "lbrace": "", "rbrace": "", "checkmark": "✓", "item": " • ", "odot": "⊙",
    "textalpha": "α", "textbeta": "β", "textgamma": "γ",
    "eg": "e.g.", "ie": "i.e.", "etal": "et al.", "etc": "etc.", "wrt": "w.r.t.", "vs": "vs.", "cf": "cf.",
    "iid": "i.i.d.",
    "textquotedbl": '"', "neg": "¬", "ne": "≠", "hdots": "…", "iff": "⇔", "implies": "⇒", "gets": "←",
    "lt": "<", "gt": ">",
    "dim": "dim", "ker": "ker", "det": "det", "arg": "arg", "Pr": "Pr", "gcd": "gcd", "sec": "sec", "cot": "cot",
    "bmod": "mod", "mod": "mod", "argmax": "argmax", "argmin": "argmin",
    "displaystyle": "", "limits": "", "nolimits": "",
    "left": "", "right": "", "middle": "", "big": "", "Big": "", "bigg": "", "Bigg": "", "bigl": "", "bigr": "",
    "Bigl": "", "Bigr": "", "biggl": "", "biggr": "", "Biggl": "", "Biggr": "",
    # Units of siunitx, in \SI{5}{\micro\meter} and \si{\hertz}.
    "micro": "µ", "nano": "n", "pico": "p", "femto": "f", "milli": "m", "centi": "c", "kilo": "k", "mega": "M",
    "giga": "G", "tera": "T", "meter": "m", "metre": "m", "hertz": "Hz", "celsius": "°C", "kelvin": "K", "percent": "%",
    "second": "s", "watt": "W", "volt": "V", "ampere": "A", "gram": "g", "electronvolt": "eV", "tesla": "T",
    "pascal": "Pa", "joule": "J", "newton": "N", "ohm": "Ω", "byte": "B", "bit": "bit", "hour": "h", "minute": "min",
    "decibel": "dB", "per": "/", "squared": "²", "cubed": "³",
}  # fmt: skip

# Names that a table of all Unicode knows but that in an abstract are an author's own macro (\gemini is a
# telescope or a model, seldom the sign of the zodiac), or whose text depends on the date.
_NOT_SYMBOLS = _words(
    "today aries taurus gemini cancer leo virgo libra scorpio sagittarius capricornus aquarius pisces mercury "
    "venus jupiter saturn uranus neptune pluto male rightmoon recorder original image between estimates id Ident "
    "homothetic Equal Angle hspace vspace ref autoref cref Cref eqref cite citet citep nolinebreak "
    "textcompwordmark quarternote eighthnote flat square eth Stigma Koppa Sampi"
)


@cache
def symbols() -> dict[str, str]:
    """Command name → the character or word it stands for, without backslash."""
    table: dict[str, str] = {}
    database = get_default_latex_context_db()
    for category in reversed(database.categories()):
        for spec in database.iter_macro_specs([category]):
            text = spec.simplify_repl
            if isinstance(text, str) and "%" not in text and spec.macroname.isalpha() and "\\" not in text:
                table[spec.macroname] = text if text.isprintable() else " "
    for name in _NOT_SYMBOLS:
        table.pop(name, None)
    return table | _OWN_SYMBOLS


UNWRAP = _words(
    "textbf textit textsc texttt textsf textrm textsl textmd textup textnormal text textlf emph underline uline "
    "ul mbox hbox fbox makebox framebox uppercase MakeUppercase lowercase MakeLowercase num si unit ce ac acs acl "
    "acf acp gls glspl Gls acrshort acrlong acrfull hl st sout textquote enquote operatorname title section "
    "subsection paragraph circled thanks added highlight correct rev revision path nolinkurl em bf it sl sc tt rm "
    "sf"
)
"""Commands whose argument is the text. (Unknown commands are treated alike; these need no argument to vanish.)"""

DECLARATIONS = _words(
    "em bf it sl sc tt rm sf bfseries itshape slshape scshape ttfamily rmfamily sffamily mdseries upshape "
    "normalfont tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge boldmath unboldmath "
    "centering noindent indent par newline linebreak nolinebreak newpage clearpage bigskip medskip smallskip "
    "allowbreak break xspace relax protect cal frak Bbb nonumber notag expandafter sloppy raggedright "
    "displaystyle textstyle hfill vfill maketitle quad qquad enspace thinspace hskip vskip cyr leavevmode strut "
    "unskip ignorespaces selectfont"
)
"""Commands that change the look of what follows, or only lay it out: nothing of them is text."""

REFERENCES = _words(
    "label ref eqref cref Cref autoref pageref nameref vref cite citep citealp citealt citeauthor citeyear citenum "
    "parencite autocite footcite supercite Citep nocite redcite onlinecite footnotemark"
)
"""References: nothing of them can be read, so they go, and the space before them with them."""

DROPPED = dict.fromkeys(REFERENCES, 1) | {
    "vspace": 1, "hspace": 1, "vspace*": 1, "hspace*": 1, "phantom": 1, "hphantom": 1, "vphantom": 1,
    "includegraphics": 1, "pagestyle": 1, "thispagestyle": 1, "color": 1, "bibliography": 1, "input": 1,
    "setlength": 2, "index": 1,
}  # fmt: skip
"""References and layout: commands that leave no text, and how many arguments go with them."""

CITED_IN_TEXT = frozenset({"citet", "Citet", "textcite", "Textcite", "citett"})
"""Citations that are a part of the sentence: they leave "[…]"."""

MATH_ARGUMENTS = {
    "frac": 2, "dfrac": 2, "tfrac": 2, "nicefrac": 2, "sfrac": 2, "binom": 2, "sqrt": 1, "overset": 2, "underset": 2,
    "stackrel": 2, "mathcal": 1, "mathbb": 1, "mathbf": 1, "mathrm": 1, "mathsf": 1, "mathit": 1, "mathfrak": 1,
    "mathscr": 1, "mathds": 1, "mathtt": 1, "widehat": 1, "widetilde": 1, "overline": 1, "pmod": 1, "substack": 1,
    "bar": 1, "hat": 1, "tilde": 1, "vec": 1, "dot": 1, "ddot": 1, "check": 1, "breve": 1, "acute": 1, "grave": 1,
    "overrightarrow": 1, "overbrace": 1, "underbrace": 1, "boldsymbol": 1, "bm": 1,
}  # fmt: skip
"""Commands of mathematics with arguments: found outside dollars, they are put between dollars."""

MATH_ENVIRONMENTS = {
    "equation": "", "displaymath": "", "math": "", "align": "aligned", "flalign": "aligned", "eqnarray": "aligned",
    "gather": "gathered", "multline": "gathered", "aligned": "aligned", "gathered": "gathered", "split": "aligned",
    "cases": "cases", "matrix": "matrix", "pmatrix": "pmatrix", "bmatrix": "bmatrix", "vmatrix": "vmatrix",
    "smallmatrix": "smallmatrix", "array": "array",
}  # fmt: skip
"""Environment of mathematics → the environment that says the same between dollars ("" for none)."""

SPACING = frozenset(",;:> \t\n\r~")
"""After a backslash: a space. `\\!`, `\\/` and `\\@` are none."""

_SCRIPTS = {
    "^": str.maketrans("0123456789+-−()=n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾⁼ⁿ"),
    "_": str.maketrans("0123456789+-−()=", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎₌"),
}


def script(kind: str, text: str) -> str | None:
    """Superscript ("^") or subscript ("_") of the text in Unicode; None where a character has none."""
    table = _SCRIPTS[kind]
    return text.translate(table) if text and all(ord(character) in table for character in text) else None


def accented(mark: str, text: str) -> str | None:
    """The text with the accent on its first letter; None where that makes no letter.

    That is how a quotation mark and an apostrophe behind a backslash are told from accents.
    """
    base, rest = text[0], text[1:]
    if not base.isalpha() or (mark == '"' and base.isascii() and base not in "aeiouyAEIOUY"):
        return None
    if mark not in "ckbdt":
        base = {"ı": "i", "ȷ": "j"}.get(base, base)
    if mark == "t":
        return base + ACCENTS["t"] + rest if rest else base
    composed = unicodedata.normalize("NFC", base + ACCENTS[mark])
    if len(composed) > 1 and mark in "'`\"":
        return None
    return composed + rest


def dingbat(number: int) -> str:
    """The sign of \\ding{number}: a place in the font Zapf Dingbats."""
    if 33 <= number <= 126:
        return chr(0x2701 + number - 33)
    if 161 <= number <= 254:
        return chr(0x2761 + number - 161)
    return ""


def roman(number: int) -> str:
    """The number in small Roman numerals, as \\romannumeral sets it."""
    signs = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
    text = ""
    for value, sign in (*signs, (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        count, number = divmod(number, value)
        text += sign * count
    return text
