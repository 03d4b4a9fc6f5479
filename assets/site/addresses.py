"""Where each page of the site stands: paths below its folder, and nothing that leaves it.

A page is `<place>/index.html`, and links name the file, so that the site reads the same from a web server, from a
bucket and from a folder that someone opens with a browser.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

INDEX = "index.html"

DAYS = f"days/{INDEX}"
CATEGORIES = f"categories/{INDEX}"
TOPICS = f"topics/{INDEX}"
AUTHORS = f"authors/{INDEX}"
TRENDS = f"trends/{INDEX}"
STATUS = f"status/{INDEX}"
SEARCH = f"search/{INDEX}"
ABOUT = f"about/{INDEX}"

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_LONGEST = 80
_UNFIT = re.compile(r"[^a-z0-9]+")


def segment(text: str) -> str:
    """A name as one part of a path: itself where it is harmless, else what is readable of it and a hash."""
    if _SAFE.fullmatch(text) and len(text) <= _LONGEST:
        return text
    return f"{slug(text)}-{_hash(text)}"


def slug(text: str) -> str:
    """What a name has of small letters, digits and hyphens: "Čeněk Dvořák" gives "cenek-dvorak"."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _UNFIT.sub("-", letters).strip("-")[:60].strip("-") or "x"


def paper_page(paper_id: str) -> str:
    """The page of a paper; an old id keeps its archive: `papers/math/0101001/index.html`."""
    parts = paper_id.split("/")
    place = "/".join(map(segment, parts)) if len(parts) == 2 else segment(paper_id)
    return f"papers/{place}/{INDEX}"


def day_page(day: object) -> str:
    """The page of an announcement day (a date, or YYYY-MM-DD)."""
    return f"days/{segment(str(day))}/{INDEX}"


def day_file(day: object, ending: str) -> str:
    """A file beside a day's page: its BibTeX, say."""
    return f"days/{segment(str(day))}/{segment(str(day))}.{ending}"


def month_page(month: str) -> str:
    """The page of a month, YYYY-MM."""
    return f"months/{segment(month)}/{INDEX}"


def year_page(year: object) -> str:
    """The page of a year."""
    return f"years/{segment(str(year))}/{INDEX}"


def overview_page(year: object, category: str) -> str:
    """The overview of a year in a category."""
    return f"years/{segment(str(year))}/{segment(category)}/{INDEX}"


def category_page(category: str, month: str | None = None, page: int = 1) -> str:
    """The page of a category, or one of those that list a month of it."""
    place = f"categories/{segment(category)}"
    if month is not None:
        place += f"/{segment(month)}"
    return f"{place}/{page}/{INDEX}" if page > 1 else f"{place}/{INDEX}"


def topic_page(month: str, topic: str) -> str:
    """What is new in a topic in a month."""
    return f"topics/{segment(month)}/{segment(topic)}/{INDEX}"


def article_page(month: str) -> str:
    """The trend article of a month."""
    return f"trends/{segment(month)}/{INDEX}"


def author_page(name: str) -> str:
    """The page of an author; names that look alike in plain letters have pages of their own."""
    return f"authors/{slug(name)}-{_hash(name)}/{INDEX}"


def letter_page(letter: str) -> str:
    """The authors whose names begin with a letter."""
    return f"authors/letters/{segment(letter)}/{INDEX}"


def status_page(year: object) -> str:
    """The ledger of a year's days."""
    return f"status/{segment(str(year))}/{INDEX}"


def feed_file(name: str, ending: str) -> str:
    """A feed: `feeds/cs.LG.atom`."""
    return f"feeds/{segment(name)}.{ending}"


def root_of(page: str) -> str:
    """What leads from a page to the folder of the site: "../../" for `days/2026-01-30/index.html`."""
    return "../" * page.count("/")


def public(page: str) -> str:
    """A page as an address ends with it: without the name of the file that a server gives for a folder."""
    return page.removesuffix(INDEX)


def anchor(kind: str, name: str) -> str:
    """The id of an element in a page: "paper-2601-20868"."""
    return f"{kind}-{_UNFIT.sub('-', name.lower()).strip('-') or 'x'}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
