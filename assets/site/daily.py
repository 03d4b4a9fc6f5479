"""The pages of an announcement day: the day, and every paper whose latest listing it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.digests.bibtex import bibtex_entry, citation
from assets.digests.wording import count, long_date
from assets.site import addresses
from assets.site.facts import has_code
from assets.site.options import Options
from assets.site.shell import Feed, page
from assets.site.texts import legal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assets.site.calendars import Month
    from assets.site.documents import DayDigest
    from assets.site.manifest import Writer

ABSTRACTS_AT_MOST = 120
"""Papers of a day page up to which it holds their abstracts, too; a larger one leaves them to the papers' own pages, so
that it is read at once over a slow line, too."""


@dataclass(frozen=True)
class Link:
    """A page with the words that lead to it."""

    title: str
    page: str
    note: str = ""


@dataclass(frozen=True)
class Neighbours:
    """The days before and after a day that have a page."""

    before: str | None
    after: str | None


@dataclass(frozen=True)
class PaperFacts:
    """What the pages of a day's papers say beside the digest."""

    listed_again: Mapping[str, Sequence[tuple[str, str]]]
    """The days and kinds of listing of the papers that stand in several digests."""
    linked_authors: frozenset[str]
    """The authors who had a page's worth of papers by this day."""
    related: Mapping[str, Sequence[tuple[str, str, str]]]


def day_html(
    digest: DayDigest, around: Neighbours, options: Options, feeds: Sequence[Feed], month: Month | None = None
) -> str:
    """The page of a day; with the calendar of its month, the front page, which names the day's page as its address."""
    path = addresses.day_page(digest.day)
    before, after = (None if day is None else addresses.day_page(day) for day in (around.before, around.after))
    counts = digest.counts
    return page(
        "day.html",
        addresses.INDEX if month else path,
        options,
        long_date(digest.day),
        f"{count(counts.papers, 'paper')} and {count(counts.cross_lists, 'cross-list')} announced by arXiv on "
        f"{long_date(digest.day)}, each with a summary.",
        canonical=path,
        previous=before,
        next=after,
        previous_day=None if before is None else Link(str(around.before), before),
        next_day=None if after is None else Link(str(around.after), after),
        digest=digest,
        month=month,
        feeds=feeds,
        is_front=month is not None,
        linked_categories=frozenset(options.categories),
        with_abstracts=len(digest.papers) <= ABSTRACTS_AT_MOST,
        told=sum(paper.announced_by != "listed" for paper in digest.papers),
        bibtex=addresses.day_file(digest.day, "bib"),
    )


def write_papers(writer: Writer, digest: DayDigest, options: Options, own: frozenset[str], facts: PaperFacts) -> None:
    """Writes a day's BibTeX and the pages of its papers that are in `own`; each leads to those beside it in the digest.

    Nothing of it depends on the days around, so that a new day leaves the papers of the day before as they are.
    """
    entries = {paper.id: legal(bibtex_entry(paper.entry)) for paper in digest.papers}
    writer.write(addresses.day_file(digest.day, "bib"), "\n".join(entries.values()))
    linked = frozenset(options.categories)
    places = [addresses.paper_page(paper.id) for paper in digest.papers]
    beside = zip([None, *places], places, [*places[1:], None], strict=False)
    for paper, (before, path, after) in zip(digest.papers, beside, strict=True):
        if paper.id not in own:
            continue
        writer.write(
            path,
            page(
                "paper.html",
                path,
                options,
                paper.title,
                paper.summary.tldr or paper.abstract,
                og_type="article",
                previous=before,
                next=after,
                digest=digest,
                paper=paper,
                code=has_code(paper),
                linked_categories=linked,
                linked_authors=facts.linked_authors,
                related=facts.related.get(paper.id, ()),
                citation=legal(citation(paper.entry)),
                bibtex=entries[paper.id],
                listings=facts.listed_again.get(paper.id) or [(digest.day.isoformat(), paper.listing)],
            ),
        )
