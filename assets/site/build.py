"""The site from what the lake holds.

Everything is made from the digests that were verified, from the tables of the overviews and from the marts; what has
not changed is not made again (see `manifest`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from assets.site import addresses, search
from assets.site.context import Build, Marts
from assets.site.day_units import make_days, make_front
from assets.site.documents import read_digest
from assets.site.feed_units import make_feeds
from assets.site.list_units import make_authors, make_categories, make_months, make_years
from assets.site.manifest import PRIVATE
from assets.site.options import Options
from assets.site.prose import make_prose
from assets.site.shell import page
from assets.site.trend_units import make_status, make_trends
from assets.warehouse.files import TEMPORARY_PREFIX, locked, sweep
from assets.warehouse.lake import LEFTOVER_AGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from assets.site.manifest import Writer
    from assets.warehouse.lake import Lake

STATIC = Path(__file__).parent / "static"

SITEMAP_AT_MOST = 40_000
"""Addresses of one sitemap; the protocol allows 50,000."""

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@dataclass(frozen=True)
class Built:
    """What a build did."""

    days: int
    files: int
    """Files of the site, those of the search index not counted."""
    written: int
    """Files that are new or have other bytes than before."""
    removed: int
    units: int
    """Units that were made: a day, a month's categories, the feeds …"""
    searchable: bool
    note: str | None
    """What someone should mend, in a sentence."""


def build_site(
    folder: Path, lake: Lake, marts: Marts, options: Options, tell: Callable[[int, int, str], None] | None = None
) -> Built:
    """Brings a site up to date with the lake; `tell` hears how many days are looked at, of how many, and which.

    Two builds of one site wait for each other. A killed build leaves a site of old and new pages, and the next one
    finishes it. Raises StorageError where the folder cannot be written, and where the search index cannot be made.
    """
    with locked(folder / PRIVATE / "lock"):
        sweep(folder / PRIVATE, f"**/{TEMPORARY_PREFIX}*", LEFTOVER_AGE)
        build = Build(folder, lake, marts, options, tell or (lambda _done, _of, _day: None))
        build.facts.bring_up_to_date(build.digests, build.digest_text)
        make_days(build)
        make_prose(build)
        counts = make_categories(build)
        make_months(build, counts)
        make_years(build)
        make_authors(build)
        make_trends(build)
        make_status(build)
        make_feeds(build)
        make_front(build)
        _make_fixed(build)
        files = _make_sitemap(build)
        build.manifest.finish()
        # Last: it reads the pages, and everything else stands where it fails.
        note = _make_search(build)
        return Built(
            days=len(build.days),
            files=files,
            written=build.manifest.written,
            removed=build.manifest.removed,
            units=len(build.manifest.made),
            searchable=search.is_there(folder),
            note=note,
        )


def _make_search(build: Build) -> str | None:
    """Makes the parts of the index whose papers' pages changed; what kept it from being made, or None."""
    if not build.days:
        return None
    if search.program() is None:
        return f"The site has no search, or an old one: {search.MISSING}"
    of_days: dict[str, search.Pages] = {}
    for day in build.days:
        record = build.manifest.record(f"papers/{day}")
        files = record.files if record else {}
        of_days[day] = {path: made for path, made in files.items() if path.startswith("papers/")}
    filled = search.parts_of(of_days)
    if filled:
        search.bring_up_to_date(build.folder, filled)
    return None


def _make_fixed(build: Build) -> None:
    """The style sheet, the scripts, the pages about the site and its search, and what robots are told."""
    options = build.options
    note = read_digest(build.digest_text(build.days[-1])).source_note if build.days else None
    followed = "all of arXiv’s" if options.followed is None else ", ".join(options.categories)
    searchable = search.program() is not None or search.is_there(build.folder)

    def render(writer: Writer) -> None:
        for file in sorted(STATIC.iterdir()):
            writer.write(f"assets/{file.name}", file.read_bytes())
        about = "What these pages show, and how they are made."
        writer.write(
            addresses.ABOUT,
            page(
                "about.html",
                addresses.ABOUT,
                options,
                "About these pages",
                about,
                followed=followed,
                source_note=note,
                language=options.language,
            ),
        )
        writer.write(
            addresses.SEARCH,
            page(
                "search.html",
                addresses.SEARCH,
                options,
                "Search",
                "Search all papers of this site.",
                searchable=searchable,
                why_not=search.MISSING,
            ),
        )
        where = f"Sitemap: {options.url}sitemap.xml\n" if options.url else ""
        writer.write("robots.txt", f"User-agent: *\nAllow: /\nDisallow: /{search.FOLDER}/\n{where}")

    build.make("fixed", (followed, note, searchable), render)


def _make_sitemap(build: Build) -> int:
    """The lists of all pages for robots, one for the days and papers of each month, and the index of the lists; gives
    the number of the site's files.

    A new day changes the list of its month and the one of all other pages. Addresses are absolute where the site has
    one, else they begin at the root of wherever it stands.
    """
    files = 0
    pages: dict[str, list[tuple[str, str | None]]] = {}
    for unit, paths in build.manifest.current():
        files += len(paths)
        kind, _, key = unit.partition("/")
        day = key if kind in ("days", "papers") else None
        listed = pages.setdefault(day[:7] if day else "pages", [])
        listed.extend((path, day) for path in paths if path.endswith(addresses.INDEX))
    base = build.options.url or "/"
    names = []
    for part, listed in sorted(pages.items()):
        for start in range(0, len(listed), SITEMAP_AT_MOST):
            number = f"-{start // SITEMAP_AT_MOST + 1}" if start else ""
            names.append(f"sitemap-{part}{number}.xml")
            some = sorted(listed)[start : start + SITEMAP_AT_MOST]

            def render(writer: Writer, name: str = names[-1], some: Sequence[tuple[str, str | None]] = some) -> None:
                writer.write(name, _sitemap("urlset", "url", base, some))

            build.make(f"sitemap/{names[-1]}", (some,), render)

    def render_index(writer: Writer) -> None:
        writer.write("sitemap.xml", _sitemap("sitemapindex", "sitemap", base, ((name, None) for name in names)))

    build.make("sitemap/index", (names,), render_index)
    return files


def _sitemap(root: str, item: str, base: str, places: Iterable[tuple[str, str | None]]) -> bytes:
    made = etree.Element(f"{{{SITEMAP}}}{root}", nsmap={None: SITEMAP})
    for path, day in places:
        entry = etree.SubElement(made, f"{{{SITEMAP}}}{item}")
        etree.SubElement(entry, f"{{{SITEMAP}}}loc").text = base + addresses.public(path)
        if day:
            etree.SubElement(entry, f"{{{SITEMAP}}}lastmod").text = day
    return bytes(etree.tostring(made, xml_declaration=True, encoding="utf-8", pretty_print=True))
