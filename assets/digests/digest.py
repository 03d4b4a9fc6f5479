"""What a day's digest says, as data: the papers in their sections, the counts, and what was left out and why.

`build_digest` decides it once; the Markdown, the JSON and the site only show it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

import polars as pl

from assets.digests.code_links import code_links
from assets.digests.following import folded, matching_authors, matching_terms
from assets.digests.opening_parts import SILENCE, Opening
from assets.digests.topics import topics
from assets.digests.wording import long_date
from assets.preferences import NOBODY, Reader
from assets.summaries.fields import REQUIRED_FIELDS, STATUSES, TEXT_FIELDS

PRODUCT = "Preprint Almanac"

CROSS_LISTS = "cross-lists"
"""What stands for the category of the one section that holds all cross-lists."""

REPLACEMENTS = "replacements"
"""The same for the papers that are listed because a new version replaced an older one: they are not new."""

SectionKind = Literal["primary", "cross-list", "replacement"]


@dataclass(frozen=True)
class Entry:
    """A paper as the digest shows it, with its summary in the digest's language."""

    paper_id: str
    version: int | None
    title: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    primary_category: str
    abstract: str
    comment: str | None
    journal_ref: str | None
    doi: str | None
    license: str | None
    listing: str
    versions: tuple[tuple[int, datetime | None], ...]
    """Versions known to the source, with their submission times (UTC)."""
    announced_by: str
    is_withdrawn: bool
    status: str
    reason: str | None
    model: str | None
    prompt_version: str | None
    summary: Mapping[str, str | None]
    """The prose fields by name, in the order of TEXT_FIELDS; None where there is no text."""
    keywords: tuple[str, ...]
    code: tuple[str, ...] = ()
    """Addresses of code, data and project pages that comment and abstract name: http or https."""
    followed_authors: tuple[str, ...] = ()
    """Names that the reader follows and that are among the authors, as the reader wrote them."""
    followed_terms: tuple[str, ...] = ()
    """Terms that the reader follows and that title or abstract use."""
    topic: str | None = None
    """The group of like papers that it stands in, where that has a name."""

    @property
    def is_followed(self) -> bool:
        """Whether it has what the reader follows."""
        return bool(self.followed_authors or self.followed_terms)

    @property
    def missing(self) -> tuple[str, ...]:
        """The required fields that have no text."""
        return tuple(name for name in REQUIRED_FIELDS if self.summary[name] is None)


@dataclass(frozen=True)
class Section:
    """The new papers of one primary category, or all cross-lists, or all replacements, in the order of reading."""

    category: str
    kind: SectionKind
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Rejection:
    """A listed record that is no paper of the digest: which rule kept it out, and why."""

    position: int
    paper_id: str | None
    field: str
    rule: str
    reason: str
    source_ref: str


@dataclass(frozen=True)
class Exclusion:
    """A paper that the reader's own terms keep out of the page."""

    paper_id: str
    version: int | None
    title: str
    terms: tuple[str, ...]


@dataclass(frozen=True)
class Counts:
    """The ledger of the day: listed = papers + cross_lists + replacements + not_followed + excluded + rejected."""

    listed: int
    papers: int
    """New papers whose primary category is followed."""
    cross_lists: int
    """New papers of other primary categories, and papers that were cross-listed after their own day."""
    replacements: int
    """Papers listed again for a new version."""
    not_followed: int
    rejected: int
    categories: Mapping[str, int]
    """Papers by primary category, in the order of the sections."""
    rejected_by_rule: Mapping[str, int]
    status: Mapping[str, int]
    """Summaries by status, those of the cross-lists and replacements included."""
    excluded: int = 0
    """Papers that the reader's terms keep out."""


