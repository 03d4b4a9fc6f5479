"""Checks of a site against the days that it should hold, and of its links: reads only what stands in its folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag

from assets.site import addresses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

NEWEST = 3
"""Days whose pages, with those of their papers, are read for their links."""

_LINK = re.compile(r"""\s(?:href|src)="([^"]*)\"""")
_ANCHOR = re.compile(r"""\sid="([^"]*)\"""")


def check_site(site: Path, days: Sequence[str]) -> list[str]:
    """What is wrong with a site, given the days that have a digest; in sentences, none where all is well."""
    problems = [
        f"The day {day} has a digest and no page." for day in days if not (site / addresses.day_page(day)).is_file()
    ]
    if not (site / addresses.INDEX).is_file():
        problems.append("There is no front page.")
    return problems + broken_links(site, newest_pages(site, days))


def newest_pages(site: Path, days: Sequence[str]) -> Iterator[str]:
    """The pages of the newest days and of what they link to, and the indexes."""
    found = {addresses.INDEX, *(addresses.day_page(day) for day in days[-NEWEST:])}
    found.update(path.relative_to(site).as_posix() for path in site.glob(f"*/{addresses.INDEX}"))
    for page in sorted(found):
        yield page
    linked = {target for page in found for target, _ in links_of(site, page) if target.endswith(addresses.INDEX)}
    for page in sorted(linked - found):
        yield page


def links_of(site: Path, page: str) -> Iterator[tuple[str, str]]:
    """The links of a page that stay in the site: the file each leads to, from the site's folder, and its fragment."""
    try:
        text = (site / page).read_text(encoding="utf-8")
    except OSError:
        return
    for link in _LINK.findall(text):
        target, fragment = urldefrag(link.replace("&amp;", "&"))
        if "://" in target or target.startswith(("mailto:", "urn:")):
            continue
        parts = page.split("/")[:-1]
        for part in unquote(target.partition("?")[0]).split("/") if target else []:
            if part == "..":
                parts = parts[:-1] if parts else [".."]
            elif part not in ("", "."):
                parts.append(part)
        yield ("/".join(parts) if target else page), fragment


def broken_links(site: Path, pages: Iterable[str]) -> list[str]:
    """The links of some pages that lead to no file, or to no element of one."""
    anchors: dict[str, set[str]] = {}
    problems = []
    for page in pages:
        if not (site / page).is_file():
            problems.append(f"The page {page} is not there.")
            continue
        for target, fragment in set(links_of(site, page)):
            if not (site / target).is_file():
                problems.append(f"{page} links to {target}, which is not there.")
            elif fragment and target.endswith(".html"):
                if target not in anchors:
                    anchors[target] = set(_ANCHOR.findall((site / target).read_text(encoding="utf-8")))
                if fragment not in anchors[target]:
                    problems.append(f"{page} links to #{fragment} of {target}, which has no such element.")
    return problems
