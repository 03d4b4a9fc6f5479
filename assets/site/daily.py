"""The pages of an announcement day: the day, and every paper whose latest listing it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.digests.bibtex import bibtex_entry, citation
from assets.digests.markdown import STATUS_NOTES
from assets.digests.wording import count, long_date
from assets.site import addresses
from assets.site.facts import has_code
from assets.site.options import Options
from assets.site.shell import Feed, page
from assets.site.texts import brief, legal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assets.site.calendars import Month
    from assets.site.documents import DayDigest, Paper
    from assets.site.manifest import Writer

LARGEST = 590_000
"""Characters of a day's page, about, up to which it holds all fields and abstracts: some 140 kB over the line. A larger
one leaves first the abstracts and then the fields to the papers' own pages."""

FRAME, FOLD = 850, 230
"""Characters, about, that a paper takes on a day's page beside its texts, and those of its fold."""


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
    with_fields, with_abstracts = held(digest)
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
        with_fields=with_fields,
        with_abstracts=with_abstracts,
        left_to_papers=""
        if with_abstracts
        else "The abstract of each paper stands"
        if with_fields
        else "Fields and abstract of each paper stand",
        told=sum(paper.announced_by != "listed" for paper in digest.papers),
        bibtex=addresses.day_file(digest.day, "bib"),
    )


def described(paper: Paper) -> str:
    """A paper in a line, for who finds its page elsewhere: its TL;DR with the label that this has everywhere."""
    label = f" ({paper.status})" if paper.status in STATUS_NOTES else ""
    return f"{brief(paper.summary.tldr, 280)}{label}" if paper.summary.tldr else paper.abstract


def held(digest: DayDigest) -> tuple[bool, bool]:
    """Whether a day's page holds the fields of its papers, and whether their abstracts."""
    papers = digest.papers
    size = sum(FRAME + len(paper.summary.tldr or "") for paper in papers)
    with_fields = size + sum(FOLD + paper.summary.size for paper in papers)
    with_abstracts = with_fields + sum(len(paper.abstract) for paper in papers)
    return with_fields <= LARGEST, with_abstracts <= LARGEST


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
                described(paper),
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