@dataclass(frozen=True)
class Digest:
    """The digest of an announcement day."""

    day: date
    language: str
    """Language of the summaries, ISO 639-1."""
    followed: tuple[str, ...] | None
    """The categories followed, sorted; None for all."""
    sections: tuple[Section, ...]
    counts: Counts
    rejected: tuple[Rejection, ...]
    sources: tuple[str, ...]
    source_note: str | None
    """A sentence about the source that the reader must not miss."""
    reader: Reader = NOBODY
    """What the reader follows and excludes."""
    excluded: tuple[Exclusion, ...] = ()
    opening: Opening = SILENCE

    @property
    def title(self) -> str:
        """Title of the page."""
        return f"{PRODUCT}: {long_date(self.day)}"

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every paper of the page, in its order."""
        return tuple(entry for section in self.sections for entry in section.entries)

    @property
    def models(self) -> Mapping[str, int]:
        """What made the summaries, with the number that each made; pending ones are of nobody."""
        made = (entry.model for entry in self.entries if entry.model is not None and entry.status != "pending")
        return dict(sorted(Counter(made).items()))


def build_digest(
    day: date,
    papers: pl.DataFrame,
    summaries: pl.DataFrame,
    rejected: pl.DataFrame,
    followed: frozenset[str] | None,
    language: str,
    source_note: str | None = None,
    reader: Reader = NOBODY,
) -> Digest:
    """The digest of an announcement day, from rows of `papers`, `summaries` and `rejected_papers`.

    Rows of other days are passed over. `followed` are canonical categories, None for all;
    `language` is the ISO 639-1 code of the summaries to show; `source_note` is a sentence that
    opens the page (that the papers are invented, say); `reader` says what comes first and what is left out.
    Each paper stands in the section of its
    primary category where it is new and that category is followed, among the replacements where it is
    listed for a new version, else among the cross-lists where a category of it is followed, else it is
    only counted. Papers without a summary row are there as pending.
    """
    rows = papers.filter(pl.col("day") == day)
    summary_rows = summaries.filter((pl.col("day") == day) & (pl.col("language") == language))
    summary_of = {row["paper_id"]: row for row in summary_rows.iter_rows(named=True)}

    by_place: dict[str, list[Entry]] = {}
    excluded: list[Exclusion] = []
    for row in rows.iter_rows(named=True):
        where = _place(row, followed)
        if where is None:
            continue
        words = folded(f"{row['title']} . {row['abstract']}") if reader.include or reader.exclude else ""
        if unwanted := matching_terms(reader.exclude, words):
            excluded.append(Exclusion(row["paper_id"], row["version"], row["title"], unwanted))
        else:
            entry = _entry(row, summary_of.get(row["paper_id"]), language, reader, words)
            by_place.setdefault(where, []).append(entry)

    others = [(CROSS_LISTS, by_place.pop(CROSS_LISTS, None)), (REPLACEMENTS, by_place.pop(REPLACEMENTS, None))]
    # By name, not by size: a reader finds a category at the same place every day, beside those of its archive.
    sections = [
        Section(name, _section_kind(name), in_reading_order(entries))
        for name, entries in [*sorted(by_place.items()), *others]
        if entries
    ]

    refused = rejected.filter(pl.col("day") == day).sort("position", maintain_order=True)
    return Digest(
        day=day,
        language=language,
        followed=None if followed is None else tuple(sorted(followed)),
        sections=tuple(sections),
        counts=_counts(rows.height, sections, refused, len(excluded)),
        rejected=tuple(
            Rejection(row["position"], row["paper_id"], row["field"], row["rule"], row["reason"], row["source_ref"])
            for row in refused.iter_rows(named=True)
        ),
        sources=tuple(sorted({*rows["source"], *refused["source"]})),
        source_note=source_note,
        reader=reader,
        excluded=tuple(excluded),
    )


def in_reading_order(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Entries of a section as they are read: those of followed authors, those of followed terms, then by topic.

    Within each of these the order is that of the source. The largest topic comes first, papers like no other last.
    """
    first = [entry for entry in entries if entry.followed_authors]
    first += [entry for entry in entries if entry.followed_terms and not entry.followed_authors]
    rest = [entry for entry in entries if not entry.is_followed]
    grouped = [
        replace(rest[place], topic=topic.name)
        for topic in topics([(entry.title, entry.abstract) for entry in rest])
        for place in topic.places
    ]
    return (*first, *grouped)


