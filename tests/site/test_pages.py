"""The pages: what each says, that they are valid HTML with links that lead somewhere, and that no text breaks them."""

from __future__ import annotations

import datetime as dt
import random
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import html5lib
import polars as pl
import pytest

from assets.digests.attribution import ATTRIBUTION
from assets.digests.digest import Section
from assets.digests.json_form import digest_json
from assets.site import addresses, lists
from assets.site.daily import Neighbours, PaperFacts, day_html, write_papers
from assets.site.documents import read_digest
from assets.site.facts import rows_of
from assets.site.feeds import SITE_FEEDS
from assets.site.manifest import Writer, fingerprint_of
from assets.site.options import Options
from assets.site.related import Window
from assets.site.verify import broken_links, check_site
from tests.digests import rows
from tests.site.conftest import URL, Made
from tests.site.corpus import (
    ATTACK,
    ATTACKING,
    DAYS,
    FORMULAS,
    FREQUENT,
    OLD_ID,
    PENDING,
    REPLACED,
    WITHDRAWN,
    papers,
)

HTML = "{http://www.w3.org/1999/xhtml}"
KINDS = (
    "index.html",
    addresses.DAYS,
    addresses.day_page(DAYS[2]),
    addresses.paper_page(FORMULAS),
    addresses.paper_page(OLD_ID),
    addresses.CATEGORIES,
    addresses.category_page("cs.LG"),
    addresses.category_page("cs.LG", "2026-01"),
    addresses.month_page("2026-01"),
    addresses.year_page(2026),
    addresses.overview_page(2026, "cs.LG"),
    addresses.TOPICS,
    addresses.topic_page("2026-01", "time-keeping"),
    addresses.TRENDS,
    addresses.article_page("2026-01"),
    addresses.AUTHORS,
    addresses.author_page(FREQUENT),
    addresses.STATUS,
    addresses.status_page(2026),
    addresses.SEARCH,
    addresses.ABOUT,
    "feeds/index.html",
)


def parsed(text: str) -> ET.Element:
    """A page as a browser reads it; an error of its markup is an error."""
    return html5lib.HTMLParser(strict=True, tree=html5lib.getTreeBuilder("etree")).parse(text)


