"""The records of OAI-PMH: a header, and metadata as arXiv, arXivRaw or Dublin Core."""

from __future__ import annotations

from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from assets import categories
from tests.emulators.arxiv.markup import DC, XSI, author_names, child
from tests.emulators.arxiv.sets import all_sets, set_of
from tests.emulators.arxiv.world import Seen

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"

FORMATS = {
    "oai_dc": ("http://www.openarchives.org/OAI/2.0/oai_dc.xsd", OAI_DC),
    "arXiv": ("http://arxiv.org/OAI/arXiv.xsd", "http://arxiv.org/OAI/arXiv/"),
    "arXivRaw": ("http://arxiv.org/OAI/arXivRaw.xsd", "http://arxiv.org/OAI/arXivRaw/"),
}
"""Prefix → schema and namespace."""

IDENTIFIER_PREFIX = "oai:arXiv.org:"


def header(parent: Any, seen: Seen) -> None:
    """Writes a record's header."""
    deleted = {"status": "deleted"} if is_deleted(seen) else {}
    element = child(parent, "header", **deleted)
    child(element, "identifier", f"{IDENTIFIER_PREFIX}{seen.paper.paper_id}")
    child(element, "datestamp", f"{seen.datestamp}")
    for name in dict.fromkeys(map(set_of, seen.categories)):
        if name in all_sets():
            child(element, "setSpec", name)


def record(parent: Any, seen: Seen, prefix: str) -> None:
    """Writes a record; a deleted one has no metadata."""
    element = child(parent, "record")
    header(element, seen)
    if not is_deleted(seen):
        metadata = child(element, "metadata")
        {"arXivRaw": _raw, "arXiv": _arxiv, "oai_dc": _dublin_core}[prefix](metadata, seen)


def is_deleted(seen: Seen) -> bool:
    """Whether the record was deleted by now."""
    return seen.paper.deleted is not None and seen.paper.deleted <= seen.datestamp


def _metadata(parent: Any, prefix: str, tag: str, prefixes: dict[str | None, str]) -> Any:
    schema, namespace = FORMATS[prefix]
    element = etree.SubElement(parent, etree.QName(namespace, tag), nsmap={**prefixes, "xsi": XSI})
    element.set(etree.QName(XSI, "schemaLocation"), f"{namespace} {schema}")
    return element


def _raw(parent: Any, seen: Seen) -> None:
    paper = seen.paper
    element = _metadata(parent, "arXivRaw", "arXivRaw", {None: FORMATS["arXivRaw"][1]})
    child(element, "id", paper.paper_id)
    child(element, "submitter", paper.text("submitter"))
    for version in seen.versions:
        entry = child(element, "version", version=f"v{version.number}")
        child(entry, "date", f"{version.created:%a, %d %b %Y %H:%M:%S GMT}")
        child(entry, "size", f"{len(paper.text('abstract')) % 4000}kb")
    child(element, "title", paper.text("title"))
    child(element, "authors", paper.text("authors"))
    child(element, "categories", " ".join(seen.categories))
    _optional(element, seen)


def _arxiv(parent: Any, seen: Seen) -> None:
    paper = seen.paper
    element = _metadata(parent, "arXiv", "arXiv", {None: FORMATS["arXiv"][1]})
    child(element, "id", paper.paper_id)
    child(element, "created", f"{seen.versions[0].created:%Y-%m-%d}")
    if len(seen.versions) > 1:
        child(element, "updated", f"{seen.latest.created:%Y-%m-%d}")
    authors = child(element, "authors")
    for keyname, forenames, suffix in _names(seen):
        author = child(authors, "author")
        child(author, "keyname", keyname)
        if forenames:
            child(author, "forenames", forenames)
        if suffix:
            child(author, "suffix", suffix)
    child(element, "title", paper.text("title"))
    child(element, "categories", " ".join(seen.categories))
    _optional(element, seen)


def _optional(element: Any, seen: Seen) -> None:
    for name in ("comments", "report-no", "msc-class", "acm-class", "journal-ref", "doi", "license", "abstract"):
        if text := seen.paper.text(name):
            child(element, name, text)


def _dublin_core(parent: Any, seen: Seen) -> None:
    paper = seen.paper
    element = _metadata(parent, "oai_dc", "dc", {"oai_dc": OAI_DC, "dc": DC})
    child(element, "title", paper.text("title"), DC)
    for keyname, forenames, suffix in _names(seen):
        name = " ".join(part for part in (keyname, suffix) if part)
        child(element, "creator", f"{name}, {forenames}" if forenames else name, DC)
    for code in seen.categories:
        if (canonical := categories.canonical(code)) is not None:
            archive = categories.archive(canonical)
            own = categories.name(canonical)
            child(element, "subject", own if archive == canonical else f"{categories.name(archive)} - {own}", DC)
    child(element, "description", paper.text("abstract"), DC)
    if comments := paper.text("comments"):
        child(element, "description", f"Comment: {comments}", DC)
    child(element, "date", f"{seen.versions[0].created:%Y-%m-%d}", DC)
    if len(seen.versions) > 1:
        child(element, "date", f"{seen.latest.created:%Y-%m-%d}", DC)
    child(element, "type", "text", DC)
    child(element, "identifier", f"http://arxiv.org/abs/{paper.paper_id}", DC)
    if journal := paper.text("journal-ref"):
        child(element, "identifier", journal, DC)
    if doi := paper.text("doi"):
        child(element, "identifier", f"doi:{doi}", DC)


def _names(seen: Seen) -> list[tuple[str, str, str]]:
    parsed = seen.paper.record.get("authors_parsed")
    if isinstance(parsed, list) and parsed and all(isinstance(one, list) and one for one in parsed):
        padded = [[*map(str, one[:3]), "", ""][:3] for one in parsed]
        return [(one[0], one[1], one[2]) for one in padded]
    split = [name.rpartition(" ") for name in author_names(seen.paper.record)]
    return [(last, first, "") for first, _, last in split]
