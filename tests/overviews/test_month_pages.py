"""Topic pages and the article of a month, over an invented month."""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from assets.overviews.article import build_article
from assets.overviews.article_model import WORDS
from assets.overviews.article_phrases import common, group_text
from assets.overviews.held import Held
from assets.overviews.month import Month, MonthPage
from assets.overviews.month_checks import article_problems, topic_page_problems
from assets.overviews.month_json import month_document, month_json
from assets.overviews.month_markdown import month_markdown
from assets.overviews.parts import Query
from assets.overviews.rebuilt import page_problems
from assets.overviews.rows import month_row
from assets.overviews.topic_page import TOLD, build_topic_page
from assets.overviews.topics import Link, Topic
from assets.overviews.verify import verify
from assets.papers.schema import PAPERS
from tests.overviews import corpus
from tests.overviews.months import MARCH, NUMBERS, TOPICS, about_papers, month, papers_of, told


@pytest.fixture(scope="module")
def whole() -> Month:
    return month()


@pytest.fixture(scope="module")
def ice(whole: Month) -> MonthPage:
    return build_topic_page(whole, TOPICS[0])


@pytest.fixture(scope="module")
def article(whole: Month) -> MonthPage:
    return build_article(whole)


def faults(page: MonthPage, document: dict[str, Any], of: Month) -> set[str]:
    papers = of.corpus.frame if page.topic is None else of.corpus.frame.filter(of.rows[page.topic.key])
    glosses = [topic.intro for topic in TOPICS]
    evidence = {name: Query(name, **entry) for name, entry in document["evidence"].items()}
    return {fault.rule for fault in verify(document, papers, evidence, glosses).faults}


def test_no_paper_of_the_topic_is_left_out(ice: MonthPage, whole: Month) -> None:
    shown = [work.id for work in (*ice.cited, *ice.also)]
    assert sorted(shown) == sorted(whole.corpus.frame.filter(whole.rows["ice"])["paper_id"])
    assert len(shown) == len(set(shown)) == ice.papers == 32


def test_a_large_topic_tells_of_some_and_lists_the_rest() -> None:
    everything = Topic("all", "All", "All of it.", None, ("cs.LG",), ())
    page = build_topic_page(month(topics=(everything,)), everything)
    assert len(page.cited) == TOLD
    assert len(page.also) == len(NUMBERS) - TOLD
    assert "## Also announced (120)" in month_markdown(page)


def test_papers_stand_newest_first(ice: MonthPage) -> None:
    for works in (ice.cited, ice.also):
        days = [work.day for work in works]
        assert days == sorted(days, reverse=True)


def test_each_paper_has_title_link_day_and_three_authors(ice: MonthPage) -> None:
    page = month_markdown(ice)
    four = next(work for work in ice.cited if len(work.authors) == 4)
    entry = page.split(f"### [{four.title}](https://arxiv.org/abs/{four.id})\n\n")[1].split("\n")[0]
    assert entry == f"{four.day.day} March 2025 · {', '.join(four.authors[:3])} +1"


def test_each_paper_is_told_in_at_most_two_sentences_that_differ(ice: MonthPage, whole: Month) -> None:
    summaries = {row["paper_id"]: row for row in whole.corpus.frame.iter_rows(named=True)}
    by_paper: dict[str, list[str]] = {}
    for sentence in ice.sections[1].sentences:
        by_paper.setdefault(sentence.citations[0], []).append(sentence.text)
    assert by_paper
    for paper, texts in by_paper.items():
        assert len(texts) == len(set(texts)) <= 2
        assert texts[0] in (summaries[paper]["tldr"], summaries[paper]["method"], summaries[paper]["result"])
        assert summaries[paper]["abstract"] not in texts


def test_a_page_says_that_rules_made_it_from_abstracts(ice: MonthPage, article: MonthPage) -> None:
    for page in (ice, article):
        assert "rules wrote it, without a language model" in month_markdown(page)
        assert (
            f"the sentences about {len(about_papers(page))} papers were taken from the paper’s own abstract"
            in page.notice
        )


