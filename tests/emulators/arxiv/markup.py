"""Writing XML as arXiv's servers do: indented, with a declaration, and never with characters that XML forbids."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

ATOM = "http://www.w3.org/2005/Atom"
ARXIV = "http://arxiv.org/schemas/atom"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
DC = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def child(parent: Any, tag: str, text: str | None = None, namespace: str = "", **attributes: str) -> Any:
    """A new last child of an element; without `namespace`, in the parent's own."""
    name = etree.QName(namespace, tag) if namespace else etree.QName(etree.QName(parent).namespace, tag)
    element = etree.SubElement(parent, name, {key.rstrip("_"): clean(value) for key, value in attributes.items()})
    if text is not None:
        element.text = clean(text)
    return element


def clean(text: str) -> str:
    """A text without the characters that XML cannot carry."""
    return _FORBIDDEN.sub("", text)


def written(root: Any) -> bytes:
    """A document as bytes."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def utc(time: dt.datetime) -> str:
    """A time as Atom and OAI-PMH write it: 2026-04-12T22:59:06Z."""
    return f"{time.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def one_line(text: str) -> str:
    """A text without line breaks."""
    return " ".join(text.split())


def unwrapped(text: str) -> str:
    """An abstract whose lines are joined, except where an indented paragraph begins."""
    return re.sub(r"\n(?!\s)", " ", text.strip("\n")).rstrip()


def author_names(record: Any) -> list[str]:
    """The authors of a record, first name first."""
    parsed = record.get("authors_parsed")
    if isinstance(parsed, list) and parsed and all(isinstance(one, list) and one for one in parsed):
        return [one_line(" ".join([*map(str, one[1:2]), str(one[0]), *map(str, one[2:3])])) for one in parsed]
    text = record.get("authors")
    text = re.sub(r"\([^()]*\)", "", text) if isinstance(text, str) else ""
    return [name for name in map(one_line, re.split(r",\s*|\s+and\s+", text)) if name]
