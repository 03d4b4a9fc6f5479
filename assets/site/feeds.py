"""The feeds: Atom, RSS and JSON Feed of the newest papers, of the days, and a list of them all (OPML).

An entry holds the summary, never the whole abstract. Its id is a UUID made from arXiv's address of the paper, so it
stays the same whether or not the site has an address of its own. Without one, an entry links to the paper at arXiv.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from feedgen.feed import FeedGenerator
from lxml import etree  # type: ignore[import-untyped]

from assets.digests.digest import PRODUCT
from assets.digests.links import ARXIV, abstract_url
from assets.digests.markdown import STATUS_NOTES
from assets.digests.plain import plain
from assets.site import addresses
from assets.site.options import Options
from assets.site.shell import PAGE_LANGUAGE, Feed, category_name, page, without_tldr
from assets.site.texts import brief, legal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assets.site.manifest import Writer

TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}

PAPER_DAYS = 5
"""Announcement days whose papers a feed holds: a reader that looks once a week misses none."""

PAPERS_AT_MOST = 1_000
"""Papers of a feed; where more were announced in its days, the oldest days are left out, never a part of a day."""

DAYS_AT_MOST = 30
SUMMARY_AT_MOST = 700

SITE = "site"
DAILY = "days"


@dataclass(frozen=True)
class Item:
    """An entry of a feed."""

    id: str
    title: str
    url: str
    summary: str
    day: dt.date
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Channel:
    """A feed: its name in addresses, what it is called, the page that it belongs to, its entries."""

    name: str
    title: str
    description: str
    page: str
    items: Sequence[Item]
    language: str = PAGE_LANGUAGE
    """Language of the summaries of its entries."""

    @property
    def forms(self) -> list[tuple[str, str]]:
        """Its forms with their files, as a page names them."""
        return [
            (ending.upper() if ending != "atom" else "Atom", addresses.feed_file(self.name, ending)) for ending in TYPES
        ]


def feeds_of(name: str, title: str) -> tuple[Feed, ...]:
    """The forms of a feed for the head of a page."""
    shown = {"atom": "Atom", "rss": "RSS", "json": "JSON"}
    return tuple(
        Feed(f"{title} ({shown[ending]})", addresses.feed_file(name, ending), kind, shown[ending])
        for ending, kind in TYPES.items()
    )


SITE_FEEDS = (*feeds_of(SITE, "New papers"), *feeds_of(DAILY, "Announcement days"))


def category_feed(category: str) -> str:
    """The name of a category's feed."""
    return addresses.segment(category)


def topic_feed(topic: str) -> str:
    """The name of a topic's feed."""
    return f"topic-{addresses.segment(topic)}"


def paper_item(
    paper_id: str, title: str, summary: str, authors: Sequence[str], categories: Sequence[str], day: dt.date,
    options: Options,
) -> Item:  # fmt: skip
    """The entry of a paper; `summary` is what `told` gives."""
    at_arxiv = abstract_url(paper_id, None)
    return Item(
        id=uuid.uuid5(uuid.NAMESPACE_URL, at_arxiv).urn,
        title=plain(legal(title)),
        url=options.url + addresses.public(addresses.paper_page(paper_id)) if options.url else at_arxiv,
        summary=legal(summary),
        day=day,
        authors=tuple(legal(author) for author in authors),
        categories=tuple(categories),
    )


def told(tldr: str | None, status: str, reason: str | None) -> str:
    """The summary of a paper as an entry tells it: with its label, or why there is none."""
    label = f"[{status}] " if status in STATUS_NOTES else ""
    return label + brief(tldr, SUMMARY_AT_MOST) if tldr else without_tldr(status, reason)


def page_item(path: str, title: str, summary: str, day: dt.date, options: Options) -> Item:
    """The entry of a page of the site's own: a day, a topic of a month."""
    return Item(
        id=uuid.uuid5(uuid.NAMESPACE_URL, f"preprint-almanac/{path}").urn,
        title=legal(title),
        url=options.url + addresses.public(path) if options.url else f"{ARXIV}/",
        summary=brief(summary, SUMMARY_AT_MOST),
        day=day,
    )


