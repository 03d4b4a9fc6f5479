"""Whether a text is in the language that was asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assets.summaries import limits
from assets.summaries.checks.kinds import Fault, fault

if TYPE_CHECKING:
    from collections.abc import Iterator

LETTER = re.compile(r"[^\W\d_]")
WIDE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
WIDE_LANGUAGES = frozenset(("zh", "ja", "ko"))


def language_faults(text: str, language: str) -> Iterator[Fault]:
    """Whether the text is written in the language, an ISO 639-1 code."""
    letters = 0 if text.isascii() else len(LETTER.findall(text))
    wide = len(WIDE.findall(text)) / letters if letters else 0.0
    if wide < limits.WIDE_SCRIPT_LEAST if language in WIDE_LANGUAGES else wide > limits.WIDE_SCRIPT:
        yield fault("wrong_language", f"is not written in the language asked for ({language})")
