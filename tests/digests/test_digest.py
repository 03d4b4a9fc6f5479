from datetime import date

from assets.digests.digest import CROSS_LISTS
from tests.digests.rows import DAY, FOLLOWED, digest_of, paper, rejection, summary


def places(digest_sections: object) -> dict[str, list[str]]:
    return {section.category: [entry.paper_id for entry in section.entries] for section in digest_sections}  # type: ignore[attr-defined]


def test_each_paper_stands_once_in_its_primary_category_else_among_the_cross_lists() -> None:
    digest = digest_of(
        [
            paper("2601.00005", "stat.ML", "cs.LG"),
            paper("2601.00001", "cs.LG", "stat.ML"),
            paper("2601.00002", "math.ST", "stat.ML", "cs.LG"),
            paper("2601.00003", "cs.LG"),
        ]
    )
    assert places(digest.sections) == {
        "cs.LG": ["2601.00001", "2601.00003"],
        "stat.ML": ["2601.00005"],
        CROSS_LISTS: ["2601.00002"],
    }
    assert [section.kind for section in digest.sections] == ["primary", "primary", "cross-list"]


def test_sections_come_by_name_and_papers_in_the_order_of_the_source() -> None:
    digest = digest_of(
        [paper("2601.00003", "stat.ML"), paper("2601.00002", "stat.ML"), paper("2601.00001", "cs.LG")],
    )
    assert list(places(digest.sections).items()) == [
        ("cs.LG", ["2601.00001"]),
        ("stat.ML", ["2601.00003", "2601.00002"]),
    ]


def test_with_all_categories_followed_there_are_no_cross_lists() -> None:
    digest = digest_of([paper("2601.00001", "hep-th", "cs.LG"), paper("2601.00002", "cs.LG")], followed=None)
    assert places(digest.sections) == {"cs.LG": ["2601.00002"], "hep-th": ["2601.00001"]}
    assert digest.followed is None


def test_a_paper_of_no_followed_category_is_counted_and_not_shown() -> None:
    digest = digest_of([paper("2601.00001"), paper("2601.00002", "hep-th")])
    assert len(digest.entries) == 1
    assert digest.counts.not_followed == 1


def test_the_ledger_adds_up() -> None:
    digest = digest_of(
        [paper("2601.00001"), paper("2601.00002", "math.ST", "cs.LG"), paper("2601.00003", "hep-th")],
        rejected=[
            rejection(7, "duplicate", paper_id="2601.00001"),
            rejection(3),
            rejection(3, "known_category"),
        ],
    )
    counts = digest.counts
    assert (counts.papers, counts.cross_lists, counts.not_followed, counts.rejected) == (1, 1, 1, 2)
    assert counts.listed == 5
    assert counts.rejected_by_rule == {"duplicate": 1, "not_empty": 1}
    assert [rejected.position for rejected in digest.rejected] == [3, 3, 7]


def test_summaries_are_taken_in_the_language_asked_for() -> None:
    summaries = [
        summary("2601.00001"),
        summary("2601.00001", language="fr", tldr="En bref.", status="repaired"),
    ]
    (entry,) = digest_of([paper("2601.00001")], summaries, language="fr").entries
    assert (entry.summary["tldr"], entry.status) == ("En bref.", "repaired")


def test_a_paper_without_a_summary_in_the_language_is_pending_and_says_why() -> None:
    digest = digest_of([paper("2601.00001")], [summary("2601.00001")], language="de")
    (entry,) = digest.entries
    assert entry.status == "pending"
    assert "'de'" in (entry.reason or "")
    assert set(entry.summary.values()) == {None}
    assert digest.counts.status == {"complete": 0, "repaired": 0, "extractive": 0, "pending": 1}


def test_rows_of_other_days_are_passed_over() -> None:
    other = date(2026, 1, 29)
    digest = digest_of(
        [paper("2601.00001"), paper("2601.00002", day=other)],
        [summary("2601.00001", day=other, tldr="Old."), summary("2601.00001", tldr="New.")],
        [rejection(0, day=other)],
    )
    assert [entry.summary["tldr"] for entry in digest.entries] == ["New."]
    assert digest.counts.listed == 1


def test_models_are_counted_without_the_pending_summaries() -> None:
    digest = digest_of(
        [paper(f"2601.0000{number}") for number in range(3)],
        [
            summary("2601.00000", model="b"),
            summary("2601.00001", model="a"),
            summary("2601.00002", model="a", status="pending", reason="quota"),
        ],
    )
    assert list(digest.models.items()) == [("a", 1), ("b", 1)]


def test_the_title_names_date_and_weekday() -> None:
    digest = digest_of([])
    assert digest.day == DAY
    assert digest.title == "Preprint Almanac: Friday, 30 January 2026"
    assert digest.followed == tuple(sorted(FOLLOWED))


def test_the_sources_are_those_of_papers_and_rejected_records() -> None:
    digest = digest_of([paper("2601.00001", source="rss")], rejected=[rejection(0, source="api")])
    assert digest.sources == ("api", "rss")
