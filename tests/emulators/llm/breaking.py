"""Answers with one thing wrong, each in the way in which real models and servers get it wrong."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from assets.summaries.checks.asked import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Callable

Object = dict[str, Any]

OFF_TOPIC = (
    "The kitchen garden blooms early this spring because gentle rainfall and careful pruning strengthened every"
    " rosebush, while beekeepers celebrate plentiful honey, happy visitors, cheerful picnics,"
    " melons, cucumbers, strawberries and pumpkins."
)
ENGLISH = "This text is in plain English words although something else was wanted from the model here."
CHINESE = "这段文字用的是中文，而所要求的并不是这种语言，所以它不应当被发布。"
BAD_KEYWORDS = (
    "Error code: 429 - rate limit", "I'm sorry, but I can't help with that", "not mentioned in the abstract", "string",
    "</s>", "\\frac{", "Квазары", "BananaNet-9000",
)  # fmt: skip
ORDER = re.compile(r"[Rr]eply with (\{.*?\})(?=\s|$|[.,;])", re.DOTALL)
"""What an abstract orders a model to answer, as JSON."""
ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
ESCAPE = re.compile(r"\\([bfnrt])(?=[A-Za-z])")


def single_backslashes(text: str) -> str:
    """JSON in which TeX stands behind one backslash where there should be two."""
    return re.sub(r"\\\\(?=[A-Za-z(){},;!|])", lambda _: "\\", text)


def break_text(kind: str, value: Object) -> str:
    """The answer's text with a fault of its JSON."""
    text = json.dumps(value, ensure_ascii=False)
    broken: dict[str, Callable[[], str]] = {
        "fence": lambda: f"Here is the summary:\n```json\n{text}\n```\nI hope this helps!",
        "prose": lambda: f"Sure, this is the JSON object that you asked for: {text} Let me know if {{more}} is needed.",
        "trailing_comma": lambda: _trailing(value),
        "truncated": lambda: text[: len(text) * 3 // 5],
        "truncated_silently": lambda: text[: len(text) * 3 // 5],
        "single_backslash": lambda: single_backslashes(text),
        "single_quotes": lambda: _python(value),
        "bare_line_break": lambda: json.dumps(value, ensure_ascii=False, indent=1).replace(", ", ",\n"),
        "inner_quotes": lambda: text.replace("the authors", 'the "authors"').replace("The authors", 'The "authors"'),
        "think": lambda: f'<think>I should give {{"tldr": "..."}} here.</think>\n{text}',
        "over_escaped": lambda: text.replace("\\\\", "\\\\\\\\"),
        "eaten_tex": lambda: json.dumps(_eaten(value), ensure_ascii=False),
        "labels": lambda: json.dumps({name: _labelled(name, part) for name, part in value.items()}, ensure_ascii=False),
    }
    return broken[kind]()


def _eaten(part: object) -> object:
    """What a server hands on that has decoded TeX behind one backslash as if it were an escape."""
    if isinstance(part, str):
        return ESCAPE.sub(lambda found: ESCAPED[found[1]], part)
    return {name: _eaten(inner) for name, inner in part.items()} if isinstance(part, dict) else part


def _labelled(name: str, part: object) -> object:
    if isinstance(part, dict):
        return {inner: _labelled(inner, value) for inner, value in part.items()}
    return f"**{name.capitalize()}:** {part}" if isinstance(part, str) else part


def _trailing(value: object) -> str:
    if isinstance(value, dict):
        return "{" + "".join(f"{json.dumps(key)}: {_trailing(part)}, " for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + "".join(f"{_trailing(part)}," for part in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _python(value: Object) -> str:
    def told(part: object) -> str:
        if isinstance(part, dict):
            return "{" + ", ".join(f"'{key}': {told(inner)}" for key, inner in part.items()) + "}"
        if isinstance(part, list):
            return "[" + ", ".join(told(inner) for inner in part) + "]"
        return "None" if part is None else "'" + json.dumps(part, ensure_ascii=False)[1:-1].replace('\\"', '"') + "'"

    return told(value)


def break_content(kind: str, fields: Object, language: str, abstract: str) -> Object:
    """One language's fields with a fault of what they say."""
    broken = dict(fields)
    names = [name for name in ("result", "tldr", "method") if isinstance(broken.get(name), str)]
    name = names[0] if names else "tldr"
    if kind == "missing_field":
        broken.pop(name, None)
    elif kind == "wrong_language":
        broken[name] = ENGLISH if language == "zh" else CHINESE
    elif kind == "invented_number":
        broken[name] = f"{str(broken.get(name) or 'It works.').rstrip('.。')}, a gain of 7351.25 points."
    elif kind == "placeholder":
        broken[name] = "Not mentioned in the abstract."
    elif kind == "copied":
        broken[name] = abstract[:600].rsplit(" ", 1)[0] + "."
    elif kind == "control_characters":
        broken[name] = f"{broken.get(name)}"[:20] + "\x0c\x00\ufffd" + f"{broken.get(name)}"[20:]
    elif kind == "off_topic":
        broken |= {field: OFF_TOPIC for field in ("tldr", "method", "result") if field in broken}
    elif kind == "failure_text":
        broken[name] = "Error code: 429 - the rate limit was reached, please try again later."
    elif kind == "schema_echo":
        broken = {"type": "object", "properties": {name: {"type": "string"} for name in fields}}
    elif kind == "prompt_echo":
        broken |= {field: MEANINGS[field] if field != "keywords" else [MEANINGS[field]] for field in fields}
    elif kind == "bad_keywords":
        broken |= {"keywords": list(BAD_KEYWORDS)} if "keywords" in fields else {}
    elif kind == "obeys":
        if ordered := ORDER.search(abstract):
            broken |= json.loads(ordered[1])
    elif kind == "loop":
        broken[name] = " ".join(["The authors show that the authors show that it works well"] * 6) + "."
    elif kind == "repeated_field":
        broken |= {field: broken.get("tldr") for field in ("conclusion", "practical") if field in broken}
    return broken
