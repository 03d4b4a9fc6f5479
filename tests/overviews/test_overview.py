"""Pages over an invented year: what stands on them, and how they shrink with what there is to say."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl

from assets.overviews.held import Held
from assets.overviews.json_form import overview_json
from assets.overviews.markdown import overview_markdown
from assets.overviews.parts import Overview, Section, Sentence
from tests.overviews import corpus

ALL = corpus.papers(range(90))
BEFORE = {"loom control": 4, "orchard mapping": 90, "tide reconstruction": 40}


def section(overview: Overview, title: str) -> Section:
    return next(section for section in overview.sections if section.title.startswith(title))


def text(sentences: tuple[Sentence, ...]) -> str:
    return " ".join(sentence.text for sentence in sentences)


def titles(overview: Overview) -> list[str]:
    return [section.title for section in overview.sections]


def test_a_full_year_has_every_section_in_order() -> None:
    overview = corpus.overview(ALL, terms=corpus.terms(ALL, BEFORE))
    assert overview.title == "Overview of 2025: Machine Learning (cs.LG)"
    assert titles(overview) == [
        "Lead",
        "Topics of the year",
        "Results that stand out",
        "Emergent themes",
        "Notable papers",
        "Methodology trends",
        "Industry and real-world adoption",
        "Outlook for 2026",
        "Conclusion",
    ]
    assert overview.verification["problems"] == []


def test_the_lead_counts_primary_papers_and_cross_lists_apart() -> None:
    lead = text(section(corpus.overview(ALL), "Lead").sentences)
    primary = ALL.filter(pl.col("primary_category") == "cs.LG").height
    assert f"This overview covers 90 papers that arXiv announced on {ALL['day'].n_unique()} announcement days" in lead
    assert f"cs.LG is the primary category of {primary} of them; the other {90 - primary} were cross-listed" in lead


def test_every_claim_names_a_paper_or_a_query_and_no_paper_is_shown_twice() -> None:
    overview = corpus.overview(ALL)
    shown: list[str] = []
    for part in overview.sections:
        for sentence in part.sentences:
            assert sentence.kind == "link" or sentence.citations or sentence.queries
            assert set(sentence.queries) <= set(overview.evidence)
            shown += sentence.citations
    assert len(shown) == len(set(shown)) == len(overview.cited) > 20


def test_only_terms_whose_interval_lies_above_one_are_emergent() -> None:
    overview = corpus.overview(ALL, terms=corpus.terms(ALL, BEFORE))
    emergent = text(section(overview, "Emergent").sentences)
    assert "“loom control” went from 2.0 % of the papers in 2024 to 20 % in 2025" in emergent
    assert "1 topic does" in emergent
    assert "orchard mapping" not in emergent
    assert "“orchard mapping” lost ground" in text(section(overview, "Conclusion").sentences)


def test_without_a_year_before_the_halves_of_the_days_are_compared() -> None:
    early = corpus.papers([n for n in range(60) if n % 5 != 3])
    late = corpus.papers([*range(60, 90), *(n for n in range(90, 150) if n % 5 == 3)])
    papers = pl.concat([early, late])
    overview = corpus.overview(papers)
    emergent = text(section(overview, "Emergent").sentences)
    assert "The almanac does not hold 2024, so the days from" in emergent
    assert "“loom control”, absent from the papers of the first half, is mentioned by" in emergent
    assert overview.evidence["comparison"].values["basis"] == "halves"


def test_one_day_without_a_year_before_gives_no_basis_for_trends() -> None:
    papers = ALL.with_columns(pl.lit(corpus.FIRST_DAY).alias("day"))
    overview = corpus.overview(papers)
    assert [s.kind for s in section(overview, "Emergent").sentences] == ["link"]
    assert "single announcement day" in text(section(overview, "Emergent").sentences)


def test_growth_is_claimed_only_between_comparable_whole_years() -> None:
    def lead(**changes: object) -> str:
        return text(section(corpus.overview(ALL, **changes), "Lead").sentences)

    assert "there were more than in 2024: 600 new papers after 300, 2.0 times" in lead(
        category_years=corpus.years(600, 300)
    )
    assert "does not differ from that of 2024 (295)" in lead(category_years=corpus.years(300, 295))
    assert "2024" not in lead(category_years=corpus.years(600, 300, days_before=12))
    assert "2024" not in lead(category_years=corpus.years(600, 300), held=corpus.held_until(dt.date(2025, 6, 1)))
    assert "2024" not in lead(category_years=corpus.years(600))


def test_a_running_year_says_so_far() -> None:
    overview = corpus.overview(ALL, held=corpus.held_until(dt.date(2025, 6, 2)))
    assert overview.title == "Overview of 2025 so far: Machine Learning (cs.LG)"
    assert "As of 2 June 2025" in overview_markdown(overview)


def test_a_year_with_a_gap_is_not_over_and_says_what_is_held() -> None:
    gap = corpus.held_until(dt.date(2025, 12, 31), missing=[dt.date(2025, 4, 1), dt.date(2025, 4, 2)])
    overview = corpus.overview(ALL, held=gap, category_years=corpus.years(600, 300))
    lead = text(section(overview, "Lead").sentences)
    days = len(gap.of)
    assert overview.title == "Overview of 2025 (incomplete): Machine Learning (cs.LG)"
    assert f"the almanac holds {days - 2} of the {days} announcement days of 2025" in lead
    assert "2024" not in lead
    assert overview.verification["problems"] == []


def test_one_last_day_is_no_whole_year() -> None:
    last = corpus.held_until(dt.date(2025, 12, 31)).of[-1]
    held = Held.of_year(2025, [last])
    overview = corpus.overview(ALL.with_columns(pl.lit(last).alias("day")), held=held)
    assert overview.title.startswith("Overview of 2025 (incomplete)")
    assert f"the almanac holds 1 of the {len(held.of)} announcement days of 2025" in text(
        overview.sections[0].sentences
    )


def test_only_whole_months_are_compared() -> None:
    def lead(held: Held) -> str:
        return text(section(corpus.overview(ALL, held=held), "Lead").sentences)

    assert "the fewest" in lead(Held.of_year(2025))
    until_may = lead(corpus.held_until(dt.date(2025, 5, 9)))
    assert "Of the months that the almanac holds whole, " in until_may
    assert "May 2025 brought" not in until_may
    assert "and May 2025 the fewest" not in until_may
    assert "the fewest" not in lead(corpus.held_until(dt.date(2025, 4, 14)))


def test_a_single_paper_gives_a_short_page_in_the_singular() -> None:
    overview = corpus.overview(corpus.papers([1]))
    lead = text(section(overview, "Lead").sentences)
    assert lead == (
        "This overview covers 1 paper that arXiv announced on 4 March 2025 and that carries the category"
        " Machine Learning (cs.LG)."
    )
    assert [work.id for work in overview.cited] == ["2503.00002"]
    assert overview.verification["cut"] == []


def test_no_paper_gives_a_page_that_says_so() -> None:
    for last in (dt.date(2025, 12, 31), dt.date(2025, 6, 2)):
        overview = corpus.overview(corpus.papers([]), held=corpus.held_until(last))
        assert titles(overview) == ["Lead"]
        assert text(overview.sections[0].sentences).startswith("No paper of 2025 that carries Machine Learning (cs.LG)")
        assert overview.verification["cut"] == []
        assert overview_markdown(overview)


def test_papers_without_summaries_still_give_the_numbers() -> None:
    none = corpus.summaries(ALL).clear()
    overview = corpus.overview(ALL, summaries=none)
    assert overview.cited == ()
    assert overview.coverage["summarized"] == 0
    assert "90 papers" in text(section(overview, "Lead").sentences)


def test_a_withdrawn_paper_is_counted_and_not_shown() -> None:
    withdrawn = ALL.with_columns((pl.col("paper_id") == "2503.00001").alias("is_withdrawn"))
    few = withdrawn.head(3)
    overview = corpus.overview(few)
    assert overview.papers == 3
    assert "2503.00001" not in {work.id for work in overview.cited}
    assert len(overview.cited) == 2


def test_a_paper_listed_on_two_days_counts_once() -> None:
    again = ALL.head(5).with_columns(pl.col("day").dt.offset_by("60d"), pl.lit("replace").alias("listing"))
    assert corpus.overview(pl.concat([ALL, again])).papers == 90


def test_replacements_of_earlier_papers_are_no_papers_of_the_year() -> None:
    replaced = corpus.papers(range(90, 110)).with_columns(
        pl.col("paper_id").str.replace("2503", "1903", literal=True), pl.lit("replace").alias("listing")
    )
    overview = corpus.overview(pl.concat([ALL, replaced]))
    assert overview.papers == 90
    assert not [work.id for work in overview.cited if work.id.startswith("1903")]
    assert "This overview covers 90 papers" in text(section(overview, "Lead").sentences)
    cross = replaced.with_columns(pl.lit("cross").alias("listing"))
    assert corpus.overview(pl.concat([ALL, cross])).papers == 110


def test_the_order_of_the_rows_does_not_change_a_byte() -> None:
    first = corpus.overview(ALL)
    shuffled = ALL.sample(fraction=1, shuffle=True, seed=3)
    second = corpus.overview(shuffled, summaries=corpus.summaries(ALL).reverse(), terms=corpus.terms(ALL).reverse())
    assert overview_json(first) == overview_json(second)
    assert overview_markdown(first) == overview_markdown(second)


def test_a_sentence_with_a_number_of_its_own_is_cut_and_published_as_cut() -> None:
    made = corpus.summaries(ALL)
    wrong = pl.col("tldr").str.replace("a method", "7777 methods", literal=True)
    overview = corpus.overview(ALL, summaries=made.with_columns(tldr=wrong))
    assert "7777" not in text(tuple(s for part in overview.sections for s in part.sentences))
    assert any(
        "7777" in cut["text"] and "which none of its sources holds" in cut["reason"]
        for cut in overview.verification["cut"]
    )
    assert overview.verification["numbers_grounded"] == 1.0
    draft = overview.verification["draft"]
    assert draft["citation_recall"] < overview.verification["citation_recall"] == 1.0
    assert draft["numbers_grounded"] < 1.0
    assert "Of the draft, before the cut: recall" in overview_markdown(overview)
    assert f"{len(overview.verification['cut'])} sentences cut" in overview_markdown(overview)


def test_outlook_statements_can_be_scored_from_their_values() -> None:
    overview = corpus.overview(ALL, terms=corpus.terms(ALL, BEFORE))
    statements = [s for s in section(overview, "Outlook").sentences if s.kind == "claim"]
    assert len(statements) == 6
    for sentence in statements:
        values = overview.evidence[sentence.queries[0]].values
        assert values["year"] == 2026
        assert 0 < values["threshold"] <= values["share"] * values["kept"]
        assert f"“{values['term']}”" in sentence.text


def test_nothing_is_said_about_next_year_before_three_months_are_held_whole() -> None:
    assert "Outlook for 2026" in titles(corpus.overview(ALL, held=corpus.held_until(dt.date(2025, 3, 31))))
    assert "Outlook for 2026" not in titles(corpus.overview(ALL, held=corpus.held_until(dt.date(2025, 3, 28))))
    days = [day for day in corpus.held_until(dt.date(2025, 4, 30)).of if day.month in (3, 4)]
    overview = corpus.overview(ALL, held=Held.of_year(2025, days))
    assert "Outlook for 2026" not in titles(overview)
    assert overview.outlook == ()


def test_the_page_counts_the_topics_that_follow() -> None:
    emergent = text(section(corpus.overview(ALL, terms=corpus.terms(ALL, BEFORE)), "Emergent").sentences)
    assert "1 topic does, and it follows." in emergent


def test_the_page_says_how_many_topics_luck_alone_would_lift() -> None:
    overview = corpus.overview(ALL, terms=corpus.terms(ALL, BEFORE))
    compared = overview.evidence["comparison"].values["compared"]
    by_luck = overview.evidence["comparison"].values["by_luck"]
    assert by_luck == round(0.025 * compared, 1)
    told = text(section(overview, "Emergent").sentences)
    assert f"Among {compared} topics compared, luck alone would lift about {by_luck:.1f} over that mark" in told
    assert not any("luck" in cut["text"] for cut in overview.verification["cut"])


def test_coverage_counts_the_papers_of_the_themes_shown() -> None:
    overview = corpus.overview(ALL)
    assert overview.coverage["of"] == 90
    assert overview.coverage["papers"] == 90
    for theme in overview.coverage["themes"]:
        assert set(theme["cited"]) <= {work.id for work in overview.cited}


def test_the_json_follows_the_contract() -> None:
    document = json.loads(overview_json(corpus.overview(ALL)))
    assert {"year", "category", "title", "sections", "cited", "verification", "coverage", "as_of", "made_with"} <= set(
        document
    )
    assert document["schema_version"] == 1
    for part in document["sections"]:
        assert set(part) == {"title", "sentences"}
        for sentence in part["sentences"]:
            assert {"text", "citations", "queries", "kind"} <= set(sentence)
            assert sentence["kind"] in ("claim", "link")
    assert set(document["cited"][0]) == {"id", "title", "authors", "day", "url"}
    assert document["cited"][0]["url"] == f"https://arxiv.org/abs/{document['cited'][0]['id']}"
    assert document["made_with"]["summaries"]
