"""The opening paragraph: what it says, that it can prove it, and what it does not say."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from assets.digests.digest import Digest
from assets.digests.evidence import marts_of
from assets.digests.json_form import digest_json
from assets.digests.markdown import digest_markdown
from assets.digests.verify import check_digest, check_markdown
from assets.listings.schema import RAW_LISTINGS
from assets.preferences import Reader
from assets.warehouse.lake import Lake
from tests.aggregates.lakes import the_models
from tests.digests.marts import days_before, opened
from tests.digests.reading import read
from tests.digests.rows import DAY, FOLLOWED, digest_of, paper, papers_of
from tests.digests.test_escaping import ATTACKS, letters

ROWS = [
    paper("2601.00001", title="Of trees", comment="Accepted at TreeConf 2026; https://github.com/ono/trees"),
    paper("2601.00002", "cs.LG", "cs.AI", "stat.ML", "cs.CL", title="Of rotten wood and trees"),
    paper("2601.00003", authors=[f"Author {number}" for number in range(40)]),
    paper("2601.00004", abstract="Data at https://zenodo.org/records/1."),
    *(paper(f"2601.0001{number}") for number in range(8)),
]
TERMS = [(DAY, "trees", 4, 12), (DAY, "rotten", 4, 12), *((day, "trees", 2, 40) for day in days_before(8))]


def batched(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def texts(digest: Digest) -> list[str]:
    return [statement.text for statement in digest.opening.statements]


def reasons(digest: Digest) -> dict[str, str]:
    return {highlight.paper_id: highlight.reason for highlight in digest.opening.highlights}


def problems(digest: Digest, rows: list[dict[str, Any]] = ROWS) -> list[str]:
    text = digest_json(digest)
    return [*check_digest(text, papers_of(*rows), FOLLOWED), *check_markdown(digest_markdown(digest), text)]


def test_on_the_first_day_of_a_home_nothing_is_called_usual() -> None:
    digest = opened(digest_of(ROWS))
    assert texts(digest) == ["12 new papers in the categories followed."]
    assert problems(digest) == []


def test_a_day_is_compared_with_days_of_its_weekday() -> None:
    # Fridays have 10 papers, other days 30.
    earlier = {day: {"cs.LG": 10 if day.weekday() == DAY.weekday() else 30} for day in days_before(30)}
    assert texts(opened(digest_of(ROWS), earlier))[0] == (
        "12 new papers in the categories followed, 20% more than usual on a Friday "
        "(10 on the mean of the last 4 Fridays)."
    )


def test_with_few_such_days_the_latest_of_any_weekday_are_the_measure() -> None:
    earlier = {day: {"cs.LG": 12, "hep-th": 5} for day in days_before(6)}
    assert texts(opened(digest_of(ROWS), earlier))[0] == (
        "12 new papers in the categories followed, about as many as usual on a day "
        "(12 on the mean of the last 6 announcement days)."
    )


def test_a_category_far_from_its_usual_number_is_named() -> None:
    earlier = {day: {"cs.LG": 12, "stat.ML": 16} for day in days_before(6)}
    digest = opened(digest_of(ROWS), earlier)
    assert "Out of the ordinary: stat.ML with 0 (usually 16)." in texts(digest)
    assert problems(digest) == []


def test_a_term_rises_only_against_what_it_could_have_been_before() -> None:
    digest = opened(digest_of(ROWS), {}, TERMS)
    (sentence,) = texts(digest)[1:]
    # "rotten" was listed on none of 8 days of 40 papers: in one paper of each at most.
    assert sentence == (
        "More papers than usual speak of “rotten” (4, where at most 0.3 would be usual) and "
        "“trees” (4, where at most 0.6 would be usual)."
    )
    assert problems(digest) == []


def test_a_word_of_every_field_is_no_news() -> None:
    assert texts(opened(digest_of(ROWS), {}, [*TERMS[2:], (DAY, "accuracy", 6, 12)]))[1:] == []


def test_each_highlight_has_a_reason_and_none_comes_twice() -> None:
    digest = opened(digest_of(ROWS, reader=Reader(authors=("Author 7",))), {}, TERMS)
    assert reasons(digest) == {
        "2601.00003": "you follow its author “Author 7”",
        "2601.00002": "uses 2 of the day's rising terms: “rotten” and “trees”",
        "2601.00001": "“Accepted at TreeConf 2026”, with code or data at “github.com/ono/trees”",
        "2601.00004": "says where its code or data are: “zenodo.org/records/1”",
    }
    assert problems(digest) == []
    assert digest_markdown(digest).count("](#paper-2601-0000") == len(digest.opening.highlights)


def test_of_few_papers_at_most_every_second_one_is_a_highlight() -> None:
    assert len(opened(digest_of(ROWS[:3])).opening.highlights) == 1
    assert len(opened(digest_of(ROWS[:1])).opening.highlights) == 0
    assert problems(opened(digest_of(ROWS[:3])), ROWS[:3]) == []


def test_an_empty_day_has_no_opening() -> None:
    digest = opened(digest_of([]), {day: {"cs.LG": 12} for day in days_before(6)})
    assert digest.opening.statements == ()
    assert problems(digest, []) == []


def test_the_same_day_gives_the_same_bytes() -> None:
    assert digest_json(opened(digest_of(ROWS), {}, TERMS)) == digest_json(opened(digest_of(ROWS), {}, TERMS))


def test_every_query_says_what_it_asks_and_can_be_asked_again() -> None:
    queries = json.loads(digest_json(opened(digest_of(ROWS), {}, TERMS)))["opening"]["queries"]
    assert {"volume", "rising_terms"} <= queries.keys()
    for query in queries.values():
        assert query["question"].endswith(".")
        assert "SELECT" in query["sql"]
        assert query["rows"]


Document = dict[str, Any]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda opening: opening["sentences"][0].update(text="13 new papers."), "13"),
        (lambda opening: opening["sentences"][0].update(queries=[]), "without evidence"),
        (lambda opening: opening["sentences"][0].update(queries=["gone"]), "no query gone"),
        (lambda opening: opening["highlights"][0].update(id="2601.99999"), "2601.99999"),
        (lambda opening: opening["highlights"][0].update(reason="by 41 authors"), "41"),
        (lambda opening: opening["highlights"].append(opening["highlights"][0]), "different"),
        (lambda opening: opening["queries"]["volume"]["rows"][0].update(papers=13), "13"),
        (lambda opening: opening["queries"]["volume"]["rows"][0].clear(), "12"),
    ],
)
def test_a_digest_is_refused_when_its_opening_says_more_than_its_evidence(
    change: Callable[[Document], object], told: str
) -> None:
    document = json.loads(digest_json(opened(digest_of(ROWS), {}, TERMS)))
    change(document["opening"])
    found = check_digest(json.dumps(document), papers_of(*ROWS), FOLLOWED)
    assert any(told in problem for problem in found), found


def test_no_attack_leaves_the_opening() -> None:
    for attacks in batched(ATTACKS, 5):
        rows = [
            paper(f"2601.{number:05}", title=f"{attack} trees", comment=f"Accepted at {attack}; https://github.com/a/b")
            for number, attack in enumerate(attacks)
        ]
        rows += [paper(f"2601.1000{number}") for number in range(5)]
        digest = opened(digest_of(rows, reader=Reader(include=("trees",))))
        assert len(digest.opening.highlights) == len(attacks)
        text = digest_markdown(digest)
        reading = read(text)
        assert {link for link in reading.links if "evil" in link or "javascript" in link} == set()
        assert "image" not in reading.marks
        assert check_markdown(text, digest_json(digest)) == []
        assert check_digest(digest_json(digest), papers_of(*rows), FOLLOWED) == []
        for attack in attacks:
            assert letters(reading.words).count(letters(attack)) >= 3


def test_days_of_the_window_are_announcement_days() -> None:
    assert all(day.weekday() < 5 for day in days_before(40))
    assert days_before(1) == [DAY - dt.timedelta(days=1)]


def test_days_made_for_other_categories_or_long_ago_are_no_measure(tmp_path: Path) -> None:
    lake, models = Lake(tmp_path), the_models()
    table = models["category_daily"].table
    days = days_before(45)
    for number, day in enumerate([DAY, *days]):
        papers = 1000 if number % 2 else 12
        row = {**dict.fromkeys(table.polars_schema, 0), "day": day, "category": "cs.LG", "papers": papers}
        lake.write(table, day.isoformat(), table.frame([row]))
        followed = "cs.LG" if number % 2 else "cs.LG, stat.ML"
        lake.write(RAW_LISTINGS, day.isoformat(), RAW_LISTINGS.empty(), {"categories": followed})
    with marts_of(lake, models, DAY) as connection:
        found = connection.execute("SELECT count(*), max(papers), min(day) FROM category_daily").fetchone()
    assert found == (21, 12, days[39])
