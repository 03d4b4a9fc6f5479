"""A day's digest as a mail: HTML and plain text of the same, made from the digest's JSON.

Mail programs set no mathematics and often show no style sheet, so mathematics is in letters and styles are few. No
text of a paper or a model reaches the HTML as anything but text: the template escapes all of it, and every address
is made by links.py or has passed code_links.py. Nothing is loaded from elsewhere.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from functools import cache
from textwrap import fill
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from assets import categories
from assets.digests.code_links import destination, shown
from assets.digests.digest import PRODUCT
from assets.digests.markdown import LABELS
from assets.digests.plain import plain
from assets.digests.wording import author_list, count, listed, long_date
from assets.errors import AlmanacError
from assets.summaries.fields import REQUIRED_FIELDS, TEXT_FIELDS

WHOLE_AT_MOST = 40
"""Papers of a day whose fields are all in the mail; of more, the TL;DR is there and the rest a link away."""

WIDTH = 76

_ADDRESS = re.compile(r"(?:(?P<name>[^<>]*)<(?P<named>[^<>\s]+)>|(?P<bare>[^<>\s]+))")
_MARK = re.compile(r"(?:\* |\d+\. )")
"""What begins an item of a list: the lines after its first stand behind it."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

Document = Mapping[str, Any]


def mail_address(text: str, where: str) -> Address:
    """An address as "ada@example.org" or "Ada Ono <ada@example.org>".

    Raises AlmanacError, which names `where` it was given, for anything else: a line break can start no header.
    """
    match = None if _CONTROL.search(text) else _ADDRESS.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        address = Address((match["name"] or "").strip().strip('"'), addr_spec=match["named"] or match["bare"])
    except (MessageError, ValueError, IndexError):
        address = Address()
    if not address.username or not address.domain:
        raise AlmanacError(
            f"{where} is {text!r}, which is no mail address: write ada@example.org or Ada Ono <ada@example.org>."
        )
    return address


