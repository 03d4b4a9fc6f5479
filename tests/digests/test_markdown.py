import re
from typing import Any

import pytest

from assets.digests.attribution import ATTRIBUTION
from assets.digests.code_links import destination
from assets.digests.digest import Digest
from assets.digests.json_form import digest_json
from assets.digests.markdown import digest_markdown, paper_anchor, section_anchor
from assets.digests.verify import check_markdown
from assets.preferences import Reader
from tests.digests.reading import read
from tests.digests.rows import digest_of, paper, rejection, summary
from tests.digests.test_escaping import ATTACKS, letters

OWN_HTML = re.compile(
    r'<details><summary>[A-Z][A-Za-z, ]*</summary>|</details>|<a id="[a-z0-9-]+">|</a>|<span>|</span>'
)
OWN_LINKS = re.compile(r"https://arxiv\.org/(?:abs|pdf|html)/[\w./~-]+|#[a-z0-9-]+|2026-01-30\.(?:md|json|bib)")


def strange_links(digest: Digest, links: list[str]) -> list[str]:
    """The links of a page that lead neither to arXiv, nor into the page, nor to code that a paper names."""
    code = {destination(address) for entry in digest.entries for address in entry.code}
    return [link for link in links if link not in code and not OWN_LINKS.fullmatch(re.sub("%[0-9A-F]{2}", "", link))]


def page(*rows: dict[str, Any], **arguments: Any) -> str:
    return digest_markdown(digest_of(list(rows), **arguments))


def block(markdown: str, number: int) -> str:
    """The part of the page about the paper with this number, up to the next heading."""
    start = markdown.index(f"</a>{number}. [")
    return re.split(r"\n##|\n---", markdown[start:])[0]


def test_the_page_opens_with_its_date_its_data_and_its_counts() -> None:
    text = page(
        paper("2601.00001"),
        paper("2601.00002", "stat.ML"),
        paper("2601.00003", "math.ST", "cs.LG"),
        rejected=[rejection(3), rejection(4, "duplicate")],
    )
    assert text.startswith("# Preprint Almanac: Friday, 30 January 2026\n")
    assert "[as JSON](2026-01-30.json)" in text
    assert "**2 papers**: cs.LG 1, stat.ML 1; **1 cross-list**; 2 records rejected (duplicate 1, not_empty 1)" in text


def test_the_contents_list_each_section_with_its_count_and_lead_to_it() -> None:
    text = page(paper("2601.00001"), paper("2601.00002"), paper("2601.00003", "math.ST", "cs.LG"))
    assert "- [cs.LG · Machine Learning](#category-cs-lg) (2)\n" in text
    assert '## <a id="category-cs-lg"></a>cs.LG · Machine Learning (2)\n' in text
    assert "(#category-cross-lists) (1)" in text
    assert "No paper of the day has its primary category in stat.ML." in text


def test_a_paper_shows_title_authors_categories_and_links() -> None:
    text = block(page(paper("2601.00001", "cs.LG", "stat.ML", version=2)), 1)
    assert text.startswith("</a>1. [Of paper 2601.00001](https://arxiv.org/abs/2601.00001v2)\n")
    assert "\nAda Ono, Bo Li and Čeněk Dvořák\n" in text
    assert "\ncs.LG, stat.ML · [abstract v2](https://arxiv.org/abs/2601.00001v2)" in text
    assert "[PDF](https://arxiv.org/pdf/2601.00001v2) · [HTML](https://arxiv.org/html/2601.00001v2)" in text


def test_the_tldr_is_open_and_the_rest_is_folded_in_order() -> None:
    text = block(page(paper("2601.00001")), 1)
    before, folded = text.split("<details>")
    assert "**TL;DR** Short of 2601.00001." in before
    labels = ["Motivation", "Method", "Result", "In practice", "Keywords", "Abstract"]
    assert folded.startswith(f"<summary>{', '.join(labels)}</summary>\n\n")
    assert re.findall(r"^\*\*(.+?)\*\*", folded, re.MULTILINE) == labels
    assert folded.rstrip().endswith("\n\n</details>")


