"""How hard a sentence is for readers from outside the field, by what stands in the way, and whether it stands alone."""

from __future__ import annotations

import re

_ACRONYM = re.compile(r"\b\w*[A-Z]\w*[A-Z]\w*\b")
_LONG = re.compile(r"\b[^\W\d_]{13,}\b")
_COMPOUND = re.compile(r"\b\w+-\w+(?:-\w+)+\b|\b[a-z]+-[a-z]+\b")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
COMFORTABLE = (70, 190)
"""Characters that a sentence may have before it counts as clipped or long."""


def hardness(text: str) -> float:
    """0 for plain English; about 1 for each acronym, formula or other obstacle."""
    short, long = COMFORTABLE
    return (
        2.0 * (text.count("$") // 2)
        + 1.0 * len(set(_ACRONYM.findall(text)))
        + 0.4 * len(_LONG.findall(text))
        + 0.3 * len(_COMPOUND.findall(text))
        + 0.5 * max(0, len(_NUMBER.findall(text)) - 2)
        + 0.5 * text.count("(")
        + max(0, len(text) - long) / 40
        + max(0, short - len(text)) / 20
    )


_TELLING = re.compile(r"[^\W\d_]{5,}")
_STEM = 6
"""Letters by which two forms of a word are told to be one."""
_SHARE = 0.5
_MOST = 4
"""Telling words of its title that a sentence must share: this part of them, and never more than so many."""


def tells_of_the_title(text: str, title: str) -> bool:
    """Whether a sentence says by itself what its paper is about: "explores a solution" leaves that to the title."""
    of_title, of_text = ({word.lower()[:_STEM] for word in _TELLING.findall(part)} for part in (title, text))
    return len(of_title & of_text) >= min(_MOST, _SHARE * len(of_title))