def digest_mail(document: Document, sender: Address, recipient: Address, page: str | None = None) -> EmailMessage:
    """The mail of a digest's JSON to one recipient, alone named in it; `page` is the address of the day's page."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject(document)
    message["From"] = sender
    message["To"] = recipient
    message["Date"] = format_datetime(dt.datetime.now(dt.UTC))
    message["Message-ID"] = make_msgid(domain=sender.domain)
    message["Auto-Submitted"] = "auto-generated"  # so that nobody's absence note answers
    message.set_content(mail_text(document, page))
    message.add_alternative(mail_html(document, page), subtype="html")
    return message


def subject(document: Document) -> str:
    """Date and counts: "Preprint Almanac: Friday, 30 January 2026: 227 papers, 82 cross-lists"."""
    counts = document["counts"]
    told = [count(counts["papers"], "paper"), count(counts["cross_lists"], "cross-list")]
    if counts["replacements"]:
        told.append(count(counts["replacements"], "replacement"))
    return f"{PRODUCT}: {long_date(_day(document))}: {', '.join(told)}"


def mail_html(document: Document, page: str | None = None) -> str:
    """The digest as one page of HTML for mail programs."""
    return str(_template().render(mail=mail_content(document, page)))


def mail_text(document: Document, page: str | None = None) -> str:
    """The digest as plain text, lines of at most WIDTH characters but for addresses."""
    mail = mail_content(document, page)
    blocks = [mail["title"], f"On the web: {page}" if page else "", mail["note"], mail["opening"]]
    if mail["highlights"]:
        blocks.append("Highlights")
        blocks += [f"* {one['title']}: {one['reason']}\n  {one['url']}" for one in mail["highlights"]]
    for section in mail["sections"]:
        blocks.append(f"{section['name']} ({section['size']})\n{'-' * min(WIDTH, len(section['name']) + 6)}")
        blocks += ["\n".join(_lines(paper)) for paper in section["papers"]]
    blocks += ["-- ", *mail["foot"]]
    return "\n\n".join(_wrapped(block) for block in blocks if block) + "\n"


def mail_content(document: Document, page: str | None = None) -> dict[str, Any]:
    """What a mail says, in plain letters: title, opening, highlights, sections with their papers, foot.

    Of a large day it says where the rest is: on the day's page where that has an address, else on arXiv.
    """
    papers = {paper["id"]: paper for section in document["sections"] for paper in section["papers"]}
    whole = len(papers) <= WHOLE_AT_MOST
    counts = document["counts"]
    opening = " ".join(plain(sentence["text"]) for sentence in document["opening"]["sentences"])
    return {
        "language": document["language"],
        "title": plain(document["title"]),
        "page": page,
        "note": plain(document["source_note"] or ""),
        "opening": opening or ("" if papers else "No papers in the categories followed."),
        "highlights": [
            {
                "title": plain(papers[one["id"]]["title"]),
                "url": papers[one["id"]]["url"],
                "reason": plain(one["reason"]),
            }
            for one in document["opening"]["highlights"]
        ],
        "sections": [
            {
                "name": _section_name(section),
                "size": len(section["papers"]),
                "papers": [_paper(number, paper, whole) for number, paper in enumerate(section["papers"], start=1)],
            }
            for section in document["sections"]
        ],
        "foot": [
            f"{count(counts['listed'], 'record')} listed = {count(counts['papers'], 'paper')} + "
            f"{count(counts['cross_lists'], 'cross-list')} + {count(counts['replacements'], 'replacement')} + "
            f"{counts['not_followed']:,} in none of the categories followed + {counts['excluded']:,} excluded by your "
            f"terms + {counts['rejected']:,} rejected.",
            *(
                [
                    ""
                    if whole
                    else f"Abstracts and all fields are behind the links{' and on the web page' if page else ''}."
                ]
            ),
            "Extractive: sentences of the paper's own abstract, chosen by rules; no model wrote them."
            if counts["status"].get("extractive")
            else "",
            " ".join(document["attribution"]),
        ],
    }


def _paper(number: int, paper: Document, whole: bool) -> dict[str, Any]:
    summary = paper["summary"]
    reason = plain(paper["reason"] or "no reason was recorded")
    lacking = listed([LABELS[name] for name in REQUIRED_FIELDS if not summary[name]])
    lack = f"No {lacking}: {reason}" if lacking else ""
    if paper["status"] == "pending":
        lack = f"Summary pending: {reason}"
    fields = [(LABELS[name], plain(summary[name])) for name in TEXT_FIELDS if summary[name]]
    marks = [mark for mark in (paper["status"],) if mark in ("extractive", "pending", "repaired")]
    marks += ["withdrawn"] * paper["is_withdrawn"] + ["replacement"] * paper["listing"].startswith("replace")
    followed = [*paper["followed_authors"], *paper["followed_terms"]]
    return {
        "number": number,
        "title": plain(paper["title"]),
        "url": paper["url"],
        "pdf_url": None if paper["is_withdrawn"] else paper["pdf_url"],
        "html_url": None if paper["is_withdrawn"] else paper["html_url"],
        "authors": author_list([plain(author) for author in paper["authors"]]),
        "facts": [", ".join(paper["categories"]), *marks],
        "followed": ", ".join(plain(name) for name in followed),
        "lack": lack,
        "tldr": plain(summary["tldr"] or ""),
        "fields": [field for field in fields if field[0] != LABELS["tldr"]] if whole else [],
        "code": [{"url": destination(address), "text": shown(address)} for address in paper["code"]],
    }


def _section_name(section: Document) -> str:
    kinds = {"cross-list": "Cross-lists from other categories", "replacement": "Replacements of earlier papers"}
    if section["kind"] in kinds:
        return kinds[section["kind"]]
    try:
        return f"{section['category']} · {categories.name(section['category'])}"
    except KeyError:
        return str(section["category"])


def _lines(paper: Document) -> Iterator[str]:
    yield f"{paper['number']}. {paper['title']}"
    yield f"   {paper['authors']}"
    yield f"   {' · '.join(fact for fact in paper['facts'] if fact)}"
    if paper["followed"]:
        yield f"   You follow: {paper['followed']}"
    if paper["lack"]:
        yield f"   {paper['lack']}"
    if paper["tldr"]:
        yield f"   {paper['tldr']}"
    for label, text in paper["fields"]:
        yield f"   {label}: {text}"
    yield from (f"   {address['url']}" for address in paper["code"])
    yield f"   {paper['url']}"


def _wrapped(block: str) -> str:
    return "\n".join(_filled(line) for line in block.split("\n"))


def _filled(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip(" "))]
    if len(line) <= WIDTH:
        return line
    mark = _MARK.match(line)
    return fill(
        line.strip(),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=" " * len(mark[0]) if mark else indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _day(document: Document) -> dt.date:
    return dt.date.fromisoformat(document["day"])


@cache
def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("assets.mail"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("digest.html.j2")


def recipients(given: Iterable[str], where: str = "--to") -> list[Address]:
    """The addresses of an option that may be repeated or hold several with commas, each once; `where` names it.

    Raises AlmanacError for one that is none, and where there is none.
    """
    found: dict[str, Address] = {}
    for text in given:
        for part in text.split(","):
            if part.strip():
                address = mail_address(part, where)
                found.setdefault(address.addr_spec.casefold(), address)
    if not found:
        raise AlmanacError(f"{where} names no address: write {where} ada@example.org.")
    return list(found.values())
