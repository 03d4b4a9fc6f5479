"""What an answer holds of what was asked: the texts that are good, and what is wrong with the others.

An answer is decoded, its keys are matched with the fields, each text is tidied (only its dress: white space, labels,
Markdown, a final full stop) and checked. Good texts are kept, whatever else is wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assets.summaries import limits
from assets.summaries.checks import KINDS, check_text, eaten_commands, overlaps, term_faults
from assets.summaries.checks.form import breaks_off
from assets.summaries.engine.decoding import decode
from assets.summaries.fields import FIELDS, KEYWORDS, REQUIRED_FIELDS, TEXT_FIELDS
from assets.summaries.keywords import KEYWORDS as USUAL_KEYWORDS
from assets.summaries.keywords import keywords, terms, word_key
from assets.summaries.vocabulary import COMMON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assets.summaries.engine.prompt import Wanted

ALIASES = {
    alias: name
    for name, aliases in {
        "tldr": "tldr tl summary tldrsummary",
        "motivation": "motivation problem background",
        "method": "method methods methodology approach",
        "result": "result results findings",
        "conclusion": "conclusion conclusions",
        "practical": "practical practicaluse application applications",
        "keywords": "keywords keyword terms",
    }.items()
    for alias in aliases.split()
}
OPTIONAL_FIELDS = tuple(name for name in TEXT_FIELDS if name not in REQUIRED_FIELDS)
LABEL = re.compile(
    r"^(?:[^\S\r\n]|[>*#\-\d.]){0,20}(tl;?dr|motivation|problem|background|methods?|methodology|approach|results?"
    r"|findings|conclusions?|practical(?: use)?|applications?|keywords?)\s{0,4}\*{0,4}\s{0,4}[:：]"
    r"\s{0,4}\*{0,4}\s{0,4}",
    re.IGNORECASE | re.MULTILINE,
)
NOT_LETTERS = re.compile(r"[^a-z]")
EMPTY = re.compile(
    r"[\s.\"'()\[\]–—-]*+(?:null|none|n/?a|not (?:stated|mentioned|specified|applicable|provided|available)|未提及|无)?"
    r"[\s.\"'()\[\]。–—-]*",
    re.IGNORECASE,
)
MARKDOWN = re.compile(r"\*\*(.+?)\*\*|__(.+?)__(?!\w)")
OVER_ESCAPED = re.compile(r"\\\\(?=([A-Za-z]{2,}|[^A-Za-z]))")
UNFINISHED = re.compile(r"[\w)\]}$%”\"’'°]$")
LAST_WORD = re.compile(r"(?<![\w\\-])[A-Za-z]{2,}$")
WORDS = re.compile(r"[a-z]+")
FULL_STOPS = {"zh": "。", "ja": "。"}
LABEL_MARK = re.compile("[:：]")
EATEN_LETTERS = {"\x07": "a", "\b": "b", "\t": "t", "\n": "n", "\x0b": "v", "\f": "f", "\r": "r"}
MOST_KEYWORDS = 8
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufffd]")


@dataclass
class Reading:
    """One language of an answer."""

    good: dict[str, object] = field(default_factory=dict)
    """Field → text, list of keywords, or None where the model says that the abstract has nothing."""
    bad: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Field → name of the fault and what is wrong, in words."""


@dataclass
class Answer:
    """All languages of an answer."""

    readings: dict[str, Reading]
    mended: tuple[str, ...]
    """What was wrong with the answer's form."""
    usable: bool
    """Whether anything could be read at all."""


def read_answer(content: str, wanted: Wanted, title: str, abstract: str, *, cut: bool) -> Answer:
    """The wanted fields of an answer's text; `cut` says that the model was stopped in the middle."""
    decoded = decode(content, abstract)
    broken_off = decoded.cut
    if cut and broken_off is None and decoded.value:
        # Some servers close the JSON behind a text that was cut.
        broken_off = _last(decoded.value)
    by_language = _by_language(decoded.value or {}, wanted)
    if not any(by_language.values()) and (labelled := _labelled(content)):
        broken_off = (next(reversed(labelled)),) if cut else None
        # Prose leaves out what it has nothing to say about.
        by_language = _by_language(dict.fromkeys(OPTIONAL_FIELDS) | labelled, wanted)
    readings = {
        language: _read(by_language.get(language, {}), fields, title, abstract, language, broken_off, frozenset(wanted))
        for language, fields in wanted.items()
    }
    usable = any(by_language.values())
    return Answer(readings, tuple(decoded.mended), usable)


