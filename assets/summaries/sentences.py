"""Text into sentences: mathematics, addresses and citations stay whole.

`sentencex` splits; what it cannot know about abstracts is done to the text that it sees. It gets a
mask of the same length in which formulas, addresses, citations and the dots of scholarly
abbreviations are letters, so that it never cuts inside them, and the cuts are carried back to the text.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING

import sentencex

if TYPE_CHECKING:
    from collections.abc import Callable

MONEY = re.compile(r"\d[\d,.]*\s?(?:[kKMBT]\b|thousand|[mbtr]+illion|USD|per\b|/)?")
PLAIN_WORDS = re.compile(r"(?<![\\{_^A-Za-z])[A-Za-z]{3,}[\s,.;)]+(?:[A-Za-z]+|\d)")
SENTENCE_BREAK = re.compile(r"[a-z)]{2}\. [A-Z][a-z]+ [a-z]")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u2060\ufeff\ufffd]")

DISPLAY = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]|\$\$(.+?)\$\$", re.DOTALL)
CITATION_MACRO = re.compile(r"~?\\(?:cite[a-z]*|ref|eqref|label|footnote)\*?\s*(?:\[[^\]]*\])?\{[^{}]*\}")
MACRO_WITH_TEXT = re.compile(r"\\[A-Za-z]+\*?\s*\{([^{}]*)\}")
NAME_MACRO = re.compile(r"\\([a-z]*[A-Z][A-Za-z]*)\*?(?:\{\})?")
BARE_MACRO = re.compile(r"\\[A-Za-z]+\*?\s?|\\(?=[^A-Za-z]|$)")

ADDRESS = re.compile(r"(?:https?://|www\.)\S*[^\s.,;:)\]]")
ROUND = re.compile(r"\([^()]{0,160}\)")
SQUARE = re.compile(r"\[[^\[\]]{0,200}\]")
ABBREVIATION = re.compile(
    r"(?<=[\s(~])(?:w\.r\.t|i\.e|e\.g|a\.k\.a|s\.t|cf|viz|vs|approx|resp|al|Eqs?|Refs?|Secs?|Figs?|Tabs?|Thm|Prop"
    r"|Lem|Cor|Def|Chap|App|Vol|vol|[Nn]o|pp|Dr|Prof|Mr|Mrs|Ms|St|Phys|Math|Rev|Lett|Proc|Trans|Conf|Int)\."
    r"(?=\s+[^A-Z\s]|\s+[A-Z]\w*[.,)]|[,)])"
)
INITIAL = re.compile(r"(?<=[\s~.][A-Z])\.(?=[\s~-]?[A-Z])")
QUOTES = str.maketrans({"'": "x", '"': " ", "“": " ", "”": " ", "‘": " ", "’": "x"})
QUOTED = frozenset(map(chr, QUOTES))
OPENING_QUOTE = re.compile(r"(?<![^\s(])[\"'“‘](?=\w)")
ENDS = frozenset(".!?。！？…)]}\"'”’$")
MISSED_END = re.compile(r"[.?!](?:(?<=[a-z]{3}.)|(?<=\w/s.))\s+(?=[A-Z][a-z]*[\s,])|[。！？]")


def math_spans(text: str) -> list[tuple[int, int]]:
    """Where mathematics stands, as (start, end) with its dollars; money ("$5 to $10") and a lone dollar are not."""
    spans: list[tuple[int, int]] = []
    start = text.find("$")
    while start != -1:
        if start and text[start - 1] == "\\":
            start = text.find("$", start + 1)
            continue
        end = text.find("$", start + 1)
        while end != -1 and text[end - 1] == "\\":
            end = text.find("$", end + 1)
        if end == -1:
            break
        inner = text[start + 1 : end]
        if not _is_math(inner):
            start = end
            continue
        spans.append((start, end + 1))
        start = text.find("$", end + 1)
    return spans


def _is_math(inner: str) -> bool:
    if not inner.strip():
        return False
    if inner[0].isdigit() and "\\" not in inner:
        amount = MONEY.match(inner)
        if amount and PLAIN_WORDS.search(inner, amount.end()):
            return False
    return not (len(inner) > 60 and SENTENCE_BREAK.search(inner))


def _outside_math(text: str, change: Callable[[str], str]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end in math_spans(text):
        pieces.append(change(text[at:start]))
        pieces.append(text[start:end])
        at = end
    pieces.append(change(text[at:]))
    return "".join(pieces)


def _mend_prose(prose: str) -> str:
    prose = prose.replace("\\%", "%").replace("\\&", "&").replace("\\_", "_").replace("\\#", "#").replace("\\$", "$")
    prose = CITATION_MACRO.sub("", prose)
    # A macro with a capital in its name is the authors' own, mostly for their method's name: the name is kept.
    prose = NAME_MACRO.sub(r"\1 ", prose)
    for _ in range(3):
        prose, found = MACRO_WITH_TEXT.subn(r"\1", prose)
        if not found:
            break
    return BARE_MACRO.sub(" ", prose)


def _mend_dollars(prose: str) -> str:
    """A dollar that opens nothing stays where it is money and goes where it is not."""
    return re.sub(r"\\?\$(?!\d)", "", prose)


def tidy(text: str) -> str:
    """The text as one line in NFC without control characters, formulas between single dollars.

    The papers room has cleaned it already; this keeps the summarizer safe with text that has not been through it.
    """
    text = " ".join(text.split())
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = " ".join(CONTROL.sub(" ", text).split())
    if "\\" in text or "$$" in text:
        text = DISPLAY.sub(lambda found: f"${(found[1] or found[2] or found[3]).strip()}$", text)
    if "\\" in text:
        text = " ".join(_outside_math(text, _mend_prose).split())
    if "$" in text:
        text = _outside_math(text, _mend_dollars)
        text = re.sub(r"([.;])\$(?=\s+[A-Z]|$)", r"$\1", text) if ".$" in text or ";$" in text else text
    return text


def _letters(found: re.Match[str]) -> str:
    return "X" + "x" * (len(found[0]) - 1)


def _mask(text: str) -> str:
    """A string of the same length in which no dot ends a sentence that does not end one in the text."""
    mask = text
    if "$" in mask:
        for start, end in math_spans(text):
            mask = f"{mask[:start]}X{'x' * (end - start - 1)}{mask[end:]}"
    if "http" in mask or "www." in mask:
        mask = ADDRESS.sub(_letters, mask)
    if "(" in mask:
        mask = ROUND.sub(_letters, mask)
    if "[" in mask:
        mask = SQUARE.sub(_letters, mask)
    mask = ABBREVIATION.sub(_letters, mask)
    mask = INITIAL.sub("x", mask)
    return mask if QUOTED.isdisjoint(mask) else OPENING_QUOTE.sub("X", mask).translate(QUOTES)


def split(text: str) -> tuple[str, ...]:
    """The sentences of a tidied text, in order, without the space between them."""
    pieces: list[str] = []
    at = 0
    mask = _mask(text)
    for piece in sentencex.segment("en", mask) if text else ():
        # The library sees lists ("1) … 2) …") as one sentence, and Chinese text only in its own language.
        cuts = [at, *(at + found.end() for found in MISSED_END.finditer(piece)), at + len(piece)]
        at += len(piece)
        for start, end in pairwise(cuts):
            part = text[start:end].strip()
            if not part:
                continue
            if pieces and (part[0].islower() or len(part) < 4 or part[0] in ",;)" or pieces[-1][-1] not in ENDS):
                pieces[-1] = f"{pieces[-1]} {part}"
            else:
                pieces.append(part)
    return tuple(pieces)
