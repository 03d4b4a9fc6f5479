"""The groups of a year's papers: the same at every run, named, and represented by cited papers."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from assets.overviews.clusters import FEWEST_PAPERS, find_clusters, group_count
from assets.overviews.distinctive import Titles, stem
from assets.overviews.held import Held
from assets.overviews.markdown import overview_markdown
from assets.overviews.material import Corpus, Material
from assets.overviews.mentions import mention
from assets.overviews.parts import Draft, Inputs
from assets.overviews.year_topics import year_topics
from tests.overviews import corpus

PAPERS = corpus.papers(range(90))
SUMMARIES = corpus.summaries(PAPERS)


def test_each_paper_is_in_one_group() -> None:
    clusters = find_clusters(Corpus(PAPERS, SUMMARIES))
    assert sorted(row for cluster in clusters for row in cluster.rows) == list(range(90))
    assert len(clusters) == group_count(90) == 4
    assert [len(c.rows) for c in clusters] == sorted((len(c.rows) for c in clusters), reverse=True)


def test_a_rerun_over_rows_in_another_order_gives_the_same_groups() -> None:
    again = Corpus(PAPERS.sample(fraction=1, shuffle=True, seed=8), SUMMARIES.reverse())
    assert find_clusters(again) == find_clusters(Corpus(PAPERS, SUMMARIES))


def test_groups_follow_the_subjects_of_the_papers() -> None:
    made = Corpus(PAPERS, SUMMARIES)
    for cluster in find_clusters(made):
        subjects = [made.frame["title"][row].split(": ")[1].split()[0] for row in cluster.rows]
        # Five subjects in four groups: no subject is torn apart.
        for subject in set(subjects):
            assert subjects.count(subject) == 18


def test_addresses_and_stock_phrases_do_not_make_groups() -> None:
    noise = " Extensive experiments demonstrate state-of-the-art results. Code is available at https://x.org/{}."
    noisy = PAPERS.with_columns(abstract=PAPERS["abstract"] + "".join(noise.format(n) for n in range(3)))
    assert [c.rows for c in find_clusters(Corpus(noisy, SUMMARIES))] == [
        c.rows for c in find_clusters(Corpus(PAPERS, SUMMARIES))
    ]


def test_few_papers_give_no_groups() -> None:
    few = PAPERS.head(FEWEST_PAPERS - 1)
    assert find_clusters(Corpus(few, SUMMARIES)) == []


def test_papers_whose_words_tell_none_apart_are_no_groups_and_have_a_page() -> None:
    same = PAPERS.head(40).with_columns(title=pl.lit("Looms for graphs"), abstract=pl.lit("We weave graphs on looms."))
    assert find_clusters(Corpus(same, SUMMARIES)) == []
    assert corpus.overview(same).papers == 40


def test_every_large_group_is_represented_and_the_page_prints_the_coverage() -> None:
    overview = corpus.overview(PAPERS)
    cited = {work.id for work in overview.cited}
    assert all(set(group["cited"]) <= cited and group["cited"] for group in overview.coverage["clusters"])
    assert overview.coverage["share"] == 1.0
    assert "100 % of the papers are in one of the 4 groups (of 4)" in overview_markdown(overview)


def test_no_paper_is_an_example_twice() -> None:
    overview = corpus.overview(PAPERS)
    shown = [paper for part in overview.sections for sentence in part.sentences for paper in sentence.citations]
    assert len(shown) == len(set(shown)) > 30


def test_a_group_is_named_by_whole_phrases_of_its_own() -> None:
    titles = [
        f"{one} glacier forecasting with sensors" for one in ("Sparse", "Dense", "Quick", "Slow", "Old", "Warm")
    ] + [f"Convolutional neural networks for harp {n}" for n in "uvwxyz"]
    found = Titles(titles)
    assert found.distinctive(range(6), 2)[0] == ("glacier forecasting", 6)
    assert not any("convolutional neural" in name for name, _ in found.distinctive(range(6, 12), 3))
    assert found.distinctive(range(6), 2, without=["glacier forecasting"]) == []


def test_a_group_is_named_by_terms_that_a_third_of_it_mentions_and_by_no_twins() -> None:
    made = Corpus(PAPERS, SUMMARIES)
    clusters = find_clusters(made)
    assert any(cluster.terms for cluster in clusters)
    for cluster in clusters:
        marks = mention(made.texts.gather(list(cluster.rows)), cluster.terms)
        assert all(int(marks[term].sum()) * 3 >= len(cluster.rows) for term in cluster.terms)
    words = [stem(word) for cluster in clusters for term in cluster.terms for word in term.lower().split()]
    assert len(words) == len(set(words))


def test_names_keep_the_capitals_that_titles_give_them() -> None:
    titles = Titles(["LLM agents for Gaussian fields", "An LLM that plans", "Attention in agents"])
    assert [titles.spelled(word, range(3)) for word in ("llm", "gaussian", "attention", "unseen")] == [
        "LLM",
        "Gaussian",
        "attention",
        "unseen",
    ]


def test_a_short_plural_is_no_other_name() -> None:
    llm = PAPERS.with_columns(
        pl.concat_str("abstract", pl.lit(" LLM LLMs with LLMs and one LLM.")),
        pl.concat_str("title", pl.lit(" for LLMs and an LLM")),
    )
    for cluster in find_clusters(Corpus(llm, SUMMARIES)):
        assert sum("LLM" in term for term in cluster.terms) <= 1


def test_a_group_without_a_common_term_is_called_mixed() -> None:
    made = Material(Inputs(2025, "cs.LG", PAPERS, SUMMARIES, *[PAPERS.clear()] * 3, Held.of_year(2025)))
    named = find_clusters(made)
    section = year_topics(made, Draft(), [replace(cluster, terms=()) for cluster in named])
    told = " ".join(sentence.text for sentence in section.sentences)
    assert "A mixed group, of which no term is mentioned by a third, holds" in told
    assert "“" not in section.sentences[2].text