def _last(value: Mapping[str, object]) -> tuple[str, ...]:
    """The keys that lead to the last text or list that holds anything; () where nothing does."""
    for key, part in reversed(list(value.items())):
        if isinstance(part, dict):
            if path := _last(part):
                return (key, *path)
        elif part:
            return (key,)
    return ()


def _by_language(value: Mapping[str, object], wanted: Wanted) -> dict[str, dict[str, object]]:
    """Language → fields; objects around the fields are opened."""
    for _ in range(3):
        found = {language: part for language in wanted if isinstance(part := value.get(language), dict)}
        if found:
            return {language: _known(part) for language, part in found.items()}
        inner = [part for part in value.values() if isinstance(part, dict)]
        # A single key may be the name of a field and of all of them ("summary").
        if len(inner) != 1 or (_known(value) and not (len(value) == 1 and _known(inner[0]))):
            break
        value = inner[0]
    return {next(iter(wanted)): _known(value)} if len(wanted) == 1 else {}


def _known(value: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, part in value.items():
        name = ALIASES.get(NOT_LETTERS.sub("", key.lower()))
        if name is not None and (name not in found or key == name):
            found[name] = part
    return found


def _labelled(content: str) -> dict[str, object]:
    """Fields of a plain text with a label before each."""
    marks = list(LABEL.finditer(content))
    ends = [*(mark.start() for mark in marks[1:]), len(content)]
    return {mark[1].lower(): content[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=False)}


def _read(
    value: Mapping[str, object],
    fields: tuple[str, ...],
    title: str,
    abstract: str,
    language: str,
    broken_off: tuple[str, ...] | None,
    languages: frozenset[str],
) -> Reading:
    reading = Reading()
    last = broken_off[-1] if broken_off else None
    unfinished = ALIASES.get(NOT_LETTERS.sub("", last.lower())) if last else None
    # What stands around the fields need not be a language ("summary").
    unfinished_here = broken_off is not None and (language in broken_off or languages.isdisjoint(broken_off))
    for name in (name for name in FIELDS if name in fields):
        given = value.get(name)
        if name not in value:
            reading.bad[name] = ("missing", "is missing")
        elif name == unfinished and unfinished_here:
            reading.bad[name] = ("truncated", "breaks off in the middle")
        elif name == KEYWORDS:
            _read_keywords(reading, tidy_keywords(given), title, abstract, language)
        elif given is None or (isinstance(given, str) and EMPTY.fullmatch(given)):
            if name in REQUIRED_FIELDS:
                reading.bad[name] = ("missing", "is empty, but is required")
            else:
                reading.good[name] = None
        else:
            _check(reading, name, given, title, abstract, language)
    return reading


def _read_keywords(reading: Reading, terms: list[str], title: str, abstract: str, language: str) -> None:
    """Keeps the good terms; too few are good and bad at once, for they stay and others are put beside them."""
    good = [term for term in terms if not term_faults(term, title, abstract, language, extractive=False)]
    if good:
        reading.good[KEYWORDS] = good
    if len(good) < limits.LEAST_KEYWORDS and filled_up(good, title, abstract) != good:
        reading.bad[KEYWORDS] = ("missing", "holds too few terms of the paper")
    elif not good:
        reading.bad[KEYWORDS] = ("missing", "holds no terms")


def filled_up(terms: object, title: str, abstract: str) -> list[str]:
    """The terms, and behind them those that the paper's own words give, so that there are as many as usual."""
    given = [term for term in terms if isinstance(term, str)] if isinstance(terms, list) else []
    found = {term.casefold(): term for term in given}
    for term in keywords(title, abstract):
        if len(found) < USUAL_KEYWORDS:
            found.setdefault(term.casefold(), term)
    return list(found.values())


def _as_text(given: object) -> str | None:
    """The text of a value: a string, strings in a list, or one string in an object; None for anything else."""
    parts = [given] if isinstance(given, str) else given
    if isinstance(parts, dict):
        parts = list(parts.values()) if len(parts) == 1 else None
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        return None
    return " ".join(parts)


def _check(reading: Reading, name: str, given: object, title: str, abstract: str, language: str) -> None:
    if (told := _as_text(given)) is None:
        reading.bad[name] = ("schema_echo", "is no text")
        return
    bare = tidy_text(told, name, abstract)
    # A cut shows in the text as it came: behind the full stop that is put there, it is a sentence.
    text = f"{bare}{FULL_STOPS.get(language, '.')}" if UNFINISHED.search(bare) else bare
    findings = check_text(name, text, title=title, abstract=abstract, language=language, extractive=False)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        reading.bad[name] = (errors[0].kind, "; ".join(finding.reason for finding in errors))
    elif text != bare and (breaks_off(bare) or (language == "en" and _ends_in_half_a_word(bare, title, abstract))):
        reading.bad[name] = ("truncated", KINDS["truncated"].reason)
    else:
        reading.good[name] = text


def _ends_in_half_a_word(text: str, title: str, abstract: str) -> bool:
    """Whether the last word is none, but begins one of the paper's."""
    if not (found := LAST_WORD.search(text)):
        return False
    last = found[0].lower()
    own = {word for word in WORDS.findall(f"{title} {abstract}".lower()) if word.startswith(last)}
    return bool(own) and last not in own and last not in COMMON and word_key(last) not in terms().counts


def repeated(texts: Mapping[str, object]) -> list[str]:
    """The fields that say what an earlier one says. `texts` maps fields to texts."""
    told = {name: text for name in TEXT_FIELDS if isinstance(text := texts.get(name), str)}
    return [finding.field for finding in overlaps(told) if finding.severity == "error"]


def tidy_text(text: str, name: str, abstract: str) -> str:
    """The same words in clean dress: one line, no label, no Markdown."""
    # Some servers decode an answer once too often: what they ate can be told from a line break.
    for found in reversed(eaten_commands(text) if CONTROL.search(text) else []):
        text = f"{text[: found.start()]}\\{EATEN_LETTERS[found[0][0]]}{text[found.start() + 1 :]}"
    text = " ".join(text.replace("\u200b", "").replace("\ufeff", "").replace("\u00a0", " ").split())
    if (
        LABEL_MARK.search(text, 0, 30)
        and (label := LABEL.match(text))
        and ALIASES.get(NOT_LETTERS.sub("", label[1].lower())) == name
    ):
        text = text[label.end() :]
    if "**" in text or "__" in text:
        text = text if "\\" in text else MARKDOWN.sub(lambda found: found[1] or found[2], text)
    if "\\\\" in text:
        # A backslash too many, seen from how the abstract itself writes the command.
        text = OVER_ESCAPED.sub(
            lambda found: "\\" if f"\\{found[1]}" in abstract and f"\\\\{found[1]}" not in abstract else "\\\\", text
        )
    if len(text) > 1 and text[0] == text[-1] == '"' and text.count('"') == 2:
        text = text[1:-1].strip()
    return text


def tidy_keywords(given: object) -> list[str]:
    """Terms, each once, in order; [] for anything that is no list of terms."""
    if isinstance(given, str):
        given = re.split(r"[,;、，；\n]", given)
    if not isinstance(given, list):
        return []
    found: dict[str, str] = {}
    for term in given:
        if isinstance(term, str):
            clean = " ".join(term.split()).strip(" .,;:\"'*#")
            if (
                clean
                and len(clean) <= limits.KEYWORD_LENGTH
                and not CONTROL.search(clean)
                and not EMPTY.fullmatch(clean)
            ):
                found.setdefault(clean.lower(), clean)
    return list(found.values())[:MOST_KEYWORDS]
