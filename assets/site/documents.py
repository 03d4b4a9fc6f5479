"""A day's digest and a page over a month or a year as the site reads them: from the JSON that was verified.

The site shows what the digest says, in its order and with its counts; it never decides again what belongs to a day.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from typing import Any

import msgspec

from assets.digests.digest import Entry
from assets.summaries.fields import TEXT_FIELDS


class Version(msgspec.Struct, frozen=True):
    """A version with the time of its submission."""

    version: int
    submitted_at: datetime | None = None


class Summary(msgspec.Struct, frozen=True):
    """The fields of a summary, in their order."""

    tldr: str | None = None
    motivation: str | None = None
    method: str | None = None
    result: str | None = None
    conclusion: str | None = None
    practical: str | None = None
    keywords: list[str] = []

    @property
    def size(self) -> int:
        """Characters of the fields below the TL;DR."""
        texts = (self.motivation, self.method, self.result, self.conclusion, self.practical, *self.keywords)
        return sum(len(text or "") for text in texts)


class Paper(msgspec.Struct, frozen=True):
    """A paper of a digest."""

    id: str
    title: str
    authors: list[str]
    categories: list[str]
    primary_category: str
    url: str
    pdf_url: str
    abstract: str
    status: str
    summary: Summary
    version: int | None = None
    html_url: str | None = None
    code: list[str] = []
    followed_authors: list[str] = []
    followed_terms: list[str] = []
    topic: str | None = None
    listing: str = "new"
    versions: list[Version] = []
    announced_by: str = "listed"
    is_withdrawn: bool = False
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    license: str | None = None
    reason: str | None = None
    model: str | None = None
    prompt_version: str | None = None

    @property
    def entry(self) -> Entry:
        """The paper as the digest's own modules (citations, BibTeX) know it."""
        return Entry(
            paper_id=self.id,
            version=self.version,
            title=self.title,
            authors=tuple(self.authors),
            categories=tuple(self.categories),
            primary_category=self.primary_category,
            abstract=self.abstract,
            comment=self.comment,
            journal_ref=self.journal_ref,
            doi=self.doi,
            license=self.license,
            listing=self.listing,
            versions=tuple((known.version, known.submitted_at) for known in self.versions),
            announced_by=self.announced_by,
            is_withdrawn=self.is_withdrawn,
            status=self.status,
            reason=self.reason,
            model=self.model,
            prompt_version=self.prompt_version,
            summary={name: getattr(self.summary, name) for name in TEXT_FIELDS},
            keywords=tuple(self.summary.keywords),
        )


class Section(msgspec.Struct, frozen=True):
    """The papers of a category, the cross-lists or the replacements."""

    category: str
    kind: str
    papers: list[Paper]


class Counts(msgspec.Struct, frozen=True):
    """The ledger of the day."""

    listed: int
    papers: int
    cross_lists: int
    not_followed: int
    rejected: int
    categories: dict[str, int]
    status: dict[str, int]
    replacements: int = 0
    excluded: int = 0
    rejected_by_rule: dict[str, int] = {}


class Rejection(msgspec.Struct, frozen=True):
    """A listed record that is no paper."""

    rule: str
    reason: str
    source_ref: str
    id: str | None = None


class Exclusion(msgspec.Struct, frozen=True):
    """A paper that the reader's own terms keep out of the page."""

    id: str
    title: str
    url: str
    terms: list[str] = []


class Statement(msgspec.Struct, frozen=True):
    """A sentence of the opening."""

    text: str


class Highlight(msgspec.Struct, frozen=True):
    """A paper that the opening names, and why."""

    id: str
    reason: str


class Opening(msgspec.Struct, frozen=True):
    """What happened on the day: sentences, and some papers with the reason for each."""

    sentences: list[Statement] = []
    highlights: list[Highlight] = []


class DayDigest(msgspec.Struct, frozen=True):
    """The digest of an announcement day."""

    day: date
    language: str
    followed: list[str] | str
    counts: Counts
    sections: list[Section]
    source: list[str] = []
    source_note: str | None = None
    made_with: dict[str, int] = {}
    rejected: list[Rejection] = []
    excluded: list[Exclusion] = []
    opening: Opening = msgspec.field(default_factory=Opening)

    @property
    def highlights(self) -> list[tuple[Paper, str]]:
        """The papers that the opening names, each with its reason."""
        by_id = {paper.id: paper for paper in self.papers}
        return [(by_id[one.id], one.reason) for one in self.opening.highlights if one.id in by_id]

    @property
    def papers(self) -> list[Paper]:
        """Every paper of the page, in its order."""
        return [paper for section in self.sections for paper in section.papers]


class Sentence(msgspec.Struct, frozen=True):
    """A sentence with its sources."""

    text: str
    citations: list[str] = []
    queries: list[str] = []
    kind: str = "claim"
    opens_paragraph: bool = False
    under_title: bool = False
    """Whether it stands below the title of the paper that it cites first."""


class TextSection(msgspec.Struct, frozen=True):
    """A titled run of sentences."""

    title: str
    sentences: list[Sentence]

    @property
    def paragraphs(self) -> list[list[Sentence]]:
        """The sentences, paragraph by paragraph."""
        found: list[list[Sentence]] = []
        for sentence in self.sentences:
            if sentence.opens_paragraph or not found:
                found.append([])
            found[-1].append(sentence)
        return found

    @property
    def entries(self) -> list[tuple[str, list[Sentence]]]:
        """Where the sentences stand below titles: each paper that is told of, with its sentences; else none."""
        told = [sentence for sentence in self.sentences if sentence.under_title and sentence.citations]
        return [(paper, list(group)) for paper, group in groupby(told, key=lambda sentence: sentence.citations[0])]


class Cited(msgspec.Struct, frozen=True):
    """A cited work."""

    id: str
    title: str
    authors: list[str]
    day: date
    url: str


class Query(msgspec.Struct, frozen=True):
    """Where a number comes from."""

    description: str = ""
    source: str = ""
    values: dict[str, Any] = {}


class ToBegin(msgspec.Struct, frozen=True):
    """Where a newcomer to a topic may begin."""

    title: str
    url: str


class TextPage(msgspec.Struct, frozen=True):
    """An overview, a topic page or an article."""

    title: str
    as_of: date
    sections: list[TextSection]
    cited: list[Cited] = []
    evidence: dict[str, Query] = {}
    coverage: dict[str, Any] = {}
    verification: dict[str, Any] = {}
    made_with: dict[str, Any] = {}
    papers: int | None = None
    source_note: str | None = None
    notice: str | None = None
    """Who wrote the page, and from what."""
    link: ToBegin | None = None
    also: list[Cited] = []
    """Papers that are listed and not told of."""
    status: dict[str, str] = {}
    """Cited paper → status of its summary."""

    @property
    def works(self) -> dict[str, Cited]:
        """The cited works by their ids."""
        return {work.id: work for work in self.cited}


_DAY = msgspec.json.Decoder(DayDigest)
_TEXT = msgspec.json.Decoder(TextPage)


def read_digest(text: str) -> DayDigest:
    """A digest from its JSON. Raises msgspec.ValidationError where it has another layout."""
    return _DAY.decode(text)


def read_text_page(text: str) -> TextPage:
    """An overview, topic page or article from its JSON. Raises msgspec.ValidationError for another layout."""
    return _TEXT.decode(text)
