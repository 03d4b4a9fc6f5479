"""Which of the mart's terms become topics of the page."""

from __future__ import annotations

import polars as pl

from assets.overviews.held import Held
from assets.overviews.material import Material
from assets.overviews.parts import Inputs
from assets.overviews.themes import find_themes
from assets.papers.schema import PAPERS
from assets.summaries.schema import SUMMARIES
from tests.overviews import corpus


def topics(titles_and_abstracts: list[tuple[str, str]], terms: list[str]) -> list[str]:
    """The leading topics of invented papers when the mart holds the given terms."""
    papers = PAPERS.frame(
        [corpus.paper(n, title=title, abstract=abstract) for n, (title, abstract) in enumerate(titles_and_abstracts)]
    )
    rows = [corpus.term(name, 10, papers.height) for name in terms]
    mart = pl.DataFrame(rows, schema=corpus.TERM_TYPES)
    months, years = corpus.months(papers), corpus.years(papers.height)
    inputs = Inputs(2025, "cs.LG", papers, SUMMARIES.empty(), months, years, mart, Held.of_year(2025))
    themes = find_themes(Material(inputs), 10, 5)
    return [themes.label(trend.term) for trend in themes.leading]


def test_a_topic_is_what_titles_name() -> None:
    papers = [
        (f"{word.capitalize()} kite strings", f"It shows how {word} kite strings leave room for future research.")
        for word in ("red", "long", "old", "wet", "new", "dry")
    ]
    assert topics(papers, ["kite strings", "future research"]) == ["kite strings"]


def test_a_piece_of_a_longer_phrase_is_no_topic() -> None:
    papers = [("Northern kite strings", "All about northern kite strings.")] * 12
    assert topics(papers, ["northern kite"]) == []


def test_the_name_of_the_category_is_no_topic() -> None:
    assert topics([("Machine learning for kites", "Machine learning helps.")] * 12, ["machine learning"]) == []


def test_an_acronym_is_a_topic_in_its_own_spelling_and_a_systems_name_is_none() -> None:
    papers = [(f"Kites and {'KNT' if n % 2 else 'wind'} for all", "How KNT matters to LOFTY kites.") for n in range(12)]
    named = [(f"LOFTY: {title}", abstract) for title, abstract in papers]
    assert topics(named, ["knt", "lofty"]) == ["KNT"]


def test_where_the_mart_is_empty_pairs_of_title_words_are_counted() -> None:
    papers = corpus.papers(range(60))
    overview = corpus.overview(papers, terms=corpus.terms(papers).clear())
    found = [query for name, query in overview.evidence.items() if name.startswith("topic: ")]
    primary = papers.filter(pl.col("primary_category") == "cs.LG")
    assert found
    for query in found:
        mentions = primary["abstract"].str.to_lowercase().str.contains(query.values["term"].lower(), literal=True)
        assert query.values["papers"] == mentions.sum()
        assert "FROM papers" in query.source