def test_what_the_abstract_does_not_state_is_left_out() -> None:
    text = page(paper("2601.00001"))
    assert "Conclusion" not in text
    assert "not stated" not in text


def test_numbers_start_again_in_each_section_so_that_the_last_is_the_count() -> None:
    text = page(paper("2601.00001"), paper("2601.00002"), paper("2601.00003", "stat.ML"))
    assert re.findall(r"^### <a id=\"[^\"]+\"></a>(\d+)\.", text, re.MULTILINE) == ["1", "2", "1"]


def test_a_collaboration_is_cut_with_the_number_of_the_rest() -> None:
    text = page(paper("2601.00001", authors=[f"Author {number}" for number in range(12)]))
    assert "Author 8, Author 9 +2\n" in text


def test_an_extractive_summary_is_labelled_at_the_paper_and_explained_on_the_page() -> None:
    text = page(paper("2601.00001"), summaries=[summary("2601.00001", status="extractive")])
    assert " · *extractive*\n" in block(text, 1)
    assert "*extractive* marks 1 summary: sentences of the paper's own abstract" in text
    assert "*extractive* marks" not in page(paper("2601.00001"))


def test_a_pending_summary_says_why() -> None:
    pending = {"status": "pending", "reason": "daily quota used up (429).", "tldr": None, "method": None}
    text = block(page(paper("2601.00001"), summaries=[summary("2601.00001", **pending)]), 1)
    assert " · *pending*\n" in text
    assert "**Summary pending:** daily quota used up (429)." in text
    assert "**TL;DR**" not in text


def test_a_required_field_that_is_missing_says_why() -> None:
    text = page(
        paper("2601.00001"),
        summaries=[summary("2601.00001", status="extractive", result=None, reason="result: not stated")],
    )
    assert "**No Result:** result: not stated" in text


def test_a_withdrawn_paper_is_labelled_shows_the_comment_and_links_to_no_text() -> None:
    text = block(page(paper("2601.00001", is_withdrawn=True, comment="Withdrawn: Lemma 2 is wrong.")), 1)
    assert "(https://arxiv.org/abs/2601.00001v1) (withdrawn)\n" in text
    assert "**Comment:** Withdrawn: Lemma 2 is wrong." in text
    assert "PDF" not in text
    assert "HTML" not in text


def test_a_replacement_is_labelled() -> None:
    assert " · replacement" in page(paper("2601.00001", listing="replace"))
    assert "replacement" not in page(paper("2601.00001"))


def test_the_paragraphs_of_an_abstract_are_kept() -> None:
    assert "**Abstract** One.\n\nTwo.\n\n</details>" in page(paper("2601.00001", abstract="One.\n\nTwo."))


def test_the_note_on_the_source_comes_first() -> None:
    text = page(paper("2601.00001"), source_note="These papers are invented.")
    assert text.split("\n\n")[1] == "> **Note:** These papers are invented."


def test_the_foot_says_what_was_listed_kept_and_rejected_from_where_and_by_what() -> None:
    text = page(
        paper("2601.00001"),
        paper("2601.00002", "hep-th"),
        rejected=[rejection(number, paper_id=f"2601.1000{number}" if number else None) for number in range(2)],
    )
    foot = text.split('## <a id="about">')[1]
    assert "4 records listed = 1 paper + 0 cross-lists + 1 in none of the categories followed + 2 rejected." in foot
    assert "- without an id (file.jsonl, line 1), not_empty: The record has no categories" in foot
    assert "- 2601.10001 (file.jsonl, line 2)" in foot
    assert "Source: snapshot." in foot
    assert "1 summary (language: en): complete 1. Made by: a-model 1." in foot
    assert all(sentence in foot for sentence in ATTRIBUTION)


def test_of_many_rejected_records_the_page_names_some_and_counts_the_rest() -> None:
    text = page(rejected=[rejection(number) for number in range(64)])
    assert text.count("- without an id") == 20
    assert "- and 44 more, all in the JSON" in text


