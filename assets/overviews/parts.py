"""What an overview is made of: sentences that name their sources, sections of them, and named queries.

A sentence is a *claim* when it states something about papers, numbers or trends: it then carries
the ids of the papers that it stands on, the names of the queries that hold its numbers, or both.
A *link* leads the reader from one claim to the next, or says how the page was made; it states no number and no finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from assets.overviews.held import Held

if TYPE_CHECKING:
    from assets.overviews.scoring import Score, Statement

Kind = Literal["claim", "link"]
Values = Mapping[str, Any]
"""Numbers, texts, None, and lists of flat rows of them: what JSON can hold."""


@dataclass(frozen=True)
class Sentence:
    """A sentence with its sources; `opens_paragraph` says where the page starts a new paragraph.

    Of several citations the first is the paper that the sentence is about.
    """

    text: str
    citations: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    kind: Kind = "claim"
    opens_paragraph: bool = False
    under_title: bool = False
    """Whether the page shows title and authors of its paper right above it, so that it need not name them."""
    form: str | None = None
    """Of a sentence that is computed from its queries: the form (see `forms`) of which it is a wording."""


@dataclass(frozen=True)
class Scope:
    """What a page is about: a year of a category, a month, or a topic in a month."""

    period: str
    """'YYYY' or 'YYYY-MM': the announcement days that begin so."""
    category: str | None = None
    topic: str | None = None

    @property
    def name(self) -> str:
        """In words: "cs.LG in 2025", "the topic vision in 2025-04", "2025-04"."""
        about = self.category or (f"the topic {self.topic}" if self.topic else "")
        return f"{about} in {self.period}" if about else self.period


@dataclass(frozen=True)
class Section:
    """A titled run of sentences."""

    title: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Query:
    """A named result: what it says, where it was computed from, and its values.

    Values are numbers, texts or lists of flat rows. Shares are fractions of 1; the page prints
    them as per cent. `source` is SQL over the warehouse's views, `parameters` are all that it uses, and its one row has
    the values as its columns. What no SQL computes has an empty `source`, and `made_by` says what made it.
    """

    name: str
    description: str
    source: str
    values: Values
    parameters: Values = field(default_factory=dict)
    made_by: str | None = None


@dataclass(frozen=True)
class Inputs:
    """All that an overview is computed from; the frames are described at `overview.build_overview`."""

    year: int
    category: str
    papers: pl.DataFrame
    summaries: pl.DataFrame
    category_months: pl.DataFrame
    category_years: pl.DataFrame
    terms: pl.DataFrame
    held: Held

    @property
    def as_of(self) -> date:
        """The day up to which announcements are known."""
        return self.held.as_of

    @property
    def year_is_over(self) -> bool:
        """Whether every announcement day of the year is held."""
        return self.held.is_over


@dataclass
class Draft:
    """The page while it is written: the evidence so far, and the papers that are taken.

    A paper belongs to the first section that uses it, so no paper is an example twice.
    """

    evidence: dict[str, Query] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    covered: dict[str, tuple[pl.Series, tuple[str, ...]]] = field(default_factory=dict)
    """Themes in the order of the page: the papers (booleans by row) that mention them, and the ids shown for them."""

    def query(self, query: Query) -> str:
        """Keep a query and give its name, for a sentence to carry."""
        self.evidence[query.name] = query
        return query.name

    def cover(self, theme: str, rows: pl.Series, ids: Sequence[str]) -> None:
        """Note that the page shows these papers for a theme."""
        if ids and theme not in self.covered:
            self.covered[theme] = (rows, tuple(ids))


@dataclass(frozen=True)
class Cited:
    """A cited work as the page lists it."""

    id: str
    title: str
    authors: tuple[str, ...]
    day: date
    url: str


@dataclass(frozen=True)
class Overview:
    """A finished page with its evidence and its published verification."""

    year: int
    category: str
    title: str
    as_of: date
    papers: int
    sections: tuple[Section, ...]
    cited: tuple[Cited, ...]
    evidence: Mapping[str, Query]
    coverage: Mapping[str, Any]
    verification: Mapping[str, Any]
    made_with: Mapping[str, Any]
    source_note: str | None = None
    """What a reader must be told of the papers' source, such as that the sample's papers are invented."""
    outlook: tuple[Statement, ...] = ()
    scores: tuple[Score, ...] = ()
