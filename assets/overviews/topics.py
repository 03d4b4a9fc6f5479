"""The topics of the monthly pages: what a settings file declares, checked before anything is made.

The file is YAML, a list of topics; `topics.yaml` beside this module is the one that is used where none is named,
and explains the keys. A mistake is told with the file and the line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from assets import categories
from assets.errors import SettingsError
from assets.overviews.mentions import BREAK, mention, normalised, patterns
from assets.overviews.rounding import NUMBER

SETTING = "ALMANAC_TOPICS"
DEFAULT = Path(__file__).with_name("topics.yaml")
KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"]+")
KNOWN = ("key", "name", "intro", "link", "categories", "terms")
NEEDED = ("key", "name", "intro")
LONGEST_INTRO = 400


@dataclass(frozen=True)
class Link:
    """A text to begin with, outside the almanac."""

    title: str
    url: str


@dataclass(frozen=True)
class Topic:
    """A topic as it is declared; `categories` are canonical codes."""

    key: str
    name: str
    intro: str
    link: Link | None = None
    categories: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """Which papers belong to it, in words."""
        parts = []
        if self.categories:
            parts.append(f"carry {_either(self.categories)}")
        if self.terms:
            parts.append(f"mention {_either([f'“{term}”' for term in self.terms])} in title or abstract")
        return " or ".join(parts)


@dataclass(frozen=True)
class _At:
    """A value of the file with the line on which it stands."""

    value: Any
    line: int
    lines: Mapping[str, int] = field(default_factory=dict)
    """Of a mapping: key → line."""


def load_topics(path: Path | None = None) -> tuple[Topic, ...]:
    """The topics of a file, or those that come with the almanac.

    Raises SettingsError, one sentence with file, line and what to do, for a file that cannot be read or says
    something that makes no topic.
    """
    path = path or DEFAULT
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        told = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise SettingsError(
            f"{SETTING} names {path}, which cannot be read ({told}): give it a YAML file of topics."
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}, line {mark.line + 1}" if mark else str(path)
        raise SettingsError(f"{where}: this is no YAML ({getattr(error, 'problem', None) or 'broken'}).") from None
    if not isinstance(root, yaml.SequenceNode) or not root.value:
        raise SettingsError(f"{path}: there is no topic in it; it must be a list of topics, each with {_and(NEEDED)}.")
    topics: list[Topic] = []
    seen: dict[str, int] = {}
    for number, node in enumerate(root.value, start=1):
        entry = _entry(path, node, number)
        topic = _topic(path, entry, number)
        if topic.key in seen:
            what = f"the key {topic.key!r} is that of the topic on line {seen[topic.key]}, too"
            raise _wrong(path, entry.lines["key"], what)
        seen[topic.key] = entry.line
        topics.append(topic)
    return tuple(topics)


def _entry(path: Path, node: yaml.Node, number: int) -> _At:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise _wrong(path, line, f"topic {number} is no mapping; write its keys below each other, {_and(NEEDED)} first")
    lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
    return _At(yaml.SafeLoader("").construct_document(node), line, lines)


def _topic(path: Path, entry: _At, number: int) -> Topic:
    """A topic from its mapping. Raises SettingsError."""
    given: dict[str, Any] = entry.value
    for name in given:
        if name not in KNOWN:
            raise _wrong(
                path, entry.lines[str(name)], f"topic {number} has {name!r}, which is no key; they are {_and(KNOWN)}"
            )
    for name in NEEDED:
        if not isinstance(given.get(name), str) or not given[name].strip():
            raise _wrong(path, entry.lines.get(name, entry.line), f"topic {number} needs {name!r}, a text")
    key, name, intro = (" ".join(given[part].split()) for part in NEEDED)
    if not KEY.fullmatch(key):
        raise _wrong(path, entry.lines["key"], f"the key {key!r} may hold small letters, digits and hyphens only")
    if NUMBER.search(intro) or len(intro) > LONGEST_INTRO or intro[-1] not in ".!?":
        raise _wrong(
            path, entry.lines["intro"],
            f"the intro of {key} must be whole sentences without numbers, {LONGEST_INTRO} characters at most",
        )  # fmt: skip
    codes, terms = _texts(path, entry, key, "categories"), _texts(path, entry, key, "terms")
    if not codes and not terms:
        raise _wrong(path, entry.line, f"{key} needs categories or terms: without them no paper belongs to it")
    canonical = []
    for code in codes:
        if (found := categories.canonical(code)) is None:
            raise _wrong(path, entry.lines["categories"], f"{code!r} of {key} is no category of arXiv's")
        canonical.append(found)
    for term in terms:
        if not patterns(term):
            raise _wrong(path, entry.lines["terms"], f"{term!r} of {key} holds no word to look for")
    return Topic(key, name, intro, _link(path, entry, key), tuple(dict.fromkeys(canonical)), tuple(terms))


def _texts(path: Path, entry: _At, key: str, name: str) -> list[str]:
    value = entry.value.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(part, str) and part.strip() for part in value):
        raise _wrong(path, entry.lines[name], f"{name} of {key} must be a list of texts")
    return [" ".join(part.split()) for part in value]


def _link(path: Path, entry: _At, key: str) -> Link | None:
    value = entry.value.get("link")
    if value is None:
        return None
    texts = (
        isinstance(value, dict) and set(value) == {"title", "url"} and all(isinstance(v, str) for v in value.values())
    )
    if not texts or not ADDRESS.fullmatch(value["url"]) or not value["title"].strip():
        what = f"link of {key} must have a title and a url that begins with http:// or https://"
        raise _wrong(path, entry.lines["link"], what)
    return Link(" ".join(value["title"].split()), value["url"])


def _wrong(path: Path, line: int, what: str) -> SettingsError:
    return SettingsError(f"{path}, line {line}: {what}.")


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def members(papers: pl.DataFrame, topics: Sequence[Topic]) -> dict[str, pl.Series]:
    """For each topic's key, the papers (booleans by row) that belong to it; one pass over the texts for all topics."""
    texts = papers.select(normalised(pl.col("title")) + BREAK + normalised(pl.col("abstract"))).to_series()
    mentioned = mention(texts, [term for topic in topics for term in topic.terms])
    rows = {}
    for topic in topics:
        marks = papers.select(
            pl.col("categories").list.eval(pl.element().is_in(list(topic.categories))).list.any().fill_null(False)
        ).to_series()
        for term in topic.terms:
            marks = marks | mentioned[term]
        rows[topic.key] = marks
    return rows
