"""What the check lets through and what it catches, on generated pages and on pages spoilt on purpose."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable

import polars as pl
import pytest

from assets.overviews.finishing import works
from assets.overviews.json_form import cited_document, overview_document
from assets.overviews.parts import Query
from assets.overviews.verify import verify
from tests.overviews import corpus
from tests.overviews.mutations import Document, sentences, spoilt

Evidence = dict[str, Query]


@pytest.fixture(scope="module")
def page() -> tuple[Document, pl.DataFrame, Evidence]:
    papers = corpus.papers(range(90))
    overview = corpus.overview(papers, terms=corpus.terms(papers, {"loom control": 4, "orchard mapping": 90}))
    return overview_document(overview), papers, dict(overview.evidence)


def rules(document: Document, papers: pl.DataFrame, evidence: Evidence) -> set[str]:
    return {fault.rule for fault in verify(document, papers, evidence).faults}


def test_a_generated_page_passes_whole(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    found = verify(*page)
    assert found.problems == ()
    assert (found.citations_resolved, found.claims_supported, found.numbers_grounded) == (1.0, 1.0, 1.0)


def test_a_claim_without_source_is_caught(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    claim = {"text": "Small models are winning everywhere.", "citations": [], "queries": [], "kind": "claim"}
    document["sections"][1]["sentences"].append(claim)
    found = verify(document, papers, evidence)
    assert {fault.rule for fault in found.faults} == {"source"}
    assert found.claims_supported < 1


def test_a_link_that_states_a_number_is_caught(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    document["sections"][0]["sentences"].append(
        {"text": "There were 17 surprises.", "citations": [], "queries": [], "kind": "link"}
    )
    assert "source" in rules(document, papers, evidence)


def test_a_query_that_does_not_exist_is_caught(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    sentences(document, lambda s: s["queries"])[0]["queries"] = ["rumour"]
    assert "source" in rules(document, papers, evidence)


def test_an_invented_paper_is_caught_in_text_and_list(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    sentences(document, lambda s: s["citations"])[0]["citations"] = ["2503.99999"]
    document["cited"][0]["id"] = "2503.99999"
    found = verify(document, papers, evidence)
    assert "citation" in {fault.rule for fault in found.faults}
    assert found.citations_resolved < 1
    assert any("2503.99999 is no paper of cs.LG in 2025" in problem for problem in found.problems)


def test_a_paper_of_another_year_does_not_resolve(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    document, papers, evidence = page
    moved = papers.with_columns(pl.col("day").dt.offset_by("1y"))
    assert verify(document, moved, evidence).citations_resolved == 0


def test_a_cited_work_with_another_title_is_caught(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    document["cited"][3]["title"] += "!"
    assert any("differs from the paper" in problem for problem in verify(document, papers, evidence).problems)


def test_evidence_that_is_not_the_queries_result_is_caught(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    document["evidence"]["volume"]["values"]["papers"] += 1
    assert any("'volume'" in problem for problem in verify(document, papers, evidence).problems)


def test_a_paper_shown_in_two_sections_is_caught(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    shown = next(s for section in document["sections"] for s in section["sentences"] if s["citations"])
    again = {**shown, "text": re.sub(r"^.*?, experiments", "By the same authors", shown["text"])}
    document["sections"][-1]["sentences"].append(again)
    assert "repeat" in rules(document, papers, evidence)


def test_a_sentence_said_twice_is_caught(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    first = document["sections"][0]["sentences"][0]
    document["sections"][0]["sentences"].append({**first, "text": first["text"].replace("This overview", "The page")})
    found = verify(document, papers, evidence)
    assert found.duplicates == 1


def test_numbers_round_by_the_rule_and_no_further(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    evidence = {**evidence, "share": Query("share", "A share.", "SELECT", {"share": 0.12345, "papers": 1234})}
    document["evidence"]["share"] = {"values": dict(evidence["share"].values)}

    def holds(text: str) -> bool:
        spoilt = copy.deepcopy(document)
        spoilt["sections"][0]["sentences"].append(
            {"text": text, "citations": [], "queries": ["share"], "kind": "claim"}
        )
        return "number" not in rules(spoilt, papers, evidence)

    assert holds("It is 12 % of them.")
    assert holds("It is 12.3 % of them, or 1,234.")
    assert holds("It is 0.12 of them.")
    assert not holds("It is 12.4 % of them.")
    assert not holds("It is 13 % of them.")
    assert not holds("It is 1,235 of them.")
    assert not holds("It is 12345 of them.")
    assert not holds("It is 0 of them.")


def test_seeded_mutations_are_caught(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    document, papers, evidence = page
    caught = [bool(verify(spoilt(document, seed, papers)[1], papers, evidence).problems) for seed in range(70)]
    assert sum(caught) >= 67


def test_a_claim_that_poses_as_a_connecting_sentence_is_caught(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    document["sections"][1]["sentences"].append(
        {"text": "The field has reached a turning point.", "citations": [], "queries": [], "kind": "link"}
    )
    assert rules(document, papers, evidence) == {"source"}


def test_recall_and_precision_fall_with_a_citation_that_supports_nothing(
    page: tuple[Document, pl.DataFrame, Evidence],
) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    cited = sentences(document, lambda s: s["citations"])
    whole = verify(document, papers, evidence)
    assert (whole.citation_recall, whole.citation_precision) == (1.0, 1.0)
    text = "Cheese ripens slowly where humid cellars keep summer heat outside the village."
    cited[0]["text"] = text
    found = verify(document, papers, evidence)
    assert found.citation_recall == pytest.approx(1 - 1 / len(cited))
    assert found.citation_precision == pytest.approx(1 - 1 / len(cited))


def reducing(document: Document) -> Document:
    """A sentence that states a reduction in per cent."""
    return sentences(document, lambda s: s["citations"] and re.search(r"reduces the error of .* by \d+%", s["text"]))[0]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda text: text.replace("reduces", "never reduces"), "support"),
        (lambda text: text.replace("reduces", "increases"), "support"),
        (lambda text: text.replace("reduces", "fails to reduce"), "support"),
        (lambda text: text.replace("reduces", "does not reduce"), "support"),
        (lambda text: text.replace("reduces", "doesn’t reduce"), "support"),
        (lambda text: text.rstrip(".") + ", and they abandon it.", "support"),
        (lambda text: text.replace("%", " times"), "number"),
        (lambda text: text.rstrip(".") + ", a tenfold gain.", "number"),
        (lambda text: text.rstrip(".") + "; it is twice as fast.", "number"),
        (lambda text: text.rstrip(".") + ", seventeen times better.", "number"),
    ],
)
def test_what_a_paper_says_may_not_be_turned_round(
    page: tuple[Document, pl.DataFrame, Evidence], change: Callable[[str], str], rule: str
) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    sentence = reducing(document)
    assert change(sentence["text"]) != sentence["text"]
    sentence["text"] = change(sentence["text"])
    assert rule in rules(document, papers, evidence)


def test_a_negation_or_number_word_of_the_paper_itself_passes(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    sentence = reducing(document)
    tail = "It never fails in twelve trials and is twice as fast"
    said = papers.with_columns(
        pl.when(pl.col("paper_id") == sentence["citations"][0])
        .then(pl.col("abstract") + f" {tail}.")
        .otherwise("abstract")
        .alias("abstract")
    )
    sentence["text"] = f"{sentence['text'].rstrip('.')}; it never fails in twelve trials and is twice as fast."
    assert rules(document, said, evidence) == set()
    assert rules(document, papers, evidence) == {"number", "support"}


def computed(document: Document, form: str) -> Document:
    """The first sentence of a form."""
    return sentences(document, lambda s: s.get("form") == form)[0]


@pytest.mark.parametrize(
    ("form", "change"),
    [
        ("rise", lambda text: re.sub("grew|gained|went|is [0-9.]+ times", "fell", text)),
        ("rise", lambda text: re.sub("“[^”]+”", "“orchard mapping”", text)),
        ("topics", lambda text: text.replace("papers", "authors")),
        ("teams", lambda text: text.replace("have a single one", "have two")),
        ("statement", lambda text: text.replace("more than", "less than").replace("above", "below")),
        ("volume", lambda text: text.replace("announced", "withdrew")),
        ("changes", lambda text: text.replace("lost ground", "gained the most")),
        ("volume", lambda text: f"{text.rstrip('.')}, more than ever before."),
    ],
)
def test_a_computed_sentence_says_what_its_queries_say_and_nothing_else(
    page: tuple[Document, pl.DataFrame, Evidence], form: str, change: Callable[[str], str]
) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    sentence = computed(document, form)
    assert change(sentence["text"]) != sentence["text"]
    sentence["text"] = change(sentence["text"])
    assert "wording" in rules(document, papers, evidence)


def test_a_computed_sentence_is_made_anew_from_the_values_of_its_own_queries(
    page: tuple[Document, pl.DataFrame, Evidence],
) -> None:
    for spoil in (
        {"form": "growth"},
        {"form": "nothing"},
        {"form": None},
        {"form": ["volume"]},
        {"queries": ["teams"]},
    ):
        document = copy.deepcopy(page[0])
        computed(document, "volume").update(spoil)
        assert "wording" in rules(document, page[1], page[2]), spoil


def test_a_sentence_cannot_hide_a_query_behind_a_paper(page: tuple[Document, pl.DataFrame, Evidence]) -> None:
    document, papers, evidence = copy.deepcopy(page[0]), page[1], page[2]
    sentence = sentences(document, lambda s: s["citations"])[0]
    sentence["queries"] = ["volume"]
    assert "source" in rules(document, papers, evidence)


TOLD = (
    "We propose Weftwise, a loom controller. It was trained on 4,200 recordings from 37 mills. "
    "It reduces thread breaks by 18.5% and raises the speed of weaving by 7.2% compared with three earlier controllers."
)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Weftwise reduces thread breaks by 18.5% and raises weaving speed by 7.2%.", None),
        ("Trained on recordings from 37 mills, Weftwise cuts thread breaks by 18.5%.", None),
        ("Weftwise, a controller for looms, was trained on about 4,200 recordings.", None),
        ("Weftwise reduces thread breaks by 7.2%.", "number"),
        ("Weftwise was trained on recordings from 4,200 mills.", "number"),
        ("Weftwise was trained on 37 recordings.", "number"),
        ("Weftwise reduces thread breaks by 18.5%, and it is already deployed at Google.", "support"),
        ("Weftwise reduces thread breaks by 18.5%, which customers in Manchester praise.", "support"),
        ("Weftwise reduces thread breaks by 18.5%; musicians, bakers and pilots rejoice.", "support"),
        ("Weftwise fails to reduce thread breaks by 18.5%.", "support"),
    ],
)
def test_a_clause_a_name_and_the_place_of_a_number_are_read(text: str, rule: str | None) -> None:
    papers = corpus.papers([3]).with_columns(pl.lit(TOLD).alias("abstract"), pl.lit("Weftwise").alias("title"))
    work = papers.row(0, named=True)
    sentence = {"text": text, "citations": [work["paper_id"]], "queries": [], "kind": "claim", "under_title": True}
    document = {
        "month": "2025-03",
        "sections": [{"title": "New papers", "sentences": [sentence]}],
        "cited": cited_document(works(papers)),
        "evidence": {},
    }
    found = {fault.rule for fault in verify(document, papers, {}).faults}
    assert found == ({rule} if rule else set())