def test_summaries_of_a_model_are_told_apart_from_extracts() -> None:
    papers = papers_of(range(20))
    made = corpus.summaries(papers).with_columns(
        pl.when(pl.col("paper_id") > "2503.00010").then(pl.lit("complete")).otherwise("status").alias("status"),
        pl.when(pl.col("paper_id") > "2503.00010").then(pl.lit("gpt-x")).otherwise("model").alias("model"),
    )
    page = build_topic_page(month(papers, summaries=made), TOPICS[0])
    assert "a language model (gpt-x)" in page.notice
    assert {"*extractive*", "*complete*"} <= set(re.findall(r"\*(?:extractive|complete)\*", month_markdown(page)))


def test_replacements_are_not_new() -> None:
    papers = papers_of(range(20)).with_columns(listing=pl.lit("replace"))
    page = build_topic_page(month(papers), TOPICS[0])
    assert page.papers == 0
    assert "None of the 0 new papers of March 2025 belongs to “Ice”." in told(page)


def test_a_share_is_compared_only_where_chance_does_not_explain_it() -> None:
    few = papers_of(range(100), dt.date(2025, 2, 3)).with_columns(
        paper_id=pl.col("paper_id").str.replace("2503", "2502", literal=True)
    )
    without_ice = few.filter(~pl.col("abstract").str.contains("glacier"))
    assert "more than chance would do" not in told(build_topic_page(month(before=few), TOPICS[0]))
    risen = told(build_topic_page(month(before=without_ice), TOPICS[0]))
    assert "The share rose from 0 % in February to 20 %" in risen
    assert "“Ice” took a larger share of the papers than in February 2025." in told(
        build_article(month(before=without_ice))
    )


def test_the_article_has_the_promised_length_and_sections(article: MonthPage) -> None:
    assert WORDS[0] <= article.coverage["words"] <= WORDS[1]
    titles = [section.title for section in article.sections]
    assert (titles[0], titles[-1]) == ("The month in brief", "Recommended reading")
    assert 4 <= len(titles) - 2 <= 6


def test_each_area_of_the_article_names_papers_and_numbers(article: MonthPage) -> None:
    for section in article.sections[1:-1]:
        assert sum(bool(sentence.citations) for sentence in section.sentences) >= 2
        assert any(sentence.queries for sentence in section.sentences)


def test_pages_verify_and_say_so(ice: MonthPage, article: MonthPage, whole: Month) -> None:
    for page in (ice, article):
        assert faults(page, month_document(page), whole) == set()
        for figure in ("citations_resolved", "citation_recall", "citation_precision", "numbers_grounded"):
            assert page.verification[figure] == 1.0
        assert "100 % of" in month_markdown(page)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"text": "The authors build 31 bridges over 77 rivers."}, "number"),
        ({"citations": ["2503.99999"]}, "citation"),
        ({"citations": [], "kind": "link"}, "source"),
        ({"text": "Cheese ripens slowly where humid cellars keep summer heat outside."}, "support"),
    ],
)
def test_a_spoilt_entry_of_a_topic_page_is_caught(
    ice: MonthPage, whole: Month, change: dict[str, Any], rule: str
) -> None:
    document = copy.deepcopy(month_document(ice))
    document["sections"][1]["sentences"][0] |= change
    assert rule in faults(ice, document, whole)


def test_a_paper_of_another_topic_does_not_resolve(ice: MonthPage, whole: Month) -> None:
    other = build_topic_page(whole, TOPICS[1])
    document = copy.deepcopy(month_document(ice))
    document["sections"][1]["sentences"][0] = month_document(other)["sections"][1]["sentences"][0]
    assert "citation" in faults(ice, document, whole)


def test_a_month_without_papers_gives_pages_that_say_so() -> None:
    empty = month(PAPERS.empty(), summaries=corpus.summaries(papers_of(range(1))).clear())
    article = build_article(empty)
    assert told(article) == "No new paper of March 2025 in the followed categories is in the almanac."
    assert article.verification["cut"] == []
    assert month_markdown(build_topic_page(empty, TOPICS[0]))


