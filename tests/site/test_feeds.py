"""The feeds: what goes in comes out of a feed reader, in three forms, whatever the texts hold."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import feedparser
import pytest

from assets.site import addresses
from assets.site.feeds import Channel, paper_item, whole_days, write_channel
from assets.site.manifest import Writer
from assets.site.options import Options
from tests.site.conftest import URL, Made
from tests.site.corpus import ATTACKING, DAYS, FOLLOWED, OLD_ID, PENDING, papers

NAMES = ("site", "days", "cs.LG", "stat.ML", "topic-time-keeping")


def ids_of(category: str | None = None) -> set[str]:
    return {row["paper_id"] for row in papers() if category is None or category in row["categories"]}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ending", ["atom", "rss"])
def test_every_feed_is_well_formed_and_its_entries_come_back(made: Made, name: str, ending: str) -> None:
    ET.fromstring(made.page(addresses.feed_file(name, ending)))
    feed = feedparser.parse(made.page(addresses.feed_file(name, ending)))
    assert not feed.bozo
    assert feed.version == {"atom": "atom10", "rss": "rss20"}[ending]
    items = json.loads(made.page(addresses.feed_file(name, "json")))["items"]
    assert [entry.id for entry in feed.entries] == [item["id"] for item in items]
    assert [entry.link for entry in feed.entries] == [item["url"] for item in items]
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) > 0


def test_a_feed_holds_the_papers_of_its_category_with_their_summaries(made: Made) -> None:
    for name, category in (("site", None), ("cs.LG", "cs.LG"), ("stat.ML", "stat.ML")):
        items = json.loads(made.page(addresses.feed_file(name, "json")))["items"]
        places = {URL + addresses.public(addresses.paper_page(paper)) for paper in ids_of(category)}
        assert {item["url"] for item in items} == places
    first = next(item for item in items if item["url"].endswith("2601.53100/"))
    assert first["content_text"] == "A lighthouse keeper's logbook gives the tidal currents of a strait."
    assert first["date_published"] == f"{DAYS[3]}T00:00:00+00:00"


def test_an_entry_says_what_its_summary_is_or_why_there_is_none(made: Made) -> None:
    items = json.loads(made.page("feeds/site.json"))["items"]
    told = {item["url"].removeprefix(f"{URL}papers/").rstrip("/"): item["content_text"] for item in items}
    assert told[OLD_ID].startswith("[extractive] ")
    assert told[PENDING] == "Summary pending: the endpoint answered 429"
    assert told["2601.53100"].startswith("A lighthouse")
    for ending in ("atom", "rss"):
        shown = {entry.link: entry.summary for entry in feedparser.parse(made.page(f"feeds/site.{ending}")).entries}
        assert shown[f"{URL}papers/{PENDING}/"] == told[PENDING]


def test_a_feed_names_the_language_of_its_summaries(tmp_path: Path) -> None:
    channels = [
        Channel("papers", "X", "Of x.", "index.html", [], language="de"),
        Channel("days", "X", "Of x.", "index.html", []),
    ]
    writer = Writer(tmp_path, {})
    for channel in channels:
        write_channel(writer, channel, Options(FOLLOWED, language="de"))
    for name, language in (("papers", "de"), ("days", "en")):
        for ending in ("atom", "rss"):
            assert feedparser.parse((tmp_path / f"feeds/{name}.{ending}").read_bytes()).feed.language == language
        assert json.loads((tmp_path / f"feeds/{name}.json").read_text())["language"] == language


def test_an_attack_in_a_feed_is_text(made: Made) -> None:
    place = URL + addresses.public(addresses.paper_page(ATTACKING))
    for ending in ("atom", "rss"):
        root = ET.fromstring(made.page(addresses.feed_file("site", ending)))
        entry = next(one for one in root.iter() if any(place in (child.text or "", child.get("href")) for child in one))
        texts = [child.text or "" for child in entry]
        assert any(text.startswith("<script>attacked = 1</script>") for text in texts)
        assert {child.tag.rpartition("}")[2] for child in entry.iter()}.isdisjoint({"script", "img", "svg"})


def test_the_days_feed_has_an_entry_for_each_day(made: Made) -> None:
    feed = feedparser.parse(made.page("feeds/days.atom"))
    assert [entry.title.split(":")[0] for entry in feed.entries] == [*reversed(DAYS)]
    assert feed.entries[2].summary == "cs.LG 6, stat.ML 2, replacements 1"


def test_the_list_of_feeds_names_them_all(made: Made) -> None:
    outlines = [element.attrib for element in ET.fromstring(made.page("feeds/feeds.opml")).iter("outline")]
    assert [outline["xmlUrl"] for outline in outlines] == [f"{URL}feeds/{name}.atom" for name in NAMES]
    assert all((made.site / outline["xmlUrl"].removeprefix(URL)).is_file() for outline in outlines)


def test_an_id_does_not_change_with_the_address_of_the_site() -> None:
    given = ("2601.1", "T", "S", ["A"], ["cs.LG"], papers()[0]["day"])
    without, with_url = paper_item(*given, Options(FOLLOWED)), paper_item(*given, Options(FOLLOWED, url=URL))
    assert without.id == with_url.id
    assert without.url == "https://arxiv.org/abs/2601.1"
    assert with_url.url == f"{URL}papers/2601.1/"


def test_a_feed_is_cut_between_days_and_never_inside_the_newest() -> None:
    days = sorted({row["day"] for row in papers()})
    items = [
        paper_item(f"2601.{day.day:02}{number:04}", "T", "S", [], [], day, Options(FOLLOWED))
        for day in days[:3]
        for number in range(600)
    ]
    kept = whole_days(items)
    assert {item.day for item in kept} == {days[2]}
    assert len(kept) == 600
    assert len(whole_days(items[:600] + items[1000:1200])) == 800


def test_a_feed_without_an_address_of_its_own_is_well_formed(tmp_path: Path) -> None:
    row = papers()[0]
    item = paper_item(row["paper_id"], "A\x00\x0b\ufffe", "B\x1b", ["C\x02"], ["cs.LG"], row["day"], Options(FOLLOWED))
    writer = Writer(tmp_path, {})
    write_channel(writer, Channel("x", "X", "Of x.", "index.html", [item]), Options(FOLLOWED))
    write_channel(writer, Channel("empty", "X", "Of x.", "index.html", []), Options(FOLLOWED))
    for ending in ("atom", "rss"):
        assert not feedparser.parse((tmp_path / f"feeds/x.{ending}").read_bytes()).bozo
        assert not feedparser.parse((tmp_path / f"feeds/empty.{ending}").read_bytes()).bozo
    assert json.loads((tmp_path / "feeds/x.json").read_text())["items"][0]["title"] == "A\ufffd\ufffd\ufffd"
