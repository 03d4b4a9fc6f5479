"""Whether published texts are what the emulated model meant; none of the product's own checks is used for it.

The emulator writes its answers from the abstract, so what each text should be is known: a text that differs, be it by
one eaten backslash, is damaged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.summaries.extract import summarize
from assets.summaries.fields import TEXT_FIELDS
from tests.emulators.llm.texts import summary

if TYPE_CHECKING:
    from collections.abc import Mapping

QUOTES = str.maketrans("", "", "\"'")


def damaged_fields(texts: Mapping[str, object], title: str, abstract: str, language: str = "en") -> list[str]:
    """The fields of a summary whose text is neither what the model meant nor the abstract's own sentence.

    Quotation marks, marks of emphasis and a final full stop do not count; nor does a text that is left out.
    """
    meant, own = summary(title, abstract, language), summarize(title, abstract).texts()
    return [
        field
        for field in TEXT_FIELDS
        if (text := texts.get(field)) and _plain(text) not in (_plain(meant[field]), _plain(own[field]))
    ]


def _plain(text: object) -> str:
    told = str(text).replace("**", "").translate(QUOTES)
    return " ".join(part for part in told.split(" ") if part).strip(" .。")
