"""A digest as a mail: what stands in it, and that no text of a paper does anything there."""

from __future__ import annotations

import json
import re
from email.headerregistry import Address
from html.parser import HTMLParser
from typing import Any

import pytest

from assets.digests.attribution import ATTRIBUTION
from assets.digests.digest import Digest
from assets.digests.json_form import digest_json
from assets.errors import AlmanacError
from assets.mail.message import WIDTH, digest_mail, mail_address, mail_html, mail_text, recipients
from assets.preferences import Reader
from tests.digests.marts import opened
from tests.digests.rows import digest_of, paper, rejection, summary
from tests.digests.test_escaping import ATTACKS

ADA = Address("Ada Ono", addr_spec="ada@example.org")
SENDER = Address("Preprint Almanac", addr_spec="almanac@example.org")


class Page(HTMLParser):
    """The tags, links and words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data


def document(digest: Digest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(digest_json(digest))
    return found


ROWS = [
    paper("2601.00001", title=r"Sorting in $O(n^{2})$ for \$5", comment="Code: https://github.com/ono/trees?a=1&b=2"),
    paper("2601.00002", "math.ST", "cs.LG"),
]


def test_a_mail_is_text_and_html_of_the_same_digest() -> None:
    message = digest_mail(document(opened(digest_of(ROWS))), SENDER, ADA)
    assert message["Subject"] == "Preprint Almanac: Friday, 30 January 2026: 1 paper, 1 cross-list"
    assert message["To"] == "Ada Ono <ada@example.org>"
    assert message["From"] == "Preprint Almanac <almanac@example.org>"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert not list(message.iter_attachments())
    for part in message.iter_parts():
        words = " ".join(re.sub("<[^>]+>", " ", part.get_content()).split())
        assert "Sorting in O(n²) for $5" in words
        assert "1 new paper in the categories followed." in words
        assert "Short of 2601.00001." in words
        assert "Why 2601.00002." in words
        assert all(sentence in words for sentence in ATTRIBUTION)
        assert all(len(line) <= 998 for line in part.as_string().splitlines())


def test_a_summary_in_another_language_is_marked_with_it() -> None:
    made = [summary("2601.00001", language="de", tldr="Ein Befund.")]
    html = mail_html(document(digest_of([paper("2601.00001")], made, language="de")))
    assert '<html lang="en">' in html
    assert '<span lang="de" dir="auto">Ein Befund.</span>' in html


def test_the_html_loads_nothing_and_links_to_arxiv_and_code() -> None:
    page = Page(mail_html(document(digest_of(ROWS))))
    assert set(page.tags).isdisjoint({"img", "script", "style", "link", "iframe", "form"})
    assert page.attributes <= {"lang", "dir", "charset", "name", "content", "style", "href"}
    assert "https://arxiv.org/abs/2601.00001v1" in page.links
    assert "https://arxiv.org/pdf/2601.00002v1" in page.links
    assert "https://github.com/ono/trees?a=1&b=2" in page.links


def test_of_a_long_day_the_mail_has_all_tldrs_and_leaves_the_rest_to_the_links() -> None:
    rows = [paper(f"2601.{number:05}") for number in range(1, 61)]
    for text in (mail_text(document(digest_of(rows))), Page(mail_html(document(digest_of(rows)))).words):
        assert all(f"Short of {row['paper_id']}." in text for row in rows)
        assert "Why 2601.00001." not in text
        assert "Abstracts and all fields are behind the links." in text


def test_status_reader_and_ledger_are_told() -> None:
    rows = [paper("2601.00001"), paper("2601.00002"), paper("2601.00003", title="Quantum"), paper("2601.00004")]
    made = [
        summary("2601.00001", status="pending", reason="quota used up", tldr=None),
        summary("2601.00002", status="extractive", method=None, reason="method: not stated"),
    ]
    reader = Reader(include=("matter",), exclude=("quantum",))
    digest = digest_of(rows, made, [rejection(9)], reader=reader, source_note="Invented.")
    text = mail_text(document(digest))
    assert "Invented." in text
    assert "Summary pending: quota used up" in text
    assert "cs.LG · extractive" in text
    assert "No Method: method: not stated" in text
    assert "Extractive: sentences of the paper's own abstract" in text
    assert "You follow: matter" in text
    assert "1 excluded by your terms" in " ".join(text.split())


def test_text_lines_are_short_but_for_addresses() -> None:
    rows = [paper("2601.00001", title="word " * 60, authors=[f"Author Number {number}" for number in range(30)])]
    for line in mail_text(document(digest_of(rows))).splitlines():
        assert len(line) <= WIDTH or "://" in line


def test_an_empty_day_is_a_mail_that_says_so() -> None:
    message = digest_mail(document(digest_of([])), SENDER, ADA)
    assert message["Subject"].endswith("0 papers, 0 cross-lists")
    assert "No papers in the categories followed." in mail_text(document(digest_of([])))


def test_no_attack_in_any_field_is_anything_but_text() -> None:
    clean = Page(mail_html(document(digest_of([paper("2601.00001")], [summary("2601.00001")])))).tags
    for attack in (*ATTACKS, "{{ 7 * 7 }}", "{% raw %}", '" onclick="x', "a\r\nBcc: eve@example.org"):
        texts = dict.fromkeys(("title", "abstract", "comment", "journal_ref"), attack)
        fields = dict.fromkeys(("tldr", "motivation", "method", "result", "practical", "reason", "model"), attack)
        rows = [paper("2601.00001", authors=[attack], source=attack, **texts)]
        made = [summary("2601.00001", keywords=[attack], **fields)]
        digest = digest_of(rows, made, source_note=None)
        page = Page(mail_html(document(digest)))
        assert set(page.tags) <= set(clean)
        assert page.attributes <= {"lang", "dir", "charset", "name", "content", "style", "href"}
        code = [address for entry in digest.entries for address in entry.code]
        assert all(link.startswith("https://arxiv.org/") or link in code for link in page.links)
        message = digest_mail(document(digest), SENDER, ADA)
        assert message["Bcc"] is None
        assert set(message.keys()) == {
            *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type")
        }


@pytest.mark.parametrize(
    "text", ["", "ada", "ada@", "@x.org", "ada@x.org\nBcc: eve@x.org", "a b@x.org", "<ada@x.org", "ada@x.org>", "a@b@c"]
)
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(AlmanacError, match="--to is"):
        mail_address(text, "--to")


def test_addresses_may_be_named_repeated_and_listed() -> None:
    found = recipients(["Ada Ono <ada@example.org>, bo@example.org", "ADA@example.org"])
    assert [str(address) for address in found] == ["Ada Ono <ada@example.org>", "bo@example.org"]
    with pytest.raises(AlmanacError, match="--to names no address"):
        recipients([" , "])


def test_a_mail_leads_to_the_days_page_where_that_has_an_address() -> None:
    address = "https://example.org/almanac/days/2026-01-30/?a=1&b=2"
    message = digest_mail(document(digest_of(ROWS)), SENDER, ADA, address)
    text, html = (part.get_content() for part in message.iter_parts())
    assert f"On the web: {address}\n" in text
    assert address in Page(html).links
    without = digest_mail(document(digest_of(ROWS)), SENDER, ADA)
    assert "On the web" not in "".join(part.get_content() for part in without.iter_parts())
