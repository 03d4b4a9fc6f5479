"""The templates, and what every page of them has: navigation, addresses, words, and the wording of arXiv.

Jinja escapes what it is given; only `rich` and its kin give markup, and they make it safe. No page holds the time
of its making, so the same inputs give the same bytes.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assets import categories
from assets.digests.attribution import ATTRIBUTION
from assets.digests.digest import CROSS_LISTS, PRODUCT, REPLACEMENTS
from assets.digests.links import abstract_url
from assets.digests.markdown import LABELS, STATUS_NOTES
from assets.digests.wording import MONTHS, WEEKDAYS, author_list, count, listed, long_date, where_listed
from assets.site import addresses
from assets.site.options import Options
from assets.site.texts import brief, legal, paragraphs, rich
from assets.summaries.fields import REQUIRED_FIELDS, TEXT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assets.site.documents import Paper, Section

NAVIGATION = (
    ("Today", addresses.INDEX),
    ("Days", addresses.DAYS),
    ("Categories", addresses.CATEGORIES),
    ("Topics", addresses.TOPICS),
    ("Authors", addresses.AUTHORS),
    ("Trends", addresses.TRENDS),
    ("Search", addresses.SEARCH),
)

PAGE_LANGUAGE = "en"
"""Language of the pages' own words: labels, dates, openings, overviews. So are titles and abstracts, as arXiv asks."""

LISTING_NAMES = {
    "new": "new",
    "cross": "cross-listed",
    "replace": "replaced by a new version",
    "replace-cross": "replaced, cross-listed",
}

LIBRARIES = ("jinja2", "math-core", "latex2mathml", "nh3", "feedgen", "altair", "vl-convert-python", "pybtex")
"""What the bytes of a page depend on beside our own code."""


@dataclass(frozen=True)
class Feed:
    """A feed that a page names in its head."""

    title: str
    file: str
    type: str
    short: str


@functools.cache
def code_version() -> str:
    """A fingerprint of what makes the pages: this room, the digest's, and the libraries behind them."""
    found = hashlib.sha256()
    for room in (Path(__file__).parent, Path(__file__).parents[1] / "digests"):
        for path in sorted(room.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(path.relative_to(room.parent).as_posix().encode() + b"\0" + path.read_bytes())
    for name in LIBRARIES:
        found.update(f"{name} {metadata.version(name)}".encode())
    return found.hexdigest()


@functools.cache
def environment() -> Environment:
    """The templates with what they call."""
    made = Environment(
        loader=PackageLoader("assets.site", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.globals.update(
        product=PRODUCT,
        attribution=ATTRIBUTION,
        navigation=NAVIGATION,
        status_notes=STATUS_NOTES,
        listing_names=LISTING_NAMES,
        weekdays=WEEKDAYS,
        rich=rich,
        paragraphs=paragraphs,
        count=count,
        listed=listed,
        long_date=long_date,
        where_listed=where_listed,
        month_name=month_name,
        abstract_url=abstract_url,
        authors=authors,
        numbers=numbers,
        missing=missing,
        fields=fields,
        folded=folded,
        spoken=spoken,
        without_tldr=without_tldr,
        groups=groups,
        history=history,
        section_name=section_name,
        anchor=addresses.anchor,
        public=addresses.public,
        paper_page=addresses.paper_page,
        day_page=addresses.day_page,
        month_page=addresses.month_page,
        category_page=addresses.category_page,
        overview_page=addresses.overview_page,
        author_page=addresses.author_page,
    )
    return made


def page(template: str, path: str, options: Options, title: str, description: str, **context: Any) -> str:
    """A page of the site: `path` is where it will stand; the rest is for its template."""
    given = {
        "path": path,
        "canonical": path,
        "root": addresses.root_of(path),
        "site_url": options.url,
        "title": brief(title, 200),
        "description": brief(description, 300),
        "previous": None,
        "next": None,
        "feeds": (),
        **context,
    }
    return environment().get_template(template).render(given)


def month_name(month: str) -> str:
    """A month in words: "January 2026"."""
    return f"{MONTHS[int(month[5:7]) - 1]} {month[:4]}"


def category_name(code: str) -> str:
    """A category with its name: "cs.LG · Machine Learning"."""
    try:
        return f"{code} · {categories.name(code)}"
    except KeyError:  # one that arXiv has opened since our list of them was made
        return code


def section_name(section: Section) -> str:
    """The heading of a section of a day."""
    if section.category == CROSS_LISTS:
        return "Cross-lists from other categories"
    if section.category == REPLACEMENTS:
        return "Replacements: new versions of earlier papers"
    return category_name(section.category)


def groups(section: Section) -> list[tuple[str, list[Paper]]]:
    """The papers of a section in runs: those that the reader follows, then topic by topic, each with its line.

    The lines are empty in a section that has neither.
    """

    def kind(paper: Paper) -> tuple[bool, str | None]:
        return bool(paper.followed_authors or paper.followed_terms), paper.topic

    found = [(key, [*papers]) for key, papers in itertools.groupby(section.papers, kind)]
    if not any(followed or topic for (followed, topic), _ in found):
        return [("", papers) for _, papers in found]
    return [
        ("What you follow" if followed else f"Topic: {topic}" if topic else "Further papers", papers)
        for (followed, topic), papers in found
    ]


def authors(names: Sequence[str], at_most: int) -> str:
    """Authors as a page names them: "A, B and C", or the first ones and "+N"."""
    return author_list([legal(name) for name in names], at_most)


def numbers(counts: Mapping[str, int], at_most: int) -> str:
    """Counts by name, those of nothing left out; with more than `at_most` names only how many there are."""
    found = [f"{name} {number:,}" for name, number in counts.items() if number]
    return ", ".join(found) if len(found) <= at_most else f"in {len(found)} categories"


def missing(paper: Paper) -> str:
    """The required fields without a text, as a list in prose."""
    return listed([LABELS[name] for name in REQUIRED_FIELDS if getattr(paper.summary, name) is None])


def fields(paper: Paper) -> list[tuple[str, str]]:
    """The fields below the TL;DR that have a text, with their labels."""
    return [(LABELS[name], text) for name in TEXT_FIELDS[1:] if (text := getattr(paper.summary, name))]


def without_tldr(status: str, reason: str | None) -> str:
    """What stands where a paper has no TL;DR: why not, in plain letters."""
    why = brief(reason or "no reason was recorded", 300)
    return f"Summary pending: {why}" if status == "pending" else f"No {LABELS['tldr']}: {why}"


def spoken(language: str) -> Markup:
    """The attributes of an element whose text is in a language, which may run from right to left; none for that of the
    page around it."""
    return Markup("") if language == PAGE_LANGUAGE else Markup(' lang="{}" dir="auto"').format(language)


def folded(paper: Paper, with_fields: bool, with_abstract: bool) -> str:
    """What opens on a click, as its line says it."""
    names = [label for label, _ in fields(paper)] if with_fields else []
    names += ["Keywords"] if with_fields and paper.summary.keywords else []
    names += ["Comment"] if paper.comment else []
    names += ["Abstract"] if with_abstract else []
    return ", ".join(names)


def history(paper: Paper) -> str:
    """The versions with their dates, where the source gives more than the latest."""
    known = [
        f"v{one.version}" + (f" {one.submitted_at:%Y-%m-%d}" if one.submitted_at else "") for one in paper.versions
    ]
    return f": {', '.join(known)}" if len(known) > 1 else ""
