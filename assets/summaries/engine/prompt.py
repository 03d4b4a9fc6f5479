"""What a model is asked: the words stand in `checks.asked`, the shape of the answer is made here.

Title and abstract are data: they stand between marks that they cannot close, the instructions say so, and whatever they
say, the answer has the same fields and passes the same checks. A change of what is asked changes PROMPT_VERSION.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

from assets.summaries.checks.asked import MEANINGS, template
from assets.summaries.checks.failures import ASK_AGAIN, COMPLAINT
from assets.summaries.fields import FIELDS, REQUIRED_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROMPT_VERSION = "model-1"

Wanted = dict[str, tuple[str, ...]]
"""Language (ISO 639-1) → the fields that are asked for in it."""

LANGUAGES = {
    "ar": "Arabic", "bn": "Bengali", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi",
    "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sv": "Swedish",
    "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Simplified Chinese",
}  # fmt: skip
MARKS = re.compile(r"<(?=/?\s*(?:title|abstract|rejected)\b)", re.IGNORECASE)
ADDRESSES_A_MODEL = re.compile(
    r"\b(?:ignore|disregard|forget|override)\s+(?:all\s+|any\s+|the\s+|your\s+)*"
    r"(?:previous|prior|above|earlier|preceding|system)\s+"
    r"(?:instructions?|prompts?|rules|directions)|\byou are now\b|</\s*(?:abstract|title)>|<\|[a-z_]+\|>"
    r"|\b(?:system|assistant)\s*:\s"
    r"|\b(?:output|respond|reply|answer|print)\s+(?:only\s+)?(?:with|exactly)\b[^.]{0,40}[\"'“{]"
    r"|\bas (?:an? )?(?:AI|LLM|language model)[^.]{0,20},? (?:you|please)\b"
    r"|\b(?:give|write) (?:a |only )?positive review",
    re.IGNORECASE,
)

HINTS = (
    "instruction", "prompt", "rules", "direction", "you are now", "</", "<|", "system:", "assistant:", "output",
    "respond", "reply", "answer", "print", "as a", "positive review",
)  # fmt: skip
"""One of these stands in all that the pattern finds; looking for them is cheap."""


def addresses_a_model(title: str, abstract: str) -> bool:
    """Whether title or abstract hold words that look like an instruction to a model.

    Papers about such instructions quote them, so this is worth a note to the reader and no reason to reject.
    """
    text = f"{title}\n{abstract}"
    lower = text.lower()
    return any(hint in lower for hint in HINTS) and ADDRESSES_A_MODEL.search(text) is not None


def language_name(language: str) -> str:
    """English name of a language; the code itself where the table has none."""
    return LANGUAGES.get(language, f"the language with the ISO 639-1 code {language!r}")


def messages(
    title: str, abstract: str, wanted: Wanted, rejected: Mapping[str, str] | None = None
) -> list[dict[str, str]]:
    """The chat messages that ask for the wanted fields of a paper.

    `rejected` maps "language.field" to what was wrong with the last text, in words.
    """
    asked = f"{_data('title', title)}\n{_data('abstract', abstract)}"
    if rejected:
        told = "\n".join(f"- {place}: {COMPLAINT} {reason}" for place, reason in rejected.items())
        asked += f"\n\n{ASK_AGAIN}\n{told}"
    return [{"role": "system", "content": _system(json.dumps(wanted))}, {"role": "user", "content": asked}]


@cache
def _system(wanted_json: str) -> str:
    wanted: Wanted = {language: tuple(fields) for language, fields in json.loads(wanted_json).items()}
    names = [language_name(language) for language in wanted]
    if len(wanted) == 1:
        languages = f"Write all texts in {names[0]}."
    else:
        listed = ", ".join(f'"{language}": {language_name(language)}' for language in wanted)
        languages = f"Write them once in each language, under its code ({listed}); all say the same."
    used = [field for field in FIELDS if any(field in fields for fields in wanted.values())]
    required = [field for field in used if field in REQUIRED_FIELDS]
    shape: object = {language: {field: _example(field) for field in fields} for language, fields in wanted.items()}
    if len(wanted) == 1:
        shape = next(iter(shape.values()))  # type: ignore[attr-defined]
    slots = {
        "{languages}": languages,
        "{fields}": "\n".join(f"- {field}: {MEANINGS[field]}" for field in used),
        "{required}": f"Never null: {', '.join(required)}." if required else "",
        "{shape}": json.dumps(shape),
    }
    text = template()
    for slot, value in slots.items():
        text = text.replace(slot, value)
    return text.strip()


def _example(field: str) -> object:
    if field == "keywords":
        return ["..."]
    return "..." if field in REQUIRED_FIELDS else "... or null"


def _data(name: str, text: str) -> str:
    """The text between marks; a mark inside it loses its bracket, so that nothing in it can end the data."""
    return f"<{name}>\n{MARKS.sub('‹', text)}\n</{name}>"


def schema(wanted: Wanted) -> dict[str, object]:
    """The JSON schema of the answer, in the strict subset: every key required, nothing besides, null where optional."""
    objects = {language: _object({field: _type(field) for field in fields}) for language, fields in wanted.items()}
    return next(iter(objects.values())) if len(objects) == 1 else _object(objects)


def _object(properties: Mapping[str, object]) -> dict[str, object]:
    names: Sequence[str] = list(properties)
    return {"type": "object", "properties": dict(properties), "required": names, "additionalProperties": False}


def _type(field: str) -> dict[str, object]:
    if field == "keywords":
        return {"type": "array", "items": {"type": "string"}, "description": MEANINGS[field]}
    kind: object = "string" if field in REQUIRED_FIELDS else ["string", "null"]
    return {"type": kind, "description": MEANINGS[field]}
