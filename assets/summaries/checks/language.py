"""Whether a text is in the language that was asked for.

Scripts decide between languages that are written differently, and common words say at once that a text is English. Only
for what is left, languages of one script, `py3langid` is asked: of 18,428 texts in English and Chinese it misjudged one
when it chose among the languages below (193 among all that it knows, most of them Chinese dialects), in a fifth of a
millisecond each. It is loaded when it is first needed.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from assets.summaries import limits
from assets.summaries.checks.kinds import Fault, fault
from assets.summaries.sentences import ADDRESS, math_spans
from assets.summaries.vocabulary import COMMON

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assets.summaries.checks.source import Source

LETTER = re.compile(r"[^\W\d_]")
_RANGES = {
    "han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
    "kana": "\u3041-\u3096\u30a1-\u30fa",
    "hangul": "\uac00-\ud7af\u1100-\u11ff",
    "cyrillic": "\u0400-\u052f",
    "arabic": "\u0600-\u06ff\u0750-\u077f",
    "hebrew": "\u0590-\u05ff",
    "devanagari": "\u0900-\u097f",
    "thai": "\u0e00-\u0e7f",
}
"""Script → its characters; Latin and Greek letters stand in texts of every language, as names and in formulas."""
SCRIPTS = {script: re.compile(f"[{characters}]") for script, characters in _RANGES.items()}
FOREIGN = re.compile(f"[{''.join(_RANGES.values())}]")
WRITTEN_IN = {
    "zh": ("han",), "ja": ("han", "kana"), "ko": ("hangul", "han"), "ru": ("cyrillic",), "uk": ("cyrillic",),
    "bg": ("cyrillic",), "sr": ("cyrillic",), "mk": ("cyrillic",), "be": ("cyrillic",), "kk": ("cyrillic",),
    "ar": ("arabic",), "fa": ("arabic",), "ur": ("arabic",), "he": ("hebrew",), "hi": ("devanagari",),
    "mr": ("devanagari",), "ne": ("devanagari",), "th": ("thai",),
}  # fmt: skip
"""Language → the scripts that it is written in; every other one is written in Latin or Greek letters."""
NEEDED = {"ja": "kana", "ko": "hangul"}
"""Language → the script without which a text is not in it: without kana it is Chinese."""
CANDIDATES = (
    "en",
    "zh",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "ru",
    "uk",
    "pl",
    "cs",
    "tr",
    "sv",
    "vi",
    "id",
    "ja",
    "ko",
)
"""The languages that a text may be in, beside the one asked for."""
ENGLISH = frozenset(("the", "and", "of", "with", "that", "which", "from", "this", "are", "their", "is", "by", "to"))


def language_faults(text: str, tokens: Sequence[str], language: str, source: Source) -> Iterator[Fault]:
    """Whether the text, whose words are `tokens`, is written in the language (ISO 639-1) throughout."""
    plain = text.isascii() or not FOREIGN.search(text)
    if plain and language == "en" and _is_english(tokens):
        return
    prose = _prose(text)
    letters = len(LETTER.findall(prose))
    foreign = set() if plain else {script for script, found in SCRIPTS.items() if found.search(prose)}
    own = WRITTEN_IN.get(language, ())
    if letters >= limits.LANGUAGE_LETTERS and (
        _share(prose, own, letters) < limits.OWN_SCRIPT
        if own
        else _share(prose, tuple(foreign), letters) > limits.FOREIGN_SCRIPT
    ):
        yield _wrong(language)
        return
    if (needed := NEEDED.get(language)) and letters >= limits.LANGUAGE_LETTERS and needed not in foreign:
        yield _wrong(language)
        return
    strange = [script for script in foreign.difference(own) if not SCRIPTS[script].search(source.text)]
    if strange:
        words = "".join(SCRIPTS[strange[0]].findall(prose)[:8])
        yield fault("mixed_languages", f"holds “{words}”, which is not {language}")
    if language in ("zh", *NEEDED) or letters < limits.IDENTIFIED_LETTERS or (language == "en" and _is_english(tokens)):
        return
    if (likeliest := _identified(prose, language)) and likeliest != language:
        yield _wrong(language)


def _wrong(language: str) -> Fault:
    return fault("wrong_language", f"is not written in the language asked for ({language})")


def _is_english(tokens: Sequence[str]) -> bool:
    own = sum([token in ENGLISH for token in tokens])
    if own >= limits.ENGLISH_WORDS and own > limits.ENGLISH_SHARE * len(tokens):
        return True
    return sum([token in COMMON for token in tokens]) > limits.ENGLISH_COMMON * len(tokens)


def _prose(text: str) -> str:
    """The text without formulas and addresses, which are in no language."""
    if "$" in text:
        parts, at = [], 0
        for start, end in math_spans(text):
            parts.append(text[at:start])
            at = end
        text = " ".join([*parts, text[at:]])
    return ADDRESS.sub(" ", text)


def _share(prose: str, scripts: Sequence[str], letters: int) -> float:
    return sum(len(SCRIPTS[script].findall(prose)) for script in scripts) / letters


def _identified(prose: str, language: str) -> str | None:
    """The language that the prose is in, where that is clear and the one asked for is known at all."""
    identifier = _identifier(None if language in CANDIDATES else language)
    if identifier is None:
        return None
    found, probability = identifier.classify(prose)
    return str(found) if probability >= limits.LANGUAGE_PROBABILITY else None


@cache
def _identifier(other: str | None) -> Any:
    """Chooses among the candidates, and one other language where there is one."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    if other is not None and other not in identifier.labels:
        return None
    identifier.set_languages([*CANDIDATES, *([other] if other else [])])
    return identifier
