"""What the reader follows: terms and authors, and whether a paper has them.

Compared are plain small letters: accents, hyphens, punctuation and case make no difference, "ü" is "u" and "ue".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "n"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_MARKS = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
"""Accents, as they stand apart from their letters."""
_BETWEEN_WORDS = re.compile(r"[^\w+#]+|_")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_PARTICLES = frozenset(
    {"al", "bin", "da", "dal", "de", "del", "della", "den", "der", "des", "di", "dos", "du", "el", "ibn", "la", "le"}
    | {"san", "st", "ten", "ter", "van", "vom", "von", "zu", "zur"}
)


def folded(text: str) -> str:
    """A text in plain small letters, a space around each word: " graph neural networks "."""
    kept = text.casefold()
    if not kept.isascii():
        letters = unicodedata.normalize("NFKD", kept.translate(_LETTERS))
        kept = _MARKS.sub("", letters).translate(_LETTERS)
    return f" {' '.join(_BETWEEN_WORDS.sub(' ', kept).split())} "


def matching_terms(terms: Sequence[str], text: str) -> tuple[str, ...]:
    """Those of the terms that a text uses as whole words; `text` is `folded`.

    A term matches its plural, too, and with `*` at its end every word that begins with it.
    """
    return tuple(term for term in terms if _pattern(term).search(text))


@lru_cache(maxsize=1024)
def _pattern(term: str) -> re.Pattern[str]:
    words = folded(term).strip()
    if not words:
        return re.compile(r"(?!)")
    ending = r"\w*" if term.endswith("*") else "(?:s|es)?"
    return re.compile(rf"(?<= ){re.escape(words)}{ending}(?= )")


def matching_authors(followed: Sequence[str], authors: Sequence[str]) -> tuple[str, ...]:
    """Those of the followed names that are among a paper's authors.

    A name is "Ada B. Ono" or "Ono, Ada B."; given names match their initials, and a middle name may lack on either
    side. A single word is a last name.
    """
    if not followed:
        return ()
    found = [_forms(author) for author in authors]
    return tuple(name for name in followed if any(_same(one, other) for one in _forms(name) for other in _all(found)))


def _all(found: Sequence[tuple[tuple[tuple[str, ...], str], ...]]) -> Sequence[tuple[tuple[str, ...], str]]:
    return [form for forms in found for form in forms]


@lru_cache(maxsize=65536)
def _forms(name: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The ways to read a name: given names and last name in plain letters, umlauts as one letter and as two."""
    spellings = dict.fromkeys((name, unicodedata.normalize("NFC", name).casefold().translate(_UMLAUTS)))
    return tuple(dict.fromkeys(_parts(spelling) for spelling in spellings))


def _parts(name: str) -> tuple[tuple[str, ...], str]:
    if "," in name and not _SUFFIXES.issuperset(folded(name.split(",", 1)[1]).split()):
        last, given = name.split(",", 1)
        return tuple(_words(given)), " ".join(_words(last))
    words = _words(name)
    if len(words) > 1 and words[-1] in _SUFFIXES:
        words = words[:-1]
    start = len(words) - 1
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
    return tuple(words[: max(start, 0)]), " ".join(words[max(start, 0) :])


def _words(name: str) -> list[str]:
    """The words of a name; initials that stand together are each one: "J.-P." is "j p"."""
    return folded(name).split()


def _same(followed: tuple[tuple[str, ...], str], author: tuple[tuple[str, ...], str]) -> bool:
    (given, last), (other_given, other_last) = followed, author
    if not last:
        return False
    if last == other_last:
        return not given or _agree(given, other_given)
    # Family name first, as in "Li Bo": the same words in another order; initials would match too much.
    words, other = sorted([*given, *last.split()]), sorted([*other_given, *other_last.split()])
    return words == other and len(words) > 1 and all(len(word) > 1 for word in words)


def _agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether given names can be the same person's: the first ones agree, and the others as far as both have them."""
    if not one or not other:
        return False
    if "".join(one) == "".join(other):  # "Ya Li" and "Yali"
        return True
    return all(a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in zip(one, other, strict=False))
