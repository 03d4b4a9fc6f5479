import json

from assets.digests.json_form import digest_json
from assets.summaries.fields import FIELDS
from tests.digests.rows import digest_of, paper, rejection, summary


def test_the_layout_is_the_one_that_the_design_promises() -> None:
    document = json.loads(
        digest_json(
            digest_of(
                [paper("2601.00001"), paper("2601.00002", "stat.ML"), paper("2601.00003", "math.ST", "cs.LG")],
                rejected=[rejection(3)],
            )
        )
    )
    assert document["day"] == "2026-01-30"
    assert document["counts"] == {
        "listed": 4,
        "papers": 2,
        "cross_lists": 1,
        "replacements": 0,
        "not_followed": 0,
        "rejected": 1,
        "categories": {"cs.LG": 1, "stat.ML": 1},
        "rejected_by_rule": {"not_empty": 1},
        "status": {"complete": 3, "repaired": 0, "extractive": 0, "pending": 0},
        "excluded": 0,
    }
    assert [(section["category"], section["kind"]) for section in document["sections"]] == [
        ("cs.LG", "primary"),
        ("stat.ML", "primary"),
        ("cross-lists", "cross-list"),
    ]
    entry = document["sections"][0]["papers"][0]
    assert entry["id"] == "2601.00001"
    assert entry["version"] == 1
    assert entry["url"] == "https://arxiv.org/abs/2601.00001v1"
    assert entry["authors"] == ["Ada Ono", "Bo Li", "Čeněk Dvořák"]
    assert entry["categories"] == ["cs.LG"]
    assert entry["status"] == "complete"
    assert tuple(entry["summary"]) == FIELDS
    assert entry["summary"]["conclusion"] is None
    assert entry["summary"]["keywords"] == ["trees", "rings"]


def test_every_rejected_record_is_there_with_its_reason() -> None:
    document = json.loads(digest_json(digest_of([], rejected=[rejection(number) for number in range(64)])))
    assert [record["position"] for record in document["rejected"]] == list(range(64))
    assert all("no categories" in record["reason"] for record in document["rejected"])


def test_texts_are_the_papers_own() -> None:
    title = r'On $a<b$ & "<b>" – \$5'
    text = digest_json(digest_of([paper("2601.00001", title=title)]))
    assert "Čeněk" in text
    assert json.loads(text)["sections"][0]["papers"][0]["title"] == title


def test_a_day_without_papers_has_no_sections() -> None:
    document = json.loads(digest_json(digest_of([])))
    assert document["sections"] == []
    assert document["counts"]["listed"] == 0


def test_the_same_inputs_give_the_same_bytes() -> None:
    def made() -> str:
        return digest_json(
            digest_of([paper("2601.00001"), paper("2601.00002")], [summary("2601.00001")], [rejection(2)])
        )

    assert made() == made()
    assert made().endswith("}\n")
