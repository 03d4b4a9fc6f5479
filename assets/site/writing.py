"""The pages of prose: yearly overviews, topic pages and trend articles, every sentence with its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assets.digests.wording import count, listed
from assets.site import addresses
from assets.site.documents import read_text_page
from assets.site.options import Options
from assets.site.shell import page
from assets.site.texts import brief

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from assets.site.documents import TextPage
    from assets.site.manifest import Writer


Found = list[tuple["TextPage", dict[str, str]]]
"""Texts, each with the pages of the papers that it cites."""


def read_pages(texts: Iterable[str], has_page: Callable[[Collection[str]], set[str]]) -> Found:
    """Texts from their JSON; `has_page` tells those of some papers that have a page in the site."""
    documents = [read_text_page(text) for text in texts]
    ids = [_ids(document) for document in documents]
    there = has_page(set().union(*ids))
    return [
        (document, {paper: addresses.paper_page(paper) for paper in sorted(own & there)})
        for document, own in zip(documents, ids, strict=True)
    ]


def write_text(
    writer: Writer, path: str, kicker: str, document: TextPage, pages: dict[str, str], options: Options
) -> None:
    """Writes an overview, a topic page or an article."""
    first = next((sentence.text for section in document.sections for sentence in section.sentences), document.title)
    writer.write(
        path,
        page(
            "text.html",
            path,
            options,
            document.title,
            brief(first, 300),
            og_type="article",
            kicker=kicker,
            document=document,
            pages=pages,
            numbers={name: number for number, name in enumerate(document.evidence, start=1)},
            trust=trust_of(document),
        ),
    )


def trust_of(document: TextPage) -> list[tuple[str, str]]:
    """What a text says of its own verification, coverage and making, in words."""
    found: list[tuple[str, str]] = []
    checked = document.verification
    if "claims" in checked:
        told = [count(checked["claims"], "claim")]
        if "citations" in checked:
            told.append(count(checked["citations"], "citation"))
        shares = [
            f"{words} {checked[name]:.0%}"
            for name, words in (
                ("claims_supported", "claims with a source"),
                ("citations_resolved", "citations that resolve"),
                ("numbers_grounded", "numbers that stand in their source"),
            )
            if isinstance(checked.get(name), int | float)
        ]
        found.append(("Checked", f"{listed(told)}{': ' if shares else ''}{', '.join(shares)}"))
    if cut := checked.get("cut"):
        found.append(("Cut", f"{count(len(cut), 'sentence')} that failed the check"))
    covered = document.coverage
    if isinstance(covered.get("share"), int | float):
        papers, of = covered.get("papers"), covered.get("of")
        counted = f" ({papers:,} of {of:,} papers)" if isinstance(papers, int) and isinstance(of, int) else ""
        found.append(("Covered", f"{covered['share']:.0%}{counted} mention what the page shows a paper for"))
    found += [(name.replace("_", " ").capitalize(), _plain(value)) for name, value in document.made_with.items()]
    return found


def _ids(document: TextPage) -> set[str]:
    """The papers that a text cites."""
    sentences = (sentence for section in document.sections for sentence in section.sentences)
    return {work.id for work in (*document.cited, *document.also)}.union(
        *(sentence.citations for sentence in sentences)
    )


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_plain(inner)}" for name, inner in value.items()) or "none"
    if isinstance(value, list):
        return listed([_plain(inner) for inner in value]) or "none"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