def words(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_every_kind_of_page_is_there(made: Made) -> None:
    assert set(KINDS) <= set(made.pages)


def test_every_page_is_valid_html(made: Made) -> None:
    for page in made.pages:
        parsed(made.page(page))


def test_every_link_leads_to_a_page_and_every_day_has_one(made: Made) -> None:
    assert broken_links(made.site, made.pages) == []
    assert check_site(made.site, DAYS) == []


def test_a_broken_link_and_a_missing_page_are_found(made: Made) -> None:
    assert check_site(made.site, [*DAYS, "2026-02-05"])[:1] == ["The day 2026-02-05 has a digest and no page."]
    assert broken_links(made.site, ["nowhere/index.html"]) == ["The page nowhere/index.html is not there."]


def test_every_page_has_its_language_its_title_its_skip_link_and_the_words_that_arxiv_asks_for(made: Made) -> None:
    titles = {}
    for page in made.pages:
        document = parsed(made.page(page))
        assert document.get("lang") == "en"
        titles[page] = document.findtext(f"{HTML}head/{HTML}title")
        assert len([*document.iter(f"{HTML}h1")]) == 1, page
        skip = next(document.iter(f"{HTML}a"))
        assert skip.get("href") == "#content"
        assert all(sentence in words(document) for sentence in ATTRIBUTION)
        assert any(meta.get("property") == "og:title" for meta in document.iter(f"{HTML}meta"))
    front = titles.pop("index.html")
    assert front == titles[addresses.day_page(DAYS[-1])]
    assert len(set(titles.values())) == len(titles)


def test_no_page_holds_a_script_a_style_or_a_handler_of_its_own(made: Made) -> None:
    for page in made.pages:
        for element in parsed(made.page(page)).iter():
            name = str(element.tag).rpartition("}")[2]
            assert name not in ("style", "iframe", "object", "embed", "base"), page
            if name == "script":
                assert str(element.get("src")).startswith(addresses.root_of(page) + "assets/")
                assert element.text is None
            for attribute, value in element.attrib.items():
                assert not attribute.startswith("on"), page
                assert attribute != "style", page
                if attribute in ("href", "src", "action"):
                    assert urlsplit(value).scheme in ("", "https"), (page, value)


def test_an_attack_is_shown_as_it_was_written(made: Made) -> None:
    page = parsed(made.page(addresses.paper_page(ATTACKING)))
    heading = next(page.iter(f"{HTML}h1"))
    assert words(heading).startswith('<script>attacked = 1</script><img src=x onerror="attacked = 1">"\'>')
    assert "{{ 7 * 7 }} {% raw %} &lt;b&gt; &amp;" in words(heading)
    for field in ("Journal", "DOI", "Licence", "Comment"):
        assert field in words(page)
    assert {str(element.tag).rpartition("}")[2] for element in heading.iter()} <= {"h1", "math", "mtext", "mrow", "mi"}
    assert ATTACK.split("$")[0].strip() in words(parsed(made.page(addresses.day_page(DAYS[2]))))


def test_a_day_shows_every_paper_once_with_its_counts(made: Made) -> None:
    for day in DAYS:
        text = made.page(addresses.day_page(day))
        listed = [row["paper_id"] for row in papers() if row["day"].isoformat() == day]
        for paper in listed:
            assert text.count(f'id="{addresses.anchor("paper", paper)}"') == 1
        assert text.count('<article class="paper"') == len(listed)
    assert "<strong>8 papers</strong>: cs.LG 6, stat.ML 2; 0 cross-lists; 1 replacement of earlier papers" in made.page(
        addresses.day_page(DAYS[2])
    )


def test_what_a_reader_must_know_of_a_paper_is_labelled(made: Made) -> None:
    day = made.page(addresses.day_page(DAYS[2]))
    assert "<strong>Summary pending:</strong> the endpoint answered 429" in day
    assert '<span class="label warn">withdrawn</span>' in made.page(addresses.paper_page(WITHDRAWN))
    assert f"https://arxiv.org/pdf/{WITHDRAWN}" not in day
    assert f"https://arxiv.org/pdf/{PENDING}" in day
    assert ">extractive</span>" in made.page(addresses.paper_page(OLD_ID))
    assert ">extractive</span> marks 1 summary" in made.page(addresses.day_page(DAYS[1]))


def test_an_old_id_has_a_safe_path(made: Made) -> None:
    assert (made.site / "papers/math/0101001/index.html").is_file()
    for odd in ("../../etc/passwd", "a/b/c", "..", "", "x" * 300, "math/..", "a b", "é"):
        path = addresses.paper_page(odd)
        assert path.startswith("papers/")
        assert path.endswith("/index.html")
        assert re.fullmatch(r"[A-Za-z0-9._/-]+", path)
        assert ".." not in path


def test_a_replaced_paper_has_one_page_with_its_latest_version_and_all_its_days(made: Made) -> None:
    page = words(parsed(made.page(addresses.paper_page(REPLACED))))
    assert "Bees that count to eight" in page
    assert f"{DAYS[0]} (new), {DAYS[2]} (replaced by a new version)" in page
    assert "v1 (2026-01-27 09:00 UTC), v2 (2026-01-29 09:00 UTC)" in page


def test_a_paper_is_to_be_cited(made: Made) -> None:
    page = made.page(addresses.paper_page(OLD_ID))
    assert "@misc{" in page
    assert "eprint = {math/0101001}" in page
    assert 'id="citation"' in page
    assert "10.5555/knot.1" in page
    assert made.page(addresses.day_file(DAYS[1], "bib")).count("@misc{") == 5


def test_related_papers_share_rare_terms_and_are_of_the_days_before(made: Made) -> None:
    page = parsed(made.page(addresses.paper_page("2601.53100")))
    links = next(item for item in page.iter(f"{HTML}ul") if item.get("class") == "related")
    related = [words(item) for item in links]
    assert [item.split(" number ")[0] for item in related[:3]] == ["On tidal"] * 3
    assert any(item.startswith("On kelp") for item in related[3:])
    assert not any("gnomon" in item for item in related)
    first = parsed(made.page(addresses.paper_page("2601.50100")))
    days = [
        words(item).split()[-1]
        for lists in first.iter(f"{HTML}ul")
        if lists.get("class") == "related"
        for item in lists
    ]
    assert set(days) == {DAYS[0]}


def test_a_paper_has_those_beside_it_that_use_its_words_and_a_day_without_papers_has_none() -> None:
    window = Window()
    for day, titles in (
        ("2026-01-28", ["Tidal currents of a strait", "Kelp bends in a current"]),
        ("2026-01-29", []),
        ("2026-01-30", ["Tidal strait currents measured", "A proof of the four colour theorem"]),
    ):
        papers_of_day = [
            rows.paper(f"2601.{day[-2:]}{place:03}", day=dt.date.fromisoformat(day), title=title, abstract=f"{title}.")
            for place, title in enumerate(titles)
        ]
        digest = replace(rows.digest_of([]), day=dt.date.fromisoformat(day))
        sections = tuple(
            Section("cs.LG", "primary", tuple(replace(entry, paper_id=row["paper_id"]) for entry in made.entries))
            for row in papers_of_day
            for made in [rows.digest_of([{**row, "day": rows.DAY}], [rows.summary(row["paper_id"], keywords=[])])]
        )
        window.add(read_digest(digest_json(replace(digest, sections=sections))))
        if not titles:
            assert window.related() == {}
    assert window.related() == {"2601.30000": [("2601.28000", "Tidal currents of a strait", "2026-01-28")]}


def test_an_author_of_three_papers_has_a_page_and_is_linked_from_the_third_on(made: Made) -> None:
    assert "16 papers on this site" in words(parsed(made.page(addresses.author_page(FREQUENT))))
    third = addresses.author_page("Bo Li")
    assert third not in made.page(addresses.paper_page(OLD_ID))
    assert third in made.page(addresses.paper_page(WITHDRAWN))
    assert addresses.paper_page(OLD_ID) in made.page(third)
    assert not (made.site / addresses.author_page("Ann 9")).exists()


def test_days_without_announcement_and_missing_days_are_shown_as_such(made: Made) -> None:
    january = made.page(addresses.month_page("2026-01"))
    assert re.search(r'<td class="none" title="no announcement: [^"]+">31', january)
    february = made.page(addresses.month_page("2026-02"))
    assert re.search(r'<td class="missing" title="Tuesday, 3 February 2026: announced, but not made here">3', february)
    status = words(parsed(made.page(addresses.STATUS)))
    assert "1 day of that time is missing" in status
    assert "2026-02-03" in status


def test_the_neighbours_of_a_day_are_linked(made: Made) -> None:
    text = made.page(addresses.day_page(DAYS[2]))
    assert f'<link rel="prev" href="../../{addresses.day_page(DAYS[1])}">' in text
    assert f'<link rel="next" href="../../{addresses.day_page(DAYS[3])}">' in text
    assert 'rel="next"' not in made.page(addresses.day_page(DAYS[-1]))


def test_what_an_overview_cites_is_linked_to_its_page_here_or_at_arxiv(made: Made) -> None:
    text = made.page(addresses.overview_page(2026, "cs.LG"))
    assert f'href="../../../{addresses.paper_page(OLD_ID)}"' in text
    assert 'href="https://arxiv.org/abs/2501.99999"' in text
    assert "SELECT 1 &lt; 2" in text
    assert "2 claims and 2 citations: claims with a source 100%" in text


def test_plots_have_words_and_their_data(made: Made) -> None:
    page = made.page(addresses.TRENDS)
    document = parsed(page)
    drawings = [*document.iter("{http://www.w3.org/2000/svg}svg")]
    assert len(drawings) == 4
    for drawing in drawings:
        named = str(drawing.get("aria-labelledby")).split()
        texts = {child.get("id"): child.text for child in drawing}
        assert drawing.get("role") == "img"
        assert all(texts[name] for name in named)
    days = made.page("trends/papers-per-day.csv").splitlines()
    assert days[0] == "day,category,papers"
    assert f"{DAYS[0]},cs.LG,5" in days
    assert "<b>gnomon</b>" in made.page("trends/terms-cs-lg.csv")


def test_the_canonical_address_and_the_sitemap_are_absolute(made: Made) -> None:
    assert f'<link rel="canonical" href="{URL}days/{DAYS[0]}/">' in made.page(addresses.day_page(DAYS[0]))
    assert f'<link rel="canonical" href="{URL}days/{DAYS[-1]}/">' in made.page("index.html")
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

    def places(name: str) -> list[str]:
        return [str(place.text) for place in ET.fromstring(made.page(name)).iter(f"{space}loc")]

    lists_of = {place.removeprefix(URL): places(place.removeprefix(URL)) for place in places("sitemap.xml")}
    assert [*lists_of] == ["sitemap-2026-01.xml", "sitemap-2026-02.xml", "sitemap-pages.xml"]
    assert all(
        day[:7] == "2026-02" for day in re.findall(r"/days/([0-9-]+)/", " ".join(lists_of["sitemap-2026-02.xml"]))
    )
    named = [place for some in lists_of.values() for place in some]
    assert sorted(named) == sorted(URL + addresses.public(page) for page in made.pages)
    assert f"Sitemap: {URL}sitemap.xml" in made.page("robots.txt")


@pytest.mark.parametrize("name", ["cs.LG", "2026-01-30", "time-keeping"])
def test_a_harmless_name_is_its_own_path(name: str) -> None:
    assert addresses.segment(name) == name


def day_of(
    papers: list[dict[str, Any]], summaries: list[dict[str, Any]] | None = None, language: str = "en", **changes: Any
) -> str:
    """The page of a day with these papers."""
    digest = rows.digest_of(papers, summaries, language=language, **changes)
    options = Options(rows.FOLLOWED, language=language)
    return day_html(read_digest(digest_json(digest)), Neighbours(None, None), options, SITE_FEEDS)


def test_no_page_tells_where_on_the_machine_a_rejected_record_was() -> None:
    rejected = [rows.rejection(3, source_ref="/home/ada/private/listing.jsonl:4")]
    page = words(parsed(day_of([rows.paper("2601.00001")], rejected=rejected)))
    assert "without an id (listing.jsonl:4), not_empty: The record has no categories" in page
    assert "private" not in page


def test_summaries_in_another_language_are_marked_with_it_and_nothing_else_is(tmp_path: Path) -> None:
    made = [rows.summary("2601.00001", language="de", tldr="Ein Befund.", motivation="Warum es zählt.")]
    digest = read_digest(digest_json(rows.digest_of([rows.paper("2601.00001")], made, language="de")))
    options = Options(rows.FOLLOWED, language="de")
    writer = Writer(tmp_path, {})
    facts = PaperFacts({}, frozenset(), {})
    write_papers(writer, digest, options, frozenset({"2601.00001"}), facts)
    lists.write_category_month(writer, "cs.LG", "2026-01", rows_of(digest), (None, None), fingerprint_of, options)
    own = (tmp_path / addresses.paper_page("2601.00001")).read_text()
    listed = (tmp_path / addresses.category_page("cs.LG", "2026-01")).read_text()
    for text in (day_of([rows.paper("2601.00001")], made, "de"), own, listed):
        page = parsed(text)
        assert page.get("lang") == "en"
        marked = [element for element in page.iter() if element.get("lang") == "de"]
        assert {"Ein Befund."} <= {words(element) for element in marked}
        assert {element.get("dir") for element in marked} == {"auto"}
        assert "We study the matter" not in " ".join(map(words, marked))
    assert 'lang="de"' not in day_of([rows.paper("2601.00001")])


def test_the_labels_of_fields_are_no_words_of_a_paper_in_the_search(made: Made) -> None:
    page = parsed(made.page(addresses.paper_page(OLD_ID)))
    fields = next(element for element in page.iter(f"{HTML}dl") if element.get("class") == "fields")
    for label in fields.iter(f"{HTML}dt"):
        assert label.get("data-pagefind-ignore") is not None
        # Else the label and the word after it would be one.
        assert (label.tail or "").isspace()


def test_a_short_list_says_why_a_paper_has_no_summary(made: Made) -> None:
    page = words(parsed(made.page(addresses.category_page("stat.ML", "2026-01"))))
    assert "Summary pending: the endpoint answered 429" in page


def test_a_category_s_month_goes_up_in_time_and_cuts_no_day(tmp_path: Path) -> None:
    papers_of_day = 100
    facts = pl.concat(
        rows_of(read_digest(digest_json(rows.digest_of([rows.paper("2601.00001")])))).select(
            pl.lit(dt.date(2026, 1, day)).alias("day"),
            pl.int_range(papers_of_day, dtype=pl.Int32).alias("position"),
            pl.format("2601.{}", pl.int_range(day * 1000, day * 1000 + papers_of_day)).alias("paper_id"),
            pl.exclude("day", "position", "paper_id").first(),
        )
        for day in (26, 27, 28, 29, 30)
    )
    beside, options = ("2025-12", None), Options(rows.FOLLOWED)
    before = Writer(tmp_path, {})
    until = facts.filter(pl.col("day") < dt.date(2026, 1, 30))
    lists.write_category_month(before, "cs.LG", "2026-01", until, beside, fingerprint_of, options)
    writer = Writer(tmp_path, before.files, before.inputs)
    lists.write_category_month(writer, "cs.LG", "2026-01", facts, beside, fingerprint_of, options)
    found = []
    for number in (1, 2, 3):
        page = parsed((tmp_path / addresses.category_page("cs.LG", "2026-01", number)).read_text())
        found.append([words(heading) for heading in page.iter(f"{HTML}h2")])
    assert found == [
        ["Monday, 26 January 2026 100", "Tuesday, 27 January 2026 100"],
        ["Wednesday, 28 January 2026 100", "Thursday, 29 January 2026 100"],
        ["Friday, 30 January 2026 100"],
    ]
    assert len(writer.files) == 3
    assert (before.written, writer.written) == (2, 2)  # the new page, and the one that leads to it


def test_a_large_day_leaves_abstracts_and_then_fields_to_the_papers_pages_and_says_so() -> None:
    chance = random.Random(3)

    def text(words: int) -> str:
        return " ".join("".join(chance.choices("abcdefghijklmnop", k=7)) for _ in range(words)).capitalize() + "."

    def page_of(number: int) -> str:
        ids = [f"2601.{place:05}" for place in range(1, number + 1)]
        made = [
            rows.summary(one, **{name: text(25) for name in ("tldr", "motivation", "method", "result", "practical")})
            for one in ids
        ]
        return day_of([rows.paper(one, abstract=text(170)) for one in ids], made)

    small, large, huge = page_of(40), page_of(230), page_of(600)
    assert small.count("<dt>Abstract</dt>") == 40
    assert "on its own page, behind the title" not in small
    assert (large.count("<dt>Abstract</dt>"), large.count("<dt>Method</dt>")) == (0, 230)
    assert "The abstract of each paper stands on its own page, behind the title: this day has many papers." in large
    assert (huge.count("<dt>Method</dt>"), huge.count('<article class="paper"')) == (0, 600)
    assert "Fields and abstract of each paper stand on its own page, behind the title" in huge


def test_a_topic_page_tells_each_paper_below_its_title_and_lists_the_others(made: Made) -> None:
    page = html5lib.parse(made.page(addresses.topic_page("2026-01", "time-keeping")), namespaceHTMLElements=False)
    (entry,) = page.findall(".//section[@class='paper entry']")
    assert "".join(entry.find("h3").itertext()) == "An old knot"
    words = " ".join("".join(entry.itertext()).split())
    assert "Bo Li" in words
    assert "extractive" in words
    assert words.index("An old knot") < words.index("Knots keep time.") < words.index("So be it.")
    text = "".join(page.itertext())
    assert "Rules wrote this page." in text
    assert "A listed knot" in text
    assert [a.text for a in page.iter("a") if a.get("href") == "https://example.org/clocks"] == ["A course on clocks"]