def test_a_running_month_says_so_far() -> None:
    running = month(held=Held(MARCH.of, tuple(day for day in MARCH.of if day <= dt.date(2025, 3, 14))))
    assert build_topic_page(running, TOPICS[0]).title == "What’s new in ice: March 2025 so far"
    assert "March 2025 so far on arXiv" in build_article(running).title


def test_a_month_of_which_only_the_last_day_is_held_says_so() -> None:
    of_the_last_day = papers_of(range(60)).with_columns(pl.lit(dt.date(2025, 3, 31)).alias("day"))
    found = month(of_the_last_day, held=Held(MARCH.of, MARCH.of[-1:]))
    page, article = build_topic_page(found, TOPICS[0]), build_article(found)
    assert page.title == "What’s new in ice: March 2025 (incomplete)"
    assert "Of the 60 new papers that the almanac holds from 1 of the 21 announcement days of March 2025" in told(page)
    assert article.title.startswith("March 2025 (incomplete) on arXiv")
    assert "the almanac holds 1 of the 21 announcement days of the month" in told(article)
    for made in (page, article):
        assert made.verification["cut"] == []


def test_the_order_of_the_rows_does_not_change_a_byte(whole: Month) -> None:
    papers = papers_of(NUMBERS)
    shuffled = month(
        papers.sample(fraction=1, shuffle=True, seed=3), summaries=corpus.summaries(papers).sample(fraction=1, seed=4)
    )
    for make in (build_article, lambda of: build_topic_page(of, TOPICS[0])):
        assert month_json(make(shuffled)) == month_json(make(whole))


def test_the_json_follows_the_contract(ice: MonthPage, article: MonthPage) -> None:
    wanted = {"month", "title", "as_of", "sections", "cited", "verification", "coverage", "made_with", "notice"}
    for page in (ice, article):
        document = json.loads(month_json(page))
        assert wanted <= set(document)
        assert set(document["cited"][0]) == {"id", "title", "authors", "day", "url"}
    assert json.loads(month_json(ice))["topic"] == "ice"


def rendered(page: MonthPage, spoil: Callable[[dict[str, Any]], object] | None = None) -> dict[str, Any]:
    """The page's row, its JSON spoilt."""
    document = json.loads(month_json(page))
    if spoil is not None:
        spoil(document)
    return {**month_row(page), "json": json.dumps(document)}


def invented_query(document: dict[str, Any]) -> None:
    document["evidence"]["x"] = {"description": "d", "source": "SELECT 1", "values": {"n": 412}, "parameters": {}}
    told = {"text": "Of these, 412 were retracted.", "citations": [], "queries": ["x"], "kind": "claim"}
    document["sections"][0]["sentences"].append({**told, "opens_paragraph": False})


SPOILS: dict[str, Callable[[dict[str, Any]], object]] = {
    "another count": lambda d: d["evidence"]["topic: ice"]["values"].update(papers=33),
    "an invented query": invented_query,
    "another title": lambda d: d.update(title="Nonsense"),
    "another day": lambda d: d.update(as_of="1999-01-01"),
    "another number of papers": lambda d: d.update(papers=5),
    "another coverage": lambda d: d["coverage"].update(share=0.5),
    "another notice": lambda d: d.update(notice="Written by a human editor."),
    "another note on the source": lambda d: d.update(source_note="All of it is real."),
    "another verification": lambda d: d["verification"].update(citation_recall=0.1),
    "another writer": lambda d: d["made_with"].update(writer="a human editor"),
    "a section left out": lambda d: d["sections"].pop(),
    "sentences turned round": lambda d: d["sections"][1]["sentences"].reverse(),
    "no sections at all": lambda d: d.pop("sections"),
    "a tail of a sentence": lambda d: d["sections"][1]["sentences"][1].update(
        text=d["sections"][1]["sentences"][1]["text"].rstrip(".") + ", the best of the month."
    ),
}


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
def test_whatever_differs_from_the_month_built_anew_is_a_problem(
    ice: MonthPage, article: MonthPage, whole: Month, spoil: Callable[[dict[str, Any]], object]
) -> None:
    for page, papers in ((ice, whole.corpus.frame.filter(whole.rows["ice"])), (article, whole.corpus.frame)):
        glosses = [topic.intro for topic in TOPICS]
        assert page_problems(rendered(page, spoil), month_row(page), papers, page.evidence, glosses)