def whole_days(items: Sequence[Item]) -> list[Item]:
    """The entries, the newest first, without the oldest days where they are too many; the newest day is there whole."""
    kept: list[Item] = []
    for day in sorted({item.day for item in items}, reverse=True):
        of_day = [item for item in items if item.day == day]
        if kept and len(kept) + len(of_day) > PAPERS_AT_MOST:
            break
        kept += of_day
    return kept


def write_channel(writer: Writer, channel: Channel, options: Options) -> None:
    """Writes a feed in its three forms."""
    atom, rss = _xml_forms(channel, options)
    writer.write(addresses.feed_file(channel.name, "atom"), atom)
    writer.write(addresses.feed_file(channel.name, "rss"), rss)
    writer.write(addresses.feed_file(channel.name, "json"), _json_form(channel, options))


def write_list(writer: Writer, channels: Sequence[Channel], options: Options) -> None:
    """Writes the page of all feeds and their OPML."""
    path = f"feeds/{addresses.INDEX}"
    writer.write(
        path, page("feeds.html", path, options, "Feeds", "All feeds of this site.", list=channels, feeds=SITE_FEEDS)
    )
    outline = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(outline, "head"), "title").text = f"Feeds of {PRODUCT}"
    body = etree.SubElement(outline, "body")
    for channel in channels:
        file = addresses.feed_file(channel.name, "atom")
        etree.SubElement(
            body,
            "outline",
            type="rss",
            text=channel.title,
            title=channel.title,
            xmlUrl=options.url + file if options.url else file.removeprefix("feeds/"),
            htmlUrl=options.url + addresses.public(channel.page) if options.url else f"../{channel.page}",
        )
    writer.write("feeds/feeds.opml", etree.tostring(outline, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _xml_forms(channel: Channel, options: Options) -> tuple[bytes, bytes]:
    newest = max((item.day for item in channel.items), default=dt.date(1991, 8, 14))
    made = FeedGenerator()
    made.id(uuid.uuid5(uuid.NAMESPACE_URL, f"preprint-almanac/feeds/{channel.name}").urn)
    made.title(channel.title)
    made.description(channel.description)
    made.subtitle(channel.description)
    made.language(channel.language)
    made.author(name=PRODUCT)
    made.generator(PRODUCT)
    made.updated(_midnight(newest))
    made.lastBuildDate(_midnight(newest))
    made.link(
        href=options.url + addresses.public(channel.page) if options.url else f"../{channel.page}", rel="alternate"
    )
    for item in channel.items:
        entry = made.add_entry(order="append")
        entry.id(item.id)
        entry.guid(item.id, permalink=False)
        entry.title(item.title)
        entry.link(href=item.url)
        entry.summary(item.summary)
        entry.published(_midnight(item.day))
        entry.updated(_midnight(item.day))
        for author in item.authors[:20]:
            entry.author(name=author)
        for category in item.categories:
            entry.category(term=category)
    if options.url:
        # RSS shows the last link, Atom each with its relation.
        atom_link = {"href": options.url + addresses.feed_file(channel.name, "atom"), "rel": "self"}
        made.link([atom_link, *made.link()], replace=True)
    return made.atom_str(pretty=True), made.rss_str(pretty=True)


def _json_form(channel: Channel, options: Options) -> str:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.description,
        "language": channel.language,
        **(
            {
                "home_page_url": options.url + addresses.public(channel.page),
                "feed_url": options.url + addresses.feed_file(channel.name, "json"),
            }
            if options.url
            else {}
        ),
        "authors": [{"name": PRODUCT}],
        "items": [
            {
                "id": item.id,
                "url": item.url,
                "title": item.title,
                "content_text": item.summary,
                "date_published": _midnight(item.day).isoformat(),
                **({"authors": [{"name": author} for author in item.authors[:20]]} if item.authors else {}),
                **({"tags": list(item.categories)} if item.categories else {}),
            }
            for item in channel.items
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


def _midnight(day: dt.date) -> dt.datetime:
    """The time that stands for an announcement day."""
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def category_title(category: str) -> str:
    """What the feed of a category is called."""
    return f"{PRODUCT}: {category_name(category)}"
