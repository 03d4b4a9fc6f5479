"""What comes first in a section, what is left out, and how like papers stand together."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from assets.digests.digest import Digest
from assets.digests.json_form import digest_json
from assets.digests.markdown import digest_markdown
from assets.digests.topics import topics
from assets.digests.verify import check_digest, check_markdown
from assets.preferences import Reader
from tests.digests.rows import FOLLOWED, digest_of, paper, papers_of, rejection

READER = Reader(include=("flow matching",), exclude=("quantum*",), authors=("Dvorak, C.", "No One"))
ROWS = [
    paper("2601.00001", title="Of trees", authors=["Ada Ono"]),
    paper("2601.00002", title="Flow-matching trees", authors=["Ada Ono"]),
    paper("2601.00003", title="Quantum trees"),
    paper("2601.00004", title="Of wood"),
    paper("2601.00005", "hep-th", title="Quantum fields"),
    paper("2601.00006", "math.ST", "stat.ML", title="Quantums of leaves"),
]


def ids(digest: Digest) -> list[list[str]]:
    return [[entry.paper_id for entry in section.entries] for section in digest.sections]


def problems(digest: Digest, rows: list[dict[str, Any]]) -> list[str]:
    text = digest_json(digest)
    return [*check_digest(text, papers_of(*rows), FOLLOWED), *check_markdown(digest_markdown(digest), text)]


def test_followed_authors_come_first_then_followed_terms_then_the_rest() -> None:
    digest = digest_of(ROWS, reader=READER)
    assert ids(digest) == [["2601.00004", "2601.00002", "2601.00001"]]
    assert problems(digest, ROWS) == []
    page = digest_markdown(digest)
    assert "**First because** you follow its author “Dvorak, C.”" in page
    assert "**First because** you follow its term “flow matching”" in page
    assert "*What you follow (2)*" in page
    assert "*Further papers (1)*" in page


def test_what_is_excluded_is_counted_and_named_and_only_that() -> None:
    digest = digest_of(ROWS, rejected=[rejection(9)], reader=READER)
    assert [(one.paper_id, one.terms) for one in digest.excluded] == [
        ("2601.00003", ("quantum*",)),
        ("2601.00006", ("quantum*",)),
    ]
    counts = digest.counts
    assert (counts.listed, counts.papers, counts.cross_lists, counts.not_followed) == (7, 3, 0, 1)
    page = digest_markdown(digest)
    assert (
        "7 records listed = 3 papers + 0 cross-lists + 1 in none of the categories followed + "
        "2 excluded by your terms + 1 rejected." in page
    )
    assert "- [Quantum trees](https://arxiv.org/abs/2601.00003v1): “quantum\\*”" in page


def test_a_day_whose_papers_are_all_excluded_says_so() -> None:
    digest = digest_of(ROWS[2:3], reader=READER)
    assert "none is shown here: 1 excluded by your terms." in digest_markdown(digest)
    assert problems(digest, ROWS[2:3]) == []


def test_without_a_reader_nothing_is_moved_or_hidden() -> None:
    digest = digest_of(ROWS)
    assert ids(digest)[0] == ["2601.00001", "2601.00002", "2601.00003", "2601.00004"]
    assert digest.excluded == ()
    assert "excluded" not in digest_markdown(digest)


Document = dict[str, Any]


def shown(document: Document, place: int) -> Document:
    paper: Document = document["sections"][0]["papers"][place]
    return paper


def _hide(document: Document) -> None:
    hidden = document["sections"][0]["papers"].pop()
    document["excluded"].append({"id": hidden["id"], "title": hidden["title"], "url": "", "terms": ["quantum*"]})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_hide, "Excluded is 2601.00001, which uses none of the terms"),
        (lambda document: document["excluded"].pop(), "Missing from the section cross-lists: 2601.00006."),
        (lambda document: document["excluded"].append(document["excluded"][0]), "Excluded more than once: 2601.00003."),
        (lambda document: document["reader"].update(exclude=["wood"]), "is shown, though it uses wood"),
        (lambda document: document["sections"][0]["papers"].reverse(), "stands behind others"),
        (
            lambda document: document["sections"][0]["papers"][0].update(followed_authors=[]),
            "2601.00004: of the authors",
        ),
        (
            lambda document: document["sections"][0]["papers"][2].update(followed_terms=["x"]),
            "2601.00001 is said to use",
        ),
        (lambda document: document["sections"][0]["papers"][0].update(code=["https://x.y"]), "https://x.y"),
        (lambda document: document["counts"].update(excluded=1), "counts excluded as 1, but it is 2"),
    ],
)
def test_a_digest_that_hides_or_moves_without_reason_is_refused(
    change: Callable[[Document], object], told: str
) -> None:
    document = json.loads(digest_json(digest_of(ROWS, reader=READER)))
    change(document)
    found = check_digest(json.dumps(document), papers_of(*ROWS), FOLLOWED)
    assert any(told in problem for problem in found), found


SUBJECTS = {
    "Diffusion sampling of proteins": "Diffusion sampling moves noise to proteins; denoising protein folds is slow.",
    "Graph colouring by message passing": "Message passing colours a graph; vertices of the graph send messages.",
    "Bandit regret under delays": "Regret of a bandit with delayed rewards; the bandit pulls arms, regret grows.",
    "Speech recognition of dialects": "Dialects make speech recognition hard; phonemes of speech differ by dialect.",
    "Crystal structure prediction": "A crystal lattice relaxes; crystal symmetry and lattice energy are predicted.",
    "Traffic forecasting on roads": "Road traffic forecasting needs sensors; traffic jams on a road spread.",
}
TEXTS = [(f"{title} {number}", abstract) for number in range(4) for title, abstract in SUBJECTS.items()]


def test_papers_of_like_topic_stand_together_under_its_terms() -> None:
    found = topics(TEXTS)
    assert sorted(place for topic in found for place in topic.places) == list(range(len(TEXTS)))
    named = [topic for topic in found if topic.name]
    assert len(named) == len(SUBJECTS)
    for topic in named:
        assert len({place % len(SUBJECTS) for place in topic.places}) == 1
    assert any("bandit" in str(topic.name) or "regret" in str(topic.name) for topic in named)


def test_topics_are_the_same_each_time_and_few_papers_have_none() -> None:
    assert topics(TEXTS) == topics(list(TEXTS))
    assert [topic.name for topic in topics(TEXTS[:7])] == [None]
    assert topics([]) == []
    assert [topic.name for topic in topics([("", "")] * 20)] == [None]


def test_a_section_shows_its_topics_with_their_sizes() -> None:
    rows = [paper(f"2601.000{place:02}", title=title, abstract=text) for place, (title, text) in enumerate(TEXTS)]
    digest = digest_of(rows)
    page = digest_markdown(digest)
    assert page.count("\n*Topic: ") == len(SUBJECTS)
    assert problems(digest, rows) == []
    assert {entry.topic for entry in digest.entries} >= {topic.name for topic in topics(TEXTS) if topic.name}