def test_pages_as_they_were_made_have_no_problem(ice: MonthPage, article: MonthPage, whole: Month) -> None:
    assert topic_page_problems(whole, TOPICS[0], rendered(ice)) == []
    assert article_problems(whole, rendered(article)) == []
    assert article_problems(month(papers_of(range(100))), rendered(article))


def test_a_spoilt_list_or_link_of_a_topic_page_is_a_problem() -> None:
    everything = Topic("all", "All", "All of it.", Link("A book", "https://example.org"), ("cs.LG",), ())
    found = month(topics=(everything,))
    page = build_topic_page(found, everything)
    assert topic_page_problems(found, everything, rendered(page)) == []
    for spoil in (
        lambda d: d["also"][0].update(title="Buy now", url="https://example.net"),
        lambda d: d["also"].pop(),
        lambda d: d["link"].update(url="https://example.net"),
        lambda d: d["also"].extend(d["cited"]),
    ):
        assert page_problems(rendered(page, spoil), month_row(page), found.corpus.frame, page.evidence, ["All of it."])


def test_a_row_that_differs_from_its_json_is_a_problem(ice: MonthPage, whole: Month) -> None:
    for change in ({"title": "x"}, {"papers": 3}, {"markdown": "# Another page\n"}, {"json": "{"}, {"json": "[]"}):
        papers = whole.corpus.frame.filter(whole.rows["ice"])
        found = page_problems({**rendered(ice), **change}, month_row(ice), papers, ice.evidence, [TOPICS[0].intro])
        assert len(found) == 1


def test_a_phrase_is_named_only_where_a_tenth_of_the_titles_hold_it_and_by_their_number() -> None:
    assert common([("rare words", 3), ("cloud cover", 20), ("thin ice", 31)], 199) == [
        ("thin ice", 31),
        ("cloud cover", 20),
    ]
    assert all(group_text([("thin ice", 31), ("cloud cover", 20)], n).index("thin ice") >= 0 for n in range(5))
    assert not any("Much of it" in group_text([("thin ice", 31), ("cloud cover", 20)], n) for n in range(5))


def test_an_article_without_the_month_before_says_so(article: MonthPage) -> None:
    sentence = "the almanac does not hold the month before"
    assert sentence in told(article)
    before = papers_of(range(100), dt.date(2025, 2, 3)).with_columns(
        paper_id=pl.col("paper_id").str.replace("2503", "2502", literal=True)
    )
    assert sentence not in told(build_article(month(before=before)))


def test_the_heading_says_how_many_are_told(ice: MonthPage) -> None:
    everything = Topic("all", "All", "All of it.", None, ("cs.LG",), ())
    page = build_topic_page(month(topics=(everything,)), everything)
    assert "## New papers: 40 of 160 told" in month_markdown(page)
    assert f"## New papers: {len(ice.cited)} told" in month_markdown(ice)


def test_a_page_without_english_summaries_says_so_and_lists_every_paper() -> None:
    papers = papers_of(range(20))
    chinese = corpus.summaries(papers).with_columns(pl.lit("zh").alias("language"))
    of = month(papers, summaries=chinese)
    page, article = build_topic_page(of, TOPICS[0]), build_article(of)
    for made in (page, article):
        assert "written in another language (zh)" in made.notice
        assert json.loads(month_json(made))["language"] == "en"
    assert (len(page.cited), len(page.also)) == (0, 4)
    assert not about_papers(article)
    assert "another language" not in build_topic_page(month(papers), TOPICS[0]).notice
