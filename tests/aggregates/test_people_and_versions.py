"""Authors, collaborations, versions and withdrawals: marts on small lakes whose answers can be counted by hand."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pytest

from assets.aggregates.model_tests import run_tests
from assets.warehouse.lake import Lake
from tests.aggregates.lakes import make, paper, records, the_models, write_papers

MODELS = the_models()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def by(*names: str, categories: str = "cs.LG", **changes: object) -> dict[str, object]:
    return paper(categories, **{"authors": 0} | changes) | {"authors": list(names)}


def test_a_name_counts_once_a_day_a_month_and_a_year_and_only_in_the_primary_category(lake: Lake) -> None:
    write_papers(lake, "2025-01-06", by("Ada", "Bo"), by("Ada"), by("Cy", categories="stat.ML cs.LG"))
    write_papers(lake, "2025-01-07", by("Ada", "Di"), by("Eve", listing="replace"))
    write_papers(lake, "2026-01-06", by("Ada", "Bo", "Flo", "Gil", "Hal", "Ida"))
    daily = make(MODELS, lake, "category_daily", "2025-01-07", "2026-01-06", "2025-01-06")
    make(MODELS, lake, "author_statistics", "2025-01", "2026-01")
    make(MODELS, lake, "author_statistics_yearly", "2025", "2026")

    assert records(daily, "category", "authorships", "author_names") == [("cs.LG", 3, 2), ("stat.ML", 1, 1)]
    monthly = make(MODELS, lake, "category_monthly", "2025-01", "2026-01")
    columns = ("category", "author_names", "author_names_year_before", "author_growth_on_year")
    # Ada, Bo and Di in January 2025; six people a year later.
    assert records(monthly, *columns) == [("cs.LG", 6, 3, 1.0)]
    yearly = make(MODELS, lake, "category_yearly", "2025", "2026")
    assert records(yearly, *columns) == [("cs.LG", 6, 3, 1.0)]
    assert records(lake.read(MODELS["category_yearly"].table, ["2025"]), *columns) == [
        ("cs.LG", 3, None, None),
        ("stat.ML", 1, None, None),
    ]


def test_growth_of_authors_is_null_where_a_category_is_new(lake: Lake) -> None:
    write_papers(lake, "2025-01-06", by("Ada", categories="cs.CL"))
    write_papers(lake, "2026-01-06", by("Bo"))
    make(MODELS, lake, "category_daily", "2025-01-06", "2026-01-06")
    make(MODELS, lake, "author_statistics", "2025-01", "2026-01")

    rows = make(MODELS, lake, "category_monthly", "2026-01")

    # January 2025 is known, and nobody wrote in cs.LG then.
    assert records(rows, "author_names_year_before", "author_growth_on_year") == [(0, None)]


def test_author_statistics_of_a_year_count_a_name_once_though_it_is_in_two_months(lake: Lake) -> None:
    write_papers(lake, "2026-01-06", by("Ada", "Bo", "Cy"))
    write_papers(lake, "2026-02-02", by("Ada"), by())

    rows = make(MODELS, lake, "author_statistics_yearly", "2026")

    columns = ("papers", "author_names", "authorships", "mean_authors", "max_authors", "single_author_share")
    assert records(rows, *columns) == [(2, 3, 4, 2.0, 3, 0.5)]


def test_collaborations_are_counted_by_size(lake: Lake) -> None:
    numbers = (1, 1, 2, 3, 4, 8, 1000, 1001, 3303, 0)
    write_papers(lake, "2026-01-06", *(paper(authors=number) for number in numbers), paper("cs.CL", authors=2))
    write_papers(lake, "2026-01-07", paper(authors=1, listing="replace"))

    rows = make(MODELS, lake, "collaboration_sizes", "2026-01")

    columns = ("category", "authors_from", "authors_to", "papers", "category_papers", "share")
    assert records(rows, *columns) == [
        ("cs.CL", 2, 2, 1, 1, 1.0),
        ("cs.LG", 1, 1, 2, 9, pytest.approx(2 / 9)),
        ("cs.LG", 2, 2, 1, 9, pytest.approx(1 / 9)),
        ("cs.LG", 3, 4, 2, 9, pytest.approx(2 / 9)),
        ("cs.LG", 5, 8, 1, 9, pytest.approx(1 / 9)),
        ("cs.LG", 101, 1000, 1, 9, pytest.approx(1 / 9)),
        ("cs.LG", 1001, None, 2, 9, pytest.approx(2 / 9)),
    ]


def test_versions_revisions_and_withdrawals_of_a_month(lake: Lake) -> None:
    def versions(*days: int | None) -> dict[str, object]:
        times = [None if day is None else dt.datetime(2026, 1, day, 6, tzinfo=dt.UTC) for day in days]
        return {
            "version": len(days),
            "versions": [{"version": number, "created": time} for number, time in enumerate(times, 1)],
        }

    again = paper(listing="replace", **versions(1, 5))
    write_papers(
        lake,
        "2026-01-06",
        paper(**versions(1)),
        paper(**versions(1, 5)),
        paper(**versions(1, 11, 12), is_withdrawn=True),
        paper(**versions(None, 9)),
        paper(),
        paper(listing="cross", **versions(1, 2, 3, 4, 5)),
        again,
        paper("cs.CL"),
    )
    write_papers(lake, "2026-01-07", again | {"is_withdrawn": True})

    rows = {row["category"]: row for row in make(MODELS, lake, "version_statistics", "2026-01").to_dicts()}

    assert rows["cs.LG"] == {
        "month": "2026-01",
        "category": "cs.LG",
        "papers": 5,
        "papers_of_known_version": 4,
        "revised": 3,
        "revised_share": 0.75,
        "mean_versions": 2.0,
        "max_versions": 3,
        "median_days_to_revision": 7.0,  # 4 and 10 days; of the third the first day is not known
        "replacements": 2,
        "replaced_papers": 1,
        "withdrawn": 1,
        "withdrawn_share": 0.2,
        "withdrawn_by_replacement": 1,
    }
    assert rows["cs.CL"]["revised_share"] is None
    assert rows["cs.CL"]["withdrawn_share"] == 0.0


def test_rising_and_fading_terms_are_ranked_by_what_is_sure(lake: Lake) -> None:
    def year(day: str, **uses: int) -> None:
        titles = [". ".join(["we", *(term for term, number in uses.items() if n < number)]) for n in range(400)]
        write_papers(lake, day, *(paper(title=title, abstract="We.") for title in titles))

    year("2025-06-02", kernels=10, lattices=100, perceptrons=60, surfaces=50)
    year("2026-01-06", kernels=60, lattices=110, perceptrons=12, agents=200)
    make(MODELS, lake, "term_trends", "2026")

    rows = make(MODELS, lake, "rising_terms", "2026")

    # Lattices go from 100 to 110 of 400 papers, less than one standard error: that is chance.
    assert records(rows, "direction", "rank", "term") == [
        ("fading", 1, "surfaces"),
        ("fading", 2, "perceptrons"),
        ("rising", 1, "agents"),
        ("rising", 2, "kernels"),
    ]
    # Kernels: 60 of 400 papers against 10 of 400, together 70 of 800.
    assert rows["standard_errors"][3] == pytest.approx((0.15 - 0.025) / math.sqrt(70 / 800 * 730 / 800 * 2 / 400))


def test_a_term_that_every_paper_uses_neither_rises_nor_fades(lake: Lake) -> None:
    for day in ("2025-06-02", "2026-01-06"):
        write_papers(lake, day, *(paper(title="kernels", abstract="We.") for _ in range(20)))
    make(MODELS, lake, "term_trends", "2026")

    assert make(MODELS, lake, "rising_terms", "2026").is_empty()


def test_a_year_of_a_handful_of_papers_is_too_small_to_compare_with(lake: Lake) -> None:
    write_papers(lake, "2025-06-02", *(paper(title="surfaces", abstract="We.") for _ in range(5)))
    titles = ["kernels"] * 90 + ["surfaces"] * 10
    write_papers(lake, "2026-01-06", *(paper(title=title, abstract="We.") for title in titles))
    made = make(MODELS, lake, "term_trends", "2026").to_dicts()

    trends = {row["term"]: row for row in made}
    rows = make(MODELS, lake, "rising_terms", "2026")

    # From 0 of 5 papers to 90 of 100, 5.6 standard errors: the interval of the ratio reaches from 0.7 to over 100.
    assert trends["kernels"]["ratio_low"] < 1 < trends["kernels"]["ratio_high"]
    assert "kernels" not in rows["term"].to_list()
    assert run_tests(MODELS["rising_terms"], MODELS, lake, "2026") == []
