import json
from collections.abc import Callable
from typing import Any

import pytest

from assets.digests.digest import Digest
from assets.digests.json_form import digest_json
from assets.digests.markdown import digest_markdown
from assets.digests.verify import check_digest, check_markdown
from tests.digests.rows import FOLLOWED, digest_of, paper, papers_of, rejection, summary

ROWS = [
    paper("2601.00001"),
    paper("2601.00002", "cs.LG", "stat.ML"),
    paper("2601.00003", "stat.ML"),
    paper("2601.00004", "math.ST", "stat.ML"),
    paper("2601.00005", "hep-th"),
]

Document = dict[str, Any]


def sound_digest() -> Digest:
    return digest_of(ROWS, rejected=[rejection(5), rejection(6, "duplicate")])


def problems_after(change: Callable[[Document], object]) -> list[str]:
    document = json.loads(digest_json(sound_digest()))
    change(document)
    return check_digest(json.dumps(document), papers_of(*ROWS), FOLLOWED)


@pytest.mark.parametrize("followed", [FOLLOWED, frozenset({"cs.LG"}), frozenset({"q-bio.NC"}), None])
def test_a_sound_digest_has_no_problem(followed: frozenset[str] | None) -> None:
    digest = digest_of(ROWS, [summary("2601.00001")], [rejection(5)], followed)
    text = digest_json(digest)
    assert check_digest(text, papers_of(*ROWS), followed) == []
    assert check_markdown(digest_markdown(digest), text) == []


def test_an_empty_day_has_no_problem() -> None:
    digest = digest_of([])
    assert check_digest(digest_json(digest), papers_of(), FOLLOWED) == []
    assert check_markdown(digest_markdown(digest), digest_json(digest)) == []


def test_a_missing_paper_is_named_with_its_section() -> None:
    problems = problems_after(lambda document: document["sections"][0]["papers"].pop())
    assert "Missing from the section cs.LG: 2601.00002." in problems
    assert "The digest counts papers as 3, but it is 2." in problems


def test_a_paper_that_stands_twice_is_named() -> None:
    problems = problems_after(
        lambda document: document["sections"][0]["papers"].append(document["sections"][0]["papers"][0])
    )
    assert "More than once in the section cs.LG: 2601.00001." in problems


def test_an_entry_that_is_no_paper_of_the_day_is_named() -> None:
    problems = problems_after(lambda document: document["sections"][0]["papers"][0].update(id="2601.99999"))
    assert "In the section cs.LG, but no paper of this day: 2601.99999." in problems
    assert "Missing from the section cs.LG: 2601.00001." in problems


def test_a_paper_in_the_wrong_section_is_named() -> None:
    def move(document: Document) -> None:
        document["sections"][2]["papers"].append(document["sections"][1]["papers"].pop())

    problems = problems_after(move)
    assert "In the section cross-lists, but belonging elsewhere: 2601.00003." in problems
    assert "Missing from the section stat.ML: 2601.00003." in problems


def test_a_paper_of_no_followed_category_does_not_belong_on_the_page() -> None:
    digest = digest_of(ROWS, followed=None)
    problems = check_digest(digest_json(digest), papers_of(*ROWS), FOLLOWED)
    assert "In the section hep-th, but belonging elsewhere: 2601.00005." in problems
    assert "Missing from the section cross-lists: 2601.00004." in problems


@pytest.mark.parametrize(
    "name", ["listed", "papers", "cross_lists", "not_followed", "rejected", "categories", "status"]
)
def test_a_count_that_is_wrong_is_named(name: str) -> None:
    def change(document: Document) -> None:
        value = document["counts"][name]
        document["counts"][name] = value + 1 if isinstance(value, int) else {key: n + 1 for key, n in value.items()}

    assert any(problem.startswith(f"The digest counts {name} as ") for problem in problems_after(change))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": "Other"}, "Paper 2601.00001: the digest's title is not the paper's."),
        ({"authors": []}, "Paper 2601.00001: the digest's authors is not the paper's."),
        ({"status": "pending", "reason": None}, "Paper 2601.00001 is pending and does not say why."),
        ({"status": "done"}, "Paper 2601.00001 has the status 'done'"),
        ({"model": "a\x1bb"}, "Paper 2601.00001: model holds the control character U+001B."),
    ],
)
def test_a_bad_entry_is_named(changes: Document, sentence: str) -> None:
    problems = problems_after(lambda document: document["sections"][0]["papers"][0].update(changes))
    assert any(problem.startswith(sentence) for problem in problems)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"tldr": "None"}, "Paper 2601.00001: tldr holds 'None' in place of a text."),
        ({"result": None}, "Paper 2601.00001 is called complete but lacks result."),
        ({"method": "a\x00b"}, "Paper 2601.00001: method holds the control character U+0000."),
        ({"keywords": ["a\x9b"]}, "Paper 2601.00001: keywords holds the control character U+009B."),
        ({"extra": "b"}, "Paper 2601.00001 has the summary fields "),
    ],
)
def test_a_bad_summary_is_named(changes: Document, sentence: str) -> None:
    problems = problems_after(lambda document: document["sections"][0]["papers"][0]["summary"].update(changes))
    assert any(problem.startswith(sentence) for problem in problems)


def test_an_authors_comment_may_say_none() -> None:
    rows = [paper("2601.00001", comment="None", authors=["None"])]
    assert check_digest(digest_json(digest_of(rows)), papers_of(*rows), FOLLOWED) == []


def test_many_papers_are_named_and_the_rest_counted() -> None:
    rows = [paper(f"2601.{number:05}") for number in range(30)]
    problems = check_digest(digest_json(digest_of([])), papers_of(*rows), FOLLOWED)
    (sentence,) = [problem for problem in problems if problem.startswith("Missing")]
    assert sentence.endswith("2601.00019 and 10 more.")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("](https://arxiv.org/abs/2601.00001v1)\n", "](https://arxiv.org/abs/2601.1v1)\n", "Without a heading in the"),
        ("](https://arxiv.org/abs/2601.00001v1)\n", "](https://arxiv.org/abs/2601.1v1)\n", "Headings of the page link"),
        ("abs/2601.00001v1)\n", "abs/2601.00002v1)\n", "With more than one heading in the page: 2601.00002."),
        ("</a>2. [", "</a>3. [", "The page numbers or orders papers otherwise than the JSON, first at 2601.00002."),
        ("Machine Learning (2)\n", "Machine Learning (3)\n", "The headings of the sections count [3, 1, 1] papers"),
        ("(#category-stat-ml)", "(#elsewhere)", "The page links to #elsewhere, which it does not have."),
        ('id="category-stat-ml"', 'id="category-cs-lg"', "The page has the anchor category-cs-lg 2 times."),
        ("We study", "We\x07study", "Line "),
        ("Thank you to arXiv", "Thanks to arXiv", "The page lacks arXiv's sentence: Thank you"),
    ],
)
def test_a_page_that_is_not_its_data_is_told(old: str, new: str, sentence: str) -> None:
    digest = sound_digest()
    text = digest_markdown(digest)
    assert old in text
    problems = check_markdown(text.replace(old, new, 1), digest_json(digest))
    assert any(problem.startswith(sentence) for problem in problems), problems