def test_a_day_that_was_told_and_not_listed_says_so() -> None:
    assert "the source names no announcement day" in page(paper("2601.00001", announced_by="id order"))
    assert "the source names no announcement day" not in page(paper("2601.00001"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({}, "**No papers.** The source listed nothing in the categories followed for Friday, 30 January 2026."),
        ({"rejected": [rejection(0)]}, "none is shown here: 1 rejected."),
        ({"rejected": [rejection(0)], "rows": [paper("2601.1", "hep-th")]}, "1 in none of the categories followed and"),
    ],
)
def test_an_empty_day_says_that_it_is_empty_and_why(arguments: dict[str, Any], sentence: str) -> None:
    rows = arguments.pop("rows", [])
    text = page(*rows, **arguments)
    assert sentence in text
    assert "## Contents" not in text
    assert all(each in text for each in ATTRIBUTION)


def test_the_same_inputs_give_the_same_bytes() -> None:
    rows = [paper("2601.00001"), paper("2601.00002", "math.ST", "stat.ML")]
    assert page(*rows) == page(*rows)


def test_anchors_hold_nothing_but_small_letters_digits_and_hyphens() -> None:
    assert section_anchor("cs.LG") == "category-cs-lg"
    assert paper_anchor("hep-th/9901001") == "paper-hep-th-9901001"
    assert paper_anchor('"><script>') == "paper--script-"


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_in_any_field_reaches_the_reader_as_anything_but_text(attack: str) -> None:
    texts = ("title", "abstract", "comment", "journal_ref", "doi", "license")
    fields = ("tldr", "motivation", "method", "result", "conclusion", "practical", "reason", "model")
    rows = [
        paper(
            "2601.00001",
            authors=[attack, "B", attack],
            listing=attack,
            source=attack,
            announced_by=attack,
            **dict.fromkeys(texts, attack),
        ),
        paper("2601.00002", attack, "cs.LG"),
        paper(attack),
    ]
    made = summary("2601.00001", keywords=[attack, attack], **dict.fromkeys(fields, attack))
    pending = summary("2601.00002", status="pending", reason=attack, tldr=None)
    told = rejection(0, attack, paper_id=attack, reason=attack, source_ref=attack, field=attack)
    for followed in (frozenset({"cs.LG", attack}), frozenset({"cs.LG"}), None):
        reader = Reader(include=(attack,), authors=(attack,), exclude=("nothing that is there", attack + " nowhere"))
        digest = digest_of(rows, [made, pending], [told], followed, source_note=attack, reader=reader)
        text = digest_markdown(digest)
        reading = read(text)
        assert [html for html in reading.html if not OWN_HTML.fullmatch(html)] == []
        assert strange_links(digest, reading.links) == []
        assert "image" not in reading.marks
        assert "s" not in reading.marks
        assert set(reading.blocks) <= {
            *("heading", "paragraph", "blockquote", "bullet_list", "list_item", "hr", "html_block")
        }
        assert reading.blocks.count("hr") == 1
        assert reading.blocks.count("heading") == 3 + len(digest.sections) + len(digest.entries)
        assert letters(reading.words).count(letters(attack)) >= 12
        assert check_markdown(text, digest_json(digest)) == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_excluded_paper_and_its_term_are_text(attack: str) -> None:
    term = f"{attack} juniper"
    rows = [paper("2601.00001", title=term), paper("2601.00002")]
    digest = digest_of(rows, reader=Reader(exclude=(term,)))
    assert [one.paper_id for one in digest.excluded] == ["2601.00001"]
    reading = read(digest_markdown(digest))
    assert [html for html in reading.html if not OWN_HTML.fullmatch(html)] == []
    assert strange_links(digest, reading.links) == []
    assert letters(reading.words).count(letters(term)) == 2


def test_code_is_linked_by_its_address() -> None:
    comment = "Code: https://github.com/ono/trees_2?a=1&lt=2 and https://ono.github.io/x_(y)."
    text = page(paper("2601.00001", comment=comment))
    assert (
        "**Code:** [github.com/ono/trees_2?a=1&amp;lt=2](https://github.com/ono/trees_2?a=1&amp;lt=2), "
        r"[ono.github.io/x\_(y)](https://ono.github.io/x_%28y%29)"
    ) in text
    assert "https://github.com/ono/trees_2?a=1&lt=2" in read(text).links
    assert "**Code:**" not in page(paper("2601.00001"))
