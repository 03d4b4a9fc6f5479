"""Reading XML that comes from outside: strictly, and without the tricks that XML allows.

arXiv's answers never declare a document type, so one that does is refused: with it go entities that
grow without bound and ones that name local files. What is not whole and well-formed is refused too; a
parser that mends it would take half a list for the whole.
"""

from __future__ import annotations

from typing import Any

from lxml import etree  # type: ignore[import-untyped]


class BrokenXmlError(ValueError):
    """What is no whole, plain XML document; the message says why in a few words."""


def parse_xml(body: bytes) -> Any:
    """The root element (lxml) of a document. Raises BrokenXmlError."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False, remove_comments=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise BrokenXmlError(" ".join(str(error).split())[:200] or "it holds nothing") from error
    if root is None:
        raise BrokenXmlError("it holds nothing")
    if root.getroottree().docinfo.doctype:
        raise BrokenXmlError("it declares a document type")
    return root


def text_of(element: Any, path: str) -> str | None:
    """The text of the first element at a path (`{namespace}tag/…`), as it stands; None where there is none."""
    found = element.find(path)
    return None if found is None or found.text is None else str(found.text)


def local_name(element: Any) -> str:
    """An element's tag without its namespace; "" for what is no element."""
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else ""
