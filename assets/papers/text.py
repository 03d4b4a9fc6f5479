"""Plain text: white space, invisible characters, Unicode form and HTML entities.

What a reader cannot see (control characters, zero-width and direction marks, soft hyphens, the
replacement character) is removed; what is only layout (line breaks, double and special spaces)
becomes one space. Nothing that carries meaning is touched. TeX is the business of `tex.py`.
"""

import html
import re
import unicodedata
from html.entities import html5

_INVISIBLE = re.compile(
    "["
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # C0 and C1, except those that are white space
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"  # soft hyphen, fillers, Arabic letter mark
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"  # zero-width space, direction marks, invisible operators
    "\ufeff\ufff9-\ufffd"  # byte order mark, annotation marks, replacement character
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # surrogates and non-characters
    "\U000e0000-\U000e007f"  # tag characters
    "]"
)
# Joiners decide how Arabic, Indic and emoji sequences look; between other letters they are only noise.
_JOINED = "\u0600-\u109f\u1780-\u17b3\u17b6-\u18af\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
_LOOSE_JOINER = re.compile(f"(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])")

_LIGATURES = str.maketrans(
    {0xFB00 + i: letters for i, letters in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))}
)

# Only complete entities: "A&A;" and "AT&T" are no entities.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def _decoded(match: re.Match[str]) -> str:
    entity = match[0]
    if entity[1] == "#" or entity[1:] in html5:
        return html.unescape(entity)
    return entity


# Characters that Python calls printable and that do not stay.
_PRINTABLE_BUT_UNWANTED = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\ufb00-\ufb06\ufffd]")


def fold(text: str) -> str:
    """The text without invisible characters, in Unicode NFC, entities decoded, white space folded to single spaces.

    Idempotent. Zero-width joiners stay where a script or an emoji needs them.
    """
    text = text.strip()
    if "\n" in text:
        text = text.replace("\n", " ")
    if "  " in text or not text.isprintable():
        text = " ".join(text.split())
    if text.isprintable() and "&" not in text:
        if text.isascii():
            return text
        if unicodedata.is_normalized("NFC", text) and not _PRINTABLE_BUT_UNWANTED.search(text):
            return text
    while True:
        before = text
        text = unicodedata.normalize("NFC", text)
        text = _LOOSE_JOINER.sub("", _INVISIBLE.sub("", text)).translate(_LIGATURES)
        if "&" in text:
            text = _ENTITY.sub(_decoded, text)
        if text == before:
            return " ".join(text.split())
        # An entity or a removed character may have brought new ones together: look again.


def fold_or_none(text: str | None) -> str | None:
    """`fold`, with NULL for a text that has nothing in it."""
    return (fold(text) or None) if text else None