def _place(paper: Mapping[str, Any], followed: Collection[str] | None) -> str | None:
    """The section that a row of `papers` belongs to; None where none of its categories is followed.

    A replacement is no new paper, whatever its categories, and a paper that was cross-listed after its
    own day is new nowhere on this one.
    """
    if followed is not None and not any(category in followed for category in paper["categories"]):
        return None
    if paper["listing"] in ("replace", "replace-cross"):
        return REPLACEMENTS
    if paper["listing"] == "new" and (followed is None or paper["primary_category"] in followed):
        return str(paper["primary_category"])
    # With the feeds' types, a new paper of another primary category is a "cross", too.
    return CROSS_LISTS


def _section_kind(name: str) -> SectionKind:
    """The kind of the section of a category, or of CROSS_LISTS or REPLACEMENTS."""
    if name == REPLACEMENTS:
        return "replacement"
    return "cross-list" if name == CROSS_LISTS else "primary"


def _entry(
    paper: Mapping[str, Any], summary: Mapping[str, Any] | None, language: str, reader: Reader, words: str
) -> Entry:
    """A row of `papers` with its row of `summaries`, or as pending without one; `words` are its text, folded."""
    made: Mapping[str, Any] = summary or {
        "status": "pending",
        "reason": f"no summary in the language '{language}' has been stored for this paper yet",
    }
    return Entry(
        paper_id=paper["paper_id"],
        version=paper["version"],
        title=paper["title"],
        authors=tuple(paper["authors"]),
        categories=tuple(paper["categories"]),
        primary_category=paper["primary_category"],
        abstract=paper["abstract"],
        comment=paper["comment"],
        journal_ref=paper["journal_ref"],
        doi=paper["doi"],
        license=paper["license"],
        listing=paper["listing"],
        versions=tuple((version["version"], version["created"]) for version in paper["versions"]),
        announced_by=paper["announced_by"],
        is_withdrawn=paper["is_withdrawn"],
        status=made["status"],
        reason=made["reason"],
        model=made.get("model"),
        prompt_version=made.get("prompt_version"),
        summary={name: made.get(name) for name in TEXT_FIELDS},
        keywords=tuple(made.get("keywords") or ()),
        code=code_links((paper["comment"], paper["abstract"])),
        followed_authors=matching_authors(reader.authors, paper["authors"]),
        followed_terms=matching_terms(reader.include, words),
    )


def _counts(papers: int, sections: Sequence[Section], refused: pl.DataFrame, excluded: int) -> Counts:
    categories = {section.category: len(section.entries) for section in sections if section.kind == "primary"}
    crossing, replaced = (
        sum(len(section.entries) for section in sections if section.kind == kind)
        for kind in ("cross-list", "replacement")
    )
    primary = sum(categories.values())
    # A record that breaks two rules is one record: it counts under the first.
    rules = refused.unique("position", keep="first", maintain_order=True)["rule"].to_list()
    return Counts(
        listed=papers + len(rules),
        papers=primary,
        cross_lists=crossing,
        replacements=replaced,
        not_followed=papers - primary - crossing - replaced - excluded,
        rejected=len(rules),
        categories=categories,
        rejected_by_rule=dict(sorted(Counter(rules).items())),
        status=status_counts(entry.status for section in sections for entry in section.entries),
        excluded=excluded,
    )


def status_counts(statuses: Iterable[str]) -> dict[str, int]:
    """Summaries by status, in the order of STATUSES; a status that none has counts 0."""
    found = Counter(statuses)
    return {status: found[status] for status in dict.fromkeys((*STATUSES, *sorted(found)))}
