"""What a day lists again is no new paper of it: replacements and later cross-lists have sections of their own."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from assets.digests.json_form import digest_json
from assets.digests.markdown import digest_markdown
from assets.digests.verify import check_digest, check_markdown
from tests.digests.rows import FOLLOWED, digest_of, paper, papers_of

VERSIONS = [
    {"version": 1, "created": datetime(2026, 1, 5, 12, tzinfo=UTC)},
    {"version": 2, "created": datetime(2026, 1, 29, 12, tzinfo=UTC)},
]
ROWS = [
    paper("2601.00001"),
    paper("2601.00002", listing="replace", version=2, versions=VERSIONS),
    paper("2601.00003", "cs.CV", "cs.LG", listing="replace-cross", version=3),
    paper("2601.00004", "cs.CV", "cs.LG", listing="cross"),
    paper("2601.00005", "cs.LG", "stat.ML", listing="cross"),
    paper("2601.00006", "hep-th", listing="replace"),
]


def test_only_new_papers_stand_in_the_sections_of_their_categories() -> None:
    document = json.loads(digest_json(digest_of(ROWS)))
    assert [(section["kind"], [one["id"] for one in section["papers"]]) for section in document["sections"]] == [
        ("primary", ["2601.00001"]),
        ("cross-list", ["2601.00004", "2601.00005"]),
        ("replacement", ["2601.00002", "2601.00003"]),
    ]


def test_replacements_are_counted_apart_from_papers() -> None:
    counts = json.loads(digest_json(digest_of(ROWS)))["counts"]
    wanted = {"listed": 6, "papers": 1, "cross_lists": 2, "replacements": 2, "not_followed": 1, "rejected": 0}
    assert {name: counts[name] for name in wanted} == wanted
    assert counts["categories"] == {"cs.LG": 1}


def test_a_replacement_shows_its_history() -> None:
    digest = digest_of(ROWS)
    page = digest_markdown(digest)
    assert "Replacements: new versions of earlier papers (2)" in page
    assert "replacement: v1 2026-01-05, v2 2026-01-29" in page
    assert "**2 replacements** of earlier papers" in page
    assert "6 records listed = 1 paper + 2 cross-lists + 2 replacements + 1 in none" in page
    (entry,) = [one for one in digest.entries if one.paper_id == "2601.00002"]
    assert [number for number, _ in entry.versions] == [1, 2]
    document = json.loads(digest_json(digest))
    assert document["sections"][2]["papers"][0]["versions"][1] == {
        "version": 2,
        "submitted_at": "2026-01-29T12:00:00+00:00",
    }


def test_the_checks_know_where_listings_belong() -> None:
    for followed in (FOLLOWED, None):
        digest = digest_of(ROWS, followed=followed)
        text = digest_json(digest)
        assert check_digest(text, papers_of(*ROWS), followed) == []
        assert check_markdown(digest_markdown(digest), text) == []
    document = json.loads(digest_json(digest_of(ROWS)))
    document["sections"][0]["papers"].append(document["sections"][2]["papers"].pop(0))
    problems = check_digest(json.dumps(document), papers_of(*ROWS), FOLLOWED)
    assert "Missing from the section replacements: 2601.00002." in problems
    assert "In the section cs.LG, but belonging elsewhere: 2601.00002." in problems
