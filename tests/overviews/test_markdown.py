"""The page as Markdown: links, anchors, escaping and the footer."""

from __future__ import annotations

import re

import polars as pl

from assets.digests.attribution import ATTRIBUTION
from assets.overviews.markdown import overview_markdown
from tests.overviews import corpus

PAPERS = corpus.papers(range(40))


def test_every_citation_is_a_link_and_stands_in_the_list() -> None:
    overview = corpus.overview(PAPERS)
    page = overview_markdown(overview)
    body, _, works = page.partition("## Cited works")
    for work in overview.cited:
        assert body.count(f"([{work.id}](https://arxiv.org/abs/{work.id}))") == 1
        assert f"[arXiv:{work.id}](https://arxiv.org/abs/{work.id})" in works


def test_every_number_leads_to_its_query() -> None:
    page = overview_markdown(corpus.overview(PAPERS))
    wanted = set(re.findall(r"\]\(#(number-\d+)\)", page))
    assert wanted
    assert wanted == set(re.findall(r'<a id="(number-\d+)"></a>', page))


def test_text_of_papers_cannot_become_markup_and_mathematics_stays() -> None:
    title = "<img src=x> [click](http://evil.example) **bold** and $a_i < b_i$"
    papers = PAPERS.with_columns(
        pl.when(pl.col("paper_id") == "2503.00002").then(pl.lit(title)).otherwise("title").alias("title")
    )
    page = overview_markdown(corpus.overview(papers.filter(pl.col("paper_id") == "2503.00002")))
    assert "$`a_i < b_i`$" in page
    assert "<img" not in page
    assert "](http://evil" not in page
    assert "**bold**" not in page


def test_a_note_on_the_source_stands_at_the_top() -> None:
    overview = corpus.overview(PAPERS, source_note="All kites here are invented.")
    assert overview_markdown(overview).splitlines()[4] == "> All kites here are invented."
    assert "> " not in overview_markdown(corpus.overview(PAPERS)).splitlines()[4]


def test_the_footer_gives_counts_coverage_verification_and_thanks() -> None:
    page = overview_markdown(corpus.overview(PAPERS))
    assert "40 papers, 40 with a summary" in page
    assert "Coverage: " in page
    assert "Verification: 100 % of" in page
    assert all(sentence in page for sentence in ATTRIBUTION)
