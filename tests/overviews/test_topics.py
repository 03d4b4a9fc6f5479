"""The settings file of the topics: what it may hold, and the sentence for every mistake."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from assets.errors import SettingsError
from assets.overviews.topics import DEFAULT, load_topics, members
from tests.overviews import corpus

GOOD = """\
- key: looms
  name: Looms
  intro: Looms are machines that weave.
  link: {title: A book, url: https://example.org/looms}
  categories: [math.IT]
  terms: [loom control]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "topics.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_topics_that_come_with_the_almanac_are_the_eight() -> None:
    topics = load_topics()
    assert [topic.key for topic in topics] == [
        "foundations",
        "language-models",
        "vision",
        "reinforcement-learning",
        "generative-models",
        "graphs-and-time-series",
        "trustworthy-ml",
        "systems",
    ]
    assert all(topic.link and topic.terms for topic in topics)
    assert load_topics(DEFAULT) == topics


def test_a_topic_is_read_with_its_categories_made_canonical(tmp_path: Path) -> None:
    (topic,) = load_topics(written(tmp_path, GOOD))
    assert (topic.key, topic.name, topic.categories, topic.terms) == ("looms", "Looms", ("cs.IT",), ("loom control",))
    assert topic.link is not None
    assert topic.link.url == "https://example.org/looms"


@pytest.mark.parametrize(
    ("change", "line", "told"),
    [
        (("key: looms", "key: Looms!"), 1, "small letters, digits and hyphens"),
        (("  name: Looms\n", ""), 1, "topic 1 needs 'name', a text"),
        (("machines that weave.", "machines with 12 shafts."), 3, "without numbers"),
        (("machines that weave.", "machines"), 3, "whole sentences"),
        (("https://example.org/looms", "example.org"), 4, "begins with http:// or https://"),
        (("math.IT", "math.XX"), 5, "'math.XX' of looms is no category of arXiv's"),
        (("[math.IT]", "math.IT"), 5, "categories of looms must be a list of texts"),
        (("loom control", "'—'"), 6, "holds no word to look for"),
        (("  terms: [loom control]", "  term: [loom control]"), 6, "'term', which is no key"),
        (("  name: Looms", "  name: [Looms"), 3, "this is no YAML"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(tmp_path: Path, change: tuple[str, str], line: int, told: str) -> None:
    assert change[0] in GOOD
    path = written(tmp_path, GOOD.replace(*change))
    with pytest.raises(SettingsError) as error:
        load_topics(path)
    assert str(error.value).startswith(f"{path}, line {line}: ")
    assert told in str(error.value)


def test_a_topic_to_which_no_paper_can_belong_is_refused(tmp_path: Path) -> None:
    bare = "".join(line for line in GOOD.splitlines(True) if "terms" not in line and "categories" not in line)
    with pytest.raises(SettingsError, match="needs categories or terms"):
        load_topics(written(tmp_path, bare))


def test_two_topics_of_one_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"line 7: the key 'looms' is that of the topic on line 1, too"):
        load_topics(written(tmp_path, GOOD + GOOD))


@pytest.mark.parametrize("text", ["", "topics: []", "[]"])
def test_a_file_without_topics_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="there is no topic in it"):
        load_topics(written(tmp_path, text))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"ALMANAC_TOPICS names .*none\.yaml, which cannot be read"):
        load_topics(tmp_path / "none.yaml")


def test_papers_belong_by_category_or_by_a_term_in_any_form(tmp_path: Path) -> None:
    (topic,) = load_topics(written(tmp_path, GOOD))
    papers = pl.concat(
        [
            corpus.papers([0]).with_columns(title=pl.lit("Nothing"), abstract=pl.lit("On Loom-Controls at sea.")),
            corpus.papers([1]).with_columns(
                title=pl.lit("Nothing"), abstract=pl.lit("Bits."), categories=pl.lit(["cs.LG", "cs.IT"])
            ),
            corpus.papers([2]).with_columns(title=pl.lit("Heirloom control"), abstract=pl.lit("Nothing.")),
        ]
    )
    assert members(papers, [topic])["looms"].to_list() == [True, True, False]
