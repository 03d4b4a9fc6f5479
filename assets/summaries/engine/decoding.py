"""A model's text as the object that it meant, whatever is wrong with its JSON.

Well-formed JSON without doubtful backslashes goes through a strict decoder. Everything else is read by a forgiving one
that knows code fences, prose around the object, trailing and missing commas, single quotes, bare line breaks, quotation
marks inside texts, TeX behind single backslashes and answers that were cut off. It never guesses at a text's words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import msgspec

from assets.summaries.engine.tex import commands_of, is_command, marks_of

DOUBTFUL = re.compile(r"(?<!\\)(?:\\\\)*\\([bf][A-Za-z]*|[nrt][A-Za-z]+|u(?![0-9a-fA-F]{4})[A-Za-z]+)")
AFTER_A_COMMA = re.compile(r"[\"'“}\]{\[]|\Z")
IN_A_LIST = re.compile(r"[\"'“}\]{\[]|\Z|(?:null|true|false|None|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*[,\]]")
LINE_BREAK = "\\" * 4
r"""How JSON has TeX's line break, \\; where none is written so, two backslashes may be meant for one."""
HEX = re.compile(r"[0-9a-fA-F]{4}")
NAME = re.compile(r"[A-Za-z]+")
THOUGHTS = re.compile(r"^\s*<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.{0,500}?\*/)*", re.DOTALL)
"""A comment is short, so that one without an end costs little wherever it is looked for."""
BARE = re.compile(r"[^\s,:{}\[\]\"']+")
LITERALS = {"null": None, "none": None, "true": True, "false": False, "undefined": None, "nan": None}
ESCAPES = {'"': '"', "'": "'", "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
QUOTES = {'"': '"', "'": "'", "“": "”"}
DEEPEST = 20


@dataclass
class Decoded:
    """The object of an answer, and what had to be mended to read it."""

    value: dict[str, object] | None
    mended: list[str] = field(default_factory=list)
    """Names of what was wrong: json, fence, tex, cut, …; empty for well-formed JSON."""
    cut: tuple[str, ...] | None = None
    """Keys on the way to the value in which the text breaks off; None where it does not."""


def decode(text: str, source: str = "") -> Decoded:
    """The first JSON object in the text; `value` is None where there is none.

    `source` is the abstract, whose own TeX commands are told from escapes.
    """
    decoded = Decoded(None)
    body = without_thoughts(text).lstrip("\ufeff \t\r\n")
    start = body.find("{")
    if start < 0:
        return decoded
    if start or body.rstrip()[-1:] != "}":
        decoded.mended.append("surroundings")
    body = body[start:]
    own, marks = commands_of(source), marks_of(source)
    if not any(f"\\{mark}" in body for mark in marks if mark[0] != "\\") and not any(
        is_command(found[1], True, own) for found in DOUBTFUL.finditer(body)
    ):
        try:
            value = msgspec.json.decode(body[: body.rfind("}") + 1].encode("utf-8", "replace"))
        except (msgspec.DecodeError, RecursionError):
            pass
        else:
            if isinstance(value, dict):
                decoded.value = value
                return decoded
    if LINE_BREAK in body:
        marks = frozenset(mark for mark in marks if mark[0] != "\\")
    reader = _Reader(body, own, marks)
    value = reader.value((), 0)
    decoded.value = value if isinstance(value, dict) else None
    decoded.mended += sorted(reader.mended)
    decoded.cut = reader.cut
    return decoded


def without_thoughts(text: str) -> str:
    """The text without what a model thought aloud before it."""
    return THOUGHTS.sub("", text)


class _Reader:
    """Reads one value after the other from a text that may be broken; never raises."""

    def __init__(self, text: str, own: frozenset[str], marks: frozenset[str]) -> None:
        self.text = text
        self.at = 0
        self.own = own
        self.marks = marks
        self.mended: set[str] = set()
        self.cut: tuple[str, ...] | None = None
        self._lists = False
        """Whether the value that is read stands in a list."""

    def value(self, path: tuple[str, ...], depth: int) -> object:
        self._space()
        mark = self._peek()
        if depth > DEEPEST:
            self.at = len(self.text)
            return None
        if mark == "{":
            return self._object(path, depth)
        if mark == "[":
            return self._array(path, depth)
        if mark in QUOTES and mark:
            return self._string(path, key=False)
        if match := BARE.match(self.text, self.at):
            self.at = match.end()
            return self._bare(match[0])
        if not mark:
            self._break(path)
        return None

    def _object(self, path: tuple[str, ...], depth: int) -> dict[str, object]:
        self.at += 1
        found: dict[str, object] = {}
        while True:
            before = self.at
            self._space()
            mark = self._peek()
            if not mark:
                self._break(path)
                return found
            if mark == "}":
                self.at += 1
                return found
            if mark == ",":
                self.at += 1
                self._trailing("}")
                continue
            key = self._key(path)
            self._space()
            if self._peek() in (":", "="):
                self.at += 1
                self._lists = False
                found[key] = self.value((*path, key), depth + 1)
                self._space()
                if self._peek() not in (",", "}", ""):
                    self.mended.add("comma")
            elif not self._peek():
                self._break(path)
            if self.at == before:
                self.at += 1
                self.mended.add("json")

    def _array(self, path: tuple[str, ...], depth: int) -> list[object]:
        self.at += 1
        found: list[object] = []
        while True:
            before = self.at
            self._space()
            mark = self._peek()
            if not mark or mark == "}":
                self._break(path) if not mark else self.mended.add("bracket")
                return found
            if mark == "]":
                self.at += 1
                return found
            if mark == ",":
                self.at += 1
                self._trailing("]")
                continue
            self._lists = True
            found.append(self.value(path, depth + 1))
            self._lists = False
            if self.at == before:
                self.at += 1
                self.mended.add("json")

    def _key(self, path: tuple[str, ...]) -> str:
        mark = self._peek()
        if mark in QUOTES:
            return self._string(path, key=True)
        self.mended.add("quotes")
        match = BARE.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]

    def _string(self, path: tuple[str, ...], *, key: bool) -> str:
        opening = self._peek()
        closing = QUOTES[opening]
        if opening != '"':
            self.mended.add("quotes")
        self.at += 1
        parts: list[str] = []
        dollars = 0
        while self.at < len(self.text):
            mark = self.text[self.at]
            if mark == "\\":
                parts.append(self._backslash(dollars % 2 == 1))
                continue
            if mark == closing:
                if self._closes(key):
                    self.at += 1
                    return "".join(parts)
                self.mended.add("inner quotes")
            elif mark == "$" and parts[-1:] != ["\\"]:
                dollars += 1
            elif mark in "\n\r\t":
                self.mended.add("line break")
            parts.append(mark)
            self.at += 1
        self._break(path)
        return "".join(parts)

    def _backslash(self, mathematics: bool) -> str:
        """What the backslash here means; the reader goes on behind it."""
        follows = self.text[self.at + 1 : self.at + 2]
        if follows == "u" and HEX.match(self.text, self.at + 2):
            return self._unicode()
        mark = next((mark for mark in self.marks if self.text.startswith(mark, self.at + 1)), None)
        if mark is not None:
            self.at += 1 + len(mark)
            self.mended.add("tex")
            return f"\\{mark}"
        if follows and follows in "bfnrtu":
            match = NAME.match(self.text, self.at + 1)
            if match and is_command(match[0], mathematics, self.own):
                self.at = match.end()
                self.mended.add("tex")
                return f"\\{match[0]}"
        if follows in ESCAPES and follows:
            self.at += 2
            return ESCAPES[follows]
        self.at += 1
        if follows:
            self.mended.add("tex")
        return "\\"

    def _unicode(self) -> str:
        code = int(self.text[self.at + 2 : self.at + 6], 16)
        self.at += 6
        if 0xD800 <= code < 0xDC00 and self.text.startswith("\\u", self.at) and HEX.match(self.text, self.at + 2):
            low = int(self.text[self.at + 2 : self.at + 6], 16)
            if 0xDC00 <= low < 0xE000:
                self.at += 6
                return chr(0x10000 + ((code - 0xD800) << 10) + low - 0xDC00)
        return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)

    def _closes(self, key: bool) -> bool:
        """Whether the quotation mark here ends the text: what follows must be a mark of JSON, not of prose."""
        at = SPACE.match(self.text, self.at + 1).end()  # type: ignore[union-attr]
        follows = self.text[at : at + 1]
        if key:
            return follows in (":", "=", "")
        if follows in ("", "}", "]"):
            return True
        if follows == ",":
            at = SPACE.match(self.text, at + 1).end()  # type: ignore[union-attr]
            return (IN_A_LIST if self._lists else AFTER_A_COMMA).match(self.text, at) is not None
        # A missing comma: the next key stands on a line of its own.
        line = self.text[self.at + 1 : at]
        return follows == '"' and "\n" in line

    def _bare(self, word: str) -> object:
        if word.lower() in LITERALS:
            if word not in ("null", "true", "false"):
                self.mended.add("literal")
            return LITERALS[word.lower()]
        try:
            return float(word) if "." in word else int(word)
        except ValueError:
            self.mended.add("quotes")
            return word

    def _trailing(self, end: str) -> None:
        self._space()
        if self._peek() == end:
            self.mended.add("trailing comma")

    def _break(self, path: tuple[str, ...]) -> None:
        self.mended.add("cut")
        if self.cut is None:
            self.cut = path

    def _space(self) -> None:
        self.at = SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]
